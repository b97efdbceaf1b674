"""Stubs of classes, exception classes and class templates.

In: `plan.Class`, `plan.Raised`.  Out: lines in the scope's writer.  Must not know: files, imports.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dovetail.emit.docstrings import docstring_lines, join_paragraphs
from dovetail.emit.index import bases_of, join
from dovetail.emit.overloads import order, overlaps_unsafely
from dovetail.emit.signatures import Argument, Signature
from dovetail.emit.stub_functions import is_abstract, write_accessor, write_def, write_deprecated, write_function
from dovetail.emit.stub_overrides import bases_clash, complaints
from dovetail.emit.stub_scope import StubScope
from dovetail.plan import Class, Enum, Protocol, Raised

MEANT = "  # type: ignore[misc]"
"""Of a class whose bases have different members of one name: Python, as everywhere, takes that of the first. And of one
that is abstract by what it inherits: a checker wants a metaclass, which it does not have."""

WriteNested = Callable[[StubScope], None]


def write_class(record: Class, scope: StubScope, write_nested: WriteNested) -> None:
    """A class with everything in it."""
    if record.deprecated is not None:
        write_deprecated(record.deprecated, scope)
    if not record.subclassable:
        scope.out.line(scope.decorator("final"))
    bases = ", ".join(scope.annotation(base) for base in bases_of(record))
    inner = scope.inside(record.name)
    clash = len(record.bases) > 1 and bases_clash(record, inner)
    remark = MEANT if clash or _inherits_abstract(record, scope) else ""
    with scope.out.block(f"class {record.name}({bases})" if bases else f"class {record.name}", remark=remark):
        reason = f"Not constructible from Python: {record.no_constructor}" if record.no_constructor else ""
        lines = docstring_lines(join_paragraphs((record.doc, reason)))
        scope.out.lines(*lines)
        before = inner.out.text()
        write_nested(inner)
        _write_members(record, inner)
        if inner.out.text() == before and not lines:
            scope.out.line("...")


def _inherits_abstract(record: Class, scope: StubScope) -> bool:
    """A base has abstract methods that the class neither defines nor adds to."""
    if any(is_abstract(method) for method in record.methods):
        return False
    defined = {method.name for method in record.methods}
    for path in scope.index.ancestors(join(record.scope, record.name)):
        above = scope.index.types.get(path)
        if isinstance(above, Class):
            if any(is_abstract(m) and m.name not in defined for m in above.methods):
                return True
            defined |= {method.name for method in above.methods}
    return False


def _write_members(record: Class, scope: StubScope) -> None:
    codes = complaints(record, scope)

    def ignored(name: str) -> tuple[str, ...]:
        return codes.get(name, ())

    match = record.conduct.match or (record.fields if record.constructors is not None else ())
    if match:
        fields = ", ".join(f'"{name}"' for name in match)
        scope.out.line(f"__match_args__ = ({fields}{',' if len(match) == 1 else ''})")
    for accessor in record.accessors:
        write_accessor(accessor, scope, ignore=ignored(accessor.name))
    if record.constructors is not None:
        write_function(record.constructors, scope)
    else:
        # An argument that nobody has: calling the class is an error to a checker, as it is when run.
        write_def("__init__", Signature(arguments=(_NOBODY,), result="None"), "", scope)
    for method in record.methods:
        if method.name not in ("__repr__", "__hash__") or any(o.doc for o in method.overloads):
            write_function(method, scope, ignore=ignored(method.name))
    _write_protocols(record, scope)


_NOBODY = Argument(name="_", annotation="Never", positional=True)


def _write_protocols(record: Class, scope: StubScope) -> None:
    """What a class can do beyond the methods that the plan lists."""
    named = {method.name for method in record.methods}
    has = set(record.protocols)

    def add(name: str, result: str, *arguments: Argument, ignore: tuple[str, ...] = ()) -> None:
        if name not in named:
            write_def(name, Signature(arguments=arguments, result=result), "", scope, ignore=ignore)

    if Protocol.LENGTH in has:
        add("__len__", "int")
    if Protocol.ITERATE in has and record.iterates is not None:
        add("__iter__", f"Iterator[{record.iterates.gives}]")
    if Protocol.REVERSE in has and record.iterates is not None:
        add("__reversed__", f"Iterator[{record.iterates.gives}]")
    if Protocol.BOOL in has:
        add("__bool__", "bool")
    if Protocol.EQUAL in has:
        add("__eq__", "bool", Argument(name="other", annotation="object", positional=True))
    if Protocol.COPY in has:
        add("__copy__", scope.path)
        add("__deepcopy__", scope.path, Argument(name="memo", annotation="object", positional=True))
    if record.conduct.context is not None:
        add("__enter__", "Self")
        error = ("type[BaseException] | None", "BaseException | None", "TracebackType | None")
        names = ("type_", "value", "traceback")
        pairs = zip(names, error, strict=True)
        add("__exit__", "None", *(Argument(name=n, annotation=a, positional=True) for n, a in pairs))
    if record.conduct.stepping is not None:
        add("__aiter__", "Self")
        add("__anext__", f"Awaitable[{record.conduct.stepping.gives}]")
    if record.forwards:
        # What it points to may be of a derived class: a checker cannot know more.
        name = Argument(name="name", annotation="str", positional=True)
        add("__getattr__", "Any", name)
        add("__setattr__", "None", name, Argument(name="value", annotation="Any", positional=True))
    _write_hash(record, named, scope)


def _write_hash(record: Class, named: set[str], scope: StubScope) -> None:
    """Python forgets `__hash__` where a class compares and does not say how to hash."""
    above = _hashing(record, scope)
    if _hashes(record):
        write_def(
            "__hash__",
            Signature(arguments=(), result="int"),
            "",
            scope,
            ignore=("override",) if above == "none" else (),
        )
    elif _compares(record) and above != "none":
        variable = scope.names.imported("typing", "ClassVar")
        scope.out.line(f"__hash__: {variable}[None]  # type: ignore[assignment]")


def _hashes(record: Class) -> bool:
    return Protocol.HASH in record.protocols or any(method.name == "__hash__" for method in record.methods)


def _compares(record: Class) -> bool:
    return Protocol.EQUAL in record.protocols or any(method.name == "__eq__" for method in record.methods)


def _hashing(record: Class, scope: StubScope) -> str:
    """What the nearest base that says so does: "int", or "none"."""
    for path in scope.index.ancestors(scope.path):
        base = scope.index.types.get(path)
        if isinstance(base, Class) and _hashes(base):
            return "int"
        if isinstance(base, Class) and _compares(base):
            return "none"
    return "int"


def write_raised(record: Raised, scope: StubScope, write_nested: WriteNested) -> None:
    """An exception class; it is raised by C++ and may be made and raised in Python as any other."""
    inner = scope.inside(record.name)
    codes = complaints(record, inner)
    bases = ", ".join(scope.annotation(base) for base in bases_of(record))
    clash = MEANT if len(bases_of(record)) > 1 and bases_clash(record, inner) else ""
    with scope.out.block(f"class {record.name}({bases})", remark=clash):
        lines = docstring_lines(record.doc)
        scope.out.lines(*lines)
        before = inner.out.text()
        write_nested(inner)
        if not record.cpp:
            inner.out.line(f"code: {inner.annotation('int')}")
        for accessor in record.accessors:
            write_accessor(accessor, inner, ignore=codes.get(accessor.name, ()))
        if record.constructors is not None:
            write_function(record.constructors, inner)
        for method in record.methods:
            write_function(method, inner, ignore=codes.get(method.name, ()))
        if inner.out.text() == before and not lines:
            scope.out.line("...")


def write_template(name: str, classes: tuple[Class, ...], scope: StubScope) -> None:
    """`Box[int]` finds the class: an object that is indexed by types. What is given as text finds some class."""
    result = f"type[{scope.names.imported('typing', 'Any')}]"
    signatures = [
        Signature(
            arguments=(Argument(name="arguments", annotation=_index(record.arguments, scope), positional=True),),
            result=f"type[{join(record.scope, record.name)}]",
        )
        for record in classes
        # `Signal[void (int)]` is found by its text alone.
        if all(_is_literal(a, scope) or ("(" not in a and scope.names.knows(a)) for a in record.arguments)
    ]
    kind = f"_{name}Template"
    scope.out.gap()
    scope.out.line(f"@{scope.names.imported('typing', 'type_check_only')}")
    with scope.out.block(f"class {kind}"):
        chosen = [signatures[i] for i in order(signatures, scope.lattice)]
        for position, signature in enumerate(chosen):
            scope.out.line(scope.decorator("overload"))
            later = chosen[position + 1 :]
            unsafe = any(overlaps_unsafely(signature, other, scope.lattice) for other in later)
            write_def("__getitem__", signature, "", scope, ignore=("overload-overlap",) if unsafe else ())
        if chosen:
            scope.out.line(scope.decorator("overload"))
        several = any(len(record.arguments) > 1 for record in classes)
        text = ("tuple[object, ...]" if several else "str") if chosen else "object"
        scope.out.line(f"def __getitem__(self, arguments: {text}, /) -> {result}: ...")
        scope.out.line("def __len__(self) -> int: ...")
        scope.out.line(f"def __iter__(self) -> {scope.names.imported('collections.abc', 'Iterator')}[{result}]: ...")
        scope.out.line("def __contains__(self, arguments: object, /) -> bool: ...")
    scope.out.gap()
    scope.out.line(f"{name}: {scope.names.imported('typing', 'Final')}[{kind}]")


def _index(arguments: tuple[str, ...], scope: StubScope) -> str:
    if not arguments:
        return "tuple[()]"
    parts = [f"Literal[{a}]" if _is_literal(a, scope) else f"type[{a}]" for a in arguments]
    return parts[0] if len(parts) == 1 else f"tuple[{', '.join(parts)}]"


def _is_literal(argument: str, scope: StubScope) -> bool:
    """A value, as in `Matrix[3, 3]`: what `Literal` takes."""
    if re.fullmatch(r"-?\d+|True|False|'\w'", argument, re.ASCII):
        return True
    return isinstance(scope.index.types.get(argument.rpartition(".")[0]), Enum)
