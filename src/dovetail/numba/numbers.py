"""Arrays of numbers as C++ takes them: NumPy's, and bound vectors and arrays.

In: values of Numba.  Out: addresses and numbers of elements.  Must not know: calls.

An array fits whose elements are of the very type and lie side by side; one that C++ may change must be writable.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from dovetail.numba.kinds import NUMBERS, POINTER, NativeNumbers, NativeVector
from dovetail.numba.owning import place_of

_WORD = ir.IntType(types.intp.bitwidth)


def takes_numbers(given: Any, wanted: NativeNumbers) -> bool:
    """Whether C++ can have this for that."""
    if isinstance(given, types.Array):
        side_by_side = given.layout == "C" and given.aligned and (given.ndim == 1 or not wanted.counted)
        return bool(side_by_side and given.dtype == wanted.number and (wanted.const or given.mutable))
    if isinstance(given, NativeVector):
        return NUMBERS.get(given.record.element) == wanted.number and (wanted.const or not given.const)
    return False


def numbers_of(context: Any, builder: Any, value: Any, kind: Any) -> tuple[Any, Any]:
    """The address of the first, and how many."""
    if isinstance(kind, NativeVector):
        return measure(context, builder, kind, value)
    array = context.make_array(kind)(context, builder, value)
    return builder.bitcast(array.data, POINTER), array.nitems


def measure(context: Any, builder: Any, of: NativeVector, value: Any) -> tuple[Any, Any]:
    """Where the elements of a vector are, and how many."""
    record = of.record
    place = place_of(context, builder, of, value)
    if record.count:
        return place, ir.Constant(_WORD, record.count)
    ends = builder.bitcast(place, POINTER.as_pointer())
    first = builder.load(ends)
    last = builder.load(builder.gep(ends, [ir.Constant(_WORD, 1)]))
    size = builder.sub(builder.ptrtoint(last, _WORD), builder.ptrtoint(first, _WORD))
    return first, builder.sdiv(size, ir.Constant(_WORD, record.stride), flags=["exact"])
