"""Stubs of container types: the members that the runtime gives to each protocol.

In: `plan.Container`.  Out: lines of a class body, with types spelled through `StubNames`.
Must not know: the runtime's code; the table here is its contract with type checkers.

Members that `collections.abc` already has with the right types are inherited, not repeated.
"""

from __future__ import annotations

from typing import Final

from dovetail.emit.annotations import rewrite_names
from dovetail.emit.stub_names import StubNames
from dovetail.plan import Container

# E is what an element gives, T what is taken for one; K and L the same for keys; Own is the container.
_SEQUENCE_READ: Final = """
@overload
def __getitem__(self, index: SupportsIndex, /) -> E: ...
@overload
def __getitem__(self, index: slice, /) -> Slice: ...
def __len__(self) -> int: ...
def __iter__(self) -> Iterator[E]: ...
def __contains__(self, value: object, /) -> bool: ...
def __eq__(self, other: object, /) -> bool: ...
"""

_SEQUENCE_FIXED: Final = """
def __setitem__(self, index: SupportsIndex, value: T, /) -> None: ...
"""

_SEQUENCE_GROW: Final = """
@overload
def __setitem__(self, index: SupportsIndex, value: T, /) -> None: ...
@overload
def __setitem__(self, index: slice, values: Iterable[T], /) -> None: ...
def __delitem__(self, index: SupportsIndex | slice, /) -> None: ...
def insert(self, index: SupportsIndex, value: T, /) -> None: ...
def append(self, value: T, /) -> None: ...
def extend(self, values: Iterable[T], /) -> None: ...
def __iadd__(self, values: Iterable[T], /) -> Self: ...
def pop(self, index: SupportsIndex = -1, /) -> E: ...
"""

_SET: Final = """
def __len__(self) -> int: ...
def __iter__(self) -> Iterator[E]: ...
def __contains__(self, value: object, /) -> bool: ...
def __eq__(self, other: object, /) -> bool: ...
def add(self, value: T, /) -> None: ...
def discard(self, value: T, /) -> None: ...
"""

_MAPPING: Final = """
def __len__(self) -> int: ...
def __iter__(self) -> Iterator[K]: ...
def __getitem__(self, key: L, /) -> E: ...
def __setitem__(self, key: L, value: T, /) -> None: ...
def __delitem__(self, key: L, /) -> None: ...
def __contains__(self, key: object, /) -> bool: ...
def __eq__(self, other: object, /) -> bool: ...
"""

_COPY: Final = """
def __copy__(self) -> Own: ...
def __deepcopy__(self, memo: object, /) -> Own: ...
"""

_BUFFER: Final = """
def __buffer__(self, flags: int, /) -> memoryview: ...
"""

_BODIES: Final = {
    "Sequence": _SEQUENCE_READ + _SEQUENCE_FIXED,
    "MutableSequence": _SEQUENCE_READ + _SEQUENCE_GROW,
    "Set": _SET,
    "MutableSet": _SET,
    "Mapping": _MAPPING,
    "MutableMapping": _MAPPING,
}


def write_container(container: Container, path: str, names: StubNames) -> tuple[str, list[str]]:
    """The base of the class and the lines of its body."""
    own = names.annotation(path, path)
    gives = [names.annotation(value.gives, path) for value in container.elements]
    takes = [names.annotation(value.takes, path) for value in container.elements]
    fill = {
        "E": gives[-1],
        "T": takes[-1],
        "K": gives[0],
        "L": takes[0],
        "Own": own,
        # A slice of an array has another length: it cannot be an array of the same type.
        "Slice": f"{names.builtin('list', path)}[{gives[-1]}]" if container.kind == "array" else own,
    }
    body = _constructor(container) + _BODIES[container.protocol]
    body += _COPY if container.copyable else ""
    body += _BUFFER if container.buffer else ""
    text = rewrite_names(body, lambda name: fill.get(name) or names.standard(name, path))
    lines = [line for line in text.split("\n") if line]
    lines.append(f"__hash__: {names.imported('typing', 'ClassVar')}[None]  # type: ignore[assignment]")
    base = names.imported("collections.abc", container.protocol)
    return f"{base}[{', '.join(gives)}]", lines


def _constructor(container: Container) -> str:
    items = "Iterable[T]"
    if "Mapping" in container.protocol:
        items = "Mapping[L, T] | Iterable[tuple[L, T]]"
    elif container.buffer:
        items += " | Buffer"
    return (
        f"@overload\ndef __init__(self) -> None: ...\n@overload\ndef __init__(self, items: {items}, /) -> None: ...\n"
    )
