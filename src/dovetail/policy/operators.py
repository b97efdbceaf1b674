"""Operators: C++ operators and conversions as Python's special methods.

In: an operator function, member or not.  Out: `Placement`: class, Python name, expression, parameters left.
Must not know: conversions of types.

A free or friend operator belongs to the class of its left operand, or reflected to that of its right one. What has no
counterpart gets a name: `++x` is `increment()`, `--x` is `decrement()`, `*x` (of iterators and handles) is
`dereference()`, `a && b` is `a.logical_and(b)`. `x++` and `->` are superseded by the first ones, where there are both.
What even a name cannot give (`operator,`, the address of) is listed with its reason: DV089. Literals are functions
(`spoken`).
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import model
from dovetail.convert import Conversion, Passing, Use, strip, take_apart
from dovetail.model import Access, FunctionKind, Param, TypeKind
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.placement import Placement, Unplaced, is_truth
from dovetail.policy.streams import is_stream, place_stream
from dovetail.policy.subscripts import proxied_type
from dovetail.policy.values import find_conversion, to_value

BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "%": "mod",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
}
COMPARISONS = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
UNARY = {"+": "__pos__", "-": "__neg__", "~": "__invert__"}
NAMED = {"++": "increment", "--": "decrement", "*": "dereference"}
UNCOUNTED = frozenset({"=", "new", "new[]", "delete", "delete[]"})
FLAG_OPERATORS = frozenset({"|", "&", "^", "~", "|=", "&=", "^="})
NUMBER_OPERATORS = {TypeKind.INTEGER: frozenset({"|", "&", "^", "~"}), TypeKind.BOOL: frozenset({"!"})}
"""Of an enum, by what they give: `a & b` of an IntEnum is an int, and `not a` is true of zero."""
LOGICAL = {"&&": "logical_and", "||": "logical_or"}
"""Python's `and` and `or` cannot be overloaded."""
THREE_WAY = ("__lt__", "__le__", "__gt__", "__ge__")
WITHOUT = {
    ",": "Python's comma makes a tuple",
    "&": "Python has no addresses",
    "->*": "Python has no pointers to members",
    "co_await": "Python awaits its own coroutines only",
}
"""Operators that no name could stand for, and why."""


def symbol_of(function: model.Function) -> str:
    """`+` of `operator+`; "" for what is no operator."""
    if function.kind is FunctionKind.CONVERSION or not function.name.startswith("operator"):
        return ""
    rest = function.name[len("operator") :]
    return rest.strip() if rest and not (rest[0].isalnum() or rest[0] == "_") else ""


def place_operator(draft: Draft, function: model.Function, owner: ClassDraft | None) -> Placement | Unplaced:
    """The special method that an operator becomes."""
    symbol = symbol_of(function)
    if symbol in UNCOUNTED:
        return Unplaced(code="DV036", reason="Python has no such operator", counts=False)
    if owner is not None and function.kind is FunctionKind.METHOD:
        return place_member(draft, function, symbol, owner)
    return place_free(draft, function, symbol)


def place_member(draft: Draft, function: model.Function, symbol: str, owner: ClassDraft) -> Placement | Unplaced:
    """A member operator: self is the left operand."""
    params, const = function.params, function.const
    if symbol == "()":
        return Placement(owner=owner, names=("__call__",), expression="{self}({args})", params=params, const=const)
    if symbol == "[]":
        if not params:
            return Unplaced(code="DV089", reason="Python has no index without a key")
        return place_subscript(draft, function, owner)
    if symbol == "->":
        return place_arrow(function, owner)
    if not params:
        return place_unary(symbol, owner, const)
    return place_binary(draft, symbol, owner, params, const)


def place_subscript(draft: Draft, function: model.Function, owner: ClassDraft) -> Placement:
    """What a proxy stands for, where it is one; else what C++ gives."""
    placed = Placement(
        owner=owner, names=("__getitem__",), expression="{self}[{args}]", params=function.params, const=function.const
    )
    type_ = proxied_type(draft, function.returns)
    found = None if type_ is None else find_conversion(draft, type_, Use.GIVE)
    if type_ is not None and isinstance(found, Conversion):
        cast = f"static_cast<{type_.bare}>({placed.expression})"
        return replace(placed, expression=cast, value=to_value(found))
    return placed


def place_arrow(function: model.Function, owner: ClassDraft) -> Placement | Unplaced:
    star = any(m.name == "operator*" and not m.params for m in owner.model.methods)
    if star and not points_by_arrow(owner):
        return Unplaced(code="DV037", reason="`operator*` gives the same object", counts=False)
    return Placement(
        owner=owner, names=("dereference",), expression="{self}.operator->()", params=(), const=function.const
    )


def points_by_arrow(owner: ClassDraft) -> bool:
    """A smart pointer: `p->x` asks a pointer, which Python can see to be null, where `*p` does not look."""
    arrows = [m for m in owner.model.methods if m.name == "operator->" and m.access is Access.PUBLIC]
    stars = [m for m in owner.model.methods if m.name == "operator*" and not m.params]
    iterates = any(m.name == "operator++" for m in owner.model.methods)
    pointed = {strip(m.returns).bare for m in arrows if m.returns.kind is TypeKind.POINTER}
    return not iterates and bool(pointed) and {strip(m.returns).bare for m in stars} <= pointed


def place_unary(symbol: str, owner: ClassDraft, const: bool) -> Placement | Unplaced:
    if symbol == "!":
        if any(is_truth(m) for m in owner.model.methods):
            return Unplaced(code="DV037", reason="the conversion to bool says the same", counts=False)
        return Placement(owner=owner, names=("__bool__",), expression="!(!{self})", params=(), const=const)
    if symbol == "*" and points_by_arrow(owner):
        return Unplaced(code="DV037", reason="`operator->` gives the same object, and may be null", counts=False)
    name = UNARY.get(symbol) or NAMED.get(symbol)
    if name is None:
        why = WITHOUT.get(symbol, f"Python has no unary `{symbol}`")
        return Unplaced(code="DV089", reason=why)
    return Placement(
        owner=owner,
        names=(name,),
        expression=f"{symbol}{{self}}",
        params=(),
        const=const,
        in_place=symbol in ("++", "--"),
    )


def place_binary(
    draft: Draft, symbol: str, owner: ClassDraft, params: tuple[Param, ...], const: bool
) -> Placement | Unplaced:
    if symbol in NAMED and symbol != "*":
        if has_prefix(draft, symbol, owner):
            return Unplaced(code="DV037", reason=f"the prefix `{symbol}` does the same", counts=False)
        return Placement(owner=owner, names=(NAMED[symbol],), expression=f"{{self}}{symbol}", params=(), const=const)
    if symbol == "<=>":
        return Placement(owner=owner, names=THREE_WAY, expression="{self} {op} {0}", params=params, const=const)
    if symbol in LOGICAL:
        name, text = LOGICAL[symbol], f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, const=const)
    if symbol in COMPARISONS:
        name, text = COMPARISONS[symbol], f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, const=const)
    if symbol.endswith("=") and symbol[:-1] in BINARY:
        name, text = f"__i{BINARY[symbol[:-1]]}__", f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, in_place=True)
    if symbol in BINARY:
        name, text = f"__{BINARY[symbol]}__", f"{{self}} {symbol} {{0}}"
        return Placement(owner=owner, names=(name,), expression=text, params=params, const=const)
    return Unplaced(code="DV089", reason=WITHOUT.get(symbol, f"Python has no `{symbol}` to overload"))


def has_prefix(draft: Draft, symbol: str, owner: ClassDraft) -> bool:
    """`++x` is there too, as a member or as a free function."""
    name = f"operator{symbol}"
    members = (m for m in owner.model.methods if m.kind is FunctionKind.METHOD and not m.params)
    free = (f for f in (*draft.model.functions, *owner.model.methods) if len(f.params) == 1)
    return any(m.name == name for m in members) or any(
        f.name == name and f.kind is not FunctionKind.METHOD and draft.find_class(strip(f.params[0].type)) is owner
        for f in free
    )


def place_free(draft: Draft, function: model.Function, symbol: str) -> Placement | Unplaced:
    """A free or friend operator: the class of its left operand has it, or that of its right one."""
    params = function.params
    if not params or len(params) > 2:
        return Unplaced(code="DV089", reason=f"Python has no `{symbol}` to overload")
    owners = [draft.find_class(strip(p.type)) for p in params]
    owners = [o if o is not None and not o.raised else None for o in owners]
    left, right = owners[0], owners[-1] if len(params) == 2 else None
    if len(params) == 2 and symbol in ("<<", ">>") and is_stream(params[0]):
        return place_stream(draft, function, symbol, right)
    if left is not None and len(params) == 1:
        return place_unary(symbol, left, is_read(params[0]))
    if left is not None:
        return place_binary(draft, symbol, left, params[1:], is_read(params[0]))
    if right is not None:
        return place_reflected(symbol, right, params)
    return place_on_enum(draft, function, symbol)


def place_reflected(symbol: str, right: ClassDraft, params: tuple[Param, ...]) -> Placement | Unplaced:
    """`2.0 * v`: Python asks the right operand."""
    const = is_read(params[1])
    if symbol in MIRRORED:
        name = COMPARISONS[MIRRORED[symbol]]
        return Placement(
            owner=right, names=(name,), expression=f"{{0}} {symbol} {{self}}", params=params[:1], const=const
        )
    if symbol == "<=>":
        text = "{0} {mirrored} {self}"
        return Placement(owner=right, names=THREE_WAY, expression=text, params=params[:1], const=const)
    if symbol in BINARY:
        return Placement(
            owner=right,
            names=(f"__r{BINARY[symbol]}__",),
            expression=f"{{0}} {symbol} {{self}}",
            params=params[:1],
            reflected=True,
            const=const,
        )
    return Unplaced(code="DV089", reason=WITHOUT.get(symbol, f"Python has no reflected `{symbol}`"))


def is_read(param: Param) -> bool:
    """The operand is not written to."""
    return take_apart(param.type)[1] in (Passing.VALUE, Passing.CONST_REFERENCE)


def place_on_enum(draft: Draft, function: model.Function, symbol: str) -> Unplaced:
    """Operators of flags are those of IntFlag; what gives numbers or truth is that of every IntEnum."""
    cores = [strip(p.type) for p in function.params]
    given = strip(function.returns)
    for name in {c.declaration for c in cores if c.kind is TypeKind.ENUM}:
        enum_ = draft.enums.get(name or "")
        if enum_ is None:
            continue
        if enum_.base == "IntFlag" and symbol in FLAG_OPERATORS:
            return Unplaced(code="DV036", reason="IntFlag has it", bound=True)
        if all(c.declaration == name for c in cores) and symbol in NUMBER_OPERATORS.get(given.kind, ()):
            return Unplaced(code="DV036", reason=f"{enum_.base} has it", bound=True)
    return Unplaced(code="DV036", reason=f"neither operand of `{symbol}` is a bound class")
