"""The cases: files with one stem in one folder, found by glob.

`x.h` is the input; its leading `// dovetail: …` lines are TOML of the module's table. A first line `// needs: HEADER
(PACKAGE)` names a header without which the case is skipped. `x.py` holds the behaviour,
`x.pyi` and `x.plan` are goldens: the stub that people read, and the decisions behind it.
A case is compiled once; the extension is cached under `.cache/cases` by everything that matters.
With `DOVETAIL_CASE_ABI3=3.11` in the environment cases are compiled for the limited API of that version.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.machinery
import importlib.util
import os
import pickle
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import types
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

from dovetail import pipeline
from dovetail.build.cache import locked
from dovetail.build.compilers import find_compiler
from dovetail.build.extension import hexversion
from dovetail.config import make_settings
from dovetail.diagnostics import Sink

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = ROOT / ".cache" / "cases"
RUNTIME = ROOT / "src" / "dovetail" / "include"
_LOADED: dict[str, types.ModuleType] = {}
ABI3 = os.environ.get("DOVETAIL_CASE_ABI3", "")
SUFFIX = ".abi3.so" if ABI3 else sysconfig.get_config_var("EXT_SUFFIX")
FLAGS = ("-O0", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-g0")


@dataclass(frozen=True, slots=True)
class Case:
    header: Path

    @property
    def name(self) -> str:
        return self.header.stem

    def beside(self, suffix: str) -> Path:
        return self.header.with_suffix(suffix)

    @property
    def settings(self) -> dict[str, Any]:
        lines = []
        for line in self.header.read_text(encoding="utf-8").splitlines():
            if line.startswith("// needs: "):
                continue
            if not line.startswith("// dovetail: "):
                break
            lines.append(line.removeprefix("// dovetail: "))
        return tomllib.loads("\n".join(lines))

    @property
    def missing(self) -> str:
        """The header that the case needs and this machine lacks, with its package; "" where nothing is missing."""
        text = self.header.read_text(encoding="utf-8")
        needs = re.match(r"// needs: (\S+) \((\S+)\)", text)
        if needs is None or _is_found(needs[1]):
            return ""
        return f"<{needs[1]}> is not installed: {needs[2]}"


@functools.cache
def _is_found(header: str) -> bool:
    command = [*find_compiler().command, "-E", "-x", "c++", "-"]
    text = f"#if !__has_include(<{header}>)\n#error\n#endif\n"
    return subprocess.run(command, input=text, text=True, capture_output=True, check=False).returncode == 0


def find_cases() -> tuple[Case, ...]:
    """Those that this machine can compile."""
    return tuple(case for case in find_all_cases() if not case.missing)


def find_all_cases() -> tuple[Case, ...]:
    return tuple(Case(header) for header in sorted(HERE.glob("*/*.h")) if header.parent.name != "errors")


@functools.cache
def bind(case: Case) -> pipeline.Bindings:
    """The case through parse, policy and emit; anything but notes and the warnings it expects is a failure.

    Several workers of one run do it once between them.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return _bind(case)
    folder = CACHE / f"run-{run}" / case.header.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / case.name
    with locked(folder, f"{case.name}.lock"):
        if kept.exists():
            found: pipeline.Bindings = pickle.loads(kept.read_bytes())
            return found
        found = _bind(case)
        kept.write_bytes(pickle.dumps(found))
        return found


def remove_old_runs() -> None:
    """What the workers of earlier runs shared."""
    for folder in CACHE.glob("run-*"):
        if time.time() - folder.stat().st_mtime > 3600:
            shutil.rmtree(folder, ignore_errors=True)


def _bind(case: Case) -> pipeline.Bindings:
    sink = Sink()
    given = {key.replace("-", "_"): value for key, value in case.settings.items()}
    settings = make_settings(case.name, [case.header.name], sink=sink, **given)
    # The bodies of some functions come later in the same header: nothing here needs a library.
    return pipeline.bind(settings, case.header.parent, sink)


@functools.cache
def _runtime_digest() -> bytes:
    digest = hashlib.sha256()
    for path in sorted(RUNTIME.rglob("*.h")):
        digest.update(path.read_bytes())
    return digest.digest()


@functools.cache
def built(case: Case) -> Path:
    """The compiled extension of a case; with `DOVETAIL_CASE_MODULES` that of this folder, whatever it was made from."""
    if modules := os.environ.get("DOVETAIL_CASE_MODULES"):
        return Path(modules, f"{case.name}{SUFFIX}")
    compiler = find_compiler()
    bindings = bind(case)
    std = case.settings.get("std", "c++20")
    extra = tuple(os.environ.get("DOVETAIL_CASE_FLAGS", "").split())
    limited = (f"-DPy_LIMITED_API={hexversion(ABI3)}",) if ABI3 else ()
    flags = (*FLAGS, *limited, *extra, f"-std={std}")
    digest = hashlib.sha256(_runtime_digest())
    for part in (compiler.version, sysconfig.get_config_var("EXT_SUFFIX") or "", *flags):
        digest.update(str(part).encode())
    for file in bindings.sources:
        digest.update(file.name.encode() + file.text.encode())
    digest.update(case.header.read_bytes())
    folder = CACHE / digest.hexdigest()[:16]
    target = folder / f"{case.name}{SUFFIX}"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if not target.exists():
            _compile(case, bindings, [*compiler.command, *flags], target)
    return target


def _compile(case: Case, bindings: pipeline.Bindings, command: list[str], target: Path) -> None:
    folder = target.parent
    for file in bindings.sources:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    units = [str(folder / file.name) for file in bindings.sources if file.name.endswith(".cpp")]
    include = [
        "-isystem",
        str(case.header.parent),
        *(f"-isystem{extra}" for extra in case.settings.get("include", ())),
        f"-I{RUNTIME}",
        f"-I{folder}",
        "-isystem",
        sysconfig.get_path("include"),
    ]
    partial = target.with_suffix(".tmp")
    action = [*include, *units, "-o", str(partial)]
    result = subprocess.run([*command, *_precompiled(command), *action], capture_output=True, text=True, check=False)
    if result.returncode and _precompiled(command):  # GCC forgets which warnings a precompiled header turns off
        result = subprocess.run([*command, *action], capture_output=True, text=True, check=False)
    if result.returncode:
        complaints = [line for line in result.stderr.splitlines() if "error:" in line]
        raise AssertionError("\n".join([f"{case.name}: the compiler refused emitted code", *complaints[:5]]))
    partial.replace(target)


@functools.cache
def _find_precompiled(command: tuple[str, ...]) -> list[str]:
    key = hashlib.sha256(_runtime_digest() + repr((command, find_compiler().version, sys.version)).encode())
    folder = CACHE / f"headers-{key.hexdigest()[:16]}"
    header = folder / "dovetail" / "core" / "module.h"
    header.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if not header.exists():
            every = folder / "every.h"
            every.write_text("#include <dovetail/core/module.h>\n#include <dovetail/convert/numbers.h>\n")
            include = [f"-I{RUNTIME}", f"-isystem{sysconfig.get_path('include')}"]
            compiled = ["-x", "c++-header", str(every), "-o", f"{header}.gch"]
            options = [option for option in command if option != "-shared"]
            subprocess.run([*options, *include, *compiled], capture_output=True, check=True)
            header.write_text("#include_next <dovetail/core/module.h>\n")
    return [f"-I{folder}"]


def _precompiled(command: list[str]) -> list[str]:
    """Options with which GCC finds dovetail's own headers precompiled, for the flags that nearly all cases have."""
    usual = "-std=c++20" in command and "DOVETAIL_CASE_FLAGS" not in os.environ
    return _find_precompiled(tuple(command)) if usual and find_compiler().kind == "gcc" else []


def build_all(cases: tuple[Case, ...]) -> None:
    """Compiles what is not cached, as many at a time as there are processors. Failures show in each case's tests."""
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0":
        cases = cases[::-1]  # towards the first worker, which begins at the front

    def attempt(case: Case) -> None:
        try:
            built(case)
        except Exception:
            pass

    if "DOVETAIL_CASE_MODULES" in os.environ:
        return
    for case in cases:
        try:
            bind(case)
        except Exception:
            continue
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(attempt, cases))


def load_case(case: Case) -> types.ModuleType:
    if case.name not in _LOADED:
        path = str(built(case))
        loader = importlib.machinery.ExtensionFileLoader(case.name, path)
        spec = importlib.util.spec_from_file_location(case.name, path, loader=loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        hidden = sys.modules.get(case.name)
        sys.modules[case.name] = module
        try:
            loader.exec_module(module)
        except BaseException:
            if hidden is None:
                del sys.modules[case.name]
            else:
                sys.modules[case.name] = hidden
            raise
        _LOADED[case.name] = module
    return _LOADED[case.name]
