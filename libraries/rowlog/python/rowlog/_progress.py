"""Progress: what a user may pass, as the callable that C++ calls with bytes done and bytes in all.

In: None, True, a callable, a bar of tqdm or the class `tqdm` itself.  Out: a callable, or None.

C++ calls it about a hundred times a second, on the thread that made the call. On the main thread that is also when
Python looks at its signals: so a call without progress gets one that does nothing, and Ctrl-C ends it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol, TextIO, TypeAlias, cast

Told: TypeAlias = Callable[[int, int], object]


class Bar(Protocol):
    """What of a tqdm bar is used."""

    n: Any
    total: Any

    def update(self, n: int) -> object: ...
    def refresh(self) -> object: ...


Progress: TypeAlias = Told | Bar | type[Any] | bool | None
"""None or False: nobody is told. True: a bar on stderr as long as there is work, tqdm's where it is installed. A
callable: `progress(done, total)`, in bytes; what it raises ends the work, and comes out of the call. A tqdm bar, or the
class `tqdm.tqdm`: it is kept up to date."""


def as_callable(progress: Progress) -> Told | None:
    """What C++ gets."""
    if progress is None or progress is False:
        return look_at_signals if threading.current_thread() is threading.main_thread() else None
    if progress is True:
        return default_bar()
    if isinstance(progress, type):
        return drive(progress(unit="B", unit_scale=True))
    if hasattr(progress, "update") and hasattr(progress, "total"):
        return drive(cast(Bar, progress))
    if not callable(progress):
        raise TypeError(f"progress must be a callable, a tqdm bar, True or None, not {type(progress).__name__}")
    return progress


def look_at_signals(done: int, total: int) -> None:
    """Nothing, in Python: its loop handles signals before it runs a function."""


def drive(bar: Bar) -> Told:
    """Moves a bar; a further call over the same log starts it anew."""

    def tell(done: int, total: int) -> None:
        if bar.total != total or done < bar.n:
            bar.total = total
            bar.n = 0
        bar.update(done - bar.n)
        if done == total:
            bar.refresh()

    return tell


def default_bar() -> Told:
    """A bar on stderr while there is something to wait for; what is printed after it has the line for itself."""
    try:
        from tqdm import tqdm
    except ImportError:
        return PlainBar(sys.stderr)
    return PassingBar(tqdm)


class PassingBar:
    """A bar of tqdm that is there from 0.2 s of work on, and gone when it is done; the next call gets another one."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            if done == total:
                return
            self._bar = self._make(total=total, unit="B", unit_scale=True, leave=False, delay=0.2)
        if self._bar.total != total or done < self._bar.n:  # what it was for before was ended by an exception
            self._bar.total, self._bar.n = total, 0
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()
            self._bar = None


class PlainBar:
    """The same, as a line on a terminal; nothing on anything else."""

    def __init__(self, out: TextIO, width: int = 30) -> None:
        self._out = out
        self._width = width
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if percent == self._shown or not self._out.isatty():
            return
        if percent == 100:
            self._out.write("\r\033[K" if self._shown else "")
            self._shown = 0
        else:
            self._shown = percent
            filled = self._width * percent // 100
            bar = "#" * filled + "." * (self._width - filled)
            self._out.write(f"\r{percent:3d} % [{bar}] {done / 1e6:,.0f} of {total / 1e6:,.0f} MB")
        self._out.flush()
