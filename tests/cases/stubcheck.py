"""Compares a stub with the module that it describes.

In: the text of a stub and the imported module.  Out: a list of differences, empty when they agree.
Names on both sides, kinds (class, function, property, constant), base classes, parameter names and kinds.
"""

from __future__ import annotations

import ast
import collections.abc
import enum
import inspect
import types

# What every class or module has without the stub saying so, and what only newer interpreters show.
UNSPOKEN = {*dir(type("Plain", (), {})), *vars(ast)} | {
    *("__match_args__", "__copy__", "__deepcopy__", "__reversed__", "__class_getitem__", "__text_signature__"),
    *("__getattr__", "__pyx_capi__", "__dovetail_capi__", "__hash__", "__path__", "__buffer__", "__release_buffer__"),
}
# One slot of CPython gives both: the second is there, and answers NotImplemented or raises.
TWINS = {"__delitem__": "__setitem__"} | {
    f"__r{name}__": f"__{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
}
TWINS |= {forward: reflected for reflected, forward in TWINS.items() if reflected.startswith("__r")}
TWINS |= dict.fromkeys(("__le__", "__gt__", "__ge__"), "__lt__") | {"__ne__": "__eq__", "__lt__": "__eq__"}


def compare(stub: str, module: types.ModuleType) -> list[str]:
    return list(_compare_scope(ast.parse(stub).body, module, module.__name__))


def _definitions(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    found: dict[str, list[ast.stmt]] = {}
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.setdefault(name, []).append(node)
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.setdefault(name, []).append(node)
            case ast.Assign(targets=[ast.Name(id=name)]):
                found.setdefault(name, []).append(node)
    return found


def _compare_scope(
    body: list[ast.stmt], scope: object, path: str, inherited: frozenset[str] = frozenset()
) -> list[str]:
    """`inherited`: what the stub's base classes from `collections.abc` promise."""
    problems: list[str] = []
    stated = _definitions(body)
    hidden = {name for name in stated if name.startswith("_") and not name.startswith("__")}
    actual = {name for name in vars(scope) if name not in UNSPOKEN}
    if isinstance(scope, types.ModuleType):
        actual = {name for name in actual if not isinstance(getattr(scope, name), types.ModuleType)}
    for name in sorted(set(stated) - hidden - actual - UNSPOKEN):
        if not hasattr(scope, name):
            problems.append(f"{path}.{name}: in the stub, not in the module")
    given = set(stated) | inherited
    for name in sorted(actual - given):
        private = (name.startswith("_") and not name.startswith("__")) or name.startswith("__dovetail")
        if not private and TWINS.get(name, name) not in given:
            problems.append(f"{path}.{name}: in the module, not in the stub")
    for name in sorted((set(stated) - hidden) & actual):
        problems += _compare_one(stated[name], getattr(scope, name, None), vars(scope)[name], f"{path}.{name}")
    return problems


def _compare_one(nodes: list[ast.stmt], value: object, raw: object, path: str) -> list[str]:
    node = nodes[-1]
    match node:
        case ast.ClassDef():
            if not isinstance(value, type):
                return [f"{path}: a class in the stub, {type(value).__name__} in the module"]
            if issubclass(value, enum.Enum):
                return _compare_enum(node, value, path)
            bases = [ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases]
            promised = frozenset(name for base in bases for name in dir(getattr(collections.abc, base, object)))
            return _compare_scope(node.body, value, path, promised)
        case ast.FunctionDef():
            decorators = {ast.unparse(d) for d in node.decorator_list}
            if any(d == "property" or d.endswith(".setter") for d in decorators):
                return (
                    []
                    if inspect.isdatadescriptor(raw)
                    else [f"{path}: a property in the stub, {type(raw).__name__} in the module"]
                )
            if not callable(value):
                return [f"{path}: a function in the stub, {type(value).__name__} in the module"]
            return [] if len(nodes) > 1 else _compare_signature(node, value, path)
    return []


def _compare_enum(node: ast.ClassDef, value: type[enum.Enum], path: str) -> list[str]:
    stated = {
        n.targets[0].id: ast.literal_eval(n.value)
        for n in node.body
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
    }
    actual = {name: member.value for name, member in value.__members__.items()}
    return [] if stated == actual else [f"{path}: enumerators differ: {stated} and {actual}"]


def _compare_signature(node: ast.FunctionDef, value: object, path: str) -> list[str]:
    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return []  # slot wrappers and overloads have no single signature
    if not getattr(value, "__text_signature__", None) or node.name.startswith("__"):
        return []
    stated = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
    actual = list(signature.parameters)
    drop = [name for name in ("self",) if stated[:1] == [name] and actual[:1] != [name]]
    stated = stated[len(drop) :]
    if stated != actual:
        return [f"{path}: parameters {stated} in the stub, {actual} in the module"]
    only = {a.arg for a in node.args.posonlyargs} - set(drop)
    actual_only = {n for n, p in signature.parameters.items() if p.kind is p.POSITIONAL_ONLY}
    if only - {"self"} != actual_only - {"self"}:
        return [f"{path}: positional-only {sorted(only)} in the stub, {sorted(actual_only)} in the module"]
    return []
