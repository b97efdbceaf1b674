"""Invariants of a plan: what every emitter may rely on.

In: a plan.  Out: nothing, or `PlanError` with all that is wrong: always a fault of dovetail, never of a header.
Must not know: how the plan was made.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

from dovetail.plan.records import (
    Accessor,
    Alias,
    Call,
    Class,
    Constant,
    Container,
    Enum,
    Function,
    Module,
    Overload,
    Param,
    Raised,
    Return,
)

TYPING = frozenset(
    {"int", "float", "bool", "str", "bytes", "complex", "tuple", "list", "dict", "set", "None", "object", "Any"}
    | {
        "Awaitable",
        "Buffer",
        "Iterable",
        "Sequence",
        "Mapping",
        "Callable",
        "CapsuleType",
        "IO",
        "OSError",
        "numpy.ndarray",
        "os.PathLike",
        "pathlib.Path",
    }
    | {"Awaitable", "datetime.timedelta", "datetime.datetime", "datetime.date"}
)
PYTHON_BASES = re.compile(r"[A-Z]\w*Error$|Exception$")
WORD = re.compile(r"[A-Za-z_][\w.]*")


class PlanError(Exception):
    """A plan that no emitter could trust."""


def check(module: Module) -> None:
    """Raises `PlanError` if an invariant does not hold."""
    problems = list(find_problems(module))
    if problems:
        raise PlanError("; ".join(problems))


def find_problems(module: Module) -> Iterator[str]:
    """Every invariant that does not hold, in words."""
    known = known_paths(module)
    yield from check_names(module)
    yield from check_scopes(module)
    for overload in all_overloads(module):
        yield from check_overload(overload, known)
    for container in module.containers:
        for element in container.elements:
            yield from check_annotation(element.takes, known, container.cpp)
            yield from check_annotation(element.gives, known, container.cpp)
    yield from check_classes(module)
    counts = module.counts
    skipped = sum(s.counts for s in module.skipped)
    if counts.callables != counts.callables_bound + skipped:
        yield f"{counts.callables_bound} bound and {skipped} skipped do not make {counts.callables}"


def join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def known_paths(module: Module) -> frozenset[str]:
    """Python paths of all types of the module."""
    named: tuple[Class | Enum | Container | Raised | Alias, ...]
    named = (*module.classes, *module.enums, *module.containers, *module.raised, *module.aliases)
    return frozenset((*(join(d.scope, d.name) for d in named), *module.foreign))


def check_names(module: Module) -> Iterator[str]:
    """Unique in their scope, and identifiers."""
    names: Counter[tuple[str, str]] = Counter()
    types: tuple[Class | Enum | Container | Raised, ...]
    types = (*module.classes, *module.enums, *module.containers, *module.raised)
    others: tuple[Alias | Constant, ...] = (*module.aliases, *module.constants)
    named: tuple[Class | Enum | Container | Raised | Alias | Constant, ...] = (*types, *others)
    for d in named:
        names[(d.scope, d.name)] += 1
    for f in module.functions:
        names[(f.scope, f.name)] += 1
    for v in module.variables:
        names[(v.scope, v.accessor.name)] += 1
    for s in module.submodules:
        scope, _, name = s.path.rpartition(".")
        names[(scope, name)] += 1
    for enum_ in module.enums:
        for enumerator in enum_.enumerators:
            names[(f"{join(enum_.scope, enum_.name)}#", enumerator.name)] += 1
    owners: tuple[Class | Raised, ...] = (*module.classes, *module.raised)
    for c in owners:
        path = join(c.scope, c.name)
        for member in (*(m.name for m in c.methods), *(a.name for a in c.accessors)):
            names[(path, member)] += 1
    for (scope, name), count in names.items():
        if count > 1:
            yield f"`{name}` stands {count} times in `{scope}`"
        if not name.isidentifier() or keyword.iskeyword(name):
            yield f"`{name}` in `{scope}` is no Python name"


def check_scopes(module: Module) -> Iterator[str]:
    """Every scope exists and is the kind that `nested` says."""
    owners: tuple[Class | Raised, ...] = (*module.classes, *module.raised)
    classes = {join(c.scope, c.name) for c in owners}
    modules = {"", *(s.path for s in module.submodules)}
    declared: tuple[Class | Enum, ...] = (*module.classes, *module.enums)
    for d in declared:
        if not d.module and d.scope not in (classes if d.nested else modules):
            yield f"the scope `{d.scope}` of `{d.name}` does not exist"
    for f in module.functions:
        if f.scope not in modules:
            yield f"the scope `{f.scope}` of the function `{f.name}` is no module"


def all_functions(module: Module) -> Iterator[Function]:
    yield from module.functions
    for class_ in module.classes:
        yield from (*([class_.constructors] if class_.constructors else ()), *class_.methods)
    for raised in module.raised:
        yield from (*([raised.constructors] if raised.constructors else ()), *raised.methods)


def all_accessors(module: Module) -> Iterator[Accessor]:
    owners: tuple[Class | Raised, ...] = (*module.classes, *module.raised)
    for owner in owners:
        yield from owner.accessors
    yield from (v.accessor for v in module.variables)


def all_overloads(module: Module) -> Iterator[Overload]:
    for function in all_functions(module):
        yield from function.overloads
    for accessor in all_accessors(module):
        yield accessor.read
        if accessor.write:
            yield accessor.write


def check_overload(overload: Overload, known: frozenset[str]) -> Iterator[str]:
    """Expression, parameters and annotations agree."""
    fields = [field for _, field, _, _ in Formatter().parse(overload.expression) if field is not None]
    names = {field.partition(".")[0] for field in fields}
    if names - {"self"} != {str(i) for i in range(len(overload.params))}:
        yield f"`{overload.expression}` of `{overload.cpp}` does not use its {len(overload.params)} parameters"
    if "self" in names and overload.call in (Call.FUNCTION, Call.STATIC, Call.CONSTRUCTOR):
        yield f"`{overload.cpp}` has no self, but `{overload.expression}` uses it"
    yield from check_params(overload)
    for param in overload.params:
        yield from check_annotation(param.value.takes, known, overload.cpp)
    yield from check_annotation(overload.result.annotation, known, overload.cpp)
    if (overload.result.how is Return.NONE) != (overload.result.value is None):
        yield f"the result of `{overload.cpp}` is {overload.result.how.value} without agreeing with its value"


def check_params(overload: Overload) -> Iterator[str]:
    """Positional-only before named, required before optional, names unique."""
    given: tuple[Param, ...] = tuple(p for p in overload.params if not p.out)
    named = [bool(p.name) for p in given]
    if named != sorted(named):
        yield f"`{overload.cpp}` has a positional-only parameter after a named one"
    optional = [p.default is not None for p in given]
    if optional != sorted(optional):
        yield f"`{overload.cpp}` has a required parameter after an optional one"
    names = [p.name for p in overload.params if p.name]
    if len(set(names)) != len(names):
        yield f"`{overload.cpp}` has two parameters of one name"
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            yield f"`{name}` of `{overload.cpp}` is no Python name"


def check_annotation(text: str, known: frozenset[str], where: str) -> Iterator[str]:
    for word in WORD.findall(text):
        if word not in TYPING and word not in known:
            yield f"`{word}` in the signature of `{where}` names nothing in the module"


def check_classes(module: Module) -> Iterator[str]:
    """Bases come first and exist; a constructor is there or its absence explained."""
    seen: set[str] = set()
    for class_ in module.classes:
        for base in class_.bases:
            if base.base not in seen:
                yield f"the base `{base.base}` of `{class_.name}` does not come before it"
        seen.add(join(class_.scope, class_.name))
        if class_.module:
            continue
        if (class_.constructors is None) != bool(class_.no_constructor):
            yield f"`{class_.name}` has neither a constructor nor a reason for having none, or both"
        yield from check_fields(class_)
    raised = {join(r.scope, r.name) for r in module.raised}
    for each in module.raised:
        for path in (each.base, *each.more_bases):
            if path not in raised and not PYTHON_BASES.match(path.removeprefix("builtins.")):
                yield f"the base `{path}` of the exception `{each.name}` does not exist"


def check_fields(class_: Class) -> Iterator[str]:
    attributes = {a.name for a in class_.accessors}
    for name in class_.fields:
        if name not in attributes:
            yield f"the field `{name}` of `{class_.name}` is no attribute"
