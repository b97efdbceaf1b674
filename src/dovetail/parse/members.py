"""Members of class template instantiations, through a probe class.

In: instantiations and their patterns.  Out: `model.Class` with nested classes, enums, aliases, in `Instantiated`.
Must not know: why an instantiation is wanted.

libclang does not visit the members of an instantiation. A class that derives from it and names each member in a
using-declaration shows them: clang lists the declarations that such a name stands for, with the arguments in place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

from dovetail.diagnostics import Span
from dovetail.model import (
    Access,
    Base,
    Class,
    Enum,
    Field,
    Function,
    FunctionKind,
    Instantiation,
    Template,
    Type,
    TypeAlias,
    Unread,
)
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.classes import (
    lifted_members,
    method_kind,
    plain_name,
    read_class,
    read_enum,
    read_field,
    read_initialised,
    read_static_field,
    used,
)
from dovetail.parse.declarations import read_parameters
from dovetail.parse.functions import Reader, read_access, read_annotations, read_comment, read_function, read_span
from dovetail.parse.names import RECORDS
from dovetail.parse.probes import NAMESPACE, Precompiled, Probe, ask
from dovetail.parse.source import fold, split_arguments
from dovetail.parse.types import Types

_MEMBERS: Final = (
    CursorKind.CXX_METHOD,
    CursorKind.FUNCTION_TEMPLATE,
    CursorKind.FIELD_DECL,
    CursorKind.VAR_DECL,
    CursorKind.TYPE_ALIAS_DECL,
    CursorKind.TYPEDEF_DECL,
    CursorKind.ENUM_DECL,
    CursorKind.USING_DECLARATION,
    *RECORDS,
)
_PARAMETERS: Final = (CursorKind.TEMPLATE_TYPE_PARAMETER, CursorKind.TEMPLATE_NON_TYPE_PARAMETER)


@final
@dataclass(slots=True)
class Instantiated:
    """What instantiations brought."""

    classes: list[Class] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    aliases: list[TypeAlias] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    templates_inside: list[tuple[Template, Cursor]] = field(default_factory=list)
    """Method and constructor templates of instantiations."""
    functions: list[Function] = field(default_factory=list)
    methods: list[Function] = field(default_factory=list)
    """Instantiations of method templates; their scope is a class that was read already."""
    constructors: list[Function] = field(default_factory=list)
    """The same of constructor templates."""
    unread: list[Unread] = field(default_factory=list)
    instantiations: list[Instantiation] = field(default_factory=list)
    """Those that are no class here: of the standard library, or deeper than is read."""
    readers: list[Reader] = field(default_factory=list)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the reading of instantiations shares."""

    reader: Reader
    """Of the headers' own unit."""
    headers: Precompiled
    result: Instantiated
    called: set[str] = field(default_factory=set)
    """USRs of the instantiations of function templates that were read."""
    listed: dict[str, Span] = field(default_factory=dict)
    """Functions that a rule asks for, by qualified name, with the rule's place."""

    opened: list[Precompiled | None] = field(default_factory=list)
    """The headers without the word `final`, once they were asked for."""

    def new_reader(self) -> Reader:
        """For a probe's unit: types belong to their unit, sources are shared."""
        shared = self.reader
        reader = Reader(shared.sources, Types(), bodies=shared.bodies, macros=shared.macros, dependent=True)
        self.result.readers.append(reader)
        return reader

    def give_up(self, spellings: Mapping[str, Span], reason: str) -> None:
        for spelling, span in spellings.items():
            self.result.unread.append(Unread(name=spelling, kind="class", reason=reason, span=span))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to ask about one instantiation."""

    spelling: str
    pattern: Cursor
    scope: str
    """Namespace of the template, where names of its declaration are found."""
    parameters: tuple[tuple[str, str], ...]
    """(name, declaration) that give the template's parameters their arguments."""
    names: tuple[str, ...]
    constructors: frozenset[int]
    """Offsets of the constructors that are written."""
    friends: tuple[tuple[str, tuple[str, ...], int], ...]
    """(name, types of parameters, offset) of functions that the template declares as friends."""
    inherits: bool
    """It has constructors from a base."""
    conversions: tuple[str, ...]
    bases: tuple[tuple[str, Access, bool], ...]
    """(text, access, virtual)."""
    final: bool
    enumerators: tuple[str, ...]
    """One of each scoped enum inside: clang makes them when one is named."""
    lifted: Mapping[str, tuple[Cursor, Access, tuple[str, ...]]]
    """Members of unnamed unions and structs by name, as `lifted_members` gives them."""


def plan_of(spelling: str, pattern: Cursor, reader: Reader) -> Plan:
    children = clang.children(pattern)
    members: dict[str, None] = {}
    conversions: dict[str, None] = {}
    written: list[tuple[str, Access, bool]] = []
    inherits = False
    for child in children:
        name = clang.spelling(child)
        if child.kind is CursorKind.USING_DECLARATION and _names_constructors(child, reader):
            inherits = True
        elif child.kind is CursorKind.CONVERSION_FUNCTION:
            conversions[_conversion_text(child, reader)] = None
        elif child.kind is CursorKind.CXX_BASE_SPECIFIER:
            text = re.sub(r"^((virtual|public|protected|private)\s+)*", "", _text(child, reader))
            written.append((text, read_access(child), clang.is_virtual_base(child)))
        elif child.kind is CursorKind.ENUM_DECL and names.is_unnamed(name):
            members.update((clang.spelling(each), None) for each in clang.children(child) if clang.spelling(each))
        elif child.kind in _MEMBERS and name and not names.is_unnamed(name):
            members[name] = None
    lifted = {clang.spelling(member): (member, access, path) for member, access, path in lifted_members(children)}
    members.update(dict.fromkeys(lifted))
    base_names = {re.sub(r"<.*|.*::", "", text) for text, _, _ in written}
    inherits = inherits or any(
        child.kind is CursorKind.USING_DECLARATION
        and ("<" in clang.spelling(child) or clang.spelling(child) in base_names)
        for child in children
    )
    plain = plain_name(pattern)
    members.pop(plain, None)
    given = _substitutions(spelling, pattern, reader)
    bases = [(each, access, virtual) for text, access, virtual in written for each in expand(text, given)]
    return Plan(
        spelling=spelling,
        pattern=pattern,
        scope=_namespace(pattern),
        parameters=_parameters(spelling, pattern, reader),
        names=tuple(name for name in members if "<" not in name or name.startswith("operator")),
        constructors=frozenset(
            clang.place(child).offset
            for child in children
            if child.kind in (CursorKind.CONSTRUCTOR, CursorKind.FUNCTION_TEMPLATE)
        ),
        friends=tuple(_friends(children, _own_spelling(pattern, plain))),
        inherits=inherits,
        conversions=tuple(conversions),
        bases=tuple(bases),
        final=any(child.kind is CursorKind.CXX_FINAL_ATTR for child in children),
        enumerators=tuple(_first_enumerators(children)),
        lifted=lifted,
    )


def _first_enumerators(children: Sequence[Cursor]) -> Iterator[str]:
    for child in children:
        if child.kind is CursorKind.ENUM_DECL and child.is_scoped_enum():
            inside = (each for each in clang.children(child) if each.kind is CursorKind.ENUM_CONSTANT_DECL)
            for each in itertools.islice(inside, 1):
                yield f"{clang.spelling(child)}::{clang.spelling(each)}"


def _own_spelling(pattern: Cursor, plain: str) -> re.Pattern[str]:
    """How the template writes itself: `lib::Box<T, Args...>`, whose parameters need not mean anything in a probe."""
    kinds = (*_PARAMETERS, CursorKind.TEMPLATE_TEMPLATE_PARAMETER)
    own = [child for child in clang.children(pattern) if child.kind in kinds]
    arguments = r",\s*".join(re.escape(clang.spelling(child)) + r"(?:\.\.\.)?" for child in own)
    return re.compile(rf"(?:\w+::)*\b{re.escape(plain)}<{arguments}>")


def _friends(children: Sequence[Cursor], own: re.Pattern[str]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    for child in children:
        if child.kind is CursorKind.FRIEND_DECL:
            for function in clang.children(child):
                if function.kind is CursorKind.FUNCTION_DECL:
                    parameters = clang.parameters(function, clang.children(function))
                    types = tuple(own.sub("dovetail_class", clang.type_spelling(part.type)) for part in parameters)
                    yield clang.spelling(function), types, clang.place(function).offset


def _namespace(cursor: Cursor) -> str:
    parent = cursor.semantic_parent
    while parent is not None and parent.kind is not CursorKind.NAMESPACE:
        parent = parent.semantic_parent
    return (
        names.qualified(parent)
        if parent is not None and not clang.is_inline_namespace(parent)
        else (names.scope_of(parent) if parent is not None else "")
    )


def _names_constructors(cursor: Cursor, reader: Reader) -> bool:
    """`using Base<T>::Base;`, also where the base is a template parameter, of which clang has no name."""
    parts = re.sub(r"^using\s+(typename\s+)?|[;.\s]+$", "", _text(cursor, reader)).rsplit("::", 1)
    return len(parts) == 2 and re.sub(r"<.*|.*::|\s", "", parts[0]) == parts[1].strip()


def _text(cursor: Cursor, reader: Reader) -> str:
    start, end = clang.extent(cursor)
    return fold(reader.sources.file(start.path).slice(start.offset, end.offset))


def _conversion_text(cursor: Cursor, reader: Reader) -> str:
    """`operator T*` as the header writes it."""
    start = clang.place(cursor)
    _, end = clang.extent(cursor)
    text = fold(reader.sources.file(start.path).slice(start.offset, end.offset))
    return text[: text.index("(")].strip() if "(" in text else text


def _parameters(spelling: str, pattern: Cursor, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Declarations under which texts of the pattern mean what they mean in the instantiation. Not for what
    `_substitutions` replaces."""
    found = []
    for parameter, text, arguments in _arguments(spelling, pattern, reader):
        name = clang.spelling(parameter)
        if "..." in text or not name or parameter.kind not in _PARAMETERS:
            continue
        if parameter.kind is CursorKind.TEMPLATE_TYPE_PARAMETER:
            found.append((name, f"using {name} = {arguments[0]};"))
        else:
            found.append((name, f"static constexpr decltype({arguments[0]}) {name} = {arguments[0]};"))
    return tuple(found)


def _substitutions(spelling: str, pattern: Cursor, reader: Reader) -> dict[str, tuple[str, ...] | str]:
    """What no declaration in a probe could stand for: the arguments of a pack, and templates as arguments, of which an
    alias would be another template."""
    found: dict[str, tuple[str, ...] | str] = {}
    for parameter, text, arguments in _arguments(spelling, pattern, reader):
        if name := clang.spelling(parameter):
            if "..." in text:
                found[name] = arguments
            elif parameter.kind is CursorKind.TEMPLATE_TEMPLATE_PARAMETER:
                found[name] = arguments[0]
    return found


def _arguments(spelling: str, pattern: Cursor, reader: Reader) -> Iterator[tuple[Cursor, str, tuple[str, ...]]]:
    """Each template parameter, its text and its argument; of a pack all that are left."""
    if pattern.kind is not CursorKind.CLASS_TEMPLATE:
        return
    arguments = split_arguments(spelling)
    kinds = (*_PARAMETERS, CursorKind.TEMPLATE_TEMPLATE_PARAMETER)
    parameters = [child for child in clang.children(pattern) if child.kind in kinds]
    for place, (parameter, text) in enumerate(zip(parameters, read_parameters(pattern, reader), strict=False)):
        # `...` of a template that is an argument is in its own angle brackets.
        pack = "..." in re.sub(r"<[^>]*>", "", text)
        if not pack and place >= len(arguments):
            return
        given = arguments[place:] if pack else arguments[place : place + 1]
        yield parameter, text if pack else text.replace("...", ""), tuple(given)


def expand(text: str, given: Mapping[str, tuple[str, ...] | str]) -> list[str]:
    """A base as written, with arguments in place: `Skills<D>...` is one base for each argument of `Skills`."""
    packs = {name: each for name, each in given.items() if not isinstance(each, str)}
    for name, each in given.items():
        if isinstance(each, str):
            text = _replace(text, name, each)
        else:
            text = _replace(text, rf"sizeof\.\.\.\s*\(\s*{name}\s*\)", str(len(each)))
            text = _replace(text, rf"{name}\s*\.\.\.", ", ".join(each)) if text.rstrip(". ") != name else name
    named = [name for name in packs if re.search(rf"(?<![\w:]){name}(?!\w)", text)]
    if not named:
        return [text]
    # The `...` behind a base is no part of what clang shows of it.
    texts = [text.removesuffix("...").rstrip()] * min(len(packs[name]) for name in named)
    for name in named:
        texts = [_replace(each, name, packs[name][index]) for index, each in enumerate(texts)]
    return texts


def _replace(text: str, name: str, argument: str) -> str:
    return re.sub(rf"(?<![\w:]){name}(?!\w)", lambda _: argument, text)


def read_members(plans: Sequence[Plan], wanted: Mapping[str, Span], work: Work) -> None:
    if not plans:
        return
    probe = Probe()
    lines: dict[int, tuple[int, str]] = {}
    for index, plan in enumerate(plans):
        _write_questions(probe, plan, index, lines)
    answer = ask(probe, work.headers, private=True)
    if answer is None or answer.broken:
        work.give_up({plan.spelling: wanted[plan.spelling] for plan in plans}, "libclang gave up")
        return
    inner = work.new_reader()
    spaces = dict(_probe_spaces(answer.top))
    for index, plan in enumerate(plans):
        space = spaces.get(index)
        # A class or enum with the name of its namespace hides the namespace: the spelling then means nothing there.
        named = {clang.spelling(child) for child in clang.children(space)} if space is not None else set()
        if space is None or not named.issuperset({"dovetail_class", "dovetail_members"}):
            work.give_up({plan.spelling: wanted[plan.spelling]}, "it cannot be derived from")
            continue
        _read_instantiation(plan, space, inner, work)
    for line, (index, name) in lines.items():
        if line in answer.refused:
            plan = plans[index]
            span = wanted[plan.spelling]
            unread = Unread(name=f"{plan.spelling}::{name}", kind="member", reason=answer.refused[line], span=span)
            work.result.unread.append(unread)


def _write_questions(probe: Probe, plan: Plan, index: int, lines: dict[int, tuple[int, str]]) -> None:
    opening = "".join(f"namespace {name} {{ " for name in plan.scope.split("::") if name)
    probe.add(f"{opening}namespace {NAMESPACE}_{index} {{")
    probe.add(f"using dovetail_class = {plan.spelling};")
    for _, text in plan.parameters:
        probe.add(text)
    for place, (text, _, _) in enumerate(plan.bases):
        lines[probe.add(f"using dovetail_base_{place} = {text};")] = (index, text)
    probe.add("template <class T> T dovetail_make() noexcept;")
    for place, (name, types, _) in enumerate(plan.friends):
        # Found by its arguments only, so it has to be called.
        values = ", ".join(f"dovetail_make<{text}>()" for text in types)
        lines[probe.add(f"inline void dovetail_friend_{place}() {{ {name}({values}); }}")] = (index, name)
    probe.add("struct dovetail_members : dovetail_class {")
    if plan.constructors or plan.inherits:
        probe.add("using dovetail_class::dovetail_class;")
    for name in (*plan.names, *plan.conversions):
        lines[probe.add(f"using dovetail_class::{name};")] = (index, name)
    probe.add("};")
    for name in plan.names:
        # Nested classes are instantiated when their size is asked for; other members refuse, which says nothing.
        if re.fullmatch(r"\w+", name):
            probe.add(f"enum : unsigned long {{ dovetail_{name}_size = sizeof(dovetail_class::{name}) }};")
    for place, name in enumerate(plan.enumerators):
        probe.add(f"constexpr auto dovetail_enumerator_{place} = dovetail_class::{name};")
    probe.add("}" * (len([name for name in plan.scope.split("::") if name]) + 1))


def _probe_spaces(top: Sequence[Cursor]) -> list[tuple[int, Cursor]]:
    found: list[tuple[int, Cursor]] = []
    for cursor in top:
        if cursor.kind is CursorKind.NAMESPACE:
            name = clang.spelling(cursor)
            if name.startswith(f"{NAMESPACE}_"):
                found.append((int(name.rpartition("_")[2]), cursor))
            else:
                found.extend(_probe_spaces(clang.children(cursor)))
    return found


def _read_instantiation(plan: Plan, space: Cursor, reader: Reader, work: Work) -> None:
    children = {clang.spelling(child): child for child in clang.children(space)}
    type_ = children["dovetail_class"].underlying_typedef_type.get_canonical()
    declaration = type_.get_declaration()
    members: list[Cursor] = []
    for child in clang.children(children["dovetail_members"]):
        if child.kind is CursorKind.USING_DECLARATION:
            members.extend(used(child))
    # What differs in its `requires` alone has one USR.
    unique = {(clang.usr(member), clang.place(member).offset): member for member in members}
    members = sorted(unique.values(), key=lambda cursor: (clang.place(cursor).path, clang.place(cursor).offset))
    name = plain_name(plan.pattern)
    bases = []
    for place, (_, access, virtual) in enumerate(plan.bases):
        alias = children.get(f"dovetail_base_{place}")
        if alias is not None:
            base = reader.types.read(alias.underlying_typedef_type.get_canonical())
            bases.append(Base(type=base, access=access, virtual=virtual))
    constructors, methods, fields_ = _sort_members(members, plan, declaration, reader, work.result)
    methods += tuple(_read_friends(plan, children, reader))
    read = reader.types.read(type_)
    pattern_children = clang.children(plan.pattern)
    align = type_.get_align()
    work.result.classes.append(
        Class(
            name=name,
            qualified=plan.spelling,
            scope=names.scope_of(declaration),
            type=read,
            span=read_span(plan.pattern, work.reader),
            bases=tuple(bases),
            constructors=constructors,
            methods=methods,
            fields=fields_,
            aggregate_fields=() if bases else read_initialised(plan.pattern, pattern_children),
            union=declaration.kind is CursorKind.UNION_DECL,
            access=read_access(plan.pattern),
            template=_template_name(plan.pattern, plan.spelling),
            defaults=_read_defaults(declaration, plan.pattern, len(read.arguments), reader),
            size=read.size,
            align=align if align > 0 else None,
            deprecated=clang.deprecation(plan.pattern),
            comment=read_comment(plan.pattern, work.reader),
            annotations=read_annotations(pattern_children),
        )
    )


def _read_friends(plan: Plan, children: Mapping[str, Cursor], reader: Reader) -> Iterator[Function]:
    for place, (_, _, offset) in enumerate(plan.friends):
        caller = children.get(f"dovetail_friend_{place}")
        target = _called(caller) if caller is not None else None
        if target is not None and clang.place(target).offset == offset:
            yield read_function(target, reader, FunctionKind.FRIEND)


def _called(cursor: Cursor) -> Cursor | None:
    for child in clang.children(cursor):
        if child.kind is CursorKind.CALL_EXPR:
            target = child.referenced
            return target if target is not None and target.kind is CursorKind.FUNCTION_DECL else None
        found = _called(child)
        if found is not None:
            return found
    return None


def _read_defaults(declaration: Cursor, pattern: Cursor, written: int, reader: Reader) -> tuple[Type | str, ...]:
    """Arguments that the canonical spelling leaves out, up to the first that has no name."""
    found: list[Type | str] = []
    parameters = [child for child in clang.children(pattern) if child.kind.name.startswith("TEMPLATE_")]
    for index in range(written, max(declaration.get_num_template_arguments(), 0)):
        kind = clang.argument_kind(declaration, index)
        if kind == "TYPE":
            found.append(reader.types.read(declaration.get_template_argument_type(index)))
        elif kind == "INTEGRAL":
            value = declaration.get_template_argument_value(index)
            truth = index < len(parameters) and clang.type_kind(parameters[index].type) == "BOOL"
            found.append(("true" if value else "false") if truth else str(value))
        else:
            break
    return tuple(found)


def _template_name(pattern: Cursor, spelling: str) -> str:
    """Of a partial specialisation, too, the name without arguments."""
    return re.sub(r"<.*", "", names.qualified(pattern)) or spelling.partition("<")[0]


def _sort_members(
    members: list[Cursor], plan: Plan, declaration: Cursor, reader: Reader, result: Instantiated
) -> tuple[tuple[Function, ...], tuple[Function, ...], tuple[Field, ...]]:
    name = plain_name(plan.pattern)
    constructors: list[Function] = _default_constructors(plan, name, reader)
    methods: list[Function] = []
    fields_: list[Field] = []
    scope = plan.spelling
    result.enums.extend(_read_unnamed_enums(members, scope, reader))
    for member in members:
        kind = member.kind
        implicit = names.scope_of(member) != scope
        if kind is CursorKind.CONSTRUCTOR:
            written = not implicit and clang.place(member).offset in plan.constructors
            copies = member.is_copy_constructor() or member.is_move_constructor() or member.is_default_constructor()
            if written or (implicit and not copies):
                constructors.append(
                    read_function(
                        member,
                        reader,
                        FunctionKind.CONSTRUCTOR,
                        scope=scope,
                        class_name=name,
                        implicit=implicit,
                    )
                )
        elif kind in (CursorKind.CXX_METHOD, CursorKind.CONVERSION_FUNCTION):
            methods.append(read_function(member, reader, method_kind(member), scope=scope, implicit=implicit))
        elif kind is CursorKind.FIELD_DECL:
            fields_.append(read_field(member, declaration, reader, scope, ()))
        elif kind is CursorKind.VAR_DECL:
            fields_.append(read_static_field(member, reader, scope))
        elif clang.spelling(member) in plan.lifted:
            # An indirect field: clang says its type, and the pattern the rest.
            written, access, path = plan.lifted[clang.spelling(member)]
            field_ = read_field(member, declaration, reader, scope, path, written=written)
            fields_.append(replace(field_, access=access))
        else:
            _read_nested(member, scope, result, reader)
    constructors.sort(key=lambda function: (function.span.path, function.span.line, function.span.column))
    return tuple(constructors), tuple(methods), tuple(fields_)


def _read_unnamed_enums(members: list[Cursor], scope: str, reader: Reader) -> Iterator[Enum]:
    """Their enumerators are members of the class, with the values that they have in this instantiation."""
    groups: dict[str, Cursor] = {}
    for member in members:
        parent = member.semantic_parent if member.kind is CursorKind.ENUM_CONSTANT_DECL else None
        if parent is not None and names.is_unnamed(clang.spelling(parent)) and names.scope_of(parent) == scope:
            groups.setdefault(clang.usr(parent), parent)
    for parent in groups.values():
        yield replace(read_enum(parent, reader), qualified=scope, scope=scope)


def _default_constructors(plan: Plan, name: str, reader: Reader) -> list[Function]:
    """A using-declaration does not bring the constructor without parameters: the pattern's says all there is to say."""
    found = []
    for child in clang.children(plan.pattern):
        if child.kind is CursorKind.CONSTRUCTOR:
            parameters = [part for part in clang.children(child) if part.kind is CursorKind.PARM_DECL]
            if not parameters:
                pattern_reader = replace(reader, types=Types(), defaults=[], default_cursors={})
                found.append(
                    read_function(child, pattern_reader, FunctionKind.CONSTRUCTOR, scope=plan.spelling, class_name=name)
                )
    return found


def _read_nested(member: Cursor, scope: str, result: Instantiated, reader: Reader) -> None:
    name = clang.spelling(member)
    if member.kind in RECORDS:
        if member.is_definition() and clang.children(member):
            result.classes.append(read_class(member, reader, []))
    elif member.kind is CursorKind.ENUM_DECL:
        result.enums.append(read_enum(member, reader))
    elif member.kind in (CursorKind.TYPEDEF_DECL, CursorKind.TYPE_ALIAS_DECL):
        result.aliases.append(
            TypeAlias(
                name=name,
                qualified=f"{scope}::{name}",
                scope=scope,
                type=reader.types.read(member.underlying_typedef_type),
                span=read_span(member, reader),
                access=read_access(member),
                comment=read_comment(member, reader, trailing=True),
            )
        )
    elif member.kind is CursorKind.FUNCTION_TEMPLATE:
        template = Template(
            name=name,
            qualified=f"{scope}::{name}",
            scope=scope,
            kind="method",
            parameters=read_parameters(member, reader),
            span=read_span(member, reader),
            access=read_access(member),
        )
        result.templates.append(template)
        result.templates_inside.append((template, member))
