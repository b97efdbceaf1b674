"""Pointers to functions: a callable behind each, user data that carries one, exceptions that wait for C."""

import gc
import operator
import sys
import weakref

import pytest


def test_bare_pointers(pointers):
    assert pointers.apply(lambda x: x + 1, 4) == 5
    assert pointers.apply(abs, -4) == 4
    assert pointers.apply_or(3) == pointers.apply_or(3, None) == -3
    assert pointers.apply_or(3, lambda x: 10 * x) == 30
    with pytest.raises(TypeError, match=r"argument 'f' must be Callable\[\[int\], int\], not None"):
        pointers.apply(None, 1)
    with pytest.raises(TypeError, match=r"argument 'f' must be Callable\[\[int\], int\], not int"):
        pointers.apply(3, 1)
    with pytest.raises(TypeError, match=r"<lambda>\(\) must return int, not str"):
        pointers.apply(lambda x: "x", 1)


def test_kept_pointers(pointers):
    pointers.store(operator.mul)
    gc.collect()
    assert pointers.call_stored(3, 4) == 12
    assert pointers.stored is operator.mul
    pointers.stored = None
    assert pointers.call_stored(3, 4) == 0
    pointers.stored = operator.add
    assert pointers.call_stored(3, 4) == 7
    table = pointers.Table()
    assert table.op is None
    table.op = pow
    assert table.op is pow
    assert table.run(2, 3) == 8


def test_results(pointers):
    double = pointers.doubler()
    assert double(4) == 8
    assert repr(double).startswith("<C++ function(arg0: int, /) -> int at 0x")
    assert pointers.nothing() is None
    assert pointers.same(double)(5) == 10

    def own(x):
        return x

    assert pointers.same(own) is own
    assert pointers.apply(double, 21) == 42


def test_a_lambda_in_a_loop_is_one_callable(pointers):
    for number in range(100):
        assert pointers.apply(lambda x: x + 7, number) == number + 7


def test_there_are_so_many(pointers):
    with pytest.raises(RuntimeError, match="too many distinct callables for this C callback type: there are 32"):
        for number in range(40):
            pointers.rows(lambda row, number=number: None)
    pointers.apply(abs, 3)  # other types have their own


def test_exceptions(pointers):
    error = LookupError("lost")

    def fail(_):
        raise error

    with pytest.raises(LookupError) as caught:
        pointers.apply(fail, 1)
    assert caught.value is error
    assert pointers.caught(lambda: int("x")).startswith("ValueError: invalid literal")


def test_noexcept_pointers_wait(pointers):
    seen = []

    def fail(x):
        seen.append(x)
        raise KeyError(x)

    with pytest.raises(KeyError, match="1"):
        pointers.careful(fail)
    assert seen == [1]
    assert pointers.careful(lambda x: x) == 3


def test_chosen_by_the_number_of_arguments(pointers):
    parser = pointers.Parser()
    parser.define("two", lambda a, b: a + b)
    parser.define("one", lambda a: a)
    parser.define("none", lambda: 9)
    assert [text.split()[:2] for text in parser.log] == [["two", "2"], ["one", "1"], ["none", "0"]]


def test_user_data(pointers):
    assert pointers.each(4, lambda index: index * 10) == 60
    seen = []
    pointers.first(seen.append)
    assert seen == ["text"]
    with pytest.raises(ZeroDivisionError):
        pointers.each(4, lambda index: 1 // 0)
    with pytest.raises(TypeError, match=r"argument 'visit' must be Callable\[\[int\], int\], not None"):
        pointers.each(4, None)
    assert pointers.each(2, lambda outer: pointers.each(2, lambda inner: outer + inner)) == 4


def test_user_data_is_given_back(pointers):
    def f(index):
        return index

    before = sys.getrefcount(f)
    for _ in range(200):
        pointers.each(1, f)
    assert sys.getrefcount(f) == before


def test_kept_callbacks(pointers):
    seen = []
    pointers.on_event(seen.append)
    gc.collect()
    pointers.fire(1)
    pointers.fire(2)
    assert seen == [1, 2]


def test_late_calls_find_that_it_is_over(pointers):
    pointers.forget(print)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="a rule `keeps` is missing"):
            pointers.fire(1)


def test_late_calls_of_c_are_reported(pointers, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: seen.append(str(found.exc_value)))
    pointers.c_forget(print)
    pointers.c_fire(1)
    assert [each.endswith("a rule `keeps` is missing") for each in seen] == [True]
    with pytest.raises(RuntimeError, match="a rule `keeps` is missing"):
        pointers.c_fire_first(lambda: seen.append("called"))
    assert len(seen) == 1


def test_kept_by_an_object(pointers):
    bell = pointers.Bell()

    class Listener:
        rings = 0

        def __call__(self):
            type(self).rings += 1

    listener = Listener()
    alive = weakref.ref(listener)
    bell.on_ring(listener)
    del listener
    gc.collect()
    bell.ring()
    assert Listener.rings == 1
    del bell
    gc.collect()
    assert alive() is None


def test_exceptions_wait_until_c_returns(pointers):
    seen = []

    def fail(value):
        seen.append(value)
        if value == 2:
            raise ValueError(value)
        return 0

    with pytest.raises(ValueError, match="2") as caught:
        pointers.c_each(5, fail)
    assert caught.traceback[-1].name == "fail"
    assert seen == [0, 1, 2]
    with pytest.raises(ValueError, match="2"):
        pointers.c_sum(fail, 5)
    with pytest.raises(TypeError, match=r"must return int, not None"):
        pointers.c_each(5, seen.append)
    assert pointers.c_each(5, lambda value: value == 3) == 3
    assert pointers.c_sum(lambda value: value, 5) == 10

    def nested(value):
        with pytest.raises(ValueError, match="2"):
            pointers.c_each(5, fail)
        return 0

    assert pointers.c_each(2, nested) == 2


def test_null_by_rule(pointers):
    assert pointers.c_maybe(None) == 0
    assert pointers.c_maybe(lambda: None) == 1


def test_exceptions_on_other_threads(pointers, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    pointers.c_on_thread(lambda: 1 // 0)
    assert [each.exc_type for each in seen] == [ZeroDivisionError]
    pointers.c_on_thread(lambda: seen.append("called"))
    assert seen[1] == "called"
