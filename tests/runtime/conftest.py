"""Compiles the hand-written modules of this folder once per session and imports them."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import types
from collections.abc import Callable

import pytest

HERE = pathlib.Path(__file__).parent
INCLUDE = HERE.parent.parent / "src" / "dovetail" / "include"
# More flags, for a run under a sanitizer: -fsanitize=address,undefined (with its library preloaded).
MORE = os.environ.get("DOVETAIL_TEST_CXXFLAGS", "").split()
FLAGS = ["-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"]


def compile_module(source: pathlib.Path, target: pathlib.Path, *flags: str) -> pathlib.Path:
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    includes = [f"-I{INCLUDE}", f"-I{sysconfig.get_paths()['include']}", f"-I{HERE}"]
    command = [compiler, *FLAGS, *flags, *MORE, *includes, str(source), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return target


def import_file(name: str, path: pathlib.Path) -> types.ModuleType:
    loader = importlib.machinery.ExtensionFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pickle finds classes by it
    loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., types.ModuleType]:
    folder = tmp_path_factory.mktemp("runtime")

    def build(name: str, standard: str = "c++17") -> types.ModuleType:
        return import_file(name, compile_module(HERE / f"{name}.cpp", folder / f"{name}.so", f"-std={standard}", "-O0"))

    return build


@pytest.fixture(scope="session")
def compile_units() -> Callable[..., types.ModuleType]:
    """`compile_units(name, folder, units, *flags)`: the module made of several source files in a folder."""

    def build(name: str, folder: pathlib.Path, units: list[str], *flags: str) -> types.ModuleType:
        rest = [str(folder / unit) for unit in units[1:]]
        return import_file(name, compile_module(folder / units[0], folder / f"{name}.so", f"-I{folder}", *rest, *flags))

    return build


@pytest.fixture(scope="session")
def sample(compiled: Callable[..., types.ModuleType]) -> types.ModuleType:
    return compiled("sample")


@pytest.fixture(scope="session")
def lifetimes(compiled: Callable[..., types.ModuleType]) -> types.ModuleType:
    return compiled("lifetimes")


@pytest.fixture(scope="session")
def containers(compiled: Callable[..., types.ModuleType]) -> types.ModuleType:
    return compiled("containers", "c++2b")
