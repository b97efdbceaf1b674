"""Borrowed objects keep their owner alive; owners are freed when nobody needs them."""

import copy
import gc
import sys

import pytest


def test_borrowed_pointers_keep_their_owner_alive(trees):
    before = trees.Node.alive
    root = trees.Node("root")
    child = root.add("child")
    assert child.name == "child"
    assert child is root.child(0)
    grandchild = child.add("grandchild")
    del root, child
    gc.collect()
    assert grandchild.name == "grandchild"
    assert trees.Node.alive == before + 3
    del grandchild
    gc.collect()
    assert trees.Node.alive == before


def test_references_to_members(trees):
    tree = trees.Tree()
    root = tree.root()
    assert root is tree.root()
    assert root.self() is root
    root.name = "renamed"
    del tree
    gc.collect()
    assert root.name == "renamed"


def test_const_pointers_refuse_changes(trees):
    root = trees.Node("root")
    root.add("child")
    look = root.look(0)
    assert look.name == "child"
    assert look.get_name() == "child"
    if look is not root.child(0):
        with pytest.raises(TypeError, match=r"set_name.*const"):
            look.set_name("x")
        with pytest.raises(TypeError, match="const"):
            look.name = "x"
    with pytest.raises(IndexError):
        root.look(5)


def test_unique_pointers(trees):
    before = trees.Node.alive
    node = trees.make("made")
    assert node.name == "made"
    node.add("child")
    child = node.child(0)
    assert trees.sink(node) == 1
    with pytest.raises(ReferenceError):
        node.count()
    with pytest.raises(ReferenceError):
        trees.sink(node)
    del child
    assert trees.sink(trees.Node("fresh")) == 0
    with pytest.raises(TypeError, match="sink.*must be Node, not None"):
        trees.sink(None)
    del node
    gc.collect()
    assert trees.Node.alive == before


def test_shared_pointers(trees):
    before = trees.Shared.alive
    holder = trees.Holder()
    assert holder.get() is None
    shared = trees.make_shared(5)
    holder.set(shared)
    assert holder.get().value == 5
    shared.value = 6
    assert holder.get().value == 6
    del shared
    assert holder.get().value == 6
    own = trees.Shared(7)
    holder.set(own)
    del own
    gc.collect()
    assert holder.get().value == 7
    assert holder.weak().value == 7
    holder.set(None)
    assert holder.weak() is None
    del holder
    gc.collect()
    assert trees.Shared.alive == before


def test_deep_chains(trees):
    node = trees.Node("top")
    for i in range(20_000):
        node = node.add(str(i))
    assert node.name == "19999"
    del node
    gc.collect()


def test_methods_for_temporaries_get_a_copy(trees):
    label = trees.Label("oak")
    assert label.take() == "oak"
    assert label.get() == "oak"
    assert str(label) == "oak"
    assert label.where() == "oak"
    copy = label.self()
    assert copy is not label
    assert copy.get() == "oak"


def test_methods_for_temporaries_end_what_cannot_be_copied(trees):
    ticket = trees.Ticket(7)
    assert int(ticket) == 8  # the one that is for any object
    assert ticket.self() is ticket
    assert ticket.redeem() == 7
    with pytest.raises(ReferenceError, match="gone"):
        ticket.number()
    with pytest.raises(ReferenceError, match="gone"):
        ticket.redeem()


def test_what_no_temporary_may_be_given_stays_alive(trees):
    view = trees.Label("a text too long to be kept inside of the object").view()
    other = trees.look(trees.Label("another text too long to be kept inside of it"))
    gc.collect()
    assert view.text() == "a text too long to be kept inside of the object"
    assert other.text() == "another text too long to be kept inside of it"
    assert not hasattr(trees, "read")
    with pytest.raises(TypeError, match="View"):
        trees.View("a text that nobody else has")


def test_ranges_need_no_more_than_cpp_asks_for(trees):
    assert list(trees.Steps()) == [0, 1, 2]
    assert trees.stand(trees.Step(4)) == 4


@pytest.mark.parametrize(
    "look",
    [
        lambda trees, family: family.first(),
        lambda trees, family: family.first().next(),
        lambda trees, family: family.range().start(),
        lambda trees, family: family.spots()[1],
        lambda trees, family: family.dereference(),
        lambda trees, family: trees.first_of(family),
        lambda trees, family: copy.copy(family.first()),
        lambda trees, family: trees.Range(family.first()).first,
        lambda trees, family: family.find(1),
        lambda trees, family: family.counted()[0],
        lambda trees, family: family.ends()[1],
        lambda trees, family: trees.search(family, 1)[1],
    ],
)
def test_values_that_look_into_what_gave_them(trees, look):
    before = trees.Family.alive
    spot = look(trees, trees.Family(1000))
    gc.collect()
    assert trees.Family.alive == before + 1
    assert spot.value() in (0, 1)
    del spot
    gc.collect()
    assert trees.Family.alive == before


def test_a_walk_keeps_the_family_and_not_each_step(trees):
    before = trees.Family.alive
    spot = trees.Family(1000).first()
    steps, alone = [], object()
    while spot.valid():
        steps.append(sys.getrefcount(spot))
        last, spot = spot, spot.next()
    assert last.value() == 999
    assert {*steps, sys.getrefcount(last)} == {sys.getrefcount(alone)}
    del last, spot
    gc.collect()
    assert trees.Family.alive == before


def test_values_that_own_what_they_point_to_keep_nobody(trees):
    before = trees.Family.alive
    oldest = trees.Family(3).oldest()
    assert trees.Family.alive == before
    assert (oldest.value(), oldest.next().value()) == (2, 3)


def test_a_unique_ptr_that_is_only_looked_through(trees):
    node = trees.make("root")
    assert trees.look(node) == trees.look(node) == node.count()
    assert "capsule" in repr(trees.place_of(node))
    for bad in (None, 3):
        with pytest.raises(TypeError):
            trees.look(bad)
    trees.sink(node)
    with pytest.raises(ReferenceError):
        trees.look(node)
