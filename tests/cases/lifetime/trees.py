"""Borrowed objects keep their owner alive; owners are freed when nobody needs them."""

import gc

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
