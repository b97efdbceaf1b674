"""Outputs: variables that C++ writes to, which are part of Python's result.

In: a parameter, rules `out`, `free`, `text` and `array`.  Out: its `plan.Param`; DV012, DV041.
Must not know: who says that it is an output (`parameters`, `directions`).

    int open(const char* name, db** out);                      "open" = { out = ["out"], returns = "own" }
    int exec(db*, const char* sql, char** error);              "exec" = { out = ["error"], free = "db_free" }
    int prepare16(db*, const void* sql, const void** tail);    "prepare16" = { out = ["tail"], text = "utf-16" }
    int keyword(int i, const char** name, int* length);        … { out = ["name", "length"], array = ["name[length]"] }
    int table(db*, char*** cells, int* rows, int* columns);    … { …, array = ["cells[rows * columns]"] }

Text that C hands out to be freed is copied, and freed by the function that `free` names: the first whose parameter is
the pointer, or a `void*`; memory is an array that is freed with its last view (`as = "bytes"`: a copy). What C keeps is
copied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Passing, Refusal, Use, take_apart
from dovetail.model import Type, TypeKind
from dovetail.policy.arrays import index_of, is_counted, read_spec
from dovetail.policy.draft import Draft
from dovetail.policy.encodings import retype
from dovetail.policy.freed import find_end
from dovetail.policy.rules import NO_RULES, View
from dovetail.policy.values import find_conversion, find_format, to_value

HEADER = "dovetail/convert/handed_out.h"
HANDED_OUT = tuple(f"dovetail::{kind}At<" for kind in ("Text", "List", "Bytes", "Array"))
"""Variables of the runtime that are passed by the address of the pointer in them."""
WRITABLE = (Passing.REFERENCE, Passing.POINTER)


def address_of(param: model.Param) -> str:
    """How a variable is passed to what C++ writes to."""
    return "&" if take_apart(param.type)[1] is Passing.POINTER else ""


def decide_output(draft: Draft, param: model.Param, name: str, view: View) -> plan.Param | Refusal:
    """By rule: a variable that C++ writes to. `T**` hands out an object, owned where `returns = "own"`."""
    core, passing = take_apart(param.type)
    if passing not in WRITABLE:
        draft.sink.report(
            "DV012",
            f"`{param.name}` cannot be an output: `{param.type.written}` is not a non-const reference or pointer",
            view.span("out"),
        )
        return Refusal(code="DV041", reason=f"`{param.type.written}` is no output")
    text = find_text(draft, core, view)
    if text is not None:
        value = plan.Value(
            cpp=text, converter="text", takes="str", gives="str | None", headers=(HEADER, *wide_header(text))
        )
        return plan.Param(name=name, value=value, out=True)
    found = find_conversion(draft, bare_type(core), Use.GIVE)
    if isinstance(found, Refusal):
        return found
    known = draft.known.get(core.bare)
    if found.converter == "own" and known is not None and not known.traits.default_constructible:
        return Refusal(code="DV041", reason=f"there is no empty `{core.bare}` that C++ could write to")
    owns = (
        found.converter == "class"
        and found.pointer
        and view.rule.returns == "own"
        and (found.ended or not found.opaque)
    )
    return plan.Param(name=name, value=to_value(found), out=True, nullable=found.pointer, owns=owns)


def decide_changed(draft: Draft, param: model.Param, name: str) -> plan.Param | Refusal:
    """A number that C++ reads and writes: an argument, and part of the result."""
    found = find_conversion(draft, bare_type(take_apart(param.type)[0]), Use.GIVE)
    return found if isinstance(found, Refusal) else plan.Param(name=name, value=to_value(found), inout=True)


VIEWS = ("std::basic_string_view", "std::string_view")
OUTPUTS = (TypeKind.BOOL, TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.ENUM)


def is_output(draft: Draft, param: model.Param, view: View = NO_RULES) -> bool:
    """A rule could make it an output: a number, an enum, a pointer to an object or to text that C++ may write to."""
    core, passing = take_apart(param.type)
    if passing not in WRITABLE or core.const or "[" in param.type.written:
        return False
    if find_text(draft, core, view) is not None:
        return True
    if core.kind is TypeKind.POINTER and core.target is not None:
        text = core.target.bare == "char" and core.target.const
        if not text and draft.find_class(core.target) is None:
            return False
    elif core.kind not in OUTPUTS and core.declaration not in VIEWS:
        return False
    return not isinstance(find_conversion(draft, bare_type(core), Use.GIVE), Refusal)


def bare_type(core: Type) -> Type:
    return replace(core, const=False, canonical=core.canonical if core.kind is TypeKind.POINTER else core.bare)


# ---- text that is handed out ---------------------------------------------------------------------------------------


def find_text(draft: Draft, core: Type, view: View) -> str | None:
    """The runtime's variable for text that a rule speaks of; None where a plain pointer will do."""
    seen = retype(core, view)
    target = core.target
    text = core.kind is TypeKind.POINTER and target is not None and target.bare == "char" and not target.const
    end = find_end(draft, core, view) if text else ""
    if seen is not None and seen.target is not None:
        return f"dovetail::TextAt<{core.canonical}, {seen.target.bare}>"
    return f"dovetail::TextAt<{core.canonical}, char, {end}>" if end else None


def wide_header(text: str) -> tuple[str, ...]:
    wide = any(f"{kind}_t" in text for kind in ("wchar", "char16", "char32"))
    return ("dovetail/convert/wide.h",) if wide else ("dovetail/convert/text.h",)


def find_counted(params: Sequence[model.Param], view: View) -> dict[int, str]:
    """Outputs that a rule `array` gives a length, which is an output too, or a product or sum of some: its text."""
    found = {}
    for text in view.rule.array or ():
        spec = read_spec(text)
        index = index_of(params, spec.name) if spec is not None else None
        if spec is not None and index is not None and len(spec.extents) == 1 and is_counted(params, view, spec):
            found[index] = spec.extents[0].text
    return found


def decide_counted(draft: Draft, param: model.Param, name: str, extent: str, view: View) -> plan.Param | Refusal:
    """Text, a list of texts, or memory, whose length other outputs say."""
    core = take_apart(param.type)[0]
    inner = core.target
    if inner is None:
        return Refusal(code="DV045", reason=f"`{param.type.written}` hands out no pointer")
    end = "" if inner.const and view.rule.returns != "own" else find_end(draft, core, view)
    more = f", {end}" if end else ""
    headers: tuple[str, ...] = (HEADER, "dovetail/convert/text.h")
    if inner.bare == "char" and view.rule.as_ != "bytes":
        cpp, gives = f"dovetail::TextAt<{core.canonical}, char{more}>", "str"
    elif inner.kind is TypeKind.POINTER and inner.target and inner.target.bare == "char":
        cpp, gives = f"dovetail::ListAt<{core.canonical}{more}>", "tuple[str | None, ...]"
    elif inner.kind is TypeKind.VOID or find_format(draft, inner) is not None:
        kind = "Bytes" if view.rule.as_ == "bytes" else "Array"
        cpp, gives = f"dovetail::{kind}At<{core.canonical}{more}>", "bytes" if kind == "Bytes" else "numpy.ndarray"
        headers = ("dovetail/convert/handed_memory.h",)
    else:
        return Refusal(code="DV045", reason=f"`{param.type.written}` hands out neither text nor plain memory")
    value = plan.Value(cpp=cpp, converter="text", takes="str", gives=gives, headers=headers)
    return plan.Param(name=name, value=value, out=True, extent=extent)


def spell_extent(extent: str, params: Sequence[model.Param], passed: Mapping[int, str]) -> str | Refusal:
    """`({3} + 1) * {4}` of `(rows + 1) * columns`."""
    missing: list[str] = []

    def spell(word: re.Match[str]) -> str:
        if word[0].isdigit():
            return word[0]
        index = index_of(params, word[0])
        if index is None or index not in passed:
            missing.append(word[0])
            return word[0]
        return passed[index].lstrip("&*")

    text = re.sub(r"#?\w+", spell, extent)
    return Refusal(code="DV045", reason=f"`{missing[0]}` is no parameter that says a length") if missing else text
