"""Several dimensions, each laid out as its C++ type says."""

import gc

import pytest

numpy = pytest.importorskip("numpy")


def test_rows_in_order(grids):
    values = numpy.arange(6.0).reshape(2, 3)
    assert grids.trace(values) == 4
    assert grids.trace(numpy.zeros((0, 3))) == 0
    assert grids.trace(values[:1, :]) == 0
    for bad in (values.T, values[:, ::2], values[::-1]):
        with pytest.raises(BufferError, match=r"trace\(\).*'m'.*another order.*ascontiguousarray"):
            grids.trace(bad)
    with pytest.raises(TypeError, match="2 dimensions, not 1"):
        grids.trace(numpy.arange(3.0))
    with pytest.raises(TypeError, match="float64 are expected, the buffer has float32"):
        grids.trace(values.astype("f4"))
    with pytest.raises(TypeError, match="must be Buffer, not list"):
        grids.trace([[1.0]])


def test_columns_in_order(grids):
    values = numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3))
    assert grids.corner(values) == 3
    assert grids.corner(numpy.arange(6.0).reshape(3, 2).T) == 1
    with pytest.raises(BufferError, match="another order"):
        grids.corner(numpy.arange(6.0).reshape(2, 3))


def test_any_strides(grids):
    values = numpy.zeros((4, 6), dtype="f4")
    grids.fill(values[::2, ::3], 1)
    assert values.sum() == 4
    grids.fill(values.T[1:2], 5)
    assert values[:, 1].tolist() == [5, 5, 5, 5]
    with pytest.raises(BufferError, match="run backwards"):
        grids.fill(values[::-1], 2)
    values.flags.writeable = False
    with pytest.raises(BufferError, match="read-only"):
        grids.fill(values, 2)
    odd = numpy.zeros(4, dtype=[("a", "f4"), ("b", "u1"), ("c", "u1")])["a"].reshape(2, 2)
    with pytest.raises(BufferError, match="not aligned|whole elements|read-only"):
        grids.fill(odd, 2)


def test_static_extents(grids):
    assert grids.determinant(numpy.array([[1, 2], [3, 4.0]])) == -2
    with pytest.raises(ValueError, match="dimension 1 must have extent 2, not 3"):
        grids.determinant(numpy.zeros((2, 3)))


def test_results(grids):
    table = grids.Table(2, 3)
    cells = table.cells()
    assert cells.shape == (2, 3)
    cells[1, 2] = 7
    assert table.seen()[1, 2] == 7
    assert not table.seen().flags.writeable
    assert table.turned().shape == (3, 2)
    assert table.turned()[2, 1] == 7
    assert table.turned().flags.f_contiguous
    del table
    gc.collect()
    assert cells[1, 2] == 7
    assert grids.Table(0, 0).cells().shape == (0, 0)
    assert grids.trace(cells) == 0


def test_members_are_enough(grids):
    pixels = numpy.zeros((2, 3), dtype="u1")
    grids.invert(pixels)
    assert pixels.tolist() == [[255] * 3] * 2
    assert not hasattr(grids, "Image")
