"""What all pieces of one emitted module share: where things of the plan are, identifiers, keyword names.

In: `plan.Module`.  Out: `Context`.  Must not know: how any piece is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

from dovetail.emit.cpp.identifiers import TABLES, Identifiers
from dovetail.emit.index import Index, Type, index, join
from dovetail.plan import Class, Container, Function, Module, Overload, Raised, Return, Value, Virtual

_OWN = (
    *("Types", "Enums", "Exceptions", "raise_cpp", "raise_own", "native_attributes", "definition", "module_doc"),
    *("table", "names", "scopes", "exceptions", "types", "enums", "constants", "aliases", "templates", "module_slots"),
    *("exec", "exec_inner", "inner"),
)


@final
class KeywordNames:
    """The table of keyword names. A signature says where its names begin, so they stand in a row; rows are shared."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._found: dict[tuple[str, ...], int] = {}

    def place(self, names: tuple[str, ...]) -> int:
        """Where a row of names begins."""
        if names not in self._found:
            self._found[names] = self._find(names)
        return self._found[names]

    def _find(self, names: tuple[str, ...]) -> int:
        count = len(names)
        for start in range(len(self._names) - count + 1):
            if tuple(self._names[start : start + count]) == names:
                return start
        self._names += names
        return len(self._names) - count

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(self._names)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    plan: Module
    index: Index
    identifiers: Identifiers
    names: KeywordNames
    namespace: str
    """Of everything emitted, so that it hides nothing of the header."""
    split: bool
    """More than one translation unit: what tables need from elsewhere is declared in the internal header."""
    bases: dict[str, str]
    """Identifier of each class, container, enum and exception, by Python path."""
    taken_over: frozenset[str]
    """Python paths of classes whose objects a unique_ptr parameter takes."""
    elements: frozenset[str]
    """Python paths of classes whose instances may have to be looked up again: elements, and what elements lend."""
    shared: list[str] = field(default_factory=list)
    """Declarations for the internal header."""

    @property
    def linkage(self) -> str:
        return "" if self.split else "static "

    def declare(self, text: str) -> None:
        """A function or table that other translation units need too."""
        if self.split:
            self.shared.append(text)

    def find_class(self, path: str) -> Class | None:
        found = self.index.resolve(path)
        return found if isinstance(found, Class) else None

    def path_of(self, record: Type) -> str:
        return join(record.scope, record.name)

    def base_of(self, record: Type) -> str:
        return self.bases[self.path_of(record)]

    @property
    def raise_current(self) -> str:
        """What a catch (...) calls."""
        return "raise_cpp(home)" if self.plan.thrown else "dovetail::raise_current()"


def make_context(plan: Module, *, split: bool) -> Context:
    found = index(plan)
    named: tuple[Type, ...] = (*plan.enums, *plan.classes, *plan.raised)
    names = [record.cpp for record in named if record.cpp]
    names += [function.cpp for function in plan.functions]
    identifiers = Identifiers(_spellings(plan), names)
    namespace = identifiers.make(f"{plan.name.replace('.', '_').strip('_')}_module")
    for name in _OWN:
        identifiers.make(name)
    bases = {}
    records: tuple[Type, ...] = (*plan.classes, *plan.containers, *plan.enums, *plan.raised)
    for record in records:
        # A container has no name of its own in C++: Python's is what a reader knows.
        own = record.name if isinstance(record, Container) or not record.cpp else ""
        base = own or identifiers.base(record.cpp)
        bases[join(record.scope, record.name)] = identifiers.make(base, TABLES)
    return Context(
        plan=plan,
        index=found,
        identifiers=identifiers,
        names=KeywordNames(),
        namespace=namespace,
        split=split,
        bases=bases,
        elements=_elements(found),
        taken_over=frozenset(_taken_over(plan)),
    )


def _taken_over(plan: Module) -> Iterator[str]:
    """Python paths of classes whose objects C++ takes over by unique_ptr: calls, overrides and callbacks."""
    for overload in all_overloads(plan):
        yield from (p.value.takes.removesuffix(" | None") for p in overload.params if p.value.converter == "unique")
    for virtual in all_virtuals(plan):
        if virtual.result is not None and (virtual.owns or virtual.result.converter == "unique"):
            yield virtual.result.takes.removesuffix(" | None")
    yield from (path for value in all_values(plan) for callback in value.callbacks for path in callback.taken)


def _elements(found: Index) -> frozenset[str]:
    """Elements of containers, what their members lend, what that lends in turn; and the bases of all these."""
    known: set[str] = set()
    todo = [join(record.scope, record.name) for record in found.module.classes if record.element]
    while todo:
        path = todo.pop()
        record = found.types.get(path)
        if path in known or not isinstance(record, Class):
            continue
        known.add(path)
        todo += [base.base for base in record.bases]
        overloads = [overload for method in record.methods for overload in method.overloads]
        overloads += [accessor.read for accessor in record.accessors]
        lent = [overload.result for overload in overloads if overload.result.how is Return.BORROW]
        todo += [result.value.gives for result in lent if result.value is not None]
    return frozenset(known)


def all_functions(plan: Module) -> Iterator[Function]:
    owners: tuple[Class | Raised, ...] = (*plan.classes, *plan.raised)
    for owner in owners:
        if owner.constructors is not None:
            yield owner.constructors
        yield from owner.methods
    yield from plan.functions


def all_overloads(plan: Module) -> Iterator[Overload]:
    for function in all_functions(plan):
        yield from function.overloads
    owners: tuple[Class | Raised, ...] = (*plan.classes, *plan.raised)
    accessors = [accessor for owner in owners for accessor in owner.accessors]
    for accessor in (*accessors, *(variable.accessor for variable in plan.variables)):
        yield accessor.read
        if accessor.write is not None:
            yield accessor.write


def all_virtuals(plan: Module) -> Iterator[Virtual]:
    for record in plan.classes:
        yield from record.virtuals


def all_values(plan: Module) -> Iterator[Value]:
    """Everything that crosses the border by itself, and the elements of containers."""
    for overload in all_overloads(plan):
        yield from (p.value for p in overload.params)
        if overload.result.value is not None:
            yield overload.result.value
    for virtual in all_virtuals(plan):
        yield from (p.value for p in virtual.params)
        if virtual.result is not None:
            yield virtual.result
    yield from (constant.value for constant in plan.constants)
    yield from (element for container in plan.containers for element in container.elements)


def _spellings(plan: Module) -> Iterator[str]:
    """All C++ text of the plan that ends up in emitted code."""
    records: tuple[Type, ...] = (*plan.enums, *plan.classes, *plan.raised, *plan.containers)
    yield from (record.cpp for record in records)
    yield from (constant.cpp for constant in plan.constants)
    for overload in all_overloads(plan):
        yield overload.expression
        for param in overload.params:
            yield param.value.cpp
            if param.default is not None and param.default.cpp is not None:
                yield param.default.cpp
        if overload.result.value is not None:
            yield overload.result.value.cpp
    for virtual in all_virtuals(plan):
        yield from (virtual.returns, virtual.base, *(param.cpp for param in virtual.params))
