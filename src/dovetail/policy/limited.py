"""What a module for the limited API cannot have: `abi3`.

In: the plan, the settings.  Out: DV069 for each.  Must not know: how the runtime does without.

Classes with several bases need a common one with room for the largest of them, which one module has to make for all;
and modules read one another's tables, so all of them are for the same API.
"""

from __future__ import annotations

from dovetail.config import ModuleSettings
from dovetail.diagnostics import Sink
from dovetail.plan import Class, Module, Shared


def check_limited(plan: Module, settings: ModuleSettings, used: tuple[Shared, ...], sink: Sink) -> None:
    for other in used:
        if other.abi3 != settings.abi3:
            sink.report(
                "DV069",
                f"`{plan.name}` is built for {_api(settings.abi3)}, and `{other.module}`, which it uses, for "
                f"{_api(other.abi3)}",
                settings.span,
                helps=("give both the same `abi3`",),
            )
    if settings.abi3:
        for class_, foreign in _spread(plan.classes):
            message = f"`{class_.cpp}` is related by several bases to `{foreign.cpp}`, a class of `{foreign.module}`"
            note = "the limited API lets no module change the room in objects of another one's classes"
            sink.report("DV069", message, class_.span, notes=(note,), helps=("build without `abi3`",))


def _api(version: str) -> str:
    return f"the limited API of {version}" if version else "one version of Python (no `abi3`)"


def _spread(classes: tuple[Class, ...]) -> list[tuple[Class, Class]]:
    """Classes with several bases, each with a class of another module that is in the same tree."""
    paths = {f"{each.scope}.{each.name}" if each.scope else each.name: each for each in classes}
    trees: dict[str, set[str]] = {path: {path} for path in paths}
    for path, each in paths.items():
        for base in (*each.bases, *each.casts):
            if base.base in trees and trees[base.base] is not trees[path]:
                joined = trees[path] | trees[base.base]
                trees.update(dict.fromkeys(joined, joined))
    found = []
    for path, each in paths.items():
        own = {base.base for base in (*each.bases, *each.casts)}
        foreign = sorted((other not in own, other) for other in trees[path] if paths[other].module)
        if foreign and len(each.bases) > 1:
            found.append((each, paths[foreign[0][1]]))
    return found
