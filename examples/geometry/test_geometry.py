"""The geometry library from Python; the same on CPython and PyPy.

dovetail build --source geometry.cpp geometry.h            && python -m unittest test_geometry
dovetail build --pypy --source geometry.cpp geometry.h     && pypy3 -m unittest test_geometry
"""

import copy
import gc
import pickle
import unittest

import geometry
from geometry import Circle, Point, Polygon, Rectangle, Side, scene

ROOF = [(0, 0), (4, 0), (2, 3)]


def roof():
    return Polygon([Point(x, y) for x, y in ROOF], name="roof")


class Points(unittest.TestCase):
    def test_fields_by_position_and_by_name(self):
        self.assertEqual((Point(1, 2).x, Point(y=3).y, Point().x), (1.0, 3.0, 0.0))
        self.assertEqual(repr(Point(1, y=2)), "Point(x=1.0, y=2.0)")
        moved = Point(1, 2)
        moved.x = 5
        self.assertEqual(moved, Point(5, 2))

    def test_operators(self):
        self.assertEqual(Point(1, 2) + 2 * Point(x=1.5, y=1), Point(4, 4))
        self.assertEqual(-(Point(1, 2) - Point(2, 2)), Point(1, 0))
        point = same = Point(1, 1)
        point += Point(1, 0)
        self.assertIs(point, same)
        self.assertNotEqual(Point(1, 2), 3)
        for wrong in (lambda: Point() + 1, lambda: Point() * "a", lambda: 1 - Point()):
            self.assertRaises(TypeError, wrong)

    def test_copies(self):
        first = Point(1, 2)
        for other in (copy.copy(first), copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
            other.x += 1
            self.assertEqual((first.x, other.x, other.y), (1, 2, 2))

    def test_wrong_arguments_are_named(self):
        for call, error, words in (
            (lambda: Point("a"), TypeError, "Point(): argument 'x' must be float, not str"),
            (lambda: geometry.distance(1), TypeError, "distance(): argument 'a' must be Point, not int"),
            (lambda: geometry.distance(None), TypeError, "distance(): argument 'a' must be Point, not None"),
            (lambda: setattr(Point(), "x", None), TypeError, "Point.x must be float, not None"),
            (lambda: roof().rename(5), TypeError, "rename(): argument 'name' must be str | bytes, not int"),
            (lambda: Polygon(5), TypeError, "argument 'corners' must be VectorPoint | Iterable[Point], not int"),
            (lambda: Polygon([1]), TypeError, "argument 'corners': item 0 has the wrong type: int"),
            (lambda: setattr(Point(), "z", 1), AttributeError, "z"),
        ):
            with self.subTest(words), self.assertRaises(error) as caught:
                call()
            self.assertIn(words, str(caught.exception))
        for call in (lambda: geometry.distance(), lambda: Point(1, 2, 3), lambda: geometry.distance(c=Point())):
            self.assertRaises(TypeError, call)


class Shapes(unittest.TestCase):
    def test_the_class_tree(self):
        square = Rectangle.square(2)
        self.assertIsInstance(square, Polygon)
        self.assertEqual((square.area(), square.perimeter(), square.width), (4, 8, 2))
        self.assertEqual(square.describe(), "rectangle of area 4")
        square.rename("Viereck – ein Quadrat")
        self.assertEqual(square.name(), "Viereck – ein Quadrat")
        self.assertIn(Point(1, 1), square)
        self.assertTrue(square.contains(point=Point(1, 1)))

    def test_keywords_and_defaults(self):
        circle = Circle(radius=2)
        self.assertEqual((circle.center(), circle.radius()), (Point(0, 0), 2))
        self.assertEqual(geometry.distance(Point(3, 4)), 5)
        self.assertEqual(geometry.distance(b=Point(3, 0), a=Point(0, 4)), 5)

    def test_exceptions_of_the_library(self):
        with self.assertRaises(geometry.GeometryError) as caught:
            Circle(radius=-1)
        self.assertEqual(str(caught.exception), "a circle has no negative radius")
        self.assertEqual(caught.exception.args, ("a circle has no negative radius",))
        self.assertIsInstance(caught.exception, ValueError)
        self.assertRaises(geometry.GeometryError, Polygon, [Point()])
        self.assertRaises(ValueError, geometry.total_area, [Circle(), None])

    def test_a_base_appears_as_what_it_is(self):
        small, large = Circle(radius=1), Rectangle(Point(), 5, 5)
        found = geometry.larger(small, large)
        self.assertIsInstance(found, Rectangle)
        self.assertEqual(found, large)
        del large, small
        gc.collect()
        self.assertEqual(found.area(), 25)

    def test_enums(self):
        self.assertIs(geometry.side(Point(0, 1), Point(0, 0), Point(1, 0)), Side.left)
        self.assertIs(geometry.side(Point(0, 1), from_=Point(0, 0), to=Point(1, 0), tolerance=2), Side.on)
        self.assertEqual((Side.right, Side["on"], [each.name for each in Side]), (1, 2, ["left", "right", "on"]))

    def test_optional(self):
        crossing = geometry.intersection(Point(0, 0), Point(2, 2), Point(0, 2), Point(2, 0))
        self.assertEqual(crossing, Point(1, 1))
        self.assertIsNone(geometry.intersection(Point(0, 0), Point(1, 0), Point(0, 1), Point(1, 1)))

    def test_constants(self):
        self.assertAlmostEqual(geometry.pi, 3.14159265)
        self.assertEqual(geometry.origin, Point())
        with self.assertRaises(TypeError):
            geometry.origin.x = 1

    def test_abstract_classes_have_no_objects(self):
        self.assertRaises(TypeError, geometry.Shape)


class Containers(unittest.TestCase):
    def test_points_are_shared_and_const(self):
        house = roof()
        corners = house.corners()
        self.assertEqual((len(corners), corners[-1], [p.x for p in corners]), (3, Point(2, 3), [0, 4, 2]))
        house.add(Point(-1, 1))
        self.assertEqual((len(corners), corners[3]), (4, Point(-1, 1)))
        for change in (lambda: corners.append(Point()), lambda: setattr(corners[0], "x", 1), lambda: corners.clear()):
            self.assertRaises(TypeError, change)
        self.assertRaises(IndexError, lambda: corners[4])
        del house
        gc.collect()
        self.assertEqual(corners[1], Point(4, 0))

    def test_a_container_of_ones_own(self):
        points = geometry.VectorPoint([Point(1, 2)])
        points.append(Point(3, 4))
        points.extend([Point(5, 6)])
        points.insert(0, Point())
        self.assertEqual(points, [Point(), Point(1, 2), Point(3, 4), Point(5, 6)])
        self.assertEqual(points[1:3], [Point(1, 2), Point(3, 4)])
        points[0].x = 7
        self.assertEqual(points.index(Point(7, 0)), 0)
        self.assertIn(Point(3, 4), points)
        del points[0]
        self.assertEqual(points.pop(), Point(5, 6))
        self.assertEqual(repr(points), "VectorPoint([Point(x=1.0, y=2.0), Point(x=3.0, y=4.0)])")

    def test_elements_outlive_growth(self):
        points = geometry.VectorPoint([Point(1, 2)])
        first = points[0]
        points.extend([Point()] * 1000)
        first.x = 9
        self.assertEqual(points[0], Point(9, 2))
        points.clear()
        self.assertRaises(ReferenceError, lambda: first.x)

    def test_nearest(self):
        peak = roof().nearest(Point(2, 5))
        gc.collect()
        self.assertEqual(peak, Point(2, 3))


class Scene(unittest.TestCase):
    def test_shared_pointers(self):
        house = scene.Node("house")
        house.add(scene.Node("walls", Rectangle(Point(0, -3), width=4, height=3)))
        house.add(scene.Node("roof", roof()))
        gc.collect()
        self.assertEqual((house.area(), house.find("roof").shape().describe()), (18, "roof of area 6"))
        self.assertIsNone(house.find("cellar"))
        self.assertIsNone(house.shape())
        self.assertEqual([node.name() for node in house.children()], ["walls", "roof"])
        self.assertEqual(house.find("roof").shape(), house.children()[1].shape())
        self.assertRaises(geometry.GeometryError, house.add, house)

    def test_submodules(self):
        import geometry.scene as imported

        self.assertIs(imported.Node, scene.Node)
        self.assertEqual((scene.Node.__module__, scene.Node.__qualname__), ("geometry.scene", "Node"))


if __name__ == "__main__":
    unittest.main()
