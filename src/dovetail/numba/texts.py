"""Text of C++ in compiled code: compared as it is, copied by `str`.

In: the type of such text.  Out: what can be done with it, and strings of Numba as C++ takes them.
Must not know: where text comes from.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.imputils import lower_cast
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.cpython.unicode import _codepoint_to_kind, _empty_string, _set_code_point
from numba.extending import box, intrinsic, overload, register_jitable

from dovetail.numba.kinds import POINTER, TEXT, NativeText

_BYTES = types.Array(types.uint8, 1, "C")


def teach() -> None:
    """What is below is registered when this is imported."""


# ---- for C++ -----------------------------------------------------------------------------------------------------


def text_bytes(context: Any, builder: Any, value: Any, kind: Any) -> tuple[Any, Any, Any]:
    """Bytes in UTF-8, their number, and what has to end after the call: see `end_text`."""
    if kind is TEXT:
        text = cgutils.create_struct_proxy(TEXT)(context, builder, value=value)
        return text.data, text.size, None
    string = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    keeper = cgutils.alloca_once(builder, context.get_value_type(_BYTES), zfill=True)
    data = cgutils.alloca_once_value(builder, string.data)
    size = cgutils.alloca_once_value(builder, string.length)
    with builder.if_then(builder.not_(cgutils.is_true(builder, string.is_ascii)), likely=False):
        encoded = context.compile_internal(builder, _encode, _BYTES(kind), [value])
        array = context.make_array(_BYTES)(context, builder, encoded)
        builder.store(encoded, keeper)
        builder.store(builder.bitcast(array.data, string.data.type), data)
        builder.store(array.nitems, size)
    return builder.load(data), builder.load(size), keeper


def end_text(context: Any, builder: Any, keeper: Any) -> None:
    """After the call, before anything returns."""
    if keeper is not None:
        context.nrt.decref(builder, _BYTES, builder.load(keeper))


def _encode(text: Any) -> Any:
    """Compiled by Numba."""
    out = numpy.empty(4 * len(text), numpy.uint8)
    at = 0
    for letter in text:
        code = ord(letter)
        if 0xDC80 <= code < 0xDD00:
            out[at] = code - 0xDC00  # a byte that is no UTF-8
            at += 1
        elif 0xD800 <= code < 0xE000:
            raise ValueError("surrogates cannot be encoded in UTF-8")
        elif code < 0x80:
            out[at] = code
            at += 1
        elif code < 0x800:
            out[at] = 0xC0 | code >> 6
            out[at + 1] = 0x80 | code & 0x3F
            at += 2
        elif code < 0x10000:
            out[at] = 0xE0 | code >> 12
            out[at + 1] = 0x80 | code >> 6 & 0x3F
            out[at + 2] = 0x80 | code & 0x3F
            at += 3
        else:
            out[at] = 0xF0 | code >> 18
            out[at + 1] = 0x80 | code >> 12 & 0x3F
            out[at + 2] = 0x80 | code >> 6 & 0x3F
            out[at + 3] = 0x80 | code & 0x3F
            at += 4
    return out[:at]


# ---- from C++ ----------------------------------------------------------------------------------------------------


@box(NativeText)
def _box_text(type_: Any, value: Any, c: Any) -> Any:
    text = cgutils.create_struct_proxy(TEXT)(c.context, c.builder, value=value)
    kind = ir.FunctionType(c.pyapi.pyobj, [text.data.type, text.size.type, POINTER])
    make = cgutils.get_or_insert_function(c.builder.module, kind, "PyUnicode_DecodeUTF8")
    escape = c.context.insert_const_string(c.builder.module, "surrogateescape")  # as every result of C++
    return c.builder.call(make, [text.data, text.size, escape])


@intrinsic
def _size(typing: Any, text: Any) -> Any:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return cgutils.create_struct_proxy(TEXT)(context, builder, value=args[0]).size

    return types.intp(text), lower


@intrinsic
def _byte(typing: Any, text: Any, index: Any) -> Any:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = cgutils.create_struct_proxy(TEXT)(context, builder, value=args[0]).data
        value = builder.load(builder.gep(data, [args[1]]))
        return builder.zext(value, ir.IntType(64))

    return types.int64(text, index), lower


@intrinsic
def _same(typing: Any, a: Any, b: Any) -> Any:
    """Whether the bytes of a text and a text or an ASCII string are the same."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = []
        for value, kind in zip(args, sig.args, strict=True):
            helper = cgutils.create_struct_proxy(types.unliteral(kind))(context, builder, value=value)
            parts.append((helper.data, helper.size if kind is TEXT else helper.length))
        (left, size), (right, other) = parts
        found = cgutils.alloca_once_value(builder, ir.Constant(ir.IntType(1), 0))
        with builder.if_then(builder.icmp_signed("==", size, other)):
            kind = ir.FunctionType(ir.IntType(32), [left.type, right.type, size.type])
            function = cgutils.get_or_insert_function(builder.module, kind, "memcmp")
            differ = builder.call(function, [left, right, size])
            builder.store(builder.icmp_signed("==", differ, ir.Constant(differ.type, 0)), found)
        return builder.load(found)

    return types.boolean(a, b), lower


@register_jitable
def _letter(text: Any, at: Any, size: Any) -> Any:
    """The code point that begins here; 0xDC00 + byte where no UTF-8 does, as every result of C++ has it."""
    lead = _byte(text, at)
    more = 0 if lead < 0x80 else 1 if 0xC2 <= lead < 0xE0 else 2 if 0xE0 <= lead < 0xF0 else 3
    if at + more >= size or 0x80 <= lead < 0xC2 or lead >= 0xF5:
        return 0xDC00 + lead
    code = lead if more == 0 else lead & (0x3F >> more)
    for k in range(more):
        byte = _byte(text, at + 1 + k)
        if byte & 0xC0 != 0x80:
            return 0xDC00 + lead
        code = code << 6 | byte & 0x3F
    if more > 1 and (code < 0x800 or 0xD800 <= code < 0xE000 or (more == 3 and not 0x10000 <= code < 0x110000)):
        return 0xDC00 + lead
    return code


@overload(str)
def _str_text(text: Any) -> Any:
    if not isinstance(text, NativeText):
        return None
    return _decode


def _decode(text: Any) -> Any:
    """Compiled by Numba."""
    size = _size(text)
    codes = numpy.empty(size, numpy.uint32)
    at, count, largest = 0, 0, 0
    while at < size:
        code = _letter(text, at, size)
        codes[count] = code
        largest = max(largest, code)
        count += 1
        at += 1 if code < 0x80 or 0xDC80 <= code < 0xDD00 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    out = _empty_string(_codepoint_to_kind(numpy.uint32(largest)), count, largest < 0x80)
    for k in range(count):
        _set_code_point(out, k, codes[k])
    return out


def copy_text(context: Any, builder: Any, value: Any) -> Any:
    """A string of Numba."""
    return context.compile_internal(builder, _copy, types.unicode_type(TEXT), [value])


def _copy(text: Any) -> Any:
    """Compiled by Numba."""
    return str(text)


@overload(len)
def _len_text(text: Any) -> Any:
    if not isinstance(text, NativeText):
        return None

    def count(text: Any) -> Any:
        found = 0
        for k in range(_size(text)):
            found += _byte(text, k) & 0xC0 != 0x80
        return found

    return count


@overload(operator.eq)
def _eq_text(a: Any, b: Any) -> Any:
    left, right = types.unliteral(a), types.unliteral(b)
    if isinstance(left, NativeText) and isinstance(right, NativeText):
        return _eq_texts
    if isinstance(left, NativeText) and isinstance(right, types.UnicodeType):
        return _eq_string
    if isinstance(left, types.UnicodeType) and isinstance(right, NativeText):
        return _eq_reversed
    return None


# The bodies: Numba compiles them, and compares the names of their parameters with those of the overload.
def _eq_texts(a: Any, b: Any) -> Any:
    return _same(a, b)


def _eq_string(a: Any, b: Any) -> Any:
    return _same(a, b) if b._is_ascii else str(a) == b


def _eq_reversed(a: Any, b: Any) -> Any:
    return _same(b, a) if a._is_ascii else a == str(b)


def _ne(a: Any, b: Any) -> Any:
    return not (a == b)  # noqa: SIM201 - this is what `!=` is


@overload(operator.ne)
def _ne_text(a: Any, b: Any) -> Any:
    return _ne if any(isinstance(each, NativeText) for each in (a, b)) else None


@lower_cast(types.UnicodeType, NativeText)
@lower_cast(types.StringLiteral, NativeText)
def _refuse_text(context: Any, builder: Any, given: Any, wanted: Any, value: Any) -> Any:
    """A call takes strings as they are; only what is assigned to a member comes here."""
    raise TypingError("compiled code writes numbers, bools and enums alone: text and objects are set by methods")


@infer_getattr
class _Attributes(AttributeTemplate):
    key = NativeText

    def generic_resolve(self, type_: Any, name: str) -> Any:
        raise TypingError(f"text of C++ has no `{name}` in compiled code: str(text) makes a str, which has")
