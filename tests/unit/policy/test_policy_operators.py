"""Operators, conversions and protocols: which special method each becomes."""

import pytest
from hand_models import (
    BOOL,
    CHAR,
    DOUBLE,
    INT,
    LONG,
    OSTREAM,
    STRING,
    class_,
    constructor,
    cptr,
    cref,
    function,
    method,
    plan_of,
    ptr,
    record,
    ref,
    rvalue,
    span,
    vector,
)

from dovetail.model import Enum, Enumerator, FunctionKind, Type, TypeKind
from dovetail.plan import Protocol, Return

V = record("lib::V")


def special(methods=(), functions=(), **more):
    made = plan_of(classes=[class_("lib::V", methods=tuple(methods), **more)], functions=list(functions))
    return made.classes[0], {m.name: m for m in made.classes[0].methods}, made


@pytest.mark.parametrize(
    ("symbol", "name"),
    [("+", "__add__"), ("/", "__truediv__"), ("<<", "__lshift__"), ("==", "__eq__"), ("<", "__lt__")],
)
def test_members(symbol, name):
    _, methods, _ = special([method("lib::V", f"operator{symbol}", [cref(V)], V, const=True)])
    assert methods[name].overloads[0].expression == f"{{self}} {symbol} {{0}}"
    assert methods[name].overloads[0].const


def test_in_place_gives_self():
    _, methods, _ = special([method("lib::V", "operator+=", [cref(V)], ref(V))])
    overload = methods["__iadd__"].overloads[0]
    assert overload.result.how is Return.SELF
    assert not overload.const


def test_free_operators_belong_to_an_operand():
    _, methods, made = special(
        functions=[function("operator*", [cref(V), DOUBLE], V), function("operator*", [DOUBLE, cref(V)], V)]
    )
    assert methods["__mul__"].overloads[0].expression == "{self} * {0}"
    assert methods["__rmul__"].overloads[0].expression == "{0} * {self}"
    assert methods["__rmul__"].reflected
    assert made.counts.callables_bound == 2


def test_mirrored_comparison_needs_no_reflection():
    _, methods, _ = special(functions=[function("operator<", [INT, cref(V)], BOOL)])
    assert methods["__gt__"].overloads[0].expression == "{0} < {self}"


def test_three_way():
    _, methods, made = special([method("lib::V", "operator<=>", [cref(V)], INT, const=True)])
    assert methods["__le__"].overloads[0].expression == "{self} <= {0}"
    assert {"__lt__", "__le__", "__gt__", "__ge__"} <= methods.keys()
    assert made.counts.callables_bound == 1


def test_stream_is_str():
    drafted, _, made = special(functions=[function("operator<<", [ref(OSTREAM), cref(V)], ref(OSTREAM))])
    assert Protocol.STR in drafted.protocols
    assert made.counts.callables_bound == made.counts.callables == 1


def test_printing_that_may_change_the_object():
    plain = function("operator<<", [ref(OSTREAM), ref(V)], ref(OSTREAM))
    moving = function("operator<<", [ref(OSTREAM), rvalue(V)], ref(OSTREAM))
    _, methods, made = special(functions=[plain, moving])
    assert not methods["__str__"].overloads[0].const
    assert [(s.code, s.counts) for s in made.skipped] == [("DV037", False)]
    reading = function("operator<<", [ref(OSTREAM), cref(V)], ref(OSTREAM))
    drafted, methods, made = special(functions=[plain, reading])
    assert Protocol.STR in drafted.protocols
    assert "__str__" not in methods
    assert [s.code for s in special(functions=[moving])[2].skipped] == ["DV089"]


def test_what_has_no_class_is_printed_by_a_function():
    prints = function("operator<<", [ref(OSTREAM), cref(vector(V))], ref(OSTREAM))
    made = plan_of(classes=[class_("lib::V")], functions=[prints])
    assert [f.name for f in made.functions] == ["print_to"]
    assert made.functions[0].overloads[0].expression == "lib::operator<<({0}, {1})"


def test_literals_are_functions():
    wide = Type(kind=TypeKind.CHAR, written="char16_t", canonical="char16_t", size=2)
    plain = function('operator""_km', [LONG], DOUBLE)
    text = function('operator""_path', [cptr(CHAR), LONG], V)
    made = plan_of(classes=[class_("lib::V")], functions=[plain, text, function('operator""_path', [cptr(wide), LONG])])
    assert [(f.name, len(f.overloads[0].params)) for f in made.functions] == [("km", 1), ("path", 1)]
    assert [(s.code, s.counts) for s in made.skipped] == [("DV037", False)]
    alone = plan_of(functions=[function('operator""_path', [cptr(wide), LONG])])
    assert [s.code for s in alone.skipped] == ["DV089"]


def test_operators_that_enums_have_by_themselves():
    values = Type(kind=TypeKind.ENUM, written="E", canonical="lib::E", declaration="lib::E", size=4, signed=True)
    enum_ = Enum(
        name="E",
        qualified="lib::E",
        scope="lib",
        scoped=True,
        underlying=INT,
        enumerators=(Enumerator(name="a", value=1),),
        span=span(),
    )
    functions = [
        function("operator&", [values, values], INT),
        function("operator!", [values], BOOL),
        function("operator&", [values, INT], INT),
        function("operator|", [values, values], values),
    ]
    made = plan_of(enums=[enum_], functions=functions)
    assert made.counts.callables_bound == 2
    assert sorted(s.cpp for s in made.skipped if s.counts) == [
        "lib::operator&(lib::E, int)",
        "lib::operator|(lib::E, lib::E)",
    ]


def test_steps_are_named_and_postfix_is_superseded():
    _, methods, made = special(
        [
            method("lib::V", "operator++", [], ref(V)),
            method("lib::V", "operator++", [INT], V),
            method("lib::V", "operator*", [], ref(V)),
            method("lib::V", "operator->", [], ptr(V)),
        ]
    )
    assert {"increment", "dereference"} == methods.keys()
    assert [s.code for s in made.skipped] == ["DV037", "DV037"]
    assert made.counts.callables == 2


def test_conversions():
    def conversion(type_):
        return method("lib::V", f"operator {type_.written}", [], type_, kind=FunctionKind.CONVERSION, const=True)

    safe_bool = Type(
        kind=TypeKind.POINTER,
        written="bool_type",
        canonical="void (*)(lib::V ***)",
        target=Type(kind=TypeKind.FUNCTION, written="void (lib::V ***)", canonical="void (lib::V ***)"),
    )
    _, methods, _ = special([conversion(t) for t in (LONG, DOUBLE, STRING, safe_bool)])
    assert methods["__int__"].overloads[0].expression == "static_cast<long>({self})"
    assert methods["__bool__"].overloads[0].expression == "static_cast<bool>({self})"
    assert methods["__str__"].overloads[0].result.annotation == "str"
    assert "__float__" in methods


def test_assignment_and_allocation_do_not_count():
    _, _, made = special(
        [method("lib::V", "operator=", [cref(V)], ref(V)), method("lib::V", "operator new", [LONG], V)]
    )
    assert made.counts.callables == 0


def test_indexing_is_checked_where_there_is_a_size():
    _, methods, _ = special(
        [method("lib::V", "operator[]", [INT], ref(DOUBLE)), method("lib::V", "size", [], LONG, const=True)]
    )
    assert methods["__getitem__"].overloads[0].expression == "{self}[dovetail::item_index({0}, {self}.size())]"
    assert methods["__setitem__"].overloads[0].expression.endswith("= {1}")
    assert "dovetail/convert/index.h" in methods["__setitem__"].overloads[0].params[0].value.headers
    assert methods["__len__"].overloads[0].expression == "{self}.size()"


def test_keys_are_not_indexes():
    _, methods, _ = special(
        [
            method("lib::V", "operator[]", [cref(STRING)], ref(DOUBLE)),
            method("lib::V", "operator[]", [INT], ref(DOUBLE)),
            method("lib::V", "find", [INT], BOOL, const=True),
            method("lib::V", "size", [], LONG, const=True),
        ]
    )
    assert [o.expression for o in methods["__getitem__"].overloads] == ["{self}[{0}]", "{self}[{0}]"]


def test_iteration():
    iterator = record("__gnu_cxx::__normal_iterator", ptr(V), vector(V))
    drafted, methods, made = special(
        [method("lib::V", "begin", [], iterator), method("lib::V", "end", [], iterator)],
    )
    assert drafted.iterates.cpp == "lib::V &"
    assert not drafted.iterate_const
    assert "begin" not in methods
    assert made.counts.callables_bound == made.counts.callables == 2


def test_a_superseded_subscript_is_still_assignable():
    _, methods, _ = special(
        [method("lib::V", "operator[]", [INT], ref(INT)), method("lib::V", "operator[]", [INT], cref(INT), const=True)]
    )
    assert len(methods["__getitem__"].overloads) == 1
    assert methods["__setitem__"].overloads[0].expression == "{self}[{0}] = {1}"


def test_text_where_cpp_converts_it():
    key = record("lib::Key")
    key_class = class_("lib::Key", constructors=(constructor("lib::Key", [cref(STRING)]),))
    strict = class_("lib::Strict", constructors=(constructor("lib::Strict", [cref(STRING)], explicit=True),))
    made = plan_of(
        classes=[key_class, strict],
        functions=[function("get", [cref(key), ref(key)]), function("f", [cref(record("lib::Strict"))])],
    )
    get, strictly = made.functions
    value, edited = (p.value for p in get.overloads[0].params)
    assert (value.cpp, value.takes) == ("dovetail::Implicit<lib::Key>", "Key | str | bytes")
    assert edited.takes == "Key"
    assert strictly.overloads[0].params[0].value.takes == "Strict"


def test_objects_that_view_text_keep_it():
    char_pointer = cptr(CHAR)
    view = class_(
        "lib::View", constructors=(constructor("lib::View", [cref(STRING)]), constructor("lib::View", [char_pointer]))
    )
    (overload,) = plan_of(classes=[view]).classes[0].constructors.overloads
    assert overload.params[0].value.cpp == "const char *"
    assert overload.params[0].kept_by == "self"
