"""What is public although it does not look so, and what is reached by another way than its name."""

from dataclasses import replace

import pytest
from hand_models import (
    BOOL,
    CHAR,
    INT,
    LONG,
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
)

from dovetail.model import Access, Base, FunctionKind, Traits
from dovetail.model import Field as FieldOf
from dovetail.plan import Hold, Protocol

HANDLE = class_("lib::Handle", complete=False, traits=Traits(), type=record("lib::Handle"))
RAISES = class_(
    "lib::Error",
    bases=(Base(type=record("std::runtime_error")),),
    constructors=(
        constructor("lib::Error", [cref(STRING), INT]),
        constructor("lib::Error", [cref(record("lib::Error"))]),
        constructor("lib::Error", [cptr(CHAR)]),
    ),
)


def find(items, name):
    return next(i for i in items if i.name == name)


# ---- exceptions


def test_exceptions_have_constructors():
    plan = plan_of(classes=[RAISES])
    (raised,) = plan.raised
    assert [[p.value.takes for p in o.params] for o in raised.constructors.overloads] == [
        ["str | bytes", "int"],
        ["str | bytes"],
    ]
    assert [o.params[0].kept_by for o in raised.constructors.overloads] == ["", "self"]
    assert (plan.counts.callables_bound, plan.counts.callables) == (2, 2)


def test_an_exception_without_written_constructors_is_made_of_nothing():
    plain = class_("lib::Error", bases=(Base(type=record("std::exception")),))
    (raised,) = plan_of(classes=[plain]).raised
    assert [o.params for o in raised.constructors.overloads] == [()]


def test_an_exception_that_only_cpp_makes():
    closed = replace(RAISES, constructors=(), traits=replace(ORDINARY, default_constructible=False))
    (raised,) = plan_of(classes=[closed]).raised
    assert raised.constructors is None


# ---- handles


def test_declared_classes_are_handles():
    plan = plan_of(
        classes=[HANDLE], functions=[function("open", [], ptr(HANDLE.type)), function("close", [ref(HANDLE.type)])]
    )
    (handle,) = plan.classes
    assert (handle.opaque, handle.hold, handle.copyable, handle.constructors) == (True, Hold.NONE, False, None)
    assert "only declare" in handle.no_constructor
    assert find(plan.functions, "open").overloads[0].result.annotation == "Handle | None"
    assert find(plan.functions, "close").overloads[0].params[0].value.takes == "Handle"


def test_declared_classes_that_nothing_uses_are_left_out():
    hidden = class_("lib::Row", fields=())
    plan = plan_of(classes=[HANDLE, hidden], functions=[function("f", [])])
    assert [c.name for c in plan.classes] == ["Row"]
    assert [(s.code, s.counts) for s in plan.skipped] == [("DV044", False)]


@pytest.mark.parametrize(
    "taken", [HANDLE.type, record("std::shared_ptr", HANDLE.type), record("std::vector", HANDLE.type)]
)
def test_values_of_declared_classes_are_refused(taken):
    plan = plan_of(classes=[HANDLE], functions=[function("use", [ptr(HANDLE.type)]), function("f", [taken])])
    assert [f.name for f in plan.functions] == ["use"]
    assert [s.code for s in plan.skipped] == ["DV044"]


# ---- private elements of public ranges

ENTRY = class_(
    "lib::detail::Entry",
    bases=(Base(type=record("std::pair", STRING, INT)),),
    methods=(method("lib::detail::Entry", "key", [], INT, const=True),),
)
CURSOR = class_(
    "lib::detail::Cursor", methods=(method("lib::detail::Cursor", "operator*", [], ENTRY.type, const=True),)
)
TABLE = class_(
    "lib::Table",
    methods=tuple(method("lib::Table", name, [], CURSOR.type, const=True) for name in ("begin", "end")),
)


def test_elements_of_public_ranges_are_public():
    plan = plan_of(classes=[ENTRY, CURSOR, TABLE], namespaces=("lib", "lib::detail"))
    assert [c.name for c in plan.classes] == ["Entry", "Table"]
    table = find(plan.classes, "Table")
    assert Protocol.ITERATE in table.protocols
    assert table.iterates.gives == "Entry"
    assert [a.name for a in find(plan.classes, "Entry").accessors] == ["first", "second"]
    # What is in a private namespace is in no count.
    assert (plan.counts.callables_bound, plan.counts.callables) == (2, 2)


def test_backwards_is_reached_by_indexes():
    backwards = record("std::reverse_iterator", ptr(CHAR))
    methods = (
        method("lib::Text", "begin", [], cptr(INT), const=True),
        method("lib::Text", "end", [], cptr(INT), const=True),
        method("lib::Text", "rbegin", [], backwards, const=True),
        method("lib::Text", "size", [], LONG, const=True),
        method("lib::Text", "operator[]", [LONG], INT, const=True),
    )
    plan = plan_of(classes=[class_("lib::Text", methods=methods)])
    assert (plan.counts.callables_bound, plan.counts.callables) == (5, 5)
    plan = plan_of(classes=[class_("lib::Text", methods=methods[:-1])])
    assert (plan.counts.callables_bound, plan.counts.callables) == (3, 4)


# ---- what C++ converts by itself

NODE, PATH = class_("lib::Node"), class_("lib::Path", methods=())
CONVERTS = method("lib::Path", "operator Spot", [], record("lib::Spot"), kind=FunctionKind.CONVERSION, const=True)


def spot(*constructors):
    return class_("lib::Spot", constructors=constructors)


def taken_by(plan, name="f"):
    return find(plan.functions, name).overloads[0].params[0].value.takes


def test_converting_constructors_widen_what_is_taken():
    implicit = constructor("lib::Spot", [cref(NODE.type)])
    use = function("f", [cref(record("lib::Spot"))], INT)
    assert taken_by(plan_of(classes=[NODE, spot(implicit)], functions=[use])) == "Spot | Node"
    for closed in ({"explicit": True}, {"deleted": True}):
        refused = spot(replace(implicit, **closed))
        assert taken_by(plan_of(classes=[NODE, refused], functions=[use])) == "Spot"
    pointer = function("f", [ptr(record("lib::Spot"))], INT)
    assert taken_by(plan_of(classes=[NODE, spot(implicit)], functions=[pointer])) == "Spot"


def test_conversion_operators_widen_what_is_taken():
    path = replace(PATH, methods=(CONVERTS,))
    use = function("f", [const(record("lib::Spot"))], INT)
    assert taken_by(plan_of(classes=[path, spot()], functions=[use])) == "Spot | Path"


def test_what_is_lent_is_not_made_for_the_call():
    implicit = constructor("lib::Spot", [cref(NODE.type)])
    pick = function("f", [cref(record("lib::Spot"))], cref(record("lib::Spot")))
    assert taken_by(plan_of(classes=[NODE, spot(implicit)], functions=[pick])) == "Spot"


# ---- names of instantiations


def listed(arguments, takes, gives):
    text = ", ".join(a if isinstance(a, str) else a.canonical for a in arguments)
    made = method("lib::Cell", "as", takes, gives, const=True, template_arguments=tuple(arguments))
    return replace(made, qualified=f"lib::Cell::as<{text}>")


def test_arguments_that_a_caller_writes_are_in_the_name():
    methods = (
        listed([INT], [], INT),
        listed([STRING], [], STRING),
        listed([INT], [cref(INT)], INT),
        listed(["3"], [BOOL], INT),
    )
    cell = class_("lib::Cell", methods=methods)
    (made,) = plan_of(classes=[cell]).classes
    assert [m.name for m in made.methods] == ["as_int", "as_string", "as_", "as_3"]
    assert made.methods[0].overloads[0].expression == "{self}.as<int>()"


@pytest.mark.parametrize(("wanted", "checked"), [(LONG, False), (STRING, True)])
def test_what_finds_its_index_is_a_mapping(wanted, checked):
    methods = (
        method("lib::Text", "find", [wanted], LONG, const=True),
        method("lib::Text", "size", [], LONG, const=True),
        method("lib::Text", "operator[]", [LONG], INT, const=True),
    )
    (made,) = plan_of(classes=[class_("lib::Text", methods=methods)]).classes
    assert ("item_index" in find(made.methods, "__getitem__").overloads[0].expression) is checked


# ---- what looks into something that is private


def held(scope, type_, **more):
    return FieldOf(name="held", qualified=f"{scope}::held", scope=scope, type=type_, span=span(), **more)


PLAIN = replace(ORDINARY, trivially_destructible=True)
TAPE = class_("lib::detail::Tape", traits=PLAIN, fields=(held("lib::detail::Tape", ptr(CHAR)),))
LEAF = class_(
    "lib::Leaf", traits=PLAIN, fields=(held("lib::Leaf", record("std::pair", TAPE.type, INT), access=Access.PRIVATE),)
)
READER = class_(
    "lib::Reader",
    methods=(
        method("lib::Reader", "root", [], LEAF.type, const=True),
        method("lib::Reader", "read", [record("lib::Text")], LEAF.type),
        method("lib::Reader", "after", [LEAF.type], LEAF.type),
    ),
)
TEXT = class_("lib::Text", traits=PLAIN, fields=(held("lib::Text", cptr(CHAR)),))


def test_values_look_elsewhere_by_private_parts():
    made = find(plan_of(classes=[TAPE, LEAF, READER, TEXT], namespaces=("lib", "lib::detail")).classes, "Reader")
    root, read, after = (find(made.methods, name).overloads[0] for name in ("root", "read", "after"))
    assert root.result.lent
    assert read.result.lent
    # What is read from a text looks into the text. What follows a leaf would else keep all leaves before it.
    assert [p.kept_by for p in read.params] == ["result"]
    assert [p.kept_by for p in after.params] == [""]
