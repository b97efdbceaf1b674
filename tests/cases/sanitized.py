"""Behaviour and hostile calls of every case under AddressSanitizer and UndefinedBehaviorSanitizer: `make sanitize`.

In: the cases (or those named).  Out: a line per case; 1 if anything was found.  Must not know: how cases are bound.

The interpreter is an ordinary one: the sanitizers' libraries are preloaded, and Python's own allocator is out of the
way, or it would hide what is read after it was freed. Modules are compiled first, without the preload.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1"
HERE = Path(__file__).parent
NOT_BEHAVIOUR = "not golden and not truth and not type_check and not hostile and not every_case"


def main(names: list[str]) -> int:
    os.environ["DOVETAIL_CASE_FLAGS"] = FLAGS
    sys.path.insert(0, str(HERE))
    from casebook import build_all, built, find_cases

    cases = [case for case in find_cases() if not names or case.name in names]
    print(f"compiling {len(cases)} cases with {FLAGS}", flush=True)
    build_all(tuple(cases))
    with tempfile.TemporaryDirectory(prefix="dovetail-sanitize-") as folder:
        for case in cases:
            shutil.copy(built(case), folder)
        environment = preloaded() | {"DOVETAIL_CASE_MODULES": folder}
        tests = [str(case.beside(".py")) for case in cases]
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "--durations=0"]
        found = subprocess.run([*command, "-k", NOT_BEHAVIOUR, *tests], env=environment, check=False).returncode != 0
        calls = 0
        for case in cases:
            module = Path(folder, built(case).name)
            made = sweep(case.name, module, environment)
            found |= made is None
            calls += made or 0
    print(f"{calls:,} hostile calls; {'something was found' if found else 'no report, no crash'}")
    return int(found)


def preloaded() -> dict[str, str]:
    """The environment of an interpreter under the sanitizers. Without libstdc++ every C++ exception would abort."""
    compiler = shutil.which("g++") or "g++"
    libraries = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("libasan.so", "libstdc++.so.6")
    ]
    return os.environ | {
        "LD_PRELOAD": " ".join(libraries),
        "PYTHONMALLOC": "malloc",
        "ASAN_OPTIONS": "detect_leaks=0",
    }


def sweep(name: str, module: Path, environment: dict[str, str]) -> int | None:
    """The number of hostile calls that one module survived; None, with the report printed, where it did not."""
    command = [sys.executable, str(HERE / "sweep.py"), name, str(module)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        report = json.loads(result.stdout.splitlines()[-1])
        print(f"{name:14} {report['calls']:10,} calls", flush=True)
        return int(report["calls"])
    told = result.stderr.splitlines()
    places = [at for at, line in enumerate(told) if "ERROR" in line or "error:" in line or "SUMMARY" in line]
    lines = [told[at] for at in places]
    begun = told[places[0] - 1 : places[0]] if places else []
    print(f"{name:14} failed in {' '.join(begun)}\n" + "\n".join(lines[:6] or told[-6:]), flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
