"""Calls that did not come about, and calls with several candidates.

In: names, kinds, what the caller gave.  Out: the exceptions that CPython's modules raise, with the same words.
Must not know: how arguments are converted.
"""

from __future__ import annotations

from typing import Any

from .kinds import Kind, name_of


def refuse(error: Exception, name: str, receiver: Any, changes: bool, *rows: Any) -> Exception:
    """The exception for a call that failed before C++ was called. `changes`: the call changes its receiver."""
    if receiver is not None:
        if not hasattr(receiver, "_trouble"):
            return TypeError(f"{name}() was called on an object of another class: {name_of(receiver)}")
        trouble = receiver._trouble(changes, name)
        if trouble is not None:
            return trouble  # type: ignore[no-any-return]
    for parameter, kind, value in rows:
        trouble = _look_at(kind, value)
        if trouble is not None:
            text = str(trouble)
            joined = (
                f"{text}" if text.startswith(":") else f" {text}" if isinstance(trouble, TypeError) else f": {text}"
            )
            return type(trouble)(f"{name}(): argument {parameter!r}{joined}")
    if receiver is None and isinstance(error, AttributeError) and str(error).endswith(("'_m'", "'_p'")):
        return TypeError(f"{name}() was called on an object of another class: None")
    return error


def _look_at(kind: Kind, value: Any) -> Exception | None:
    try:
        return kind.problem(value)
    except Exception as problem:  # of the value's own methods
        return problem if isinstance(problem, (TypeError, OverflowError, ValueError)) else None


def refuse_operand(error: Exception, name: str, receiver: Any, changes: bool, *rows: Any) -> Any:
    """Of a binary operator: it leaves another class to the other operand."""
    trouble = receiver._trouble(changes, name)
    if trouble is not None:
        raise trouble from None
    if any(isinstance(_look_at(kind, value), TypeError) for _, kind, value in rows):
        return NotImplemented
    raise refuse(error, name, receiver, changes, *rows) from None


def refuse_value(error: Exception, name: str, receiver: Any, kind: Kind, value: Any) -> Exception:
    """Of an attribute that was to be written."""
    if receiver is not None:
        trouble = receiver._trouble(True, name)
        if trouble is not None:
            return trouble  # type: ignore[no-any-return]
    trouble = _look_at(kind, value)
    if trouble is None:
        return error
    text = str(trouble)
    return type(trouble)(f"{name} {text}" if isinstance(trouble, TypeError) else f"{name}: {text.lstrip(': ')}")


class _Candidate:
    def __init__(self, call: Any, changes: bool, shown: str, names: Any, positional: int, needed: int, kinds: Any):
        self.call, self.changes, self.shown, self.kinds = call, changes, shown, kinds
        self._names, self._positional, self._needed = names, positional, needed

    def rank(self, args: Any, kwargs: Any) -> int:
        """The worst of its arguments' ranks; 9: it does not fit."""
        count = len(args)
        if count > len(self.kinds) or count + len(kwargs) < self._needed:
            return 9
        worst = 0
        for place in range(count):
            rank = self.kinds[place].rank(args[place])
            if rank is None:
                return 9
            worst = max(worst, rank)
        for name, value in kwargs.items():
            place = self._names.index(name) if name in self._names else -1
            if place < count or place < self._positional:
                return 9
            rank = self.kinds[place].rank(value)
            if rank is None:
                return 9
            worst = max(worst, rank)
        missing = self._names[count : self._needed]
        return 9 if any(name not in kwargs for name in missing) else worst


class Overloads:
    """The C++ functions behind one Python name. The one whose worst argument fits best is called."""

    def __init__(self, name: str, *candidates: Any) -> None:
        self._name = name
        self._candidates = tuple(_Candidate(*each) for each in candidates)

    def _choose(self, receiver: Any, args: Any, kwargs: Any) -> Any:
        best, found = 9, None
        const = receiver is not None and receiver._m is None
        for each in self._candidates:
            rank = 9 if const and each.changes else each.rank(args, kwargs)
            if rank < best:
                best, found = rank, each
                if not rank:
                    break
        return found

    def call(self, args: Any, kwargs: Any) -> Any:
        found = self._choose(None, args, kwargs)
        if found is None:
            raise self._refuse(args, kwargs)
        return found.call(*args, **kwargs)

    def call_on(self, receiver: Any, args: Any, kwargs: Any) -> Any:
        try:
            found = self._choose(receiver, args, kwargs)
        except AttributeError:
            raise receiver._trouble(False, self._name) or self._refuse(args, kwargs) from None
        if found is None:
            trouble = receiver._trouble(False, self._name)
            if trouble is None and receiver._m is None and self._fits_but_changes(args, kwargs):
                trouble = receiver._trouble(True, self._name)
            raise trouble or self._refuse(args, kwargs)
        return found.call(receiver, *args, **kwargs)

    def construct(self, receiver: Any, args: Any, kwargs: Any) -> None:
        found = self._choose(None, args, kwargs)
        if found is None:
            raise self._refuse(args, kwargs)
        found.call(receiver, *args, **kwargs)

    def operate(self, receiver: Any, *args: Any) -> Any:
        """Of a special method: another operand is left to the other operand's class."""
        trouble = receiver._trouble(False, self._name)
        if trouble is not None:
            raise trouble
        found = self._choose(receiver, args, {})
        return NotImplemented if found is None else found.call(receiver, *args)

    def _fits_but_changes(self, args: Any, kwargs: Any) -> bool:
        return any(each.changes and each.rank(args, kwargs) < 9 for each in self._candidates)

    def _refuse(self, args: Any, kwargs: Any) -> Exception:
        given = [name_of(each) for each in args] + [f"{name}={name_of(each)}" for name, each in kwargs.items()]
        shown = "\n    ".join(each.shown for each in self._candidates)
        return TypeError(f"{self._name}(): no overload takes ({', '.join(given)}); there are:\n    {shown}")
