"""The statements to measure on a module that binds work.h. In: a module. Out: `Statement`s for what it has."""

from __future__ import annotations

import array
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from benchmarks.harness.loops import Statement

try:
    import numpy
except ImportError:
    numpy = None  # type: ignore[assignment]

TITLES = {
    "increment small": "increment(41), parameter without a name",
    "increment big": "increment(1000000)",
    "plus": "plus(41), parameter with a name",
    "plus keyword": "plus(x=41)",
    "add": "add(1.0, 2.0, 3.0)",
    "add keyword": "add(a=1.0, b=2.0, c=3.0)",
    "construct": "Counter(5), and its end",
    "method": "counter.value()",
    "method argument": "counter.set(7)",
    "get": "counter.x",
    "set": "counter.x = 7",
    "object in": "peek(counter)",
    "object out": "make(5), and its end",
    "string": "echo(20 letters)",
    "list in": "sum(list of 1000)",
    "list out": "1000 floats as a list",
    "array in": "1000 float64 read in place",
    "container out": "1000 float64 given without copying",
    "array call": "first(array of 1000 float64)",
    "array out": "1000 float64 seen as an array",
    "virtual": "virtual function, overridden in Python",
    "virtual plain": "virtual function, not overridden",
    "callback": "Python function as std::function",
    "overloads 2": "pick(1.5), the last of 2 overloads",
    "overloads 5": "pick(1.5), the last of 5",
    "overloads 20": "pick(1.5, 1.5), the last of 20",
    "iterate numbers": "for n in 1000 numbers",
    "iterate objects": "for p in 1000 objects: p.x",
}

PARTS = {"virtual": 100, "virtual plain": 100, "callback": 100}
"""How often one execution of a statement does what its line tells; 1 where it is not here."""


def statements_for(route: str, module: ModuleType) -> Iterator[Statement]:
    def on(name: str, code: str, heavy: bool = False, **names: Any) -> Statement:
        return Statement(route, name, code, names, heavy)

    def has(*functions: str) -> bool:
        return all(hasattr(module, function) for function in functions)

    numbers = numpy.arange(1000.0) if numpy else array.array("d", range(1000))
    counter = module.Counter(5)
    yield on("increment small", "f(41)", f=module.increment)
    yield on("increment big", "f(1000000)", f=module.increment)
    yield on("plus", "f(41)", f=module.plus)
    yield on("plus keyword", "f(x=41)", f=module.plus)
    yield on("add", "f(1.0, 2.0, 3.0)", f=module.add)
    yield on("add keyword", "f(a=1.0, b=2.0, c=3.0)", f=module.add)
    yield on("construct", "C(5)", C=module.Counter)
    yield on("method", "counter.value()", counter=counter)
    yield on("method argument", "counter.set(7)", counter=counter)
    yield on("get", "counter.x", counter=counter)
    yield on("set", "counter.x = 7", counter=counter)
    if has("peek", "make"):
        yield on("object in", "f(counter)", f=module.peek, counter=counter)
        yield on("object out", "f(5)", f=module.make)
    yield on("string", "f(text)", f=module.echo, text="abcdefghijklmnopqrst")
    yield on("list in", "f(values)", heavy=True, f=module.sum, values=list(range(1000)))
    if has("ramp_list"):
        yield on("list out", "f(1000)", heavy=True, f=module.ramp_list)
    if has("sum_view"):
        yield on("array in", "f(values)", f=module.sum_view, values=numbers)
    if has("ramp") and route != "SWIG":
        yield on("container out", "f(1000)", heavy=True, f=module.ramp)
    if has("first"):
        yield on("array call", "f(values)", f=module.first, values=numbers)
    yield from statements_back(on, module)
    for count, arguments in ((2, "1.5"), (5, "1.5"), (20, "1.5, 1.5")):
        if has(f"pick{count}"):
            yield on(f"overloads {count}", f"f({arguments})", f=getattr(module, f"pick{count}"))
    if has("Store"):
        yield from statements_inside(on, module.Store(1000))


def statements_back(on: Callable[..., Statement], module: ModuleType) -> Iterator[Statement]:
    """C++ calls Python."""

    def step(i: int) -> int:
        return i

    if hasattr(module, "drive"):
        overriding = type("Overriding", (module.Listener,), {"step": lambda self, i: i})
        yield on("virtual", "f(listener)", heavy=True, f=module.drive, listener=overriding())
        yield on("virtual plain", "f(listener)", f=module.drive, listener=type("Plain", (module.Listener,), {})())
    if hasattr(module, "for_each"):
        yield on("callback", "f(100, step)", heavy=True, f=module.for_each, step=step)


def statements_inside(on: Callable[..., Statement], store: Any) -> Iterator[Statement]:
    """Python sees what C++ holds, where it lies."""
    if hasattr(store, "values"):
        yield on("array out", "values()", values=store.values)
    # SWIG does not keep the store alive for what it lends.
    yield on("iterate numbers", "for n in numbers: pass", heavy=True, numbers=store.numbers(), store=store)
    yield on("iterate objects", "for p in points: p.x", heavy=True, points=store.points(), store=store)


def statements_in_python() -> Iterator[Statement]:
    """The same work without C++, for scale."""

    class Counter:
        __slots__ = ("x",)

        def __init__(self, start: int = 0) -> None:
            self.x = start

        def value(self) -> int:
            return self.x

        def set(self, value: int) -> None:
            self.x = value

    class Listener:
        def step(self, i: int) -> int:
            return i

    def sum_steps(count: int, step: Callable[[int], int]) -> int:
        total = 0
        for i in range(count):
            total += step(i)
        return total

    class Point:
        __slots__ = ("x", "y")

        def __init__(self, x: float, y: float) -> None:
            self.x = x
            self.y = y

    class Store:
        def __init__(self, count: int) -> None:
            self.count = count

        def numbers(self) -> list[int]:
            return [i // 2 for i in range(self.count)]

        def points(self) -> list[Point]:
            return [Point(i * 0.5, i * -0.5) for i in range(self.count)]

    module = ModuleType("work_in_python")
    module.Counter = Counter  # type: ignore[attr-defined]
    module.increment = lambda x, /: x + 1  # type: ignore[attr-defined]
    module.plus = lambda x: x + 1  # type: ignore[attr-defined]
    module.add = lambda a, b, c: a + b + c  # type: ignore[attr-defined]
    module.echo = lambda text: text  # type: ignore[attr-defined]
    module.peek = lambda counter: counter.x  # type: ignore[attr-defined]
    module.make = Counter  # type: ignore[attr-defined]
    module.sum = sum  # type: ignore[attr-defined]
    module.ramp_list = lambda count: [i * 0.5 for i in range(count)]  # type: ignore[attr-defined]
    module.Listener = Listener  # type: ignore[attr-defined]
    module.drive = lambda listener: sum_steps(100, listener.step)  # type: ignore[attr-defined]
    module.for_each = sum_steps  # type: ignore[attr-defined]
    module.Store = Store  # type: ignore[attr-defined]
    return statements_for("Python", module)
