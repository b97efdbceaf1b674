"""Ordinary use of Clipper: intersect, unite and grow polygons."""

import io

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def clipper(bind_library):
    return bind_library("clipper")


def make_path(clipper, *corners):
    return clipper.Path([clipper.IntPoint(x, y) for x, y in corners])


def make_square(clipper, at, size):
    return make_path(clipper, (at, at), (at + size, at), (at + size, at + size), (at, at + size))


@pytest.fixture
def combine(clipper):
    def run(operation):
        machine = clipper.Clipper()
        assert machine.AddPath(make_square(clipper, 0, 100), clipper.ptSubject, True)
        assert machine.AddPath(make_square(clipper, 50, 100), clipper.ptClip, True)
        solution = clipper.Paths()
        assert machine.Execute(operation, solution)
        return solution

    return run


def test_intersection(clipper, combine):
    (path,) = combine(clipper.ctIntersection)
    assert {(point.X, point.Y) for point in path} == {(50, 50), (100, 50), (100, 100), (50, 100)}
    assert abs(clipper.Area(path)) == 2500


def test_union_and_difference(clipper, combine):
    assert sum(map(clipper.Area, combine(clipper.ctUnion))) == 17500
    assert sum(map(clipper.Area, combine(clipper.ctDifference))) == 7500
    assert sum(map(clipper.Area, combine(clipper.ctXor))) == 15000


def test_growth(clipper):
    offset = clipper.ClipperOffset()
    offset.AddPath(make_square(clipper, 0, 100), clipper.jtMiter, clipper.etClosedPolygon)
    grown = clipper.Paths()
    offset.Execute(grown, 10)
    assert clipper.Area(grown[0]) == 120 * 120


def test_points_in_polygons(clipper):
    square = make_square(clipper, 0, 100)
    assert clipper.Orientation(square)
    assert clipper.PointInPolygon(clipper.IntPoint(50, 50), square) == 1
    assert clipper.PointInPolygon(clipper.IntPoint(150, 50), square) == 0
    assert clipper.PointInPolygon(clipper.IntPoint(0, 50), square) == -1


def test_a_tree_of_holes(clipper):
    machine = clipper.Clipper()
    machine.AddPath(make_square(clipper, 0, 100), clipper.ptSubject, True)
    machine.AddPath(make_square(clipper, 25, 50), clipper.ptClip, True)
    tree = clipper.PolyTree()
    assert machine.Execute(clipper.ctDifference, tree)
    outer = tree.GetFirst()
    hole = outer.GetNext()
    assert (tree.ChildCount(), outer.ChildCount(), hole.ChildCount()) == (1, 1, 0)
    assert (outer.IsHole(), hole.IsHole()) == (False, True)
    assert hole.Parent is outer


def test_errors(clipper):
    with pytest.raises(clipper.clipperException, match="range"):
        clipper.Clipper().AddPath(make_square(clipper, 0, 2**62 + 1), clipper.ptSubject, True)
    with pytest.raises(TypeError):
        clipper.Clipper().AddPath(7, clipper.ptSubject, True)


def test_printing_paths(clipper):
    out = io.StringIO()
    clipper.print_to(out, make_path(clipper, (1, 2), (3, 4)))
    clipper.print_to(out, clipper.Paths([make_path(clipper, (5, 6))]))
    assert out.getvalue().split() == ["(1,2),", "(3,4)", "(5,6)"]
