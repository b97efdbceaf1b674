"""Ordinary use of Eigen: functions over dense matrices compared with NumPy, and arrays that share memory with C++."""

import gc
import math

import pytest

numpy = pytest.importorskip("numpy")

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


@pytest.fixture(scope="module")
def algebra(bind_library):
    return bind_library("eigen")


@pytest.fixture
def matrix():
    return numpy.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])


def test_products(algebra, matrix):
    other = numpy.arange(6.0).reshape(3, 2)
    assert numpy.allclose(algebra.product(matrix, other), matrix @ other)
    assert numpy.allclose(algebra.product(matrix[::-1], other), matrix[::-1] @ other)
    assert numpy.allclose(algebra.product([[1, 2]], [[3], [4]]), [[11]])
    with pytest.raises(ValueError, match="do not fit"):
        algebra.product(matrix, matrix[:2])


def test_solving(algebra, matrix):
    right = numpy.array([1.0, 2.0, 3.0])
    assert numpy.allclose(algebra.solve(matrix, right), numpy.linalg.solve(matrix, right))
    assert numpy.allclose(algebra.inverse(numpy.asfortranarray(matrix)), numpy.linalg.inv(matrix))
    assert math.isclose(algebra.determinant(matrix), numpy.linalg.det(matrix))


def test_decompositions(algebra, matrix):
    values, vectors = algebra.eigen(matrix)
    assert numpy.allclose(vectors @ numpy.diag(values) @ vectors.T, matrix)
    assert numpy.allclose(sorted(algebra.eigenvalues(matrix).real), numpy.linalg.eigvalsh(matrix))
    assert algebra.eigenvalues([[0, -1], [1, 0]]).dtype == numpy.complex128
    u, s, v = algebra.svd(matrix[:, :2])
    assert numpy.allclose(u @ numpy.diag(s) @ v.T, matrix[:, :2])


def test_fixed_sizes(algebra):
    assert algebra.cross([1, 0, 0], [0, 1, 0]).tolist() == [0, 0, 1]
    turned = algebra.turn(math.pi / 2)
    assert turned.shape == (4, 4)
    assert turned.dtype == numpy.float32
    assert numpy.allclose(turned @ [1, 0, 0, 1], [0, 1, 0, 1], atol=1e-6)
    with pytest.raises((TypeError, ValueError)):
        algebra.cross([1, 0], [0, 1])


def test_arrays_are_shared(algebra):
    rows = numpy.array([[3.0, 4.0], [0.0, 2.0]])
    algebra.normalize(rows)
    assert rows.tolist() == [[0.6, 0.8], [0.0, 1.0]]
    column = numpy.ones(3)
    algebra.add(column, numpy.arange(3.0))
    assert column.tolist() == [1, 2, 3]
    marks = numpy.arange(4, dtype=numpy.int32)
    algebra.clear(marks)
    assert not marks.any()
    frozen = numpy.ones(3)
    frozen.flags.writeable = False
    with pytest.raises((TypeError, ValueError, BufferError)):
        algebra.add(frozen, column)


def test_sums(algebra):
    assert algebra.sum(numpy.ones((2, 3)), numpy.full((2, 3), 2.0)).tolist() == [[3, 3, 3], [3, 3, 3]]


def test_a_filter(algebra):
    model = numpy.array([[1.0, 1.0], [0.0, 1.0]])
    observe = numpy.array([[1.0, 0.0]])
    kalman = algebra.Filter([0, 0], numpy.eye(2) * 10)
    for step in range(1, 30):
        kalman.predict(model, 1e-4)
        kalman.update([2.0 * step], observe, 0.01)
    assert numpy.allclose(kalman.state(), [58, 2], atol=0.05)
    assert numpy.array_equal(kalman.diagonal(), numpy.diag(kalman.covariance()))
    with pytest.raises(ValueError, match="does not fit"):
        algebra.Filter([0, 0, 0], numpy.eye(2))


def test_members_look_at_their_object(algebra):
    kalman = algebra.Filter([1, 2], numpy.eye(2))
    covariance = kalman.covariance()
    covariance[0, 1] = 7
    assert kalman.covariance()[0, 1] == 7
    state = kalman.state()
    assert not state.flags.writeable
    kalman.marks = [3, 4]
    assert kalman.marks.tolist() == [3, 4]
    del kalman
    gc.collect()
    assert state.tolist() == [1, 2]
