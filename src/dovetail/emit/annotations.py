"""Python annotations as the plan spells them: taken apart, rewritten, compared.

In: texts such as `Iterable[int] | None`, with classes by their path in the module.  Out: arms, rewritten texts, and
whether every value of one annotation is also one of another.  Must not know: where the text will stand.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import final

from dovetail.emit.index import Index
from dovetail.plan import Class, Container, Enum, Value


def split(text: str, at: str) -> tuple[str, ...]:
    """Parts of a text at a separator that stands outside of brackets."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == at and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    parts.append(text[start:].strip())
    return tuple(parts)


def arms(text: str) -> tuple[str, ...]:
    return split(text, "|")


def add_none(text: str) -> str:
    return text if "None" in arms(text) else f"{text} | None"


def head_and_arguments(text: str) -> tuple[str, tuple[str, ...]]:
    """`Mapping[str, int]` -> `Mapping`, (`str`, `int`)."""
    head, bracket, rest = text.partition("[")
    return (head, split(rest[:-1], ",")) if bracket and rest.endswith("]") else (text, ())


def rewrite_names(text: str, resolve: Callable[[str], str]) -> str:
    """Python source with every dotted name that is read replaced by what `resolve` gives for it; all else as written.

    Raises ValueError where the text is no Python, and what `resolve` raises.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"not a Python expression in the plan: {text!r}") from error
    found: list[tuple[int, int, str]] = []
    starts = [0]
    for line in text.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    _collect_names(tree, starts, found)
    data = text.encode()
    for start, end, name in sorted(found, reverse=True):
        data = data[:start] + resolve(name).encode() + data[end:]
    return data.decode()


def _collect_names(node: ast.AST, starts: list[int], found: list[tuple[int, int, str]]) -> None:
    if isinstance(node, (ast.Name, ast.Attribute)) and (dotted := _dotted(node)) is not None:
        start = starts[node.lineno - 1] + node.col_offset
        found.append((start, starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0), dotted))
        return
    for child in ast.iter_child_nodes(node):
        _collect_names(child, starts, found)


def _dotted(node: ast.expr) -> str | None:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            inner = _dotted(node.value)
            return None if inner is None else f"{inner}.{node.attr}"
        case _:
            return None


_PROMOTED = {"int": ("float", "complex"), "float": ("complex",), "bool": ("float", "complex")}
_ABSTRACT = ("Iterable", "Collection", "Sequence", "MutableSequence", "Set", "MutableSet", "Mapping", "MutableMapping")
_ABOVE = {
    "MutableSequence": ("MutableSequence", "Sequence", "Collection", "Iterable"),
    "Sequence": ("Sequence", "Collection", "Iterable"),
    "MutableSet": ("MutableSet", "Set", "Collection", "Iterable"),
    "Set": ("Set", "Collection", "Iterable"),
    "MutableMapping": ("MutableMapping", "Mapping", "Collection", "Iterable"),
    "Mapping": ("Mapping", "Collection", "Iterable"),
    "Collection": ("Collection", "Iterable"),
    "Iterable": ("Iterable",),
    "list": ("MutableSequence", "Sequence", "Collection", "Iterable"),
    "dict": ("MutableMapping", "Mapping", "Collection", "Iterable"),
    "set": ("MutableSet", "Set", "Collection", "Iterable"),
}
_CONCRETE = {
    "bool": ("int",),
    "str": ("Sequence[str]",),
    "bytes": ("Sequence[int]", "Buffer"),
    "numpy.ndarray": ("Buffer",),
    "pathlib.Path": ("os.PathLike[str]",),
    "datetime.datetime": ("datetime.date",),
}


@final
class Lattice:
    """Which annotations of a module lie within which. `promote` also lets an `int` be a `float`, as checkers do."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def within(self, inner: str, outer: str, *, promote: bool = True) -> bool:
        return all(any(self._arm_within(a, b, promote) for b in arms(outer)) for a in arms(inner))

    def _arm_within(self, inner: str, outer: str, promote: bool) -> bool:
        if inner == outer or outer in ("object", "Any") or inner == "Any":
            return True
        if promote and outer in _PROMOTED.get(inner, ()):
            return True
        if self._same_head_within(inner, outer, promote):
            return True
        return any(self._arm_within(above, outer, promote) for above in self._above(inner) if above != inner)

    def _same_head_within(self, inner: str, outer: str, promote: bool) -> bool:
        inner_head, inner_arguments = head_and_arguments(inner)
        outer_head, outer_arguments = head_and_arguments(outer)
        if not inner_arguments or not outer_arguments:
            return False
        pairs = list(zip(inner_arguments, outer_arguments, strict=False))
        if inner_head == outer_head and len(inner_arguments) == len(outer_arguments):
            # What can be written to must match exactly; what is only read may hold less.
            exact = inner_head in ("list", "dict", "set", "MutableSequence", "MutableSet", "MutableMapping")
            return all(a == b if exact else self.within(a, b, promote=promote) for a, b in pairs)
        if inner_head == "tuple" and outer_head in ("Iterable", "Sequence", "Collection"):
            return all(self.within(a, outer_arguments[0], promote=promote) for a in inner_arguments)
        return False

    def _above(self, text: str) -> tuple[str, ...]:
        """The annotations directly above one arm."""
        head, arguments = head_and_arguments(text)
        if arguments:
            inner = arguments if "Mapping" in head or head == "dict" else arguments[:1]
            return tuple(
                f"{name}[{', '.join(inner if 'Mapping' in name else inner[:1])}]" for name in _ABOVE.get(head, ())
            )
        if text in _CONCRETE:
            return _CONCRETE[text]
        match self._index.resolve(text):
            case Enum():
                return ("int",)
            case Container() as found:
                elements = ", ".join(value.gives for value in found.elements)
                return (f"{found.protocol}[{elements}]", *(("Buffer",) if found.buffer else ()))
            case Class(iterates=Value(gives=gives)):
                return (*self._index.ancestors(text), f"Iterable[{gives}]")
            case _:
                return self._index.ancestors(text)
