"""Modules: enums, submodules, variables.

In: names and values.  Out: what emitted modules hold.  Must not know: C functions.
"""

from __future__ import annotations

import enum
import sys
import types
from typing import Any


def make_enum(name: str, base: str, module: str, qualname: str, members: Any, doc: str | None) -> Any:
    made: Any = getattr(enum, base)(name, members)
    made.__module__, made.__qualname__, made.__doc__ = module, qualname, doc
    return made


def make_submodule(module: str, path: str, doc: str | None) -> Any:
    """One that can be imported as if it were a file."""
    full = f"{module}.{path}"
    made = types.ModuleType(full, doc)
    sys.modules[full] = made
    parent, _, name = full.rpartition(".")
    setattr(sys.modules[parent], name, made)
    return made


def place(made: Any, module: str, qualname: str) -> Any:
    """A function or class where Python finds it: not in the file in which it is written."""
    made.__module__, made.__qualname__, made.__name__ = module, qualname, qualname.rpartition(".")[2]
    return made


def this(name: str) -> Any:
    return sys.modules[name]


def add_variable(module: Any, name: str, read: Any, write: Any = None) -> None:
    """An attribute that reads and writes C++."""
    if type(module) is types.ModuleType:
        module.__class__ = type("module", (types.ModuleType,), {})
    setattr(type(module), name, property(read, write))


class Constant:
    """An attribute of a class and of its objects that C++ never changes."""

    def __init__(self, read: Any) -> None:
        self._read = read

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self._read()
