"""Classes behave as Python classes do."""

import gc
import sys

import pytest


def test_construct_call_and_read(shapes):
    circle = shapes.Circle(2)
    assert circle.area() == 12
    assert circle.radius == 2
    assert circle.name() == "circle"
    assert circle.describe() == "circle of area 12"
    assert shapes.Circle().radius == 1
    assert shapes.Circle(radius=3).radius == 3


def test_fields(shapes):
    circle = shapes.Circle(2)
    circle.radius = 5
    assert circle.area() == 75
    with pytest.raises(TypeError, match="radius"):
        circle.radius = "wide"
    with pytest.raises(AttributeError):
        circle.corners = 4
    with pytest.raises((AttributeError, TypeError)):
        del circle.radius
    with pytest.raises(AttributeError):
        circle.unknown = 1
    assert circle.radius == 5


def test_inheritance(shapes):
    circle, square = shapes.Circle(1), shapes.Square(3, name="square")
    assert isinstance(circle, shapes.Shape)
    assert issubclass(shapes.Loud, shapes.Circle)
    assert shapes.area(circle) == 3
    assert shapes.area(square, 2) == 18
    assert shapes.area(shape=square, scale=0.5) == 4.5
    assert shapes.describe(square) == "square of area 9"
    assert shapes.describe(None) == "nothing"
    assert shapes.describe(shapes.Loud(1)) == "LOUD"
    assert shapes.Shape.area(circle) == 3


def test_inherited_constructors(shapes):
    assert shapes.Loud(4).radius == 4
    assert shapes.Loud().radius == 1


def test_abstract_classes_are_not_constructed(shapes):
    with pytest.raises(TypeError, match="Shape.*area|abstract"):
        shapes.Shape("x")


def test_final_classes_are_not_subclassed(shapes):
    with pytest.raises(TypeError):
        type("Sub", (shapes.Square,), {})


def test_exceptions_in_constructors(shapes):
    alive = shapes.Shape.alive
    with pytest.raises(ValueError, match="a radius is not negative"):
        shapes.Circle(-1)
    assert shapes.Shape.alive == alive


def test_static_members(shapes):
    before = shapes.Shape.alive
    circle = shapes.Circle.unit()
    assert shapes.Shape.alive == before + 1
    del circle
    assert shapes.Shape.alive == before


def test_returning_self_is_the_same_object(shapes):
    circle = shapes.Circle(1)
    assert circle.grow(1) is circle
    assert circle.grow(by=1).radius == 3


def test_returned_pointers_are_the_same_object_of_the_most_derived_class(shapes):
    circle, square = shapes.Circle(1), shapes.Square(3, "s")
    assert shapes.larger(circle, square) is square
    assert shapes.none() is None


def test_none_for_a_reference_is_a_type_error(shapes):
    with pytest.raises(TypeError, match=r"area\(\).*'shape' must be Shape, not None"):
        shapes.area(None)
    with pytest.raises(TypeError, match=r"Shape, not Single"):
        shapes.area(shapes.Single.instance())


def test_overloaded_accessors(shapes):
    square = shapes.Square(2, "s")
    assert square.side() == 2
    assert square.side(5) is None
    assert square.side() == 5
    with pytest.raises(TypeError, match=r"side"):
        square.side("x")


def test_singleton(shapes):
    single = shapes.Single.instance()
    assert single is shapes.Single.instance()
    single.count += 1
    assert shapes.Single.instance().count == single.count
    with pytest.raises(TypeError, match="Single"):
        shapes.Single()


def test_move_only(shapes):
    only = shapes.make_move_only(4)
    assert only.value() == 4
    assert shapes.consume(only) == 4
    with pytest.raises(ReferenceError):
        only.value()
    with pytest.raises(ReferenceError):
        shapes.consume(only)


def test_python_subclasses(shapes):
    class Wide(shapes.Circle):
        def __init__(self, radius):
            super().__init__(radius * 2)
            self.note = "wide"

        def twice(self):
            return self.area() * 2

    wide = Wide(1)
    assert wide.radius == 2
    assert wide.note == "wide"
    assert wide.twice() == 24
    assert shapes.area(wide) == 12


def test_half_built_objects_raise(shapes):
    half = shapes.Circle.__new__(shapes.Circle)
    for use in (half.area, lambda: half.radius, lambda: shapes.area(half), lambda: half.grow(1)):
        with pytest.raises((TypeError, ReferenceError), match="__init__"):
            use()

    class Forgetful(shapes.Circle):
        def __init__(self):
            pass

    with pytest.raises((TypeError, ReferenceError), match="__init__"):
        Forgetful().area()


def test_double_init_raises(shapes):
    circle = shapes.Circle(1)
    with pytest.raises(TypeError, match="__init__|already"):
        circle.__init__(2)
    assert circle.radius == 1


def test_instances_are_freed(shapes):
    gc.collect()
    before = shapes.Shape.alive
    objects = [shapes.Circle(i) for i in range(100)] + [shapes.Square(1, "x") for _ in range(100)]
    assert shapes.Shape.alive == before + 200
    objects.clear()
    gc.collect()
    assert shapes.Shape.alive == before


def test_type_errors_leave_reference_counts_alone(shapes):
    circle = shapes.Circle(1)
    bad = object()
    before = sys.getrefcount(bad), sys.getrefcount(circle)
    for _ in range(50):
        with pytest.raises(TypeError):
            shapes.area(bad)
        with pytest.raises(TypeError):
            shapes.area(circle, bad)
    assert (sys.getrefcount(bad), sys.getrefcount(circle)) == before


def test_introspection(shapes):
    import inspect

    assert "What it is called" in shapes.Shape.name.__doc__
    assert str(inspect.signature(shapes.area)) == "(shape, scale=1.0)"
    assert shapes.Circle.__module__ == shapes.__name__
    assert "Anything with an area" in shapes.Shape.__doc__
