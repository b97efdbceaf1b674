"""Values: conversions asked for in the words of the module being decided.

In: model types.  Out: `plan.Value`, or the refusal of `convert`.  Must not know: who asks.
"""

from __future__ import annotations

from typing import final

from dovetail import plan
from dovetail.convert import Conversion, Converter, Known, Own, Refusal, Use, find, strip
from dovetail.model import Type, TypeKind
from dovetail.policy.containers import buffer_format, make_container
from dovetail.policy.draft import Draft
from dovetail.policy.grids import find_element


@final
class ModuleNames:
    """The answers that `convert` needs, out of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def find_own(self, type_: Type) -> Own | None:
        return self._draft.own.get(type_.bare)

    def find_class(self, type_: Type) -> Known | Refusal:
        draft = self._draft
        entry = draft.find_class(type_)
        if entry is None:
            for key in (type_.bare, type_.declaration or ""):
                if key in draft.unbound:
                    code, reason = draft.unbound[key]
                    return Refusal(code="DV044" if code == "DV044" else "DV046", reason=reason)
            if not type_.complete and not (type_.declaration or "").startswith("std::"):
                return Refusal(code="DV044", reason=f"`{type_.bare}` is only declared in these headers")
            return Refusal(code="DV040", reason=f"no conversion for `{type_.bare}`")
        if entry.raised:
            return Refusal(code="DV046", reason=f"`{entry.cpp}` is an exception in Python")
        traits = entry.model.traits
        # A class whose destructor is not public cannot be held as a value, whatever its copy constructor says.
        # What a function of the library ends must not be ended twice.
        usable = traits.destructible and not traits.abstract and not entry.destroy
        return Known(
            path=entry.path,
            copyable=traits.copy_constructible and usable,
            movable=traits.move_constructible and usable,
            complete=entry.model.complete,
            ended=bool(entry.destroy),
        )

    def find_enum(self, type_: Type) -> str | Refusal:
        name = type_.declaration or type_.bare
        enum_ = self._draft.enums.get(name) or self._draft.enums.get(type_.bare)
        if enum_ is not None:
            return f"{enum_.scope}.{enum_.name}" if enum_.scope else enum_.name
        code, reason = self._draft.unbound.get(name, ("DV040", f"no conversion for the enum `{type_.bare}`"))
        return Refusal(code=code, reason=reason)

    def find_grid(self, type_: Type) -> Type | None:
        return find_element(self._draft.known.get(type_.bare), type_)

    def find_format(self, type_: Type) -> str | None:
        return find_format(self._draft, type_)

    def gives_objects(self) -> bool:
        return self._draft.hands_objects

    def name_container(
        self, type_: Type, converter: Converter, elements: tuple[Conversion, ...], headers: tuple[str, ...]
    ) -> str | Refusal:
        core = strip(type_)
        found = self._draft.containers.get(core.bare)
        if found is None:
            found = make_container(self._draft, core, converter, elements, headers)
        return f"{found.scope}.{found.name}" if found.scope else found.name


def find_format(draft: Draft, type_: Type) -> str | None:
    """The struct format of an element of a buffer; None where it is not plain."""
    return buffer_format(draft, type_)


def find_conversion(draft: Draft, type_: Type, use: Use) -> Conversion | Refusal:
    return find(type_, ModuleNames(draft), use)


def to_value(conversion: Conversion) -> plan.Value:
    return plan.Value(
        cpp=conversion.cpp,
        converter=conversion.converter,
        takes=conversion.takes,
        gives=conversion.gives,
        headers=conversion.headers,
        callbacks=conversion.callbacks,
    )


def width_of(type_: Type) -> int:
    """How much a number holds: of overloads that Python cannot tell apart, the widest signed one serves best."""
    core = strip(type_)
    if core.kind not in (TypeKind.INTEGER, TypeKind.FLOAT):
        return 0
    return 2 * (core.size or 0) + bool(core.signed)


TEXTS = {"std::basic_string_view": 3, "std::string_view": 3, "std::basic_string": 2, "std::string": 2}


def preference(type_: Type, *, viewed: bool) -> int:
    """Among text parameters that Python cannot tell apart: a view before a copy before a C string, which ends at the
    first null. `viewed`: the object keeps pointing at the text, so that only views of the Python object will do."""
    core = strip(type_)
    found = 1 if core.kind is TypeKind.CHAR else TEXTS.get(core.declaration or "", 0)
    return 0 if viewed and found == 2 else found


def builtin(cpp: str, annotation: str, converter: str) -> plan.Value:
    """The value of a C++ type that needs no model: what policies make themselves."""
    headers = ("dovetail/convert/text.h",) if converter == "text" else ("dovetail/convert/numbers.h",)
    return plan.Value(cpp=cpp, converter=converter, takes=annotation, gives=annotation, headers=headers)
