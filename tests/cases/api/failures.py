"""C++ exceptions arrive as the Python exceptions that fit."""

import copy
import errno
import pickle

import pytest

KINDS = {
    "out_of_range": IndexError,
    "invalid_argument": ValueError,
    "domain_error": ValueError,
    "length_error": ValueError,
    "overflow_error": OverflowError,
    "range_error": (ValueError, ArithmeticError),
    "runtime_error": RuntimeError,
    "logic_error": (RuntimeError, ValueError),
    "bad_alloc": MemoryError,
    "bad_cast": TypeError,
    "int": RuntimeError,
    "text": RuntimeError,
    "nested": RuntimeError,
}


@pytest.mark.parametrize("kind", KINDS)
def test_standard_exceptions(failures, kind):
    with pytest.raises(KINDS[kind]):
        failures.fail(kind)
    assert failures.fail("nothing") is None


def test_texts(failures):
    with pytest.raises(IndexError, match="^too far$"):
        failures.fail("out_of_range")
    with pytest.raises(RuntimeError, match="^grün "):
        failures.fail("runtime_error")


def test_nested_exceptions_become_causes(failures):
    with pytest.raises(RuntimeError, match="outer") as caught:
        failures.fail("nested")
    cause = caught.value.__cause__
    assert isinstance(cause, ValueError)
    assert "inner" in str(cause)


def test_system_errors(failures):
    with pytest.raises(FileNotFoundError) as caught:
        failures.fail("system_error")
    assert caught.value.errno == errno.ENOENT
    with pytest.raises(FileNotFoundError) as caught:
        failures.fail("filesystem_error")
    assert caught.value.filename == "/no/such/file"


def test_own_classes_keep_their_tree(failures):
    assert issubclass(failures.Error, RuntimeError)
    assert issubclass(failures.ParseError, failures.Error)
    assert issubclass(failures.KeyMissing, IndexError)
    with pytest.raises(failures.Error, match="ours") as caught:
        failures.fail("error")
    assert type(caught.value) is failures.Error
    assert caught.value.code() == 7
    with pytest.raises(failures.Error, match="line") as caught:
        failures.fail("parse")
    assert type(caught.value) is failures.ParseError
    assert caught.value.line == 12
    assert caught.value.code() == 2
    with pytest.raises(failures.KeyMissing):
        failures.fail("key")
    assert "Something of ours" in failures.Error.__doc__


def test_own_classes_are_made_and_raised_in_python(failures):
    with pytest.raises(failures.Error, match="^from Python$") as caught:
        raise failures.ParseError("from Python", line=3)
    assert (caught.value.line, caught.value.code()) == (3, 2)
    assert caught.value.args == ("from Python",)
    with pytest.raises(failures.KeyMissing, match="^who$"):
        raise failures.KeyMissing("who")
    with pytest.raises(TypeError, match="ParseError"):
        failures.ParseError("no line")
    with pytest.raises(OverflowError):
        failures.Error("x", 2**40)
    with pytest.raises(TypeError):
        failures.Error.__init__(ValueError(), "x", 1)


def test_exceptions_are_made_once(failures):
    error = failures.Error("first", 1)
    with pytest.raises(TypeError, match="already"):
        error.__init__("second", 2)
    assert (str(error), error.code()) == ("first", 1)


def test_python_classes_derive_from_exceptions(failures):
    class Own(failures.ParseError):
        def __init__(self, line):
            super().__init__(f"line {line}", line)

    class Forgetful(failures.Error):
        def __init__(self):
            pass

    with pytest.raises(failures.Error, match="^line 9$") as caught:
        raise Own(9)
    assert (caught.value.line, caught.value.code()) == (9, 2)
    with pytest.raises(AttributeError):
        Forgetful().code()


def test_classes_without_a_constructor_are_plain_exceptions(failures):
    error = failures.Sealed("text", 1)
    assert error.args == ("text", 1)
    with pytest.raises(AttributeError):
        error.code()
    with pytest.raises(failures.Sealed) as caught:
        failures.fail("sealed")
    assert caught.value.code() == 3


def test_exceptions_keep_what_they_point_into(failures):
    name = "".join(["a", "name"] * 20)
    error = failures.Named(name, [1, 2])
    del name
    assert error.name() == "aname" * 20
    assert error.sum() == 3


def test_exceptions_are_pickled_without_their_object(failures):
    with pytest.raises(failures.Error) as caught:
        failures.fail("parse")
    caught.value.note = "kept"
    for error in (failures.Error("text", 5), caught.value):
        same = pickle.loads(pickle.dumps(error))
        assert type(same) is type(error)
        assert (str(same), same.args) == (str(error), error.args)
        assert str(copy.copy(error)) == str(error)
        with pytest.raises(AttributeError):
            same.code()
    assert same.note == "kept"


def test_everywhere(failures):
    with pytest.raises(failures.Error, match="negative"):
        failures.Thrower(-1)
    thrower = failures.Thrower(1)
    with pytest.raises(IndexError, match="no item"):
        thrower[0]
    with pytest.raises(failures.ParseError):
        thrower.field()
    with pytest.raises(RuntimeError, match="no comparison"):
        thrower == failures.Thrower(2)
    assert failures.fine() == 1
