"""Grids: classes that look at arrays of several dimensions, as `std::mdspan` does. In Python they are arrays.

In: a class, or the name of one.  Out: the type of its elements, None for all others.
Must not know: how they are made of buffers (the runtime does).

By name any `mdspan` (`std::mdspan`, `Kokkos::mdspan`); else a class that has `rank`, `extent`, `stride` and
`data_handle`.
"""

from __future__ import annotations

from dovetail import model
from dovetail.model import Access, Type, TypeKind

MEMBERS = frozenset({"rank", "extent", "stride", "data_handle"})


def find_element(class_: model.Class | None, type_: Type) -> Type | None:
    """`const double` of `mdspan<const double, …>`."""
    if class_ is not None:
        methods = {m.name: m for m in class_.methods if m.access is Access.PUBLIC}
        if methods.keys() >= MEMBERS:
            handle = methods["data_handle"].returns
            return handle.target if handle.kind is TypeKind.POINTER else None
    if (type_.declaration or "").endswith("::mdspan"):
        return next((a for a in type_.arguments if isinstance(a, Type)), None)
    return None
