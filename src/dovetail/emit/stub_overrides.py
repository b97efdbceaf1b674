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
from dovetail.emit.signatures import Signature
from dovetail.emit.stub_functions import is_property, is_static, stub_signatures
from dovetail.emit.stub_scope import StubScope
from dovetail.plan import Accessor, Class, Function, Raised


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """A member as a checker sees it: one of callable, accessor, or (neither) a nested type."""

    function: Function | None = None
    accessor: Accessor | None = None
    signatures: tuple[Signature, ...] = ()


def complaints(record: Class | Raised, scope: StubScope) -> dict[str, str]:
    """Member name -> error code. `scope` is the class's own."""
    found: dict[str, str] = {}
    own = _members(record, scope)
    for base in scope.index.ancestors(scope.path):
        above = scope.index.types.get(base)
        if not isinstance(above, (Class, Raised)):
            continue
        theirs = _members(above, _scope_of(base, scope))
        for name, member in own.items():
            if name in theirs and (code := _complaint(member, theirs[name], scope.lattice)):
                found.setdefault(name, code)
    for name, member in own.items():
        if name in ("__eq__", "__ne__") and any(signature.result != "bool" for signature in member.signatures):
            found.setdefault(name, "override")
        if _contradicts_plain_operator(name, member, own, scope.lattice):
            found.setdefault(name, "misc")
    return found


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


def _complaint(own: _Member, base: _Member, lattice: Lattice) -> str:
    if own.function is not None:
        if base.function is None or is_static(own.function) != is_static(base.function):
            return "override"
        return "" if _substitutable(own.signatures, base.signatures, lattice) else "override"
    if own.accessor is not None:
        return _accessor_complaint(own.accessor, base, lattice)
    return "assignment"


def _accessor_complaint(own: Accessor, base: _Member, lattice: Lattice) -> str:
    wrong = "override" if is_property(own) else "assignment"
    if base.accessor is None:
        return wrong
    if own.static != base.accessor.static:
        return "override" if is_property(own) else "misc"
    if is_property(own) and not is_property(base.accessor):
        return "override"
    fits = lattice.within(own.read.result.annotation, base.accessor.read.result.annotation)
    return "" if fits else wrong


def _substitutable(own: tuple[Signature, ...], base: tuple[Signature, ...], lattice: Lattice) -> bool:
    return all(any(_accepts(ours, theirs, lattice) for ours in own) for theirs in base)


def _accepts(own: Signature, base: Signature, lattice: Lattice) -> bool:
    """Calls that fit the base's signature fit the own one, and give no less."""
    if own.required > base.required or len(own.arguments) < len(base.arguments):
        return False
    pairs = zip(own.arguments, base.arguments, strict=False)
    if any(ours.positional and not theirs.positional for ours, theirs in pairs):
        return False
    pairs = zip(own.arguments, base.arguments, strict=False)
    if not all(lattice.within(theirs.annotation, ours.annotation) for ours, theirs in pairs):
        return False
    return own.result == base.result or lattice.within(own.result, base.result)


def _contradicts_plain_operator(name: str, member: _Member, own: dict[str, _Member], lattice: Lattice) -> bool:
    """`+=` should take whatever `+` takes."""
    if not (name.startswith("__i") and name.endswith("__")) or f"__{name[3:]}" not in own:
        return False
    plain = own[f"__{name[3:]}"].signatures
    return not all(
        any(
            lattice.within(theirs.annotation, ours.annotation)
            for signature in member.signatures
            for ours in signature.arguments
        )
        for signature in plain
        for theirs in signature.arguments
    )
