"""The tests on every CPython there is: `make matrix`.

In: interpreters on PATH and under pyenv (or those named).  Out: a table; 1 if any of them failed.
Must not know: what the tests test.

Each interpreter gets an environment of its own under `.cache/matrix`; what is compiled is cached there per version.
A tool that cannot be installed for one of them is left out, and named in its row: the tests that need it are skipped.

`--root FOLDER` tests the interpreters of another system, with its compiler: one that `debootstrap` put there, say.
The checkout appears in it under its own path. Only root can do that.

    debootstrap --variant=minbase forky FOLDER
    chroot FOLDER apt-get install --no-install-recommends ca-certificates g++ libeigen3-dev nlohmann-json3-dev \\
        python3.14-dev python3.14-dbg python3.14-venv python3.15-dev python3.15-dbg python3.15-venv
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent.parent
INSIDE = "DOVETAIL_MATRIX_INSIDE"
FOLDER = ROOT / ".cache" / "matrix" / os.environ.get(INSIDE, "")
NEWEST = 20
FACTS = (
    "import sys, sysconfig; print(sys.version.split()[0], int(bool(sysconfig.get_config_var('Py_GIL_DISABLED'))),"
    " int(hasattr(sys, 'gettotalrefcount')), sys.implementation.name)"
)
TESTS = ("tests/unit", "tests/runtime", "tests/cases")
ENTER = """
set -e
mount --bind /proc "$1/proc"
mount --rbind /dev "$1/dev"
mkdir -p "$1$2"
mount --bind "$2" "$1$2"
cp -L /etc/resolv.conf "$1/etc/resolv.conf"
root=$1
shift 2
exec chroot "$root" "$@"
"""
"""For a shell that has mounts of its own, and gets the root, the checkout and the command."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    path: Path
    version: tuple[int, ...]
    free_threaded: bool
    debug: bool

    @property
    def name(self) -> str:
        return ".".join(map(str, self.version)) + "t" * self.free_threaded + "d" * self.debug


def find_interpreters() -> list[Interpreter]:
    """One of each version and kind, 3.10 and newer."""
    names = [f"python3.{minor}{kind}" for minor in range(10, NEWEST) for kind in ("", "t", "-dbg")]
    paths = [Path(found) for name in names if (found := shutil.which(name))]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    paths += [*sorted(pyenv.glob("*/bin/python3")), *sorted(Path("/usr/bin").glob("python3.[0-9][0-9]*"))]
    found: dict[str, Interpreter] = {}
    for path in paths:
        interpreter = look_at(path)
        if interpreter is not None and interpreter.version >= (3, 10):
            found.setdefault(interpreter.name, interpreter)
    return sorted(found.values(), key=lambda one: (one.version, one.free_threaded, one.debug))


def choose(found: list[Interpreter], versions: list[str]) -> list[Interpreter]:
    """All whose names begin so; a whole name is that one alone: 3.14.8 is not 3.14.8d."""
    whole = {one.name for one in found} & set(versions)
    beginnings = tuple(set(versions) - whole)
    return [one for one in found if not versions or one.name in whole or one.name.startswith(beginnings)]


def look_at(path: Path) -> Interpreter | None:
    """What kind of interpreter this is; None: it does not run, or is no CPython."""
    result = subprocess.run([path, "-c", FACTS], capture_output=True, text=True, check=False)
    if result.returncode:
        return None
    version, free_threaded, debug, implementation = result.stdout.split()
    if implementation != "cpython":
        return None
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    return Interpreter(path, numbers, free_threaded == "1", debug == "1")


def prepare(interpreter: Interpreter, log: Path) -> Path | None:
    """The environment's Python, with the checkout and its tools; None: it cannot be made."""
    folder = FOLDER / interpreter.name
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if ready.exists():
        return python
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet"]
    if not run(log, [interpreter.path, "-m", "venv", "--clear", folder]):
        return None
    missing: list[str] = []
    if not run(log, [*install, "--editable", f"{ROOT}[dev]"]):
        if not run(log, [*install, "--editable", ROOT]):
            return None
        missing = [tool.split(";")[0] for tool in tools() if not run(log, [*install, "--only-binary", ":all:", tool])]
    ready.write_text(", ".join(missing))
    return python


def tools() -> list[str]:
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"])


def run(log: Path, command: list[str | Path]) -> bool:
    return exit_code(log, command) == 0


def exit_code(log: Path, command: list[str | Path]) -> int:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with log.open("a") as out:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=out, stderr=out, check=False)
    return done.returncode


def test(interpreter: Interpreter, options: list[str]) -> tuple[str, str, float]:
    """(verdict, detail, seconds)."""
    started = time.monotonic()
    log = FOLDER / f"{interpreter.name}.log"
    log.write_text("")
    python = prepare(interpreter, log)
    if python is None:
        return "no environment", f"see {log}", time.monotonic() - started
    code = exit_code(log, [python, "-m", "pytest", "-q", "--no-header", "-rfEs", *TESTS, *options])
    lines = log.read_text(errors="replace").splitlines()
    died = f"ended with {code} before its summary: see {log}"
    summary = next((line for line in reversed(lines) if re.search(r"\d+ (passed|failed|error)", line)), died)
    missing = (FOLDER / interpreter.name / "ready").read_text()
    detail = summary.strip("= ") + (f"; without {missing}" if missing else "")
    return "ok" if code == 0 else "FAILED", detail, time.monotonic() - started


def run_inside(root: Path, arguments: list[str]) -> int:
    """This file, run by an interpreter of another system."""
    found = sorted(root.glob("usr/bin/python3.[0-9][0-9]"))
    if not found:
        print(f"{root} has no /usr/bin/python3.10 or newer", file=sys.stderr)
        return 3
    inner = "/" + found[0].relative_to(root).as_posix()
    command = ["unshare", "--mount", "sh", "-c", ENTER, "sh", root, ROOT, inner, __file__, *arguments]
    return subprocess.run(command, env=os.environ | {INSIDE: root.name}, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("versions", nargs="*", help="beginnings of versions: 3.10 3.13")
    parser.add_argument("--pytest", default="", help="options for pytest, as one text")
    parser.add_argument("--root", type=Path, help="a folder with another system, whose interpreters are tested")
    options = parser.parse_args()
    if options.root is not None:
        rest = [*options.versions, *(["--pytest", options.pytest] if options.pytest else [])]
        return run_inside(options.root.resolve(), rest)
    wanted = choose(find_interpreters(), options.versions)
    if not wanted:
        print("no CPython 3.10 or newer was found", file=sys.stderr)
        return 3
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = False
    print("| CPython | verdict | tests | seconds |\n|---|---|---|--:|", flush=True)
    for interpreter in wanted:
        verdict, detail, seconds = test(interpreter, options.pytest.split())
        failed |= verdict != "ok"
        print(f"| {interpreter.name} | {verdict} | {detail} | {seconds:.0f} |", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
