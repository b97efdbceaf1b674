"""What the hash of a class's layout knows: all that code compiled with the header keeps."""

from __future__ import annotations

from dataclasses import replace

from hand_models import DOUBLE, INT, class_, method, ptr, record, span

from dovetail.model import Access, Base, Class, Field, Type
from dovetail.policy.layout import find_layout


def member(name: str, type_: Type, offset: int, access: Access = Access.PUBLIC) -> Field:
    return Field(
        name=name,
        qualified=f"lib::Row::{name}",
        scope="lib::Row",
        type=type_,
        span=span(),
        offset=offset,
        access=access,
    )


ROW = replace(
    class_("lib::Row", methods=(method("lib::Row", "at", [INT], INT, virtual=True),)),
    size=16,
    align=8,
    fields=(member("a", INT, 0), member("b", INT, 4), member("c", DOUBLE, 8, Access.PRIVATE)),
)


def layout(class_: Class, **unbound: Class) -> str:
    return find_layout(class_, {each.qualified: each for each in unbound.values()})


def test_it_differs_with_all_that_compiled_code_keeps() -> None:
    a, b, c = ROW.fields
    at = ROW.methods[0]
    changed = (
        ROW,
        replace(ROW, size=24),
        replace(ROW, align=16),
        replace(ROW, fields=(replace(b, offset=0), replace(a, offset=4), c)),
        replace(ROW, fields=(a, b, replace(c, type=record("lib::Real", size=8)))),
        replace(ROW, fields=(a, b)),
        replace(ROW, bases=(Base(type=record("lib::Base"), offset=0),)),
        replace(ROW, methods=(method("lib::Row", "first", [], INT, virtual=True), at)),
        replace(ROW, methods=()),
    )
    assert len(set(map(layout, changed))) == len(changed)


def test_what_changes_no_object_is_no_matter() -> None:
    static = replace(member("all", INT, 0), static=True, offset=None)
    assert layout(replace(ROW, comment="rows", fields=(*ROW.fields, static))) == layout(ROW)
    assert layout(replace(ROW, methods=(*ROW.methods, method("lib::Row", "size", [], INT)))) == layout(ROW)


def test_unnamed_types_are_the_same_wherever_they_stand() -> None:
    def unnamed(line: int) -> Class:
        type_ = record(f"lib::Row::(unnamed struct at /home/rows.h:{line}:3)")
        return replace(ROW, fields=(member("inner", type_, 0),))

    assert layout(unnamed(3)) == layout(unnamed(4))


def test_what_has_no_layout_of_its_own_belongs_to_those_that_lead_to_it() -> None:
    pointer = ptr(record("lib::Hidden"))
    outer = replace(ROW, fields=(member("all", record("std::vector", pointer), 0),))
    hidden = replace(class_("lib::Hidden"), size=8, fields=(member("next", pointer, 0),))
    bigger = replace(hidden, size=16)
    assert layout(outer, hidden=hidden) != layout(outer, hidden=bigger)


def test_there_is_none_of_what_is_only_declared() -> None:
    assert not layout(replace(ROW, complete=False))
