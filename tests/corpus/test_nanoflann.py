"""Ordinary use of nanoflann: an index over points, the nearest ones, those within a radius.

The templates' arguments, and where the points are, say a header of the user's; what the pointers point to, the rules.
"""

import random

import pytest

pytestmark = pytest.mark.corpus

np = pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def flann(bind_library):
    return bind_library("nanoflann", ruled=True)


@pytest.fixture
def points():
    chance = random.Random(5)
    return np.array([[chance.random() for _ in range(3)] for _ in range(500)])


@pytest.fixture
def index(flann, points):
    index = flann.cloud.Index(3, flann.cloud.Cloud(points))
    index.buildIndex()
    return index


def squares(points, query):
    return ((points - query) ** 2).sum(axis=1)


def test_nearest(index, points):
    query = np.array([0.5, 0.5, 0.5])
    found, distances = np.zeros(5, np.uint32), np.zeros(5)
    assert index.knnSearch(query, found, distances) == 5
    expected = np.argsort(squares(points, query))[:5]
    assert found.tolist() == expected.tolist()
    assert distances.tolist() == pytest.approx(squares(points, query)[expected].tolist())


def test_within_a_radius(flann, index, points):
    query = np.array([0.2, 0.4, 0.6])
    found = flann.VectorPairUIntDouble()
    count = index.radiusSearch(query, 0.02, found, flann.nanoflann.SearchParams())
    expected = np.flatnonzero(squares(points, query) < 0.02)
    assert count == len(found) == len(expected) > 0
    assert {place for place, _ in found} == set(expected.tolist())
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)


def test_an_index_keeps_its_points(flann, points):
    index = flann.cloud.Index(3, flann.cloud.Cloud(points))
    found, distances = np.zeros(1, np.uint32), np.zeros(1)
    index.knnSearch(points[42], found, distances)
    assert (found[0], distances[0]) == (42, 0)


def test_arrays_of_other_sizes_are_refused(index):
    with pytest.raises((TypeError, ValueError)):
        index.knnSearch(np.zeros(2), np.zeros(1, np.uint32), np.zeros(1))
    with pytest.raises((TypeError, ValueError)):
        index.knnSearch(np.zeros(3), np.zeros(4, np.uint32), np.zeros(1))
    with pytest.raises(TypeError):
        index.knnSearch("here", np.zeros(1, np.uint32), np.zeros(1))
