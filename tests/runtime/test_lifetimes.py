"""Objects: who owns what, and that nothing a Python program does makes it read freed memory."""

import copy
import gc
import pickle
import sys
import weakref

import pytest


def shelf_of(m, count):
    shelf = m.Shelf()
    for i in range(count):
        segment = m.Segment()
        segment.to.x = i
        shelf.push(segment)
    return shelf


def test_identity_of_references(lifetimes):
    m = lifetimes
    circle = m.Circle(2)
    assert m.same_shape(circle) is circle
    owned = m.new_circle(3)
    assert type(owned) is m.Circle
    assert m.same_shape(owned) is owned
    assert m.single() is m.single()
    assert m.constant() is m.single()


def test_python_subclasses_are_found_again(lifetimes):
    class Mine(lifetimes.Circle):
        pass

    mine = Mine(2)
    assert lifetimes.same_shape(mine) is mine
    del mine
    gc.collect()


def test_owned_objects_end_with_python(lifetimes):
    m = lifetimes
    gc.collect()
    before = m.alive()
    things = [m.Circle(1), m.new_circle(2), m.shared_circle(3)]
    assert m.alive() == before + 3
    things.clear()
    gc.collect()
    assert m.alive() == before


def test_const_objects_refuse_changes(lifetimes):
    m = lifetimes
    node = m.build(3)
    frozen = node.const_next()
    assert frozen.value == 1
    with pytest.raises(TypeError, match="const"):
        frozen.value = 5
    with pytest.raises(TypeError, match=r"Node\.Node_next.*const"):
        frozen.next()
    assert node.next() is frozen  # C++ itself gives the right to change it
    frozen.value = 5
    assert node.next().value == 5


def test_interior_keeps_its_owner(lifetimes):
    segment = lifetimes.Segment()
    end = segment.to
    assert segment.to is end
    assert segment.from_ is not end
    del segment
    gc.collect()
    end.x = 4
    assert end.x == 4


def test_walking_a_list_makes_no_chain(lifetimes):
    node = lifetimes.build(20_000)
    first = sys.getrefcount(node)
    at = node
    for i in range(1, 20_000):
        at = at.next()
        assert at.value == i
    assert at.next() is None
    assert sys.getrefcount(node) == first + 1  # the last one holds it, none in between
    del node
    assert at.value == 19_999


def test_elements_are_looked_up_again(lifetimes):
    m = lifetimes
    shelf = shelf_of(m, 1)
    segment = shelf.at(0)
    end = segment.to
    far = segment.far()
    me = segment.me()
    assert me is segment
    for _ in range(1000):
        shelf.push(m.Segment())
    end.x = 7
    assert (shelf.at(0).to.x, far.x, segment.to.x) == (7, 7, 7)
    shelf.clear()
    for use in (lambda: segment.to, lambda: end.x, lambda: far.x, lambda: setattr(end, "x", 1), segment.far):
        with pytest.raises(ReferenceError):
            use()
    shelf.push(m.Segment())
    assert end.x == 0  # there again
    del shelf
    gc.collect()
    assert end.x == 0
    with pytest.raises(IndexError):
        shelf_of(m, 2).at(2)


def test_bases_at_another_address(lifetimes):
    m = lifetimes
    o = m.Offset()
    assert (o.get(), o.own) == (7, 9)
    o.put(8)
    assert m.plain_value(o) == 8
    assert m.as_plain(o) is o
    o.own = 3
    assert (o.get(), o.own) == (8, 3)

    class Sub(m.Offset):
        pass

    sub = Sub()
    sub.put(5)
    assert (m.plain_value(sub), sub.own) == (5, 9)
    assert m.as_plain(sub) is sub


def test_half_built_objects(lifetimes):
    m = lifetimes
    for cls in (m.Counter, m.Circle, m.Point, m.Offset, m.Shelf):
        half = cls.__new__(cls)
        gc.collect()
        for name in dir(cls):
            if name.startswith("__"):
                continue
            with pytest.raises(TypeError, match="__init__"):
                value = getattr(half, name)
                value(0) if name in ("set", "put", "push", "at", "rename") else value()
        del half
    with pytest.raises(TypeError, match="__init__"):
        m.peek(m.Counter.__new__(m.Counter))
    with pytest.raises(TypeError, match="cannot be constructed: it is abstract"):
        m.Shape()


def test_init_is_called_once_and_by_the_right_class(lifetimes):
    m = lifetimes
    counter = m.Counter(3)
    with pytest.raises(TypeError, match="already"):
        counter.__init__(4)
    assert counter.value() == 3
    half = m.Offset.__new__(m.Offset)
    with pytest.raises(TypeError, match="base"):
        m.Plain.__init__(half)
    half.__init__()
    assert half.get() == 7
    with pytest.raises(TypeError):
        m.Plain.__new__(m.Offset)


def test_init_inside_of_init(lifetimes):
    m = lifetimes

    class Twice(m.Counter):
        pass

    half = Twice.__new__(Twice)

    class Index:
        def __index__(self):
            half.__init__(1)
            return 2

    with pytest.raises(TypeError, match="already"):
        half.__init__(Index())
    assert half.value() == 1


def test_throwing_constructor_leaves_the_object_unready(lifetimes):
    m = lifetimes
    before = m.alive()
    for _ in range(20):
        with pytest.raises(ValueError, match="not negative"):
            m.Circle(-1)
    half = m.Circle.__new__(m.Circle)
    with pytest.raises(ValueError, match="not negative"):
        half.__init__(-1)
    with pytest.raises(TypeError, match="__init__"):
        half.area()
    half.__init__(1)
    assert half.area() == 3
    del half
    assert m.alive() == before


def test_taken_over_objects_are_gone(lifetimes):
    m = lifetimes
    for circle in (m.Circle(2), m.new_circle(2)):
        assert m.swallow(circle) == 12
        with pytest.raises(ReferenceError):
            circle.area()
        with pytest.raises(ReferenceError):
            m.swallow(circle)
    shared = m.shared_circle(1)
    with pytest.raises(ValueError, match="does not own it alone"):
        m.swallow(shared)
    assert shared.area() == 3
    node = m.build(3)
    inner = node.next()
    m.swallow_node(node)
    for gone in (node, inner):
        with pytest.raises(ReferenceError):
            _ = gone.value


def test_move_only_arguments(lifetimes):
    m = lifetimes
    only = m.make_move_only(4)
    assert only.value() == 4
    assert m.consume(only) == 4
    with pytest.raises(ReferenceError):
        only.value()
    with pytest.raises(ReferenceError):
        m.consume(only)


def test_kept_arguments(lifetimes):
    m = lifetimes

    class Mark(m.Counter):
        pass

    counter = Mark(6)
    ended = weakref.ref(counter)
    watcher = m.Watcher(counter)
    del counter
    gc.collect()
    assert watcher.look() == 6
    assert ended() is not None
    del watcher
    gc.collect()
    assert ended() is None


def test_kept_cycles_are_collected(lifetimes):
    m = lifetimes

    class Loop(m.Counter):
        pass

    counter = Loop(6)
    counter.watcher = m.Watcher(counter)
    ended = weakref.ref(counter)
    del counter
    gc.collect()
    assert ended() is None


def test_long_chains_end_without_recursion(lifetimes):
    m = lifetimes
    chain = m.Circle(1)
    for _ in range(200_000):
        longer = m.Circle(1)
        m.keep((longer, chain))
        chain = longer
    before = m.alive()
    del chain, longer
    gc.collect()
    assert m.alive() < before - 199_000


def test_resurrection(lifetimes):
    m = lifetimes
    saved = []

    class Phoenix(m.Circle):
        def __del__(self):
            saved.append(self)
            assert m.same_shape(self) is self

    Phoenix(2)
    gc.collect()
    assert saved.pop().area() == 12
    gc.collect()


def test_over_aligned(lifetimes):
    assert all(lifetimes.Aligned().aligned() for _ in range(50))
    assert lifetimes.give_aligned().aligned()


def test_throwing_destructors_are_reported(lifetimes, capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: seen.append(str(args.exc_value)))
    lifetimes.Thrower()
    assert seen == ["from a destructor"]


def test_aggregates(lifetimes):
    m = lifetimes
    point = m.Point(1, 2)
    assert repr(point) == "Point(x=1.0, y=2.0)"
    assert point == m.Point(1, 2)
    assert point != m.Point(1, 3)
    assert point != (1, 2)
    assert (point == None) is False
    nan = m.Point(float("nan"), 0)
    assert nan != nan  # noqa: PLR0124
    with pytest.raises(TypeError):
        hash(point)
    for other in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert other == point
        assert other is not point

    match point:
        case m.Point(x, y):
            assert (x, y) == (1, 2)

    class Named(m.Point):
        pass

    named = Named(3, 4)
    named.tags = ["a"]
    shallow, deep = copy.copy(named), copy.deepcopy(named)
    assert type(shallow) is Named
    assert shallow.tags is named.tags
    assert deep.tags == named.tags
    assert deep.tags is not named.tags


def test_iteration(lifetimes):
    m = lifetimes
    shelf = shelf_of(m, 3)
    assert len(shelf) == 3
    assert [s.to.x for s in shelf] == [0, 1, 2]
    iterator = iter(shelf)
    del shelf
    gc.collect()
    first = next(iterator)
    with pytest.raises(TypeError, match="const"):
        first.to.x = 1
    assert len(list(iterator)) == 2
    assert list(iterator) == []
    with pytest.raises(TypeError, match="__init__"):
        iter(m.Shelf.__new__(m.Shelf))


def test_operators_leave_the_other_side_its_turn(lifetimes):
    m = lifetimes
    v = m.Vec()
    v.x = 2

    class Other:
        def __radd__(self, left):
            return "radd"

        def __mul__(self, right):
            return "mul"

    assert (v + v).x == 4
    assert (2 * v).x == 4
    assert v + Other() == "radd"
    assert Other() * v == "mul"
    for wrong in ("x", None, [1]):
        with pytest.raises(TypeError, match="unsupported"):
            v + wrong
        with pytest.raises(TypeError):
            wrong * v
    with pytest.raises(OverflowError):
        10**400 * v
    with pytest.raises(TypeError, match="__init__"):
        v + m.Vec.__new__(m.Vec)
    assert v(2) == 4
    assert v(scale=3) == 6
    with pytest.raises(TypeError, match="skale"):
        v(skale=3)


def test_pointers_and_references(lifetimes):
    m = lifetimes
    counter = m.Counter(5)
    assert m.peek(counter) == 5
    assert m.peek_pointer(counter) == 5
    assert m.peek_pointer(None) == -1
    m.poke(counter)
    assert counter.value() == 99
    for wrong in (None, 1, "x", m.Point(), object(), m.Counter):
        with pytest.raises(TypeError, match="must be object, not"):
            m.peek(wrong)


def test_python_exceptions_travel_through_cpp(lifetimes):
    def fail():
        raise KeyError("travelled")

    with pytest.raises(KeyError, match="travelled") as caught:
        lifetimes.rethrow(fail)
    assert caught.traceback[-1].name == "fail"


def test_reference_counts_stay_flat(lifetimes):
    m = lifetimes
    bad = object()
    counter = m.Counter(1)
    watched = (bad, counter, m.Counter, m.Circle)
    before = [sys.getrefcount(o) for o in watched]
    for _ in range(100):
        for wrong in (m.peek, m.poke, m.byte, m.text_of, m.Counter, m.Circle, m.swallow, m.consume):
            with pytest.raises(TypeError):
                wrong(bad)
        m.peek(counter)
        with pytest.raises(ValueError, match="negative"):
            m.Circle(-1)
    gc.collect()
    assert [sys.getrefcount(o) for o in watched] == before
