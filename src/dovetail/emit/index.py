"""A plan looked up by Python path: what stands where.

In: `plan.Module`.  Out: `Index`.  Must not know: any output format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.plan import Alias, Class, Container, Enum, Module, Raised

Type = Class | Container | Enum | Raised
"""What an annotation can name."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    module: Module
    types: dict[str, Type]
    """By Python path inside the module."""
    aliases: dict[str, Alias]
    templates: dict[str, tuple[Class, ...]]
    """Instantiations by the Python path of their class template."""
    submodules: tuple[str, ...]
    """Paths, outer before inner, without the module itself."""
    orders: dict[str, tuple[str, ...]]
    """Of each class and exception all bases, in the order in which Python looks for attributes."""

    def module_of(self, path: str) -> str:
        """The submodule that holds a path; "" for the module itself."""
        best = ""
        for name in self.submodules:
            if (path == name or path.startswith(name + ".")) and len(name) > len(best):
                best = name
        return best

    def ancestors(self, path: str) -> tuple[str, ...]:
        """Paths of all bound bases, nearest first."""
        return self.orders.get(path, ())

    def resolve(self, path: str) -> Type | None:
        """The type that a path names, directly or through aliases."""
        for _ in range(len(self.aliases) + 1):
            if path in self.types:
                return self.types[path]
            if path not in self.aliases:
                return None
            path = self.aliases[path].target
        return None

    def has_value(self, path: str, name: str) -> bool:
        """A type has a value of that name: an enumerator, a constant, a static member."""
        match self.resolve(path):
            case Enum(enumerators=enumerators):
                return any(enumerator.name == name for enumerator in enumerators)
            case Class(accessors=accessors) if any(a.static and a.name == name for a in accessors):
                return True
        return any(constant.scope == path and constant.name == name for constant in self.module.constants)


def bases_of(record: Type | None) -> tuple[str, ...]:
    """Paths of the Python bases; of an exception also Python's own."""
    match record:
        case Class():
            return tuple(base.base for base in record.bases)
        case Raised():
            return (record.base, *record.more_bases)
        case _:
            return ()


def _orders(types: dict[str, Type]) -> dict[str, tuple[str, ...]]:
    """Python itself is asked, with classes that have nothing but bases."""
    made: dict[str, type] = {}

    def make(path: str) -> type:
        if path not in made:
            made[path] = type(path, tuple(make(base) for base in bases_of(types.get(path))), {})
        return made[path]

    return {
        path: tuple(above.__name__ for above in make(path).__mro__[1:-1]) for path in types if bases_of(types[path])
    }


def join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


_NEAREST = (
    *("double", "float", "long double", "int", "long", "long long"),
    *("unsigned int", "unsigned long", "unsigned long long", "short", "unsigned short", "signed char", "unsigned char"),
    *("std::basic_string<char>", "std::basic_string_view<char>", "char", "std::complex<double>", "std::complex<float>"),
)
"""Of types that are one in Python, `float` or `int`, the first here is meant by that name."""


def _nearness(record: Class) -> tuple[int, ...]:
    return tuple(_NEAREST.index(text) if text in _NEAREST else len(_NEAREST) for text in record.spellings)


def index(module: Module) -> Index:
    groups: tuple[tuple[Type, ...], ...] = (module.enums, module.classes, module.containers, module.raised)
    types = {join(record.scope, record.name): record for group in groups for record in group}
    templates: dict[str, tuple[Class, ...]] = {}
    for record in module.classes:
        if record.template is not None:
            path = join(record.scope, record.template)
            templates[path] = (*templates.get(path, ()), record)
    templates = {path: tuple(sorted(records, key=_nearness)) for path, records in templates.items()}
    return Index(
        module=module,
        types=types,
        aliases={join(alias.scope, alias.name): alias for alias in module.aliases},
        templates=templates,
        submodules=_submodules(module, types),
        orders=_orders(types),
    )


def _submodules(module: Module, types: dict[str, Type]) -> tuple[str, ...]:
    """Those that the plan lists and those that only a scope mentions."""
    found = dict.fromkeys(submodule.path for submodule in module.submodules)
    scopes = [record.scope for record in types.values() if not record.module]
    scopes += [function.scope for function in module.functions] + [alias.scope for alias in module.aliases]
    scopes += [constant.scope for constant in module.constants] + [variable.scope for variable in module.variables]
    for scope in scopes:
        parts = scope.split(".") if scope else []
        for length in range(1, len(parts) + 1):
            path = ".".join(parts[:length])
            if path in types:
                break
            found.setdefault(path)
    return tuple(sorted(found))
