"""Memory goes out and in by the buffer protocol, DLPack and Arrow; it is pinned while anybody looks at it."""

import array
import ctypes
import gc
import sys
import weakref

import pytest

numpy = pytest.importorskip("numpy")


class Tensor:
    """Has no buffer, only DLPack; `old` knows no versions."""

    def __init__(self, values, *, device=(1, 0), old=False):
        self.values, self.device, self.old, self.asked = values, device, old, 0

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, **options):
        self.asked += 1
        if self.old and options:
            raise TypeError("no options")
        return self.values.__dlpack__(**options)


def test_dimensions(exchange):
    points = exchange.square()
    shared = numpy.asarray(points)
    assert shared.shape == (4, 2)
    assert shared.dtype == "f8"
    shared[2] = [3, 3]
    assert list(points[2]) == [3, 3]
    assert exchange.area(numpy.array([[0, 0], [2, 0], [2, 2], [0, 2.0]])) == 4
    assert exchange.area(numpy.zeros((2, 8))[:, ::4]) == 0  # strided: copied
    with pytest.raises(ValueError, match="item 0: expected 2 elements, not 3"):
        exchange.area(numpy.zeros((4, 3)))
    exchange.move(shared, 10, 20)
    assert list(points[0]) == [10, 20]
    with pytest.raises(ValueError, match=r"last dimensions .* extent 2, not 3"):
        exchange.move(numpy.zeros((4, 3)), 0, 0)
    with pytest.raises(TypeError, match=r"move\(\).*'points'.*2 dimensions, not 1"):
        exchange.move(numpy.zeros(8), 0, 0)
    with pytest.raises(BufferError, match=r"not contiguous.*numpy\.ascontiguousarray"):
        exchange.move(numpy.zeros((4, 4))[:, :2], 0, 0)
    view = memoryview(points)
    assert (view.ndim, view.shape, view.strides, view.c_contiguous) == (2, (4, 2), (16, 8), True)
    block = exchange.Block()
    assert numpy.asarray(block.cells).shape == (2, 3)
    assert numpy.asarray(block.cells).dtype == "i2"
    rows = numpy.asarray(block.rows)
    rows[1, 2] = 7
    assert block.rows[1][2] == 7


def test_what_is_refused(exchange):
    values = numpy.arange(4.0)
    unaligned = numpy.frombuffer(bytearray(33), dtype="f8", offset=1)
    refused = [
        (values.astype("f4"), TypeError, "float64 are expected, the buffer has float32"),
        (values.astype("f2"), TypeError, "float16"),
        (values.astype("c16"), TypeError, "complex128"),
        (values.astype("g"), TypeError, "long double"),
        (values > 1, TypeError, "bool"),
        (values.astype("i8"), TypeError, "int64"),
        (values.astype(">f8"), BufferError, "byte order"),
        (values[::2], BufferError, "not contiguous"),
        (values[::-1], BufferError, "not contiguous"),
        (numpy.zeros((2, 2)), TypeError, "1 dimension, not 2"),
        (numpy.float64(1), TypeError, "1 dimension, not 0"),
        (unaligned, BufferError, "not aligned"),
        (numpy.zeros(2, dtype=[("x", "f8")]), TypeError, "float64 are expected"),
    ]
    for bad, error, reason in refused:
        with pytest.raises(error, match=rf"scale\(\).*'values'.*{reason}"):
            exchange.scale(bad, 2)
        with pytest.raises((TypeError, BufferError), match=r"sum\(\).*'values'"):
            exchange.sum(bad)
    values.flags.writeable = False
    with pytest.raises(BufferError, match="read-only"):
        exchange.scale(values, 2)
    assert exchange.sum(values) == 6
    # A vector copies, and so takes any strides.
    assert exchange.total(numpy.arange(8.0)[::-2]) == 16
    with pytest.raises(BufferError, match="byte order"):
        exchange.total(numpy.arange(3).astype(">f8"))
    assert exchange.count_set(numpy.array([True, False, True])) == 2
    with pytest.raises(BufferError, match="neither 0 nor 1"):
        exchange.count_set(numpy.array([0, 1, 2], dtype="u1").view("?"))
    assert exchange.product(numpy.asarray(exchange.roots())) == -1
    assert exchange.count_true(numpy.array([True, False, True])[::2]) == 2


def test_array(exchange):
    signal = exchange.Signal([1, 2, 3])
    shared = signal.values.__array__()
    shared[0] = 9
    assert signal.values[0] == 9
    assert signal.values.__array__("f8", copy=False) is not None
    assert signal.values.__array__("f4").dtype == "f4"
    copied = signal.values.__array__(copy=True)
    copied[0] = 0
    assert signal.values[0] == 9
    with pytest.raises(ValueError, match="without a copy"):
        signal.values.__array__("f4", copy=False)
    assert numpy.array(signal.values, copy=False)[0] == 9
    assert numpy.asarray(exchange.wide()).dtype == "g"
    assert numpy.asarray(exchange.roots()).tolist() == [1, 1j, -1, -1j]


def test_dlpack_out(exchange):
    signal = exchange.Signal([1, 2, 3])
    values = signal.values
    assert values.__dlpack_device__() == (1, 0)
    shared = numpy.from_dlpack(values)
    shared[1] = 5
    assert values[1] == 5
    with pytest.raises(BufferError, match="buffer looks into"):
        values.append(4)
    del shared
    gc.collect()
    values.append(4)
    assert numpy.from_dlpack(exchange.square()).shape == (4, 2)
    assert numpy.from_dlpack(exchange.roots()).dtype == "c16"
    copy = numpy.from_dlpack(values, copy=True)
    values.append(5)  # nothing looks into it
    copy[0] = 100
    assert values[0] == 1
    del signal
    keeps = numpy.from_dlpack(values)
    del values
    gc.collect()
    assert keeps[0] == 1


def test_dlpack_of_const(exchange):
    signal = exchange.Signal([1, 2])
    with pytest.raises(BufferError, match="read-only"):
        signal.fixed().__dlpack__()
    readonly = numpy.from_dlpack(signal.fixed())
    assert not readonly.flags.writeable
    assert "dltensor_versioned" in repr(signal.fixed().__dlpack__(max_version=(1, 0)))
    assert '"dltensor"' in repr(signal.values.__dlpack__())
    assert '"dltensor"' in repr(signal.fixed().__dlpack__(copy=True))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"stream": 1}, BufferError),
        ({"dl_device": (2, 0)}, BufferError),
        ({"dl_device": 1}, TypeError),
        ({"max_version": "1"}, TypeError),
        ({"max_version": (1,)}, TypeError),
        ({"other": 1}, TypeError),
    ],
)
def test_dlpack_arguments(exchange, options, error):
    with pytest.raises(error):
        exchange.square().__dlpack__(**options)
    with pytest.raises(BufferError, match="long double"):
        exchange.wide().__dlpack__()


def test_dlpack_lifetimes(exchange):
    """Consumed or not, a capsule lets go of the container in the end."""
    signal = exchange.Signal([1, 2])
    for options in ({}, {"max_version": (1, 0)}, {"max_version": (1, 1), "copy": True}):
        count = sys.getrefcount(signal)
        capsule = signal.values.__dlpack__(**options)
        del capsule
        assert sys.getrefcount(signal) == count
        signal.values.append(1)
    capsule = signal.values.__dlpack__(max_version=(1, 0))
    capsule_type = type(capsule)
    assert capsule_type.__name__ == "PyCapsule"
    with pytest.raises(BufferError):
        signal.values.clear()
    del capsule
    signal.values.clear()


def test_dlpack_in(exchange):
    values = numpy.arange(4.0)
    for old in (False, True):
        tensor = Tensor(values, old=old)
        assert exchange.sum(tensor) == 6
        assert tensor.asked == 1 + old
        exchange.scale(tensor, 1)
    exchange.scale(Tensor(values), 10)
    assert values[3] == 30
    assert exchange.total(Tensor(values)) == 60
    assert exchange.total(Tensor(values[::2])) == 20
    assert exchange.add(Tensor(numpy.arange(4))) == 6
    assert exchange.area(Tensor(numpy.zeros((4, 2)))) == 0
    with pytest.raises(BufferError, match=r"scale\(\).*not contiguous"):
        exchange.scale(Tensor(values[::2]), 2)
    with pytest.raises(TypeError, match="float64 are expected, the buffer has float32"):
        exchange.scale(Tensor(values.astype("f4")), 2)
    with pytest.raises(BufferError, match="another device"):
        exchange.sum(Tensor(values, device=(2, 0)))
    values.flags.writeable = False
    with pytest.raises(BufferError, match="read-only"):
        exchange.scale(Tensor(values), 2)
    for nonsense in (1, None, (), "x"):
        strange = Tensor(values)
        strange.values = type("Odd", (), {"__dlpack__": lambda self, value=nonsense, **_: value})()
        with pytest.raises((TypeError, ValueError)):
            exchange.sum(strange)
    with pytest.raises(ZeroDivisionError):
        exchange.sum(Tensor(type("Failing", (), {"__dlpack__": lambda self, **_: 1 / 0})()))


def test_dlpack_in_lets_go(exchange):
    class Numbers(numpy.ndarray):
        pass

    values = numpy.arange(3.0).view(Numbers)
    gone = weakref.ref(values)
    count = sys.getrefcount(values)
    for _ in range(3):
        exchange.sum(Tensor(values))
        with pytest.raises(TypeError):
            exchange.add(Tensor(values))
    assert sys.getrefcount(values) == count
    del values
    gc.collect()
    assert gone() is None


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


def read_capsules(pair):
    schema = ctypes.cast(get_pointer(pair[0], b"arrow_schema"), ctypes.POINTER(Schema)).contents
    values = ctypes.cast(get_pointer(pair[1], b"arrow_array"), ctypes.POINTER(Array)).contents
    return schema, values


class Arrow:
    """Has no buffer, only Arrow's capsules, which may be changed on the way."""

    def __init__(self, container, **changes):
        self.container, self.changes = container, changes

    def __arrow_c_array__(self, requested_schema=None):
        pair = self.container.__arrow_c_array__(requested_schema)
        schema, values = read_capsules(pair)
        for name, value in self.changes.items():
            setattr(values if hasattr(values, name) else schema, name, value)
        return pair


def test_arrow_out(exchange):
    signal = exchange.Signal([1, 2, 3])
    pair = signal.values.__arrow_c_array__()
    schema, values = read_capsules(pair)
    assert schema.format == b"g"
    assert (values.length, values.null_count, values.offset, values.n_buffers) == (3, 0, 0, 2)
    assert not values.buffers[0]
    numbers = ctypes.cast(values.buffers[1], ctypes.POINTER(ctypes.c_double))
    numbers[1] = 7
    assert signal.values[1] == 7  # no copy
    with pytest.raises(BufferError):
        signal.values.append(4)
    del pair
    signal.values.append(4)
    pair = exchange.square().__arrow_c_array__()
    schema, values = read_capsules(pair)
    assert schema.format == b"+w:2"
    assert schema.children[0].contents.format == b"g"
    assert (values.length, values.children[0].contents.length) == (4, 8)
    assert "arrow_schema" in repr(exchange.square().__arrow_c_schema__())
    with pytest.raises(TypeError, match="complex"):
        exchange.roots().__arrow_c_array__()


def test_arrow_in(exchange):
    signal = exchange.Signal([1, 2, 3])
    assert exchange.sum(Arrow(signal.values)) == 6
    assert exchange.total(Arrow(signal.values)) == 6
    assert exchange.sum(Arrow(signal.values, offset=1, length=2)) == 5
    with pytest.raises(BufferError, match=r"scale\(\).*read-only"):
        exchange.scale(Arrow(signal.values), 2)
    with pytest.raises(ValueError, match=r"sum\(\).*has 2 nulls: fill or drop them"):
        exchange.sum(Arrow(signal.values, null_count=2))
    with pytest.raises(ValueError, match="has 1 null:"):
        exchange.total(Arrow(signal.values, null_count=1))
    assert exchange.sum(Arrow(signal.values, null_count=-1)) == 6
    with pytest.raises(TypeError, match="float64 are expected, the buffer has int32"):
        exchange.sum(Arrow(signal.values, format=b"i"))
    with pytest.raises(TypeError, match="format 'u' holds no plain numbers"):
        exchange.sum(Arrow(signal.values, format=b"u"))
    signal.values.append(1)  # all let go


def test_arrow_structs(exchange):
    capsule = exchange.describe()
    assert "arrow_schema" in repr(capsule)
    assert exchange.count_described() == 1
    schema = ctypes.cast(get_pointer(capsule, b"arrow_schema"), ctypes.POINTER(Schema)).contents
    assert (schema.format, schema.name) == (b"g", b"price")
    del schema, capsule
    assert exchange.count_described() == 0  # nobody took it
    taken = exchange.describe()
    schema = ctypes.cast(get_pointer(taken, b"arrow_schema"), ctypes.POINTER(Schema)).contents
    RELEASE(schema.release)(ctypes.addressof(schema))
    del schema, taken
    assert exchange.count_described() == 0  # who took it has ended it


def test_arrow_libraries(exchange):
    pyarrow = pytest.importorskip("pyarrow")
    signal = exchange.Signal([1, 2, 3])
    shared = pyarrow.array(signal.values)
    assert shared.to_pylist() == [1, 2, 3]
    with pytest.raises(BufferError):
        signal.values.append(1)
    del shared
    signal.values.append(1)
    assert pyarrow.array(exchange.square()).to_pylist()[2] == [1, 1]
    given = pyarrow.array([1.0, 2.0, 3.0])
    assert exchange.sum(given) == 6
    assert exchange.sum(given.slice(1)) == 5
    assert exchange.total(given) == 6
    assert exchange.add(pyarrow.array([1, 2])) == 3
    chunked = pyarrow.chunked_array([[1.0, 2.0], [3.0]])
    assert exchange.total(chunked) == 6
    with pytest.raises(BufferError, match="several chunks"):
        exchange.sum(chunked)
    assert exchange.sum(chunked.combine_chunks()) == 6
    with pytest.raises(ValueError, match="has 1 null"):
        exchange.sum(pyarrow.array([1.0, None]))
    with pytest.raises(ValueError, match="has 1 null"):
        exchange.total(pyarrow.array([1.0, None, 2.0]))
    assert exchange.count_true(pyarrow.array([True, False, True])) == 2
    with pytest.raises(BufferError, match="bits"):
        exchange.count_set(pyarrow.array([True]))
    assert exchange.total(pyarrow.array([], type=pyarrow.float64())) == 0


def test_frames(exchange):
    polars = pytest.importorskip("polars")
    assert exchange.total(polars.Series([1.0, 2.0])) == 3
    assert exchange.add(polars.Series([1, 2])) == 3
    assert polars.Series(exchange.Signal([1, 2]).values).to_list() == [1, 2]
    with pytest.raises(ValueError, match="has 1 null"):
        exchange.total(polars.Series([1.0, None]))


def test_plain_python(exchange):
    assert exchange.sum(array.array("d", [1, 2])) == 3
    assert exchange.sum((ctypes.c_double * 2)(1, 2)) == 3
    assert exchange.total([1, 2]) == 3
    assert exchange.sum([1, 2]) == 3
