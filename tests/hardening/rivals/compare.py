"""The same hostile calls on the same header, bound by dovetail, pybind11, nanobind and SWIG.

    python tests/hardening/rivals/compare.py --batches 150

In: `target.h` and one binding for each tool, written as its manual shows.  Out: a table of batches that died.
Must not know: what a tool promises.

Each batch is a forked process of 200 random calls: wrong types, None, huge numbers, half-built objects, references kept
while what they refer to grows or goes. The n-th batch chooses the same way for each tool. With `--sanitize` all modules
are compiled for AddressSanitizer, so that a batch that reads freed memory dies too.

`None` for a pointer is null by the rules of pybind11 and SWIG, which `target.h` does not expect. "strict" is the same
binding with the tool told so: `.none(false)`, a check typemap. dovetail and nanobind refuse it anyway.
"""

from __future__ import annotations

import argparse
import collections
import gc
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "cases"))

CALLS = 200
SECONDS = 30
ADDRESS_FLAGS = "-fsanitize=address -fno-omit-frame-pointer -g1"
TOOLS = ("dovetail", "nanobind", "pybind11", "pybind11-strict", "swig", "swig-strict")
CLASSES = ("Row", "Table", "Shape")
FUNCTIONS = ("take_pointer", "take_reference", "id_of", "give_name", "measure", "describe", "sum", "fail")
METHODS = (
    "rows", "best", "count", "rename", "name", "area", "label", "id", "append", "extend", "insert", "pop", "clear",
    "resize", "reserve", "__getitem__", "__setitem__", "__delitem__", "__len__", "__iter__", "__init__", "__repr__",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tools", nargs="*", default=TOOLS, help=", ".join(TOOLS))
    parser.add_argument("--batches", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sanitize", action="store_true", help="under AddressSanitizer")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(run_batches(options.inside, options.batches, options.seed)))
        return 0
    environment = dict(os.environ)
    flags: list[str] = []
    if options.sanitize:
        from sanitized import preloaded

        os.environ["DOVETAIL_CASE_FLAGS"] = ADDRESS_FLAGS
        environment, flags = preloaded(), ADDRESS_FLAGS.split()
    print(
        f"{options.batches} batches of {CALLS} calls, seed {options.seed}, CPython {sys.version.split()[0]}"
        + ", AddressSanitizer" * options.sanitize
    )
    print("| tool | batches that died | of | how |\n|---|--:|--:|---|")
    with tempfile.TemporaryDirectory(prefix="dovetail-rivals-") as folder:
        for tool in options.tools:
            place = Path(folder, tool)
            place.mkdir()
            version = build(tool, place, flags)
            command = [sys.executable, __file__, "--inside", tool.split("-")[0], "--batches", str(options.batches)]
            command += ["--seed", str(options.seed)]
            result = subprocess.run(
                command,
                env=environment | {"PYTHONPATH": str(place)},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
                text=True,
            )
            ends: dict[str, int] = json.loads(result.stdout.splitlines()[-1])
            died = sum(ends.values())
            how = ", ".join(f"{count} {name}" for name, count in sorted(ends.items(), key=lambda one: -one[1]))
            print(f"| {tool} {version} | {died} | {options.batches} | {how} |", flush=True)
    return 0


def build(variant: str, folder: Path, flags: list[str]) -> str:
    """The tool's module `rival_TOOL` in the folder; returns the tool's version."""
    tool, _, strict = variant.partition("-")
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    target = folder / f"rival_{tool}{suffix}"
    compile_ = [shutil.which("g++") or "c++", "-std=c++17", "-O1", "-fPIC", "-shared", "-fvisibility=hidden", *flags]
    compile_ += ["-DSTRICT"] if strict else []
    compile_ += [f"-I{HERE}", f"-I{sysconfig.get_path('include')}"]
    if tool == "dovetail":
        from casebook import Case, built

        import dovetail

        shutil.copy(built(Case(HERE / "target.h")), folder / f"target{suffix}")
        (folder / "rival_dovetail.py").write_text("from target import *\nfrom target import VectorRow as Rows\n")
        return str(dovetail.__version__)
    if tool == "swig":
        command = ["swig", "-python", "-c++", *(["-DSTRICT"] if strict else []), f"-I{HERE}", "-outdir", folder]
        run([*command, "-o", folder / "swig.cpp", HERE / "bind_swig.i"])
        run([*compile_, folder / "swig.cpp", "-o", folder / f"_rival_swig{suffix}"])
        said = subprocess.run(["swig", "-version"], capture_output=True, text=True, check=True).stdout
        return said.split("Version ")[1].split()[0]
    package: Any = importlib.import_module(tool)
    if tool == "pybind11":
        run([*compile_, f"-I{package.get_include()}", HERE / "bind_pybind11.cpp", "-o", target])
    else:
        source = Path(package.source_dir())
        include = [f"-I{package.include_dir()}", f"-I{source.parent / 'ext' / 'robin_map' / 'include'}"]
        run([*compile_, *include, HERE / "bind_nanobind.cpp", source / "nb_combined.cpp", "-o", target])
    return str(package.__version__)


def run(command: list[str | Path]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr[-2000:]}")


# ---- in a process of the tool's own ----------------------------------------------------------------------------------


def run_batches(tool: str, batches: int, seed: int) -> dict[str, int]:
    """How many batches ended by which signal."""
    module = importlib.import_module(f"rival_{tool}")
    ends: collections.Counter[str] = collections.Counter()
    for batch in range(batches):
        child = os.fork()
        if not child:
            signal.alarm(SECONDS)
            try:
                hostile_calls(module, random.Random(f"{seed} {batch}"))
                gc.collect()
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            ends[signal.Signals(os.WTERMSIG(status)).name] += 1
        elif os.WEXITSTATUS(status):
            ends["sanitizer report"] += 1
    return dict(ends)


def hostile_calls(module: Any, chance: random.Random) -> None:
    from sweep import HOSTILE

    classes = [getattr(module, name) for name in (*CLASSES, "Rows")]
    functions = [getattr(module, name) for name in FUNCTIONS]

    class Square(module.Shape):  # type: ignore[misc, name-defined]
        def area(self) -> object:
            return chance.choice(HOSTILE)

    class Unready(module.Shape):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            pass

    objects: list[object] = [module.Table(3), module.Row(), module.Shape(2.0), Square()]

    def arguments() -> list[object]:
        number = chance.choice((0, 1, 1, 1, 2, 2, 3))
        return [chance.choice(objects if objects and chance.randrange(2) else HOSTILE) for _ in range(number)]

    for _ in range(CALLS):
        kind = chance.randrange(10)
        given = arguments()
        try:
            if kind == 0:
                made = chance.choice([*classes, Square, Unready])(*given)
            elif kind == 1:
                cls = chance.choice([*classes, Square])
                made = cls.__new__(cls)
            elif kind <= 4:
                made = chance.choice(functions)(*given)
            elif kind == 5 and objects:
                del objects[chance.randrange(len(objects))]
                gc.collect()
                continue
            else:
                owner, name = chance.choice(objects), chance.choice(METHODS)
                found = getattr(owner, name)
                made = found(*given) if callable(found) else found
                if not callable(found) and chance.randrange(2):
                    setattr(owner, name, chance.choice(HOSTILE))
        except Exception:
            continue
        if made is not None and not isinstance(made, (int, float, str)):
            objects.append(made)


if __name__ == "__main__":
    sys.exit(main())
