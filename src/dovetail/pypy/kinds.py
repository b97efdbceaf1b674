"""What a parameter takes: for the choice of an overload, for messages, and for values that are packed.

In: values.  Out: how well one fits (0 exactly, 1 as a promotion, 2 by conversion, None not), what is wrong with one,
its bytes and back.  Must not know: names of functions and parameters.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from typing import Any

from .arguments import char, enum, path, span, text
from .library import ffi
from .objects import own


def name_of(value: Any) -> str:
    return "None" if value is None else type(value).__name__


class Kind:
    takes = ""

    def rank(self, value: Any) -> int | None:
        """How well it fits."""
        raise NotImplementedError

    def problem(self, value: Any) -> Exception | None:
        """Why it does not, as the end of a message: `must be int, not str`."""
        return None if self.rank(value) is not None else TypeError(f"must be {self.takes}, not {name_of(value)}")

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        raise NotImplementedError

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        """The value, and where the next one begins."""
        raise NotImplementedError


class _Number(Kind):
    def __init__(self, code: str) -> None:
        self._format = struct.Struct(f"={code}")

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        parts.append(self._format.pack(value))

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        return self._format.unpack_from(data, at)[0], at + self._format.size


class Integer(_Number):
    takes = "int"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        bits, signed = 8 * self._format.size, code.islower()
        self._least = -(1 << bits - 1) if signed else 0
        self._most = (1 << (bits - 1 if signed else bits)) - 1

    def rank(self, value: Any) -> int | None:
        if type(value) is int:
            return 0 if self._least <= value <= self._most else None
        if isinstance(value, bool):
            return 1
        return 2 if hasattr(value, "__index__") else None

    def problem(self, value: Any) -> Exception | None:
        if not hasattr(value, "__index__"):
            return TypeError(f"must be int, not {name_of(value)}")
        number = value.__index__()
        if self._least <= number <= self._most:
            return None
        shown = number if abs(number) < 2**63 else "a large int"
        return OverflowError(f"{shown} is out of range: {self._least} to {self._most}")

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        try:
            super().pack(value, parts, kept)
        except struct.error:
            raise self.problem(value) or TypeError("no int") from None


class Float(_Number):
    takes = "float"

    def rank(self, value: Any) -> int | None:
        if isinstance(value, float):
            return 0
        if isinstance(value, int):
            return 1
        return 2 if hasattr(value, "__float__") or hasattr(value, "__index__") else None

    def problem(self, value: Any) -> Exception | None:
        if self._format.size == 4 and self.rank(value) is not None and 3.4e38 < abs(float(value)) < float("inf"):
            return OverflowError(f"{float(value)} is out of range of a 32-bit float")
        return super().problem(value)


class Truth(Kind):
    takes = "bool"

    def rank(self, value: Any) -> int | None:
        return 0 if isinstance(value, bool) else None

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        parts.append(b"\1" if value else b"\0")

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        return data[at] != 0, at + 1


class Text(Kind):
    """`whole`: C++ looks for the null at its end, so that there can be none before."""

    takes = "str | bytes"

    def __init__(self, nullable: bool = False, whole: bool = False) -> None:
        self._nullable, self._whole = nullable, whole

    def rank(self, value: Any) -> int | None:
        if isinstance(value, str):
            return 0
        return 1 if isinstance(value, bytes) or (value is None and self._nullable) else None

    def problem(self, value: Any) -> Exception | None:
        found = super().problem(value)
        if found is None and self._whole and value is not None and 0 in text(value):
            return ValueError("embedded null character")
        return found

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        data = text(value)
        parts.extend((struct.pack("=Q", len(data)), data))

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        (size,) = struct.unpack_from("=Q", data, at)
        return data[at + 8 : at + 8 + size].decode("utf-8", "surrogateescape"), at + 8 + size


class Path(Kind):
    takes = "str | os.PathLike[str]"

    def rank(self, value: Any) -> int | None:
        return 0 if isinstance(value, (str, bytes, os.PathLike)) else None

    def problem(self, value: Any) -> Exception | None:
        found = super().problem(value)
        return found if found is not None else ValueError("embedded null character") if 0 in path(value) else None


class Character(Kind):
    takes = "str"

    def rank(self, value: Any) -> int | None:
        return 0 if isinstance(value, (str, bytes)) and len(text(value)) == 1 else None

    def problem(self, value: Any) -> Exception | None:
        if not isinstance(value, (str, bytes)):
            return TypeError(f"must be str, not {name_of(value)}")
        try:
            char(value)
        except ValueError as error:
            return ValueError(f": {error}")
        return None


class Enumeration(_Number):
    def __init__(self, code: str, class_: Any, strict: bool) -> None:
        super().__init__(code)
        self._class, self._strict = class_, strict
        self.takes = class_.__name__ if strict else f"{class_.__name__} | int"

    def rank(self, value: Any) -> int | None:
        if isinstance(value, self._class):
            return 0
        return 2 if not self._strict and hasattr(value, "__index__") else None

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        super().pack(enum(value, self._class, self._strict), parts, kept)

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        number, end = super().unpack(data, at)
        return self._class(number), end


class Instance(Kind):
    """An object of a class; `changes`: C++ may change it."""

    def __init__(self, class_: Any, nullable: bool = False, changes: bool = False, takes: str = "") -> None:
        self._class, self._nullable, self._changes = class_, nullable, changes
        self.takes = takes or class_.__name__

    def rank(self, value: Any) -> int | None:
        if value is None:
            return 2 if self._nullable else None
        if not isinstance(value, self._class):
            return None
        if self._changes and value._flavour != "own" and value._m is None:
            return None
        return 0 if type(value).__qualname__ == self._class.__qualname__ else 1

    def problem(self, value: Any) -> Exception | None:
        if not isinstance(value, self._class):
            return super().problem(value)
        return value._trouble(self._changes)  # type: ignore[no-any-return]

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        if not isinstance(value, self._class):
            raise TypeError(f"must be {self.takes}, not {name_of(value)}")
        kept.append(value)
        parts.append(struct.pack("=Q", int(ffi.cast("uintptr_t", value._p))))

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        (number,) = struct.unpack_from("=Q", data, at)
        return own(self._class, ffi.cast(self._class._type, number)), at + 8


class Items(Instance):
    """A container, or what one can be made of."""

    def rank(self, value: Any) -> int | None:
        found = super().rank(value)
        if found is not None or isinstance(value, (str, bytes)):
            return found
        if self._class._is_mapping:
            return 2 if hasattr(value, "keys") else None
        if not isinstance(value, Iterable):
            return None
        if isinstance(value, (list, tuple, set, frozenset)) and not all(
            self._class._kind.rank(each) is not None for each in value
        ):
            return None
        return 2

    def problem(self, value: Any) -> Exception | None:
        if isinstance(value, self._class):
            return super().problem(value)
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            return TypeError(f"must be {self.takes}, not {name_of(value)}")
        for place, each in enumerate(value) if isinstance(value, (list, tuple)) else ():
            if self._class._kind.problem(each) is not None:
                return TypeError(f": item {place} has the wrong type: {name_of(each)}")
        return None


class Span(Kind):
    takes = "Buffer"

    def __init__(self, letter: str, size: int, writable: bool) -> None:
        self._wanted = letter, size, writable

    def rank(self, value: Any) -> int | None:
        try:
            span(value, *self._wanted)
        except (TypeError, ValueError):
            return None
        return 0

    def problem(self, value: Any) -> Exception | None:
        try:
            span(value, *self._wanted)
        except TypeError as error:
            number = {"i": "int", "u": "unsigned int", "f": "float"}[self._wanted[0]]
            wanted = f"a {'writable ' if self._wanted[2] else ''}buffer of {number}{8 * self._wanted[1]}"
            return TypeError(f"must be {wanted}, not {name_of(value)} ({error})")
        return None


class Nothing(Kind):
    takes = "None"

    def rank(self, value: Any) -> int | None:
        return 0 if value is None else None

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        pass

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        return None, at


class Optional(Kind):
    def __init__(self, inner: Kind) -> None:
        self._inner = inner
        self.takes = f"{inner.takes} | None"

    def rank(self, value: Any) -> int | None:
        return 0 if value is None else self._inner.rank(value)

    def problem(self, value: Any) -> Exception | None:
        return super().problem(value) if self.rank(value) is None else None

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        parts.append(b"\0" if value is None else b"\1")
        if value is not None:
            self._inner.pack(value, parts, kept)

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        return self._inner.unpack(data, at + 1) if data[at] else (None, at + 1)


class Variant(Kind):
    def __init__(self, *kinds: Kind) -> None:
        self._kinds = kinds
        self.takes = " | ".join(kind.takes for kind in kinds)

    def _choose(self, value: Any) -> tuple[int, int] | None:
        fits = [(rank, place) for place, kind in enumerate(self._kinds) if (rank := kind.rank(value)) is not None]
        return min(fits) if fits else None

    def rank(self, value: Any) -> int | None:
        found = self._choose(value)
        return None if found is None else found[0]

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        found = self._choose(value)
        if found is None:
            raise TypeError(f"must be {self.takes}, not {name_of(value)}")
        parts.append(bytes((found[1],)))
        self._kinds[found[1]].pack(value, parts, kept)

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        return self._kinds[data[at]].unpack(data, at + 1)


class Tuple(Kind):
    def __init__(self, *kinds: Kind) -> None:
        self._kinds = kinds
        self.takes = f"tuple[{', '.join(kind.takes for kind in kinds)}]"

    def rank(self, value: Any) -> int | None:
        if not isinstance(value, (tuple, list)) or len(value) != len(self._kinds):
            return None
        worst = 0
        for kind, each in zip(self._kinds, value):
            rank = kind.rank(each)
            if rank is None:
                return None
            worst = max(worst, rank)
        return worst

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        if self.rank(value) is None:
            raise TypeError(f"must be {self.takes}, not {name_of(value)}")
        for kind, each in zip(self._kinds, value):
            kind.pack(each, parts, kept)

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        found = []
        for kind in self._kinds:
            value, at = kind.unpack(data, at)
            found.append(value)
        return tuple(found), at


class List(Kind):
    """Of a result: keys, or elements of a set."""

    def __init__(self, inner: Kind) -> None:
        self._inner = inner

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        (count,) = struct.unpack_from("=Q", data, at)
        at += 8
        found = []
        for _ in range(count):
            value, at = self._inner.unpack(data, at)
            found.append(value)
        return found, at


class Complex(Kind):
    takes = "complex"

    def __init__(self, code: str) -> None:
        self._format = struct.Struct(f"={code}{code}")

    def rank(self, value: Any) -> int | None:
        if isinstance(value, complex):
            return 0
        return 1 if isinstance(value, (int, float)) else 2 if hasattr(value, "__complex__") else None

    def pack(self, value: Any, parts: list[bytes], kept: list[Any]) -> None:
        if self.rank(value) is None:
            raise TypeError(f"must be complex, not {name_of(value)}")
        number = complex(value)
        parts.append(self._format.pack(number.real, number.imag))

    def unpack(self, data: bytes, at: int) -> tuple[Any, int]:
        return complex(*self._format.unpack_from(data, at)), at + self._format.size
