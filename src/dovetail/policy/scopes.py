"""Scopes: the namespace that is the module, and the submodules inside it.

In: namespaces of all declarations, `namespace` of the settings.  Out: `draft.namespace`, `draft.paths`, submodules.
Must not know: what is in the namespaces.

The module is the outermost namespace common to all declarations, or the one that the settings name; what is in the
global namespace beside it belongs to the module too. Namespaces that look private (`detail`, `impl`, `internal`) are
no public API: they are left out without being counted.
"""

from __future__ import annotations

from dovetail import model, plan
from dovetail.model import is_private, split, unwrap
from dovetail.policy.documentation import clean
from dovetail.policy.draft import Draft
from dovetail.policy.names import escape


def common_namespace(module: model.Module) -> str:
    """The longest namespace that all namespaced declarations share."""
    used = {namespace_of(d.scope, module.namespaces) for d in declarations(module)}
    paths = [split(u) for u in sorted(used) if u and not is_private(u) and split(u)[0] != "std"]
    if not paths:
        return ""
    shortest = min(paths, key=len)
    shared = 0
    while shared < len(shortest) and all(p[shared] == shortest[shared] for p in paths):
        shared += 1
    return "::".join(shortest[:shared])


def declarations(
    module: model.Module,
) -> tuple[model.Class | model.Enum | model.Function | model.Variable, ...]:
    return (*module.classes, *module.enums, *module.functions, *module.variables)


def namespace_of(scope: str, namespaces: tuple[str, ...]) -> str:
    """The innermost namespace of a scope that may be a class."""
    parts = split(unwrap(scope))
    while parts and "::".join(parts) not in namespaces:
        parts.pop()
    return "::".join(parts)


def find_namespace(module: model.Module, chosen: str | None) -> str:
    return chosen.removeprefix("::") if chosen else common_namespace(module)


def decide_scopes(draft: Draft) -> None:
    """Pass: a Python path for each namespace."""
    module = draft.model
    if draft.settings.namespace and draft.namespace not in module.namespaces:
        near = ", ".join(f"`{n}`" for n in module.namespaces[:5]) or "none"
        draft.sink.report(
            "DV012",
            f"no header declares the namespace `{draft.namespace}`",
            draft.settings.span,
            helps=(f"the headers declare: {near}",),
        )
    draft.paths[""] = ""
    parents = split(draft.namespace)
    for depth in range(1, len(parts := parents) + 1):
        draft.paths["::".join(parts[:depth])] = ""
    known = {c.qualified for c in module.classes} | {e.qualified for e in module.enums}
    second = {a.scope for a in module.aliases if a.type.bare in known and not is_private(a.scope)}
    used = {namespace_of(scope, module.namespaces) for scope in (*(d.scope for d in declarations(module)), *second)}
    for name in module.namespaces:
        inhabited = any(u == name or u.startswith(f"{name}::") for u in used)
        if name in draft.paths or is_private(name) or split(name)[0] == "std" or not inhabited:
            continue
        if draft.rules.view(name, scope=name.rpartition("::")[0]).rule.skip:
            continue
        inside = name.removeprefix(f"{draft.namespace}::") if draft.namespace else name
        path = ".".join(escape(p) for p in split(inside))
        draft.paths[name] = path
        draft.taken.setdefault(path.rpartition(".")[0], set()).add(path.rpartition(".")[2])
        draft.submodules.append(plan.Submodule(path=path, doc=clean(module.namespace_comments.get(name, ""))))
