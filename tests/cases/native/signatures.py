"""Native signatures: what other compilers call, and how failures come back."""

import ctypes
import math
import re
import sys
import threading

import pytest

import dovetail

VOID_POINTER = ctypes.c_void_p


def native(what):
    (found,) = dovetail.native(what)
    return found


def call(found, result, *types, gil=True):
    make = ctypes.PYFUNCTYPE if gil else ctypes.CFUNCTYPE
    return make(result, *types)(found.address)


def address_of(cell):
    """Where the C++ object of a bound one is."""
    name = f"{type(cell).__qualname__.replace('.', '_')}_ptr"
    (found,) = (each for each in dovetail.native(sys.modules["signatures"]) if each.name == name)
    return call(found, VOID_POINTER, ctypes.py_object)(cell)


def test_signatures_are_spelled_as_cython_does(signatures):
    assert {found.name: found.signature for found in dovetail.native(signatures)} == {
        "inc": "long (long)",
        "refuse": "int (int)",
        "check": "int (double)",
        "even": "int (long)",
        "small": "unsigned char (unsigned char)",
        "big": "unsigned PY_LONG_LONG (unsigned PY_LONG_LONG)",
        "half": "float (float)",
        "flip": "unsigned char (unsigned char)",
        "letter": "char (char)",
        "nothing": "void (void)",
        "pick": "int (int)",
        "pick_2": "int (char const *, size_t)",
        "pick_3": "double (double)",
        "sum": "int (signatures::Row const *, signatures::Row const *)",
        "inner_twice": "short (short)",
        "Row_at": "double (signatures::Row const *, int)",
        "Row_width": "int (signatures::Row const *)",
        "Row_set_width": "int (signatures::Row *, int)",
        "Row_self": "signatures::Row *(signatures::Row *)",
        "Row_wider": "signatures::Row const *(signatures::Row const *, signatures::Row const *)",
        "Row_count": "long (void)",
        "Row_ptr": "signatures::Row *(PyObject *)",
        "Row_const_ptr": "signatures::Row const *(PyObject *)",
        "Row_Cell_ptr": "signatures::Row::Cell *(PyObject *)",
        "Row_Cell_get": "int (signatures::Row::Cell const *)",
        "rows": "std::vector<signatures::Row>  const *(void)",
        "total": "double (std::vector<double>  const *)",
        "VectorRow_ptr": "std::vector<signatures::Row>  *(PyObject *)",
        "VectorRow_const_ptr": "std::vector<signatures::Row>  const *(PyObject *)",
        "VectorInt_ptr": "std::vector<int>  *(PyObject *)",
        "VectorDouble_ptr": "std::vector<double>  *(PyObject *)",
        "Label_ptr": "signatures::Label *(PyObject *)",
        "Label_shown": "char const *(signatures::Label const *, size_t *)",
        "Label_known": "char const *(signatures::Label const *, size_t *)",
        "Label_compare": "int (signatures::Label const *, char const *, size_t)",
        "Label_value": "double (signatures::Label const *)",
        "Tag_ptr": "signatures::Tag *(PyObject *)",
        "name": "char *(size_t *)",
        "list": "std::vector<int>  *(void)",
        "make": "signatures::Row *(int)",
        "Row___init__": "signatures::Row *(int)",
        "Row_Cell___init__": "signatures::Row::Cell *(int)",
        "Row_Cell___init___2": "signatures::Row::Cell *(void)",
        "Label___init__": "signatures::Label *(void)",
        "Tag___init__": "signatures::Tag *(void)",
    }


def test_capsules_have_the_signature_as_their_name(signatures):
    assert signatures.__pyx_capi__ is signatures.__pyx_capi__
    shown = {found.name for found in dovetail.native(signatures)}
    laid_out = set(signatures.__pyx_capi__) - shown
    assert shown <= set(signatures.__pyx_capi__)
    assert all(re.fullmatch(r"\w+_ptr__layout_[0-9a-f]{8}", name) for name in laid_out)
    assert {name.partition("__layout_")[0] for name in laid_out} >= {"Row_ptr", "Row_Cell_ptr", "Label_ptr"}
    assert 'capsule object "double (signatures::Row const *, int)"' in repr(signatures.__pyx_capi__["Row_at"])


def test_a_module_without_the_attribute_says_so(signatures):
    with pytest.raises(AttributeError, match="module 'signatures' has no attribute 'sun'") as caught:
        _ = signatures.sun
    assert caught.value.name == "sun"
    assert caught.value.obj is signatures


def test_callables_are_found(signatures):
    row = signatures.Row(3)
    assert native(signatures.inc).path == "inc"
    assert native(signatures.Row.at) == native(row.at)
    assert native(signatures.Row.count).name == native(row.count).name == "Row_count"
    assert native(signatures.Row.Cell.get).path == "Row.Cell.get"
    assert native(signatures.inner.twice).name == "inner_twice"
    assert [found.arguments for found in dovetail.native(signatures.pick)] == [
        ("int",),
        ("char const *", "size_t"),
        ("double",),
    ]
    assert dovetail.native(signatures.longer) == ()
    with pytest.raises(TypeError, match="neither dovetail nor Cython"):
        dovetail.native(len)


def test_what_is_made_belongs_to_the_caller(signatures):
    name, make = native(signatures.name), native(signatures.make)
    assert (name.meaning, make.meaning) == ("own text (void)", "own signatures::Row & (int)")
    size = ctypes.c_size_t()
    text = call(name, VOID_POINTER, ctypes.POINTER(ctypes.c_size_t))(ctypes.byref(size))
    assert ctypes.string_at(text, size.value) == b"signatures"
    free = ctypes.CDLL(None).free
    free.argtypes = (VOID_POINTER,)
    free(text)
    row = call(make, VOID_POINTER, ctypes.c_int)(4)
    assert call(native(signatures.Row.width), ctypes.c_int, VOID_POINTER)(row) == 4
    types = dovetail.native_types(signatures)
    assert types.classes["signatures::Row"].ends
    call(types.inner[".end.Row"], None, VOID_POINTER)(row)


def test_constructors(signatures):
    assert [made.meaning for made in dovetail.native(signatures.Row)] == ["own signatures::Row & (int)"]
    assert [made.meaning for made in dovetail.native(signatures.Row.Cell)] == [
        "own signatures::Row::Cell & (int)",
        "own signatures::Row::Cell & (void)",
    ]
    cell = call(dovetail.native(signatures.Row.Cell)[0], VOID_POINTER, ctypes.c_int)(9)
    assert ctypes.c_int.from_address(cell).value == 9
    call(dovetail.native_types(signatures).inner[".end.Row.Cell"], None, VOID_POINTER)(cell)
    with pytest.raises(TypeError, match="dovetail did not make it"):
        dovetail.native(int)


def test_a_python_subclass_has_the_same(signatures):
    class Wide(signatures.Row):
        pass

    assert native(Wide(3).at) == native(signatures.Row.at)


def test_what_a_signature_means(signatures):
    assert {found.name: found.meaning for found in dovetail.native(signatures) if found.name.startswith("Label")} == {
        "Label_shown": "text (void)",
        "Label_known": "text *(void)",
        "Label_compare": "int (text)",
        "Label_value": "double (void)",
        "Label_ptr": "signatures::Label *(PyObject *)",
        "Label___init__": "own signatures::Label & (void)",
    }
    assert native(signatures.even).meaning == "bool (long)"
    assert native(signatures.flip).meaning == "signatures::Mode (signatures::Mode)"
    assert native(signatures.check).meaning == "void (double)"
    assert native(signatures.sum).meaning == "int (signatures::Row const &, signatures::Row const *)"
    assert native(signatures.Row.wider).meaning == "signatures::Row const *(signatures::Row const &)"
    assert (native(signatures.Row.wider).receiver, native(signatures.inc).receiver) == ("signatures::Row const *", "")


def test_text(signatures):
    label = signatures.Label("héllo")
    size = ctypes.c_size_t()
    shown = call(native(signatures.Label.shown), VOID_POINTER, VOID_POINTER, VOID_POINTER)
    assert ctypes.string_at(shown(address_of(label), ctypes.byref(size)), size.value) == "héllo".encode()
    known = call(native(signatures.Label.known), VOID_POINTER, VOID_POINTER, VOID_POINTER)
    assert known(address_of(signatures.Label("")), ctypes.byref(size)) is None
    assert size.value == 0
    compare = call(native(signatures.Label.compare), ctypes.c_int, VOID_POINTER, ctypes.c_char_p, ctypes.c_size_t)
    assert compare(address_of(label), "héllo!".encode(), 6) == 0
    pick = next(found for found in dovetail.native(signatures.pick) if found.meaning == "int (text)")
    assert call(pick, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t)(b"ab", 2) == 2


def test_a_variant_of_numbers_is_a_number(signatures):
    (value,) = (found for found in dovetail.native(signatures) if found.name == "Label_value")
    assert (value.role, value.path) == ("get", "Label.value")
    read = call(value, ctypes.c_double, VOID_POINTER)
    label = signatures.Label("", 2.5)
    assert read(address_of(label)) == 2.5
    label.value = 7
    assert read(address_of(label)) == 7.0


def test_const_objects_have_an_address_of_their_own(signatures):
    row = signatures.rows()[1]
    with pytest.raises(TypeError, match="const"):
        address_of(row)
    (const,) = (found for found in dovetail.native(signatures) if found.name == "Row_const_ptr")
    width = call(native(signatures.Row.width), ctypes.c_int, VOID_POINTER)
    assert width(call(const, VOID_POINTER, ctypes.py_object)(row)) == 4


def test_types(signatures):
    from dovetail.capi import is_const, native_types

    known = native_types(signatures)
    assert {cpp: (each.element, each.stride, each.count) for cpp, each in known.sequences.items()} == {
        "std::vector<signatures::Row>": ("signatures::Row", 4, 0),
        "std::vector<double>": ("double", 8, 0),
        "std::vector<int>": ("int", 4, 0),
    }
    assert known.enums == {"signatures::Mode": ("Mode", "unsigned char")}
    assert known.classes["signatures::Tag"].bases == (("signatures::Row", 0), ("signatures::Label", 8))
    assert [(field.name, field.type) for field in known.classes["signatures::Label"].fields] == [("text", "text")]
    assert is_const(signatures, signatures.rows())
    assert not is_const(signatures, signatures.Row(1))


def test_calls(signatures):
    assert call(native(signatures.inc), ctypes.c_long, ctypes.c_long)(41) == 42
    assert call(native(signatures.half), ctypes.c_float, ctypes.c_float)(3.0) == 1.5
    assert call(native(signatures.flip), ctypes.c_ubyte, ctypes.c_ubyte)(1) == 2
    assert call(native(signatures.even), ctypes.c_int, ctypes.c_int64)(4) == 1
    assert call(native(signatures.big), ctypes.c_uint64, ctypes.c_uint64)(2**64 - 1) == 2**64 - 1
    assert call(native(signatures.check), ctypes.c_int, ctypes.c_double)(1.0) == 0


def test_calls_with_objects(signatures):
    a, b = signatures.Row(3), signatures.Row(5)
    at = call(native(signatures.Row.at), ctypes.c_double, VOID_POINTER, ctypes.c_int)
    assert at(address_of(a), 2) == 1.0
    wider = call(native(signatures.Row.wider), VOID_POINTER, VOID_POINTER, VOID_POINTER)
    assert wider(address_of(a), address_of(b)) == address_of(b)
    assert wider(address_of(b), address_of(a)) is None
    total = call(native(signatures.sum), ctypes.c_int, VOID_POINTER, VOID_POINTER)
    assert (total(address_of(a), address_of(b)), total(address_of(a), None)) == (8, 3)


def test_addresses(signatures):
    cell = signatures.Row.Cell()
    cell.value = 5
    assert ctypes.c_int.from_address(address_of(cell)).value == 5
    with pytest.raises(TypeError, match=r"Row\.Cell is expected, not int"):
        pointer = next(each for each in dovetail.native(signatures) if each.name == "Row_Cell_ptr")
        call(pointer, VOID_POINTER, ctypes.py_object)(3)
    with pytest.raises(TypeError, match=r"Row\.__init__\(\) was not called"):
        address_of(signatures.Row.__new__(signatures.Row))


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [("refuse", (ctypes.c_int, -1), "Refused"), ("check", (ctypes.c_double, math.nan), "")],
)
def test_a_failure_is_the_exception_that_python_would_get(signatures, name, arguments, error):
    found = native(getattr(signatures, name))
    assert found.may_fail
    expected = getattr(signatures, error) if error else ValueError
    with pytest.raises(expected):
        getattr(signatures, name)(arguments[1])
    with pytest.raises(expected):
        call(found, ctypes.c_int, arguments[0])(arguments[1])


def test_what_cannot_fail_says_so(signatures):
    assert native(signatures.inc).may_fail is False
    assert native(signatures.inc).failure is None
    assert (native(signatures.refuse).failure, native(signatures.refuse).ambiguous) == (-(2**31) + 1, True)
    assert (native(signatures.check).failure, native(signatures.check).ambiguous) == (-1, False)
    assert (native(signatures.even).failure, native(signatures.even).ambiguous) == (-1, False)
    assert native(signatures.Row.at).failure < -1e308


@pytest.mark.skipif(hasattr(sys, "gettotalrefcount"), reason="ctypes returns beside an exception: fatal here")
def test_a_failure_without_the_gil(signatures):
    """The thread has no GIL while it runs C++: the exception is set all the same."""
    found = native(signatures.refuse)
    refuse = call(found, ctypes.c_int, ctypes.c_int, gil=False)
    caught = []

    def attempt():
        try:
            refuse(-1)
        except SystemError as error:  # ctypes expects no exception of a function that it calls without the GIL
            caught.append(type(error.__cause__))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caught == [signatures.Refused] * 4
