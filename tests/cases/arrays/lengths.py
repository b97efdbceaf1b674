"""Pointers with lengths are one parameter; results and fields look at the memory of C++."""

import array
import gc
import sys

import pytest

numpy = pytest.importorskip("numpy")


def test_bytes(lengths):
    for data in (b"\x01\xff", bytearray(b"\x01\xff"), memoryview(b"\x01\xff"), numpy.array([1, 255], dtype="u1")):
        assert lengths.hex(data) == "01ff"
        assert lengths.checksum(data) == 256
    assert lengths.hex(numpy.array([1], dtype="<u2")) == "0100"
    assert lengths.hex(b"") == ""
    with pytest.raises(BufferError, match=r"hex\(\).*'data'.*not contiguous"):
        lengths.hex(memoryview(b"abcd")[::2])
    with pytest.raises(BufferError, match="not plain memory"):
        lengths.hex(numpy.array([None]))
    with pytest.raises(TypeError, match=r"hex\(\): argument 'data' must be Buffer, not str"):
        lengths.hex("x")
    with pytest.raises(TypeError, match=r"bytes are expected, the buffer has int32.*memoryview\.cast"):
        lengths.checksum(array.array("i", [1]))


def test_text(lengths):
    assert lengths.spaces("a b\0 c") == 2
    assert lengths.spaces("ä \udcff") == 1
    assert lengths.spaces(b" \0 ") == 2
    assert lengths.spaces(numpy.frombuffer(b"  ", dtype="u1")) == 2
    assert lengths.put("ke", b"val")
    assert not lengths.put(key="ke", value="valu")
    assert lengths.small("x" * 255) == 255
    with pytest.raises(OverflowError, match=r"small\(\).*256 elements"):
        lengths.small("x" * 256)
    assert lengths.repeat("ab", 2) == "abab"  # the rule says that n is no length


def test_writable(lengths):
    buffer = bytearray(3)
    assert lengths.fill(buffer) == 3
    assert buffer == b"\7\7\7"
    numbers = numpy.zeros(2, dtype="u2")
    assert lengths.fill(numbers) == 4
    assert numbers.tolist() == [0x0707, 0x0707]
    for fixed in (b"abc", memoryview(bytearray(2)).toreadonly()):
        with pytest.raises(BufferError, match=r"fill\(\).*read-only"):
            lengths.fill(fixed)


def test_numbers(lengths):
    assert lengths.mean([1, 2, 3]) == 2
    assert lengths.mean(range(4)) == 1.5
    assert lengths.mean(numpy.arange(4.0)) == 1.5
    assert lengths.mean(()) == 0
    with pytest.raises(BufferError, match="not contiguous"):
        lengths.mean(numpy.arange(8.0)[::2])
    with pytest.raises(TypeError, match="float64 are expected"):
        lengths.mean(numpy.arange(4))
    with pytest.raises(TypeError, match=r"mean\(\).*item 1"):
        lengths.mean([1, "x"])
    assert lengths.maybe(None) == -1
    assert lengths.maybe([1]) == 1
    assert lengths.optional() == -1
    assert lengths.optional(None) == -1
    assert lengths.optional([1, 2]) == 2
    with pytest.raises(TypeError):
        lengths.mean(None)


def test_fixed(lengths):
    assert lengths.norm([1, 2, 2]) == 9
    assert lengths.norm(numpy.ones(3)) == 3
    with pytest.raises(ValueError, match=r"norm\(\).*expected 3 elements, not 2"):
        lengths.norm([1, 2])
    grid = numpy.ones((2, 3), dtype="f4")
    lengths.zero(grid)
    assert not grid.any()
    with pytest.raises(ValueError, match="expected 3 elements, not 2"):
        lengths.zero(numpy.ones((2, 2), dtype="f4"))
    assert lengths.corner(numpy.array([[1, 2], [3, 4.0]])) == 4
    out = numpy.zeros(3)
    lengths.cross([1, 0, 0], [0, 1, 0], out)
    assert out.tolist() == [0, 0, 1]
    with pytest.raises(TypeError, match="'out'"):
        lengths.cross([1, 0, 0], [0, 1, 0], [0, 0, 0])


def test_rules(lengths):
    assert lengths.dot([1, 2], numpy.array([3.0, 4.0])) == 11
    with pytest.raises(ValueError, match="differ in length: 2 and 3"):
        lengths.dot([1, 2], [1, 2, 3])
    assert lengths.largest(array.array("i", [3, 9, 2])) == 9
    assert lengths.largest([]) == -1
    assert lengths.trace(numpy.arange(6.0).reshape(2, 3)) == 4
    with pytest.raises(TypeError, match="2 dimensions, not 1"):
        lengths.trace(numpy.arange(6.0))
    with pytest.raises(BufferError, match="not contiguous"):
        lengths.trace(numpy.arange(6.0).reshape(2, 3).T)
    rows = numpy.zeros(2, dtype=[("id", "i4"), ("", "V4"), ("weight", "f8")])
    assert lengths.weigh([lengths.Row(1, 2.5), lengths.Row(2, 4)]) == 6.5
    with pytest.raises(TypeError):
        lengths.weigh(rows)
    rows = numpy.zeros(2, dtype={"names": ["id", "weight"], "formats": ["i4", "f8"], "offsets": [0, 8]})
    rows["weight"] = 2
    assert lengths.weigh(rows) == 4
    assert lengths.join(["a", "b"]) == "ab"


def test_rows_apart(lengths):
    image = numpy.full((4, 6), 8, dtype="u1")
    lengths.darken(image[1:3, :2])
    assert image[1].tolist() == [4, 4, 8, 8, 8, 8]
    assert image[3].tolist() == [8] * 6
    lengths.darken(image[::2])
    assert image[:, 5].tolist() == [4, 8, 4, 8]
    with pytest.raises(BufferError, match="elements of a row are apart"):
        lengths.darken(image[:, ::2])
    with pytest.raises(BufferError, match="rows do not follow"):
        lengths.darken(image[::-1])
    image.flags.writeable = False
    with pytest.raises(BufferError, match="read-only"):
        lengths.darken(image)
    brightness = numpy.zeros((3, 4), dtype="f4")
    brightness[1, 1] = 9
    assert lengths.brightest(brightness[:2, :2]) == 9
    assert lengths.brightest(brightness[:, 2:]) == 0
    assert lengths.brightest(numpy.zeros((0, 4), dtype="f4")) == 0


def test_results(lengths):
    signal = lengths.Signal(4)
    values = signal.values()
    assert values.tolist() == [1.5] * 4
    values[0] = 3
    assert signal.pairs()[0] == 3
    count = sys.getrefcount(signal)
    kept = signal.values()
    assert sys.getrefcount(signal) == count + 1
    del signal
    gc.collect()
    assert kept[0] == 3
    with pytest.raises(ValueError, match="null pointer for an array of 4 elements"):
        lengths.Signal(4).broken()
    assert lengths.Signal(0).broken().tolist() == []
    image = lengths.Image(2, 3)
    image.row(1)[:] = [1, 2, 3]
    assert image.pixels().tolist() == [[0, 0, 0], [1, 2, 3]]
    assert not image.pixels().flags.writeable
    with pytest.raises(ValueError, match="null pointer"):
        image.row(7)


def test_fields(lengths):
    packet = lengths.Packet()
    assert packet.payload.tolist() == []
    packet.attach()
    packet.payload[1] = 9
    assert lengths.Packet.store == [1, 9, 3]
    assert packet.length == 3
    with pytest.raises(AttributeError):
        packet.length = 1000  # the array relies on it
    packet.tear()
    with pytest.raises(ValueError, match="length -1"):
        packet.payload


def test_text_without_an_end(lengths):
    text = bytearray(b"abcdef")
    part = lengths.Slice(memoryview(text)[:3])
    assert part.data() == "abc"
    assert part.size() == 3
    with pytest.raises(BufferError):
        text.append(1)  # the slice looks into it
    del part
    gc.collect()
    text.append(1)
    part = lengths.Slice("")
    part.set(memoryview(text))  # a pointer that it has a field for
    with pytest.raises(BufferError):
        text.append(1)
    assert part.data() == "abcdef\1"
    assert not hasattr(lengths, "adopt")
    assert lengths.Slice("x" * 1000).front() == "x"
    assert lengths.Slice("\udcff" * 3).data() == "\udcff" * 3
    assert lengths.Blob([1, 2]).data().tolist() == [1, 2]


def test_kept(lengths):
    watch = lengths.Watch()
    values = array.array("d", [1, 2])
    watch.watch(values)
    with pytest.raises(BufferError):
        values.append(3)
    values[0] = 5
    assert watch.sum() == 7
    with pytest.raises(TypeError, match="'data' must be Buffer, not list"):
        watch.watch([1.0])
    del watch
    gc.collect()
    values.append(3)


def test_overrides(lengths):
    kept = []

    class Mine(lengths.Listener):
        def on_data(self, data):
            kept.append(data)
            return len(data) + super().on_data(data)

        def on_samples(self, samples):
            kept.append(samples)
            return float(sum(samples))

    mine = Mine()
    assert lengths.feed(mine, [1, 2]) == 5
    assert lengths.play(mine) == 7
    assert kept[0] == b"\x01\x02"
    assert list(kept[1]) == [1, 2, 4]


def test_arrays_of_objects(lengths):
    weights = [lengths.Weight(2), lengths.Weight(5), lengths.Weight(3)]
    assert lengths.heaviest(weights) is weights[1]
    assert lengths.heaviest(iter(weights)).kilos == 5
    assert lengths.heaviest([]) is None
    assert lengths.total(weights) == lengths.total(tuple(weights)) == 10
    for bad in ([None], [weights[0], 3], "xy", 5, None):
        with pytest.raises(TypeError, match="total"):
            lengths.total(bad)


def test_a_result_among_them_stays_alive(lengths):
    found = lengths.heaviest([lengths.Weight(2), lengths.Weight(5)])
    gc.collect()
    assert found.kilos == 5


def test_arrays_of_text(lengths):
    assert lengths.joined(["oak", "äsh", b"elm"]) == "oak;äsh;elm;"
    assert lengths.joined([]) == ""
    for bad in ("oak", b"oak", [3], None):
        with pytest.raises(TypeError):
            lengths.joined(bad)
    assert lengths.Route().names() == ["oak", "ash", None]
    assert lengths.Route().stops() == ["oak", "ash"]  # up to the null


def test_pointers_to_numbers_are_read_through(lengths):
    route = lengths.Route()
    assert route.gauges() == {"first": 0.5, "second": 1.5, "third": None}
    route.times()[0][0] = 8
    assert route.gauges()["first"] == 8
    assert route.marks() == [3, None]


def test_brackets_make_an_array(lengths):
    assert lengths.scaled(2, [1, 2, 3]) == lengths.scaled(2, numpy.array([1.0, 2, 3])) == 12


def test_a_length_that_the_call_gives(lengths):
    route = lengths.Route()
    times, count = route.times()
    assert count == 2
    times[1] = 7
    assert route.times()[0].tolist() == [0.5, 7]


def test_references_to_pointers_are_read(lengths):
    route = lengths.Route()
    assert [route.name(0), route.name(1)] == ["oak", "ash"]
    load = route.load()
    del route
    gc.collect()
    assert load.kilos == 4


def test_text_is_read(lengths):
    assert lengths.skip_space(" x") == "x"
