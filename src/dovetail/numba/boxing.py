"""Objects on their way into compiled code and out of it.

In: Python objects; what compiled code has.  Out: addresses; Python objects.  Must not know: what is done with them.

An object comes in as its address, which the caller keeps alive. One that goes out looks at where it lies, and keeps
that alive: what C++ has made for compiled code, by Numba's count of it; else the arguments of the call. What Python
knows already at that place is that object again. An element of a container that may move it stays inside.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.core.errors import NumbaError
from numba.extending import NativeValue, box, unbox

from dovetail.capi import native
from dovetail.numba.kinds import POINTER, Bound, FlatObject, NativeKeyed, NativeObject, NativeVector, types_of
from dovetail.numba.owning import place_of
from dovetail.numba.symbols import declare, find_native

_INT = ir.IntType(32)
_CONST, _COPIED = 1, 2
"""`native_const` and `native_copied` of dovetail/core/natives.h."""


def teach() -> None:
    """What is below is registered when this is imported."""


@unbox(NativeObject)
@unbox(NativeVector)
@unbox(NativeKeyed)
def _unbox_object(type_: Any, given: Any, c: Any) -> Any:
    name = f"{type_.record.path.replace('.', '_')}_{'const_' * type_.const}ptr"
    function = find_native(type_.record.module, name)
    if function is None:
        raise NumbaError(f"{type_} has no address")
    found = c.builder.call(declare(c.context, c.builder, function, POINTER, [c.pyapi.pyobj]), [given])
    return NativeValue(found, is_error=cgutils.is_null(c.builder, found))


@box(NativeObject)
@box(NativeVector)
@box(NativeKeyed)
def _box_object(type_: Any, value: Any, c: Any) -> Any:
    """What may stay inside is known when the code runs: compiled functions hand all objects to one another."""
    give = types_of(type_.record.module).inner.get(f".give.{type_.record.path}")
    keeper = None if type_.moves or give is None else _find_keeper(type_, value, c)
    if give is None or keeper is None:
        c.context.nrt.decref(c.builder, type_, value)
        c.pyapi.err_set_string("PyExc_TypeError", _refusal(type_, known=give is not None))
        return c.pyapi.get_null_object()
    result = cgutils.alloca_once_value(c.builder, c.pyapi.get_null_object())
    with c.builder.if_then(cgutils.is_not_null(c.builder, keeper)):
        place = place_of(c.context, c.builder, type_, value)
        flags = _COPIED if isinstance(type_, FlatObject) else _CONST * type_.const
        module = c.context.insert_const_string(c.builder.module, type_.record.module)
        function = declare(c.context, c.builder, give, c.pyapi.pyobj, [POINTER, _INT, c.pyapi.pyobj, POINTER])
        c.builder.store(c.builder.call(function, [place, ir.Constant(_INT, flags), keeper, module]), result)
        c.pyapi.decref(keeper)
    return c.builder.load(result)


def _find_keeper(type_: Bound, value: Any, c: Any) -> Any:
    """A new reference to what keeps it alive, with the use that the value is; None: that is not known here."""
    names = {each.name: each for each in c.builder.function.args}
    arguments = names.get("py_args")  # of the function that Python calls
    if type_.owned or type_.kept:
        counted = c.pyapi.nrt_meminfo_as_pyobject(c.context.make_helper(c.builder, type_, value=value).meminfo)
        return counted if not _looks_elsewhere(type_.record.module) else _both(c, counted, arguments)
    if arguments is not None:
        c.pyapi.incref(arguments)
    return arguments


@cache
def _looks_elsewhere(module: str) -> bool:
    """Some objects that C++ makes for compiled code may look into an argument."""
    known = types_of(module)
    ranges = [each.range.element for each in known.classes.values() if each.range is not None]
    results = [each.meaning for each in native(sys.modules[module])]
    return any(word.startswith("own lent ") for word in (*ranges, *results))


def _both(c: Any, counted: Any, arguments: Any) -> Any:
    """A tuple of the two; None: the arguments are not known here."""
    if arguments is None:
        c.pyapi.decref(counted)
        return None
    result = cgutils.alloca_once_value(c.builder, c.pyapi.get_null_object())
    with c.builder.if_then(cgutils.is_not_null(c.builder, counted)):
        c.builder.store(c.pyapi.tuple_pack([counted, arguments]), result)
        c.pyapi.decref(counted)
    return c.builder.load(result)


def _refusal(type_: Bound, *, known: bool) -> str:
    path = type_.record.path
    if not known:
        return f"{type_.record.module} was built by an older dovetail: build it again to return a {path} to Python"
    if type_.moves:
        return f"compiled code cannot return a {path} out of a container, which may move it: return its index or key"
    return f"compiled code cannot give a {path} to Python here: return it"
