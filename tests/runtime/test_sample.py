"""The module written by hand in the shape that the emitter emits, and the conversions of numbers and text."""

import enum
import importlib
import inspect
import math
import pathlib
import pickle
import subprocess
import sys

import pytest


def test_calls(sample):
    assert sample.increment(41) == 42
    assert sample.add(1, 2) == 3.5
    assert sample.add(1, 2, 3) == sample.add(a=1, b=2, c=3) == sample.add(c=3, b=2, a=1) == sample.add(1, c=3, b=2) == 6
    assert sample.add(**{"".join(["a"]): 1, "b": 2}) == 3.5
    assert str(inspect.signature(sample.add)) == "(a, b, c=0.5)"
    assert sample.Counter(5).value() == sample.Counter(v=5).x == 5


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        ((), {}, r"add\(\) missing required argument: 'a' \(pos 1\)"),
        ((1,), {}, r"add\(\) missing required argument: 'b' \(pos 2\)"),
        ((1, 2, 3, 4), {}, r"add\(\) takes from 2 to 3 arguments but 4 were given"),
        ((1, 2), {"d": 3}, r"add\(\) got an unexpected keyword argument 'd'"),
        ((1, 2), {"a": 3}, r"add\(\) got multiple values for argument 'a'"),
        ((1, "2"), {}, r"add\(\): argument 'b' must be float, not str"),
        ((1, None), {}, r"add\(\): argument 'b' must be float, not None"),
    ],
)
def test_wrong_calls(sample, args, kwargs, text):
    with pytest.raises(TypeError, match=text):
        sample.add(*args, **kwargs)


def test_argument_errors_name_function_argument_and_types(sample):
    with pytest.raises(TypeError, match=r"^increment\(\): argument 'x' must be int, not float$"):
        sample.increment(1.5)
    with pytest.raises(
        OverflowError, match=r"^increment\(\): argument 'x': 2147483648 is out of range: -2147483648 to"
    ):
        sample.increment(2**31)
    with pytest.raises(OverflowError, match="a large negative int is out of range"):
        sample.increment(-(2**20000))
    with pytest.raises(TypeError, match=r"^Counter.x must be int, not str$"):
        sample.Counter().x = "a"
    with pytest.raises(AttributeError):
        del sample.Counter().x
    with pytest.raises(TypeError, match=r"positional-only.*'v'|no keyword"):
        sample.Counter().set(v=1)


def test_what_a_conversion_raises_stays(sample):
    class Bad:
        def __index__(self):
            raise LookupError("no index today")

    class BadValue:
        def __float__(self):
            raise ValueError("no float today")

    with pytest.raises(LookupError, match=r"^'?no index today'?$"):
        sample.increment(Bad())
    with pytest.raises(ValueError, match=r"^add\(\): argument 'a': no float today$") as caught:
        sample.add(BadValue(), 1)
    assert caught.traceback[-1].name == "__float__"


def test_overloads(sample):
    assert [sample.kind(v) for v in (1, 1.5, "x", b"x", 2**40, True)] == [
        "int",
        "double",
        "string",
        "string",
        "double",
        "int",
    ]
    with pytest.raises(TypeError) as caught:
        sample.kind(None)
    assert str(caught.value).splitlines() == [
        "kind(): no overload takes (None); there are:",
        "    kind(arg0: int, /) -> str",
        "    kind(arg0: float, /) -> str",
        "    kind(arg0: str | bytes, /) -> str",
    ]
    with pytest.raises(TypeError, match=r"\(int, key=str\)"):
        sample.kind(1, key="x")


@pytest.mark.parametrize(
    ("how", "error", "text"),
    [
        (0, IndexError, "out"),
        (1, ValueError, "bad"),
        (2, OverflowError, "over"),
        (3, MemoryError, "^$"),
        (4, TypeError, "bad_cast"),
        (5, FileNotFoundError, "open"),
        (6, RuntimeError, "no std::exception"),
        (7, RuntimeError, r"\\xff\\xfe"),
        (10, RuntimeError, "outer"),
        (11, ArithmeticError, "range"),
    ],
)
def test_exceptions(sample, how, error, text):
    with pytest.raises(error, match=text) as caught:
        sample.fail(how)
    assert type(caught.value) is error
    if how == 5:
        assert caught.value.errno == 2
    if how == 10:
        assert isinstance(caught.value.__cause__, ValueError)


def test_exception_classes(sample):
    assert issubclass(sample.ParseError, sample.Error)
    assert issubclass(sample.Error, RuntimeError)
    assert sample.Error.__module__ == "sample"
    with pytest.raises(sample.Error, match="bad line") as caught:
        sample.fail(9)
    assert (caught.value.line, caught.value.code()) == (17, 3)
    with pytest.raises(AttributeError, match="not thrown by C\\+\\+"):
        sample.Error("own").code()
    with pytest.raises(TypeError):
        sample.ParseError.line.__get__(sample.Error("x"))


def test_enums(sample):
    assert issubclass(sample.Color, enum.IntEnum)
    assert sample.next(sample.Color.red) is sample.Color.green
    assert sample.level() == 5
    assert sample.level(sample.high) == 6
    assert sample.level(0) == 0
    assert sample.level(7) == 7
    for beyond in (8, -1, 2**40):
        with pytest.raises(OverflowError, match="out of range"):  # undefined behaviour in C++
            sample.level(beyond)
    assert pickle.loads(pickle.dumps(sample.Color.blue)) is sample.Color.blue
    for wrong in (1, True, "red", None, sample.Level.low):
        with pytest.raises(TypeError, match=r"next\(\): argument 'value' must be Color"):
            sample.next(wrong)


def test_static_methods(sample):
    before = sample.Shape.count()
    unit = sample.Circle.unit()
    assert (unit.radius, sample.Circle.count(), unit.count()) == (1, before + 1, before + 1)


def test_module(sample):
    assert sample.answer == 42
    assert sample.Round is sample.Circle
    assert sample.detail.twice(4) == 8
    assert sample.detail.twice.__module__ == "sample.detail"
    assert importlib.import_module("sample.detail") is sample.detail
    assert pickle.loads(pickle.dumps(sample.detail.twice))(3) == 6
    assert sample.Circle.__module__ == "sample"
    assert sample.Circle.__qualname__ == "Circle"
    assert "counter" in dir(sample)
    sample.counter = 9
    assert sample.counter == 9
    with pytest.raises(TypeError, match="counter must be int, not str"):
        sample.counter = "x"
    with pytest.raises(AttributeError):
        del sample.counter
    sample.other = 1
    with pytest.raises(TypeError):
        sample.Circle.extra = 1


def test_instances_hold_the_module(sample):
    # An object that outlives its module must still find the state.
    lines = [
        "import sample, sys, gc",
        "c = sample.Circle(2)",
        "grow = c.grow",
        "del sys.modules['sample'], sample",
        "gc.collect()",
        "print(grow(1).area())",
    ]
    folder = pathlib.Path(sample.__file__).parent
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "27.0"), done.stderr


def test_cycles_alive_at_exit(sample):
    # Instances, classes and module are then collected together, in any order.
    lines = [
        "import sample",
        "class Sub(sample.Circle): pass",
        "loop = Sub(1)",
        "loop.me = loop",
        "loop.grow(1)",
        "sample.keep = loop",
        "del loop, Sub",
    ]
    folder = pathlib.Path(sample.__file__).parent
    command = [sys.executable, "-X", "faulthandler", "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_integer_ranges(lifetimes):
    ranges = {"byte": (0, 255), "wide": (0, 2**64 - 1), "int64": (-(2**63), 2**63 - 1)}
    for name, (low, high) in ranges.items():
        same = getattr(lifetimes, name)
        for value in (low, low + 1, 1, 2**7, high - 1, high):
            assert same(value) == value
        for value in (low - 1, high + 1, 2**200, -(2**200)):
            with pytest.raises(OverflowError, match="out of range"):
                same(value)
        for value in (1.0, "1", None, [1], b"1"):
            with pytest.raises(TypeError, match="must be"):
                same(value)
        assert same(True) == 1


def test_floats_and_bools(lifetimes):
    m = lifetimes
    assert m.narrow(1.5) == 1.5
    assert math.isinf(m.narrow(math.inf))
    assert math.isnan(m.narrow(math.nan))
    assert m.narrow(3.4028235e38) == pytest.approx(3.4028235e38)
    for value in (1e39, -1e39, 3.4028236e38):
        with pytest.raises(OverflowError):
            m.narrow(value)
    assert m.flip(True) is False
    for value in (1, 0, None, "yes", []):
        with pytest.raises(TypeError):
            m.flip(value)
    numpy = pytest.importorskip("numpy")
    assert m.flip(numpy.bool_(True)) is False
    assert m.narrow(numpy.float32(0.5)) == 0.5
    assert m.byte(numpy.int64(7)) == 7
    with pytest.raises(TypeError):
        m.byte(numpy.float64(1))


@pytest.mark.parametrize("value", ["", "plain", "grün", "日本語", "🜁", "a\0b", "x" * 10_000, "\udc80\udcff"])
def test_text(lifetimes, value):
    m = lifetimes
    raw = value.encode("utf-8", "surrogateescape")
    assert m.text_of(value) == m.text_of(raw) == value
    assert m.bytes_of(value) == raw
    assert m.length(value) == len(raw)
    if "\0" in value:
        with pytest.raises(ValueError, match="null"):
            m.c_echo(value)
    else:
        assert m.c_echo(value) == value
    if "\udc80" not in value:
        assert m.u16(value) == m.u32(value) == value
        if "\0" not in value:
            assert m.wide_c(value) == value


def test_text_refusals(lifetimes):
    m = lifetimes
    assert m.c_echo(None) is None
    for take in (m.text_of, m.length, m.bytes_of, m.u16, m.u32, m.wide_c, m.letter):
        for value in (1, None, ["a"], bytearray(b"a")):
            with pytest.raises(TypeError, match="must be"):
                take(value)
    with pytest.raises(UnicodeEncodeError):
        m.text_of("\ud800")
    assert m.u16("\ud800") == "\ud800"
    assert m.letter("x") == m.letter(b"x") == "x"
    assert m.letter(b"\xff") == "\udcff"
    for value in ("", "ab", "日"):
        with pytest.raises(ValueError, match="one character"):
            m.letter(value)
    assert m.wide_char("日") == "日"
    with pytest.raises(ValueError, match="one character"):
        m.wide_char("🜁")
