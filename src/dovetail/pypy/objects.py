"""Objects of C++ classes.

In: addresses.  Out: Python objects that own what is there, or keep alive whom it belongs to.
Must not know: which classes there are.

`_p` is the address for calls that read, `_m` for calls that change, None where the object is const: so const costs
nothing. Both are slots of an object that Python owns, and None once it is closed or handed over. What belongs to others
is of a hidden class derived from the public one, in which they are properties:

    borrowed, lent (const)   the address is fixed; the owner must be open
    element                  the owner is a container, which is asked for the element of that place or key at each use

so elements of a container that grows, shrinks or ends never read freed memory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from .library import check, ffi, lib

if sys.implementation.name == "pypy":
    from __pypy__.bufferable import bufferable as _Base  # type: ignore[import-not-found,unused-ignore]
else:
    _Base = object
_new = _Base.__new__
_gc = ffi.gc


class Object(_Base):  # type: ignore[misc,valid-type,unused-ignore]
    """What all have. Its members begin with `_`, so that those of C++ keep their names."""

    __slots__ = ("__weakref__", "_hold", "_keeps", "_m", "_p")
    _p: Any
    _m: Any
    _hold: Any
    _keeps: Any
    _flavour = "own"
    _held = False
    _final = False
    _overridable: tuple[str, ...] = ()
    _is_mapping = False
    _cast: Any = None
    _kind_of: Any = None
    _kinds: tuple[Any, ...] = ()
    _public: Any = None
    _copier: Any = None
    _delete: Any = None

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "_flavour" in cls.__dict__ or cls._public is None:
            return
        if cls._final:
            raise TypeError(f"type {cls._public.__name__!r} is not an acceptable base type: it is final in C++")
        for name in cls._overridable:
            if name in cls.__dict__:
                raise TypeError(
                    f"{cls.__name__}.{name} would override a virtual function, and C++ would not call it here"
                )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError(f"{type(self).__name__} cannot be constructed from Python")

    def close(self) -> None:
        """Ends the C++ object now; later uses raise ReferenceError. What belongs to others stays."""
        _end(self)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *why: Any) -> None:
        _end(self)

    def __eq__(self, other: Any) -> Any:
        if isinstance(other, Object) and type(self).__qualname__ == type(other).__qualname__:
            return self._p == other._p
        return NotImplemented

    def __hash__(self) -> int:
        return int(ffi.cast("uintptr_t", self._p))

    def __copy__(self) -> Any:
        if self._copier is None:
            raise TypeError(f"C++ does not copy objects of type {type(self).__name__!r}")
        return copied(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __reduce__(self) -> Any:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def _trouble(self, changes: bool, name: str = "it") -> Exception | None:
        """Why no call can be made on it."""
        class_ = type(self).__name__
        try:
            place = self._p
        except AttributeError:
            return TypeError(f"{class_}.__init__() was not called")
        except ReferenceError as error:
            return error
        if place is None:
            return ReferenceError(f"this {class_} is closed, or belongs to C++ now")
        if changes and self._m is None:
            return TypeError(f"{name} would change the {class_}, which is const here")
        return None


class _Borrowed:
    __slots__ = ()
    _flavour = "borrowed"
    _held = False

    @property
    def _p(self: Any) -> Any:
        if self._keeps._p is None:
            raise ReferenceError(f"the owner of this {type(self).__name__} is closed")
        return self._hold

    _m = _p


class _Lent(_Borrowed):
    __slots__ = ()
    _m = property(lambda self: None)


class _Element:
    __slots__ = ()
    _flavour = "element"
    _held = False

    @property
    def _p(self: Any) -> Any:
        try:
            return self._keeps._place(self._hold)
        except IndexError:
            raise ReferenceError(f"the element that this {type(self).__name__} was is gone") from None

    @property
    def _m(self: Any) -> Any:
        return None if self._keeps._m is None else self._p


class Owners:
    """Several objects that something belongs to."""

    __slots__ = ("_all",)

    def __init__(self, *owners: Any) -> None:
        self._all = owners

    @property
    def _p(self) -> Any:
        for each in self._all:
            if each is not None and getattr(each, "_p", True) is None:
                return None
        return True

    _m = _p


class _Forever:
    """The owner of what belongs to the library."""

    _p = _m = True


forever = _Forever()


class ThrownByCpp:
    """What exception classes of the header have: members read the C++ object that was thrown."""

    _p: Any
    _m: Any

    def _trouble(self, changes: bool, name: str = "it") -> Exception | None:
        if not hasattr(self, "_p"):
            return AttributeError(f"this {type(self).__name__} was not thrown by C++")
        return None

    def __reduce__(self: Any) -> Any:
        rest = {name: value for name, value in self.__dict__.items() if name not in ("_p", "_m")}
        return type(self), self.args, rest


def complete(class_: Any, *, type_: str, delete: Any = None, copier: Any = None, **facts: Any) -> None:
    """Once a class has its members: its hidden ones, and what the functions here need."""
    class_._public = class_
    class_._type = ffi.typeof(f"struct {type_} *")
    class_._delete = delete
    class_._copier = copier
    for name, value in facts.items():
        setattr(class_, f"_{name}", value)
    for mixin, name in ((_Borrowed, "_borrowed"), (_Lent, "_lent"), (_Element, "_element")):
        members = {
            "__slots__": (),
            "__doc__": class_.__doc__,
            "__module__": class_.__module__,
            "__qualname__": class_.__qualname__,
            "__hash__": class_.__hash__,
            "__class__": property(lambda self: class_),
            "_flavour": mixin._flavour,
        }
        setattr(class_, name, type(class_)(class_.__name__, (mixin, class_), members))


def _fresh(self: Any) -> None:
    if getattr(self, "_p", None) is not None:
        raise TypeError(f"{type(self).__name__}.__init__() was already called")


def _ender(delete: Any, kept: Any) -> Callable[[Any], None]:
    """What ends an object, and holds what it points into until then: finalisers run in that order."""

    def end(place: Any, kept: Any = kept) -> None:
        delete(place)

    return end


def hold(self: Any, place: Any, kept: Any = None) -> None:
    """The new object that a constructor made; `kept`: a list of what it points into."""
    if not place:
        check()
    if self._held:
        delete = lib.dovetail_release
        hold_ = _gc(place, delete if kept is None else _ender(delete, kept))
        _fresh(self)
        self._hold = hold_
        self._p = self._m = ffi.cast(self._type, lib.dovetail_target(place))
    else:
        owned = _gc(place, self._delete if kept is None else _ender(self._delete, kept))
        _fresh(self)
        self._p = self._m = self._hold = owned
    self._keeps = kept


def own(class_: Any, place: Any, kept: Any = None, narrow: bool = False) -> Any:
    """An object that C++ gives away."""
    if not place:
        check()
        return None
    if narrow and class_._kind_of is not None:
        class_, place = _narrowed(class_, place)
    made = _new(class_)
    if class_._held:
        raise TypeError(f"{class_.__name__} is held by C++ and Python together")
    made._p = made._m = made._hold = _gc(place, class_._delete if kept is None else _ender(class_._delete, kept))
    made._keeps = kept
    return made


def own_shared(class_: Any, holder: Any, kept: Any = None) -> Any:
    """An object that Python holds together with C++."""
    if not holder:
        check()
        return None
    place = ffi.cast(class_._type, lib.dovetail_target(holder))
    if class_._kind_of is not None:
        class_, place = _narrowed(class_, place)
    made = _new(class_)
    made._hold = _gc(holder, lib.dovetail_release if kept is None else _ender(lib.dovetail_release, kept))
    made._p = made._m = place
    made._keeps = kept
    return made


def borrow(class_: Any, place: Any, owner: Any, const: bool) -> Any:
    """An object that belongs to another one."""
    if not place:
        check()
        return None
    if class_._kind_of is not None:
        class_, place = _narrowed(class_, place)
    if isinstance(owner, class_) and owner._p == place:
        return owner
    made = _new(class_._lent if const else class_._borrowed)
    made._hold = place
    made._keeps = owner
    return made


def element(class_: Any, place: Any, container: Any) -> Any:
    """The element of a container at a place or key."""
    made = _new(class_._element)
    made._hold = place
    made._keeps = container
    return made


def copied(self: Any) -> Any:
    class_ = self._public
    made = class_._copier(self._p)
    return own_shared(class_, made) if class_._held else own(class_, made)


def itself(self: Any) -> Any:
    """Its address as its own class."""
    return self._p


def cast_by(cast: Any) -> Any:
    """Its address as a base that begins elsewhere."""
    return lambda self: cast(self._p)


def _narrowed(class_: Any, place: Any) -> tuple[Any, Any]:
    """The most derived bound class of an object, and its address as that."""
    number = class_._kind_of(place)
    if number < 1:
        return class_, place
    derived, cast = class_._kinds[number - 1]
    return derived, cast(place)


def address(place: Any) -> int:
    return int(ffi.cast("uintptr_t", place))


def keep_for_good(kept: Any) -> None:
    """Of an object that C++ looks at, and that no other object could keep for it."""
    for_good[id(kept)] = kept


for_good: dict[int, Any] = {}


def keep(self: Any, kept: Any) -> None:
    """Of an object that C++ looks at as long as `self` lives."""
    if kept is None or self is None:
        return
    if self._flavour != "own":
        keep(self._keeps if isinstance(self._keeps, Object) else None, kept)
        return
    if self._keeps is None:
        self._keeps = []
        if not self._held:
            # Its end must come before theirs: it is what reaches them.
            raw = _gc(self._hold, None)
            place = ffi.cast(self._type, address(self._p)) if raw is None else raw
            self._p = self._m = self._hold = _gc(place, _ender(self._delete, self._keeps))
    self._keeps.append(kept)


def gone(self: Any) -> None:
    """C++ has taken the object over."""
    if self is not None:
        _gc(self._hold, None)
        self._p = self._m = self._hold = None


def _end(self: Any) -> None:
    if self._flavour != "own" or getattr(self, "_p", None) is None:
        return
    owned = self._hold
    self._p = self._m = self._hold = None
    ffi.release(owned)
    self._keeps = None


def equal(self: Any, other: Any, names: tuple[str, ...]) -> Any:
    """Member by member."""
    if not isinstance(other, self._public):
        return NotImplemented
    return all(getattr(self, name) == getattr(other, name) for name in names)


def shown(self: Any, parts: tuple[tuple[str, str, bool], ...]) -> str:
    """`Point(x=1.0, y=2.0)`."""
    values = []
    for name, label, call in parts:
        value = getattr(self, name)
        values.append(f"{label}={value() if call else value!r}" if not call else f"{label}={value()!r}")
    return f"{type(self).__name__}({', '.join(values)})"


def walk(receiver: Any, place: Any, start: Any, more: Any, stop: Any, give: Any) -> Iterator[Any]:
    """What an iteration of C++ gives."""
    started = start(place)
    if not started:
        check()
    at = _gc(started, stop)
    while True:
        answer = more(at)
        if answer < 0:
            check()
        if not answer or receiver._p is None:
            return
        yield give(receiver, at)
