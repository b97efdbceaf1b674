"""The native signatures of compiled functions: `dovetail.native(shapes.area)`.

In: a callable, or a module, of dovetail or Cython.  Out: `NativeFunction` records, read from `__dovetail_capi__` and
`__pyx_capi__`.  Must not know: how modules are made; nothing is imported that was not imported before.
"""

from __future__ import annotations

import ctypes
import functools
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

from dovetail.capi_table import Bares, Row, Table


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
    """The signature without self as Python has it: `bool (lib::Row const &, text, lib::Mode)`. A reference (`&`) is
    never null; "" where the module does not say."""
    receiver: str = ""
    """Of a method the C type of the object, which is the first argument."""
    role: str = "call"
    """`get` and `set`: it reads or writes the attribute of that path; the path of the latter is `Row.set_width`."""
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
    parameters: tuple[str, ...] = ()
    """The names of the parameters in `meaning`; "" where the header gives none."""
    needs_gil: bool | None = None
    """Whether it may only be called with the GIL. None: the module does not say."""
    abi: str = ""
    """Differs between two builds of the module that differ in what compiled code takes from it: signatures, layouts,
    constants."""
    bare: int = 0
    """The address of the C++ function itself, which throws, for compilers that catch C++ exceptions; its result is void
    where `result` says only whether it failed. 0: there is none."""


_VERSION = 4
_FAILS, _AMBIGUOUS, _GETS, _SETS, _GIL = 1, 2, 16, 32, 64
_UNSIGNED = {"unsigned char": 1, "unsigned short": 2, "unsigned int": 4, "unsigned long": ctypes.sizeof(ctypes.c_ulong)}
_SIGNED = {"signed char": 1, "short": 2, "int": 4, "long": ctypes.sizeof(ctypes.c_long), "PY_LONG_LONG": 8}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeField:
    """A public member in memory."""

    name: str
    type: str
    """As in `NativeFunction.meaning`; an object of a class or container without `&`."""
    offset: int
    """Bytes from the start of the object."""
    writable: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeRange:
    """What `begin()` and `end()` of a class give: functions in `NativeTypes.inner` go over it."""

    element: str
    """As the result in `NativeFunction.meaning`."""
    size: int
    """Of what a loop needs, in bytes."""
    const: bool
    """A const object will do."""
    ends: bool
    """A loop that is over has to end by `.leave`."""

    @property
    def layout(self) -> str:
        """Part of the names of its functions: code that sets other memory aside calls what is no longer there."""
        return f"{self.size}{'+' * self.ends}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeClass:
    """A bound class: what is known of its objects in memory."""

    module: str
    path: str
    cpp: str
    """The C++ class, as signatures spell it."""
    fields: tuple[NativeField, ...]
    bases: tuple[tuple[str, int], ...]
    """C++ names of its bases, and theirs, with their places in bytes."""
    size: int
    """Of an object, in bytes; 0: the headers only declare the class."""
    alignment: int
    ends: bool
    """`NativeTypes.inner` has a function that deletes objects which belong to the caller."""
    abi: str
    range: NativeRange | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeSequence:
    """A bound container whose elements lie side by side."""

    module: str
    path: str
    cpp: str
    element: str
    """As `NativeField.type`."""
    stride: int
    """Bytes from one element to the next."""
    count: int
    """Of an array, which has its elements inside; 0: it begins with pointers to the first and behind the last."""
    ends: bool
    """As of a class."""
    abi: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeContainer:
    """A bound container whose elements lie apart: functions in `NativeTypes.inner` say where."""

    module: str
    path: str
    cpp: str
    key: str
    """As `NativeField.type`; "" where there are no keys: elements are found by an index, if at all."""
    element: str
    """Of a set the key."""
    offset: int
    """Of an element behind the address that the functions give."""
    finds: bool
    makes: bool
    """A map: it makes an element where there is none."""
    ends: bool
    """As of a class."""
    abi: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeTypes:
    """The types of a module that native functions have, by C++ name."""

    classes: dict[str, NativeClass]
    sequences: dict[str, NativeSequence]
    containers: dict[str, NativeContainer]
    enums: dict[str, tuple[str, str]]
    """Python path, and the integer below."""
    inner: dict[str, NativeFunction]
    """Functions of the table that are none of Python: `.string` gives the text of a `std::string`, `.end.Row` deletes a
    row that belongs to the caller, `.give.Row` makes a Python object of one, `.count.MapIntRow`, `.find.…`, `.next.…`
    and `.make.…` go over a container, `.begin.Rows.48`, `.step.…` and `.leave.…` over a range; `.take` catches at a
    landing pad what a bare function threw, `.personality` belongs to frames with such, and `.unwinds` says whether
    exceptions find the frame of an address: all three or none."""


def native_types(module: types.ModuleType) -> NativeTypes | None:
    """None: dovetail did not make it, or without native signatures."""
    table = _find_table(module)
    return _read_types(module.__name__, ctypes.addressof(table)) if table is not None else None


def is_const(module: types.ModuleType, thing: Any) -> bool:
    """Of an object of a class or container of the module: C++ gave it as a const one."""
    table = _find_table(module)
    assert table is not None
    return bool(ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object)(table.is_const)(thing))


@functools.cache
def _read_types(name: str, address: int) -> NativeTypes:
    table = Table.from_address(address)
    abi = table.abi.decode()
    rows = table.scopes[: table.scope_count]
    scopes = [(scope.path.decode(), scope.cpp.decode(), scope.type) for scope in rows]
    enums = {cpp: (path, below.decode()) for path, cpp, below in scopes if below is not None}
    sequences, plain = {}, set()
    for row in table.sequences[: table.sequence_count]:
        path, cpp, _ = scopes[row.scope]
        plain.add(cpp)
        if row.stride:
            element = row.element.decode()
            sequences[cpp] = NativeSequence(
                module=name,
                path=path,
                cpp=cpp,
                element=element,
                stride=row.stride,
                count=row.count,
                ends=bool(rows[row.scope].end),
                abi=abi,
            )
    containers = {}
    for place in table.containers[: table.container_count]:
        path, cpp, _ = scopes[place.scope]
        containers[cpp] = NativeContainer(
            module=name,
            path=path,
            cpp=cpp,
            key=place.key.decode(),
            element=place.element.decode(),
            offset=place.offset,
            finds=bool(place.find),
            makes=bool(place.make),
            ends=bool(rows[place.scope].end),
            abi=abi,
        )
    fields: dict[int, list[NativeField]] = {}
    for field in table.fields[: table.field_count]:
        writable = bool(field.flags & _SETS)
        field_name, type_ = _read_strings(field.text, 2)
        found = NativeField(name=field_name, type=type_, offset=field.offset, writable=writable)
        fields.setdefault(field.scope, []).append(found)
    bases: dict[int, list[tuple[str, int]]] = {}
    for row in table.bases[: table.base_count]:
        bases.setdefault(row.scope, []).append((scopes[row.base][1], row.offset))
    ranges = {row.scope: _read_range(row) for row in _ranges(table)}
    classes = {
        cpp: NativeClass(
            module=name,
            path=path,
            cpp=cpp,
            fields=tuple(fields.get(index, ())),
            bases=tuple(bases.get(index, ())),
            size=rows[index].size,
            alignment=rows[index].alignment,
            ends=bool(rows[index].end),
            abi=abi,
            range=ranges.get(index),
        )
        for index, (path, cpp, below) in enumerate(scopes)
        if cpp and below is None and cpp not in plain and cpp not in containers
    }
    inner = {each.name: each for each in _inner_functions(name, table)}
    return NativeTypes(classes=classes, sequences=sequences, containers=containers, enums=enums, inner=inner)


def _ranges(table: Table) -> list[Any]:
    return table.ranges[: table.range_count] if table.minor >= 1 else []


def _read_range(row: Any) -> NativeRange:
    const = not row.flags & _SETS
    return NativeRange(element=row.element.decode(), size=row.size, const=const, ends=bool(row.leave))


def _inner_functions(module: str, table: Table) -> Iterator[NativeFunction]:
    scopes = table.scopes[: table.scope_count]
    found = [(".string", "char const *(std::string const *, size_t *)", table.string)]
    found += [(f".end.{scope.path.decode()}", "void (void *)", scope.end) for scope in scopes]
    if table.minor >= 1 and table.give:
        giving = "PyObject *(void const *, int, PyObject *, char const *)"
        found += [(f".give.{scope.path.decode()}", giving, table.give[k]) for k, scope in enumerate(scopes)]
    for row in table.containers[: table.container_count]:
        path = scopes[row.scope].path.decode()
        found += [
            (f".count.{path}", "size_t (void const *)", row.count),
            (f".find.{path}", "void const *(void const *, void const *, size_t)", row.find),
            (f".next.{path}", "void const *(void const *, void *)", row.next),
            (f".make.{path}", "void *(void *, void const *, size_t)", row.make),
        ]
    for row in _ranges(table):
        path = f"{scopes[row.scope].path.decode()}.{_read_range(row).layout}"
        found += [
            (f".begin.{path}", "int (void *, void *)", row.begin),
            (f".step.{path}", "int (void *, void *)", row.next),
            (f".leave.{path}", "void (void *)", row.leave),
        ]
    if bares := _find_bares(table):
        found += [
            (".take", "void (void *)", bares.take),
            (".personality", "int (void)", bares.personality),
            (".unwinds", "int (void *)", bares.unwinds),
        ]
    for name, signature, address in found:
        if address:
            result, arguments = split_signature(signature)
            yield NativeFunction(
                module=module,
                name=name,
                signature=signature,
                result=result,
                arguments=arguments,
                address=address,
                may_fail=False,
                needs_gil=False,
                abi=table.abi.decode(),
            )


def native(what: Any) -> tuple[NativeFunction, ...]:
    """The native signatures of a function, method or static method; of an overload set one for each that has one.

    Of a class those of its constructors, of a module all that it has, of a fused function of Cython one for each of its
    types. Empty where a callable has none: callbacks, for one, need Python. `TypeError` for what was not compiled by
    dovetail or Cython.
    """
    if isinstance(what, types.ModuleType):
        return tuple(_read_module(what))
    if isinstance(what, type):
        return _read_constructors(what)
    name = getattr(what, "__name__", "")
    of = getattr(what, "__self__", None)
    if type(what).__name__ == "ufunc":
        return _read_ufunc(what, name)
    if of is not None and not isinstance(of, types.ModuleType):
        what = getattr(type(of), name)  # a bound method: the class has what the module shows
    for module in _modules_of(what):
        if isinstance(table := _find_table(module), Table):
            rows = (found for found in _read_table(module, table) if found.path.rpartition(".")[2] == name)
            return tuple(found for found in rows if _resolve(module, found.path) == what)
        of_cython = re.compile(rf"(__pyx_fuse_\d+(_\d+)*)?{re.escape(name)}")
        found = tuple(each for each in _read_capsules(module) if of_cython.fullmatch(each.name))
        if found:
            return found
    raise TypeError(f"{what!r} has no native signature: neither dovetail nor Cython made it")


def address(thing: Any) -> int:
    """Where the C++ object behind a Python one is, for native functions that take it. The Python object must live as
    long as the address is used, and what it is an element of must not move it. `TypeError` for other objects."""
    for owner in type(thing).__mro__:
        for module in _modules_of(owner):
            table = _find_table(module)
            if table is None:
                continue
            path = f"{owner.__module__}.{owner.__qualname__}".removeprefix(f"{module.__name__}.")
            wanted = f"{path}.{'const_' * is_const(module, thing)}ptr"
            for found in _read_table(module, table):
                if found.path == wanted:
                    place: int = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object)(found.address)(thing)
                    return place
    raise TypeError(f"{thing!r} is no C++ object of a class or container with native signatures")


def _read_constructors(what: type) -> tuple[NativeFunction, ...]:
    for module in _modules_of(what):
        if isinstance(table := _find_table(module), Table):
            made = (found for found in _read_table(module, table) if found.path.endswith(".__init__"))
            return tuple(found for found in made if _resolve(module, found.path.rpartition(".")[0]) is what)
    raise TypeError(f"{what!r} has no native signature: dovetail did not make it")


def _read_ufunc(what: Any, name: str) -> tuple[NativeFunction, ...]:
    """Of one that a module has made: a ufunc does not know where it is from."""
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is what and isinstance(table := _find_table(module), Table):
            return tuple(found for found in _read_table(module, table) if found.path == name)
    raise TypeError(f"{what!r} has no native signature: dovetail did not make it")


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
    if isinstance(table, Table):
        yield from _read_table(module, table)
        return
    yield from _read_capsules(module)


def _find_table(module: types.ModuleType) -> Table | None:
    capsule = getattr(module, "__dovetail_capi__", None)
    if capsule is None:
        return None
    table = Table.from_address(_address(capsule, b"dovetail.capi"))
    if table.major != _VERSION:
        remedy = "build the module again" if table.major < _VERSION else "install a newer dovetail"
        raise ImportError(f"{module.__name__} has native signatures of version {table.major}, not {_VERSION}: {remedy}")
    return table


def _find_bares(table: Table) -> Bares | None:
    return table.bare.contents if table.bare else None


def _read_strings(address: int, count: int) -> list[str]:
    """Those that lie one behind the other."""
    found = []
    for _ in range(count):
        raw = ctypes.string_at(address)
        found.append(raw.decode())
        address += len(raw) + 1
    return found


def _read_table(module: types.ModuleType, table: Table) -> Iterator[NativeFunction]:
    bares = _find_bares(table)
    bare = {each.row: each.function for each in bares.rows[: bares.count]} if bares is not None else {}
    for index in range(table.count):
        row = Row.from_address(table.rows + index * table.row_size)
        scope = table.scopes[row.scope]
        own, spelled, meaning, names = _read_strings(row.text, 4)
        path = f"{scope.path.decode()}.{own}".lstrip(".")
        cpp = scope.cpp.decode()
        signature = spelled.replace("$", cpp)
        result, arguments = split_signature(signature)
        fails = bool(row.flags & _FAILS)
        method = bool(cpp) and arguments != ("PyObject *",)
        plain = f"{result}{' ' * (not result.endswith('*'))}({', '.join(arguments[method:]) or 'void'})"
        yield NativeFunction(
            module=module.__name__,
            name=path.replace(".", "_") + (f"_{row.number}" if row.number > 1 else ""),
            signature=signature,
            result=result,
            meaning=meaning or plain,
            receiver=arguments[0] if method else "",
            role="get" if row.flags & _GETS else "set" if row.flags & _SETS else "call",
            arguments=arguments,
            address=row.function,
            path=path,
            may_fail=fails,
            failure=_failure(result, certain=not row.flags & _AMBIGUOUS) if fails else None,
            ambiguous=bool(row.flags & _AMBIGUOUS),
            parameters=tuple(names.split(",")) if names else (),
            needs_gil=bool(row.flags & _GIL),
            abi=table.abi.decode(),
            bare=bare.get(index, 0),
        )


def _read_capsules(module: types.ModuleType) -> Iterator[NativeFunction]:
    """Of Cython: its variables are there as well, whose names are types without parentheses."""
    for name, capsule in sorted(getattr(module, "__pyx_capi__", {}).items()):
        raw = _capsule_name(capsule)
        if b"(" not in raw:
            continue
        result, arguments = split_signature(raw.decode())
        yield NativeFunction(
            module=module.__name__,
            name=name,
            signature=raw.decode(),
            result=result,
            # Of a `cpdef` function the last one is spelled with its name.
            arguments=tuple(each.removesuffix(" __pyx_skip_dispatch") for each in arguments),
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
