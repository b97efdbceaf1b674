"""What the passes share while a plan is being decided.

In: the model, settings, exports.  Out: `Draft`, which passes fill in their order and `assemble` freezes.
Must not know: any single policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import final

from dovetail import model as facts
from dovetail import plan
from dovetail.config import ModuleSettings
from dovetail.convert import Own
from dovetail.diagnostics import Sink, Span
from dovetail.policy.rules import NO_RULES, RuleIndex, View


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A function that passed: its overload, and the facts by which overloads of one name are compared."""

    function: facts.Function | None
    """None: made by a policy (`__len__` of `size`); it is in no count."""
    overload: plan.Overload
    width: int = 0
    """How much its numbers can hold: of overloads that Python cannot tell apart the widest stays."""
    rvalue: bool = False
    cpp: str = ""


@final
@dataclass(slots=True, kw_only=True)
class Bucket:
    """All overloads of one Python name in one scope."""

    name: str
    scope: str
    cpp: str
    reflected: bool = False
    ends: bool = False
    """It ends the object."""
    awaits: str = ""
    """The Python name of the callable that this one makes awaitable."""
    candidates: list[Candidate] = field(default_factory=list)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A virtual function of a class: its last override in C++."""

    function: facts.Function
    access: facts.Access
    """As the class has it; of a pure virtual one it does not matter."""
    bucket: str
    """Its name in Python, until names are made unique."""
    virtual: plan.Virtual


@final
@dataclass(slots=True, kw_only=True)
class ClassDraft:
    """A class on its way into the plan."""

    model: facts.Class
    name: str = ""
    scope: str = ""
    nested: bool = False
    view: View = NO_RULES
    module: str = ""
    """Of the module that has made it, where that is another one: then nothing but its bases is decided here."""
    tracked: bool = False
    raised: bool = False
    hold: plan.Hold = plan.Hold.INLINE
    no_constructor: str = ""
    bases: list[plan.Upcast] = field(default_factory=list)
    """The Python bases."""
    builtins: tuple[str, ...] = ()
    """Of an exception: Python's own classes among its bases."""
    casts: tuple[plan.Upcast, ...] = ()
    ambiguous: tuple[str, ...] = ()
    lenders: list[facts.Class] = field(default_factory=list)
    """Public bases without a Python class: their members are this class's."""
    constructors: Bucket | None = None
    methods: dict[str, Bucket] = field(default_factory=dict)
    accessors: list[plan.Accessor] = field(default_factory=list)
    protocols: set[plan.Protocol] = field(default_factory=set)
    iterates: plan.Value | None = None
    iterate_const: bool = True
    iterate_lent: bool = False
    fields: tuple[str, ...] = ()
    template: str | None = None
    arguments: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    slots: list[Slot] = field(default_factory=list)
    """Virtual functions that Python overrides; none where no class can be derived for that."""
    conduct: plan.Conduct = plan.NO_CONDUCT
    destroy: str = ""
    """The C++ function that ends objects which Python owns; "" where `delete` does."""
    forwards: str = ""
    """The method that gives the object whose attributes this one has too."""

    @property
    def path(self) -> str:
        return f"{self.scope}.{self.name}" if self.scope else self.name

    @property
    def cpp(self) -> str:
        return self.model.qualified


@final
@dataclass(slots=True, kw_only=True)
class Draft:
    """The plan so far. Keys of the dictionaries are C++ names."""

    model: facts.Module
    settings: ModuleSettings
    exports: frozenset[str] | None
    sink: Sink
    rules: RuleIndex
    namespace: str = ""
    """The C++ namespace that is the module."""
    paths: dict[str, str] = field(default_factory=dict)
    """Python path of every namespace and bound class, by C++ name."""
    known: dict[str, facts.Class] = field(default_factory=dict)
    """All classes of the model, by qualified and by canonical name."""
    submodules: list[plan.Submodule] = field(default_factory=list)
    classes: dict[str, ClassDraft] = field(default_factory=dict)
    """Bound classes, exceptions included, by qualified and by canonical name."""
    used: list[ClassDraft] = field(default_factory=list)
    """Classes of other modules."""
    unbound: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Classes and enums that are known and not bound: code and reason."""
    published: dict[str, facts.TypeAlias] = field(default_factory=dict)
    """Public names of classes and enums in private namespaces, by canonical type."""
    own: dict[str, Own] = field(default_factory=dict)
    """Conversions of the header's own, by canonical type."""
    foreign: set[str] = field(default_factory=set)
    """Names that their annotations use."""
    enums: dict[str, plan.Enum] = field(default_factory=dict)
    enum_models: dict[str, facts.Enum] = field(default_factory=dict)
    containers: dict[str, plan.Container] = field(default_factory=dict)
    container_names: dict[str, tuple[str, str, Span]] = field(default_factory=dict)
    """Scope and name that an alias of the header gives to a container, by canonical type."""
    container_modules: dict[str, str] = field(default_factory=dict)
    """Which other module has made a container, by canonical type."""
    formats: dict[str, str | None] = field(default_factory=dict)
    """Struct formats of plain structs, by C++ name; None: it is not plain."""
    functions: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    constants: list[plan.Constant] = field(default_factory=list)
    variables: list[plan.Variable] = field(default_factory=list)
    aliases: list[plan.Alias] = field(default_factory=list)
    taken: dict[str, set[str]] = field(default_factory=dict)
    """Python names in use, by scope."""
    skipped: list[plan.Skipped] = field(default_factory=list)
    bound: int = 0
    fields_bound: int = 0
    fields: int = 0
    templates: int = 0
    uncounted: set[tuple[str, int]] = field(default_factory=set)
    """Class and function: what the class has from a base that lends it, or what is in no public scope."""
    reported_owners: set[str] = field(default_factory=set)
    commented: dict[str, list[facts.Function]] | None = None
    """Functions with a comment by their qualified names, once that was asked."""
    errors: dict[str, None] = field(default_factory=dict)
    """Names of the exceptions that rules `errors` ask for."""
    addresses: bool | None = None
    """Whether anything in the model gives a `void*` to Python, once that was asked."""
    hands_objects: bool = False
    """Something hands Python objects to C as user data."""
    hidden: frozenset[str] | None = None
    """Names of functions that no linked library defines, once that was asked."""
    overridable: set[str] = field(default_factory=set)
    """C++ classes that an object of a class written in Python may be: those with slots, and their bases."""

    def own_classes(self) -> list[ClassDraft]:
        """Each bound class once, in the model's order, without the exceptions."""
        return [c for c in self.all_classes() if not c.raised]

    def all_classes(self) -> list[ClassDraft]:
        return list({id(c): c for c in self.classes.values() if not c.module}.values())

    def find_class(self, type_: facts.Type) -> ClassDraft | None:
        return self.classes.get(type_.bare) or self.classes.get(type_.declaration or "")

    def skip(
        self,
        cpp: str,
        kind: str,
        code: str,
        reason: str,
        span: Span,
        *,
        counts: bool = True,
        outputs: tuple[str, ...] = (),
        arrays: tuple[str, ...] = (),
    ) -> None:
        name = self.rules.shorten(re.sub(r"\(.*", "", cpp, flags=re.DOTALL)) if outputs or arrays else ""
        rule = plan.Advice(selector=name, out=outputs, array=arrays) if outputs or arrays else None
        record = plan.Skipped(cpp=cpp, kind=kind, code=code, reason=reason, span=span, counts=counts, advice=rule)
        self.skipped.append(record)

    def forget_containers(self, keep: int) -> None:
        """Drops containers that only a refused declaration asked for."""
        while len(self.containers) > keep:
            _, container = self.containers.popitem()
            self.taken.get(container.scope, set()).discard(container.name)
