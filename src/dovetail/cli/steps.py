"""Progress on a terminal: what is being done once it has taken more than a second, and how long each step took.

In: the names of steps as they begin.  Out: text on a terminal, nothing elsewhere.  Must not know: what the steps are.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, TextIO, final

PATIENCE = 1.0
"""Seconds before anything is shown; shorter steps are not worth a line."""


@final
class Steps:
    """Called with the name of each step. `seconds` counts from the start."""

    def __init__(self, stream: TextIO, *, shown: bool, colour: bool) -> None:
        self._stream = stream
        self._shown = shown
        self._colour = colour
        self._name = ""
        self._start = self._begun = time.perf_counter()
        self._status: Any = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._start

    def __enter__(self) -> Steps:
        if self._shown:
            self._timer = threading.Timer(PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, name: str) -> None:
        """From now on `name` is being done. May be called from any thread."""
        with self._lock:
            self._end_step()
            self._name, self._begun = name, time.perf_counter()
            if self._status is not None:
                self._status.update(f"{name} …")

    def close(self) -> None:
        """Takes the progress off the terminal; again does nothing."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._end_step()
            self._name, self._shown = "", False
            if self._status is not None:
                self._status.stop()
                self._status = None

    def _end_step(self) -> None:
        seconds = time.perf_counter() - self._begun
        if self._status is not None and self._name and seconds > PATIENCE:
            self._status.console.print(f"{seconds:6.1f} s  {self._name}", highlight=False, markup=False, style="dim")

    def _show(self) -> None:
        # Only a run that is slow anyway pays for importing it.
        from rich.console import Console

        with self._lock:
            if self._name and self._shown:
                self._status = Console(file=self._stream, no_color=not self._colour).status(f"{self._name} …")
                self._status.start()
