from __future__ import annotations

import gc
import sys
import threading
import weakref

import pytest


@pytest.fixture
def unraisable(monkeypatch):
    """What was reported instead of raised."""
    reported = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: reported.append(report.exc_value))
    return reported


def test_protected_and_private_functions(machines):
    class Counting(machines.Process):
        def __init__(self):
            super().__init__("counting")

        def before(self):
            return super().before() + "|"

        def step(self, number):
            return str(number)

        def after(self):
            return ">"

    counting = Counting()
    assert counting.run(3) == "<counting|012>"
    assert counting.before() == "<counting|"
    with pytest.raises(NotImplementedError, match=r"Process.step\(\) is pure virtual"):
        machines.Process.step(counting, 1)
    with pytest.raises(TypeError, match=r"overrides step\(\) and after\(\)"):
        machines.Process("x")
    with pytest.raises(TypeError, match=r"it does not override step\(\) and after\(\) of Process"):
        type("Nothing", (machines.Process,), {})("x")


def test_protected_functions_of_a_derived_class(machines):
    doubled = machines.Doubled(2)
    assert doubled.run(3) == "<doubled024!"
    for call in (doubled.before, lambda: machines.Doubled.step(doubled, 1)):
        with pytest.raises(
            TypeError, match="is protected: only classes that derive from it in Python may call it, not Doubled"
        ):
            call()

    class Tripled(machines.Doubled):
        def step(self, number):
            return "(" + super().step(number) + ")"

    tripled = Tripled(3)
    assert tripled.run(2) == "<doubled(0)(3)!"
    assert tripled.before() == "<doubled"
    with pytest.raises(TypeError, match="is protected"):
        machines.Process.before(tripled)  # of another class: C++ itself could not


def test_one_name_for_several_functions(machines):
    class Noting(machines.Many):
        def put(self, *values):
            return repr(values) + "=" + super().put(*values)

        def who(self):
            return "python, " + super().who()

        def __call__(self, value):
            return super().__call__(value) * 10

    noting = Noting()
    assert machines.putAll(noting) == "(1,)=int 1, ('a',)=text a, (2, 3)=two 5"
    assert machines.putAll(machines.Many()) == "int 1, text a, two 5"
    assert machines.askBoth(noting) == "python, const python, const"  # the one that serves both
    assert machines.askBoth(machines.Many()) == "changeable const"
    assert machines.apply(noting, 1) == noting(1) == 20
    assert machines.apply(machines.Many(), 1) == 2


def test_functions_that_must_not_throw(machines, unraisable):
    class Fine(machines.Silent):
        def text(self):
            return "fine"

        def tell(self, number):
            self.told = number

    class Failing(machines.Silent):
        def text(self):
            raise KeyError("text")

        def tell(self, number):
            return 1 / 0

        def count(self):
            return "x"

    fine = Fine()
    assert machines.listen(fine) == "fine7"
    assert fine.told == 1
    assert unraisable == []
    assert machines.listen(Failing()) == "0"
    assert {type(error) for error in unraisable} == {ZeroDivisionError, KeyError, TypeError}
    assert "Failing.count() must return int, not str" in map(str, unraisable)
    unraisable.clear()
    del Fine.text
    assert machines.listen(fine) == "7"
    assert [type(error) for error in unraisable] == [NotImplementedError]


def make_source(machines):
    class Source(machines.Source):
        def __init__(self):
            super().__init__()
            self.kept = type("Wheel", (machines.Wheel,), {})(4)

        def title(self):
            return "title" * 5

        def label(self):
            return "label"

        def view(self):
            return "vi\udc80ew" if getattr(self, "odd", False) else "view" * 9

        def part(self):
            return self.kept

        def maybe(self):
            return machines.Part(3)

        def numbers(self):
            return [1, 2, 3]

    return Source


def test_results_that_cpp_looks_at(machines):
    Source = make_source(machines)
    source = Source()
    for number in (5, 6):
        assert machines.describe(source) == f"{'title' * 5} label {'view' * 9} wheel{number} part 6"
    assert source.kept.number == 6
    Source.label = Source.maybe = lambda self: None
    Source.numbers = lambda self: machines.VectorInt([5])
    assert machines.describe(source).endswith(" - " + "view" * 9 + " wheel7 none 5")
    Source.title = lambda self: 3
    with pytest.raises(TypeError, match=r"^Source.title\(\) must return str \| bytes, not int$"):
        machines.describe(source)
    Source.title = lambda self: "t"
    Source.part = lambda self: None
    with pytest.raises(TypeError, match=r"^Source.part\(\) must return Part, not None$"):
        machines.describe(source)
    Source.part = lambda self: machines.Part(1)
    Source.label = lambda self: "a\0b"
    with pytest.raises(ValueError, match=r"^Source.label\(\): the result: embedded null character"):
        machines.describe(source)


def test_kept_results_are_freed(machines):
    Source = make_source(machines)
    source = Source()
    wheel = weakref.ref(source.kept)
    machines.describe(source)
    source.kept = type("Wheel", (machines.Wheel,), {})(1)
    assert wheel() is not None  # C++ may still look at it
    machines.describe(source)
    assert wheel() is None
    source.kept.source = source
    wheel = weakref.ref(source.kept)
    machines.describe(source)
    alive = weakref.ref(source)
    del source
    gc.collect()
    assert alive() is None
    assert wheel() is None


def test_covariant_results_and_oneself(machines):
    class Own(machines.Wheel):
        def twin(self):
            return self

        def name(self):
            return "own"

    own = Own(3)
    assert machines.nameOfTwin(own) == "own3"
    alive = weakref.ref(own)
    del own
    gc.collect()
    assert alive() is None
    Own.twin = lambda self: machines.Part(1)
    with pytest.raises(TypeError, match=r"^Own.twin\(\) must return Wheel \| None, not Part$"):
        machines.nameOfTwin(Own(1))


def test_results_that_cpp_owns(machines):
    ended = []

    class Part(machines.Part):
        def name(self):
            return f"py{self.tag}-"

        def __del__(self):
            ended.append(self.tag)

    class Maker(machines.Maker):
        def give(self, number):
            part = Part(number)
            part.tag = number
            return part

        build = make = share = give

    maker = Maker()
    assert machines.useAll(maker) == "py1-1 py2-2 py3-3"
    assert sorted(ended) == [1, 2, 3]
    Maker.share = lambda self, number: None
    Maker.build = lambda self, number: machines.Wheel(number)
    assert machines.useAll(maker) == "wheel1 py2-2 none"
    kept = machines.Wheel(9)
    Maker.make = lambda self, number: kept
    assert machines.useAll(maker) == "wheel1 wheel9 none"
    with pytest.raises(ReferenceError, match="gone"):
        kept.name()
    with pytest.raises(ReferenceError, match="gone"):
        machines.useAll(maker)


def test_outputs(machines):
    class Probe(machines.Probe):
        def read(self, where):
            return True, where * 2.5

        def fill(self, key, text):
            return False, f"{key}:{text}"

    probe = Probe()
    assert machines.probe(probe) == "1 7 3 0 key:old"
    assert probe.both() == (1, 2)
    Probe.both = lambda self: (10, 20)
    assert machines.probe(probe) == "1 7 30 0 key:old"
    Probe.read = lambda self, where: 3
    with pytest.raises(TypeError, match=r"^Probe.read\(\) must return tuple\[bool, float\], not int$"):
        machines.probe(probe)


def make_part(machines, ended=None):
    class Part(machines.Part):
        def __init__(self, tag):
            super().__init__()
            self.tag = tag

        def name(self):
            return self.tag

        def __del__(self):
            if ended is not None:
                ended.append(self.tag)

    return Part


def test_given_to_a_unique_ptr(machines):
    ended: list[str] = []
    Part = make_part(machines, ended)
    bus = machines.Bus()
    part = Part("a")
    bus.add(part)
    part.number = 4  # still usable while C++ has it
    assert bus.owned(0) is part
    with pytest.raises(ValueError, match="cannot be taken over"):
        bus.add(part)
    del part
    gc.collect()
    assert ended == []
    assert bus.names() == "a "  # the Python part lives as long as the C++ object
    back = bus.owned(0)
    assert type(back) is Part
    assert (back.tag, back.number) == ("a", 4)
    bus.clear()
    with pytest.raises(ReferenceError, match="the Part is gone"):
        back.number
    assert back.tag == "a"
    del back
    assert ended == ["a"]


def test_taken_back(machines):
    ended: list[str] = []
    bus = machines.Bus()
    bus.add(make_part(machines, ended)("b"))
    part = bus.take()
    assert part.name() == "b"
    alive = weakref.ref(part)
    del part
    assert alive() is None
    assert ended == ["b"]
    assert bus.names() == ""


def test_ended_on_another_thread(machines):
    ended: list[str] = []
    bus = machines.Bus()
    bus.add(make_part(machines, ended)("c"))
    thread = threading.Thread(target=bus.clear)
    thread.start()
    thread.join()
    assert ended == ["c"]


def test_shared(machines):
    ended: list[str] = []
    bus = machines.Bus()
    bus.share(make_part(machines, ended)("s"))
    gc.collect()
    assert bus.names() == "s "
    assert bus.shared(0).tag == "s"
    assert bus.shared(0) is bus.shared(0)
    bus.clear()
    assert ended == ["s"]


def test_kept_by_rule_and_cycles(machines):
    ended: list[str] = []
    bus = machines.Bus()
    part = make_part(machines, ended)("k")
    bus.attach(part)
    part.bus = bus
    del part
    gc.collect()
    assert bus.names() == "k "
    alive = weakref.ref(bus) if hasattr(bus, "__weakref__") else None
    del bus
    gc.collect()
    assert ended == ["k"]
    assert alive is None or alive() is None


def test_objects_of_cpp_that_are_lent(machines):
    seen = []

    class Watcher(machines.Watcher):
        def watches(self, part, other, bus):
            seen.append((part, other, bus, type(part).__name__, part.number))
            if other is not None:
                other.number += 10
            return True

    watcher = Watcher()
    assert machines.watch(watcher, 5)
    (first, other, bus, name, number), (second, nothing, _, second_name, second_number) = seen
    assert (name, number) == ("Wheel", 5)
    assert (second_name, second_number, nothing) == ("Part", 16, None)
    # A wheel is more than the part that was lent, so there is no whole copy.
    with pytest.raises(ReferenceError, match="the Wheel is gone"):
        first.number
    with pytest.raises(ReferenceError, match="the Bus is gone"):
        bus.names()
    assert (other.number, second.number) == (16, 16)
    assert other is not second
    seen.clear()
    mine = make_part(machines)("mine")
    assert machines.watchThis(watcher, mine)
    assert seen[0][0] is mine
    assert seen[0][1] is mine
    assert mine.number == 10
    with pytest.raises(TypeError, match="Watcher cannot be constructed itself"):
        machines.Watcher()


def test_no_virtual_destructor(machines):
    class Open(machines.Open):
        def value(self):
            return super().value() + 10 + self.stored

    assert machines.valueOf(Open()) == 11
    assert machines.valueOf(machines.Open()) == 1
    alive = weakref.ref(Open())
    assert alive() is None


def test_memory_of_the_class_itself(machines):
    class Pooled(machines.Pooled):
        def size(self):
            return 5

    before = machines.Pooled.alive
    assert machines.end(Pooled()) == 5
    del Pooled
    assert machines.Pooled.alive == before


def test_what_cannot_be_overridden(machines):
    with pytest.raises(
        TypeError, match="Closed cannot be constructed: it is abstract, and Python cannot derive from it"
    ):
        type("Sub", (machines.Closed,), {"write": lambda self, memory: None})()

    class Partly(machines.Partly):
        def answer(self):
            return 42

    assert machines.ask(Partly()) == 42


def test_copies_of_python_classes(machines):
    class Part(machines.Part):
        def copy(self):
            return Part(self.number + 1)

    assert type(machines.copyOf(Part(1))) is Part
    assert machines.copyOf(Part(1)).number == 2
    assert type(machines.copyOf(machines.Part(1))) is machines.Part
    Part.copy = lambda self: super(Part, self).copy()
    assert type(machines.copyOf(Part(1))) is machines.Part


def test_deep_recursion_ends(machines):
    class Again(machines.Part):
        def name(self):
            return machines.nameOf(self)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)  # others raise it beyond what the stack of C bears
    try:
        with pytest.raises(RecursionError):
            machines.nameOf(Again(1))
    finally:
        sys.setrecursionlimit(limit)


def test_functions_as_arguments_and_results(machines):
    class Asked(machines.Asked):
        def ask(self, f):
            self.f = f
            return f"{repr(f).split(' at ')[0]} {f.__doc__} {f(20)}"

        def answer(self):
            return lambda value: value + 1

    asked = Asked()
    doc = "function(arg0: int, /) -> int"
    assert machines.askTwice(asked) == f"<C++ {doc} {doc} 42"
    assert asked.f(1) == 4
    with pytest.raises(TypeError, match="must be int, not str"):
        asked.f("x")
    assert machines.applyChosen(asked) == 3
    Asked.chosen = lambda self: lambda value: value + 2
    Asked.apply = lambda self, f, value: -f(value)
    assert machines.applyChosen(asked) == -18
    assert list(machines.allAsked()) == []


def test_cpp_reads_what_went_wrong(machines):
    class Asked(machines.Asked):
        def ask(self, f):
            raise self.error

        def answer(self):
            return None

    asked = Asked()
    for error, text in (
        (KeyError("k"), "KeyError: 'k'"),
        (ValueError(), "ValueError"),
        (ValueError("x" * 500), f"ValueError: {'x' * 240}..."),
        (ValueError("\udc80"), "ValueError: \\udc80"),
    ):
        asked.error = error
        assert machines.failure(asked) == text


def test_virtual_bases(machines):
    class Deeper(machines.Branch):
        def deep(self):
            return super().deep() + 1

    assert (machines.deepOf(machines.Branch()), machines.deepOf(Deeper())) == (30, 31)
