"""Anything with begin and end is iterable."""

import gc

import pytest


def test_numbers(walks):
    numbers = walks.Numbers(4)
    assert list(numbers) == [0, 1, 2, 3]
    assert len(numbers) == 4
    assert numbers.at(2) == 2
    assert sum(numbers) == 6
    with pytest.raises(IndexError):
        numbers.at(9)
    assert [(a, b) for a in numbers for b in numbers][:5] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]


def test_elements_are_shared(walks):
    ring = walks.Ring()
    for node in ring:
        node.value += 10
    assert [node.value for node in ring] == [10, 11, 12]


def test_backwards(walks):
    chain = walks.Chain()
    for node in reversed(chain):
        node.value *= 2
    assert [node.value for node in reversed(chain)] == [6, 4, 2]
    backwards = reversed(chain)
    del chain
    gc.collect()
    assert next(backwards).value == 6
    # Without `rend` there is no end to walk to.
    with pytest.raises(TypeError, match="not reversible"):
        reversed(walks.Ring())
    assert not hasattr(walks.Chain, "rbegin")


def test_a_static_length(walks):
    triple = walks.Triple()
    assert (len(triple), list(triple), triple[-1]) == (3, [1, 2, 3], 3)
    triple[1] = 5
    assert list(reversed(triple)) == [3, 5, 1]
    for index in (3, -4):
        with pytest.raises(IndexError):
            triple[index] = 0


def test_the_iterator_keeps_its_container_alive(walks):
    iterator = iter(walks.Ring())
    gc.collect()
    assert next(iterator).value == 0
    last = list(iterator)[-1]
    gc.collect()
    assert last.value == 2


def test_values_that_look_into_their_container_keep_it_alive(walks):
    cells = list(walks.Strip())
    gc.collect()
    assert [cell.text()[:7] for cell in cells] == ["a text ", "another"]
    assert next(iter(walks.Strip())).text().endswith("string")


def test_elements_of_a_private_namespace(walks):
    table = walks.Table()
    assert len(table) == 3
    entries = list(table)
    del table
    gc.collect()
    assert [entry.value for entry in entries] == [0, 1, 2]
    assert [(entry.first.value, entry.second) for entry in entries] == [(0, 0), (10, 100), (20, 200)]
    assert all(isinstance(entry, walks.Node) for entry in entries)
    first = entries[1].first
    entries[1].second = 5
    assert entries[1].sum() == 16
    del entries
    gc.collect()
    assert first.value == 10
    assert not hasattr(walks, "Hidden")


def test_loops_may_change_what_they_go_over(walks):
    numbers = walks.Numbers(2)
    seen = []
    for number in numbers:
        seen.append(number)
        if len(seen) < 5:
            numbers.add(number + 10)
    assert seen == [0, 1, 10, 11, 20, 21]
    rest = iter(numbers)
    next(rest), next(rest), next(rest)
    numbers.cut(1)
    assert list(rest) == []
    assert list(rest) == []
    assert list(numbers) == [0]
