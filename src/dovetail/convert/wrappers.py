"""Wrappers that Python spells with its own words: optional, pair, tuple, variant, expected.

In: names of templates.  Out: rows.  Must not know: how their parts are converted.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail.convert.families import answer_template, fold_union
from dovetail.convert.records import Answer, Conversion, Converter, Refusal, Request, Use
from dovetail.model import Type, TypeKind


def answer_tuple(request: Request, row: Converter) -> Answer:
    """The empty tuple has a spelling of its own."""
    found = answer_template(request, row)
    if isinstance(found, Conversion) and not request.core.arguments:
        return replace(found, takes="tuple[()]", gives="tuple[()]")
    return found


def answer_variant(request: Request, row: Converter) -> Answer:
    """A union of all alternatives: `std::variant<int, std::string>` is `int | str`."""
    found = answer_template(request, row)
    if isinstance(found, Refusal):
        return found
    inner = [request.find(a) for a in request.core.arguments if not isinstance(a, str)]
    return Conversion(
        cpp=found.cpp,
        converter=found.converter,
        takes=fold_union(" | ".join(i.takes for i in inner if isinstance(i, Conversion))),
        gives=fold_union(" | ".join(i.gives for i in inner if isinstance(i, Conversion))),
        headers=found.headers,
        callbacks=found.callbacks,
    )


def answer_expected(request: Request, row: Converter) -> Answer:
    """The value; the error is raised. `expected<void, E>` gives None."""
    value = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if value is not None and value.kind is TypeKind.VOID:
        return Conversion(
            cpp=request.type.canonical, converter="expected", takes="None", gives="None", headers=(row.header,)
        )
    return answer_template(request, row)


RECORDS = (
    Converter(
        name="optional",
        matches=("std::optional",),
        takes="{0} | None",
        gives="{0} | None",
        header="dovetail/convert/optional.h",
        inner=1,
    ),
    Converter(
        name="pair",
        matches=("std::pair",),
        takes="tuple[{0}, {1}]",
        gives="tuple[{0}, {1}]",
        header="dovetail/convert/pair.h",
        inner=2,
    ),
    Converter(
        name="tuple",
        matches=("std::tuple",),
        takes="tuple[{all}]",
        gives="tuple[{all}]",
        header="dovetail/convert/tuple.h",
        inner=-1,
        special=answer_tuple,
    ),
    Converter(
        name="variant",
        matches=("std::variant",),
        takes="{all}",
        gives="{all}",
        header="dovetail/convert/variant.h",
        inner=-1,
        special=answer_variant,
    ),
    Converter(
        name="expected",
        matches=("std::expected",),
        gives="{0}",
        header="dovetail/convert/expected.h",
        inner=1,
        only=Use.GIVE,
        special=answer_expected,
    ),
)
