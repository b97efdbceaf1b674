"""Maps and sets are dict-like and set-like."""

import collections.abc
import copy

import pytest
from together import together


def test_map_results(maps):
    counts = maps.count(["a", "b", "a"])
    assert isinstance(counts, collections.abc.MutableMapping)
    assert type(counts) is maps.Counts
    assert counts == {"a": 2, "b": 1}
    assert counts["a"] == 2
    assert list(counts) == ["a", "b"]
    assert list(counts.items()) == [("a", 2), ("b", 1)]
    assert sorted(counts.values()) == [1, 2]
    assert "a" in counts
    assert "z" not in counts
    assert repr(counts) == "Counts({'a': 2, 'b': 1})"


def test_map_protocol(maps):
    counts = maps.Counts({"a": 1})
    counts["b"] = 2
    assert counts.get("b") == 2
    assert counts.get("z") is None
    assert counts.get("z", 5) == 5
    counts.update({"c": 3})
    assert counts.pop("c") == 3
    assert counts.setdefault("d", 4) == 4
    del counts["a"]
    with pytest.raises(KeyError):
        counts["a"]
    with pytest.raises(KeyError):
        del counts["a"]
    with pytest.raises(KeyError):
        counts.pop("a")
    with pytest.raises(TypeError):
        counts[1] = 2
    with pytest.raises(TypeError):
        counts["x"] = "y"
    assert counts == {"b": 2, "d": 4}
    counts.clear()
    assert len(counts) == 0
    assert copy.copy(maps.Counts({"q": 1})) == {"q": 1}


def test_map_arguments(maps):
    assert maps.total({"a": 1, "b": 2}) == 3
    assert maps.total(maps.Counts({"a": 1})) == 1
    for value in (None, 1, {"a": "b"}, {1: 2}, ["a"]):
        with pytest.raises(TypeError, match=r"total\(\)"):
            maps.total(value)


def test_unordered(maps):
    assert maps.names() == {1: "one", 2: "two"}
    assert maps.words({"a", "b"}) == {"a", "b"}


def test_sets(maps):
    unique = maps.unique([3, 1, 3])
    assert isinstance(unique, collections.abc.MutableSet)
    assert unique == {1, 3}
    assert list(unique) == [1, 3]
    unique.add(7)
    unique.discard(1)
    unique.discard(100)
    assert unique == {3, 7}
    assert unique | {1} == {1, 3, 7}
    assert unique & {3} == {3}
    assert unique - {3} == {7}
    with pytest.raises(KeyError):
        unique.remove(100)
    with pytest.raises(TypeError):
        unique.add("x")


def test_nested(maps):
    grouped = maps.grouped()
    grouped["a"].append(5)
    assert grouped["a"] == [1, 2, 5]
    inner = grouped["a"]
    del grouped["a"]
    with pytest.raises(ReferenceError):
        len(inner)


def test_values_of_class_type_are_shared(maps):
    items = maps.items()
    item = items[1]
    item.count = 11
    assert items[1].count == 11
    for key in range(100, 200):
        items[key] = maps.Item(key)
    assert item.count == 11
    del items[1]
    with pytest.raises(ReferenceError):
        item.count


def test_fields(maps):
    registry = maps.Registry()
    registry.items["x"] = maps.Item(1)
    assert registry.items["x"].count == 1
    assert registry.ids() == {1, 2, 3}
    with pytest.raises((TypeError, AttributeError), match="const"):
        registry.ids().add(4)


def test_iteration_while_changing(maps):
    counts = maps.Counts({"a": 1, "b": 2})
    for key in counts:  # walks the keys of the beginning
        counts[key + "x"] = 1
        del counts[key]
    assert counts == {"ax": 1, "bx": 1}


def text(number):
    return f"a text that does not fit into its object, {number}"


@pytest.mark.parametrize(
    ("name", "key", "make"),
    [
        ("Counts", text, int),
        ("UnorderedMapIntString", int, text),
        ("MapIntItem", int, None),
        ("MapStringVectorInt", text, lambda number: [number] * 4),
    ],
)
def test_threads_change_one_mapping(maps, name, key, make):
    make = make or maps.Item
    shared = getattr(maps, name)()
    works = [
        lambda at: shared.__setitem__(at, make(1)),
        lambda at: shared.update({key(number): make(number) for number in range(5)}),
        lambda at: shared.setdefault(at, make(2)),
        shared.__delitem__,
        lambda at: shared.pop(at, None),
        lambda at: shared.popitem(),
        lambda at: shared[at],
        shared.get,
        lambda at: at in shared,
        lambda at: list(shared),
        lambda at: repr(shared),
        lambda at: shared == shared.copy(),
        lambda at: len(shared) > 20 and shared.clear(),
    ]
    together(lambda chance: chance.choice(works)(key(chance.randrange(30))))


def test_threads_share_a_value(maps):
    grouped = maps.grouped()

    def use(chance):
        values = grouped.setdefault("a", [1, 2])
        values.append(3)
        assert list(values)[:2] == [1, 2]

    together(use, use, use, lambda chance: grouped.pop("a"))


def test_threads_take_a_key_once(maps):
    counts = maps.Counts({text(number): number for number in range(1000)})
    taken = []
    together(lambda chance: taken.append(counts.popitem()), times=250)
    assert sorted(number for _, number in taken) == list(range(1000))
    numbers = maps.unique(range(1000))
    taken.clear()
    together(lambda chance: taken.append(numbers.pop()), times=250)
    assert sorted(taken) == list(range(1000))


def test_threads_change_one_set(maps):
    shared = maps.unique([1, 2, 3])
    works = [
        shared.add,
        shared.discard,
        shared.remove,
        lambda at: shared.pop(),
        lambda at: shared.update([at, at + 1]),
        lambda at: shared | {at},
        lambda at: shared & {at},
        lambda at: shared.symmetric_difference({at}),
        lambda at: list(shared),
        lambda at: repr(shared),
        lambda at: shared == {at},
    ]
    together(lambda chance: chance.choice(works)(chance.randrange(30)))
