"""Names in one stub file: what they refer to from where they stand, and which imports that takes.

In: dotted names as the plan spells them, the scope in which they stand.  Out: names valid there; import lines.
Must not know: declarations.

A class may have a method called `int` and a field annotated as `int`; a module may have a class called `Iterable`.
Builtins that are hidden are spelled `builtins.int`, imports that would collide get a leading underscore, and a class of
the module that a member hides is reached through a private alias at the end of the file.
"""

from __future__ import annotations

import builtins
import collections.abc
import typing
from collections.abc import Mapping
from typing import final

from dovetail.emit.annotations import rewrite_names
from dovetail.emit.index import Index

_EXTENSIONS = frozenset({"Buffer", "CapsuleType", "Never", "Self", "deprecated"})
_KNOWN_MODULES = {
    "PathLike": "os",
    "Path": "pathlib",
    "ndarray": "numpy",
    "NDArray": "numpy.typing",
    "TracebackType": "types",
}
_BUILTINS = frozenset(dir(builtins))


@final
class StubNames:
    """`hidden` gives for each scope in the file the names that its members take."""

    def __init__(self, index: Index, file: str, hidden: Mapping[str, frozenset[str]]) -> None:
        self._index = index
        self._file = file
        self._hidden = hidden
        self._taken = frozenset().union(*hidden.values()) if hidden else frozenset()
        self._modules: set[tuple[str, str]] = set()
        self._imports: set[tuple[str, str, str]] = set()
        self._aliases: dict[str, str] = {}

    def annotation(self, text: str, scope: str) -> str:
        """An annotation of the plan, valid in a scope."""
        return rewrite_names(text, lambda name: self.name(name, scope))

    def default(self, text: str, scope: str) -> str:
        """A default value; `...` where it names something that the stub cannot."""
        try:
            return rewrite_names(text, lambda name: self.name(name, scope))
        except (KeyError, ValueError):
            return "..."

    def knows(self, text: str) -> bool:
        """Whether an annotation names only what can be named; it takes no import by itself."""
        before = (set(self._modules), set(self._imports))
        try:
            self.annotation(text, self._file)
        except (KeyError, ValueError):
            return False
        finally:
            self._modules, self._imports = before
        return True

    def name(self, name: str, scope: str) -> str:
        """A dotted name: of the module, of typing, of a standard module, or a builtin. KeyError for any other."""
        found = self._own(name, scope)
        return self.standard(name, scope) if found is None else found

    def standard(self, name: str, scope: str) -> str:
        """A dotted name that is not the module's own."""
        module, _, last = name.rpartition(".")
        if module in ("collections.abc", "typing", "typing_extensions"):
            return self.standard(last, scope)
        if module == "builtins":
            return self.builtin(last, scope)
        if module:
            return self._foreign(name)
        if name in _EXTENSIONS:
            return self.imported("typing_extensions", name)
        if name in _KNOWN_MODULES:
            return self._foreign(f"{_KNOWN_MODULES[name]}.{name}")
        if name in collections.abc.__all__:
            return self.imported("collections.abc", name)
        if name in _BUILTINS:
            return self.builtin(name, scope)
        if name in typing.__all__:
            return self.imported("typing", name)
        raise KeyError(f"an annotation of the plan names `{name}`, which is neither in the module nor in typing")

    def _own(self, name: str, scope: str) -> str | None:
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            path = ".".join(parts[:length])
            if path in self._index.types or path in self._index.aliases:
                rest = parts[length:]
                known = not rest or (len(rest) == 1 and self._index.has_value(path, rest[0]))
                return ".".join([self._reach(path, scope), *rest]) if known else None
        return None

    def _reach(self, path: str, scope: str) -> str:
        """The path of a type of the module, from a scope in this file."""
        maker = self._index.types[path].module if path in self._index.types else ""
        if maker:
            return self._from_module(maker, path[len(maker) + 1 :])
        home = self._index.module_of(path)
        inside = path[len(home) + 1 :] if home else path
        root, _, rest = inside.partition(".")
        if home != self._file:
            root = self.imported(self._dotted(home), root)
        elif self._is_hidden(root, scope):
            root = self._alias(root)
        return f"{root}.{rest}" if rest else root

    def _from_module(self, module: str, path: str) -> str:
        """A type that another module has made."""
        root, _, rest = path.partition(".")
        root = self.imported(module, root)
        return f"{root}.{rest}" if rest else root

    def _dotted(self, submodule: str) -> str:
        return f"{self._index.module.name}.{submodule}" if submodule else self._index.module.name

    def _is_hidden(self, name: str, scope: str) -> bool:
        """A member of a class around the scope has the name."""
        while scope != self._file:
            if name in self._hidden.get(scope, frozenset()):
                return True
            scope = scope.rpartition(".")[0]
        return False

    def _alias(self, root: str) -> str:
        self._aliases[self._free(root)] = root
        return self._free(root)

    def _free(self, name: str) -> str:
        name = f"_{name}"
        while name in self._taken:
            name = f"_{name}"
        return name

    def _foreign(self, name: str) -> str:
        module, _, attribute = name.rpartition(".")
        if name == "numpy.ndarray":
            return f"{self._foreign('numpy.typing.NDArray')}[{self.imported('typing', 'Any')}]"
        root = module.partition(".")[0]
        if root in self._taken:
            return self.imported(module, attribute)
        self._modules.add((module, root))
        return name

    def builtin(self, name: str, scope: str) -> str:
        """A builtin, through its module where something in sight has its name."""
        in_module = self._hidden.get(self._file, frozenset())
        if name not in in_module and not self._is_hidden(name, scope):
            return name
        return f"{self.module('builtins')}.{name}"

    def module(self, name: str) -> str:
        """An imported standard module."""
        alias = self._free(name) if name in self._taken else name
        self._modules.add((name, alias))
        return alias

    def imported(self, module: str, name: str) -> str:
        """A name imported from a module."""
        taken_twice = any(n == name and m != module for m, n, _ in self._imports)
        alias = name
        if name in self._taken or taken_twice:
            alias = self._free(f"{module.replace('.', '_')}_{name}" if taken_twice else name)
        self._imports.add((module, name, alias))
        return alias

    def import_lines(self) -> list[str]:
        lines = []
        for module, alias in sorted(self._modules):
            plain = alias == module.partition(".")[0]
            lines.append(f"import {module}" if plain else f"import {module} as {alias}")
        by_module: dict[str, list[str]] = {}
        for module, name, alias in sorted(self._imports):
            by_module.setdefault(module, []).append(name if name == alias else f"{name} as {alias}")
        lines += [f"from {module} import {', '.join(names)}" for module, names in sorted(by_module.items())]
        return lines

    def alias_lines(self) -> list[str]:
        """Private names of the module's own classes that members hide."""
        if not self._aliases:
            return []
        mark = self.imported("typing", "TypeAlias")
        return [f"{alias}: {mark} = {name}" for alias, name in sorted(self._aliases.items())]
