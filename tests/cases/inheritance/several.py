"""Objects with several bases: seen as each of them, found again through each of them."""

import copy
import gc
import sys

import pytest


def of_cpp(classes):
    """Without the class that has the room, which a module for the limited API puts below those with several bases."""
    return tuple(c for c in classes if c.__module__ != "dovetail")


def test_tree(several):
    assert of_cpp(several.Crate.__mro__) == (several.Crate, several.Named, several.Sized, object)
    assert of_cpp(several.Diamond.__mro__) == (several.Diamond, several.West, several.East, several.Top, object)
    assert several.Outer.__bases__ == (several.Right, several.Left, several.Marked)
    assert of_cpp(several.Hidden.__mro__) == (several.Hidden, object)
    assert several.Torn.__bases__ == (several.Forth,)
    assert issubclass(several.Box, several.Sized)


def test_methods_and_fields_of_every_base(several):
    crate = several.Crate("a", 3)
    assert (crate.name, crate.size, crate.weight) == ("a", 3, 1.5)
    crate.grow(2)
    crate.name, crate.size = "b", crate.size + 1
    assert (crate.name, crate.size, crate.weight, crate.greet(), crate.twice()) == ("b", 6, 1.5, "crate b", 120)
    assert several.Sized.twice(crate) == 120
    assert crate[4] == 10
    box = several.Box(5)
    assert (box.size, box.twice(), box.greet(), box[1]) == (5, 100, "crate box", 6)
    wider = several.Wider()
    assert (wider.add_left(1), wider.add_right(2), wider.both, wider.wider) == (2, 4, 3, 4)
    assert (several.Empty().marked(), several.Empty().tag(), several.Empty().value) == (True, 5, 6)


def test_arguments(several):
    crate, box = several.Crate("a", 3), several.Box(2)
    assert several.greet(crate) == "crate a"
    assert several.greet(box) == "crate box"
    assert (several.measure(crate), several.measure_pointer(box)) == (60, 40)
    rule = r'"measure_pointer" = \{ nullable = \["sized"\] \}$'
    with pytest.raises(TypeError, match=rf"^measure_pointer\(\): argument 'sized' must be Sized, not None; .*: {rule}"):
        several.measure_pointer(None)
    assert several.tag_of(several.Empty()) == 5
    assert several.sum(several.Left()) == 1
    assert several.sum(several.Right()) == 20
    with pytest.raises(TypeError, match="must be Sized, not Named"):
        several.measure(several.Named("a"))
    with pytest.raises(TypeError, match="must be Sized, not Diamond"):
        several.measure(several.Diamond())
    assert several.sum_rights([several.Both(), several.Wider(), several.Right(7)]) == 11


def test_the_nearest_base_is_chosen(several):
    assert several.nearest(several.Named("a")) == "Named"
    assert several.nearest(several.Sized()) == "Sized"
    assert several.nearest(several.Crate("a", 1)) == several.nearest(several.Box(1)) == "Crate"


def test_identity_through_every_base(several):
    box = several.Box(1)
    assert box.as_sized() is box
    assert box.as_named() is box
    assert several.same_sized(box) is box
    assert several.same_named(box) is box
    store = several.Store()
    assert type(store.sized()) is several.Box
    assert store.sized() is store.named() or store.sized() == store.sized()
    held = store.sized()
    assert store.named() is held
    assert store.box() is held
    both = several.Both()
    assert several.right_of(both) is both
    assert several.left_of(both) is both
    diamond = several.Diamond()
    assert several.same_top(diamond) is diamond
    assert several.same_east(diamond) is diamond
    file = several.File()
    assert several.same_shared(file) is file


def test_most_derived(several):
    assert [type(several.make(kind)) for kind in range(3)] == [several.Sized, several.Crate, several.Box]
    assert several.make(2).name == "box"
    assert type(several.make_top()) is several.Diamond
    top = several.hidden_top()
    assert type(top) is several.Diamond
    assert several.hidden_top() is top
    assert (top.top, top.west, top.east, top.diamond, several.top_of(top)) == (10, 11, 12, 13, 10)
    del top
    gc.collect()
    assert several.hidden_top().get_top() == 10


def test_virtual_bases(several):
    diamond = several.Diamond()
    diamond.top = 5
    assert (diamond.get_top(), several.top_of(diamond), diamond.west, diamond.east) == (5, 5, 11, 12)
    file = several.File()
    file.shared += 1
    assert (file.shared, several.shared_of(file), file.reader, file.writer, file.file) == (31, 31, 31, 32, 33)
    assert several.shared_of(several.Reader()) == 30


def test_a_base_that_is_there_twice(several):
    twice = several.Twice()
    assert (several.first_of(twice), several.second_of(twice), twice.twice) == (41, 42, 23)
    assert isinstance(twice, several.Plain)
    with pytest.raises(TypeError, match="more than one base Plain"):
        several.plain_of(twice)
    with pytest.raises(TypeError, match="more than one base Plain"):
        twice.plain
    with pytest.raises(TypeError, match="more than one base Plain"):
        twice.get_plain()


def test_bases_that_are_not_public(several):
    hidden = several.Hidden()
    assert not isinstance(hidden, (several.Left, several.Right))
    assert hidden.add_left(2) == 3
    hidden.right = 9
    assert (hidden.right, hidden.hidden) == (9, 40)
    assert not hasattr(hidden, "left")
    assert not hasattr(hidden, "add_right")
    with pytest.raises(TypeError):
        several.sum(hidden)


def test_bases_behind_what_is_not_bound(several):
    outer = several.Outer()
    assert (outer.left, outer.right, outer.marked(), outer.get_middle(), outer.other()) == (1, 2, True, 50, 51)
    assert not hasattr(outer, "clash")
    assert several.Setter().set(4).value == 4


def test_two_bases_with_one_name(several):
    reading = several.Reading()
    assert (reading.value, reading.degrees(), reading.scale(3)) == (20, 20, 3)
    assert (several.Label.value.__get__(reading), several.Label.degrees(reading)) == ("text", "text")
    assert reading == several.Reading()


def test_taken_over_and_shared(several):
    crate = several.Crate("a", 4)
    assert several.take(crate) == 80
    with pytest.raises(ReferenceError):
        crate.twice()
    box = several.Box(3)
    several.keep(box)
    assert several.kept_twice() == 60
    assert several.give_kept() is box
    del box
    gc.collect()
    assert several.kept_twice() == 60
    assert type(several.give_kept()) is several.Box
    shared = several.share_crate(2)
    assert several.keep(shared) == 2  # owned together, whatever the pointer says that it points to
    assert several.give_kept() is shared
    several.keep(None)


def test_elements_of_containers(several):
    store = several.Store()
    store.crates = [several.Crate("a", 1), several.Crate("b", 2)]
    crate = store.crates[1]
    assert (crate.size, crate.name, several.measure(crate), several.greet(crate)) == (2, "b", 40, "crate b")
    crate.grow(1)
    assert store.crates[1].size == 3
    store.crates.clear()
    with pytest.raises(ReferenceError):
        crate.grow(1)


def test_classes_written_in_python(several):
    class Python(several.Crate):
        def greet(self):
            return super().greet() + "!"

        def measured(self):
            return several.measure(self), super().twice(), self.size

    python = Python("p", 2)
    assert python.greet() == "crate p!"
    assert python.measured() == (40, 40, 2)
    python.anything = 1
    assert several.same_sized(python) is python

    class Mixin:
        def ask(self):
            return self.top

    class Mixed(Mixin, several.Diamond):
        pass

    assert Mixed().ask() == 10
    assert several.same_top(Mixed()).ask() == 10

    class More(several.Box, several.Sized):
        pass

    assert several.measure(More(2)) == 40


def test_no_class_holds_two_objects(several):
    for bases in ((several.Named, several.Sized), (several.First, several.Second), (several.Left, several.Crate)):
        with pytest.raises(TypeError, match="lay-?out conflict"):
            type("Two", bases, {})
    with pytest.raises(TypeError):

        class Python(several.First):
            pass

        Python.__bases__ = (several.First, several.Second)
        Python()  # at the latest
    with pytest.raises(TypeError):
        several.Left.__new__(several.Both)
    with pytest.raises(TypeError):
        several.Sized.__init__(several.Crate.__new__(several.Crate, "a", 1))


def test_half_built(several):
    for class_ in (several.Crate, several.Diamond, several.Twice, several.File, several.Empty):
        unready = class_.__new__(class_)
        for name in dir(class_):
            if not name.startswith("__") and name != "count":
                with pytest.raises(TypeError):
                    value = getattr(unready, name)
                    value(*[1] * 0) if callable(value) else value
        for function in (several.measure, several.top_of, several.plain_of, several.shared_of, several.tag_of):
            with pytest.raises(TypeError):
                function(unready)


def test_statics_of_a_base(several):
    several.Named.count = 3
    assert several.Crate.count == 3
    several.Box.count = 4
    assert several.Named.count == 4
    several.Named.count = 0


def test_copies(several):
    crate = several.Crate("a", 3)
    copied = copy.copy(crate)
    assert (copied.name, copied.size, copied.weight) == ("a", 3, 1.5)
    assert type(copied) is several.Crate


def test_nothing_leaks(several):
    def use():
        box, diamond = several.Box(1), several.Diamond()
        several.same_sized(box), several.same_top(diamond), several.make(2), several.make_top()
        store = several.Store()
        assert store.sized() is store.sized()
        several.hidden_top()

    for _ in range(3):
        use()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(200):
        use()
    gc.collect()
    assert sys.getallocatedblocks() - before < 50
