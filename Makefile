# Everything is in dev.py, which needs Python alone; these are its commands for fingers that know make.
#   make test ARGS="-k geometry"      make PYTHON=python3.12 test
PYTHON ?= python3
ARGS ?=

.PHONY: help setup test packages libraries lint update sanitize fuzz matrix abi3 demo bench corpus clean
help setup test packages libraries lint update sanitize fuzz matrix abi3 demo bench corpus clean:
	@$(PYTHON) dev.py $@ $(ARGS)

bench-%:
	@$(PYTHON) dev.py bench $* $(ARGS)

.DEFAULT_GOAL := help
