"""Exceptions: C++ exception classes as Python exception classes with the same tree.

In: class drafts marked as raised.  Out: `plan.Raised` records.  Must not know: how they are caught.

The Python bases are the exceptions that it derives from, and those of std exceptions (`std::out_of_range` is
IndexError); RuntimeError where there is none.
The message comes from `what()`, or from the first of a few usual names; else it is the name of the class.
Made from Python, an exception takes the arguments of its constructors and holds a C++ object like a caught one.
"""

from __future__ import annotations

from dovetail import model, plan
from dovetail.convert import Refusal, Use
from dovetail.model import Access, FunctionKind
from dovetail.policy.classes import ancestors
from dovetail.policy.documentation import clean
from dovetail.policy.draft import Bucket, ClassDraft, Draft
from dovetail.policy.functions import bases_of
from dovetail.policy.values import find_conversion

MESSAGES = ("what", "message", "msg", "GetMsg", "getMessage", "GetMessage", "get_message", "description", "str")


def make_raised(
    draft: Draft, entry: ClassDraft, constructors: plan.Function | None, functions: tuple[plan.Function, ...]
) -> plan.Raised:
    # A library may have an `Exception` of its own.
    own = {each.path for each in draft.all_classes()}
    builtins = (f"builtins.{name}" if name in own else name for name in entry.builtins)
    bases = (*(base.base for base in entry.bases), *builtins)
    return plan.Raised(
        name=entry.name,
        scope=entry.scope,
        cpp=entry.cpp,
        base=bases[0],
        more_bases=bases[1:],
        message=find_message(draft, entry),
        constructors=constructors,
        methods=functions,
        accessors=tuple(entry.accessors),
        span=entry.model.span,
        doc=clean(entry.model.comment),
        module=entry.module,
    )


def find_message(draft: Draft, entry: ClassDraft) -> str:
    if derives_from_std(draft, entry):
        return "{self}.what()"
    for name in MESSAGES:
        for class_ in (entry.model, *(a.model for a in ancestors(draft, entry))):
            for method in class_.methods:
                spelled = spell_text(draft, method) if method.name == name else None
                if spelled is not None:
                    return spelled
    return f'"{entry.model.name}"'


def derives_from_std(draft: Draft, entry: ClassDraft) -> bool:
    classes = (entry.model, *bases_of(draft, entry.model))
    return any((b.type.declaration or b.type.bare).startswith("std::") for c in classes for b in c.bases)


def spell_text(draft: Draft, method: model.Function) -> str | None:
    """The method's text as a C string, or None where it gives none."""
    plain = method.kind is FunctionKind.METHOD and method.const and not method.params
    if not plain or method.access is not Access.PUBLIC:
        return None
    found = find_conversion(draft, method.returns, Use.GIVE)
    if isinstance(found, Refusal) or found.headers != ("dovetail/convert/text.h",):
        return None
    call = f"{{self}}.{method.name}()"
    match found.converter:
        case "c string":
            return call
        case "text":
            return f"{call}.c_str()"
        case "text view":
            return f"std::string({call}).c_str()"
    return None


def keep_callable(buckets: dict[str, Bucket]) -> dict[str, Bucket]:
    """An exception has methods that read; special methods and what changes it stay in C++."""
    return {
        name: bucket
        for name, bucket in buckets.items()
        if not name.startswith("__") and any(c.overload.const for c in bucket.candidates)
    }
