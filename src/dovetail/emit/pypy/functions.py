"""Python functions over plain calls.

In: `plan.PlainFunction`.  Out: `def` statements, and the tables of overloads.  Must not know: classes, modules.

    def distance(a, b=_dt.left):
        given = 1 | (0 if b is _dt.left else 2)
        try:
            result = _lib.dt_distance(given, _dt.here(a, Point), _dt.null if b is _dt.left else _dt.here(b, Point))
        except _dt.BAD as error:
            raise _dt.refuse(error, "distance", None, False, ("a", _dt.Instance(Point), a), …) from None
        if result == -8.98846567431158e+307:
            _dt.check()
        return result
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import final

from dovetail.emit import plain as c
from dovetail.emit.cpp.identifiers import spell as spell_cpp
from dovetail.emit.docstrings import docstring_lines, join_paragraphs, quote
from dovetail.emit.pypy.kinds import kind_of
from dovetail.emit.signatures import is_special, signature_of, spell
from dovetail.emit.writer import Writer
from dovetail.plan import Call, Form, Function, PlainCall, PlainFunction, PlainParam, PlainValue, Return

_FAILED = {
    "signed char": "-127",
    "unsigned char": "255",
    "short": "-32767",
    "unsigned short": "65535",
    "int": "-2147483647",
    "unsigned int": "4294967295",
    "long": "-9223372036854775807",
    "unsigned long": "18446744073709551615",
    "float": repr(-(2.0**127)),
    "double": repr(-(2.0**1023)),
}
_SAME = (
    {"long long": "long", "unsigned long long": "unsigned long", "size_t": "unsigned long"}
    | {
        f"{sign}int{bits}_t": f"{word}{name}"
        for sign, word in (("", ""), ("u", "unsigned "))
        for bits, name in ((16, "short"), (32, "int"), (64, "long"))
    }
    | {"int8_t": "signed char", "uint8_t": "unsigned char"}
)
_OPERANDS = frozenset(
    f"__{side}{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor")
    for side in ("", "r")
) | frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__matmul__", "__rmatmul__"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a function stands. `names`: Python names of classes and enums in the file, by their paths."""

    names: dict[str, str]
    receiver: str = ""
    """The class in the file; "" outside of classes."""
    shared: bool = False
    """Its objects are held together with C++."""
    apart: bool = False
    packed: dict[str, str] = field(default_factory=dict)
    """Kinds of packed values, by their names in the file: filled as functions are written."""


def write_function(out: Writer, function: PlainFunction, place: Place, name: str) -> None:
    """`name`: in the file. Of several overloads one function each, and one that chooses."""
    calls = function.calls
    static = bool(place.receiver) and calls[0].overload is not None and calls[0].overload.call is Call.STATIC
    if len(calls) == 1:
        _write_decorated(out, static)
        _write_one(out, function.function, calls[0], place, name, documented=True)
        return
    for number, call in enumerate(calls, 1):
        _write_decorated(out, static)
        _write_one(out, function.function, call, place, f"_{name.strip('_')}_{number}")
    _write_decorated(out, static)
    receiver = "self, " if place.receiver and not static else ""
    table = table_name(place, name)
    by_place = is_special(function.function.name) and function.function.name not in ("__init__", "__call__")
    with out.block(f"def {name}({receiver}*args{'' if by_place else ', **kwargs'})"):
        out.lines(*_doc(function.function, calls))
        if function.function.name == "__init__":
            out.line(f"{table}.construct(self, args, kwargs)")
        elif function.function.name in _OPERANDS:
            out.line(f"return {table}.operate(self, *args)")
        elif receiver:
            out.line(f"return {table}.call_on(self, args, {'{}' if by_place else 'kwargs'})")
        else:
            out.line(f"return {table}.call(args, kwargs)")
    out.gap()


def _write_decorated(out: Writer, static: bool) -> None:
    if static:
        out.line("@staticmethod")


def table_name(place: Place, name: str) -> str:
    return f"_{place.receiver}_{name.strip('_')}_overloads".replace("__", "_")


def write_overloads(out: Writer, function: PlainFunction, place: Place, name: str, shown: str) -> None:
    """The table of what `write_function` chooses from, once all classes are there."""
    if len(function.calls) == 1:
        return
    owner = f"{place.receiver}." if place.receiver else ""
    out.line(f"{table_name(place, name)} = _dt.Overloads(")
    with out.indented():
        out.line(f"{quote(shown)},")
        for number, call in enumerate(function.calls, 1):
            params = [_spell_name(param.name) for param in call.params]
            assert call.overload is not None
            line = spell(shown, signature_of(function.function, call.overload))
            needed = sum(not param.optional for param in call.params)
            positional = sum(param.positional for param in call.params)
            kinds = spell_tuple([kind_of(param, place.names) for param in call.params])
            changes = bool(call.receiver) and not call.const
            inner = f"_{name.strip('_')}_{number}"
            names = spell_tuple([quote(each) for each in params])
            out.line(f"({owner}{inner}, {changes}, {quote(line)}, {names}, {positional}, {needed}, {kinds}),")
    out.line(")")
    out.gap()


def spell_tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _spell_name(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in ("_dt", "_lib", "result", "given", "error") else name


def _doc(function: Function, calls: tuple[PlainCall, ...]) -> list[str]:
    lines = []
    for call in calls:
        if call.overload is not None:
            doc = call.overload.doc
            lines.append(join_paragraphs([spell(function.name, signature_of(function, call.overload)), doc]))
    return docstring_lines(join_paragraphs(lines))


def _write_one(
    out: Writer, function: Function, call: PlainCall, place: Place, name: str, *, documented: bool = False
) -> None:
    overload = call.overload
    static = not place.receiver or (overload is not None and overload.call is Call.STATIC)
    made = overload is not None and overload.call is Call.CONSTRUCTOR
    spelled = tuple(replace(param, name=_spell_name(param.name)) for param in call.params)
    call = replace(call, params=spelled)
    with out.block(f"def {name}({', '.join(_parameters(call, function.name, receiver=not static))})"):
        if documented:
            out.lines(*_doc(function, (call,)))
        write_body(
            out, call, place, shown=function.name if not made else place.receiver, receiver=not static, made=made
        )
    out.gap()


def _parameters(call: PlainCall, name: str, *, receiver: bool) -> list[str]:
    parts = ["self"] if receiver else []
    by_place = is_special(name) and name not in ("__init__", "__call__")
    last = len(parts)
    for param in call.params:
        default = param.literal if not _is_enumerator(param) else "_dt.left"
        default = "_dt.left" if param.fallback is not None else default
        parts.append(f"{param.name}={default}" if param.optional else param.name)
        if param.positional or by_place:
            last = len(parts)
    if last > (1 if receiver else 0):
        parts.insert(last, "/")
    return parts


def _is_enumerator(param: PlainParam) -> bool:
    return bool(param.literal) and param.value.form is Form.ENUM


def write_body(
    out: Writer, call: PlainCall, place: Place, *, shown: str, receiver: bool, made: bool = False, value: str = ""
) -> None:
    """`value`: of an attribute that is written, its name in messages."""
    for param in call.params:
        if _is_enumerator(param):
            member = f"{place.names[param.value.path]}[{quote(param.literal.rpartition('.')[2])}]"
            with out.block(f"if {param.name} is _dt.left"):
                out.line(f"{param.name} = {member}")
    if call.masked:
        _write_mask(out, call)
    with out.block("try"):
        arguments = [_receiver(call, place)] if call.receiver and not made else []
        arguments += ["given"] if call.masked else []
        for param in call.params:
            arguments += write_argument(out, param, place)
        out.line(f"result = _lib.{c.PREFIX}{call.symbol}({', '.join(arguments)})")
    with out.block("except _dt.BAD as error"):
        _write_refusal(out, call, place, shown=shown, receiver=receiver and not made, value=value)
    for param in call.params:
        if param.value.form is Form.UNIQUE:
            out.line(f"_dt.gone({param.name})")
    if made:
        kept = [_kept(param) for param in call.params if param.kept_by]
        out.line(f"_dt.hold(self, result{f', [{chr(44).join(kept)}]' if kept else ''})")
        return
    _write_keeping(out, call)
    write_result(out, call, place, receiver=receiver)


def _write_mask(out: Writer, call: PlainCall) -> None:
    always = sum(1 << k for k, param in enumerate(call.params) if param.fallback is None)
    parts = [str(always)] if always or all(p.fallback is None for p in call.params) else []
    for number, param in enumerate(call.params):
        if param.fallback is not None:
            parts.append(f"(0 if {param.name} is _dt.left else {1 << number})")
    out.line(f"given = {' | '.join(parts)}")
    alone = [number for number, param in enumerate(call.params) if param.fallback == ""]
    if len(alone) > 1:
        out.line(f"_dt.no_gap(given, {alone[0]}, {len(call.params)})")


def _receiver(call: PlainCall, place: Place) -> str:
    if place.apart:
        return f"_dt.{'here' if call.const else 'change'}(self, {place.receiver})"
    return "self._p" if call.const or call.inside else "self._m"


def _kept(param: PlainParam) -> str:
    """What has to live: text that C++ looks at, or the object."""
    looks = param.value.form is Form.TEXT or param.value.form is Form.SPAN
    return f"{param.name}_" if looks else param.name


def write_argument(out: Writer, param: PlainParam, place: Place) -> list[str]:
    """What stands for it in the C call; statements before it where it needs some."""
    value, name = param.value, param.name
    left = f"{name} is _dt.left"
    class_ = place.names.get(value.path, "")
    match value.form:
        case Form.TEXT | Form.PATH:
            made = f"_dt.{'path' if value.form is Form.PATH else 'text'}({name})"
            nullable = value.mark == "*" and value.nullable
            empty = "_dt.null" if nullable else 'b""'
            made = f"_dt.lasting({made})" if param.kept_by else f"_dt.c_text({made})" if value.mark == "*" else made
            made = f"{empty} if {name} is None else {made}" if nullable else made
            out.line(f'{name}_ = b"" if {left} else {made}' if param.fallback is not None else f"{name}_ = {made}")
            extent = f"len({name}_)"
            if param.kept_by:
                extent = f"len({name}_) - 1"
            return [f"{name}_", f"0 if {name}_ is _dt.null else {extent}" if nullable else extent]
        case Form.PACKED:
            made = f"_dt.packed({name}, {packed_kind(value, place)})"
            made = f'(b"", None) if {left} else {made}' if param.fallback is not None else made
            out.line(f"{name}_, {name}_kept = {made}")
            return [f"{name}_", f"len({name}_)"]
        case Form.SPAN:
            letter, size = letter_of(value.c)
            out.line(f"{name}_, {name}_size = _dt.span({name}, {quote(letter)}, {size}, {value.nullable})")
            return [f"{name}_", f"{name}_size"]
        case Form.SHARED:
            made = f"_dt.target({name}, {class_})"
            made = f"(_dt.null, _dt.null) if {left} else {made}" if param.fallback is not None else made
            out.line(f"{name}_, {name}_place = {made}")
            return [f"{name}_", f"{name}_place"]
        case Form.UNIQUE:
            return [_or_default(f"_dt.taken({name}, {class_})", param, "_dt.null")]
        case Form.OBJECT:
            return [_object(out, param, class_)]
        case Form.NUMBER if value.c in ("double",):
            return [_or_default(name, param, "0.0")]
        case Form.NUMBER if value.c == "float":
            return [_or_default(f"_dt.single({name})", param, "0.0")]
        case Form.NUMBER:
            return [_or_default(f"_dt.index({name})", param, "0")]
        case Form.BOOL:
            return [_or_default(f"_dt.truth({name})", param, "0")]
        case Form.CHAR:
            return [_or_default(f"_dt.char({name})", param, "0")]
        case _:
            return [_or_default(f"_dt.enum({name}, {class_}, {value.strict})", param, "0")]


def _or_default(made: str, param: PlainParam, other: str) -> str:
    return f"{other} if {param.name} is _dt.left else {made}" if param.fallback is not None else made


def _object(out: Writer, param: PlainParam, class_: str) -> str:
    value, name = param.value, param.name
    changes = value.mark in ("&", "*") and not value.const
    if param.items and not changes:
        made = f"_dt.items({name}, {class_})"
        if value.nullable:
            made = f"None if {name} is None else {made}"
        out.line(
            f"{name}_ = _dt.left if {name} is _dt.left else {made}"
            if param.fallback is not None
            else f"{name}_ = {made}"
        )
        name = f"{name}_"
    made = f"_dt.{'change' if changes else 'here'}({name}, {class_})"
    if value.nullable:
        made = f"_dt.null if {name} is None else {made}"
    return f"_dt.null if {param.name} is _dt.left else {made}" if param.fallback is not None else made


def letter_of(c_type: str) -> tuple[str, int]:
    """`i`, `u` or `f`, and the size of a number."""
    size = {"char": 1, "short": 2, "int": 4, "float": 4}.get(c_type.rsplit(maxsplit=1)[-1], 8)
    return "f" if c_type in ("float", "double") else "u" if c_type.startswith("unsigned") else "i", size


def _write_refusal(out: Writer, call: PlainCall, place: Place, *, shown: str, receiver: bool, value: str) -> None:
    own = "self" if receiver else None
    if value:
        param = call.params[0]
        kind = kind_of(param, place.names)
        out.line(f"raise _dt.refuse_value(error, {quote(value)}, {own}, {kind}, {param.name}) from None")
        return
    changes = bool(call.receiver) and not call.const and not call.inside
    rows = []
    for param in call.params:
        row = f"({quote(param.name)}, {kind_of(param, place.names)}, {param.name})"
        rows.append(f"*(() if {param.name} is _dt.left else ({row},))" if param.optional else row)
    operand = shown in _OPERANDS
    before = "return _dt.refuse_operand(" if operand else "raise _dt.refuse("
    after = ")" if operand else ") from None"
    head = f"error, {quote(shown)}, {own}, {changes}"
    if not rows:
        out.line(f"{before}{head}{after}")
        return
    out.line(before)
    with out.indented():
        out.line(f"{head},")
        out.lines(*(f"{row}," for row in rows))
    out.line(after)


def _write_keeping(out: Writer, call: PlainCall) -> None:
    for param in call.params:
        if param.kept_by == "self":
            out.line(f"_dt.keep(self, {_kept(param)})")
        elif param.kept_by == "module":
            out.line(f"_dt.keep_for_good({_kept(param)})")
        elif param.kept_by.startswith("#"):
            out.line(f"_dt.keep({call.params[int(param.kept_by[1:])].name}, {_kept(param)})")


def write_result(out: Writer, call: PlainCall, place: Place, *, receiver: bool) -> None:
    value = call.result
    kept = [_kept(param) for param in call.params if param.kept_by == "result"]
    if call.lent and receiver:
        kept.insert(0, "self")
    holds = f", [{', '.join(kept)}]" if kept else ""
    class_ = place.names.get(value.path, "")
    match value.form:
        case Form.TEXT | Form.PATH:
            how = (
                "bytes"
                if call.how is Return.BYTES or _gives_bytes(call)
                else "path"
                if value.form is Form.PATH
                else "text"
            )
            out.line(f"return _dt.as_{how}(result)")
            return
        case Form.PACKED:
            out.line(f"return _dt.unpacked(result, {packed_kind(value, place)})")
            return
        case Form.SHARED:
            out.line(f"return _dt.own_shared({class_}, result{holds})")
            return
        case Form.UNIQUE:
            out.line(f"return _dt.own({class_}, result, {holds[2:] or None}, True)")
            return
        case Form.OBJECT if value.mark == "" or call.how is Return.OWN:
            made = f"_dt.own({class_}, result{holds})"
            made = f"_dt.own({class_}, result, {holds[2:] or None}, True)" if call.how is Return.OWN else made
            out.line(f"return {_listed(call, made)}")
            return
        case Form.OBJECT:
            owners = [*(["self"] if receiver and "self" not in kept else []), *kept]
            owner = owners[0] if len(owners) == 1 else f"_dt.Owners({', '.join(owners)})" if owners else "_dt.forever"
            const = f"{value.const}" if not call.inside else "self._m is None"
            out.line(f"return _dt.borrow({class_}, result, {owner}, {const})")
            return
    _write_number(out, call, place)


def _write_number(out: Writer, call: PlainCall, place: Place) -> None:
    value = call.result
    failed = _FAILED[_SAME.get(c.c_of_result(value), c.c_of_result(value))] if c.c_of_result(value) != c.ANY else ""
    if not c.is_sure(call) and failed:
        with out.block(f"if result == {failed}"):
            out.line("_dt.check()")
    match value.form:
        case Form.NONE:
            pass
        case Form.SELF:
            out.line("return self")
        case Form.BOOL:
            out.line("return result != 0")
        case Form.CHAR:
            out.line("return _dt.as_char(result)")
        case Form.ENUM:
            out.line(f"return _dt.as_enum({place.names[value.path]}, result)")
        case _:
            out.line("return result")


def _gives_bytes(call: PlainCall) -> bool:
    return call.overload is not None and call.overload.result.annotation in ("bytes", "bytes | None")


def _listed(call: PlainCall, made: str) -> str:
    return f"_dt.as_list({made})" if call.how is Return.LIST else f"dict({made})" if call.how is Return.DICT else made


def packed_kind(value: PlainValue, place: Place) -> str:
    """The name of its kind."""
    name = f"_{value.kind}_{spell_cpp(value.cpp.removeprefix('std::'))}"
    place.packed[name] = kind_of(PlainParam(name="", positional=True, value=value, takes=""), place.names)
    return name
