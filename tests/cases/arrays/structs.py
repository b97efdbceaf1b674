"""Structured dtypes over plain structs, both ways."""

import pytest

numpy = pytest.importorskip("numpy")


def test_fields(structs):
    rows = numpy.asarray(structs.make_rows(3))
    assert rows.dtype.names == ("id", "weight", "good", "kind", "codes", "where", "grid", "name")
    assert rows.dtype["codes"].shape == (3,)
    assert rows.dtype["grid"].shape == (2, 2)
    assert rows.dtype["where"].names == ("x", "y")
    assert rows.dtype["name"] == "S8"
    assert rows["weight"].tolist() == [0, 0.5, 1]
    assert rows["where"]["y"].tolist() == [0, 1, 2]


def test_shared(structs):
    container = structs.make_rows(2)
    rows = numpy.asarray(container)
    rows["weight"] = [3, 4]
    rows["grid"][1, 0, 1] = 5
    rows["name"][0] = b"first"
    rows["good"][1] = True
    rows["kind"][0] = 1
    assert [row.weight for row in container] == [3, 4]
    assert container[1].grid[0][1] == 5
    assert container[0].name == "first"
    assert container[1].good
    assert container[0].kind is structs.Kind.marked
    with pytest.raises(BufferError):
        container.clear()


def test_in(structs):
    rows = numpy.asarray(structs.make_rows(3)).copy()
    assert structs.weigh(rows) == 2.5
    assert structs.weigh(rows[::2]) == 2
    assert structs.weigh_span(rows) == 2.5
    with pytest.raises(BufferError, match="not contiguous"):
        structs.weigh_span(rows[::2])
    structs.clear_weights(rows)
    assert rows["weight"].tolist() == [0, 0, 0]
    assert structs.weigh_span(structs.make_rows(2)) == 0.5
    assert structs.weigh_span([structs.Row(2, 4.0)]) == 8


def test_other_fields(structs):
    good = numpy.asarray(structs.make_rows(2)).copy()
    described = good.dtype.fields

    def changed(**changes):
        names = list(described)
        kinds = [changes.get(name, {}).get("kind", described[name][0]) for name in names]
        offsets = [changes.get(name, {}).get("offset", described[name][1]) for name in names]
        spelled = [changes.get(name, {}).get("name", name) for name in names]
        return numpy.zeros(
            2, dtype={"names": spelled, "formats": kinds, "offsets": offsets, "itemsize": good.dtype.itemsize}
        )

    assert structs.weigh_span(changed()) == 0
    for bad in (
        changed(id={"name": "other"}),
        changed(id={"kind": "f4"}),
        changed(id={"offset": 4}),
        changed(weight={"kind": ">f8"}),
        good[["id", "weight"]].copy(),
        numpy.zeros(2, dtype=numpy.dtype([*good.dtype.descr, ("more", "i8")])),
        numpy.zeros(3),
    ):
        for function in (structs.weigh_span, structs.weigh, structs.clear_weights):
            with pytest.raises((TypeError, BufferError)):
                function(bad)


def test_packed(structs):
    rows = numpy.asarray(structs.make_packed())
    assert rows.dtype.itemsize == 13
    assert rows.dtype.fields["value"][1] == 1
    assert rows["value"].tolist() == [2, 5]
    assert rows["rest"].tolist() == [3.5, 6.5]
    assert structs.last_rest(rows) == 6.5
    same = numpy.zeros(2, dtype=[("tag", "i1"), ("value", "i4"), ("rest", "f8")])
    same["rest"] = 2
    assert structs.last_rest(same) == 2
    assert structs.last_rest(same[1:]) == 2


def test_not_plain(structs):
    with pytest.raises(TypeError):
        memoryview(structs.make_hidden())
    assert not hasattr(structs.make_hidden(), "__dlpack__")
    assert not hasattr(structs.make_rows(1), "__dlpack__")


def test_arrow(structs):
    with pytest.raises(TypeError, match="text"):
        structs.make_rows(1).__arrow_c_array__()
    samples = structs.make_samples()
    pair = samples.__arrow_c_array__()
    samples.append(structs.Sample())  # columns are copies
    del pair
    pyarrow = pytest.importorskip("pyarrow")
    rows = pyarrow.array(structs.make_samples()).to_pylist()
    assert rows == [
        {"at": 1, "level": 0.5, "good": True, "where": {"x": 1, "y": 2}, "codes": [7, 8]},
        {"at": 2, "level": 1.5, "good": False, "where": {"x": 3, "y": 4}, "codes": [9, 10]},
    ]
    table = pyarrow.record_batch(structs.make_samples())
    assert table.column("good").to_pylist() == [True, False]


def test_what_lies_behind_the_last_field(structs):
    outers = structs.make_outers()
    rows = numpy.asarray(outers)
    assert structs.add_last(rows) == structs.add_last(outers) == structs.add_last(rows.copy()) == 9
    assert structs.add_flags(rows.copy()) == 7
    packed = rows.astype([("tailed", [("at", "f8"), ("flag", "i1")]), ("last", "i4")])
    with pytest.raises(TypeError, match="expected"):
        structs.add_last(packed)


def test_spans_of_what_has_no_buffer(structs):
    assert structs.join(["a", "b"]) == structs.join(word for word in "ab") == "a;b;"
    assert structs.join([]) == ""
    assert structs.count_true([[1], (2, 3)]) == 3
    for bad in ("ab", 3, [1], None):
        with pytest.raises(TypeError):
            structs.join(bad)
