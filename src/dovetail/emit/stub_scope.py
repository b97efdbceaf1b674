"""Where a stub is being written: the file's names, the text, the class or module around.

In: parts made by `stubs`.  Out: `StubScope`, handed to every writer.  Must not know: what is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from dovetail.emit.annotations import Lattice
from dovetail.emit.index import Index, join
from dovetail.emit.stub_names import StubNames
from dovetail.emit.writer import Writer


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StubScope:
    index: Index
    names: StubNames
    lattice: Lattice
    out: Writer
    path: str
    """Of the module or class around, inside the module."""

    def inside(self, name: str) -> StubScope:
        return replace(self, path=join(self.path, name))

    def annotation(self, text: str) -> str:
        return self.names.annotation(text, self.path)

    def default(self, text: str) -> str:
        return self.names.default(text, self.path)

    def decorator(self, name: str) -> str:
        """`@property`, `@overload`: as this scope must spell it."""
        if name in ("property", "staticmethod"):
            return f"@{self.names.builtin(name, self.path)}"
        home = {"deprecated": "typing_extensions", "abstractmethod": "abc"}.get(name, "typing")
        return f"@{self.names.imported(home, name)}"

    @property
    def in_class(self) -> bool:
        return self.path in self.index.types
