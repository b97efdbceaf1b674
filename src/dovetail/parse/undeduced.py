"""Results that C++ deduces: `auto* as_table() const` of an instantiation.

In: classes that were read through their instantiations.  Out: the same with the types that such functions give.
Must not know: why the classes are wanted.

Clang instantiates the body of a member when something calls it, and says `auto` until then. So each such member is
called once, in an operand that C++ never evaluates. What clang refuses stays as it was, and is listed as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dovetail.model import Access, Class, Function, FunctionKind, RefQualifier, Type, TypeKind
from dovetail.parse import clang, types
from dovetail.parse.clang import ClangType, Cursor, CursorKind
from dovetail.parse.members import Work
from dovetail.parse.probes import NAMESPACE, Probe, ask

_PLACEHOLDERS: Final = frozenset({"auto", "decltype(auto)"})


def settle_results(classes: Sequence[Class], work: Work) -> list[Class]:
    """The classes, with deduced results in place of `auto`."""
    asked = [method for item in classes for method in item.methods if _is_asked(method)]
    if not asked:
        return list(classes)
    probe = Probe()
    lines = [_write_question(probe, method, index) for index, method in enumerate(asked)]
    answer = ask(probe, work.headers, private=True)
    if answer is None or answer.broken:
        return list(classes)
    results = dict(_find_results(answer.top))
    reader = work.new_reader()
    found = {
        id(method): reader.types.read(results[index].get_canonical())
        for index, method in enumerate(asked)
        if index in results and lines[index] not in answer.refused
    }
    return [
        replace(item, methods=tuple(_settle(method, found.get(id(method))) for method in item.methods))
        for item in classes
    ]


def _settle(method: Function, returns: Type | None) -> Function:
    return method if returns is None or is_undeduced(returns) else replace(method, returns=returns)


def is_undeduced(type_: Type) -> bool:
    return any(part.kind is TypeKind.OTHER and part.bare in _PLACEHOLDERS for part in types.walk(type_))


def _is_asked(method: Function) -> bool:
    callable_ = method.kind in (FunctionKind.METHOD, FunctionKind.STATIC) and not method.deleted
    return callable_ and method.access is Access.PUBLIC and is_undeduced(method.returns)


def _write_question(probe: Probe, method: Function, index: int) -> int:
    make = f"{NAMESPACE}_make"
    values = ", ".join(f"{make}<{param.type.canonical}>()" for param in method.params)
    const = "const " if method.const else ""
    reference = "&&" if method.ref_qualifier is RefQualifier.RVALUE else "&"
    callee = f"{make}<{const}{method.scope} {reference}>().{method.name}"
    if method.kind is FunctionKind.STATIC:
        callee = f"{method.scope}::{method.name}"
    return probe.add(
        f"namespace {NAMESPACE}_{index} {{ template <class dovetail_type> dovetail_type {make}() noexcept; "
        f"using result = decltype({callee}({values})); }}"
    )


def _find_results(top: Sequence[Cursor]) -> Iterator[tuple[int, ClangType]]:
    for space in top:
        name = clang.spelling(space)
        if space.kind is CursorKind.NAMESPACE and name.startswith(f"{NAMESPACE}_"):
            for child in clang.children(space):
                if child.kind is CursorKind.TYPE_ALIAS_DECL:
                    yield int(name.rpartition("_")[2]), child.underlying_typedef_type
