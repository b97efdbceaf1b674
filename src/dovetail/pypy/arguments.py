"""Arguments as C functions take them.

In: what the caller gave.  Out: numbers, bytes, addresses. What does not fit raises one of `BAD`; why, others find out.
Must not know: names of functions and parameters.
"""

from __future__ import annotations

import os
from operator import index
from typing import Any

from .library import ffi, null

__all__ = ["index"]

BAD = (TypeError, OverflowError, AttributeError, ValueError)
"""What a call raises that did not come about."""


class _Left:
    """The default of what C++ fills in."""

    def __repr__(self) -> str:
        return "..."


left = _Left()


def truth(value: Any) -> int:
    if value is True:
        return 1
    if value is False:
        return 0
    raise TypeError("not a bool")


def single(value: Any) -> float:
    """A number of 32 bits: what is out of its range would be infinite."""
    number = float(value) if not isinstance(value, (str, bytes)) else _refuse()
    if 3.4028235677973366e38 <= abs(number) < float("inf"):
        raise OverflowError("out of range of a 32-bit float")
    return number


def _refuse() -> float:
    raise TypeError("not a number")


def char(value: Any) -> int:
    data = text(value)
    if len(data) != 1:
        raise ValueError(f"one character of one byte is expected, not {len(data)} bytes")
    return data[0]


def enum(value: Any, class_: Any, strict: bool) -> int:
    if isinstance(value, class_) or not strict:
        return index(value)
    raise TypeError("not of the enum")


def text(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes):
        return value
    raise TypeError("no text")


def c_text(data: bytes) -> bytes:
    """What C++ looks through for its end."""
    if 0 in data:
        raise ValueError("embedded null character")
    return data


def path(value: Any) -> bytes:
    return os.fsencode(value)


def lasting(data: bytes) -> Any:
    """The same bytes where they stay, with a null behind them."""
    return ffi.new("char[]", data)


def no_gap(given: int, first: int, count: int) -> None:
    """C++ fills in all arguments from one on, or none: one that is given after one that is left out has no place."""
    gap = False
    for place in range(first, count):
        if not given & (1 << place):
            gap = True
        elif gap:
            raise TypeError("an argument is given after one that only C++ can fill in")


def here(value: Any, class_: Any) -> Any:
    """The address of an object that C++ does not change."""
    if isinstance(value, class_):
        cast = class_._cast
        return value._p if cast is None else getattr(value, cast)()
    raise TypeError("another class")


def change(value: Any, class_: Any) -> Any:
    """The address of an object that C++ may change; None of a const one, which cffi refuses."""
    if isinstance(value, class_):
        if value._m is None:
            return None
        cast = class_._cast
        return value._m if cast is None else getattr(value, cast)()
    raise TypeError("another class")


def items(value: Any, class_: Any) -> Any:
    """A container: the given one, or a new one of what it iterates over."""
    if isinstance(value, class_):
        return value
    if isinstance(value, (str, bytes, dict)) and not class_._is_mapping:
        raise TypeError("no items")
    return class_(value)


def target(value: Any, class_: Any) -> tuple[Any, Any]:
    """Who holds an object together with C++, and its address."""
    if value is None:
        return null, null
    place = here(value, class_)
    if not value._held:
        raise ValueError(f"the {class_.__name__} belongs to another object, and cannot be shared")
    return value._hold, place


def taken(value: Any, class_: Any) -> Any:
    """The address of an object that C++ will own. It stays Python's until `gone`."""
    if value is None:
        return null
    place = here(value, class_)
    if value._hold is not value._p or value._m is None:
        raise ValueError(f"the {class_.__name__} belongs to another object, and cannot be handed over")
    return place


_LETTERS = {"i": "bhilq", "u": "BHILQ", "f": "fd"}


def span(value: Any, letter: str, size: int, writable: bool) -> tuple[Any, int]:
    """The elements of a buffer, and their number: of one dimension, side by side, of the type that C++ wants."""
    try:
        view = memoryview(value)
    except TypeError:
        buffer = getattr(value, "_buffer", None)
        if buffer is None:
            raise
        view = buffer()
    if view.readonly and writable:
        raise TypeError("it cannot be written to")
    kind = next((each for each, letters in _LETTERS.items() if view.format.lstrip("@=<") in tuple(letters)), "")
    if view.itemsize != size or kind != letter or view.ndim != 1 or not view.contiguous:
        raise TypeError("other elements")
    return ffi.from_buffer(view), len(view)


def packed(value: Any, kind: Any) -> tuple[bytes, list[Any]]:
    """Bytes, and the objects whose addresses are among them."""
    parts: list[bytes] = []
    kept: list[Any] = []
    kind.pack(value, parts, kept)
    return b"".join(parts), kept
