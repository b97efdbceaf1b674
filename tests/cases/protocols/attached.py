"""Functions of C as members of classes."""

import copy
import gc
import pickle

import pytest


@pytest.fixture(autouse=True)
def nothing_leaks(attached):
    gc.collect()
    before = attached.Shape.alive()
    yield
    gc.collect()
    assert attached.Shape.alive() == before


def test_methods(attached):
    shape = attached.Shape(2, 3.0)
    assert shape.area() == 6
    shape.grow(by=1)
    assert shape.area() == 9
    shape.scale(2, 1)
    assert shape.area() == 21
    assert shape.same(shape) == 1
    assert len(shape) == 2
    assert not hasattr(attached, "shape_area")


def test_constructors_are_overloads(attached):
    assert attached.Shape(2.0, 3.5).area() == 7
    assert attached.Shape(side=3.0, corners=4).area() == 9
    with pytest.raises(TypeError):
        attached.Shape("x", 1)
    with pytest.raises(RuntimeError, match="shape_new gave no object"):
        attached.Shape(-1.0, 2.0)


def test_objects_end_with_their_last_reference(attached):
    before = attached.Shape.alive()
    shapes = [attached.Shape(i, 1.5) for i in range(10)]
    assert attached.Shape.alive() == before + 10
    copies = [shape.clone() for shape in shapes]
    del shapes
    assert attached.Shape.alive() == before + 10
    assert copies[3].area() == 4.5


def test_ended_early(attached):
    shape = attached.Shape(2, 2)
    before = attached.Shape.alive()
    shape.close()
    assert attached.Shape.alive() == before - 1
    with pytest.raises(ReferenceError):
        shape.area()
    with pytest.raises(ReferenceError):
        shape.close()


def test_with(attached):
    before = attached.Shape.alive()
    with attached.Shape(1, 2.0) as shape:
        assert shape.area() == 2
    assert attached.Shape.alive() == before


def test_identity(attached):
    shape = attached.Shape(1, 2)
    assert shape.borrow() is shape


def test_outputs_are_owned(attached):
    assert attached.find_shape(0) == (0, None)
    number, shape = attached.find_shape(3)
    assert (number, shape.area()) == (3, 3)


def test_properties(attached):
    shape = attached.Shape(1, 2)
    shape.name = "square"
    assert shape.name == "square"


def test_subclasses(attached):
    class Named(attached.Shape):
        def __init__(self, width, label):
            super().__init__(width, 1.5)
            self.label = label

    named = Named(2, "x")
    assert (named.area(), named.label) == (3, "x")
    with pytest.raises(TypeError, match="already called"):
        named.__init__(1, "y")
    with pytest.raises(TypeError, match="__init__"):
        attached.Shape.__new__(attached.Shape).area()


def test_structs_that_a_function_ends(attached):
    before = attached.Shape.alive()
    buffer = attached.Buffer(8)
    assert buffer.size == 8
    assert attached.Shape.alive() == before + 1
    with pytest.raises(TypeError):
        copy.copy(buffer)
    buffer.free()
    assert attached.Shape.alive() == before
    with pytest.raises(ReferenceError):
        buffer.size


def test_values(attached):
    point = attached.point_t(3)
    assert (point.x, point.y) == (3, 3)
    assert point.norm() == 18
    point.move(1)
    assert point.x == 4
    assert attached.point_t(1, 2).y == 2
    assert repr(point) == "point_t(x=4.0, y=3.0)"
    assert pickle.loads(pickle.dumps(point)) == point


def test_pointers_that_delete_ends(attached):
    counter = attached.Counter(5)
    assert counter.add() == 6
    assert counter.add(by=4) == 10
    with pytest.raises(ValueError, match="negative"):
        attached.Counter(-1)
    with pytest.raises(RuntimeError, match="gave no object"):
        attached.Counter(2000)
