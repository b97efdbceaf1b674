"""The native signatures of compiled functions: `dovetail.native(shapes.area)`.

In: a callable, or a module, of dovetail or Cython.  Out: `NativeFunction` records, read from `__dovetail_capi__` and
`__pyx_capi__`.  Must not know: how modules are made; nothing is imported that was not imported before.
"""

from __future__ import annotations

import ctypes
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFunction:
    """A compiled function as C, Cython, Numba and SciPy call it: without Python objects, exceptions and the GIL."""

    module: str
    """The import name of the module that has it."""
    name: str
    """Its key in the module's `__pyx_capi__`: `inc`, `Row_at`; of further overloads with a number: `pick_2`."""
    signature: str
    """As Cython spells it: `double (lib::Row const *, int)`."""
    result: str
    """The C type of the result: `double`."""
    meaning: str = ""
    """`bool` or `void` where an `int` stands for that; else ""."""
    arguments: tuple[str, ...]
    """The C types of the arguments; of a method the object is the first."""
    address: int
    """Where it is, in this process."""
    path: str = ""
    """The Python callable in its module: `Row.at`; "" where the module does not say."""
    may_fail: bool | None = None
    """Whether it may set a Python exception, and then returns `failure`. None: the module does not say."""
    failure: int | float | None = None
    """The result that tells of an exception; 0 is a null pointer."""
    ambiguous: bool = False
    """`failure` may also be a result: only `PyErr_Occurred` tells."""
    abi: str = ""
    """Differs between two builds of the module that differ in any signature."""


class _Scope(ctypes.Structure):
    _fields_ = (("path", ctypes.c_char_p), ("cpp", ctypes.c_char_p))


class _Row(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("signature", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("scope", ctypes.c_uint16),
        ("number", ctypes.c_uint16),
        ("flags", ctypes.c_uint32),
    )


class _Field(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("type", ctypes.c_char_p),
        ("scope", ctypes.c_uint32),
        ("offset", ctypes.c_uint32),
    )


class _Table(ctypes.Structure):
    """`dovetail::NativeTable`, version 1."""

    _fields_ = (
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("row_size", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("rows", ctypes.c_void_p),
        ("scopes", ctypes.POINTER(_Scope)),
        ("scope_count", ctypes.c_uint32),
        ("field_count", ctypes.c_uint32),
        ("fields", ctypes.POINTER(_Field)),
        ("abi", ctypes.c_char_p),
    )


_FAILS, _AMBIGUOUS, _BOOL, _VOID = 1, 2, 4, 8
_UNSIGNED = {"unsigned char": 1, "unsigned short": 2, "unsigned int": 4, "unsigned long": ctypes.sizeof(ctypes.c_ulong)}
_SIGNED = {"signed char": 1, "short": 2, "int": 4, "long": ctypes.sizeof(ctypes.c_long), "PY_LONG_LONG": 8}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeClass:
    """A bound class: what is known of its objects in memory."""

    module: str
    path: str
    cpp: str
    """The C++ class, as signatures spell it."""
    fields: tuple[tuple[str, str, int], ...]
    """Public members that are numbers: name, C type (`bool` is one byte), bytes from the start."""
    abi: str


def native_classes(module: types.ModuleType) -> tuple[NativeClass, ...]:
    """The classes of a module made by dovetail."""
    table = _find_table(module)
    if table is None:
        return ()
    fields: dict[int, list[tuple[str, str, int]]] = {}
    for index in range(table.field_count):
        field = table.fields[index]
        fields.setdefault(field.scope, []).append((field.name.decode(), field.type.decode(), field.offset))
    return tuple(
        NativeClass(
            module=module.__name__,
            path=scope.path.decode(),
            cpp=scope.cpp.decode(),
            fields=tuple(fields.get(index, ())),
            abi=table.abi.decode(),
        )
        for index, scope in enumerate(table.scopes[: table.scope_count])
        if scope.cpp
    )


def native(what: Any) -> tuple[NativeFunction, ...]:
    """The native signatures of a function, method or static method; of an overload set one for each that has one.

    Of a module all that it has. Empty where a callable has none: strings, containers and callbacks need Python.
    `TypeError` for what was not compiled by dovetail or Cython.
    """
    if isinstance(what, types.ModuleType):
        return tuple(_read_module(what))
    name = getattr(what, "__name__", "")
    of = getattr(what, "__self__", None)
    if of is not None and not isinstance(of, types.ModuleType):
        what = getattr(type(of), name)  # a bound method: the class has what the module shows
    for module in _modules_of(what):
        if isinstance(table := _find_table(module), _Table):
            rows = (found for found in _read_table(module, table) if found.path.rpartition(".")[2] == name)
            return tuple(found for found in rows if _resolve(module, found.path) == what)
        capsules = getattr(module, "__pyx_capi__", {})
        if name in capsules:
            return (_read_capsule(module, name, capsules[name]),)
    raise TypeError(f"{what!r} has no native signature: neither dovetail nor Cython made it")


def _modules_of(what: Any) -> Iterator[types.ModuleType]:
    """The module that a callable is from, and those around it."""
    of = getattr(what, "__self__", None)
    if isinstance(of, types.ModuleType):
        yield of
    owner = getattr(what, "__objclass__", None) or (type(of) if of is not None else None)
    name = getattr(owner, "__module__", None) or getattr(what, "__module__", None) or ""
    while name:
        if name in sys.modules:
            yield sys.modules[name]
        name = name.rpartition(".")[0]


def _resolve(module: types.ModuleType, path: str) -> Any:
    at: Any = module
    for name in path.split("."):
        at = getattr(at, name, None)
    return at


def _read_module(module: types.ModuleType) -> Iterator[NativeFunction]:
    table = _find_table(module)
    if isinstance(table, _Table):
        yield from _read_table(module, table)
        return
    for name, capsule in sorted(getattr(module, "__pyx_capi__", {}).items()):
        yield _read_capsule(module, name, capsule)


def _find_table(module: types.ModuleType) -> _Table | None:
    capsule = getattr(module, "__dovetail_capi__", None)
    if capsule is None:
        return None
    table = _Table.from_address(_address(capsule, b"dovetail.capi"))
    if table.major != 1:
        raise ImportError(f"{module.__name__} has native signatures of version {table.major}, this dovetail reads 1")
    return table


def _read_table(module: types.ModuleType, table: _Table) -> Iterator[NativeFunction]:
    for index in range(table.count):
        row = _Row.from_address(table.rows + index * table.row_size)
        scope = table.scopes[row.scope]
        path = f"{scope.path.decode()}.{row.name.decode()}".lstrip(".")
        signature = row.signature.decode().replace("$", scope.cpp.decode())
        result, arguments = split_signature(signature)
        fails = bool(row.flags & _FAILS)
        yield NativeFunction(
            module=module.__name__,
            name=path.replace(".", "_") + (f"_{row.number}" if row.number > 1 else ""),
            signature=signature,
            result=result,
            meaning="bool" if row.flags & _BOOL else "void" if row.flags & _VOID else "",
            arguments=arguments,
            address=row.function,
            path=path,
            may_fail=fails,
            failure=_failure(result, certain=not row.flags & _AMBIGUOUS) if fails else None,
            ambiguous=bool(row.flags & _AMBIGUOUS),
            abi=table.abi.decode(),
        )


def _read_capsule(module: types.ModuleType, name: str, capsule: Any) -> NativeFunction:
    raw = _capsule_name(capsule)
    result, arguments = split_signature(raw.decode())
    return NativeFunction(
        module=module.__name__,
        name=name,
        signature=raw.decode(),
        result=result,
        arguments=arguments,
        address=_address(capsule, raw),
    )


def split_signature(signature: str) -> tuple[str, tuple[str, ...]]:
    """Result and arguments: `double`, (`lib::Row const *`, `int`). Commas in brackets part nothing."""
    result, _, rest = signature.partition("(")
    arguments: list[str] = []
    depth, start = 0, 0
    inside = rest.rpartition(")")[0]
    for at, letter in enumerate(inside):
        depth += letter in "<(["
        depth -= letter in ">)]"
        if letter == "," and depth == 0:
            arguments.append(inside[start:at].strip())
            start = at + 1
    arguments.append(inside[start:].strip())
    return result.strip(), () if arguments in ([""], ["void"]) else tuple(arguments)


def _failure(result: str, *, certain: bool) -> int | float:
    """What a function returns that has set an exception: see `dovetail/core/natives.h`."""
    if result.endswith("*"):
        return 0
    if certain and result == "int":
        return -1
    if result == "char":
        return 127
    if result in _SIGNED:
        return 1 - (1 << (8 * _SIGNED[result] - 1))
    if result in ("float", "double"):
        return -3.4028234e38 if result == "float" else -sys.float_info.max
    size = _UNSIGNED.get(re.sub(r"\s+", " ", result), 8)
    return int((1 << (8 * size)) - 1)


def _capsule_name(capsule: Any) -> bytes:
    get = ctypes.pythonapi.PyCapsule_GetName
    get.restype, get.argtypes = ctypes.c_char_p, (ctypes.py_object,)
    name: bytes = get(capsule)
    return name


def _address(capsule: Any, name: bytes) -> int:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    address: int = get(capsule, name)
    return address
