"""Stubs of callables and attributes.

In: `plan.Function` and `plan.Accessor`.  Out: lines in the scope's writer.  Must not know: classes beyond their path.
"""

from __future__ import annotations

from collections.abc import Sequence

from dovetail.emit.annotations import arms
from dovetail.emit.docstrings import docstring_lines, quote
from dovetail.emit.overloads import order, overlaps_unsafely
from dovetail.emit.signatures import Argument, Signature, join_keys, returns_self, signature_of, spell_arguments
from dovetail.emit.stub_scope import StubScope
from dovetail.plan import Accessor, Call, Function, Overload

_WIDTH = 110

SETTER = "setter"
"""Stands for [override] on the setter of a property alone."""


def stub_signatures(function: Function, scope: StubScope) -> list[tuple[Overload, Signature]]:
    """The overloads as the stub shows them, in its order; those that no call could choose are left out."""
    shown = [overload for overload in function.overloads if not overload.twin] or list(function.overloads[:1])
    signatures = [_adjusted(function, overload, scope) for overload in shown]
    return [(shown[i], signatures[i]) for i in order(signatures, scope.lattice)]


def _adjusted(function: Function, overload: Overload, scope: StubScope) -> Signature:
    signature = join_keys(function, signature_of(function, overload))
    receiver = signature.receiver
    if is_static(function):
        receiver = ""
    elif scope.in_class and not receiver:
        receiver = "self"
    result = "Self" if scope.in_class and returns_self(overload, scope.path) else signature.result
    arguments = signature.arguments
    if function.name in ("__eq__", "__ne__") and result == "bool" and len(arguments) == 1:
        # Python compares anything with anything; an operand of another type gives NotImplemented.
        arguments = (Argument(name=arguments[0].name, annotation="object", positional=True),)
    return Signature(arguments=arguments, result=result, receiver=receiver)


def is_static(function: Function) -> bool:
    return bool(function.overloads) and all(overload.call is Call.STATIC for overload in function.overloads)


def is_abstract(function: Function) -> bool:
    """Pure virtual in C++: a class written in Python must override it. Checkers want all overloads to say so."""
    return any(overload.pure for overload in function.overloads)


def write_function(function: Function, scope: StubScope, *, ignore: Sequence[str] = ()) -> None:
    """A function, method or constructor. `ignore`: complaints about the whole callable that are known and meant."""
    pairs = stub_signatures(function, scope)
    for position, (overload, signature) in enumerate(pairs):
        if len(pairs) > 1:
            # A checker complains about an overloaded function as a whole where its first decorator stands.
            scope.out.line(scope.decorator("overload") + (_ignore_mark(ignore) if position == 0 else ""))
        if is_static(function):
            scope.out.line(scope.decorator("staticmethod"))
        if is_abstract(function):
            scope.out.line(scope.decorator("abstractmethod"))
        if overload.deprecated is not None:
            write_deprecated(overload.deprecated, scope)
        later = [other for _, other in pairs[position + 1 :]]
        overlap = any(overlaps_unsafely(signature, other, scope.lattice) for other in later)
        codes = [*(ignore if len(pairs) == 1 else ()), *(["overload-overlap"] if overlap else [])]
        write_def(function.name, signature, overload.doc, scope, ignore=codes)


def _ignore_mark(codes: Sequence[str]) -> str:
    return f"  # type: ignore[{', '.join(dict.fromkeys(codes))}]" if codes else ""


def write_deprecated(text: str, scope: StubScope) -> None:
    scope.out.line(f"{scope.decorator('deprecated')}({quote(text or 'deprecated')})")


def write_def(name: str, signature: Signature, doc: str, scope: StubScope, *, ignore: Sequence[str] = ()) -> None:
    parts = spell_arguments(signature, annotation=scope.annotation, default=scope.default)
    result = scope.annotation(signature.result)
    lines = docstring_lines(doc)
    end = ":" if lines else ": ..."
    mark = _ignore_mark(ignore)
    head = f"def {name}({', '.join(parts)}) -> {result}{end}"
    if len(head) <= _WIDTH or len(parts) < 2:
        scope.out.line(head + mark)
    else:
        scope.out.line(f"def {name}({mark}")
        with scope.out.indented():
            scope.out.lines(*(f"{part}," for part in parts))
        scope.out.line(f") -> {result}{end}")
    with scope.out.indented():
        scope.out.lines(*lines)


def write_accessor(accessor: Accessor, scope: StubScope, *, ignore: Sequence[str] = ()) -> None:
    """A plain annotation where reading and writing agree, otherwise a property."""
    gives = accessor.read.result.annotation
    takes = taken_annotation(accessor)
    mark = _ignore_mark(ignore)
    if not scope.in_class:
        shown = scope.annotation(gives)
        if takes is None:
            shown = f"{scope.names.imported('typing', 'Final')}[{shown}]"
        scope.out.line(f"{accessor.name}: {shown}{mark}")
        scope.out.lines(*docstring_lines(accessor.doc))
    elif accessor.static:
        scope.out.line(
            f"{accessor.name}: {scope.names.imported('typing', 'ClassVar')}[{scope.annotation(gives)}]{mark}"
        )
        scope.out.lines(*docstring_lines(accessor.doc))
    elif is_plain(accessor):
        scope.out.line(f"{accessor.name}: {scope.annotation(gives)}{mark}")
        scope.out.lines(*docstring_lines(accessor.doc))
    else:
        _write_property(accessor, gives, takes, scope, ignore)


def is_plain(accessor: Accessor) -> bool:
    """It is written as an annotated name, not as a property."""
    if accessor.static:
        return True
    takes = taken_annotation(accessor)
    same = takes is not None and set(arms(takes)) == set(arms(accessor.read.result.annotation))
    return same and accessor.read.deprecated is None


def taken_annotation(accessor: Accessor) -> str | None:
    """What may be assigned; None where nothing may."""
    if accessor.write is None:
        return None
    params = [param for param in accessor.write.params if not param.out]
    if not params:
        return accessor.read.result.annotation
    annotation = params[0].value.takes
    return f"{annotation} | None" if params[0].nullable and "None" not in arms(annotation) else annotation


def _write_property(accessor: Accessor, gives: str, takes: str | None, scope: StubScope, ignore: Sequence[str]) -> None:
    # A property that can be set is an overloaded function to a checker.
    whole = [code for code in ignore if code != SETTER] if takes is not None else []
    scope.out.line(scope.decorator("property") + _ignore_mark(whole))
    if accessor.read.deprecated is not None:
        write_deprecated(accessor.read.deprecated, scope)
    write_def(
        accessor.name,
        Signature(arguments=(), result=gives),
        accessor.doc,
        scope,
        ignore=ignore if takes is None else (),
    )
    if takes is not None:
        scope.out.line(f"@{accessor.name}.setter" + _ignore_mark(["override"] if SETTER in ignore else []))
        value = Argument(name="value", annotation=takes, positional=True)
        write_def(accessor.name, Signature(arguments=(value,), result="None"), "", scope)
