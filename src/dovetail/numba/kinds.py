"""Numba's types for what is bound, and which of them a C type is.

In: the words of native signatures.  Out: types of Numba.  Must not know: how calls and fields are lowered.

An object is the address of the C++ one, which the caller's Python object keeps alive; a const one is another type, and
so is one that C++ has made for compiled code: it is counted, and ends when nothing uses it or what lies in it. Text is
the bytes that C++ has, and their number.
"""

from __future__ import annotations

import ctypes
import enum
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.typeconv import Conversion
from numba.extending import register_model

from dovetail.capi import (
    NativeClass,
    NativeContainer,
    NativeFunction,
    NativeSequence,
    NativeTypes,
    native,
    native_types,
    split_signature,
)

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
WHY = "callbacks, arguments that C++ keeps, and containers of other things need Python"
CONTENTS = "numbers, enums, strings, bound objects and other such containers"


KEYED_STATE = types.UniTuple(types.uint64, 8)
"""`native_place` bytes, which a loop over a map, set, deque or list needs."""


class Bound(types.Type):
    """What lies in C++: its address. `owned`: and the count of its uses. `moves`: it lies in a container that may move
    or end it, so that only compiled code may have it."""

    owned = False
    kept = False

    def __init__(self, record: Any, const: bool, moves: bool = False) -> None:
        self.record = record
        self.const = const
        self.moves = moves
        words = f"{'own ' if self.owned else ''}{'const ' if const else ''}{'element ' if moves else ''}"
        super().__init__(name=f"{words}{record.module}.{record.path}")

    @property
    def key(self) -> Any:
        """Code for another build is other code."""
        return self.name, self.record.abi

    def like(self, *, const: bool = False, moves: bool = False) -> Bound:
        """The same where more of it is so."""
        return type(self)(self.record, self.const or const, self.moves or moves)

    def unify(self, context: Any, other: Any) -> Any:
        """One variable may have either."""
        if type(other) is not type(self) or other.record != self.record or other.kept != self.kept:
            return None
        return self.like(const=other.const, moves=other.moves)

    def can_convert_to(self, context: Any, other: Any) -> Any:
        if type(other) is not type(self) or other.record != self.record or other.kept != self.kept:
            return None
        return Conversion.safe if self.const <= other.const and self.moves <= other.moves else None


class NativeObject(Bound):
    """An object of a bound class."""


class NativeVector(Bound, types.IterableType):
    """A bound container whose elements lie side by side."""

    @property
    def element(self) -> Any:
        return stored_in(self, self.record.element)

    @property
    def iterator_type(self) -> Any:
        return NativeIterator(self, self.element)


class NativeKeyed(Bound, types.IterableType):
    """A bound container whose elements lie apart: a map, set, deque or list."""

    @property
    def element(self) -> Any:
        return stored_in(self, self.record.element)

    @property
    def looked_up(self) -> Any:
        """A key that a loop gives."""
        return stored_in(self, self.record.key)

    @property
    def wanted(self) -> Any:
        """A key to look for."""
        module = self.record.module
        return stored_type(types_of(module), module, self.record.key, const=True)

    @property
    def mapping(self) -> bool:
        return bool(self.record.offset)

    @property
    def iterator_type(self) -> Any:
        return NativeKeyedIterator(self, "keys" if self.mapping else "values")


class OwnedObject(NativeObject):
    owned = True


class FlatObject(NativeObject):
    """An object as its bytes. `kept`: and the count of what it may look into. Nothing changes it, as no copy would see
    that."""

    def __init__(self, record: Any, moves: bool = False, kept: bool = False) -> None:
        self.kept = kept
        super().__init__(record, True, moves)
        words = f"{'kept ' if kept else ''}value {'element ' if moves else ''}"
        self.name = f"{words}{record.module}.{record.path}"

    def like(self, *, const: bool = True, moves: bool = False, kept: bool = False) -> FlatObject:
        return FlatObject(self.record, self.moves or moves, self.kept or kept)

    @property
    def words(self) -> Any:
        return types.UniTuple(types.uint64, -(-self.record.size // 8))


class OwnedVector(NativeVector):
    owned = True


class OwnedKeyed(NativeKeyed):
    owned = True


_OWNED = {NativeObject: OwnedObject, NativeVector: OwnedVector, NativeKeyed: OwnedKeyed}


class NativeNumbers(types.Type):
    """Numbers side by side as C++ takes them: a pointer, and how many there are, or without that."""

    def __init__(self, word: str, const: bool, counted: bool) -> None:
        self.number = NUMBERS[word]
        self.const = const
        self.counted = counted
        super().__init__(name=f"{word}{' const' * const} {'[]' if counted else '*'}")


class NativeIterator(types.SimpleIteratorType):
    """Where a loop over a container, or over an object with `__len__` and `__getitem__`, is."""

    def __init__(self, over: Any, element: Any) -> None:
        self.over = over
        super().__init__(f"iterator of {over}", element)

    @property
    def key(self) -> Any:
        return self.name, self.over.key


class NativeWalk(types.SimpleIteratorType):
    """Where a loop over a class with `begin()` and `end()` is: C++ has its iterators in memory that is set aside."""

    def __init__(self, over: NativeObject, record: NativeClass, element: Any) -> None:
        self.over = over
        self.record = record  # the class of `over`, or a base of it
        super().__init__(f"loop over {over}", element)

    @property
    def key(self) -> Any:
        return self.name, self.over.key

    @property
    def words(self) -> Any:
        assert self.record.range is not None
        return types.UniTuple(types.uint64, -(-self.record.range.size // 8))

    @property
    def ends(self) -> bool:
        return self.record.range is not None and self.record.range.ends


class NativeView(types.SimpleIterableType):
    """`keys()`, `values()` and `items()` of a map."""

    def __init__(self, over: NativeKeyed, shown: str) -> None:
        self.over = over
        self.shown = shown
        super().__init__(f"{shown} of {over}", NativeKeyedIterator(over, shown))

    @property
    def key(self) -> Any:
        return self.name, self.over.key


class NativeKeyedIterator(types.SimpleIteratorType):
    """Where a loop over a container whose elements lie apart is."""

    def __init__(self, over: NativeKeyed, shown: str) -> None:
        self.over = over
        self.shown = shown
        found = {"keys": lambda: over.looked_up, "values": lambda: over.element}
        yielded = types.Tuple([over.looked_up, over.element]) if shown == "items" else found[shown]()
        super().__init__(f"iterator of {shown} of {over}", yielded)

    @property
    def key(self) -> Any:
        return self.name, self.over.key


class NativeText(types.Type):
    """Text that C++ has, in UTF-8. It lives as long as C++ keeps it; `str(text)` is a copy."""

    def __init__(self) -> None:
        super().__init__(name="text of C++")


TEXT = NativeText()


class NativeType(types.Callable, types.Opaque):
    """A bound class itself: its constructors, static methods and nested enums."""

    def __init__(self, record: NativeClass, making: Any) -> None:
        self.making = making
        self.record = record
        super().__init__(name=f"class {record.module}.{record.path}")

    @property
    def key(self) -> Any:
        return self.name, self.record.abi

    def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
        """An object of it is made: by `making`, which knows calls."""
        return self.making(args, kws)

    def get_call_signatures(self) -> Any:
        return (), False

    def get_impl_key(self, sig: Any) -> Any:
        return self.key


@register_model(NativeObject)
@register_model(NativeVector)
@register_model(NativeKeyed)
@register_model(NativeNumbers)
class _PointerModel(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, POINTER)


@register_model(OwnedObject)
@register_model(OwnedVector)
@register_model(OwnedKeyed)
class _OwnedModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        members = [("place", types.voidptr), ("meminfo", types.MemInfoPointer(types.voidptr))]
        super().__init__(manager, type_, members)


@register_model(FlatObject)
class _FlatModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        members = [("bytes", type_.words)]
        members += [("meminfo", types.MemInfoPointer(types.voidptr))] if type_.kept else []
        super().__init__(manager, type_, members)


@register_model(NativeWalk)
class _WalkModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        state = ("meminfo", types.MemInfoPointer(types.voidptr)) if type_.ends else ("state", _state(type_.words))
        super().__init__(manager, type_, [("over", type_.over), state])


def _state(words: Any) -> Any:
    """A generator keeps what is there, and not the address."""
    return types.EphemeralPointer(words)


@register_model(NativeView)
class _ViewModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, [("over", type_.over)])


@register_model(NativeKeyedIterator)
class _KeyedIteratorModel(models.StructModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, [("over", type_.over), ("state", _state(KEYED_STATE))])


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
    if word == "own text":
        return types.unicode_type
    if word.startswith("value "):
        return FlatObject(known.classes[word.removeprefix("value ")])
    if word.startswith("own "):
        word = word.replace("own lent ", "own ")
        found = meant_type(known, module, word.removeprefix("own "))
        return types.Optional(owned_twin(found.type)) if isinstance(found, types.Optional) else owned_twin(found)
    if word.endswith(">") and word.startswith(("optional<", "tuple<")):
        kind, _, inner = word.removesuffix(">").partition("<")
        parts = [_plain_type(known, module, each) for each in split_signature(f"({inner})")[1]]
        return types.Optional(parts[0]) if kind == "optional" else types.Tuple(parts)
    numbers = re.fullmatch(r"([\w ]+?)( const)? (\*|\[\])", word)
    if numbers is not None and numbers[1] in NUMBERS and numbers[1] != "void":
        return NativeNumbers(numbers[1], bool(numbers[2]), numbers[3] == "[]")
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


def stored_in(of: Bound, word: str) -> Any:
    """The same, in a container or object: what lies in an owned one keeps that alive."""
    module = of.record.module
    found = stored_type(types_of(module), module, word, const=of.const)
    fixed = isinstance(of, NativeObject) or (isinstance(of, NativeVector) and of.record.count)
    return lasting(found if fixed or not isinstance(found, Bound) else found.like(moves=True), (of,))


def owned_twin(kind: Any) -> Any:
    return _OWNED[type(kind)](kind.record, kind.const, kind.moves) if type(kind) in _OWNED else kind


def lasting(kind: Any, given: Any) -> Any:
    """What a result that may lie in these is in compiled code, where some are owned: text is copied, and an object
    keeps alive in what it lies."""
    if type(kind) in (*_OWNED, FlatObject) and any(
        isinstance(held(each), Bound) and held(each).moves for each in given
    ):
        kind = kind.like(moves=True)
    owners = owners_among(given)
    if not owners:
        return kind
    if isinstance(kind, types.Optional):
        return types.Optional(lasting(kind.type, given))
    if isinstance(kind, FlatObject):
        return kind.like(kept=True)
    if kind is TEXT:
        return types.unicode_type
    if type(kind) not in _OWNED:
        return kind
    if len(owners) > 1:
        raise TypingError(
            f"the {kind.record.path} may lie in any of several objects that compiled code owns: make others in Python"
        )
    return owned_twin(kind)


def owners_among(given: Any) -> list[Any]:
    """The owned ones, and what keeps some alive."""
    return [each for each in given if isinstance(held(each), _ANY_OWNED) or getattr(held(each), "kept", False)]


def held(kind: Any) -> Any:
    """What it is where it is not None."""
    return kind.type if isinstance(kind, types.Optional) else kind


_ANY_OWNED = (OwnedObject, OwnedVector, OwnedKeyed)


def stored_number(known: NativeTypes, word: str) -> Any:
    """The number that an enum, a bool or a number is in memory."""
    return types.uint8 if word == "bool" else NUMBERS[known.enums[word][1] if word in known.enums else word]


def _object_type(known: NativeTypes, cpp: str, *, const: bool) -> Any:
    if cpp in known.classes:
        return NativeObject(known.classes[cpp], const)
    cpp = _squeeze(cpp.replace("std::string", "std::basic_string<char>"))
    for kind, records in ((NativeVector, known.sequences), (NativeKeyed, known.containers)):
        plain = {_squeeze(name): record for name, record in records.items()}.get(cpp)
        if plain is not None:
            return kind(plain, const)
    return None


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


def constructors_of(record: NativeClass) -> tuple[NativeFunction, ...]:
    """Of the class alone: those of its bases make no object of it."""
    return tuple(_by_path(sys.modules[record.module], f"{record.path}.__init__"))


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


def class_of(of: type) -> NativeClass | NativeSequence | NativeContainer | None:
    """What is known of a bound class or container, or of one that a class written in Python derives from."""
    for base in of.__mro__:
        name = base.__module__
        while name:
            module = sys.modules.get(name)
            known = native_types(module) if isinstance(module, ModuleType) else None
            if known is not None:
                path = _path_of(base, name)
                records: list[NativeClass | NativeSequence | NativeContainer] = [*known.classes.values()]
                records += [*known.sequences.values(), *known.containers.values()]
                found = next((each for each in records if each.path == path), None)
                if found is not None:
                    return found
            name = name.rpartition(".")[0]
    return None
