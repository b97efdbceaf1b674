"""What of a private namespace is public all the same: what a public alias names, and signatures speak of.

In: the model.  Out: aliases by the type that they publish.  Must not know: how anything is named in Python.

nlohmann's `basic_json` has `using iterator = detail::iter_impl<basic_json>`, and `find` returns one: for its users the
class is `json::iterator`, wherever it is declared.
"""

from __future__ import annotations

from collections.abc import Collection

from dovetail.model import Access, Module, TypeAlias, TypeKind, is_private
from dovetail.policy.classes import ROLES


def find_published(module: Module, visible: Collection[str]) -> dict[str, TypeAlias]:
    """The first alias of each class or enum in a private namespace that signatures mention."""
    found: dict[str, TypeAlias] = {}
    for alias in module.aliases:
        if alias.name in ROLES:
            continue
        named = alias.type.kind in (TypeKind.RECORD, TypeKind.ENUM) and alias.type.bare in visible
        if named and alias.access is Access.PUBLIC and is_private(alias.type.bare) and not is_private(alias.scope):
            found.setdefault(alias.type.bare, alias)
            if alias.type.kind is TypeKind.ENUM:
                # Enums are known by a name without inline namespaces.
                found.setdefault(alias.type.declaration or alias.type.bare, alias)
    return found
