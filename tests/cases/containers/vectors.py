"""Vectors are list-like, shared with C++, and never read freed memory."""

import collections.abc
import copy
import operator
import pickle
import sys

import pytest
from together import together


def test_arguments(vectors):
    assert vectors.sum([1, 2, 3]) == 6
    assert vectors.sum((1, 2)) == 3
    assert vectors.sum(range(5)) == 10
    assert vectors.sum(x for x in (1, 2)) == 3
    assert vectors.sum({4}) == 4
    assert vectors.sum(vectors.Ints([1, 2])) == 3
    assert vectors.sum([]) == 0


def test_bad_arguments(vectors):
    for value in (None, 3, "12", b"12", ["a"], [1.5], [None]):
        with pytest.raises(TypeError, match=r"sum\(\).*'values'"):
            vectors.sum(value)
    with pytest.raises(OverflowError):
        vectors.sum([2**40])

    class Bad:
        def __index__(self):
            raise LookupError("no")

    with pytest.raises(LookupError):
        vectors.sum([1, Bad()])

    def broken():
        yield 1
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        vectors.sum(broken())


def test_results_are_containers(vectors):
    ints = vectors.range(4)
    assert type(ints) is vectors.Ints
    assert isinstance(ints, collections.abc.MutableSequence)
    assert ints == [0, 1, 2, 3]
    assert ints == [0, 1, 2, 3]
    assert ints != [0, 1]
    assert ints != (0, 1, 2, 3)
    assert ints == vectors.Ints([0, 1, 2, 3])
    assert repr(ints) == "Ints([0, 1, 2, 3])"
    assert list(ints) == [0, 1, 2, 3]
    assert list(reversed(ints)) == [3, 2, 1, 0]
    assert len(ints) == 4
    assert 2 in ints
    assert "2" not in ints


def test_list_protocol(vectors):
    ints = vectors.Ints([5, 3, 4])
    ints.append(1)
    ints.extend([9, 9])
    ints.insert(0, 7)
    ints.insert(-100, 6)
    assert ints == [6, 7, 5, 3, 4, 1, 9, 9]
    assert ints.pop() == 9
    assert ints.pop(0) == 6
    ints.remove(4)
    assert ints.index(3) == 2
    assert ints.count(9) == 1
    ints.reverse()
    assert ints == [9, 1, 3, 5, 7]
    ints.sort()
    assert ints == [1, 3, 5, 7, 9]
    ints[0] = 2
    ints[-1] = 8
    assert (ints[0], ints[-1]) == (2, 8)
    del ints[0]
    assert ints == [3, 5, 7, 8]
    ints += [1]
    assert ints == [3, 5, 7, 8, 1]
    ints.clear()
    assert ints == []
    with pytest.raises(IndexError):
        ints.pop()
    with pytest.raises(ValueError):
        ints.remove(1)
    with pytest.raises(IndexError):
        ints[0]
    with pytest.raises(IndexError):
        ints[2**70]


def test_slices(vectors):
    ints = vectors.Ints(range(10))
    reference = list(range(10))
    for cut in (
        slice(2, 5),
        slice(None, None, 2),
        slice(None, None, -1),
        slice(8, 2, -3),
        slice(20, 30),
        slice(-3, None),
    ):
        assert ints[cut] == reference[cut]
        assert type(ints[cut]) is vectors.Ints
    ints[2:4] = [7, 7, 7]
    reference[2:4] = [7, 7, 7]
    assert ints == reference
    del ints[::2]
    del reference[::2]
    assert ints == reference
    with pytest.raises(ValueError):
        ints[::2] = [1]
    ints[:] = ints
    assert ints == reference


def test_self_extend(vectors):
    ints = vectors.Ints([1, 2])
    ints.extend(ints)
    assert ints == [1, 2, 1, 2]
    with pytest.raises(TypeError):
        ints.append("x")
    with pytest.raises(TypeError):
        ints.extend([1, "x"])
    assert len(ints) in (4, 5)


def test_mutable_reference_arguments_take_the_container_only(vectors):
    ints = vectors.Ints([3])
    vectors.append_one(ints)
    assert ints == [3, 1]
    with pytest.raises(TypeError, match="Ints"):
        vectors.append_one([3])


def test_moved_and_copied(vectors):
    assert vectors.halves([1, 2]) == [0.5, 1]
    words = vectors.words(["a", "ü"])
    assert words == ["a", "ü"]
    assert vectors.words(words) == words
    assert words == ["a", "ü"]


def test_other_sequences(vectors):
    assert vectors.flags([True, False]) == [True, False]
    assert vectors.queue([1, 2]) == [1, 2]
    assert vectors.chain([1, 2]) == [1, 2]


def test_a_linked_list_is_read_in_stretches(vectors):
    values = list(range(1000))
    chain = vectors.chain(values)
    assert list(chain) == values
    assert [chain.index(n) for n in (0, 63, 64, 127, 128, 999)] == [0, 63, 64, 127, 128, 999]
    assert 1000 not in chain
    assert chain.count(500) == 1
    assert repr(chain) == f"ListInt({values})"
    steps = iter(chain)
    assert [next(steps) for _ in range(70)] == values[:70]
    assert operator.length_hint(steps) == 930
    chain.append(1000)
    assert list(steps) == [*values[70:], 1000]
    steps = iter(chain)
    next(steps)
    chain.clear()
    assert list(steps) == []
    assert vectors.three([1, 2, 3]) == [3, 2, 1]
    with pytest.raises((TypeError, ValueError)):
        vectors.three([1, 2])
    assert vectors.octets([1, 255]) == [1, 255]
    queue = vectors.queue([1])
    queue.append(2)
    assert queue[1] == 2


def test_nested_containers_are_shared(vectors):
    table = vectors.table(2, 3)
    assert table == [[7, 7, 7], [7, 7, 7]]
    table[0].append(1)
    assert table[0] == [7, 7, 7, 1]
    inner = table[1]
    for _ in range(100):
        table.append([1])
    assert inner == [7, 7, 7]
    del table[1]
    assert inner == [1]


def test_iteration_survives_growth_and_shrinking(vectors):
    ints = vectors.Ints([1, 2, 3])
    seen = []
    for value in ints:
        seen.append(value)
        if len(ints) < 6:
            ints.append(9)
    assert seen == [1, 2, 3, 9, 9, 9]
    for _ in ints:
        ints.clear()
    assert len(ints) == 0


def test_element_references_stay_valid(vectors):
    rows = vectors.rows(3)
    row = rows[1]
    assert (row.id, row.value) == (1, 0.5)
    for i in range(1000):
        rows.append(vectors.Row(i, i))
    assert (row.id, row.value) == (1, 0.5)
    row.value = 4
    assert rows[1].value == 4
    del rows[5:]
    assert row.id == 1
    rows.clear()
    with pytest.raises(ReferenceError):
        row.id
    with pytest.raises(ReferenceError):
        row.id = 1
    rows.append(vectors.Row(7, 7))
    with pytest.raises(ReferenceError):
        row.id


def test_element_outlives_the_names_of_its_container(vectors):
    row = vectors.rows(3)[2]
    assert row.id == 2
    rows = iter(vectors.rows(3))
    first = next(rows)
    del rows
    assert first.id == 0


def test_containers_inside_elements(vectors):
    store = vectors.Store()
    store.named = [vectors.Named("a", [1]), vectors.Named("b", [2])]
    numbers = store.named[0].numbers
    for i in range(100):
        store.named.append(vectors.Named(str(i), [i]))
    assert numbers == [1]
    numbers.append(5)
    assert store.named[0].numbers == [1, 5]
    store.named.clear()
    with pytest.raises(ReferenceError):
        len(numbers)


def test_growth_by_cpp(vectors):
    store = vectors.Store()
    store.add(1, 1)
    row = store.rows()[0]
    for i in range(1000):
        store.add(i, i)
    assert row.id == 1
    store.clear()
    with pytest.raises(ReferenceError):
        row.id


def test_const_holds(vectors):
    store = vectors.Store()
    store.add(1, 2)
    rows = store.rows()
    with pytest.raises(TypeError, match="const"):
        rows.append(vectors.Row())
    with pytest.raises(TypeError, match="const"):
        rows[0].value = 3
    with pytest.raises(TypeError, match="const"):
        rows.clear()
    store.edit().append(vectors.Row(5, 5))
    assert len(rows) == 2
    assert rows[1].id == 5
    del store
    assert rows[1].id == 5


def test_buffers(vectors):
    numpy = pytest.importorskip("numpy")
    store = vectors.Store()
    prices = store.prices
    array = numpy.asarray(prices)
    assert array.dtype == numpy.float64
    array[0] = 10
    assert prices[0] == 10
    with pytest.raises(BufferError):
        prices.append(1)
    with pytest.raises(BufferError):
        prices.clear()
    del array
    prices.append(4)
    assert store.prices == [10, 2, 3, 4]
    assert vectors.sum(numpy.array([1, 2, 3], dtype=numpy.int32)) == 6
    assert vectors.sum(numpy.array([1, 2, 3], dtype=numpy.int64)) == 6
    assert vectors.sum(numpy.arange(10, dtype=numpy.int32)[::3]) == 18


def test_read_only_buffers(vectors):
    numpy = pytest.importorskip("numpy")
    store = vectors.Store()
    store.add(1, 2.5)
    array = numpy.asarray(store.rows())
    assert array.dtype.names == ("id", "value")
    assert array["value"][0] == 2.5
    assert not array.flags.writeable
    assert array.dtype.itemsize == 16


def test_copy_and_pickle(vectors):
    ints = vectors.Ints([1, 2])
    for other in (copy.copy(ints), copy.deepcopy(ints), pickle.loads(pickle.dumps(ints))):
        assert other == ints
        assert other is not ints
    rows = vectors.rows(2)
    assert copy.deepcopy(rows)[1].value == 0.5


def test_reference_counts(vectors):
    marker = object()
    before = sys.getrefcount(marker)
    for _ in range(20):
        with pytest.raises(TypeError):
            vectors.sum([marker])
        with pytest.raises(TypeError):
            vectors.Ints([1, marker])
    assert sys.getrefcount(marker) == before


def test_total(vectors):
    assert vectors.total([vectors.Row(1, 2), vectors.Row(2, 3)]) == 5
    assert vectors.total(vectors.rows(3)) == 1.5


def test_lists_in_braces(vectors):
    assert vectors.sum_of([1, 2, 3]) == 6
    assert vectors.sum_of([]) == 0
    assert vectors.sum_of(range(1000)) == 499500
    assert vectors.sum_of(vectors.Ints([4, 5])) == 9
    assert vectors.joined(["a", "bc"]) == "a bc"
    assert vectors.joined(words=("a", "bc"), between="-") == "a-bc"
    assert vectors.count_true([True, False, True, True]) == 3
    assert vectors.count_true() == 2
    assert vectors.total_of([vectors.Row(1, 1.5), vectors.Row(2, 2.5)]) == 4
    for wrong in (3, "abc", ["a"], [None], None):
        with pytest.raises(TypeError):
            vectors.sum_of(wrong)
    with pytest.raises(OverflowError):
        vectors.sum_of([2**40])


def test_lists_of_lists_in_braces(vectors):
    grid = vectors.Grid([[1, 2], (3,), vectors.Ints([4, 5, 6]), []])
    assert grid.rows() == 4
    assert [grid.at(0, 1), grid.at(1, 0), grid.at(2, 2)] == [2, 3, 6]
    assert vectors.Grid([]).rows() == 0
    with pytest.raises(IndexError):
        grid.at(3, 0)
    for wrong in ([1, 2], [[1], "ab"], [[1], [None]], 4):
        with pytest.raises(TypeError):
            vectors.Grid(wrong)


def test_rows_of_a_list_may_change_while_it_is_taken(vectors):
    first = vectors.Ints([1])

    class Row:
        def __iter__(self):
            first.extend(range(1000))
            rows.clear()
            return iter([7])

    rows = [first, Row(), [8]]
    assert vectors.Grid(rows).at(0, 1000) == 999


KINDS = {
    "Ints": int,
    "VectorString": "a text that does not fit into its object, {}".format,
    "VectorBool": bool,
    "VectorInts": lambda number: [number] * 4,
    "DequeInt": int,
    "ListInt": int,
    "Rows": None,
    "VectorNamed": None,
}
"""Containers and what makes an element."""


def kind(vectors, name):
    classes = {
        "Rows": lambda number: vectors.Row(number, 0.5),
        "VectorNamed": lambda number: vectors.Named("n" * 40, [number]),
    }
    return getattr(vectors, name), KINDS[name] or classes[name]


@pytest.mark.parametrize("name", KINDS)
def test_threads_append_and_take(vectors, name):
    cls, make = kind(vectors, name)
    shared = cls()
    together(lambda chance: shared.append(make(1)), times=250)
    assert len(shared) == 1000
    taken = []
    together(lambda chance: taken.append(shared.pop()), times=250)
    assert (len(taken), len(shared)) == (1000, 0)


def test_what_threads_take_is_taken_once(vectors):
    shared = vectors.Ints(range(1000))
    taken = []
    together(lambda chance: taken.append(shared.pop(chance.choice((0, -1)))), times=250)
    assert sorted(taken) == list(range(1000))


@pytest.mark.parametrize("name", KINDS)
def test_threads_change_one_container(vectors, name):
    cls, make = kind(vectors, name)
    shared = cls([make(number) for number in range(20)])
    works = [
        lambda at: shared.append(make(at)),
        lambda at: shared.extend([make(at)] * 5),
        lambda at: shared.extend(shared) if len(shared) < 100 else shared.clear(),
        lambda at: shared.pop(),
        lambda at: shared.insert(at, make(at)),
        lambda at: shared.__setitem__(at, make(at)),
        lambda at: shared.__setitem__(slice(at, at + 3), [make(at)] * 2),
        shared.__delitem__,
        lambda at: shared.__delitem__(slice(at, at + 3)),
        lambda at: shared[at],
        lambda at: shared[at:],
        lambda at: list(shared),
        lambda at: repr(shared),
        lambda at: make(at) in shared,
        lambda at: shared == shared.copy(),
        lambda at: shared.reverse(),
    ]
    together(lambda chance: chance.choice(works)(chance.randrange(30)))


def test_threads_use_elements_that_others_move(vectors):
    store = vectors.Store()
    named = store.named
    named.append(vectors.Named("n" * 40, [1, 2, 3]))

    def use(chance):
        element = named[chance.randrange(10)]
        assert element.name in ("n" * 40, "m" * 50)
        element.name = "m" * 50
        element.numbers.append(4)
        assert list(element.numbers)[:3] == [1, 2, 3]
        copy.copy(element)
        if len(element.numbers) > 20:
            del element.numbers[3:]

    def move(chance):
        if len(named) > 20:
            del named[1:]
        named.append(named[0])

    together(use, move, use, move)


def test_threads_iterate_by_one_iterator(vectors):
    for shared in (vectors.Ints(range(1000)), vectors.ListInt(range(1000))):
        iterator = iter(shared)
        seen = []
        together(lambda chance, iterator=iterator, seen=seen: seen.append(next(iterator, None)), times=250)
        assert sorted(seen) == list(range(1000))


def test_a_buffer_holds_against_other_threads(vectors):
    prices = vectors.Store().prices

    def look(chance):
        with memoryview(prices) as view:
            values = list(view)
            assert values[:3] == [1, 2, 3]
            assert list(view) == values

    together(look, lambda chance: prices.append(4) if len(prices) < 100 else prices.__delitem__(slice(3, None)))


def test_threads_assign_members(vectors):
    named, store = vectors.Named("n" * 40, [1, 2, 3]), vectors.Store()

    def assign(chance):
        named.name = "m" * chance.randrange(100)
        named.numbers = [1] * chance.randrange(1, 50)
        store.prices = [1.0] * chance.randrange(1, 50)

    def use(chance):
        assert set(named.name) <= {"n", "m"}
        named.numbers.append(1)
        store.prices.append(1)
        assert set(store.prices) <= {1, 2, 3}
        copy.copy(named)

    together(assign, use)
