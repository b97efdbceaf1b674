# ruff: noqa: N802  (overrides have the names that C++ calls)
from __future__ import annotations

import copy
import gc
import subprocess
import sys
import threading
import traceback
import weakref

import pytest


def make_collecting(listeners):
    class Collecting(listeners.BinaryListener):
        def __init__(self, wanted=100):
            super().__init__()
            self.got = []
            self.wanted = wanted

        def onData(self, id, value, metadata):
            self.got.append((id, value, metadata.name))
            return len(self.got) < self.wanted

    return Collecting


def test_cpp_calls_what_python_overrides(listeners):
    collecting = make_collecting(listeners)()
    assert listeners.readAll(collecting, 3)
    assert collecting.got == [(0, 0.0, "speed"), (1, 0.5, "speed"), (2, 1.0, "speed")]
    assert collecting.ended == 3  # what is not overridden is C++'s own
    assert not listeners.readAll(make_collecting(listeners)(2), 9)


def test_threads_that_python_never_saw(listeners):
    seen = []

    class Here(make_collecting(listeners)):
        def onData(self, id, value, metadata):
            seen.append(threading.get_ident())
            return super().onData(id, value, metadata)

    here = Here()
    assert listeners.readElsewhere(here, 5)
    assert len(here.got) == 5
    assert here.ended == 5
    assert threading.get_ident() not in seen
    assert len(set(seen)) == 1


def test_many_threads_at_once(listeners):
    collecting = make_collecting(listeners)(10**9)
    threads = [threading.Thread(target=listeners.readElsewhere, args=(collecting, 200)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(collecting.got) == 800


def test_abstract_classes_name_what_is_missing(listeners):
    with pytest.raises(
        TypeError,
        match=r"^BinaryListener cannot be constructed itself, only .* and overrides onData\(\)$",
    ):
        listeners.BinaryListener()

    class Nothing(listeners.BinaryListener):
        pass

    for _ in range(2):
        with pytest.raises(
            TypeError, match=r"^Nothing cannot be constructed: it does not override onData\(\) of BinaryListener$"
        ):
            Nothing()
    unready = Nothing.__new__(Nothing)
    with pytest.raises(TypeError, match="__init__"):
        listeners.readAll(unready, 1)
    Nothing.onData = lambda self, *rest: True
    assert listeners.readAll(Nothing(), 3)


def test_forgotten_init(listeners):
    class Forgets(listeners.BinaryListener):
        def __init__(self):
            pass

        def onData(self, *rest):
            return True

    with pytest.raises(TypeError, match=r"Forgets.__init__\(\) was not called"):
        listeners.readAll(Forgets(), 1)
    twice = make_collecting(listeners)()
    with pytest.raises(TypeError, match="already called"):
        listeners.BinaryListener.__init__(twice)


def test_wrong_results(listeners):
    class Wrong(listeners.BinaryListener):
        answer: object = "yes"

        def onData(self, *rest):
            return self.answer

    wrong = Wrong()
    with pytest.raises(TypeError, match=r"^Wrong.onData\(\) must return bool, not str$"):
        listeners.readAll(wrong, 1)
    wrong.answer = None
    with pytest.raises(TypeError, match=r"^Wrong.onData\(\) must return bool, not None$"):
        listeners.readElsewhere(wrong, 1)

    class Summing(listeners.Summing):
        def describe(self):
            return 3

    with pytest.raises(TypeError, match=r"^Summing.describe\(\) must return str \| bytes, not int$"):
        listeners.describe(Summing())


@pytest.mark.parametrize("read", ["readAll", "readElsewhere"])
def test_exceptions_come_back_as_they_are(listeners, read):
    thrown = KeyError("here")

    class Throws(listeners.BinaryListener):
        def onData(self, *rest):
            raise thrown

    for _ in range(2):
        with pytest.raises(KeyError) as caught:
            getattr(listeners, read)(Throws(), 1)
        assert caught.value is thrown
        assert [frame.name for frame in traceback.extract_tb(thrown.__traceback__)][-1] == "onData"


def test_super_and_explicit_calls(listeners):
    class Louder(listeners.Summing):
        def describe(self):
            return super().describe() + "!"

        def onData(self, id, value, metadata):
            return listeners.Summing.onData(self, id, 10 * value, metadata)

    louder = Louder(5)
    assert listeners.describe(louder) == louder.describe() == "sum 5!"
    assert listeners.readAll(louder, 3)
    assert louder.sum == 20.0
    assert listeners.Summing.describe(louder) == "sum 20"
    with pytest.raises(NotImplementedError, match=r"BinaryListener.onData\(\) is pure virtual, or"):
        listeners.BinaryListener.onData(louder, 1, 1.0, listeners.Metadata())


def test_levels_of_python_classes(listeners):
    class Mixin:
        def describe(self):
            return "mixed " + super().describe()

    class Lower(listeners.Summing):
        def describe(self):
            return "lower " + super().describe()

    class Lowest(Mixin, Lower):
        pass

    assert listeners.describe(Lowest()) == "mixed lower sum 0"
    assert listeners.describe(listeners.Summing(2)) == "sum 2"
    assert type(copy.copy(listeners.Summing(2))) is listeners.Summing


def test_classes_that_change(listeners):
    class Changing(listeners.Summing):
        pass

    changing = Changing(1)
    for _ in range(3):
        assert listeners.describe(changing) == "sum 1"
        Changing.describe = lambda self: "new"
        assert listeners.describe(changing) == "new"
        Changing.describe = staticmethod(lambda: "static")
        assert listeners.describe(changing) == "static"
        Changing.describe = len
        with pytest.raises(TypeError, match="len"):
            listeners.describe(changing)
        del Changing.describe
    other = type("Other", (listeners.Summing,), {"describe": lambda self: "other"})
    changing.__class__ = other
    assert listeners.describe(changing) == "other"


def test_a_pure_function_that_was_deleted(listeners):
    class Collecting(make_collecting(listeners)):
        def onData(self, *rest):
            return True

    collecting = Collecting()
    del Collecting.onData
    del Collecting.__mro__[1].onData
    with pytest.raises(
        NotImplementedError, match=r"^BinaryListener.onData\(\) is pure virtual, and Collecting does not override it$"
    ):
        listeners.readAll(collecting, 1)


def test_arguments_that_are_kept(listeners):
    class Keeps(make_collecting(listeners)):
        def onData(self, id, value, metadata):
            with pytest.raises(TypeError, match="const"):
                metadata.unit = 3
            self.metadata = metadata
            self.ids = []
            return True

        def onEnd(self, ids):
            self.ids = ids

    keeps = Keeps()
    listeners.readAll(keeps, 2)
    assert keeps.metadata == listeners.Metadata("speed", 7)
    keeps.metadata.name = "mine"  # a copy by now
    assert keeps.metadata.name == "mine"
    assert keeps.ids == [0, 1]
    assert memoryview(keeps.ids).tolist() == [0, 1]


def test_lifetime(listeners):
    collecting = make_collecting(listeners)()
    listeners.readAll(collecting, 1)
    collecting.itself = collecting
    alive = weakref.ref(collecting)
    del collecting
    gc.collect()
    assert alive() is None


def test_calls_while_the_object_ends(listeners):
    class Ends(listeners.Summing):
        def __del__(self):
            told.append(listeners.describe(self))

        def describe(self):
            return "ending " + super().describe()

    told: list[str] = []
    ends = Ends(4)
    del ends
    assert told == ["ending sum 4"]


FOREVER = """
import importlib.machinery, importlib.util, sys, time
loader = importlib.machinery.ExtensionFileLoader("listeners", sys.argv[1])
spec = importlib.util.spec_from_file_location("listeners", sys.argv[1], loader=loader)
listeners = importlib.util.module_from_spec(spec)
loader.exec_module(listeners)

class Forever(listeners.BinaryListener):
    count = 0
    def onData(self, id, value, metadata):
        Forever.count += 1
        return True

for _ in range(3):
    listeners.readForever(Forever())
deadline = time.time() + 10
while Forever.count < 100 and time.time() < deadline:
    time.sleep(0.001)
print(Forever.count >= 100)
"""


def test_threads_that_outlive_python(listeners):
    for _ in range(3):
        command = [sys.executable, "-c", FOREVER, listeners.__file__]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "True\n", "")


def test_exceptions_that_nobody_would_catch(listeners, monkeypatch):
    """On a std::thread they would end the process."""
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: seen.append((each.exc_type, str(each.exc_value))))

    class Failing(listeners.BinaryListener):
        result = "text"

        def onData(self, id, value, metadata):
            return self.result

        def onEnd(self, ids):
            raise KeyError(list(ids))

    class Named(listeners.Named):
        text = 3

        def name(self):
            return self.text

    failing, named = Failing(), Named()
    assert listeners.readUncaught(failing, named) == "enough"
    assert seen == [
        (TypeError, "Failing.onData() must return bool, not str"),
        (KeyError, "[1]"),
        (TypeError, "Named.name() must return str | bytes, not int"),
    ]
    seen.clear()
    Failing.result, Failing.onEnd, Named.text = True, listeners.BinaryListener.onEnd, "!"
    assert listeners.readUncaught(failing, named) == "more!"
    assert seen == []
    del Named.name
    assert listeners.readUncaught(failing, named) == "more"
    assert seen == [(NotImplementedError, "Named.name() is pure virtual, and Named does not override it")]


ELSEWHERE = """
class Here(listeners.Summing):
    def describe(self):
        return "sub " + super().describe()
    def onData(self, id, value, metadata):
        return super().onData(id, 2 * value, metadata)

here = Here(1)
assert listeners.readElsewhere(here, 3)
assert listeners.describe(here) == "sub sum 4", listeners.describe(here)
"""
LOAD = FOREVER[: FOREVER.index("class ")].replace("sys.argv[1]", "path")


@pytest.mark.skipif(sys.version_info < (3, 13), reason="own-GIL interpreters have no door in Python before")
def test_interpreters_of_their_own(listeners):
    import _interpreters

    code = f"path = {listeners.__file__!r}\n{LOAD}\n{ELSEWHERE}"
    failed = []

    def work():
        interpreter = _interpreters.create("isolated")
        failed.append(_interpreters.exec(interpreter, code))
        _interpreters.destroy(interpreter)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if listeners.__file__.endswith(".abi3.so"):
        assert ["subinterpreters" in str(each) for each in failed] == [True] * 3, "refused, by CPython itself"
        return
    assert [str(each) for each in failed] == ["None"] * 3
