"""Classes, enums, exceptions, aggregates, containers, constants."""

from dataclasses import replace

import pytest
from hand_models import (
    BOOL,
    CHAR,
    DOUBLE,
    INT,
    ORDINARY,
    STRING,
    class_,
    const,
    constructor,
    cptr,
    cref,
    function,
    method,
    plan_of,
    ptr,
    record,
    ref,
    span,
    vector,
)

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import (
    Access,
    Base,
    Enum,
    Enumerator,
    Field,
    Macro,
    Template,
    Traits,
    Type,
    TypeAlias,
    TypeKind,
    Variable,
)
from dovetail.plan import Hold, Protocol, Return
from dovetail.policy.documentation import clean

PLAIN = replace(ORDINARY, aggregate=True, standard_layout=True, trivially_copyable=True)


def field(owner, name, type_, offset=None, **more):
    return Field(name=name, qualified=f"{owner}::{name}", scope=owner, type=type_, span=span(), offset=offset, **more)


def point(**more):
    fields = (field("lib::Point", "x", INT, 0), field("lib::Point", "y", DOUBLE, 8, has_default=True))
    return class_("lib::Point", traits=PLAIN, fields=fields, aggregate_fields=("x", "y"), size=16, align=8, **more)


def alias(name, type_, scope="lib"):
    return TypeAlias(name=name, qualified=f"{scope}::{name}", scope=scope, type=type_, span=span())


def test_aggregates():
    made = plan_of(classes=[point()]).classes[0]
    (overload,) = made.constructors.overloads
    assert overload.expression.format("a", "b") == "lib::Point{a, b}"
    assert [p.name for p in overload.params] == ["x", "y"]
    assert [p.default.python for p in overload.params] == ["0", "..."]
    assert overload.params[1].default.cpp == "lib::Point{}.y"
    assert made.protocols == (Protocol.EQUAL, Protocol.REPR, Protocol.COPY, Protocol.PICKLE)
    assert made.fields == ("x", "y")


def test_aggregates_of_aggregates_compare_whatever_comes_first():
    outer = class_(
        "lib::Outer",
        traits=PLAIN,
        fields=(field("lib::Outer", "point", record("lib::Point")), field("lib::Outer", "all", vector(INT))),
        aggregate_fields=("point", "all"),
    )
    odd = class_(
        "lib::Odd",
        traits=PLAIN,
        fields=(field("lib::Odd", "next", ptr(record("lib::Point"))),),
        aggregate_fields=("next",),
    )
    made = plan_of(classes=[outer, odd, point()])
    assert Protocol.EQUAL in made.classes[0].protocols
    assert Protocol.EQUAL not in made.classes[1].protocols


def test_a_field_that_cannot_be_taken_ends_the_constructor():
    fields = (field("lib::P", "x", INT), field("lib::P", "mutex", record("std::mutex")))
    made = plan_of(classes=[class_("lib::P", traits=PLAIN, fields=fields, aggregate_fields=("x", "mutex"))])
    assert [p.name for p in made.classes[0].constructors.overloads[0].params] == ["x"]
    assert Protocol.REPR not in made.classes[0].protocols
    assert (made.counts.fields_bound, made.counts.fields) == (1, 2)


def test_fields():
    inner = record("lib::Point")
    fields = (
        field("lib::P", "inner", inner),
        field("lib::P", "fixed", const(INT)),
        field("lib::P", "next", ptr(inner)),
        field("lib::P", "text", cptr(CHAR)),
        field("lib::P", "hidden", INT, access=Access.PRIVATE),
        field("lib::P", "total", INT, static=True),
        field("lib::P", "owner", record("std::unique_ptr", inner)),
        field("lib::P", "m", Type(kind=TypeKind.ARRAY, written="int[3]", canonical="int[3]", target=INT, extent=3)),
        field("lib::P", "s", Type(kind=TypeKind.ARRAY, written="char[8]", canonical="char[8]", target=CHAR, extent=8)),
    )
    made = plan_of(classes=[point(), class_("lib::P", fields=fields)]).classes[1]
    found = {a.name: a for a in made.accessors}
    assert "hidden" not in found
    assert found["inner"].read.result.how is Return.BORROW
    assert found["inner"].write.params[0].value.cpp == "const lib::Point &"
    assert found["fixed"].write is None
    assert found["next"].write.params[0].kept_by == "self"
    assert found["text"].write.params[0].kept_by == "self"
    assert found["total"].read.expression == "lib::P::total"
    assert found["owner"].read.expression == "({self}.owner).get()"
    assert found["owner"].read.result.how is Return.BORROW
    assert found["m"].read.result.annotation == "ArrayInt3"
    assert found["s"].read.result.annotation == "str"
    assert found["s"].write is None


def test_bases():
    base = class_("lib::Base", traits=replace(ORDINARY, polymorphic=True))
    other = class_("lib::Other", methods=(method("lib::Other", "help", [], INT, const=True),))
    derived = class_(
        "lib::Derived",
        traits=replace(ORDINARY, polymorphic=True),
        bases=(
            Base(type=record("lib::Base"), offset=0),
            Base(type=record("lib::Other"), offset=8),
            Base(type=record("lib::Base2"), access=Access.PRIVATE),
        ),
    )
    made = plan_of(classes=[base, other, derived], functions=[function("f", [], ref(record("lib::Base")))])
    found = {c.name: c for c in made.classes}
    assert [(b.base, b.offset) for b in found["Derived"].bases] == [("Base", 0), ("Other", 8)]
    assert not found["Derived"].methods  # Python finds those of its bases
    assert found["Base"].derived == ("lib::Derived",)
    assert found["Derived"].tracked
    assert not found["Other"].tracked
    assert made.counts.callables_bound == 2


def test_holds():
    def hold(**traits):
        return plan_of(classes=[class_("lib::A", traits=replace(ORDINARY, **traits))]).classes[0].hold

    assert hold() is Hold.INLINE
    assert hold(abstract=True) is Hold.HEAP
    assert hold(destructible=False) is Hold.NONE


def test_abstract_classes_count_no_constructor():
    abstract = class_(
        "lib::A",
        traits=replace(ORDINARY, abstract=True),
        constructors=(constructor("lib::A", [INT]),),
        methods=(method("lib::A", "run", [], INT, pure=True, virtual=True),),
    )
    made = plan_of(classes=[abstract])
    assert made.classes[0].no_constructor == "it is abstract"
    assert (made.counts.callables_bound, made.counts.callables) == (1, 1)


def test_exceptions():
    error = class_(
        "lib::Error",
        bases=(Base(type=record("std::runtime_error")),),
        methods=(method("lib::Error", "code", [], INT, const=True),),
    )
    range_error = class_("lib::TooFar", bases=(Base(type=record("lib::Error")),))
    odd = class_("lib::ParserError", methods=(method("lib::ParserError", "GetMsg", [], cref(STRING), const=True),))
    used = class_("lib::XMLError")
    made = plan_of(classes=[error, range_error, odd, used], functions=[function("f", [], record("lib::XMLError"))])
    found = {r.name: r for r in made.raised}
    assert (found["Error"].base, found["Error"].message) == ("RuntimeError", "{self}.what()")
    assert found["TooFar"].base == "Error"
    assert found["ParserError"].message == "{self}.GetMsg().c_str()"
    assert [m.name for m in found["Error"].methods] == ["code"]
    assert [c.name for c in made.classes] == ["XMLError"]


def test_enums():
    def enum_(name, *enumerators, scope="lib", **more):
        return Enum(
            name=name,
            qualified=f"{scope}::{name}" if name else scope,
            scope=scope,
            scoped=more.pop("scoped", True),
            underlying=INT,
            enumerators=tuple(Enumerator(name=n, value=i) for i, n in enumerate(enumerators)),
            span=span(),
            **more,
        )

    flags = enum_("Flags", "a", "b", flags=True)
    operator = function("operator|", [Type(kind=TypeKind.ENUM, written="Flags", canonical="lib::Flags",
                                           declaration="lib::Flags")] * 2, INT)  # fmt: skip
    made = plan_of(
        enums=[enum_("Mode", "None", "mro"), flags, enum_("Old", "low", scoped=False), enum_("", "answer")],
        functions=[operator],
    )
    mode, flag, old = made.enums
    assert [e.name for e in mode.enumerators] == ["None_", "mro_"]
    assert flag.base == "IntFlag"
    assert old.exported
    assert old.enumerators[0].cpp == "lib::low"
    assert [c.name for c in made.constants] == ["answer"]
    assert (made.counts.callables_bound, made.counts.callables) == (1, 1)


def test_containers():
    paths = vector(STRING)
    made = plan_of(
        classes=[point()],
        aliases=[alias("Paths", paths), alias("Names", paths), alias("Dot", record("lib::Point"))],
        functions=[
            function("f", [cref(paths)], vector(record("lib::Point"))),
            function("g", [], record("std::map", STRING, vector(INT))),
            function("h", [ref(vector(DOUBLE))], vector(BOOL)),
            function("i", [], record("std::array", DOUBLE, "4")),
        ],
    )
    found = {c.name: c for c in made.containers}
    assert list(found) == ["Paths", "VectorPoint", "VectorInt", "MapStringVectorInt", "VectorDouble", "VectorBool",
                           "ArrayDouble4"]  # fmt: skip
    assert found["VectorPoint"].buffer == "T{i:x:4xd:y:}"
    assert found["VectorDouble"].buffer == "d"
    assert found["VectorBool"].buffer is None
    assert found["MapStringVectorInt"].protocol == "MutableMapping"
    assert [(a.name, a.target) for a in made.aliases] == [("Names", "Paths"), ("Dot", "Point")]
    assert made.functions[2].overloads[0].params[0].value.takes == "VectorDouble"
    assert made.classes[0].element


def test_move_only_elements():
    moved = class_("lib::M", traits=Traits(destructible=True, move_constructible=True))
    made = plan_of(classes=[moved], functions=[function("f", [], vector(record("lib::M")))])
    assert not made.containers[0].copyable


def test_instantiations():
    box = class_(
        "lib::Box<int>",
        type=record("lib::Box", INT),
        template="lib::Box",
        methods=(method("lib::Box<int>", "get", [], INT, const=True),),
    )
    made = plan_of(classes=[box], templates=[Template(name="Box", qualified="lib::Box", scope="lib", kind="class",
                                                      parameters=("T",), span=span())])  # fmt: skip
    assert (made.classes[0].name, made.classes[0].template, made.classes[0].arguments) == ("BoxInt", "Box", ("int",))
    assert made.skipped == ()
    named = plan_of(classes=[box], aliases=[alias("IntBox", box.type)])
    assert named.classes[0].name == "IntBox"


def test_templates_are_listed_beside():
    template = Template(name="f", qualified="lib::f", scope="lib", kind="function", parameters=("T",), span=span())
    made = plan_of(functions=[function("g", [])], templates=[template])
    assert [(s.code, s.counts) for s in made.skipped] == [("DV031", False)]
    assert (made.counts.callables, made.counts.templates) == (1, 1)


def test_constants_and_variables():
    def variable(name, type_, **more):
        return Variable(name=name, qualified=f"lib::{name}", scope="lib", type=type_, span=span(), inline=True, **more)

    text = Type(kind=TypeKind.ARRAY, written="char[4]", canonical="const char[4]", target=const(CHAR), extent=4)
    made = plan_of(
        variables=[
            variable("kMax", const(INT), value=8, constexpr=True),
            variable("counter", INT),
            variable("kName", text),
        ],
        macros=[Macro(name="LIB_TEXT", value="x", span=span()), Macro(name="_HIDDEN", value=1, span=span())],
    )
    assert [(c.name, c.literal, c.annotation) for c in made.constants] == [
        ("kMax", 8, "int"),
        ("kName", None, "str"),
        ("LIB_TEXT", "x", "str"),
    ]
    assert made.constants[1].cpp == "static_cast<const char*>(lib::kName)"
    assert made.variables[0].accessor.write.expression == "lib::counter = {0}"


def test_unnamed_and_private_types_are_no_api():
    sink = Sink()
    made = plan_of(
        sink,
        classes=[class_("lib::A"), class_("lib::A::B", access=Access.PRIVATE), class_("lib::detail::C")],
        namespaces=("lib", "lib::detail"),
        functions=[function("f", [cref(record("lib::detail::C"))])],
    )
    assert [c.name for c in made.classes] == ["A"]
    assert made.skipped[0].code == "DV046"


def test_members_of_unions_are_read_where_any_bytes_will_do():
    def decide(*rules):
        fields = (
            field("lib::U", "number", INT, 0, anonymous_path=("union",)),
            field("lib::U", "text", cptr(CHAR), 0, anonymous_path=("union",)),
            field("lib::U", "outside", cptr(CHAR), 8),
        )
        return plan_of(classes=[class_("lib::U", fields=fields)], rules=list(rules))

    made = decide()
    assert [a.name for a in made.classes[0].accessors] == ["number", "outside"]
    assert [(s.code, s.reason) for s in made.skipped] == [
        ("DV049", "nothing says when the union holds a `const char *`")
    ]
    made = decide(Rule(selector="U::text", returns="borrow"))
    assert [a.name for a in made.classes[0].accessors] == ["number", "text", "outside"]


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("/// One.\n/// Two.", "One.\nTwo."),
        ("/**\n * One.\n *\n * Two.\n */", "One.\n\nTwo."),
        ("/*! Qt. */", "Qt."),
        ("///< after", "after"),
        ("/// @brief Short.\n/// Long.", "Short.\nLong."),
        (
            "/// Adds.\n/// \\param x the \\b width\n/// \\return sum",
            "Adds.\n\nReturns: sum\n\nParameters:\n    x: the width",
        ),
        ("/// \\throws E if bad", "Raises:\n    E: if bad"),
        ("//------\n// Text\n//------", "Text"),
        ("/// a\u202e b\x01", "a b"),
        ("", ""),
    ],
)
def test_documentation(comment, text):
    assert clean(comment) == text
