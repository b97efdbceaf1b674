"""Members that share their memory with others: which of them Python may read whatever the union holds.

In: a field and its class.  Out: `Refusal`, or None.
Must not know: how fields are read.

C++ knows from elsewhere which member of a union is alive; Python would have to be told, and may be wrong. Of numbers
that costs a number without meaning. A pointer, text or a container read at the wrong time is a crash.
"""

from __future__ import annotations

from dovetail import model
from dovetail.convert import Refusal
from dovetail.model import Type, TypeKind
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.rules import View

PLAIN = (TypeKind.BOOL, TypeKind.CHAR, TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.ENUM)


def shares_memory(class_: model.Class, field: model.Field) -> bool:
    return (class_.union or "union" in field.anonymous_path) and not field.static


def refuse_shared(draft: Draft, entry: ClassDraft, field: model.Field, view: View) -> Refusal | None:
    """A rule `returns = "borrow"` vouches that the member is read only while it is what the union holds."""
    if not shares_memory(entry.model, field) or view.rule.returns == "borrow" or is_harmless(draft, field.type):
        return None
    return Refusal(code="DV049", reason=f"nothing says when the union holds a `{field.type.written}`")


def is_harmless(draft: Draft, type_: Type) -> bool:
    """Any bytes are a value of the type, and nothing that could be followed."""
    if type_.kind is TypeKind.ARRAY and type_.target is not None:
        return is_harmless(draft, type_.target)
    if type_.kind is not TypeKind.RECORD:
        return type_.kind in PLAIN
    if type_.declaration in ("std::array", "std::complex"):
        return all(is_harmless(draft, each) for each in type_.arguments if isinstance(each, Type))
    bound = draft.find_class(type_)
    if bound is None:
        return False
    class_ = bound.model
    if not class_.traits.trivially_copyable or class_.traits.polymorphic:
        return False
    parts = [base.type for base in class_.bases] + [field.type for field in class_.fields if not field.static]
    return all(is_harmless(draft, part) for part in parts)
