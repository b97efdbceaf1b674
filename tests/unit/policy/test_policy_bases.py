"""Which bases are Python bases, and how each is reached."""

from hand_models import INT, class_, function, method, plan_of, record, ref

from dovetail.model import Access, Base


def derived(name, *bases, virtual=False, **more):
    return class_(
        f"lib::{name}",
        bases=tuple(
            Base(type=record(f"lib::{base}"), offset=None if virtual else 8 * place, virtual=virtual)
            for place, base in enumerate(bases)
        ),
        **more,
    )


def test_a_base_that_is_there_twice():
    made = plan_of(
        classes=[derived("Top"), derived("Left", "Top"), derived("Right", "Top"), derived("Bottom", "Left", "Right")]
    )
    bottom = made.classes[-1]
    assert [base.base for base in bottom.bases] == ["Left", "Right"]
    assert bottom.ambiguous == ("Top",)
    assert [(skipped.cpp, skipped.code) for skipped in made.skipped] == [("lib::Bottom", "DV085")]


def test_a_virtual_base_is_there_once():
    made = plan_of(
        classes=[
            derived("Top"),
            derived("Left", "Top", virtual=True),
            derived("Right", "Top", virtual=True),
            derived("Bottom", "Left", "Right"),
        ]
    )
    bottom = made.classes[-1]
    assert bottom.ambiguous == ()
    assert [(c.base, c.offset, c.virtual) for c in bottom.casts] == [
        ("Left", 0, False),
        ("Top", None, True),
        ("Right", 8, False),
    ]
    assert not made.skipped


def test_no_one_order():
    made = plan_of(
        classes=[
            derived("A"),
            derived("B"),
            derived("Forth", "A", "B"),
            derived("Back", "B", "A", methods=(method("lib::Back", "help", [], INT, const=True),)),
            derived("Torn", "Forth", "Back"),
        ]
    )
    torn = made.classes[-1]
    assert [base.base for base in torn.bases] == ["Forth"]
    assert [m.name for m in torn.methods] == ["help"]
    assert [skipped.code for skipped in made.skipped].count("DV035") == 1


def test_a_base_of_another_base_is_reached_through_it():
    made = plan_of(classes=[derived("A"), derived("B", "A"), derived("C", "A", "B")])
    assert [base.base for base in made.classes[-1].bases] == ["B"]


def test_bases_behind_private_namespaces():
    hidden = class_("lib::detail::Middle", bases=(Base(type=record("lib::Top"), offset=0),))
    made = plan_of(
        classes=[
            derived("Top"),
            hidden,
            class_("lib::Bottom", bases=(Base(type=record("lib::detail::Middle"), offset=16),)),
        ]
    )
    bottom = made.classes[-1]
    assert [(base.base, base.offset) for base in bottom.bases] == [("Top", 16)]


def test_private_bases_are_none():
    made = plan_of(
        classes=[
            derived("Top"),
            class_("lib::Own", bases=(Base(type=record("lib::Top"), offset=0, access=Access.PRIVATE),)),
            class_("lib::Kept", bases=(Base(type=record("lib::Top"), offset=0, access=Access.PROTECTED),)),
        ],
        functions=[function("f", [ref(record("lib::Top"))], INT)],
    )
    assert all(not made_.bases for made_ in made.classes)


def test_what_two_bases_lend_under_one_name_is_in_neither():
    one = class_("lib::detail::One", methods=(method("lib::detail::One", "same", [], INT),))
    two = class_(
        "lib::detail::Two",
        methods=(method("lib::detail::Two", "same", [], INT), method("lib::detail::Two", "own", [], INT)),
    )
    made = plan_of(
        classes=[
            one,
            two,
            class_(
                "lib::Both",
                bases=(
                    Base(type=record("lib::detail::One"), offset=0),
                    Base(type=record("lib::detail::Two"), offset=8),
                ),
            ),
        ]
    )
    assert [m.name for m in made.classes[-1].methods] == ["own"]
