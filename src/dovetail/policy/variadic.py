"""Functions with `...` or a `va_list`: which arguments Python gives them.

In: a function, its rule `varargs`.  Out: the function as it is called, with parameters for what stands behind; DV012.
Must not know: conversions.

    int log(int level, const char* format, ...);       # log(level, text): the text as it is, through "%s"
    char* format_list(const char* format, va_list);    # the same
    int config(db*, int what, ...);                    "config" = { varargs = ["int value", "int* old"], out = ["old"] }

A format that Python gave would read arguments which nobody passed. So `printf` and its like, told by the name of the
function or of the parameter, take finished text. What others take only their documentation says: a rule lists it, in
the words of C. Arguments that C does not look at are harmless.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dovetail import model
from dovetail.model import Param, Type, TypeKind
from dovetail.policy.draft import Draft
from dovetail.policy.rules import View

HEADER = "dovetail/core/varargs.h"
PRINTED = "printf"
LISTED = "vprintf"
"""Annotations of the text: where it goes through "%s", and where that is in a `va_list`."""
FORMATS = frozenset({"format", "fmt", "zformat", "format_string", "formatstr", "fmtstr"})
ARGUMENT = re.compile(r"\s*(const\s+)?([a-z][\w ]*?)\s*(\*)?\s*\b([A-Za-z_]\w*)?\s*$")
NUMBERS = {
    "int": (4, True),
    "unsigned int": (4, False),
    "long": (8, True),
    "unsigned long": (8, False),
    "long long": (8, True),
    "unsigned long long": (8, False),
}
SHORT = {"unsigned": "unsigned int", "size_t": "unsigned long", "int64_t": "long", "uint64_t": "unsigned long"}
WORDS = frozenset({"int", "unsigned", "long", "double", "char", "void", *SHORT})
MARK = re.compile(r"<list of (\{\d+\})>")


def settle_variadic(draft: Draft, function: model.Function, view: View) -> tuple[model.Function, View]:
    """The function as Python calls it; itself where nobody knows what stands behind."""
    last = function.params[-1] if function.params else None
    listed = last is not None and is_list(last.type)
    if function.virtual or not (function.variadic or listed):
        return function, view
    fixed = function.params[:-1] if listed else function.params
    if fixed and is_format(function, fixed[-1]):
        taken = {param.name for param in fixed[:-1]}
        name = fixed[-1].name and ("text" if "text" not in taken else fixed[-1].name)
        text = replace(fixed[-1], name=name, annotations=(*fixed[-1].annotations, LISTED if listed else PRINTED))
        return replace(function, params=(*fixed[:-1], text), variadic=False), find_buffer(function, view)
    if listed or view.rule.varargs is None:
        return function, view
    more = tuple(found for text in view.rule.varargs if (found := read_argument(draft, text, view)) is not None)
    if len(more) < len(view.rule.varargs):
        return function, view
    return replace(function, params=(*function.params, *more), variadic=False), view


def is_list(type_: Type) -> bool:
    """A `va_list`, whatever it is on this machine."""
    named = type_.target.declaration if type_.target is not None else type_.declaration
    return type_.written == "va_list" or named in ("__va_list_tag", "std::__va_list", "__va_list")


def is_format(function: model.Function, param: Param) -> bool:
    target = param.type.target
    if param.type.kind is not TypeKind.POINTER or target is None or target.canonical != "const char":
        return False
    name = function.name.lower()
    return "scan" not in name and ("printf" in name or param.name.lower().strip("_") in FORMATS)


def find_buffer(function: model.Function, view: View) -> View:
    """`snprintf(char*, size_t, …)`, also the other way round: the number is the length of the buffer."""
    if "nprintf" not in function.name.lower() or view.rule.array == ():
        return view
    for index, param in enumerate(function.params):
        target = param.type.target
        if param.type.kind is not TypeKind.POINTER or target is None or target.canonical != "char":
            continue
        for place in (index + 1, index - 1):
            if 0 <= place < len(function.params) and function.params[place].type.kind is TypeKind.INTEGER:
                array = (*(view.rule.array or ()), f"#{index + 1}[#{place + 1}]")
                return replace(view, rule=replace(view.rule, array=array))
    return view


def read_argument(draft: Draft, text: str, view: View) -> Param | None:
    """`int *old`, `double`, `const char* name`."""
    found = ARGUMENT.match(text)
    words = found[2].split() if found is not None else []
    name = found[4] if found is not None else None
    if name in WORDS:  # `unsigned long` has no name
        words, name = [*words, name], None
    spelled = SHORT.get(" ".join(words), " ".join(words))
    core: Type | None = None
    if spelled in NUMBERS:
        size, signed = NUMBERS[spelled]
        core = Type(kind=TypeKind.INTEGER, written=spelled, canonical=spelled, size=size, signed=signed)
    elif spelled == "double":
        core = Type(kind=TypeKind.FLOAT, written=spelled, canonical=spelled, size=8)
    elif spelled == "char" and found is not None and found[3]:
        core = Type(kind=TypeKind.CHAR, written=spelled, canonical=spelled, size=1, signed=True)
    if found is None or core is None or (found[1] and not found[3]):
        key = f"varargs:{text}"
        if key not in draft.reported_owners:
            draft.reported_owners.add(key)
            helps = ('write numbers, text and pointers to numbers: ["int value", "const char* name", "int* result"]',)
            draft.sink.report("DV012", f"`varargs` lists `{text}`", view.span("varargs"), helps=helps)
        return None
    if found[1]:
        core = replace(core, const=True, written=f"const {spelled}", canonical=f"const {spelled}")
    if not found[3]:
        return Param(name=name or "", type=core)
    spelling = f"{core.canonical} *"
    return Param(
        name=name or "",
        type=Type(kind=TypeKind.POINTER, written=spelling, canonical=spelling, size=8, target=core),
    )


def spell_text(param: Param, place: int) -> str | None:
    """What C gets of finished text; None where it is an ordinary argument."""
    if PRINTED in param.annotations:
        return f'"%s", {{{place}}}'
    return f'"%s", <list of {{{place}}}>' if LISTED in param.annotations else None


def wrap_list(call: str) -> str:
    """The call, where it needs a `va_list`."""
    found = MARK.search(call)
    if found is None:
        return call
    inner = call.replace(found[0], "arguments")
    return f'dovetail::with_arguments([&](va_list arguments) {{{{ return {inner}; }}}}, "", {found[1]})'
