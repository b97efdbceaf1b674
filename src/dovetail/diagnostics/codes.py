"""The registry of diagnostic codes. `dovetail explain CODE` prints from here; the reference is generated from here.

In: nothing.  Out: `CODES`.  Must not know: who reports what.

Ranges: 00x headers and files, 01x configuration, 02x decisions the user should make, 03x declarations not bound,
04x types not bound, 05x linking, 06x toolchain, 07x cache and output, 08x what C++ calls, 09x our own faults.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import final

from dovetail.diagnostics.explanations import EXPLANATIONS


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@final
@dataclass(frozen=True, slots=True)
class Code:
    """`title` names the finding, `text` explains it (Markdown: why, an example, what to do)."""

    code: str
    severity: Severity
    title: str
    text: str


def _table(*rows: Code) -> dict[str, Code]:
    """By code, each with its explanation behind its one line."""
    return {row.code: replace(row, text=f"{row.text}\n{EXPLANATIONS.get(row.code, '')}".strip()) for row in rows}


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CODES: dict[str, Code] = _table(
    Code("DV001", E, "header not found", "The named header does not exist, or no include folder holds it."),
    Code("DV002", E, "header does not compile", "clang reported an error in a file of yours."),
    Code("DV003", E, "nothing to bind", "The headers declare nothing of their own that could be bound."),
    Code("DV004", N, "error in a system header", "clang stumbled in a system header; your declarations are intact."),
    Code("DV010", E, "selector matches nothing", "A rule names a declaration that no header declares."),
    Code("DV011", E, "unknown key", "The configuration has a key that dovetail does not know."),
    Code("DV012", E, "bad value", "A setting has a value of the wrong type or outside of what is allowed."),
    Code("DV013", E, "bad annotation", "A DOVETAIL(...) annotation does not parse."),
    Code("DV014", E, "not a Python name", "A module or rename target is not a Python identifier, or is a keyword."),
    Code("DV015", E, "names collide", "Two declarations would have the same Python name in the same scope."),
    Code("DV016", E, "no project here", "There is no pyproject.toml or dovetail.toml with a dovetail table."),
    Code("DV017", E, "configuration cannot be read", "The file is not valid TOML, not UTF-8, or not readable."),
    Code("DV018", E, "rule does not fit", "A rule asks for what the members of the class do not give."),
    Code("DV019", N, "name of a property is taken", "A getter stays a method: another member has its name."),
    Code(
        "DV021", W, "returned pointer has no owner", "A free function returns a raw pointer: borrowed or yours to free?"
    ),
    Code(
        "DV022",
        E,
        "array rule does not fit",
        "A rule `array` names what is no pointer to plain elements, or no length.",
    ),
    Code("DV023", N, "length unknown", "A pointer to numbers does not say how many there are: a rule `array` does."),
    Code("DV024", E, "rule for failures does not fit", "What it names says nothing of whether a call failed."),
    Code("DV025", E, "no ufunc", "A rule `ufunc` names what is no function of numbers."),
    Code("DV030", N, "variadic function", "C varargs cannot be called with checked types."),
    Code("DV031", N, "template without instantiation", "A template is bound only for arguments that are known."),
    Code("DV032", N, "deleted", "The function is deleted: C++ forbids the call."),
    Code("DV033", N, "skipped by rule", "A rule or annotation says skip."),
    Code("DV034", N, "only callable on a temporary", "The method is qualified with &&."),
    Code("DV035", N, "not a Python base", "Python has no one order, or no one layout, for all bases of the class."),
    Code("DV036", N, "not supported yet", "dovetail lacks this construct."),
    Code("DV037", N, "superseded by another overload", "Another overload takes the same Python arguments."),
    Code("DV038", N, "not accessible", "The declaration is private or protected."),
    Code("DV039", N, "member of an unnamed type", "The type has no name by which emitted code could call it."),
    Code("DV040", N, "type not supported yet", "No conversion exists for the type."),
    Code(
        "DV041",
        N,
        "output parameter",
        "A non-const reference or pointer to a number needs a rule that says it is an output.",
    ),
    Code(
        "DV042",
        N,
        "callable of another kind",
        "The callable has no signature of its own, or stands where none is taken.",
    ),
    Code("DV043", N, "memory without a length", "A const void* is read by C++, and nothing says how far."),
    Code("DV044", N, "incomplete type", "The class is only declared in these headers."),
    Code("DV045", N, "pointer to pointer", "A T** may be an array, an output or an owner: C++ does not say."),
    Code("DV046", N, "class is not bound", "The type's class is skipped or not public."),
    Code("DV047", N, "cannot be copied or moved", "The value cannot leave C++: its class has no copy or move."),
    Code(
        "DV048",
        N,
        "memory with a destructor",
        "C keeps the memory until it calls the void(*)(void*) that goes with it.",
    ),
    Code("DV049", N, "member of a union", "Which member a union holds is known to C++ alone."),
    Code("DV050", N, "not exported by its library", "The header declares it; no linked library defines it."),
    Code("DV051", E, "library not found", "No linked library of that name, or pkg-config does not know it."),
    Code("DV052", E, "no compiler for a source", "Cython or rustc, which a source needs, is not installed."),
    Code("DV054", W, "exported, but declared by no header", "Rust exports a function to C that no header declares."),
    Code("DV055", E, "Rust and header disagree", "A function is declared with other types than Rust defines it with."),
    Code("DV056", E, "source named as a header", "The file is to be compiled; a header says what is bound."),
    Code("DV060", E, "no compiler", "No C++ compiler was found."),
    Code("DV061", E, "compiler rejected emitted code", "Most likely a fault of dovetail."),
    Code("DV062", E, "compiler rejected a source", "A file among `sources` does not compile."),
    Code("DV063", E, "linker failed", "The extension could not be linked."),
    Code(
        "DV064",
        E,
        "libclang cannot be loaded",
        "The Python package `libclang` is missing or does not fit this machine.",
    ),
    Code("DV065", E, "no limited API here", "This Python cannot build for the limited API that `abi3` names."),
    Code("DV066", E, "no archive to link", "A library that `static` names has no `.a` file."),
    Code("DV067", W, "two C++ libraries in one process", "`static-runtime` beside a shared C++ library."),
    Code("DV068", W, "wheel needs a library outside", "A shared library that other machines do not have there."),
    Code("DV069", E, "not with the limited API", "The module needs what `abi3` cannot give."),
    Code("DV070", W, "cache not trusted", "The cache folder belongs to somebody else or is writable by others."),
    Code("DV071", E, "cannot write output", "The output folder or file cannot be written."),
    Code("DV080", N, "virtual function not overridable", "C++ does not call what a class written in Python defines."),
    Code("DV081", N, "class not derivable", "Python subclasses change nothing for C++."),
    Code(
        "DV082", N, "overrides return an unowned pointer", "Does C++ free the object that an override returns, or not?"
    ),
    Code("DV085", N, "base is there twice", "An object of the class has more than one of it, so it converts to none."),
    Code("DV086", E, "used module not found", "`uses` names a module of which nothing is known here."),
    Code("DV087", N, "does not compile for these arguments", "The body of the template is no C++ for them."),
    Code(
        "DV083",
        N,
        "callback result refers to Python",
        "A callback returns a reference, which nothing would keep alive.",
    ),
    Code("DV089", N, "no counterpart in Python", "Python has nothing that the operator could be."),
    Code(
        "DV084", N, "is the callback kept?", "A callback with user data may be called while the call runs, not later."
    ),
    Code("DV088", N, "expression template", "The type stands for a computation, and for nothing in Python."),
    Code("DV091", N, "not without CPython's C API", "A module for PyPy calls C functions, and this needs more."),
    Code("DV090", E, "internal error", "A fault of dovetail."),
)
