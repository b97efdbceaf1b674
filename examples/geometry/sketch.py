"""Use the geometry library of this folder from Python, as it is."""

from pathlib import Path

import dovetail

here = Path(__file__).parent
geometry = dovetail.load(here / "geometry.h", sources=[here / "geometry.cpp"])
Point = geometry.Point

# Aggregates take their fields by position or by name, and the operators of C++ are the operators of Python.
start = Point(1, 2)
end = start + 2 * Point(x=1.5, y=1)
print(start, "to", end, "is", geometry.distance(start, end))
print("from the origin:", geometry.distance(end))

# Classes keep their tree, vectors of points take lists, and errors arrive as exceptions of the same name.
roof = geometry.Polygon([Point(0, 0), Point(4, 0), Point(2, 3)], name="roof")
walls = geometry.Rectangle(Point(0, -3), width=4, height=3)
for shape in (roof, walls, geometry.Circle(Point(2, 1), 0.5)):
    print(f"{shape.describe()}, perimeter {shape.perimeter():.2f}, has (2, 1): {shape.contains(Point(2, 1))}")
print("larger:", geometry.larger(roof, walls).name())

try:
    geometry.Circle(radius=-1)
except geometry.GeometryError as error:
    print("refused:", error)

# What C++ returns by const reference is shared with Python, read-only, and keeps its owner alive.
peak = roof.nearest(Point(2, 5))
print("peak at", peak, "of", len(roof.corners()), "corners")

# An optional is a value or None; an enum is an enum.
print("diagonals meet at", geometry.intersection(Point(0, 0), Point(2, 2), Point(0, 2), Point(2, 0)))
print("parallels meet at", geometry.intersection(Point(0, 0), Point(1, 0), Point(0, 1), Point(1, 1)))
assert geometry.side(Point(0, 1), Point(0, 0), Point(1, 0)) is geometry.Side.left

# A nested namespace is a submodule; shared pointers are shared with Python.
house = geometry.scene.Node("house")
house.add(geometry.scene.Node("walls", walls))
house.add(geometry.scene.Node("roof", roof))
print("house covers", house.area(), "- its roof is", house.find("roof").shape().describe())
assert house.find("roof").shape() is roof
assert house.find("cellar") is None
