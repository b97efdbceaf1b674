"""What a PyPy with METH_TYPED reads beside the names of methods; its headers are played by a few lines."""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path

from dovetail import pipeline
from dovetail.build.compilers import find_compiler
from dovetail.config import make_settings
from dovetail.diagnostics import Sink

HEADER = """
#pragma once
#include <stdexcept>
inline long inc(long value) noexcept { return value + 1; }
inline double half(double value, long by) { if (by == 0) throw std::domain_error("nothing"); return value / by; }
inline int narrow(int value) { return value; }
inline long both(long value) { return value; }
inline double both(double value) { return value; }
"""
# As the branch has them; an older one had room for one argument.
MOCK = """
#include <Python.h>
#define METH_TYPED 0x1000
#define T_C_LONG 1
#define T_C_DOUBLE 2
struct PyPyTypedMethodMetadata { int* arg_types; int ret_type; void* underlying_func; const char ml_name[100]; };
"""


class Metadata(ctypes.Structure):
    _fields_ = (
        ("arg_types", ctypes.POINTER(ctypes.c_int)),
        ("ret_type", ctypes.c_int),
        ("underlying_func", ctypes.c_void_p),
        ("ml_name", ctypes.c_char * 100),
    )


class Row(ctypes.Structure):
    _fields_ = (
        ("ml_name", ctypes.c_void_p),
        ("ml_meth", ctypes.c_void_p),
        ("ml_flags", ctypes.c_int),
        ("ml_doc", ctypes.c_char_p),
    )


def row_of(function: object) -> Row:
    """A function of C begins with its row, behind what every object begins with."""
    place = ctypes.c_void_p.from_address(id(function) + object.__basicsize__).value
    assert place is not None
    return Row.from_address(place)


def test_metadata_lies_around_the_names(tmp_path: Path) -> None:
    header = tmp_path / "typed.h"
    header.write_text(HEADER)
    (tmp_path / "mock.h").write_text(MOCK)
    sink = Sink()
    bindings = pipeline.bind(make_settings("typed", [str(header)], sink=sink), tmp_path, sink)
    (file,) = bindings.sources
    (tmp_path / file.name).write_text(file.text)
    output = tmp_path / f"typed{sysconfig.get_config_var('EXT_SUFFIX')}"
    command = [*find_compiler(sink).command, "-std=c++20", "-O0", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]
    folders = [f"-I{sysconfig.get_path('include')}", f"-I{pipeline.RUNTIME}", "-include", "mock.h", f"-I{tmp_path}"]
    made = subprocess.run(
        [*command, *folders, file.name, "-o", str(output)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    spec = importlib.util.spec_from_file_location("typed", output)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def metadata_of(name: str) -> Metadata:
        row = row_of(getattr(module, name))
        assert row.ml_flags & 0x1000, name
        found = Metadata.from_address(row.ml_name - Metadata.ml_name.offset)
        assert found.ml_name == name.encode()
        return found

    inc, half = metadata_of("inc"), metadata_of("half")
    assert (inc.arg_types[:2], inc.ret_type) == ([1, -1], 1)
    assert ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(inc.underlying_func)(41) == 42
    assert (half.arg_types[:3], half.ret_type) == ([2, 1, -1], -2)
    function = ctypes.PYFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_long)(half.underlying_func)
    assert function(3.0, 2) == 1.5
    try:
        function(3.0, 0)
    except ValueError as error:
        assert str(error) == "nothing"
    else:
        raise AssertionError("the exception of C++ is Python's")
    assert not row_of(module.narrow).ml_flags & 0x1000, "it has no code for int"
    assert not row_of(module.both).ml_flags & 0x1000, "nothing says which overload"
    assert (module.inc(1), module.half(3.0, by=2)) == (2, 1.5), "and they are called as ever"


def test_other_pythons_never_see_it(tmp_path: Path) -> None:
    header = tmp_path / "typed.h"
    header.write_text(HEADER)
    sink = Sink()
    (file,) = pipeline.bind(make_settings("typed", [str(header)], sink=sink), tmp_path, sink).sources
    before, block = file.text.split("#ifdef METH_TYPED\n")
    assert "Typed" not in before + block.partition("#endif\n")[2]
    assert sys.implementation.name == "cpython"
