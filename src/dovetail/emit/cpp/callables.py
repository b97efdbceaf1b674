"""Callables: what the runtime knows of each signature, and the fields of a class that hold one.

In: `plan.Value`, `plan.Class`.  Out: `BoundCallable<>` specialisations, a member of `Bound<>`.
Must not know: how callables are taken, given and called.
"""

from __future__ import annotations

from dovetail.convert import Callback, merge
from dovetail.emit.cpp.context import Context, all_values
from dovetail.emit.cpp.literals import quote
from dovetail.emit.writer import Writer
from dovetail.plan import Accessor, Class, Module


def find_callbacks(plan: Module) -> tuple[Callback, ...]:
    """All signatures, in the order of their C++ spelling."""
    found = merge(*(value.callbacks for value in all_values(plan)))
    return tuple(sorted(found, key=lambda callback: callback.cpp))


def write_bound_callables(out: Writer, callbacks: tuple[Callback, ...]) -> None:
    for callback in callbacks:
        out.gap()
        with out.block(f"template <> struct dovetail::BoundCallable<{callback.cpp}>", closing="};"):
            out.line(f"static constexpr const char* result = {quote(callback.result)};")
            out.line(f"static constexpr const char* doc = {quote(callback.doc) if callback.doc else 'nullptr'};")


def callable_fields(context: Context, record: Class) -> list[tuple[Class, Accessor]]:
    """Those that Python can write to, with their class: its own and what it inherits."""
    found, todo, seen = [], [record], set()
    while todo:
        each = todo.pop(0)
        if context.path_of(each) in seen:
            continue
        seen.add(context.path_of(each))
        found += [(each, accessor) for accessor in each.accessors if _holds_callable(accessor)]
        todo += [above for base in each.bases if (above := context.find_class(base.base)) is not None]
    return found


def _holds_callable(accessor: Accessor) -> bool:
    value = accessor.read.result.value
    plain = value is not None and value.converter == "callable" and "std::function<" in value.cpp
    return plain and not accessor.static and accessor.write is not None


def write_callable_fields(out: Writer, context: Context, record: Class) -> None:
    fields = callable_fields(context, record)
    if not fields:
        return
    with out.block(f"template <class Each> static void callables({record.cpp}& it, Each&& each)"):
        for owner, accessor in fields:
            whole = "it" if owner is record else f"static_cast<{owner.cpp}&>(it)"
            out.line(f"each({accessor.read.expression.replace('{self}', whole)});")
