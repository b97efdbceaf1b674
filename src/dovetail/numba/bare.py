"""Calls of C++ functions as they throw: LLVM's `invoke`, whose landing pad catches.

In: the address of a C++ function.  Out: the call, behind which compiled code goes on where nothing was thrown; where
something was, it returns.  Must not know: types of Numba.

A function that catches costs a frame and a comparison, a landing pad nothing. What C++ throws is caught in the frame
that called it, so that no other frame of compiled code need be known to the unwinder. Whether it knows this one is
asked once in a process: compiled code is registered with libgcc's unwinder, and a module may have brought another.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba.core import cgutils
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from dovetail.capi import NativeFunction

PERSONALITY = "__gxx_personality_v0"
_THROWN = ir.LiteralStructType([cgutils.voidptr_t, ir.IntType(32)])


def invoke(context: Any, builder: Any, called: Any, passed: list[Any], take: Any) -> Any:
    """The result of `called`; where it throws, `take` sets the Python exception and the compiled function returns.

    Its attributes are written to the IR only where it has another one beside the personality.
    """
    function = builder.function
    kind = ir.FunctionType(ir.IntType(32), [], var_arg=True)
    function.attributes.personality = cgutils.get_or_insert_function(builder.module, kind, PERSONALITY)
    function.attributes.add("uwtable")
    went_well = builder.append_basic_block("called")
    threw = builder.append_basic_block("threw")
    found = builder.invoke(called, passed, went_well, threw)
    builder.position_at_end(threw)
    landed = builder.landingpad(_THROWN)
    landed.add_clause(ir.CatchClause(ir.Constant(cgutils.voidptr_t, None)))
    builder.call(take, [builder.extract_value(landed, 0)])
    context.call_conv.return_exc(builder)
    builder.position_at_end(went_well)
    return found


def can_invoke(inner: dict[str, NativeFunction]) -> bool:
    """Whether exceptions of that module (`NativeTypes.inner`) find compiled code. Makes the personality known."""
    personality, unwinds = inner.get(".personality"), inner.get(".unwinds")
    if personality is None or unwinds is None:
        return False
    known = llvmlite.binding.address_of_symbol(PERSONALITY)
    if known is None:
        llvmlite.binding.add_symbol(PERSONALITY, personality.address)
    return known in (None, personality.address) and _unwinds(unwinds.address)


@cache
def _unwinds(address: int) -> bool:
    """Asks the unwinder of a module for the frame of a compiled function."""
    asks = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(address)
    return bool(asks(_make_frame()))


@cache
@global_compiler_lock
def _make_frame() -> int:
    """The address of a function that is compiled for this."""
    library = cpu_target.target_context.codegen().create_library("dovetail.frame")
    module = library.create_ir_module("dovetail.frame")
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), []), "dovetail.frame")
    function.attributes.add("uwtable")
    ir.IRBuilder(function.append_basic_block()).ret_void()
    library.add_ir_module(module)
    library.finalize()
    return int(library.get_pointer_to_function("dovetail.frame"))
