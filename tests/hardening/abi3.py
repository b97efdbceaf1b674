"""Every case built once for the limited API, and that very file tested on every CPython there is: `make abi3`.

In: the cases (or those named), interpreters on PATH and under pyenv.  Out: a table; 1 if anything failed.
Must not know: how cases are bound.

Modules are compiled by the running Python for the limited API of 3.11, audited if abi3audit is installed, and then only
loaded: by the running Python, and by later ones in the environments of `make matrix`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OLDEST = "3.11"
HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
NOT_BEHAVIOUR = "not golden and not truth and not type_check and not hostile and not every_case"


def main(names: list[str]) -> int:
    os.environ["DOVETAIL_CASE_ABI3"] = OLDEST
    sys.path[:0] = [str(CASES), str(HERE)]
    from casebook import Case, build_all, built, find_cases

    cases: list[Case] = [case for case in find_cases() if not names or case.name in names]
    print(f"compiling {len(cases)} cases for the limited API of {OLDEST}", flush=True)
    build_all(tuple(cases))
    with tempfile.TemporaryDirectory(prefix="dovetail-abi3-") as place:
        folder = Path(place)
        modules = {case.name: Path(shutil.copy(built(case), folder)) for case in cases}
        failed = not audit(list(modules.values()))
        tests = [str(case.beside(".py")) for case in cases]
        print("| CPython | behaviour | hostile calls | seconds |\n|---|---|--:|--:|", flush=True)
        for name, python in pythons():
            started = time.monotonic()
            verdict = behave(python, tests, folder)
            calls = [sweep(python, case, module) for case, module in modules.items()]
            failed |= not verdict.startswith("ok") or None in calls
            count = "FAILED" if None in calls else f"{sum(call or 0 for call in calls):,}"
            print(f"| {name} | {verdict} | {count} | {time.monotonic() - started:.0f} |", flush=True)
    return int(failed)


def pythons() -> list[tuple[str, Path]]:
    """The running one, and later ones that can load what is made here."""
    from matrix import FOLDER, find_interpreters, prepare

    here = ".".join(map(str, sys.version_info[:3]))
    found = [(here, Path(sys.executable))]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in find_interpreters():
        if one.version[:2] <= sys.version_info[:2] or one.free_threaded:
            continue
        python = prepare(one, FOLDER / f"{one.name}.log")
        if python is None:
            print(f"{one.name}: no environment, see {FOLDER / f'{one.name}.log'}", file=sys.stderr)
        else:
            found.append((one.name, python))
    return found


def audit(modules: list[Path]) -> bool:
    """Whether the modules ask the interpreter for nothing but what later versions keep."""
    if importlib.util.find_spec("abi3audit") is None:
        print("abi3audit is not installed: pip install abi3audit")
        return True
    options = ["--strict", "--assume-minimum-abi3", OLDEST]
    command = [sys.executable, "-m", "abi3audit", *options, *map(str, modules)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print("abi3audit: nothing found" if done.returncode == 0 else done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def behave(python: Path, tests: list[str], folder: Path) -> str:
    """ "ok" and the summary of pytest, or "FAILED" with it, after its output."""
    command = [str(python), "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "--durations=0"]
    environment = os.environ | {"DOVETAIL_CASE_MODULES": str(folder)}
    if str(python) != sys.executable:
        environment.pop("PYTHONPATH", None)  # packages of this Python
    done = subprocess.run(
        [*command, "-k", NOT_BEHAVIOUR, *tests], env=environment, capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines() or done.stderr.splitlines() or ["no output"]
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return f"{'FAILED' if done.returncode else 'ok'}: {lines[-1].strip('= ')}"


def sweep(python: Path, name: str, module: Path) -> int | None:
    """The number of hostile calls that one module survived, or None, with what is wrong printed."""
    command = [str(python), "-X", "faulthandler", str(CASES / "sweep.py"), name, str(module)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(result.stdout.splitlines()[-1]) if result.returncode == 0 else {}
    if report.get("faults", True):
        print(f"{name}: " + "\n".join(report.get("faults", [result.stderr[-2000:]])[:10]), flush=True)
        return None
    return int(report["calls"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
