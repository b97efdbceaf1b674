"""The order in which the modules of a project are made.

In: settings.  Out: the same, each after those that it uses.  Must not know: what is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dovetail.config.settings import ModuleSettings


def in_order(modules: Iterable[ModuleSettings]) -> tuple[ModuleSettings, ...]:
    """Modules of a project, each after those that it uses; those that another one uses are `shared`."""
    given = tuple(modules)
    used = {name for module in given for name in module.uses}
    by_name = {m.name: replace(m, shared=True) if m.name in used else m for m in given}
    done: dict[str, ModuleSettings] = {}

    def visit(module: ModuleSettings, above: tuple[str, ...]) -> None:
        for name in module.uses:
            if name in by_name and name not in done and name not in above:
                visit(by_name[name], (*above, module.name))
        done.setdefault(module.name, module)

    for module in by_name.values():
        visit(module, ())
    return tuple(done.values())
