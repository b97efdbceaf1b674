"""The order of reading: headers found, parsed once, walked, completed by probes.

In: a `Request`.  Out: `model.Module`; problems go to the sink, and then the module is empty.
Must not know: what Python will see of it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dovetail.diagnostics import Sink, Span
from dovetail.model import Class, Default, Function, FunctionKind, Module, TypeAlias, Variable
from dovetail.parse import clang, names
from dovetail.parse.bodies import check_bodies
from dovetail.parse.clang import Cursor, CursorKind, Unit
from dovetail.parse.classes import is_constexpr, is_defined, read_class, read_constant, read_declared_class, read_enum
from dovetail.parse.conversions import read_conversion
from dovetail.parse.declarations import Found, find_declarations, read_includes
from dovetail.parse.defaults import prove
from dovetail.parse.facts import complete
from dovetail.parse.functions import (
    Reader,
    read_access,
    read_annotations,
    read_comment,
    read_function,
    read_span,
)
from dovetail.parse.instantiate import instantiate
from dovetail.parse.locate import RUNTIME, find_own, read_places
from dovetail.parse.macros import read_macros
from dovetail.parse.members import Instantiated, Work
from dovetail.parse.names import RECORDS
from dovetail.parse.nesting import find_open_nesting
from dovetail.parse.probes import Precompiled
from dovetail.parse.problems import Places, report_problems
from dovetail.parse.request import Listed, Request
from dovetail.parse.source import Sources
from dovetail.parse.types import Types, find_unnamed


def read(request: Request, sink: Sink) -> Module:
    """Everything that the headers declare; an empty module where an error was reported."""
    nothing = Module(headers=request.headers)
    places = read_places(request, sink)
    if not places or (len(places) < len(set(request.headers)) and sink.errors):
        return nothing
    if _is_hopeless(places, sink):
        return nothing
    with tempfile.TemporaryDirectory(prefix="dovetail-", ignore_cleanup_errors=True) as folder:
        main = os.path.join(os.path.realpath(folder), "headers.hpp")
        Path(main).write_text("".join(f'#include "{path}"\n' for path in places), encoding="utf-8")
        try:
            unit = clang.parse(main, ["-x", "c++-header", *_arguments(request)], header=True)
        except clang.UnitError:
            flags = " ".join((f"-std={request.std}", *request.flags))
            notes = (f"it may nest too deeply, or clang refuses one of the flags: {flags}",)
            sink.report("DV002", "libclang gave up reading the header", Span(places[0]), notes=notes)
            return nothing
        return _read_unit(unit, main, places, request, sink) or nothing


def _is_hopeless(places: tuple[str, ...], sink: Sink) -> bool:
    for path in places:
        line = find_open_nesting(Path(path).read_bytes())
        if line is not None:
            sink.report("DV002", "template arguments nest deeply and are not closed", Span(path, line))
            return True
    return False


def _arguments(request: Request) -> tuple[str, ...]:
    """The search path is exactly the compiler's, so that clang reads what it will compile."""
    defines = (*request.system_define, *request.define, "DOVETAIL_PARSE=1")
    return (
        f"-std={request.std}",
        "-w",
        "-nostdinc",
        "-ferror-limit=0",
        "-fparse-all-comments",
        "-fretain-comments-from-system-headers",
        *(f"-D{define}" for define in defines),
        *(part for folder in request.include for part in ("-I", folder)),
        *request.flags,
        *(part for folder in request.system_include for part in ("-isystem", folder)),
        "-isystem",
        str(RUNTIME),
    )


def _read_unit(unit: Unit, main: str, places: tuple[str, ...], request: Request, sink: Sink) -> Module | None:
    reader = Reader(Sources(), Types())
    top = clang.children(unit.cursor)
    own = find_own(places, read_includes(top, reader), request)
    whose = Places(headers=places, own=frozenset(own), main=main)
    if not report_problems(unit.problems, whose, reader.sources, sink):
        return None
    path = os.path.join(os.path.dirname(main), "headers.pch")
    try:
        unit.save(path)
    except clang.UnitError:
        sink.report("DV002", "libclang could not keep what it had read")
        return None
    headers = Precompiled(path=path, arguments=_arguments(request))
    found = find_declarations(top, frozenset(own), reader)
    module = _read_found(found, own, places, reader, request)
    work = Work(reader=reader, headers=headers, result=Instantiated())
    listed = (*(Listed("", spelling) for spelling in request.instantiate), *request.instantiate_for)
    listed += tuple(Listed("", spelling, optional=True) for spelling in found.specialised)
    more = instantiate(module, found, listed, work, sink)
    check_bodies(main, work, sink)
    return _complete(module, more, found, reader, headers)


def _read_found(
    found: Found, own: tuple[str, ...], places: tuple[str, ...], reader: Reader, request: Request
) -> Module:
    friends: dict[str, list[Cursor]] = {}
    for key, cursor in found.friends.values():
        friends.setdefault(key, []).append(cursor)
    classes = [read_class(cursor, reader, friends.get(key, [])) for key, cursor in found.classes.items()]
    classes.extend(read_declared_class(cursor, reader) for cursor in found.declared.values())
    functions = [read_function(cursor, reader, FunctionKind.FREE) for cursor in found.functions.values()]
    functions.extend(_read_used_functions(found, reader))
    aliases = [_read_alias(cursor, reader) for cursor in found.aliases.values()]
    aliases.extend(_read_used_types(found, reader))
    variables = [_read_variable(cursor, reader) for cursor in found.variables.values()]
    return Module(
        headers=request.headers,
        files=own,
        namespaces=tuple(found.namespaces),
        classes=tuple(classes),
        enums=tuple(read_enum(cursor, reader) for cursor in found.enums.values()),
        functions=tuple(functions),
        variables=tuple(variables),
        aliases=tuple(aliases),
        templates=tuple(found.templates.values()),
        conversions=tuple(
            made for one in found.conversions.values() if (made := read_conversion(one, reader)) is not None
        ),
        unread=tuple(found.unread),
        comment=reader.sources.file(places[0]).head_comment,
        namespace_comments={name: comment for name, comment in found.namespaces.items() if comment},
    )


def _read_used_functions(found: Found, reader: Reader) -> Iterable[Function]:
    """`using other::f;` at namespace scope, of functions that are the user's own."""
    for target, using in found.used:
        if target.kind is CursorKind.FUNCTION_DECL and clang.usr(target) in found.functions:
            yield read_function(target, reader, FunctionKind.FREE, scope=names.scope_of(using), implicit=True)


def _read_used_types(found: Found, reader: Reader) -> Iterable[TypeAlias]:
    for target, using in found.used:
        if target.kind in RECORDS or target.kind in (
            CursorKind.ENUM_DECL,
            CursorKind.TYPEDEF_DECL,
            CursorKind.TYPE_ALIAS_DECL,
        ):
            yield replace(_read_alias(using, reader, target), span=read_span(using, reader))


def _read_alias(cursor: Cursor, reader: Reader, target: Cursor | None = None) -> TypeAlias:
    scope = names.scope_of(cursor)
    name = clang.spelling(cursor)
    if target is None:
        type_ = reader.types.read(cursor.underlying_typedef_type)
    else:
        name = clang.spelling(target)
        type_ = reader.types.read(target.type)
    return TypeAlias(
        name=name,
        qualified=f"{scope}::{name}" if scope else name,
        scope=scope,
        type=type_,
        span=read_span(cursor, reader),
        access=read_access(cursor),
        comment=read_comment(cursor, reader, trailing=True),
    )


def _read_variable(cursor: Cursor, reader: Reader) -> Variable:
    qualified = names.qualified(cursor)
    type_ = find_unnamed(reader.types.read(cursor.type), qualified)
    constexpr = is_constexpr(cursor)
    return Variable(
        name=clang.spelling(cursor),
        qualified=qualified,
        scope=names.scope_of(cursor),
        type=type_,
        span=read_span(cursor, reader),
        constexpr=constexpr,
        value=read_constant(cursor, type_, reader, constexpr=constexpr),
        inline=is_defined(cursor),
        mangled=clang.mangled(cursor),
        deprecated=clang.deprecation(cursor),
        comment=read_comment(cursor, reader, trailing=True),
        annotations=read_annotations(clang.children(cursor)),
    )


def _complete(module: Module, more: Instantiated, found: Found, reader: Reader, headers: Precompiled) -> Module:
    """The module with what probes say, instantiations included."""
    known: dict[int, Default] = {}
    for one in (reader, *more.readers):
        known.update(prove(one, headers))
    read_classes = [_add_members(item, more) for item in (*module.classes, *more.classes)]
    classes = [
        replace(
            item,
            constructors=tuple(_with_defaults(function, known) for function in item.constructors),
            methods=tuple(_with_defaults(function, known) for function in item.methods),
        )
        for item in read_classes
    ]
    finished, enums = complete(classes, (*module.enums, *more.enums), headers)
    functions = (*module.functions, *more.functions)
    return replace(
        module,
        classes=_in_order(finished),
        enums=enums,
        functions=tuple(_with_defaults(function, known) for function in functions),
        macros=read_macros(found.macros.values(), reader, headers),
        calling_macros=tuple(sorted(found.calling)),
        aliases=(*module.aliases, *more.aliases),
        templates=(*module.templates, *more.templates),
        instantiations=tuple(more.instantiations),
        unread=(*module.unread, *more.unread),
    )


def _add_members(item: Class, more: Instantiated) -> Class:
    methods = tuple(method for method in more.methods if method.scope == item.qualified)
    constructors = tuple(one for one in more.constructors if one.scope == item.qualified)
    if not methods and not constructors:
        return item
    return replace(item, methods=(*item.methods, *methods), constructors=(*item.constructors, *constructors))


def _with_defaults(function: Function, known: dict[int, Default]) -> Function:
    if all(param.default is None for param in function.params):
        return function
    params = tuple(replace(param, default=known.get(id(param.default), param.default)) for param in function.params)
    return replace(function, params=params)


def _in_order(classes: Iterable[Class]) -> tuple[Class, ...]:
    """Base before derived and outer before nested; where that leaves a choice, as given."""
    by_name = {item.qualified: item for item in classes}
    done: dict[str, Class] = {}
    started: set[str] = set()

    def place(item: Class) -> None:
        if item.qualified in started:
            return
        started.add(item.qualified)
        for name in (item.scope, *(base.type.bare for base in item.bases)):
            if name in by_name:
                place(by_name[name])
        done[item.qualified] = item

    for item in by_name.values():
        place(item)
    return tuple(done.values())
