"""C++ exceptions arrive as the Python exceptions that fit."""

import errno

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


def test_own_classes_can_be_raised_in_python(failures):
    with pytest.raises(failures.Error, match="from Python"):
        raise failures.ParseError("from Python")
    with pytest.raises((ReferenceError, AttributeError, TypeError)):
        failures.ParseError("x").code()


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
