#!/usr/bin/env python3
"""What one does in a checkout of dovetail: `./dev.py test`, or `make test`. `./dev.py` alone lists the commands.

Needs nothing but Python 3.10 or newer and a C++ compiler: the first command makes a private environment in `.venv` and
installs the checkout into it. Commands that come with options pass them on: `./dev.py test -k geometry`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed-from"
EXTRAS = ",".join(["dev", *os.environ.get("DOVETAIL_EXTRAS", "").split()])
"""Groups of pyproject.toml; continuous integration adds `consumers`."""
OLDEST = (3, 10)
SIDE_BY_SIDE = ("--numprocesses", "auto", "--dist", "loadfile")
"""A file at a time to each processor: what a file sets up is set up once."""


def main() -> int:
    command, *arguments = sys.argv[1:] or ["help"]
    chosen = COMMANDS.get(command)
    if chosen is None:
        print(f"no command `{command}`\n", file=sys.stderr)
        show_commands([])
        return 2
    if sys.version_info < OLDEST:
        return fail(f"this is Python {sys.version.split()[0]}; dovetail needs 3.10 or newer (make PYTHON=python3.12 …)")
    try:
        return chosen(arguments)
    except KeyboardInterrupt:
        return 130


def set_up(arguments: list[str]) -> int:
    """Make .venv and install the checkout with everything its tests need."""
    fingerprint = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + f"{EXTRAS} {sys.version}".encode()
    ).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint and not arguments:
        return 0
    step("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    with_pip = importlib.util.find_spec("ensurepip") is not None
    made = run(sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), VENV)
    if made != 0:
        return fail("the environment could not be made; on Debian and Ubuntu: apt-get install python3-venv")
    pip: list[str | Path] = [PYTHON, "-m", "pip"]
    if not with_pip:
        if importlib.util.find_spec("pip") is None:
            return fail("this Python has neither ensurepip nor pip; on Debian and Ubuntu: apt-get install python3-venv")
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    step("installing dovetail and its tools into .venv")
    install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--editable", f"{ROOT}[{EXTRAS}]"]
    if run(*install) != 0:
        return fail("the packages could not be installed; the first set-up needs the package index")
    STAMP.write_text(fingerprint)
    return 0


def run_tests(arguments: list[str]) -> int:
    """Ruff, mypy, pytest but for `packages` and `libraries`. Options go to pytest alone, without the other two."""
    if arguments:
        return python("-m", "pytest", *arguments)
    return lint([]) or python("-m", "pytest", *SIDE_BY_SIDE, "-m", "not slow")


def test_packages(arguments: list[str]) -> int:
    """The slow part of the tests: wheels, sdists, static libraries in all variants; each header; large libraries."""
    folders = ("tests/e2e", "tests/runtime", "tests/corpus")
    return python("-m", "pytest", *SIDE_BY_SIDE, "-m", "slow", *folders, *arguments)


def test_libraries(arguments: list[str]) -> int:
    """All tests of the libraries that are built with dovetail, in `libraries`."""
    return python("-m", "pytest", *SIDE_BY_SIDE, "libraries", *arguments)


def lint(arguments: list[str]) -> int:
    """Style and types."""
    return python("-m", "ruff", "check", *(arguments or ["."])) or (0 if arguments else python("-m", "mypy"))


def update(arguments: list[str]) -> int:
    """Write generated pages and golden files, all or those named, anew. Read the difference."""
    transcripts = [name for name in arguments if (ROOT / "tests" / "cli" / "transcripts" / f"{name}.txt").exists()]
    chosen = {"cases": [name for name in arguments if name not in transcripts], "cli": transcripts}
    code = python("-m", "dovetail.config.reference")
    for kind, names in chosen.items():
        if names or not arguments:
            code = code or python(ROOT / "tests" / kind / "update.py", *names)
    return code


def sanitize(arguments: list[str]) -> int:
    """Run the cases, or those named, and hostile calls under sanitizers; fail allocations; look for leaks."""
    hardening = ROOT / "tests" / "hardening"
    failed = python(ROOT / "tests" / "cases" / "sanitized.py", *arguments)
    for sanitizer in ("thread", "address"):
        failed = python(hardening / "hammer.py", "--sanitize", sanitizer, *arguments) or failed
    failed = python(hardening / "allocation.py", *arguments) or failed
    return python(hardening / "leaks.py", *arguments) or failed


def fuzz(arguments: list[str]) -> int:
    """Read 5,000 mutated headers and 1,000,000 mutated logs; options go to the former, after `rowlog` to the latter."""
    logs = ROOT / "libraries" / "rowlog" / "tests" / "fuzz.py"
    if arguments[:1] == ["rowlog"]:
        return python(logs, *arguments[1:])
    return python(ROOT / "tests" / "hardening" / "mutants.py", *arguments) or (0 if arguments else python(logs))


def matrix(arguments: list[str]) -> int:
    """Run the tests on every CPython found, or those named (3.10 3.13), and print a table."""
    return python(ROOT / "tests" / "hardening" / "matrix.py", *arguments)


def abi3(arguments: list[str]) -> int:
    """Build the cases, or those named, once for the limited API; test these files on every CPython from 3.11."""
    return python(ROOT / "tests" / "hardening" / "abi3.py", *arguments)


def demo(arguments: list[str]) -> int:
    """Two minutes with dovetail: a file format bound and used, and what a call costs."""
    if shutil.which(os.environ.get("CXX", "c++").split()[0]) is None:
        return fail("no C++ compiler found; on Debian and Ubuntu: apt-get install g++ (or set CXX)")
    return python(ROOT / "examples" / "demo.py", *arguments)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, or those named: calls, compile, talk, native, rowlog. Options go to each."""
    names = [name for name in arguments if not name.startswith("-") and name in BENCHMARKS]
    options = [argument for argument in arguments if argument not in names]
    return next((code for name in names or BENCHMARKS if (code := python("-m", f"benchmarks.{name}", *options))), 0)


def corpus(arguments: list[str]) -> int:
    """Measure how much of real libraries is reached; writes docs/corpus.md."""
    return python(ROOT / "corpus" / "reach.py", *arguments)


def clean(arguments: list[str]) -> int:
    """Remove what the other commands made, .venv included."""
    made = [VENV, ROOT / ".cache", ROOT / "build", ROOT / "dist"]
    made += [ROOT / name for name in (".mypy_cache", ".pytest_cache", ".ruff_cache")]
    tops = ("src", "tests", "examples", "benchmarks", "corpus", "libraries")
    made += [path for top in tops for path in caches(ROOT / top)]
    for path in made:
        shutil.rmtree(path, ignore_errors=True)
    return 0


def show_commands(arguments: list[str]) -> int:
    """List the commands."""
    print("usage: ./dev.py COMMAND [OPTIONS]\n")
    for name, command in COMMANDS.items():
        print(f"  {name:<10}{(command.__doc__ or '').splitlines()[0]}")
    return 0


def python(*arguments: str | Path) -> int:
    """Runs the environment's Python in the root of the checkout, after a set-up where that is needed."""
    return set_up([]) or run(PYTHON, *arguments)


def run(*command: str | Path) -> int:
    environment = {**os.environ, "PYTHONPATH": ""} if "PYTHONPATH" in os.environ else None
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False).returncode


def step(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text} …", file=sys.stderr, flush=True)


def fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return 3


def caches(top: Path) -> list[Path]:
    return list(top.rglob("__pycache__"))


BENCHMARKS = ("calls", "compile", "talk", "native", "rowlog")

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "setup": set_up,
    "test": run_tests,
    "packages": test_packages,
    "libraries": test_libraries,
    "lint": lint,
    "update": update,
    "sanitize": sanitize,
    "fuzz": fuzz,
    "matrix": matrix,
    "abi3": abi3,
    "demo": demo,
    "bench": bench,
    "corpus": corpus,
    "clean": clean,
    "help": show_commands,
}

if __name__ == "__main__":
    sys.exit(main())
