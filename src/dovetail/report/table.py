"""The table of what was bound: every class, enum, container and function as Python sees it.

In: a plan.  Out: aligned text.  Must not know: terminals, files.

    class      Polygon        6 methods   2 attributes   Shape
    enum       Side           3 values
    function   distance       1 overload
"""

from __future__ import annotations

from dovetail.plan import Class, Function, Module

Row = tuple[str, ...]


def render_table(plan: Module) -> str:
    """A row for everything that a user can name, grouped by kind in the order of the header."""
    rows: list[Row] = [_class_row(item) for item in plan.classes if not item.module]
    rows += [
        ("exception", _path(item.scope, item.name), "", "", ", ".join((item.base, *item.more_bases)))
        for item in plan.raised
        if not item.module
    ]
    rows += [
        ("enum", _path(item.scope, item.name), _count(len(item.enumerators), "value"))
        for item in plan.enums
        if not item.module
    ]
    rows += [
        ("container", _path(item.scope, item.name), item.kind, "buffer" if item.buffer else "")
        for item in plan.containers
        if not item.module
    ]
    rows += [_function_row(item) for item in plan.functions]
    rows += [("constant", _path(item.scope, item.name), item.annotation) for item in plan.constants]
    rows += [("variable", _path(item.scope, item.accessor.name), item.accessor.read.result.annotation)
             for item in plan.variables]  # fmt: skip
    return _align(rows)


def _class_row(item: Class) -> Row:
    methods = len(item.methods) + (item.constructors is not None)
    bases = ", ".join(base.base for base in item.bases)
    attributes = _count(len(item.accessors), "attribute") if item.accessors else ""
    return "class", _path(item.scope, item.name), _count(methods, "method"), attributes, bases


def _function_row(item: Function) -> Row:
    shown = [overload for overload in item.overloads if not overload.twin]
    return "function", _path(item.scope, item.name), _count(len(shown), "overload") if len(shown) > 1 else ""


def _path(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _align(rows: list[Row]) -> str:
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, 0), len(cell))
    lines = ("   ".join(cell.ljust(widths[column]) for column, cell in enumerate(row)).rstrip() for row in rows)
    return "\n".join(f"  {line}" for line in lines)
