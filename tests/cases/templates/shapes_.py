"""Class templates by their arguments, listed instantiations, specialisations."""

import pytest


def test_types(shapes_):
    vec = shapes_.Vec
    assert vec[float] is vec["double"] is not shapes_.Vecf
    assert vec["float"] is shapes_.Vecf
    assert vec[int] is vec["std::uint16_t"] is vec["unsigned  short"] is vec["uint16_t"]
    assert vec[int](7).x == 7
    assert len(vec) == 3
    assert set(vec) == {vec["double"], shapes_.Vecf, vec[int]}
    assert float in vec
    assert str not in vec
    assert repr(vec) == "<template Vec: Vec<double>, Vec<float>, Vec<unsigned short>>"


def test_types_of_numpy(shapes_):
    numpy = pytest.importorskip("numpy")
    vec = shapes_.Vec
    assert vec[numpy.float32] is vec[numpy.dtype("f4")] is shapes_.Vecf
    assert vec[numpy.float64] is vec[float]
    assert vec[numpy.uint16] is vec[int]
    assert numpy.int16 not in vec
    assert shapes_.Array[numpy.int32, 5] is shapes_.Array5


@pytest.mark.parametrize("key", [str, "bool", (float, 3), 3, (), [1], {}, None, "", "x" * 1000])
def test_what_is_not_listed(shapes_, key):
    message = 'Vec has no instantiation for .*; there are Vec<double>, .* A rule lists more: "Vec" = { instantiate'
    with pytest.raises(TypeError, match=message):
        shapes_.Vec[key]


def test_values_and_defaults(shapes_):
    assert shapes_.Array[int] is shapes_.Array[int, 3] is shapes_.Array["int", "3"] is shapes_.Array3
    assert shapes_.Array[int, 5]().size() == 5
    with pytest.raises(TypeError):
        shapes_.Array[int, True]
    fast = shapes_.Moded[shapes_.Mode.fast]
    assert fast is shapes_.Fast is shapes_.Moded["Mode::fast"]
    assert shapes_.Moded[shapes_.Mode.fast, False] is fast
    assert fast().mode() is shapes_.Mode.fast
    with pytest.raises(TypeError):
        shapes_.Moded[shapes_.Mode.slow]
    assert shapes_.Letter["a"] is shapes_.LetterA
    assert shapes_.Plain[()] is shapes_.Plain[int] is shapes_.PlainInt


def test_packs_and_templates(shapes_):
    assert shapes_.Pack[int, float, str]().size() == 3
    assert shapes_.Pack[()] is shapes_.Empty
    wrapped = shapes_.Wrap["std::vector", int]
    assert wrapped is shapes_.WrapVector is shapes_.Wrap["vector", "int"]
    assert wrapped is not shapes_.Wrap["std::set", int]
    assert wrapped().size() == 0
    assert shapes_.count_of([1, 2, 1], 1) == 2


def test_specialisations(shapes_):
    kind = shapes_.Kind
    assert [kind[k]().name() for k in (int, bool, "const double*")] == ["int", "other", "pointer"]
    assert shapes_.KindVector().name() == "vector"
    assert kind[int]().only_here() == 1
    assert not hasattr(kind[bool], "only_here")


def test_listed(shapes_):
    assert shapes_.Vecf(2.75).cast_int() == 2
    assert shapes_.Vec[float](0.5).cast_float() == 0.5
    assert shapes_.Node(12).as_string() == "12"
    assert shapes_.Node(shapes_.Point(3)).as_int() == 4
    assert (shapes_.power_2(3), shapes_.power_3(2)) == (9, 8)
    assert (shapes_.larger(1, 2), shapes_.larger(1.5, 1)) == (2, 1.5)
    assert list(shapes_.VectorPoint([shapes_.Point(1)])) == [shapes_.Point(1)]


def test_what_does_not_compile_is_left_out(shapes_):
    assert shapes_.OrderedInt(1).less(shapes_.OrderedInt(2))
    assert shapes_.OrderedPoint().same(shapes_.OrderedPoint())
    assert not hasattr(shapes_.OrderedPoint, "less")


def test_final_templates(shapes_):
    sealed = shapes_.seal(7)
    assert type(sealed) is shapes_.Sealed[int]
    assert sealed.open() == 7
    assert sealed == shapes_.Sealed[int](7)
    with pytest.raises(TypeError, match="base type"):
        type("More", (type(sealed),), {})


def test_bases_that_are_parameters(shapes_):
    logged = shapes_.LoggedCore(3)
    assert (logged.core, logged.log(), isinstance(logged, shapes_.Core)) == (3, "core 3", True)
    mixed = shapes_.MixedTwo()
    assert (mixed.x, mixed.edge, mixed.count()) == (0, 2, 2)
    assert shapes_.MixedTwo.__mro__[1:3] == (shapes_.Point, shapes_.Edge)


def test_packs_of_templates(shapes_):
    worker = shapes_.Worker()
    counted = shapes_.Counted[shapes_.Worker]
    assert (worker.doubled(), isinstance(worker, counted), counted.alive) == (8, True, 1)
    del worker
    assert counted.alive == 0


def test_requires(shapes_):
    assert shapes_.MeasuredInt(3).length() == 3
    assert shapes_.MeasuredDouble(2.5).length() == 2.5
    assert shapes_.MeasuredDouble(2.5).half() == 1.25
    assert not hasattr(shapes_.MeasuredInt, "half")


def test_what_was_written_for_one_type(shapes_):
    assert (shapes_.name_of_int(), shapes_.name_of_point()) == ("int", "Point")
    assert shapes_.Stored().read_int() == 7


def test_variants_that_cannot_be_compared(shapes_):
    assert shapes_.kinds([shapes_.Edge(), shapes_.Point(), shapes_.Edge(3)]) == 2


def test_signatures_as_arguments(shapes_):
    seen = []
    moved = shapes_.Signal["void(int, int)"]()
    moved.connect(lambda x, y: seen.append((x, y)))
    assert isinstance(moved, shapes_.Moved)
    assert (moved.emit(1, 2), seen) == (1, [(1, 2)])


def test_enums_in_templates(shapes_):
    assert [each.name for each in shapes_.RankedInt.Rank] == ["low", "high"]
    assert shapes_.Moved.Policy.all.value == 1
