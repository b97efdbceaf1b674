"""Numba's types for what is bound, and which of them a C type is.

In: the words of native signatures.  Out: types of Numba.  Must not know: how calls and fields are lowered.

An object is the address of the C++ one, which the caller's Python object keeps alive; a const one is another type. Text
is the bytes that C++ has, and their number.
"""

from __future__ import annotations

import ctypes
import enum
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.extending import register_model

from dovetail.capi import NativeClass, NativeFunction, NativeSequence, NativeTypes, native, native_types

POINTER = ir.IntType(8).as_pointer()
_LONG = 8 * ctypes.sizeof(ctypes.c_long)
NUMBERS: dict[str, Any] = {
    "bool": types.boolean,
    "char": types.int8,
    "signed char": types.int8,
    "unsigned char": types.uint8,
    "short": types.int16,
    "unsigned short": types.uint16,
    "int": types.int32,
    "unsigned int": types.uint32,
    "long": types.int64 if _LONG == 64 else types.int32,
    "unsigned long": types.uint64 if _LONG == 64 else types.uint32,
    "PY_LONG_LONG": types.int64,
    "unsigned PY_LONG_LONG": types.uint64,
    "float": types.float32,
    "double": types.float64,
    "void": types.void,
}
WHY = "callbacks, other containers, and text or objects made for the caller need Python"
CONTENTS = "numbers, enums, strings, bound objects and other such containers"


class NativeObject(types.Type):
    """An object of a bound class."""

    def __init__(self, record: NativeClass, const: bool) -> None:
        self.record = record
        self.const = const
        super().__init__(name=f"{'const ' if const else ''}{record.module}.{record.path}")

    @property
    def key(self) -> Any:
        """Code for another build is other code."""
        return self.name, self.record.abi


class NativeVector(types.IterableType):
    """A bound container whose elements lie side by side."""

    def __init__(self, record: NativeSequence, const: bool) -> None:
        self.record = record
        self.const = const
        super().__init__(name=f"{'const ' if const else ''}{record.module}.{record.path}")

    @property
    def key(self) -> Any:
        """Code for another build is other code."""
        return self.name, self.record.abi

    @property
    def element(self) -> Any:
        return stored_type(types_of(self.record.module), self.record.module, self.record.element, const=self.const)

    @property
    def iterator_type(self) -> Any:
        return NativeIterator(self, self.element)


class NativeIterator(types.SimpleIteratorType):
    """Where a loop over a container, or over an object with `__len__` and `__getitem__`, is."""

    def __init__(self, over: Any, element: Any) -> None:
        self.over = over
        super().__init__(f"iterator of {over}", element)

    @property
    def key(self) -> Any:
        return self.name, self.over.key


class NativeText(types.Type):
    """Text that C++ has, in UTF-8. It lives as long as C++ keeps it; `str(text)` is a copy."""

    def __init__(self) -> None:
        super().__init__(name="text of C++")


TEXT = NativeText()


class NativeType(types.Callable, types.Opaque):
    """A bound class itself: its static methods and nested enums."""

    def __init__(self, record: NativeClass) -> None:
        self.record = record
        super().__init__(name=f"class {record.module}.{record.path}")

    @property
    def key(self) -> Any:
        return self.name, self.record.abi

    def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
        record = self.record
        raise TypingError(f"compiled code makes no {record.module}.{record.path}: make it in Python and pass it in")

    def get_call_signatures(self) -> Any:
        return (), False

    def get_impl_key(self, sig: Any) -> Any:
        return type(self)


@register_model(NativeObject)
@register_model(NativeVector)
class _PointerModel(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, POINTER)


@register_model(NativeIterator)
class _IteratorModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, [("over", type_.over), ("index", types.EphemeralPointer(types.intp))])


@register_model(NativeText)
class _TextModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, [("data", types.voidptr), ("size", types.uintp)])


register_model(NativeType)(models.OpaqueModel)


# ---- which type it is --------------------------------------------------------------------------------------------


def types_of(module: str) -> NativeTypes:
    found = native_types(sys.modules[module])
    assert found is not None
    return found


def meant_type(known: NativeTypes, module: str, word: str) -> Any:
    """Of a word of `NativeFunction.meaning`."""
    if word in ("text", "text *"):
        return TEXT if word == "text" else types.Optional(TEXT)
    if word[-1] not in "&*":
        return _plain_type(known, module, word)
    const = word[:-1].rstrip().endswith(" const")
    cpp = word[:-1].strip().removesuffix("const").strip() if const else word[:-1].strip()
    found = _object_type(known, cpp, const=const)
    if found is None:
        return types.voidptr
    return found if word.endswith("&") else types.Optional(found)


def stored_type(known: NativeTypes, module: str, word: str, *, const: bool) -> Any:
    """Of what lies in memory."""
    if word == "text":
        return TEXT
    return _object_type(known, word, const=const) or _plain_type(known, module, word)


def stored_number(known: NativeTypes, word: str) -> Any:
    """The number that an enum, a bool or a number is in memory."""
    return types.uint8 if word == "bool" else NUMBERS[known.enums[word][1] if word in known.enums else word]


def _object_type(known: NativeTypes, cpp: str, *, const: bool) -> Any:
    if cpp in known.classes:
        return NativeObject(known.classes[cpp], const)
    cpp = cpp.replace("std::string", "std::basic_string<char>")
    plain = {_squeeze(name): record for name, record in known.sequences.items()}.get(_squeeze(cpp))
    return NativeVector(plain, const) if plain is not None else None


def _squeeze(cpp: str) -> str:
    """Cython spells containers with more spaces."""
    return (
        cpp.replace("unsigned PY_LONG_LONG", "unsigned long long").replace("PY_LONG_LONG", "long long").replace(" ", "")
    )


def _plain_type(known: NativeTypes, module: str, word: str) -> Any:
    if word not in known.enums:
        return NUMBERS[word]
    path, below = known.enums[word]
    found = resolve(sys.modules[module], path)
    if isinstance(found, type) and issubclass(found, enum.IntEnum):
        return types.IntEnumMember(found, types.int64)
    return NUMBERS[below]  # flags are combined: compiled code has them as integers


def resolve(module: ModuleType, path: str) -> Any:
    """What a path names in a module; None: nothing."""
    at: Any = module
    for name in path.split("."):
        at = getattr(at, name, None)
    return at


# ---- what a class has, its bases included ------------------------------------------------------------------------


def functions_of(record: NativeClass, name: str, role: str = "call") -> tuple[NativeFunction, ...]:
    """Those of a method as Python finds it: of the first class in its order that has one. Empty where none has.

    `TypingError`: the first that has one has no native signature for it.
    """
    module = sys.modules[record.module]
    for base in order_of(record):
        path = f"{base.path}.{name}"
        found = tuple(each for each in _by_path(module, path) if each.role == role)
        if found:
            return found
        if name in vars(resolve(module, base.path)) and name != "ptr" and role == "call":
            raise TypingError(f"{record.module}.{path} has no native signature: {WHY}")
    return ()


def _by_path(module: ModuleType, path: str) -> Iterator[NativeFunction]:
    return (each for each in native(module) if each.path == path and "PyObject *" not in each.arguments)


def order_of(record: NativeClass) -> list[NativeClass]:
    """The class and its bases as Python looks through them."""
    known = types_of(record.module).classes
    paths = {each.path: each for each in known.values()}
    order = getattr(resolve(sys.modules[record.module], record.path), "__mro__", ())
    found = (paths.get(_path_of(each, record.module)) for each in order)
    return [each for each in found if each is not None] or [record]


def _path_of(of: type, module: str) -> str:
    inner = of.__module__.removeprefix(module).lstrip(".")
    return f"{inner}.{of.__qualname__}".lstrip(".")


def class_of(of: type) -> NativeClass | NativeSequence | None:
    """What is known of a bound class or container, or of one that a class written in Python derives from."""
    for base in of.__mro__:
        name = base.__module__
        while name:
            module = sys.modules.get(name)
            known = native_types(module) if isinstance(module, ModuleType) else None
            if known is not None:
                path = _path_of(base, name)
                records: list[NativeClass | NativeSequence] = [*known.classes.values(), *known.sequences.values()]
                found = next((each for each in records if each.path == path), None)
                if found is not None:
                    return found
            name = name.rpartition(".")[0]
    return None
