"""C++ containers with the protocols of Python's.

In: methods that emitted classes have (`_at`, `_set`, `_erase`, …).  Out: sequences, mappings and sets.
Must not know: what the elements are.
"""

from __future__ import annotations

import array
import collections.abc
import gc
import struct
import sys
import weakref
from collections.abc import Iterator
from operator import index
from typing import Any

from .library import ffi
from .objects import Object, copied, element, hold

_pypy = sys.implementation.name == "pypy"
if _pypy:
    from __pypy__ import newmemoryview  # type: ignore[import-not-found,unused-ignore]


class _Container(Object):
    __slots__ = ("_pin",)
    _kind: Any = None
    _elements: Any = None
    """The class of elements that are objects."""
    _make: Any = None
    _format: Any = ""
    _fixed = False

    def copy(self) -> Any:
        """A container of its own, with copies of the elements."""
        return copied(self)

    def _pinned(self) -> None:
        """Raises where a view of the elements is alive: they must stay where they are."""
        if self._flavour != "own" or not hasattr(self, "_pin") or self._pin() is None:
            return
        gc.collect()
        if self._pin() is not None:
            raise BufferError(f"Existing exports of data: {type(self).__name__} cannot be re-sized")


class Sequence(_Container, collections.abc.MutableSequence):  # type: ignore[type-arg]
    __slots__ = ()

    def __init__(self, values: Any = ()) -> None:
        hold(self, self._make())
        if not self._fixed:
            self.extend(values)
            return
        given = list(values)
        if given and len(given) != len(self):
            raise ValueError(f"{type(self).__name__} has {len(self)} elements, not {len(given)}")
        for place, value in enumerate(given):
            self._set(place, value)

    def _out_of_range(self) -> IndexError:
        return IndexError(f"{type(self).__name__} index out of range")

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            found = [self[at] for at in range(*place.indices(len(self)))]
            return found if self._fixed else self._public(found)
        if self._elements is not None:
            at = index(place)
            size = len(self)
            at = at + size if at < 0 else at
            if not 0 <= at < size:
                raise self._out_of_range()
            return element(self._elements, at, self)
        try:
            return self._at(index(place))
        except IndexError:
            raise self._out_of_range() from None

    def __setitem__(self, place: Any, value: Any) -> None:
        if isinstance(place, slice):
            kept = list(self)
            kept[place] = list(value)
            self._replace(kept)
            return
        try:
            self._set(index(place), value)
        except IndexError:
            raise self._out_of_range() from None

    def __delitem__(self, place: Any) -> None:
        self._pinned()
        if isinstance(place, slice):
            for at in sorted(range(*place.indices(len(self))), reverse=True):
                self._erase(at)
            return
        try:
            self._erase(index(place))
        except IndexError:
            raise self._out_of_range() from None

    def _replace(self, values: list[Any]) -> None:
        if self._fixed:
            if len(values) != len(self):
                raise ValueError(f"{type(self).__name__} cannot change its size")
            for at, value in enumerate(values):
                self._set(at, value)
            return
        made = self._public(values)
        self._pinned()
        self.clear()
        for value in made:
            self.append(value)

    def __iter__(self) -> Iterator[Any]:
        at = 0
        if self._elements is not None:
            class_ = self._elements
            while at < len(self):
                yield element(class_, at, self)
                at += 1
            return
        while at < len(self):
            yield self._at(at)
            at += 1

    def insert(self, index: Any, value: Any) -> None:
        self._pinned()
        self._insert(index, value)

    def extend(self, values: Any) -> None:
        self._pinned()
        many = getattr(self, "_extend", None)
        if many is None:
            for value in list(values) if values is self else values:
                self.append(value)
            return
        if isinstance(values, Sequence) and values._format == self._format:
            many(memoryview(array.array(self._format, values._bytes())))
            return
        try:
            many(values)
        except (TypeError, ValueError):
            many(memoryview(array.array(self._format, values)))

    def pop(self, index: Any = -1) -> Any:
        value = self[index]
        value = value.__copy__() if self._elements is not None else value
        del self[index]
        return value

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """In place, as `list.sort`."""
        self._replace(
            [each.__copy__() if isinstance(each, Object) else each for each in sorted(self, key=key, reverse=reverse)]
        )

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, (Sequence, list)):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, (Sequence, list, tuple)):
            return NotImplemented
        made = self.copy()
        made.extend(other)
        return made

    def __reduce__(self) -> Any:
        return self._public, (list(self),)

    # ---- numbers in one piece -----------------------------------------------------------------------------------

    def _bytes(self) -> bytes:
        return bytes(ffi.buffer(self._data(), len(self) * struct.calcsize(self._format)))

    def _buffer(self) -> memoryview:
        """The elements where they lie. As long as it is alive, the container keeps its size."""
        if not self._format:
            raise TypeError(f"a bytes-like object is required, not {type(self).__name__!r}")
        size = struct.calcsize(self._format)
        if not len(self):
            return memoryview(b"").cast(self._format) if size == 1 else memoryview(array.array(self._format))
        place = ffi.gc(ffi.cast("char *", self._data()), lambda place, kept=self: None)
        if self._flavour == "own":
            self._pin = weakref.ref(place)
        view: Any = ffi.buffer(place, len(self) * size)
        view = memoryview(view)
        view = newmemoryview(view, size, self._format, (len(self),)) if _pypy else view.cast("B").cast(self._format)
        made: memoryview = view.toreadonly() if self._m is None else view
        return made

    def __buffer__(self, flags: int) -> memoryview:
        return self._buffer()


class _Keyed(_Container):
    __slots__ = ()

    def _known(self, key: Any) -> bool:
        try:
            return self._has(key)  # type: ignore[no-any-return]
        except (TypeError, OverflowError):
            return False

    def __contains__(self, key: Any) -> bool:
        return self._known(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys())


class Mapping(_Keyed, collections.abc.MutableMapping):  # type: ignore[type-arg]
    __slots__ = ()
    _is_mapping = True

    def __init__(self, values: Any = (), **more: Any) -> None:
        hold(self, self._make())
        self.update(values, **more)

    def __getitem__(self, key: Any) -> Any:
        if not self._has(key):
            raise KeyError(key)
        if self._elements is not None:
            return element(self._elements, key, self)
        return self._at(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._set(key, value)

    def __delitem__(self, key: Any) -> None:
        if not self._erase(key):
            raise KeyError(key)

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, collections.abc.Mapping):
            return NotImplemented
        return len(self) == len(other) and all(key in other and other[key] == self[key] for key in self)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"

    def __reduce__(self) -> Any:
        return self._public, (dict(self),)


class Set(_Keyed, collections.abc.MutableSet):  # type: ignore[type-arg]
    __slots__ = ()

    def __init__(self, values: Any = ()) -> None:
        hold(self, self._make())
        for value in values:
            self.add(value)

    @classmethod
    def _from_iterable(cls, values: Any) -> Any:
        return set(values)

    def discard(self, value: Any) -> None:
        if self._known(value):
            self._erase(value)

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, collections.abc.Set):
            return NotImplemented
        return len(self) == len(other) and all(value in other for value in self)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({{{', '.join(map(repr, self))}}})"

    def __reduce__(self) -> Any:
        return self._public, (list(self),)
