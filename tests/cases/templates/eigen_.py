"""Matrices and vectors of Eigen: as NumPy arrays, without a copy where C++ says so."""

import gc

import pytest

np = pytest.importorskip("numpy")


def test_copied_in_and_moved_out(eigen_):
    a = np.arange(6.0).reshape(2, 3)
    for given in (a, np.asfortranarray(a), a[:, ::-1][:, ::-1], a.astype("f4"), a.astype(">i2"), a.tolist(), list(a)):
        made = eigen_.twice(given)
        assert made.dtype == np.float64
        assert (made == 2 * a).all()
    assert eigen_.twice(a[::-1, ::2]).tolist() == [[6, 10], [0, 4]]
    made[0, 0] = 9
    assert made.flags.writeable
    assert eigen_.twice(np.zeros((0, 3))).shape == (0, 3)
    assert eigen_.rows(4).shape == (3, 4)
    assert eigen_.rows(4).flags.c_contiguous
    assert eigen_.rows(4).dtype == np.float32


def test_vectors(eigen_):
    assert eigen_.cross([1, 0, 0], np.array([0, 1, 0])).tolist() == [0, 0, 1]
    assert eigen_.cross(np.array([[1.0], [0], [0]]), (0, 1, 0)).shape == (3,)
    assert eigen_.first([4.5, 2]) == 4.5
    assert eigen_.first(np.array([[4.5, 2]])) == 4.5
    assert eigen_.first([]) == -1


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([1, 2], ValueError, r"expected shape \(3,\), got \(2,\)"),
        (np.ones(4), ValueError, r"expected shape \(3,\), got \(4,\)"),
        (np.ones((1, 3)), ValueError, r"expected shape \(3,\), got \(1, 3\)"),
        (np.float64(3), ValueError, r"expected shape \(3,\), got \(\)"),
        (np.ones(3, complex), TypeError, "expected numbers of format 'd', got 'Zd'"),
        ([1, "x", 2], TypeError, "number 1 has the wrong type: str"),
        ("abc", TypeError, "must be numpy.ndarray . Buffer"),
        (None, TypeError, "must be numpy.ndarray . Buffer"),
        ({1: 2}, TypeError, "must be numpy.ndarray . Buffer"),
    ],
)
def test_what_is_no_vector(eigen_, given, error, message):
    with pytest.raises(error, match=message):
        eigen_.cross(given, [0, 0, 1])


def test_numbers_keep_their_kind(eigen_):
    assert eigen_.next(np.array([[1, 2]], "i8")).tolist() == [[2, 3]]
    assert eigen_.next(np.array([[1, 2]], "u2")).dtype == np.int32
    with pytest.raises(TypeError, match="expected numbers of format 'i', got 'd'"):
        eigen_.next(np.ones((1, 1)))
    with pytest.raises(TypeError):
        eigen_.next([[1.5]])
    for far in (np.array([[1 << 40]]), np.array([[1 << 31]], "u4"), [[1 << 40]]):
        with pytest.raises(OverflowError):
            eigen_.next(far)
    assert eigen_.bytes(b"ab").tolist() == [97, 98]
    assert eigen_.bytes(np.array([255, 0], "i8")).tolist() == [255, 0]
    with pytest.raises(OverflowError):
        eigen_.bytes(np.array([-1]))
    assert eigen_.flip(np.array([[True, False]])).tolist() == [[False, True]]
    with pytest.raises(TypeError):
        eigen_.flip(np.array([[1, 0]]))
    assert eigen_.conjugate([[1j, 2]]).tolist() == [[-1j, 2]]
    assert eigen_.conjugate(np.array([[1.5]], "f2")).tolist() == [[1.5]]


def test_shapes(eigen_):
    with pytest.raises(ValueError, match=r"expected shape \(m, n\), got \(3,\)"):
        eigen_.twice(np.ones(3))
    with pytest.raises(ValueError, match="row 1 has 1 numbers, and row 0 has 2"):
        eigen_.twice([[1, 2], [3]])
    assert eigen_.small(np.ones((4, 4))) == 16
    with pytest.raises(ValueError, match=r"expected shape \(m <= 4, n <= 4\), got \(5, 1\)"):
        eigen_.small(np.ones((5, 1)))
    assert [eigen_.kind(np.ones(n)) for n in (2, 3)] == ["vector of 2", "vector of 3"]
    assert eigen_.kind(np.ones((2, 2))) == "matrix"


def test_the_array_itself(eigen_):
    f = np.asfortranarray(np.ones((3, 4)))
    eigen_.scale(f, 3)
    assert (f == 3).all()
    eigen_.scale(f[1:, :2], 2)
    assert f.tolist() == [[3, 3, 3, 3], [6, 6, 3, 3], [6, 6, 3, 3]]
    c = np.ones((3, 4))
    eigen_.scale_rows(c[:, 1:3], 2)
    assert c[0].tolist() == [1, 2, 2, 1]
    eigen_.scale_any(c[::2, ::3], 5)
    assert c[0].tolist() == [5, 2, 2, 5]
    eigen_.scale_any(f, 2)
    v = np.ones(6)
    eigen_.clear(v[::2])
    assert v.tolist() == [0, 1, 0, 1, 0, 1]
    i = np.zeros(3, "i4")
    eigen_.fill(i, 7)
    assert i.tolist() == [7, 7, 7]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (np.ones((2, 3)), BufferError, r"row-major \(C\) order, and C\+\+ needs columns: pass numpy.asfortranarray"),
        (np.ones((3, 3), "f4", "F"), TypeError, "expected numbers of format 'd', got 'f'"),
        (np.ones((3, 3), ">f8", "F"), TypeError, "expected numbers of format 'd', got '>d'"),
        (np.ones((6, 6), order="F")[::2], BufferError, "not contiguous"),
        (np.ones((3, 3), order="F")[::-1], BufferError, "strides are none that Eigen has"),
        (np.frombuffer(bytes(32)).reshape(2, 2, order="F"), BufferError, "read-only"),
        (np.frombuffer(bytearray(33), "u1")[1:].view("f8").reshape(2, 2, order="F"), BufferError, "not aligned"),
        (np.ones(3), ValueError, r"expected shape \(m, n\), got \(3,\)"),
        ([[1.0]], TypeError, "must be numpy.ndarray . Buffer, not list"),
    ],
)
def test_what_cannot_be_shared(eigen_, given, error, message):
    with pytest.raises(error, match=message):
        eigen_.scale(given, 2)


def test_const_views_copy_where_they_must(eigen_):
    f = np.asfortranarray(np.ones((3, 4)))
    assert eigen_.place(f) == f.ctypes.data
    assert eigen_.place(np.ones((3, 4))) != 0
    assert eigen_.total(np.arange(10.0)[::2]) == 20
    assert eigen_.total([1, 2]) == eigen_.total(np.array([1, 2])) == 3
    assert eigen_.trace(np.eye(3)) == 3
    assert eigen_.trace(np.eye(3).tolist()) == 3
    with pytest.raises(ValueError, match=r"expected shape \(3, 3\), got \(2, 3\)"):
        eigen_.trace(np.ones((2, 3)))


def test_expressions(eigen_):
    a = np.ones((2, 2))
    assert (eigen_.add(a, a) == 2).all()
    assert (eigen_.product(a, a) == 2).all()
    with pytest.raises(ValueError, match="rows"):
        eigen_.add(a, np.ones((3, 3)))
    with pytest.raises(ValueError, match="lhs"):
        eigen_.product(a, np.ones((3, 3)))
    assert eigen_.norm_of(np.array([[3.0, 4.0]])) == 5
    assert not hasattr(eigen_, "resize")


def test_outputs(eigen_):
    low, high = eigen_.split([1, 5, 2, 6], 4)
    assert (low.tolist(), high.tolist()) == ([1, 2], [5, 6])


def test_inside_of_other_types(eigen_):
    assert eigen_.maybe(True).tolist() == [1, 2, 3]
    assert eigen_.maybe(False) is None
    matrix, count = eigen_.ranked([[1, 2], np.array([3, 4])])
    assert (matrix.tolist(), count) == ([[1, 3], [2, 4]], 2)
    assert eigen_.moved(np.eye(4), [1, 2, 3])[:, 3].tolist() == [1, 2, 3, 1]


def test_members_are_looked_at(eigen_):
    grid = eigen_.Grid(3)
    cells = grid.cells()
    assert not cells.flags.writeable
    grid.edit()[0, 1] = 5
    assert cells[0, 1] == 5
    grid.ref()[2, 2] = 7
    assert grid.flat().tolist() == [1, 0, 0, 5, 1, 0, 0, 0, 7]
    assert not grid.flat().flags.writeable
    grid.row(0)[:] = 4
    assert cells[0].tolist() == [4, 4, 4]
    assert grid.diagonal().tolist() == [4, 1, 7]
    snapshot = grid.snapshot()
    snapshot[0, 0] = 100
    assert cells[0, 0] == 4
    with pytest.raises(ValueError, match="rows"):
        grid.row(3)
    del grid
    gc.collect()
    assert cells.tolist() == [[4, 4, 4], [0, 1, 0], [0, 0, 7]]


def test_fields(eigen_):
    grid = eigen_.Grid(2)
    origin = grid.origin
    grid.origin = [3, 4]
    assert origin.tolist() == [3, 4]
    origin[0] = 9
    assert grid.origin[0] == 9
    with pytest.raises(ValueError, match=r"expected shape \(2,\), got \(3,\)"):
        grid.origin = [1, 2, 3]
    assert not grid.self().origin.flags.writeable or grid.self() is grid
    weights = grid.weights = np.ones((2, 2))
    weights = grid.weights
    grid.weights = np.zeros((2, 2))
    assert (weights == 0).all()
    with pytest.raises(BufferError, match="cannot change its size while an array looks into it"):
        grid.weights = np.ones((50, 50))
    del weights
    gc.collect()
    grid.weights = np.ones((50, 50))
    assert grid.weights.shape == (50, 50)
    line = eigen_.Line([1, 2], [3, 4])
    assert line.to.tolist() == [3, 4]


def test_quaternions_are_listed(eigen_):
    assert eigen_.Turned().steps == 0
    assert not hasattr(eigen_.Turned(), "turn")
