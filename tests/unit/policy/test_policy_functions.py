"""Functions: parameters, results, overloads, what is listed as not bound."""

from dataclasses import replace

import pytest
from hand_models import (
    BOOL,
    CHAR,
    DOUBLE,
    INT,
    LONG,
    ORDINARY,
    OSTREAM,
    STRING,
    VOID,
    class_,
    const,
    constructor,
    cptr,
    cref,
    function,
    method,
    optional,
    plan_of,
    ptr,
    record,
    ref,
    rvalue,
    vector,
)

from dovetail.config import Rule
from dovetail.diagnostics import NO_SPAN, Sink
from dovetail.model import Access, Default, Field, FunctionKind, Param, RefQualifier, Traits, Type, TypeKind
from dovetail.plan import Return, dump
from dovetail.policy.nullable import says_null

R = record("lib::Row")
ROW = class_("lib::Row")
MUTEX = record("std::mutex")


def one(takes, gives=VOID, *, rules=None, sink=None, **more):
    made = plan_of(sink, classes=[ROW], functions=[function("f", takes, gives, **more)], rules=rules)
    return made.functions[0].overloads[0]


def reason(takes, gives=VOID, **more):
    made = plan_of(classes=[ROW], functions=[function("f", takes, gives, **more)])
    assert not made.functions
    return made.skipped[0].code


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        (ptr(INT), "DV041"),
        (ref(INT), "DV041"),
        (ptr(CHAR), "DV041"),
        (cptr(VOID), "DV043"),
        (ptr(ptr(R)), "DV045"),
        (MUTEX, "DV040"),
        (record("std::function", INT), "DV042"),
        (ptr(Type(kind=TypeKind.FUNCTION, written="void (...)", canonical="void (...)", variadic=True)), "DV042"),
        (ptr(record("lib::Hidden")), "DV040"),
    ],
)
def test_refused_parameters(type_, code):
    assert reason([type_]) == code


def test_refused_functions():
    assert reason([INT], variadic=True) == "DV030"
    made = plan_of(functions=[function("f", [], deleted=True), function("g", [cptr(VOID)])])
    assert [(s.code, s.counts) for s in made.skipped] == [("DV032", False), ("DV043", True)]
    assert (made.counts.callables_bound, made.counts.callables) == (0, 1)


def test_trailing_parameters_with_defaults_are_left_to_cpp():
    overload = one([INT, optional("lock", ptr(MUTEX), "nullptr", null=True)])
    assert overload.expression == "lib::f({0})"


def test_pointers_refuse_none():
    param = one([ptr(R)]).params[0]
    assert (param.value.takes, param.null_rule) == ("Row", '"f" = { nullable = ["a"] }')
    assert one([cref(R)]).params[0].null_rule == ""
    assert not one([cptr(CHAR)]).params[0].nullable


@pytest.mark.parametrize("names", [("a",), ("*",)])
def test_pointers_take_none_by_rule(names):
    param = one([ptr(R)], rules=[Rule(selector="f", nullable=names)]).params[0]
    assert (param.value.takes, param.null_rule) == ("Row | None", "")


def test_pointers_with_a_null_default_take_none():
    assert one([optional("a", cptr(CHAR), "nullptr", null=True)]).params[0].value.takes == "str | bytes | None"
    ruled = one([optional("a", ptr(R), "nullptr", null=True)], rules=[Rule(selector="f", nullable=())]).params[0]
    assert not ruled.nullable
    other = one([optional("a", ptr(R), "nullptr", null=True)], rules=[Rule(selector="f", nullable=("b",))]).params[0]
    assert other.nullable


@pytest.mark.parametrize(
    ("comment", "permitted"),
    [
        ("/// @param row may be null", True),
        ("/// @param row (optional) where to look", True),
        ("/** \\param[in] row the row, or nullptr */", True),
        ("/// @param row the row\n///   or NULL for the first", True),
        ("/// Looks. `row` can be NULL.", True),
        ("/// Pass NULL for row to look everywhere.", True),
        ("/// @param row must not be null", False),
        ("/// @param row cannot be NULL", False),
        ("/// @param row the row; undefined behaviour if null", False),
        ("/// @param row a row\n/// @param other may be null", False),
        ("/// `row` is looked at. The result may be null.", False),
        ("/// @param row text or null-terminated", False),
        ("/// @return null if there is no row", False),
        ("", False),
    ],
)
def test_comments_say_whether_null_is_meant(comment, permitted):
    assert says_null(comment, "row") is permitted


@pytest.mark.parametrize(
    ("gives", "how", "annotation"),
    [
        (R, Return.VALUE, "Row"),
        (ref(R), Return.BORROW, "Row"),
        (ptr(R), Return.BORROW, "Row | None"),
        (cref(STRING), Return.VALUE, "str"),
        (cptr(CHAR), Return.VALUE, "str | None"),
        (cref(vector(INT)), Return.BORROW, "VectorInt"),
        (vector(vector(STRING)), Return.VALUE, "VectorVectorString"),
        (record("std::optional", INT), Return.VALUE, "int | None"),
        (record("std::variant", INT, record("std::monostate"), STRING), Return.VALUE, "int | str | None"),
        (record("std::tuple"), Return.VALUE, "tuple[()]"),
        (record("std::shared_ptr", R), Return.VALUE, "Row | None"),
    ],
)
def test_results(gives, how, annotation):
    result = one([], gives).result
    assert (result.how, result.annotation) == (how, annotation)


def test_writable_c_strings_are_read_as_text():
    assert one([], ptr(CHAR)).expression == "static_cast<const char*>(lib::f())"


def test_rules_for_results():
    assert one([], ptr(R), rules=[Rule(selector="f", returns="own")]).result.how is Return.OWN
    assert one([], ref(R), rules=[Rule(selector="lib::f", returns="copy")]).result.how is Return.COPY
    as_list = one([], cref(vector(INT)), rules=[Rule(selector="f", as_="list")]).result
    assert (as_list.how, as_list.annotation) == (Return.LIST, "list[int]")
    sink = Sink()
    one([], INT, rules=[Rule(selector="f", as_="dict")], sink=sink)
    assert [d.code for d in sink.errors] == ["DV012"]


def test_outputs_by_rule():
    takes = [INT, Param(name="out", type=ptr(INT))]
    overload = one(takes, BOOL, rules=[Rule(selector="f", out=("out",))])
    assert overload.expression == "lib::f({0}, &{1})"
    assert overload.params[1].out
    assert overload.result.annotation == "tuple[bool, int]"
    sink = Sink()
    one([INT], rules=[Rule(selector="f", out=("nothing",))], sink=sink)
    assert [d.code for d in sink.errors] == ["DV012"]


def test_owned_output_pointers():
    overload = one([Param(name="made", type=ptr(ptr(R)))], rules=[Rule(selector="f", out=("made",), returns="own")])
    assert overload.params[0].owns
    made = plan_of(
        classes=[ROW],
        functions=[function("f", [Param(name="made", type=ptr(ptr(R)))])],
        rules=[Rule(selector="f", out=("made",))],
    )
    assert made.classes[0].tracked
    assert overload.result.annotation == "Row | None"


def test_text_that_cpp_writes_to_goes_in_and_out():
    overload = one([INT, ptr(STRING)], BOOL)
    assert overload.params[1].inout
    assert overload.params[1].default is not None
    assert overload.result.annotation == "tuple[bool, str]"
    assert one([ref(STRING), INT]).params[0].default is None


def test_streams_last_as_long_as_the_object_that_keeps_them():
    during = one([ref(OSTREAM)]).params[0]
    assert (during.value.converter, during.value.cpp, during.kept_by) == ("stream", "std::basic_ostream<char> &", "")
    made = plan_of(classes=[class_("lib::Row", constructors=(constructor("lib::Row", [ref(OSTREAM)]),))])
    lasting = made.classes[0].constructors.overloads[0].params[0]
    assert (lasting.value.cpp, lasting.kept_by) == ("dovetail::Lasting<std::basic_ostream<char> &>", "self")


def test_names_of_parameters():
    names = [Param(name=n, type=INT) for n in ("from", "self", "", "x")]
    assert [p.name for p in one(names).params] == ["", "", "", "x"]
    assert [p.name for p in one(names[:2]).params] == ["from_", "self_"]
    assert [p.name for p in one(names[3:], rules=[Rule(selector="*", keywords=False)]).params] == [""]


def test_raw_pointers_are_reported_once():
    sink = Sink()
    plan_of(sink, classes=[ROW], functions=[function("f", [], ptr(R)), function("f", [INT], ptr(R))])
    assert [d.code for d in sink.diagnostics] == ["DV021"]


def overloads_of(*functions, **more):
    made = plan_of(classes=[ROW], functions=list(functions), **more)
    return made, [o.cpp for o in made.functions[0].overloads]


def test_wider_numbers_win():
    _, kept = overloads_of(function("f", [INT]), function("f", [LONG]), function("f", [DOUBLE]))
    assert kept == ["lib::f(long)", "lib::f(double)"]


def test_moving_overloads_are_superseded():
    made, kept = overloads_of(function("f", [rvalue(R)]), function("f", [cref(R)]))
    assert kept == ["lib::f(const lib::Row &)"]
    assert (made.counts.callables_bound, made.counts.callables) == (1, 1)


def test_const_twins():
    class_row = class_(
        "lib::Row",
        methods=(
            method("lib::Row", "x", [], ref(INT)),
            method("lib::Row", "x", [], INT, const=True),
            method("lib::Row", "next", [], ref(R)),
            method("lib::Row", "next", [], cref(R), const=True),
        ),
    )
    x, following = plan_of(classes=[class_row]).classes[0].methods
    assert [o.const for o in x.overloads] == [True]
    assert [(o.const, o.twin) for o in following.overloads] == [(False, False), (True, True)]


def test_unexported_functions_neither_bind_nor_count():
    functions = [function("f", [], inline=False, mangled="_f"), function("g", [], inline=False, mangled="_g")]
    made = plan_of(functions=functions, exports=frozenset({"_g"}))
    assert [f.name for f in made.functions] == ["g"]
    assert [(s.code, s.counts) for s in made.skipped] == [("DV050", False)]


def test_constructors():
    traits = Traits(destructible=True, copy_constructible=True)
    row = class_(
        "lib::Row", traits=traits, constructors=(constructor("lib::Row", [INT]), constructor("lib::Row", [rvalue(R)]))
    )
    made = plan_of(classes=[row]).classes[0]
    assert [o.expression for o in made.constructors.overloads] == ["lib::Row({0})"]
    hidden = plan_of(classes=[class_("lib::Row", traits=Traits())]).classes[0]
    assert (hidden.constructors, hidden.no_constructor) == (None, "its destructor is not public")


def test_values_need_a_copy_or_a_move():
    fixed = class_("lib::Row", traits=Traits(destructible=True))
    made = plan_of(classes=[fixed], functions=[function("f", [], R), function("g", [cref(R)])])
    assert [f.name for f in made.functions] == ["g"]
    assert made.skipped[0].code == "DV047"


def test_what_a_refused_function_asked_for_is_forgotten():
    made = plan_of(functions=[function("f", [cref(vector(INT)), cptr(VOID)])])
    assert made.containers == ()


def test_defaults():
    mode = Param(name="x", type=DOUBLE, default=Default(text="0.1f", value=0.100000001))
    overload = one([mode, optional("y", LONG, "kMin", -(2**63)), optional("z", STRING, "name()")])
    assert [p.default.python for p in overload.params] == ["0.1", str(-(2**63)), "..."]
    assert overload.params[1].default.cpp == "static_cast<long>(-9223372036854775807ll - 1)"
    assert overload.params[2].default.cpp is None


def test_constructors_keep_what_they_are_built_over():
    row = class_("lib::Row", traits=ORDINARY, constructors=(constructor("lib::Row", [ptr(R), cref(R)]),))
    overload = plan_of(classes=[row]).classes[0].constructors.overloads[0]
    assert [p.kept_by for p in overload.params] == ["self", ""]


def test_dump_holds_no_folder():
    made = plan_of(classes=[ROW], functions=[function("f", [ptr(VOID)])])
    assert "include/" not in dump(made)
    assert "@ lib.h:" in dump(made)


def overload_of(made, name):
    return next(m for c in made.classes for m in c.methods if m.name == name).overloads[0]


def test_methods_for_temporaries_are_called_on_a_copy():
    for_temporary = {"ref_qualifier": RefQualifier.RVALUE}
    methods = [
        method("lib::Row", "take", [], STRING, **for_temporary),
        method("lib::Row", "get", [], STRING, ref_qualifier=RefQualifier.LVALUE),
        method("lib::Row", "get", [], STRING, **for_temporary),
        method("lib::Row", "part", [], ref(R), **for_temporary),
        method("lib::Row", "next", [], ptr(R), **for_temporary),
    ]
    made = plan_of(classes=[class_("lib::Row", methods=methods)])
    assert overload_of(made, "part").result.how is Return.COPY
    take, get = overload_of(made, "take"), overload_of(made, "get")
    assert (take.temporary, take.const, take.expression) == (True, True, "{self}.take()")
    assert not get.temporary
    assert {(s.code, s.counts) for s in made.skipped} == {("DV034", True), ("DV037", False)}


def test_operators_that_would_take_the_object_over_are_refused():
    only = replace(ORDINARY, copy_constructible=False)
    to_int = method(
        "lib::Row", "operator int", [], INT, kind=FunctionKind.CONVERSION, ref_qualifier=RefQualifier.RVALUE
    )
    take = method("lib::Row", "take", [], INT, ref_qualifier=RefQualifier.RVALUE)
    made = plan_of(classes=[class_("lib::Row", traits=only, methods=[to_int, take])])
    assert [s.code for s in made.skipped] == ["DV034"]
    assert not overload_of(made, "take").const


def test_what_an_object_that_lives_on_gives_as_well_is_superseded():
    only = replace(ORDINARY, copy_constructible=False)
    methods = [
        method("lib::Row", "get", [], ref(R), ref_qualifier=RefQualifier.LVALUE),
        method("lib::Row", "get", [], rvalue(const(R)), ref_qualifier=RefQualifier.RVALUE),
        method("lib::Row", "last", [], rvalue(const(R)), ref_qualifier=RefQualifier.RVALUE),
    ]
    made = plan_of(classes=[class_("lib::Row", traits=only, methods=methods)])
    assert [(s.cpp, s.code, s.counts) for s in made.skipped] == [
        ("lib::Row::get() &&", "DV037", False),
        ("lib::Row::last() &&", "DV034", True),
    ]


def test_what_no_temporary_has_looks_into_its_object():
    lend = method("lib::Row", "look", [], R, ref_qualifier=RefQualifier.LVALUE)
    gone = method("lib::Row", "look", [], R, ref_qualifier=RefQualifier.RVALUE, deleted=True)
    made = plan_of(classes=[class_("lib::Row", methods=[lend, gone])])
    assert overload_of(made, "look").result.lent


def test_deleted_overloads_for_temporaries_say_that_the_argument_lives_on():
    def pair(type_):
        return [function("f", [cref(type_)], R), function("f", [rvalue(type_)], R, deleted=True)]

    made = plan_of(classes=[ROW], functions=pair(R))
    assert made.functions[0].overloads[0].params[0].kept_by == "result"
    made = plan_of(classes=[ROW], functions=pair(STRING))
    assert [s.code for s in made.skipped] == ["DV036", "DV032"]


def test_what_converts_to_several_types_is_shown_as_it_prints():
    def conversions(*types):
        return [
            method("lib::Row", f"operator {t.bare}", [], t, kind=FunctionKind.CONVERSION, const=True) for t in types
        ]

    prints = function("operator<<", [ref(OSTREAM), cref(R)], ref(OSTREAM))
    several = plan_of(classes=[class_("lib::Row", methods=conversions(STRING, INT))], functions=[prints])
    assert {"to_string", "__int__"} <= {m.name for m in several.classes[0].methods}
    assert "__str__" not in {m.name for m in several.classes[0].methods}
    text = plan_of(classes=[class_("lib::Row", methods=conversions(STRING))], functions=[prints])
    assert "__str__" in {m.name for m in text.classes[0].methods}


def test_pointers_to_numbers_are_no_numbers():
    to_pointer = method("lib::Row", "operator int *", [], ptr(INT), kind=FunctionKind.CONVERSION, const=True)
    made = plan_of(classes=[class_("lib::Row", methods=[to_pointer])])
    assert [s.code for s in made.skipped] == ["DV040"]


def test_a_c_function_that_is_declared_as_cplusplus_says_so() -> None:
    made = plan_of(functions=[function("f", [], inline=False, mangled="_Z1fv")], exports=frozenset({"f"}))
    assert [item.reason for item in made.skipped] == ['a C function has the name; declare it within extern "C"']


def test_nothing_calls_what_no_header_defines():
    made = plan_of(functions=[function("f", [], undefined=True)])
    assert [(s.code, s.counts, s.reason) for s in made.skipped] == [("DV050", False, "no header defines it")]


def test_a_class_with_a_reference_to_an_argument_keeps_it():
    def made_of(type_):
        frame = class_(
            "lib::Frame",
            constructors=[constructor("lib::Frame", [cref(type_)])],
            fields=[
                Field(
                    name="row_",
                    qualified="lib::Frame::row_",
                    scope="lib::Frame",
                    type=cref(type_),
                    access=Access.PRIVATE,
                    span=NO_SPAN,
                )
            ],
        )
        return plan_of(classes=[ROW, frame])

    (built,) = [c.constructors for c in made_of(R).classes if c.name == "Frame"]
    assert built.overloads[0].params[0].kept_by == "self"
    assert "DV036" in [s.code for s in made_of(STRING).skipped]
