"""Calls of C++'s own version of a virtual function, for objects of classes written in Python: what super() means.

In: overloads of virtual functions.  Out: names and expressions.
Must not know: the derived class that emitted code makes (`virtuals`), what surrounds the call.
"""

from __future__ import annotations

import re

from dovetail.emit.cpp.context import Context
from dovetail.plan import Class, Hold, Overload

HEADER = "dovetail/core/virtuals.h"


def derived_name(base: str) -> str:
    """Identifier of the class that Python's classes derive from, by that of the C++ class."""
    return f"{base}_python"


def only_derived(record: Class) -> bool:
    """Only Python subclasses have instances."""
    return bool(record.virtuals) and (record.abstract or record.hold is Hold.NONE)


def overload_name(context: Context, cpp: str) -> str:
    """One word for a function with the types of its parameters: `area_int_const`."""
    inner = re.sub(r"^[^(]*::(?=[^:(]*\()", "", cpp)
    return context.identifiers.base(inner)


def upcall(overload: Overload) -> str:
    """The expression of the call that is not virtual: `{self}.lib::Shape::area({0})`."""
    named = re.sub(r"\{self\}\.(?=\w+\()", f"{{self}}.{overload.upcall}::", overload.expression)
    return named.replace("{self}(", f"{{self}}.{overload.upcall}::operator()(")


def upcall_name(context: Context, overload: Overload) -> str:
    """The function of the derived class that calls a protected one."""
    return f"{overload_name(context, overload.cpp)}_upcall_"


def protected_call(context: Context, overload: Overload) -> str:
    """The same for a protected function, which only the derived class can call."""
    return re.sub(r"\{self\}(?:\.\w+)?\(", f"{{self}}.{upcall_name(context, overload)}(", overload.expression)
