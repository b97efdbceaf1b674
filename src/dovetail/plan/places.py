"""Places in a plan, spelled another way: emitted text names headers as their users do, never where they lie here.

In: a plan, a function from paths to paths.  Out: the same plan with other spans.  Must not know: files.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from typing import Any

from dovetail.diagnostics import Span
from dovetail.plan.records import Module


def spell_places(module: Module, spell: Callable[[str], str]) -> Module:
    """Every span with its path as `spell` writes it. Records without a changed span stay the same objects."""
    paths: dict[str, str] = {}

    def visit(node: Any) -> Any:
        match node:
            case Span():
                path = paths.setdefault(node.path, spell(node.path) if node.path else "")
                return node if path == node.path else dataclasses.replace(node, path=path)
            case tuple():
                parts = tuple(visit(part) for part in node)
                return parts if any(new is not old for new, old in zip(parts, node, strict=True)) else node
            case str() | int() | float() | enum.Enum() | None:
                return node
        changed = {
            field.name: new
            for field in dataclasses.fields(node)
            if (new := visit(old := getattr(node, field.name))) is not old
        }
        return dataclasses.replace(node, **changed) if changed else node

    result: Module = visit(module)
    return result
