"""Calls of native functions: which overload it is, and the call itself.

In: the native functions of one name.  Out: typing templates with their lowering.  Must not know: attributes.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, signature

from dovetail.capi import NativeFunction, split_signature
from dovetail.numba.bare import invoke
from dovetail.numba.kinds import (
    NUMBERS,
    POINTER,
    TEXT,
    Bound,
    FlatObject,
    NativeNumbers,
    NativeText,
    held,
    lasting,
    meant_type,
    types_of,
)
from dovetail.numba.numbers import numbers_of, takes_numbers
from dovetail.numba.owning import keep, keep_within, offset_of, read_flat, set_aside, take_over, take_over_optional
from dovetail.numba.symbols import declare, is_bare
from dovetail.numba.texts import copy_text, end_text, text_bytes

_SIZE = ir.IntType(64 if sys.maxsize > 2**32 else 32)
_WHOLE = (types.Integer, types.Boolean)
_AS_GIVEN = (Bound, NativeText, types.UnicodeType, types.Array)


@cache
def meant(function: NativeFunction) -> tuple[Any, tuple[Any, ...]]:
    """The types of the result and of the arguments, self first."""
    known = types_of(function.module)
    result, words = split_signature(function.meaning)
    arguments = [meant_type(known, function.module, word) for word in words]
    if function.receiver:
        arguments.insert(0, meant_type(known, function.module, f"{function.receiver.removesuffix('*')}&"))
    return meant_type(known, function.module, result), tuple(arguments)


# ---- typing ------------------------------------------------------------------------------------------------------


@cache
def make_template(functions: tuple[NativeFunction, ...]) -> Any:
    """How Numba types calls of an overload set; the closest of them is called."""
    first = functions[0]
    path = f"{first.module}.{first.path}"

    class Template(AbstractTemplate):
        key = ("dovetail", path, first.abi)

        def generic(self, args: Any, kws: Any) -> Any:
            if kws:
                raise TypingError(f"{path}: compiled code gives arguments by position")
            return resolve_call(functions, args)

    @lower_builtin(Template.key, types.VarArg(types.Any))
    def call(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return lower_call(functions, context, builder, sig.args, args)

    return Template


@cache
def make_method(functions: tuple[NativeFunction, ...]) -> Any:
    """The same as a method: the object comes first, also before what is static and takes none."""
    first = functions[0]
    path = f"{first.module}.{first.path}"

    class Method(AbstractTemplate):
        key = ("dovetail method", path, first.abi)

        def generic(self, args: Any, kws: Any) -> Any:
            if kws:
                raise TypingError(f"{path}: compiled code gives arguments by position")
            found = resolve_call(functions, (self.this, *args), bound=True)
            return signature(found.return_type, *found.args[1:], recvr=self.this)

    @lower_builtin(Method.key, types.VarArg(types.Any))
    def call(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return lower_call(functions, context, builder, sig.args, args, bound=True)

    return Method


def resolve_call(functions: tuple[NativeFunction, ...], args: Any, *, bound: bool = False) -> Any:
    """The signature of a call. `TypingError`: no function takes these. `bound`: the first argument is the object whose
    attribute is called."""
    chosen = choose(functions, args, bound=bound)
    if chosen is None:
        path = f"{functions[0].module}.{functions[0].path}"
        if bound and args[0].const and choose(functions, _changeable(args), bound=True):
            raise TypingError(f"{path} changes its object, and this one is const")
        given = ", ".join(map(str, args[bound:]))
        takes = "; ".join(map(_shown, functions))
        raise TypingError(f"{path} does not take ({given}), but {takes}")
    result, wanted = meant(chosen)
    skipped = len(args) - len(wanted)  # self of what is static
    taken = [_taken(types.unliteral(g), w) for g, w in zip(args[skipped:], wanted, strict=True)]
    return signature(lasting(result, _lenders(chosen, args[skipped:])), *args[:skipped], *taken)


def _lenders(function: NativeFunction, given: Any) -> Any:
    """Those of the arguments in which a result may lie, or into which it may look."""
    by_value = function.meaning.startswith(("value ", "own "))
    return given if not by_value else given[:1] if function.receiver else ()


def _shown(function: NativeFunction) -> str:
    """Its parameters with their names. All are needed: what C++ fills in, compiled code does not."""
    words = split_signature(function.meaning)[1]
    names = function.parameters or ("",) * len(words)
    return f"({', '.join(f'{word} {name}'.strip() for word, name in zip(words, names, strict=True))})"


def _changeable(args: Any) -> Any:
    return (type(args[0])(args[0].record, False, args[0].moves), *args[1:])


def _taken(given: Any, wanted: Any) -> Any:
    """What Numba converts the argument to. Objects, text and arrays stay what they are until the call."""
    return given if isinstance(held(given), _AS_GIVEN) else wanted


def choose(functions: tuple[NativeFunction, ...], args: Any, *, bound: bool) -> NativeFunction | None:
    """The function whose worst conversion is the smallest."""
    ranked = [(_rank(args[bound and not f.receiver :], f), place, f) for place, f in enumerate(functions)]
    fitting = [(rank, place, each) for rank, place, each in ranked if rank is not None]
    return min(fitting, key=lambda one: one[:2])[2] if fitting else None


def _rank(args: Any, function: NativeFunction) -> int | None:
    """The worst conversion, 0 where there is none; None: it does not fit."""
    wanted = meant(function)[1]
    ranks = [_rank_one(types.unliteral(g), w) for g, w in zip(args, wanted, strict=False)]
    if len(args) != len(wanted) or None in ranks:
        return None
    return max((rank for rank in ranks if rank is not None), default=0)


def fits(given: Any, wanted: Any) -> bool:
    """Whether a value can be given for another."""
    return _rank_one(types.unliteral(given), wanted) is not None


def _rank_one(given: Any, wanted: Any) -> int | None:
    """Of one argument. A float is never truncated to an integer, nor an integer made an enum."""
    if given == wanted:
        return 0
    match wanted:
        case types.Optional():
            # An optional object is taken as one: None is refused when the code runs.
            return 1 if isinstance(given, types.NoneType) else _rank_one(held(given), wanted.type)
        case Bound():
            return _rank_object(held(given), wanted)
        case NativeNumbers():
            return 0 if takes_numbers(given, wanted) else None
        case NativeText():
            return 0 if isinstance(given, types.UnicodeType) else 1 if held(given) == wanted else None
        case types.IntEnumMember():
            return None
        case types.Integer():
            return 1 if isinstance(given, (*_WHOLE, types.EnumMember)) else None
        case types.Float():
            return 1 if isinstance(given, types.Float) else 2 if isinstance(given, _WHOLE) else None
        case types.Boolean():
            return 1 if isinstance(given, types.Integer) else None
        case _:
            return None


def _rank_object(given: Any, wanted: Any) -> int | None:
    if not isinstance(given, type(wanted)) or given.const > wanted.const:
        return None
    if given.record == wanted.record:
        return int(given.const != wanted.const)
    return 1 if offset_of(given, wanted) is not None else None


# ---- lowering ----------------------------------------------------------------------------------------------------


def lower_call(
    functions: tuple[NativeFunction, ...], context: Any, builder: Any, given: Any, args: Any, *, bound: bool = False
) -> Any:
    """The call of the function that typing has chosen for these types."""
    function = choose(functions, given, bound=bound)
    assert function is not None
    wanted = meant(function)[1]
    skipped = len(args) - len(wanted)
    values = zip(args[skipped:], given[skipped:], wanted, strict=True)
    found = call_native(context, builder, function, [_convert(context, builder, v, g, w) for v, g, w in values])
    sources = _lenders(function, list(zip(given[skipped:], args[skipped:], strict=True)))
    if function.meaning.startswith("own lent "):
        return keep_within(context, builder, (meant(function)[0], found), sources)
    return keep(context, builder, (meant(function)[0], found), sources)


def _convert(context: Any, builder: Any, value: Any, given: Any, wanted: Any) -> tuple[Any, Any]:
    """The value, and its type where that says more than the function's."""
    if isinstance(given, types.UnicodeType) or isinstance(wanted, NativeNumbers):
        return value, given
    return context.cast(builder, value, given, wanted), wanted


def call_native(context: Any, builder: Any, function: NativeFunction, args: list[tuple[Any, Any]]) -> Any:
    """Calls it; returns from the compiled function where it fails."""
    passed, owned = [], []
    for (value, kind), spellings in zip(args, _spellings(function), strict=True):
        if kind is TEXT or isinstance(kind, types.UnicodeType):
            data, size, keeper = text_bytes(context, builder, value, kind)
            passed += [data, size]
            owned.append(keeper)
        elif isinstance(kind, types.Array) or spellings[1:] or isinstance(kind, NativeNumbers):
            data, count = numbers_of(context, builder, value, kind)
            passed += [data, *(_fit(context, builder, count, each) for each in spellings[1:])]
        else:
            passed.append(_native_value(context, builder, value, kind, spellings[0]))
    result_type = meant(function)[0]
    if isinstance(result_type, FlatObject):
        places = [set_aside(context, builder, result_type.words)]
    else:
        places = [cgutils.alloca_once(builder, _llvm(context, each)) for each in _stored(function)]
    passed += places
    if is_bare(function):
        return _python_value(context, builder, function, _call_bare(context, builder, function, passed), places)
    result = _llvm(context, function.result)
    found = builder.call(declare(context, builder, function, result, [each.type for each in passed]), passed)
    for keeper in owned:
        end_text(context, builder, keeper)
    if function.may_fail:
        check(context, builder, function, found)
    return _python_value(context, builder, function, found, places)


def _call_bare(context: Any, builder: Any, function: NativeFunction, passed: list[Any]) -> Any:
    """It takes no text and gives none: there is nothing to end."""
    result = ir.VoidType() if meant(function)[0] is types.void else _llvm(context, function.result)
    called = declare(context, builder, function, result, [each.type for each in passed], bare=True)
    taker = types_of(function.module).inner[".take"]
    take = declare(context, builder, taker, ir.VoidType(), [POINTER])
    return invoke(context, builder, called, passed, take)


def _fit(context: Any, builder: Any, count: Any, spelling: str) -> Any:
    """A length as C++ has it. OverflowError: the array is longer than that can say."""
    wanted = _llvm(context, spelling)
    if count.type.width == wanted.width:
        return count
    signed = spelling != "size_t" and NUMBERS[spelling].signed
    most = 2 ** (wanted.width - signed) - 1
    with builder.if_then(builder.icmp_unsigned(">", count, ir.Constant(count.type, most)), likely=False):
        context.call_conv.return_user_exc(builder, OverflowError, (f"the array has more than {most} elements",))
    return builder.trunc(count, wanted)


@cache
def _spellings(function: NativeFunction) -> list[tuple[str, ...]]:
    """Of each Python argument its C arguments: text and spans are two."""
    rest = list(function.arguments)
    found: list[tuple[str, ...]] = []
    if function.receiver:
        found.append((rest.pop(0),))
    for word in split_signature(function.meaning)[1]:
        number = 2 if word == "text" or word.endswith("[]") else 1
        found.append(tuple(rest[:number]))
        del rest[:number]
    return found


@cache
def _stored(function: NativeFunction) -> list[str]:
    """What it stores through further arguments."""
    given = sum(map(len, _spellings(function)))
    return [each.removesuffix("*").strip() for each in function.arguments[given:]]


def _llvm(context: Any, spelling: str) -> Any:
    """The C type."""
    if spelling == "void":
        return ir.VoidType()
    if spelling == "size_t":
        return _SIZE
    return POINTER if spelling.endswith("*") else context.get_data_type(NUMBERS[spelling])


def _native_value(context: Any, builder: Any, value: Any, kind: Any, spelling: str) -> Any:
    """A value of Numba as C has it."""
    wanted = _llvm(context, spelling)
    if isinstance(kind, types.Optional):
        helper = context.make_helper(builder, kind, value=value)
        null = ir.Constant(wanted, None)
        return builder.select(cgutils.as_bool_bit(builder, helper.valid), helper.data, null)
    if value.type == wanted or isinstance(wanted, (ir.FloatType, ir.DoubleType, ir.PointerType)):
        return value
    return builder.zext(value, wanted) if value.type.width < wanted.width else builder.trunc(value, wanted)


def _python_value(context: Any, builder: Any, function: NativeFunction, value: Any, places: list[Any]) -> Any:
    """A result as Numba has it."""
    kind = meant(function)[0]
    if kind is types.void:
        return context.get_dummy_value()
    if kind is types.unicode_type:
        return _adopt_text(context, builder, value, places[0])
    if isinstance(kind, types.Optional):
        return _optional_value(context, builder, kind, value, places)
    if isinstance(kind, types.BaseTuple):
        stored = zip(kind.types, places, strict=True)
        return context.make_tuple(
            builder, kind, [_number(builder, each, builder.load(place)) for each, place in stored]
        )
    if kind is TEXT:
        return make_text(context, builder, value, places[0])
    if isinstance(kind, FlatObject):
        return read_flat(context, builder, kind, places[0])
    if isinstance(kind, Bound):
        return take_over(context, builder, kind, value) if kind.owned else value
    if isinstance(kind, types.Boolean):
        return _number(builder, kind, value)
    return widen(context, builder, value, kind, NUMBERS.get(function.result))


def _number(builder: Any, kind: Any, value: Any) -> Any:
    """A bool is an int in C."""
    return builder.icmp_signed("!=", value, ir.Constant(value.type, 0)) if kind is types.boolean else value


def _optional_value(context: Any, builder: Any, kind: Any, value: Any, places: list[Any]) -> Any:
    """A pointer that may be null, or a number that may be missing."""
    if isinstance(kind.type, Bound) and kind.type.owned:
        return take_over_optional(context, builder, kind, value)
    helper = context.make_helper(builder, kind)
    if kind.type is TEXT:
        helper.data = make_text(context, builder, value, places[0])
    elif isinstance(kind.type, Bound):
        helper.data = value
    else:
        helper.data = _number(builder, kind.type, builder.load(places[0]))
        helper.valid = builder.icmp_signed("==", value, ir.Constant(value.type, 1))
        return helper._getvalue()
    helper.valid = cgutils.is_not_null(builder, value)
    return helper._getvalue()


def _adopt_text(context: Any, builder: Any, data: Any, size: Any) -> Any:
    """Text that C++ has allocated for the caller."""
    found = copy_text(context, builder, make_text(context, builder, data, size))
    free = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.VoidType(), [POINTER]), "free")
    builder.call(free, [data])
    return found


def widen(context: Any, builder: Any, value: Any, kind: Any, number: Any) -> Any:
    """An enum from the integer below it; other values stay."""
    if not isinstance(kind, types.EnumMember):
        return value
    return context.cast(builder, value, number, kind.dtype)


def make_text(context: Any, builder: Any, data: Any, size: Any) -> Any:
    helper = cgutils.create_struct_proxy(TEXT)(context, builder)
    helper.data = data
    helper.size = builder.load(size)
    return helper._getvalue()


def check(context: Any, builder: Any, function: NativeFunction, value: Any) -> None:
    """Returns from the compiled function where the native one has set an exception."""
    if isinstance(value.type, ir.PointerType):
        failed = cgutils.is_null(builder, value)
    elif isinstance(value.type, (ir.FloatType, ir.DoubleType)):
        failed = builder.fcmp_ordered("==", value, ir.Constant(value.type, function.failure))
    else:
        failed = builder.icmp_signed("==", value, ir.Constant(value.type, function.failure))
    with builder.if_then(failed, likely=False):
        if not function.ambiguous:
            context.call_conv.return_exc(builder)
            return
        api = context.get_python_api(builder)
        gil = api.gil_ensure()
        raised = cgutils.is_not_null(builder, api.err_occurred())
        api.gil_release(gil)
        with builder.if_then(raised, likely=False):
            context.call_conv.return_exc(builder)
