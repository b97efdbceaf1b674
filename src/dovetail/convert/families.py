"""How the rows of every family are answered: templates filled with inner conversions.

In: a `Request` and its `Converter`.  Out: `Conversion` or `Refusal`.
Must not know: which rows exist.
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use, check_passing, merge
from dovetail.model import Type


def inner_types(request: Request, row: Converter) -> tuple[Type, ...]:
    """The template arguments that are types, as many as the row converts."""
    types = tuple(a for a in request.core.arguments if isinstance(a, Type))
    return types if row.inner < 0 else types[: row.inner]


def find_inner(request: Request, row: Converter) -> tuple[Conversion, ...] | Refusal:
    """Conversions of the inner types, or the first refusal."""
    found = []
    for inner in inner_types(request, row):
        answer = request.find(inner)
        if isinstance(answer, Refusal):
            return answer
        found.append(answer)
    if row.inner > 0 and len(found) < row.inner:
        return Refusal(code="DV040", reason=f"no conversion for `{request.core.written}`")
    return tuple(found)


def join_headers(row: Converter, inner: tuple[Conversion, ...]) -> tuple[str, ...]:
    own = (row.header,) if row.header else ()
    return tuple(sorted({*own, *(h for i in inner for h in i.headers)}))


def answer(request: Request, row: Converter) -> Answer:
    """The answer of a row: special, container or template."""
    if row.only is not None and request.use is not row.only:
        return Refusal(code="DV040", reason=f"`{request.type.written}` crosses the border in one direction only")
    if row.special is not None:
        return row.special(request, row)
    if row.container:
        return answer_container(request, row)
    return answer_template(request, row)


def answer_template(request: Request, row: Converter) -> Answer:
    """Scalars and wrappers: held by value, annotations filled from the inner ones."""
    if refusal := check_passing(request, row):
        return refusal
    inner = find_inner(request, row)
    if isinstance(inner, Refusal):
        return inner
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes=fold_union(row.takes.format(*(i.takes for i in inner), all=", ".join(i.takes for i in inner))),
        gives=fold_union(row.gives.format(*(i.gives for i in inner), all=", ".join(i.gives for i in inner))),
        headers=join_headers(row, inner),
        views=any(i.views for i in inner),
        transfers=any(i.transfers for i in inner),
        callbacks=merge(*(i.callbacks for i in inner)),
    )


def answer_container(request: Request, row: Converter) -> Answer:
    """A std container: a Python type of its own; anything iterable is accepted where C++ cannot write through it."""
    inner = find_inner(request, row)
    if isinstance(inner, Refusal):
        return inner
    headers = join_headers(row, inner)
    for element in inner:
        if element.views:
            return Refusal(code="DV040", reason=f"elements of `{request.core.written}` would point into Python objects")
    name = request.names.name_container(request.core, row, inner, headers)
    if isinstance(name, Refusal):
        return name
    by_pointer = request.passing in (Passing.POINTER, Passing.CONST_POINTER)
    exact = by_pointer or request.passing is Passing.REFERENCE
    takes = name if exact else f"{name} | " + row.takes.format(*(i.takes for i in inner))
    return Conversion(
        cpp=request.type.canonical,
        converter=row.name,
        takes=takes,
        gives=name,
        headers=headers,
        shared=request.use is not Use.ELEMENT,
        pointer=by_pointer,
        inner=tuple(i.gives for i in inner),
        callbacks=merge(*(i.callbacks for i in inner)),
    )


def fold_union(text: str) -> str:
    """`None | int | int` becomes `int | None`. Only top-level bars count."""
    parts: list[str] = []
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        elif char == "|" and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    arms = dict.fromkeys(parts)
    return " | ".join(sorted(arms, key="None".__eq__))
