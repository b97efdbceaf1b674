"""Rules that make classes do something: what does not fit is said, with the nearest name."""

import pytest
from hand_models import BOOL, INT, STRING, class_, constructor, cptr, function, method, plan_of, ptr, record, ref, span

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import Field, Type

V = record("lib::V")


def field(owner: str, name: str, type_: Type) -> Field:
    return Field(name=name, qualified=f"{owner}::{name}", scope=owner, type=type_, span=span(), offset=0)


def decide(rule, *, methods=(), functions=(), fields=(), constructors=()):
    sink = Sink()
    model = class_("lib::V", methods=tuple(methods), fields=tuple(fields), constructors=tuple(constructors))
    made = plan_of(classes=[model], functions=list(functions), rules=list(rule), sink=sink)
    return made, [(f.code, f.message, f.helps) for f in sink.diagnostics]


def test_context_names_a_method():
    made, _ = decide([Rule(selector="V", context=("close",))], methods=[method("lib::V", "close", [])])
    assert made.classes[0].conduct.context.leave == "close"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Rule(selector="V", context=("clos",)), "`context` names `clos`, but `lib::V` has no such method"),
        (Rule(selector="V", repr=("z",)), "`repr` names `z`, but `lib::V` has no such attribute"),
        (Rule(selector="V", match=("close",)), "`match` names `close`, but `lib::V` has no such attribute"),
        (Rule(selector="V", pickle=("x", "x", "x")), "`pickle` gives 3 values, which no constructor of `lib::V` takes"),
        (Rule(selector="V", async_="count"), "`lib::V::count` gives `int`: nothing says where the iteration ends"),
        (Rule(selector="area", method_of="W"), "`method-of` names `W`, which is no bound class"),
        (Rule(selector="area", destructor_of="V"), "`lib::area` does not end a `lib::V`: it takes no single pointer"),
        (Rule(selector="area", constructor_of="V"), "`lib::area` makes no `lib::V`: it returns `int`"),
        (Rule(selector="V::set", property="p"), "the property `p` of `lib::V` has a setter and no getter"),
    ],
)
def test_what_does_not_fit(rule, message):
    _, found = decide(
        [rule],
        methods=[
            method("lib::V", "close", []),
            method("lib::V", "count", [], INT),
            method("lib::V", "set", [INT]),
        ],
        fields=[field("lib::V", "x", INT)],
        constructors=[constructor("lib::V", [INT])],
        functions=[function("area", [cptr(V), INT], INT)],
    )
    assert [(code, text.startswith(message)) for code, text, _ in found if code == "DV018"] == [("DV018", True)]


def test_globs_pass_over_what_they_do_not_suit():
    made, found = decide([Rule(selector="*", context=("close",), repr=("x",))])
    assert made.classes[0].conduct.context is None
    assert not found


def test_the_nearest_name_is_offered():
    _, found = decide([Rule(selector="V", context=("clos",))], methods=[method("lib::V", "close", [])])
    assert found[0][2] == ("did you mean `close`?",)


def test_a_property_whose_name_is_taken_stays_a_method():
    made, found = decide(
        [Rule(selector="V", properties=True)],
        methods=[method("lib::V", "getSize", [], INT, const=True)],
        fields=[field("lib::V", "size", INT)],
    )
    assert [m.name for m in made.classes[0].methods] == ["getSize"]
    assert found[0][0] == "DV019"


def test_properties_find_their_setters():
    made, _ = decide(
        [Rule(selector="V", properties=True)],
        methods=[
            method("lib::V", "getName", [], STRING, const=True),
            method("lib::V", "setName", [INT]),
            method("lib::V", "setName", [STRING]),
            method("lib::V", "isOpen", [], BOOL, const=True),
            method("lib::V", "url", [], STRING, const=True),
        ],
    )
    drafted = made.classes[0]
    assert {a.name: bool(a.write) for a in drafted.accessors} == {"name": True, "isOpen": False}
    assert [m.name for m in drafted.methods if not m.name.startswith("__")] == ["setName", "url"]


def test_free_functions_become_members():
    made, _ = decide(
        [
            Rule(selector="v_*", method_of="V"),
            Rule(selector="v_new", constructor_of="V"),
            Rule(selector="v_free", destructor_of="V"),
        ],
        functions=[
            function("v_area", [cptr(V), INT], INT),
            function("v_count", [], INT),
            function("v_new", [INT], ptr(V)),
            function("v_free", [ptr(V)]),
            function("v_mix", [INT, ref(V)]),
        ],
    )
    drafted = made.classes[0]
    methods = {m.name: m.overloads[0] for m in drafted.methods}
    assert methods["area"].expression == "lib::v_area(&{self}, {0})"
    assert methods["area"].const
    assert methods["mix"].expression == "lib::v_mix({0}, {self})"
    assert not methods["mix"].const
    assert methods["count"].call.value == "static"
    assert drafted.destroy == "lib::v_free"
    assert drafted.constructors.overloads[0].made
    assert not drafted.copyable
    assert made.counts.callables_bound == made.counts.callables == 5
