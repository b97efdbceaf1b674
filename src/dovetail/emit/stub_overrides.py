"""Where a member contradicts one of the same name in a base: C++ hides, a type checker wants substitutability.

In: a class of the plan.  Out: for each member the complaint that its line has to silence, if any.
Must not know: how lines are written.

    struct Base { void set(const std::string&); };
    struct Derived : Base { void set(int); };           // hides Base::set; sound in C++, [override] to a checker
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.emit.annotations import Lattice
from dovetail.emit.index import join
from dovetail.emit.overloads import covers
from dovetail.emit.signatures import Signature
from dovetail.emit.stub_functions import SETTER, is_plain, is_static, stub_signatures, taken_annotation
from dovetail.emit.stub_scope import StubScope
from dovetail.plan import Accessor, Class, Function, Raised

_ARITHMETIC = (
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "lshift",
    "rshift",
    "and",
    "xor",
    "or",
)
_IN_PLACE = frozenset(f"__i{name}__" for name in _ARITHMETIC)
_BINARY = frozenset(f"__{name}__" for name in (*_ARITHMETIC, "divmod", "eq", "ne", "lt", "le", "gt", "ge"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """A member as a checker sees it: one of callable, accessor, or (neither) a nested type."""

    function: Function | None = None
    accessor: Accessor | None = None
    signatures: tuple[Signature, ...] = ()


def complaints(record: Class | Raised, scope: StubScope) -> dict[str, tuple[str, ...]]:
    """Member name -> error codes. `scope` is the class's own."""
    found: dict[str, set[str]] = {}
    own = _members(record, scope)
    for base in scope.index.ancestors(scope.path):
        above = scope.index.types.get(base)
        if isinstance(above, (Class, Raised)):
            theirs = _members(above, _scope_of(base, scope))
            for name, member in own.items():
                # `+=` is also held against the base's `+`.
                for other in (name, _plain_operator(name)):
                    if other in theirs:
                        found.setdefault(name, set()).update(_complaint(member, theirs[other], scope.lattice))
    inherited = {**_inherited(scope), **own}
    for name, member in own.items():
        if name in ("__eq__", "__ne__") and any(signature.result != "bool" for signature in member.signatures):
            found.setdefault(name, set()).add("override")
        plain = inherited.get(_plain_operator(name))
        if plain is not None and not _takes_whatever(member.signatures, plain.signatures, scope.lattice):
            found.setdefault(name, set()).add("misc")
    return {name: tuple(sorted(codes)) for name, codes in found.items() if codes}


def bases_clash(record: Class | Raised, scope: StubScope) -> bool:
    """Two bases have a member of one name that the class does not have itself, and the first is not the other's."""
    own = _members(record, scope)
    above = [path for path in scope.index.ancestors(scope.path) if path in scope.index.types]
    for place, path in enumerate(above):
        first = _members_of(path, scope)
        for other in above[place + 1 :]:
            if other in scope.index.ancestors(path):
                continue
            second = _members_of(other, scope)
            shared = [name for name in first if name in second and name not in own]
            if any(_complaint(first[name], second[name], scope.lattice) for name in shared):
                return True
    return False


def _members_of(path: str, scope: StubScope) -> dict[str, _Member]:
    found = scope.index.types[path]
    return _members(found, _scope_of(path, scope)) if isinstance(found, (Class, Raised)) else {}


def _inherited(scope: StubScope) -> dict[str, _Member]:
    members: dict[str, _Member] = {}
    for base in reversed(scope.index.ancestors(scope.path)):
        above = scope.index.types.get(base)
        if isinstance(above, (Class, Raised)):
            members.update(_members(above, _scope_of(base, scope)))
    return members


def _scope_of(path: str, scope: StubScope) -> StubScope:
    outer, _, name = path.rpartition(".")
    return StubScope(index=scope.index, names=scope.names, lattice=scope.lattice, out=scope.out, path=outer).inside(
        name
    )


def _members(record: Class | Raised, scope: StubScope) -> dict[str, _Member]:
    members: dict[str, _Member] = {}
    for path, inner in scope.index.types.items():
        if inner.scope == scope.path and path == join(scope.path, inner.name):
            members[inner.name] = _Member()
    for accessor in record.accessors:
        members[accessor.name] = _Member(accessor=accessor)
    for method in record.methods:
        if method.name != "__init__":
            signatures = tuple(signature for _, signature in stub_signatures(method, scope))
            members[method.name] = _Member(function=method, signatures=signatures)
    return members


def _complaint(own: _Member, base: _Member, lattice: Lattice) -> set[str]:
    if own.function is not None:
        if base.function is None or is_static(own.function) != is_static(base.function):
            return {"override"}
        # An overloaded operator over a plain one: a checker fears for the reversed operators.
        grown = own.function.name in _BINARY and len(own.signatures) > 1 == len(base.signatures)
        return {"override"} if grown or not _substitutable(own.signatures, base.signatures, lattice) else set()
    if own.accessor is not None:
        return _accessor_complaint(own.accessor, base, lattice)
    return {"assignment"}


def _accessor_complaint(own: Accessor, base: _Member, lattice: Lattice) -> set[str]:
    wrong = "assignment" if is_plain(own) else "override"
    if base.accessor is None:
        return {wrong}
    fits = lattice.within(own.read.result.annotation, base.accessor.read.result.annotation)
    found = set() if fits else {wrong}
    if is_plain(own) and is_plain(base.accessor) and own.static != base.accessor.static:
        found.add("misc")
    if own.write is None and not own.static and base.accessor.write is not None:
        found.add("override")
    taken = taken_annotation(own)
    if taken is not None and not is_plain(own) and not base.accessor.static:
        above = taken_annotation(base.accessor)
        if above is not None and not lattice.within(above, taken):
            found.add(SETTER)
    return found


def _substitutable(own: tuple[Signature, ...], base: tuple[Signature, ...], lattice: Lattice) -> bool:
    """Each of the base's signatures has one here that accepts it, in the same order; none before it comes near."""
    last = -1
    matched: set[int] = set()
    for theirs in base:
        for position, ours in enumerate(own):
            if position >= last and _accepts(ours, theirs, lattice):
                last = position
                matched.add(position)
                break
            near = covers(ours, theirs, lattice) or covers(theirs, ours, lattice)
            if len(own) > 1 and position not in matched and near:
                return False
        else:
            return False
    return True


def _accepts(own: Signature, base: Signature, lattice: Lattice) -> bool:
    """Calls that fit the base's signature fit the own one, and give no less."""
    if own.required > base.required or len(own.arguments) < len(base.arguments):
        return False
    # Checkers overlook parameter names here, also lost ones: an overriding function in C++ often leaves them out.
    pairs = zip(own.arguments, base.arguments, strict=False)
    if not all(lattice.within(theirs.annotation, ours.annotation) for ours, theirs in pairs):
        return False
    return own.result == base.result or lattice.within(own.result, base.result)


def _plain_operator(name: str) -> str:
    """`__add__` for `__iadd__`; "" for any other name."""
    return f"__{name[3:]}" if name in _IN_PLACE else ""


def _takes_whatever(own: tuple[Signature, ...], plain: tuple[Signature, ...], lattice: Lattice) -> bool:
    """`+=` takes what `+` takes. Checkers compare overloads one by one, and want the same there."""
    if len(own) == len(plain) == 1:
        return covers(own[0], plain[0], lattice)
    if len(own) != len(plain):
        return False
    pairs = zip(own, plain, strict=True)
    return all(
        [a.annotation for a in ours.arguments] == [a.annotation for a in theirs.arguments] for ours, theirs in pairs
    )
