"""A column: all values of one name, as arrays that borrow."""

from __future__ import annotations

from typing import Any, TypeAlias, final

import numpy
import numpy.typing

from rowlog import _core

Values: TypeAlias = "numpy.typing.NDArray[numpy.int64] | numpy.typing.NDArray[numpy.float64]"


@final
class Column:
    """The values of one name in the rows of a log or view, in order; of a name that is in a row twice, both.

    The arrays are read-only and not copied: they show the memory of the log, or of the sealed file itself, and keep it
    alive. They stay as they are when a log that is followed grows.
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.Column) -> None:
        self._core = core

    @property
    def name(self) -> str:
        return self._core.name

    @property
    def unit(self) -> str:
        """As in "USD"; may be empty."""
        return self._core.metadata.unit

    @property
    def text(self) -> str:
        """Words for people; may be empty."""
        return self._core.metadata.text

    @property
    def values(self) -> Values:
        """int64 or float64, in the unit of the column."""
        return self._core.reals() if self._core.kind == _core.ValueKind.real else self._core.integers()

    @property
    def times(self) -> numpy.typing.NDArray[numpy.int64]:
        """For each value, the time of its row in nanoseconds; `.view("datetime64[ns]")` shows them as times since
        1970."""
        return self._core.times()

    @property
    def rows(self) -> numpy.typing.NDArray[numpy.uint32]:
        """For each value, the number of its row in the log."""
        return self._core.rows()

    def __len__(self) -> int:
        return self._core.size()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> numpy.typing.NDArray[Any]:
        values = self.values
        wanted = values.dtype if dtype is None else numpy.dtype(dtype)
        if wanted != values.dtype:
            if copy is False:
                raise ValueError(f"{values.dtype} becomes {wanted} only by a copy")
            return values.astype(wanted)
        return values.copy() if copy else values

    def __repr__(self) -> str:
        unit = f" in {self.unit}" if self.unit else ""
        return f"<column {self.name!r} of {len(self)} {self.values.dtype}{unit}>"
