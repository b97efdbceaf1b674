"""A plain library and the Python over it: a module for PyPy.

In: `plan.Module` and `plan.Plain`.  Out: `File` records.  Must not know: compilers, disks.

`geometry.py` is the module; the folder `geometry_pypy` beside it holds the library, what cffi knows of it (`_abi.py`),
and the runtime.
"""

from __future__ import annotations

import hashlib

from dovetail.emit.cpp import thunks
from dovetail.emit.files import File
from dovetail.emit.plain import all_functions, fields_of, flat, path_of
from dovetail.emit.pypy.abi import render_abi
from dovetail.emit.pypy.module import render_module
from dovetail.plan import Module, Plain


def library_name(module: str) -> str:
    return f"lib{module.rpartition('.')[2]}.so"


def folder_name(module: str) -> str:
    """Where the library and the runtime are, beside the module."""
    return f"{module.rpartition('.')[2]}_pypy"


def render(module: Module, plain: Plain) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """C++ to compile into the library; Python files as they are installed."""
    python = render_module(module, plain)
    structs = {
        flat(path_of(each.record.scope, each.record.name)): tuple(
            {field.offset: field for field in fields_of(plain, each).values()}.values()
        )
        for each in plain.classes
    }
    declared = render_abi(f"{module.name}_pypy._abi", all_functions(plain), structs)
    bare = thunks.render(module, plain, "0").text
    abi = hashlib.sha256(f"{python}{declared}{bare}".encode()).hexdigest()[:16]
    declared += f"\nLIBRARY = {library_name(module.name)!r}\nABI = 0x{abi}\n"
    name = module.name.rpartition(".")[2]
    files = (File(f"{name}.py", python), File(f"{folder_name(module.name)}/_abi.py", declared))
    return (thunks.render(module, plain, abi),), files
