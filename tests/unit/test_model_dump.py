"""A module as text and as JSON, from hand-built records."""

from __future__ import annotations

import pytest

from dovetail.diagnostics import Span
from dovetail.model import (
    Access,
    Base,
    Class,
    Default,
    Enum,
    Enumerator,
    Field,
    Function,
    FunctionKind,
    Macro,
    Module,
    Param,
    Template,
    Traits,
    Type,
    TypeAlias,
    TypeKind,
    Unread,
    Variable,
    dump,
    load,
    to_json,
)

INT = Type(kind=TypeKind.INTEGER, written="int", canonical="int", size=4, signed=True)
ROW = Type(kind=TypeKind.RECORD, written="Row", canonical="lib::Row", declaration="lib::Row", size=8)
ROWS = Type(
    kind=TypeKind.RECORD,
    written="Rows",
    canonical="std::vector<lib::Row>",
    declaration="std::vector",
    arguments=(ROW, "4"),
    alias="lib::Rows",
)
HERE = Span("/somewhere/include/rows.h", 3, 5, 3)


def module() -> Module:
    area = Function(
        name="area",
        qualified="lib::Row::area",
        scope="lib::Row",
        kind=FunctionKind.METHOD,
        params=(
            Param(name="scale", type=INT, default=Default(text="kMax", value=10, cpp="10")),
            Param(name="", type=ROWS, annotations=("out",)),
        ),
        returns=INT,
        span=HERE,
        const=True,
        noexcept=True,
        comment="/// The area.\n/// In metres.",
    )
    row = Class(
        name="Row",
        qualified="lib::Row",
        scope="lib",
        type=ROW,
        span=HERE,
        bases=(Base(type=ROW, access=Access.PROTECTED, offset=0),),
        methods=(area,),
        fields=(Field(name="x", qualified="lib::Row::x", scope="lib::Row", type=INT, span=HERE, offset=4),),
        traits=Traits(aggregate=True),
        aggregate_fields=("x",),
        size=8,
    )
    return Module(
        headers=("rows.h",),
        files=("/somewhere/include/rows.h",),
        namespaces=("lib",),
        classes=(row,),
        enums=(
            Enum(
                name="Mode",
                qualified="lib::Mode",
                scope="lib",
                scoped=True,
                underlying=INT,
                enumerators=(Enumerator(name="fast", value=-1, deprecated=""),),
                span=HERE,
            ),
        ),
        variables=(
            Variable(name="k", qualified="lib::k", scope="lib", type=INT, span=HERE, value=float("inf")),
            Variable(name="b", qualified="lib::b", scope="lib", type=INT, span=HERE, value=False),
            Variable(name="z", qualified="lib::z", scope="lib", type=INT, span=HERE, value=0),
        ),
        macros=(Macro(name="M", value="\u202e\"'\n", span=HERE),),
        aliases=(TypeAlias(name="Rows", qualified="lib::Rows", scope="lib", type=ROWS, span=HERE),),
        templates=(
            Template(
                name="Box", qualified="lib::Box", scope="lib", kind="class", parameters=("class T", "int N"), span=HERE
            ),
        ),
        unread=(Unread(name="lib::odd", kind="template", reason="too odd", span=HERE),),
        namespace_comments={"lib": "/// The library."},
    )


def test_dump_reads_like_the_header():
    assert dump(module()).splitlines() == [
        "module rows.h",
        "namespace lib",
        "  | /// The library.",
        "enum class lib::Mode : int  rows.h:3",
        "  fast = -1  [deprecated '']",
        "class lib::Row : protected lib::Row @0  [8 bytes, aggregate]  rows.h:3",
        "  aggregate {x}",
        "  int area(int scale = kMax <10; cpp 10>, std::vector<lib::Row> (lib::Rows) DOVETAIL(out)) const"
        "  [noexcept]  rows.h:3",
        "    | /// The area.",
        "    | /// In metres.",
        "  field int x  [@4]",
        "variable int lib::k = inf  [defined elsewhere]  rows.h:3",
        "variable int lib::b = False  [defined elsewhere]  rows.h:3",
        "variable int lib::z = 0  [defined elsewhere]  rows.h:3",
        "macro M = '\\u202e\"\\'\\n'  rows.h:3",
        "alias lib::Rows = std::vector<lib::Row> (lib::Rows)  rows.h:3",
        "template class lib::Box<class T, int N>  rows.h:3",
        "unread template lib::odd: too odd  rows.h:3",
    ]


def test_dump_does_not_depend_on_the_folder():
    text = dump(module())
    assert "/somewhere" not in text
    assert dump(load(to_json(module()))) == text


def test_json_round_trip_is_exact():
    original = module()
    again = load(to_json(original))
    assert again == original
    # False and 0 are equal in Python, and different values in C++.
    assert [type(item.value) for item in again.variables] == [float, bool, int]


def test_json_is_plain_ascii():
    assert to_json(module()).isascii()


@pytest.mark.parametrize("text", ["{}", "[]", '{"format": 0, "module": {}}', "nonsense"])
def test_other_json_is_refused(text):
    with pytest.raises(ValueError, match=r"not a module|Expecting"):
        load(text)
