"""Callables: their signatures in Python, user data, what nothing would keep alive, exceptions on the way through C."""

import pytest
from hand_models import (
    CHAR,
    INT,
    STRING,
    VOID,
    class_,
    const,
    cptr,
    cref,
    function,
    method,
    optional,
    plan_of,
    ptr,
    record,
    ref,
)

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import Type, TypeKind

R = record("lib::Row")
ROW = class_("lib::Row")
DATA = ptr(VOID)


def signature(gives, *takes):
    spelled = f"{gives.canonical} ({', '.join(t.canonical for t in takes)})"
    return Type(kind=TypeKind.FUNCTION, written=spelled, canonical=spelled, target=gives, parameters=takes)


def pointer(gives, *takes):
    target = signature(gives, *takes)
    spelled = target.canonical.replace(" (", " (*)(", 1)
    return Type(kind=TypeKind.POINTER, written=spelled, canonical=spelled, target=target, size=8)


def std_function(gives, *takes):
    return record("std::function", signature(gives, *takes))


def parameter(takes, *, rules=None, sink=None, **more):
    made = plan_of(sink, classes=[ROW], functions=[function("f", takes, **more)], rules=rules)
    assert not made.skipped
    return made.functions[0].overloads[0].params[0]


@pytest.mark.parametrize(
    ("type_", "annotation"),
    [
        (std_function(INT, INT), "Callable[[int], int]"),
        (cref(std_function(VOID, cref(R), STRING)), "Callable[[Row, str], object]"),
        (std_function(STRING), "Callable[[], str | bytes]"),
        (std_function(VOID, ptr(R)), "Callable[[Row | None], object]"),
        (pointer(INT, INT), "Callable[[int], int]"),
        (std_function(INT, std_function(INT)), "Callable[[Callable[[], int] | None], int]"),
    ],
)
def test_annotations(type_, annotation):
    found = parameter([type_])
    assert found.value.takes == annotation
    assert not found.nullable
    assert not found.kept_by


def test_results():
    made = plan_of(classes=[ROW], functions=[function("f", [], std_function(R, STRING))])
    assert made.functions[0].overloads[0].result.annotation == "Callable[[str | bytes], Row] | None"
    callback = made.functions[0].overloads[0].result.value.callbacks[0]
    assert callback.doc == "function(arg0: str | bytes, /) -> Row"


def test_none_is_an_empty_function():
    empty = std_function(VOID)
    made = plan_of(classes=[class_("lib::Row", methods=(method("lib::Row", "on", [empty]),))])
    assert made.classes[0].methods[0].overloads[0].params[0].nullable
    assert parameter([optional("f", empty, "nullptr")]).default.python == "None"
    assert parameter([optional("f", empty, "std::function<void()>{}")]).nullable
    assert not parameter([pointer(VOID)]).nullable
    assert parameter([pointer(VOID)], rules=[Rule(selector="f", nullable=("a",))]).nullable


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        (std_function(cref(R)), "DV083"),
        (std_function(ptr(R)), "DV083"),
        (pointer(cptr(CHAR)), "DV083"),
        (std_function(record("std::string_view")), "DV083"),
        (std_function(VOID, ref(INT)), "DV041"),
        (std_function(VOID, cptr(VOID)), "DV043"),
        (ptr(std_function(VOID)), "DV042"),
        (std_function(VOID, record("std::mutex")), "DV040"),
    ],
)
def test_refused(type_, code):
    made = plan_of(classes=[ROW], functions=[function("f", [type_])])
    assert not made.functions
    assert made.skipped[0].code == code


@pytest.mark.parametrize(
    ("types", "place", "data"),
    [
        ([pointer(INT, INT, DATA), DATA], 1, "after"),
        ([DATA, pointer(INT, DATA, INT)], 0, "before"),
        ([pointer(INT, INT, ptr(const(VOID))), DATA], 1, "after"),
    ],
)
def test_user_data_is_one_parameter_with_its_callback(types, place, data):
    sink = Sink()
    found = parameter(types, sink=sink)
    assert found.value.takes == "Callable[[int], int]"
    assert found.value.cpp.startswith("dovetail::WithData<int (*)(")
    assert found.value.cpp.endswith(f", {place}>")
    assert found.data == data
    assert [d.code for d in sink.diagnostics] == ["DV084"]


def test_kept_user_data():
    sink = Sink()
    keeps = [Rule(selector="f", keeps=("a",)), Rule(selector="Row::on", keeps=("a",))]
    types = [pointer(VOID, DATA), DATA]
    assert parameter(types, rules=keeps[:1], sink=sink).value.cpp.endswith("CallbackLife::always>")
    on = class_("lib::Row", methods=(method("lib::Row", "on", types),))
    made = plan_of(sink, classes=[on], rules=keeps[1:])
    found = made.classes[0].methods[0].overloads[0].params[0]
    assert found.value.cpp.endswith("CallbackLife::object>")
    assert found.kept_by == "self"
    assert not sink.diagnostics


def test_exceptions_wait_for_c():
    made = plan_of(
        functions=[function("f", [pointer(INT)], mangled="f"), function("g", [pointer(INT)], mangled="_Z1g")]
    )
    c, cpp = (f.overloads[0] for f in made.functions)
    assert (c.pending, c.params[0].value.cpp) == (True, "dovetail::Quiet<int (*)()>")
    assert (cpp.pending, cpp.params[0].value.cpp) == (False, "int (*)()")


TEXT, DESTRUCTOR = cptr(CHAR), pointer(VOID, DATA)


@pytest.mark.parametrize(
    ("types", "cpp", "expression"),
    [
        ((TEXT, INT, DESTRUCTOR), "HandedMemory<const char, int>", "f({0}, {0.extent:0}, {0.destructor})"),
        ((TEXT, DESTRUCTOR, INT), "HandedMemory<const char, dovetail::Ended>", "f({0}, {0.destructor}, {1})"),
        ((cptr(VOID), INT, DESTRUCTOR), "HandedMemory<const void, int>", "f({0}, {0.extent:0}, {0.destructor})"),
        ((DATA, DESTRUCTOR), "HandedObject", "f({0}, {0.destructor})"),
        ((DATA, TEXT, DESTRUCTOR), "HandedObject", "f({0}, {1}, {0.destructor})"),
    ],
)
def test_what_has_a_destructor_is_handed_over(types, cpp, expression):
    (made,) = plan_of(functions=[function("f", [*types])]).functions
    (overload,) = made.overloads
    assert overload.params[0].value.cpp == f"dovetail::{cpp}"
    assert overload.expression.removeprefix("::").removeprefix("lib::") == expression


def test_a_callback_with_a_destructor_lives_until_then():
    (made,) = plan_of(functions=[function("f", [pointer(INT, DATA), DATA, DESTRUCTOR])]).functions
    (overload,) = made.overloads
    assert [p.value.cpp for p in overload.params] == [
        "dovetail::WithData<int (*)(void *), 0, false, dovetail::CallbackLife::ended>"
    ]
    assert overload.expression.endswith("f({0}, {0.destructor})")


@pytest.mark.parametrize("types", [(DATA, INT, DESTRUCTOR), (cptr(VOID), DESTRUCTOR), (ptr(CHAR), INT, DESTRUCTOR)])
def test_memory_that_cannot_be_copied_is_refused(types):
    made = plan_of(functions=[function("f", [*types])])
    assert [s.code for s in made.skipped] == ["DV048"]


@pytest.mark.parametrize(
    "types", [(TEXT, DESTRUCTOR, DATA), (ref(R), DESTRUCTOR), (TEXT, pointer(VOID, INT))], ids=["data", "object", "int"]
)
def test_other_callbacks_are_no_destructors(types):
    assert not plan_of(classes=[ROW], functions=[function("f", [*types])]).skipped


def test_a_rule_says_that_a_callback_is_no_destructor():
    made = plan_of(functions=[function("f", [DATA, DESTRUCTOR])], rules=[Rule(selector="f", keeps=("b",))])
    assert not made.skipped
