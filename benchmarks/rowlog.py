"""`python -m benchmarks.rowlog`: rowlog beside others, as `libraries/rowlog/benchmarks/run.py` measures it.

Makes an environment that has the others, and measures in that. Options go to `run.py`:
`python -m benchmarks.rowlog whole items`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.harness.interpreters import install, prepare
from benchmarks.harness.places import ROOT

OTHERS = ("pandas", "polars", "pyarrow", "databento-dbn", "numba", "matplotlib")
RUN = ROOT / "libraries" / "rowlog" / "benchmarks" / "run.py"


def main() -> int:
    environment = prepare(Path(sys.executable))
    found = environment.versions(OTHERS)
    for package in OTHERS:
        if package in found:
            continue
        try:
            install(environment.python, [package])
        except subprocess.CalledProcessError:
            print(f"{package} cannot be installed here, and is left out", file=sys.stderr)
    command = [environment.python, RUN, *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
