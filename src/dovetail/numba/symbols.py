"""Native functions as Numba's compiler and its cache know them.

In: `NativeFunction` records.  Out: declarations in the code that is being compiled.  Must not know: types of Numba.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, final

import llvmlite.binding
from llvmlite import ir
from numba.core import caching, cgutils

from dovetail.capi import NativeFunction, native, native_types
from dovetail.numba.bare import can_invoke


class StaleError(Exception):
    """Compiled code calls what its module no longer has."""


@final
@dataclass(frozen=True, slots=True)
class Symbol:
    """A native function by name (`area:throws`: as it throws); calling it makes the name known to the linker."""

    module: str
    name: str
    abi: str

    def __str__(self) -> str:
        return f"dovetail.{self.abi}.{self.module}.{self.name}"

    def __call__(self) -> None:
        """Before code of the cache is linked. `StaleError`: it was compiled for another build of the module."""
        name, _, bare = self.name.partition(":")
        try:
            found = find_native(self.module, name)
        except ImportError as error:
            raise StaleError(str(error)) from error
        if found is None or found.abi != self.abi:
            raise StaleError(f"{self.module} has changed")
        if bare and not is_bare(found):
            raise StaleError(f"{self.module} must catch for itself")
        llvmlite.binding.add_symbol(str(self), found.bare if bare else found.address)


def find_native(module: str, name: str) -> NativeFunction | None:
    """By its key in the module's table."""
    found = importlib.import_module(module)
    if name.startswith("."):
        types = native_types(found)
        return types.inner.get(name) if types is not None else None
    return next((each for each in native(found) if each.name == name), None)


def is_bare(function: NativeFunction) -> bool:
    """Compiled code calls the C++ function itself, and catches."""
    if not function.bare:
        return False
    types = native_types(importlib.import_module(function.module))
    return types is not None and can_invoke(types.inner)


def declare(
    context: Any, builder: Any, function: NativeFunction, result: Any, arguments: list[Any], *, bare: bool = False
) -> Any:
    """The native function in the code that is being compiled."""
    symbol = Symbol(function.module, f"{function.name}:throws" if bare else function.name, function.abi)
    address = function.bare if bare else function.address
    called = ir.FunctionType(result, arguments)
    library = getattr(context, "active_code_library", None)
    if library is not None and not hasattr(library, "_reload_init"):
        # Numba before 0.63 would keep the name in its cache, and no other process would know it: it keeps no addresses.
        pointer = context.add_dynamic_addr(builder, address, info=str(symbol))
        return builder.bitcast(pointer, called.as_pointer())
    llvmlite.binding.add_symbol(str(symbol), address)
    if library is not None:
        library._reload_init.add(symbol)
    return cgutils.get_or_insert_function(builder.module, called, str(symbol))


def keep_stale_code_out() -> None:
    """What the cache has for another build of a module is not in the cache."""
    rebuild = caching.CompileResultCacheImpl.rebuild

    def rebuild_or_compile(self: Any, target: Any, payload: Any) -> Any:
        try:
            return rebuild(self, target, payload)
        except StaleError:
            return None

    caching.CompileResultCacheImpl.rebuild = rebuild_or_compile
