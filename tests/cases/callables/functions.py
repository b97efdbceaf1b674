"""Callables of Python in C++ and of C++ in Python: results, objects on loan, errors, lifetime, cycles, threads."""

import functools
import gc
import inspect
import subprocess
import sys
import sysconfig
import textwrap
import threading
import time
import traceback
import weakref

import pytest


def test_arguments_and_results(functions):
    assert functions.twice(lambda x: x * 10) == 30
    assert functions.sum_over(5, lambda x: x) == 10
    seen = []
    functions.each(2, lambda index, text: seen.append((index, text)))
    assert seen == [(0, "item 0"), (1, "item 1")]
    assert functions.blend(lambda a, b: a + b) == 0.75
    assert functions.blend() == functions.blend(None) == -1
    assert functions.greet(str.upper) == "WORLD"
    assert functions.flip(lambda mood: functions.Mood.angry, functions.Mood.calm) is functions.Mood.angry
    assert functions.maybe(lambda x: None if x is None else x + 1, 3) == 4
    assert functions.maybe(lambda x: x, None) is None
    assert functions.total(sum) == 4
    assert functions.made(lambda: range(3)) == [0, 1, 2]


def test_whatever_can_be_called(functions):
    class Doubler:
        def __call__(self, x):
            return 2 * x

        def method(self, x):
            return 3 * x

    assert functions.twice(Doubler()) == 6
    assert functions.twice(Doubler().method) == 9
    assert functions.twice(functools.partial(int.__add__, 5)) == 13
    assert functions.twice(abs) == 3
    assert functions.twice(int) == 3
    assert functions.call_all([abs, lambda x: x + 1], -3) == [3, -2]
    assert functions.call_if(lambda: 4) == 4
    assert functions.call_if(None) == 0


@pytest.mark.parametrize("wrong", [None, 3, "f", [], object()])
def test_what_cannot_be_called_is_refused(functions, wrong):
    name = "None" if wrong is None else type(wrong).__name__
    with pytest.raises(TypeError, match=rf"argument 'f' must be Callable\[\[int\], int\], not {name}"):
        functions.twice(wrong)


def test_results_of_the_wrong_type(functions):
    def wrong(x):
        return "text"

    with pytest.raises(TypeError, match=r"callback .*wrong\(\) must return int, not str"):
        functions.twice(wrong)
    with pytest.raises(TypeError, match=r"callback .*<lambda>\(\) must return bool, not int"):
        functions.refuses(lambda x: 1)
    with pytest.raises(OverflowError, match=r"result of the callback .*<lambda>\(\): 300 is out of range: -128 to 127"):
        functions.small(lambda: 300)
    with pytest.raises(TypeError, match=r"callback partial\(\) must return str \| bytes, not None"):
        functions.greet(functools.partial(lambda x: None))
    with pytest.raises(TypeError, match=r"missing 1 required positional argument"):
        functions.twice(lambda a, b: 1)


def test_exceptions_pass_through_with_their_traceback(functions):
    error = KeyError("lost")

    def fail(_):
        raise error

    with pytest.raises(KeyError) as caught:
        functions.twice(fail)
    assert caught.value is error
    assert "fail" in [frame.name for frame in traceback.extract_tb(error.__traceback__)]

    def outer(value):
        return functions.twice(fail)

    with pytest.raises(KeyError) as caught:
        functions.twice(outer)
    assert caught.value is error
    assert "outer" in [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_cpp_sees_exceptions(functions):
    assert functions.caught(lambda: 1 / 0) == "ZeroDivisionError: division by zero"
    assert functions.caught(lambda: None) == ""
    before = len(functions.cleaned(lambda: None))
    with pytest.raises(ZeroDivisionError):
        functions.cleaned(lambda: 1 / 0)
    assert len(functions.cleaned(lambda: None)) == before + 2  # destructors ran


def test_objects_on_loan(functions):
    def rename(row):
        row.name = f"{row.name} {row.id}"

    assert functions.with_row(rename) == "seven 7"
    seen = []
    functions.with_pointer(lambda row: seen.append(row and row.name))
    assert seen == [None, "nine"]
    with pytest.raises(TypeError, match="const"):
        functions.with_const_row(rename)


def test_kept_objects_become_copies(functions):
    kept = []
    assert functions.with_row(kept.append) == "seven"
    functions.with_const_row(kept.append)
    functions.with_value(kept.append)
    functions.with_pointer(kept.append)
    gc.collect()
    assert [row and row.name for row in kept] == ["seven", "eight", "ten", None, "nine"]
    for row in kept:
        if row:
            row.name += "!"  # a copy of a const object is none
    assert [row.name for row in kept if row] == ["seven!", "eight!", "ten!", "nine!"]


def test_kept_objects_that_cannot_be_copied_are_gone(functions):
    kept = []
    functions.with_pinned(lambda pinned: kept.append((pinned, pinned.value)))
    pinned, value = kept[0]
    assert value == 11
    with pytest.raises(ReferenceError, match="Pinned is gone"):
        pinned.value


def test_loans_end_after_exceptions_too(functions):
    kept = []

    def fail(row):
        kept.append(row)
        raise ValueError

    with pytest.raises(ValueError):
        functions.with_row(fail)
    assert kept[0].name == "seven"


def test_nested_loans(functions):
    def outer(row):
        inner = []
        assert functions.same_row(row, lambda same: inner.append(same) or same is row)
        row.name = "changed"  # still the object of C++
        return inner

    assert functions.with_row(outer) == "changed"


def test_objects_of_python_stay_what_they_are(functions):
    row = functions.Row(1, "one")
    kept = []
    assert functions.same_row(row, lambda same: kept.append(same) or same.id == 1)
    kept[0].name = "kept"


def test_lent_containers_have_no_buffer(functions):
    kept = []

    def total(values):
        with pytest.raises(BufferError, match="may end with this call"):
            memoryview(values)
        kept.append(values)
        return sum(values)

    assert functions.total(total) == 4
    assert memoryview(kept[0]).tolist() == [1.5, 2.5]


def test_results_that_are_objects(functions):
    row = functions.row_from(lambda number: functions.Row(number, "made"))
    assert (row.id, row.name) == (12, "made")
    assert functions.owned_by(lambda: functions.Row(1, "x")) == 1
    assert functions.owned_by(lambda: None) == 0


def test_objects_that_callbacks_give_away(functions):
    kept = []

    def make(number):
        kept.append(functions.Item(number))
        return kept[-1]

    assert functions.made_by(make) == functions.made_by(functions.Item) == 13
    with pytest.raises(ReferenceError, match="C\\+\\+ took it over"):
        kept[0].number
    with pytest.raises(TypeError, match=r"callback make_none\(\) must return Item, not None"):
        functions.made_by(make_none)


def make_none(number):
    return None


def test_functions_of_cpp(functions):
    add = functions.adder(5)
    assert add(10) == 15
    assert repr(add).startswith("<C++ function(arg0: int, /) -> int at 0x")
    assert add.__doc__ == "function(arg0: int, /) -> int"
    assert functions.nothing() is None
    assert functions.plus_one(1) == 2
    assert functions.maker()(7)(1) == 8
    with pytest.raises(TypeError, match=r"function\(\): argument 'arg0' must be int, not str"):
        add("x")
    with pytest.raises(TypeError, match=r"function\(\) takes 1 argument but 2 were given"):
        add(1, 2)
    with pytest.raises(TypeError, match="positional-only"):
        add(arg0=1)
    with pytest.raises(OverflowError):
        add(2**40)
    with pytest.raises(TypeError, match="cannot create"):
        type(add)()
    describe = functions.describer()
    assert describe(functions.Row(1, "ab"), 2) == "abab"
    with pytest.raises(functions.ParseError, match="negative"):
        describe(functions.Row(1, "ab"), -1)


def test_round_trips(functions):
    def own(x):
        return x + 1

    assert functions.same(own) is own
    add = functions.adder(5)
    assert functions.same(add)(1) == 6
    assert functions.twice(add) == 13  # without a way through Python
    assert functions.through(lambda add: add(11)) == 111
    kept = []
    functions.through(lambda add: kept.append(add) or 1)
    assert kept[0](1) == 101


def test_fields(functions):
    button = functions.Button()
    assert button.clicked is None
    assert button.filter is None
    clicks = []
    button.clicked = clicks.append
    assert button.clicked.__self__ is clicks
    button.click()
    assert clicks == [button]
    assert clicks[0] is button
    clicks.clear()
    button.filter = lambda x: x + 1
    assert button.apply(1) == 2
    assert functions.Button.filter.__get__(button)(1) == 2
    button.filter = functions.adder(10)
    assert button.apply(1) == 11
    assert button.filter(2) == 12
    button.filter = None
    assert button.apply(1) == 1
    with pytest.raises(TypeError, match=r"Button.filter must be Callable\[\[int\], int\] \| None, not int"):
        button.filter = 3
    with pytest.raises(AttributeError):
        del button.filter


def test_methods_that_keep(functions):
    button = functions.Button()
    closed = []

    class Target:
        def close(self):
            closed.append(self)

    target = Target()
    alive = weakref.ref(target)
    button.on_close(target.close)
    del target
    gc.collect()
    button.close()
    assert closed == [alive()]
    closed.clear()
    button.on_close(None)
    button.close()
    gc.collect()
    assert closed == []
    assert alive() is None


def test_callbacks_that_unregister_themselves(functions):
    button = functions.Button()

    class Once:
        def __call__(self, value):
            button.filter = None
            gc.collect()
            return value + 5

    button.filter = Once()
    assert button.apply(1) == 6
    assert button.apply(1) == 1


def test_results_keep_their_owner(functions):
    button = functions.Button()
    button.label = "still here"
    name = button.namer()
    del button
    gc.collect()
    assert name() == "still here"


def test_aggregates(functions):
    seen = []
    options = functions.Options("load", seen.append)
    functions.report(options, 3)
    assert seen == [3]
    functions.report(functions.Options("quiet"), 3)
    assert functions.Options(name="n", progress=None).progress is None


def test_cycles_are_collected(functions):
    class Own(functions.Toggle):
        pass

    for make in (functions.Button, lambda: functions.Toggle(print), lambda: Own(print)):
        button = make()

        class Witness:
            def __init__(self, button):
                self.button = button

            def __call__(self, *_):
                return 1

        button.filter = witness = Witness(button)
        alive = weakref.ref(witness)
        del button, witness
        gc.collect()
        assert alive() is None

    toggle = functions.Toggle(lambda on: None)
    toggle.changed = lambda on: toggle  # a cell of this frame: not a cycle by itself
    toggle.toggle()
    assert toggle.on


def test_shared_callables_are_not_collected(functions):
    class Witness:
        def __call__(self, x):
            return x

    witness = Witness()
    witness.button = functions.Button()
    witness.button.filter = witness
    copy = functions.same(witness)
    alive = weakref.ref(witness)
    del witness
    gc.collect()
    assert alive() is copy
    assert copy.button.apply(4) == 4


def test_no_leaks(functions):
    def f(x):
        return x

    button = functions.Button()
    before = sys.getrefcount(f)
    for _ in range(10):
        functions.twice(f)
        functions.same(f)
        functions.on_thread(f)
        button.filter = f
        functions.call_all([f, f], 1)
    button.filter = None
    gc.collect()
    assert sys.getrefcount(f) == before


def test_other_threads(functions):
    here = threading.get_ident()
    assert functions.run_released(lambda x: x + (threading.get_ident() != here)) == 10 + 3
    with pytest.raises(ZeroDivisionError):
        functions.run_released(lambda x: 1 // (x - 4))  # thrown on the thread of std::async, and carried home


def test_exceptions_that_nobody_would_catch(functions, monkeypatch):
    """On a std::thread they would end the process."""
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: seen.append((each.exc_type, each.exc_value.args)))

    def fail(value):
        if value in (2, 3):
            raise KeyError(value)
        return value

    assert functions.run_released(fail) == 1 + 4
    assert seen == [(KeyError, (2,)), (KeyError, (3,))]
    seen.clear()
    assert functions.run_released(lambda value: "text" if value == 2 else value) == 1 + 3 + 4
    assert [each[0] for each in seen] == [TypeError]


def test_worker(functions):
    seen = []
    worker = functions.Worker(seen.append)
    while len(seen) < 3:
        time.sleep(0.001)
    worker.stop()
    assert seen[:3] == [0, 1, 2]


def test_kept_callables_that_fail_where_no_python_waits(functions, monkeypatch):
    """C++ keeps the callable and calls it from its own thread, on and on."""
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: seen.append((each.exc_type, each.exc_value.args)))
    other = threading.get_ident()

    def fail(value):
        raise SystemExit(value) if threading.get_ident() != other else KeyError(value)

    worker = functions.Worker(fail)
    while len(seen) < 3:
        time.sleep(0.001)
    worker.stop()
    assert seen[:3] == [(SystemExit, (0,)), (SystemExit, (1,)), (SystemExit, (2,))]
    del worker
    gc.collect()
    alone = object()
    assert sys.getrefcount(fail) == sys.getrefcount(alone)


@pytest.mark.skipif(bool(sysconfig.get_config_var("Py_GIL_DISABLED")), reason="CPython crashes in its own dicts")
def test_no_memory_for_a_thread(functions):
    """Each allocation fails once: also that of the state with which a thread of C++ runs Python."""
    pytest.importorskip("_testcapi")
    code = """
    import _testcapi
    def nothing(x):
        return x
    results = set()
    for n in range(150):
        for function in (functions.on_thread, functions.run_released):
            _testcapi.set_nomemory(n, n + 1)
            try:
                results.add(function(nothing))
            except Exception as error:
                results.add(type(error))
            finally:
                _testcapi.remove_mem_hooks()
    others = {one for one in results if one is not MemoryError and not isinstance(one, int)}
    print(len(results & {MemoryError, 20, 1 + 2 + 3 + 4}), others)
    """
    done = run_alone(functions, code)
    assert (done.returncode, done.stdout) == (0, "3 set()\n"), done.stderr


def run_alone(functions, code):
    """In a process of its own, with the module as `functions`."""
    path = inspect.getfile(functions) if hasattr(functions, "__file__") else functions.__spec__.origin
    begin = f"""
    import importlib.machinery, importlib.util
    loader = importlib.machinery.ExtensionFileLoader("functions", {path!r})
    spec = importlib.util.spec_from_file_location("functions", {path!r}, loader=loader)
    functions = importlib.util.module_from_spec(spec)
    loader.exec_module(functions)
    """
    text = textwrap.dedent(begin) + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=60)


def test_chosen_by_the_number_of_arguments(functions):
    assert functions.arity(lambda: 0) == 0
    assert functions.arity(lambda a: 0) == 1
    assert functions.arity(lambda a, b: 0) == 2
    assert functions.arity(lambda a, b=0: 0) == 2
    assert functions.arity(abs) == 1
    assert functions.arity(pow) == 2
    assert functions.kind(lambda: None) == "callable"
    assert functions.kind(3) == "int"
    with pytest.raises(TypeError, match="no overload takes"):
        functions.arity(lambda a, b, c: 0)


def test_end_of_the_process(functions):
    """Threads that go on calling, callables in C++ globals: neither a crash nor a wait."""
    code = """
    import time
    seen = []
    workers = [functions.Worker(f) for f in (seen.append, lambda i: time.sleep(0.001), lambda i: [i] * 100)]
    button = functions.Button()
    button.filter = lambda x: button
    while len(seen) < 10:
        time.sleep(0.001)
    for worker in workers:
        del worker
    print("end")
    """
    done = run_alone(functions, code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")
