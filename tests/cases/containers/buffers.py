"""Spans share memory both ways."""

import array

import pytest


def test_in(buffers):
    assert buffers.sum(array.array("d", [1, 2, 3])) == 6
    with pytest.raises(TypeError, match=r"sum\(\).*'values'"):
        buffers.sum(array.array("f", [1, 2]))
    with pytest.raises(TypeError):
        buffers.sum(3)
    assert buffers.bytes(b"\x01\x02") == 3
    assert buffers.size(memoryview(b"abcd")) == 4


def test_writable(buffers):
    values = array.array("d", [1, 2])
    buffers.scale(values, 2)
    assert list(values) == [2, 4]
    with pytest.raises((TypeError, BufferError)):
        buffers.scale(memoryview(values).toreadonly(), 2)


def test_numpy(buffers):
    numpy = pytest.importorskip("numpy")
    values = numpy.arange(4.0)
    assert buffers.sum(values) == 6
    buffers.scale(values, 10)
    assert values[3] == 30
    for bad in (values.astype("f4"), values.astype(">f8"), values[::2], numpy.zeros((2, 2))[:, 0]):
        with pytest.raises((TypeError, BufferError, ValueError)):
            buffers.scale(bad, 2)


def test_out(buffers):
    signal = buffers.Signal(4)
    samples = memoryview(signal.samples())
    assert samples.format == "d"
    assert list(samples) == [1.5] * 4
    samples[0] = 9
    assert buffers.sum(signal.view()) == 13.5
    assert memoryview(signal.view()).readonly
    del signal
    assert samples[0] == 9
