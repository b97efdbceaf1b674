"""C++ identifiers of emitted code, derived from the C++ names of the header.

In: qualified C++ names and types.  Out: identifiers, unique in their file and the same in every run.
Must not know: what is named.

    shapes::Shape::area                      Shape_area          (the namespace that everything shares is left out)
    shapes::clamp(int, const std::string&)   clamp_int_string    (overloads)
    shapes::Vec::operator+                   Vec_operator_plus
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import final

from dovetail.plan import unwrap

_KEYWORDS = """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class
    compl concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype
    default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline
    int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template
    this thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t
    while xor xor_eq linux unix errno assert NULL std dovetail
"""
KEYWORDS = frozenset(_KEYWORDS.split())
"""And the words that macros of the C library take."""

_LOCALS = """
    self args nargs kwnames slots v home it result place arg value given type module left right other op memory outcome
"""
LOCALS = frozenset(_LOCALS.split())
"""What wrappers call their own variables."""

_SYMBOLS = {
    "()": "call",
    "[]": "subscript",
    "->": "arrow",
    "<=>": "compare",
    "==": "equal",
    "!=": "unequal",
    "<=": "at_most",
    ">=": "at_least",
    "<<": "shift_left",
    ">>": "shift_right",
    "++": "increment",
    "--": "decrement",
    "+": "plus",
    "-": "minus",
    "*": "star",
    "/": "slash",
    "%": "percent",
    "&": "and",
    "|": "or",
    "^": "xor",
    "~": "tilde",
    "!": "not",
    "<": "less",
    ">": "greater",
    "=": "assign",
}
TABLES = (
    *("accessors", "bases", "destroy", "doc", "fields", "functions", "methods", "row", "slots", "spec", "statics"),
    *("virtual_names", "virtuals"),
)
"""What follows the name of a class in the names of its tables."""
ASIDES = ("again", "candidates", "doc", "item", "method", "signature", "slot")
"""What follows the name of a function in the names of what belongs to it."""
_OPERATOR = re.compile(r"\boperator\s*([^\w\s(][^\w\s(]*|\(\))")


@final
class Identifiers:
    """Hands out identifiers. `used`: words that stand alone in C++ text of the plan, which must not be hidden."""

    def __init__(self, spellings: Iterable[str], names: Iterable[str]) -> None:
        self._used = set(KEYWORDS)
        for text in spellings:
            self._used |= leading_words(text)
        self._prefix = shared_namespace(map(unwrap, names))

    def base(self, cpp: str) -> str:
        """The words of a C++ name, not yet unique: `Shape_area`."""
        plain = unwrap(cpp)
        inner = plain.removeprefix(f"{self._prefix}::") if self._prefix else plain
        return spell(inner) or "_"

    def make(self, base: str, tails: Iterable[str] = ASIDES) -> str:
        """A free identifier; taken from then on, also with one of the tails: a class may have both `f` and `f_doc`."""
        name = base if not base[:1].isdigit() else f"_{base}"
        tails = tuple(tails)
        while not self._used.isdisjoint((name, *(f"{name}_{tail}" for tail in tails))):
            name += "_"
        self._used.update((name, *(f"{name}_{tail}" for tail in tails)))
        return name

    def free(self, name: str) -> bool:
        return name not in self._used

    def local(self, name: str, taken: set[str]) -> str:
        """A variable of a wrapper: hides nothing that the wrapper spells."""
        found = re.sub(r"\W", "_", name) or "_"
        while found in self._used or found in taken or found in LOCALS:
            found += "_"
        taken.add(found)
        return found


def spell(text: str) -> str:
    """Any C++ text as words joined by underscores."""
    named = _OPERATOR.sub(lambda found: f"operator {_SYMBOLS.get(found[1], 'of')} ", text)
    for symbol, word in (("*", " ptr "), ("&&", " rvalue "), ("&", " ref ")):
        named = named.replace(symbol, word)
    return re.sub(r"\W+", "_", named.replace("~", "destroy_"), flags=re.ASCII).strip("_")


def spell_type(cpp: str) -> str:
    """A parameter type in few words: `const std::string &` is `string`."""
    bare = re.sub(r"\b(?:const|volatile)\b|[&*\s]+$", " ", cpp).strip()
    while re.search(r"[&*]\s*$", bare):
        bare = re.sub(r"[&*]\s*$", "", bare).strip()
    return spell(re.sub(r"\b\w+::", "", bare))


def leading_words(text: str) -> set[str]:
    """Words that are looked up from where they stand: not those after `::`, `.` or `->`."""
    return {
        found[1]
        for found in re.finditer(r"([A-Za-z_]\w*)", text)
        if not text[: found.start()].rstrip().endswith(("::", ".", "->"))
        or text[: found.start()].rstrip() in ("::",)
        or re.search(r"(?:^|[^\w>])::\s*$", text[: found.start()])
    }


def shared_namespace(names: Iterable[str]) -> str:
    """The namespaces that all qualified names begin with."""
    parents = [
        name.partition("<")[0].partition("(")[0].split("::")[:-1] for name in names if not name.startswith("std::")
    ]
    if not parents:
        return ""
    shared = parents[0]
    for parts in parents[1:]:
        length = next((i for i, (a, b) in enumerate(zip(shared, parts, strict=False)) if a != b), None)
        shared = shared[: min(len(shared), len(parts)) if length is None else length]
    return "::".join(shared)
