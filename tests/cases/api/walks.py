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


def test_the_iterator_keeps_its_container_alive(walks):
    iterator = iter(walks.Ring())
    gc.collect()
    assert next(iterator).value == 0
    last = list(iterator)[-1]
    gc.collect()
    assert last.value == 2
