"""Results that are no numbers, as Python has them.

In: blocks of bytes that the library made, and kinds.  Out: Python values; the blocks are dropped.
Must not know: calls.
"""

from __future__ import annotations

import pathlib
from typing import Any

from .library import check, ffi, lib

_unpack = ffi.unpack
_drop = lib.dovetail_drop


def as_bytes(block: Any) -> Any:
    """None for null: the call failed, or C++ gave none."""
    if not block:
        check()
        return None
    data = _unpack(block.data, block.size)
    _drop(block)
    return data


def as_text(block: Any) -> Any:
    """Bytes that are not UTF-8 become surrogates, and are the same bytes again as an argument."""
    data = as_bytes(block)
    return None if data is None else data.decode("utf-8", "surrogateescape")


def as_path(block: Any) -> Any:
    data = as_text(block)
    return None if data is None else pathlib.Path(data)


def as_char(code: int) -> str:
    return bytes((code,)).decode("utf-8", "surrogateescape")


def as_enum(class_: Any, number: int) -> Any:
    found = class_._value2member_map_.get(number)
    return class_(number) if found is None else found


def as_list(result: Any) -> list[Any]:
    """Of a container; its elements are values of their own."""
    return [each.__copy__() if hasattr(type(each), "_keeps") else each for each in result]


def unpacked(block: Any, kind: Any) -> Any:
    data = as_bytes(block)
    return kind.unpack(data, 0)[0]
