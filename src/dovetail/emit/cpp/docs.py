"""Docstrings of callables, in the form that the runtime and `inspect` read.

In: `plan.Function`.  Out: text and, for each overload, which typed line is its own.  Must not know: C++ literals.

    area(s, scale=1.0)                      one overload: what `inspect.signature` shows
    --

    area(s: Shape, scale: float = 1.0) -> float
                                            the typed lines: messages about arguments quote them
    Area times scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.emit.docstrings import clean_lines
from dovetail.emit.signatures import Signature, signature_of, spell
from dovetail.plan import Function, Overload


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Docstring:
    text: str
    lines: tuple[int, ...]
    """Of each overload. A twin shares that of the overload before it."""


def render_callable(function: Function, *, name: str = "", doc: str = "") -> Docstring:
    """`name` stands for the function's own (a class for its constructor); `doc` goes before the overloads' texts."""
    shown = name or function.name
    signatures = [signature_of(function, overload) for overload in function.overloads]
    typed: list[str] = []
    lines: list[int] = []
    for overload, signature in zip(function.overloads, signatures, strict=True):
        if not (overload.twin and typed):
            typed.append(_typed(shown, signature, constructs=function.name == "__init__"))
        lines.append(len(typed) - 1)
    receiver = bool(signatures[0].receiver) and function.name != "__init__"
    one = _untyped(shown, signatures[0], receiver=receiver)
    head = one if len(typed) == 1 else f"{shown}({'$self, ' if receiver else ''}*args, **kwargs)"
    text = f"{head}\n--\n\n" + "\n".join(typed)
    for part in _texts(function.overloads, doc):
        text += f"\n\n{part}"
    return Docstring(text=text, lines=tuple(lines))


def _texts(overloads: tuple[Overload, ...], doc: str) -> list[str]:
    """Every text once, in order."""
    found = ["\n".join(_line(line) for line in clean_lines(text)) for text in (doc, *(o.doc for o in overloads))]
    return [text for text in dict.fromkeys(found) if text]


def _line(text: str) -> str:
    """`--` alone on a line is what ends a signature."""
    return "- -" if text == "--" else text


def _typed(name: str, signature: Signature, *, constructs: bool) -> str:
    text = spell(name, signature).replace("\n", " ")
    return text.removesuffix(" -> None") if constructs else text


def _untyped(name: str, signature: Signature, *, receiver: bool) -> str:
    parts = ["$self"] if receiver else []
    marked = 0
    for argument in signature.arguments:
        parts.append(argument.name if argument.default is None else f"{argument.name}={argument.default}")
        if argument.positional:
            marked = len(parts)
    if marked:
        parts.insert(marked, "/")
    return f"{name}({', '.join(parts)})"
