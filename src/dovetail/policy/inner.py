"""Modules inside of a module: what Cython makes of its sources.

In: a plan, the Cython sources.  Out: the plan with their names; DV014 and DV015 for those that cannot be.
Must not know: what is in the sources, how they are compiled.

`fast.pyx` among the sources of `shapes` is `shapes.fast`. Its name is that of an attribute of `shapes`, and of the
function with which Python makes it, of which there is one in a file.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dovetail.diagnostics import Sink, Span
from dovetail.plan import Alias, Class, Constant, Container, Enum, Function, Module, Raised

Named = Alias | Class | Constant | Container | Enum | Function | Raised


def add_inner(plan: Module, sources: Sequence[Path], sink: Sink) -> Module:
    taken = _names(plan)
    own = plan.name.rpartition(".")[2]
    taken[own] = "the module itself"
    for source in sources:
        name = source.stem
        place = Span(str(source))
        if not name.isidentifier() or keyword.iskeyword(name) or not name.isascii():
            message = f"`{source.name}` would be the module `{plan.name}.{name}`, which is no Python name"
            sink.report("DV014", message, place, helps=("rename the file",))
        elif name in taken:
            message = f"`{source.name}` would be the module `{plan.name}.{name}`"
            sink.report("DV015", message, place, notes=(f"`{name}` is {taken[name]}",), helps=("rename the file",))
        taken[name] = f"also `{source.name}`"
    return replace(plan, inner=tuple(source.stem for source in sources)) if sources else plan


def _names(plan: Module) -> dict[str, str]:
    """The attributes of the module, and what each is."""
    types: tuple[Named, ...] = (*plan.enums, *plan.classes, *plan.containers, *plan.raised)
    others: tuple[Named, ...] = (*plan.functions, *plan.constants, *plan.aliases)
    bound = f"bound already, from {plan.includes[-1]}"
    found = {record.name: bound for record in (*types, *others) if not record.scope}
    found.update((each.accessor.name, "a variable") for each in plan.variables if not each.scope)
    found.update((each.path, "a namespace") for each in plan.submodules)
    return found
