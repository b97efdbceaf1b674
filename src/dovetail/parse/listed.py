"""Listed instantiations: what a rule asks for, in as few words as it takes.

In: spellings such as `lib::Box<int>`, or `int` beside the name of its template.  Out: functions in `Instantiated`,
classes by canonical spelling; DV010, DV012.
Must not know: how the members of a class are found.

`Box<int>` and `int` for the template `Box` are `lib::Box<int>`. Names in the arguments are looked up in the template's
own namespace too. Of overloaded function templates each that takes the arguments is instantiated.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dovetail.diagnostics import NO_SPAN, Sink, Span
from dovetail.model import FunctionKind, Instantiation, Module, Template, Type, TypeKind
from dovetail.parse import clang, names
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.classes import method_kind
from dovetail.parse.declarations import Found
from dovetail.parse.functions import FUNCTIONS, Reader, read_function
from dovetail.parse.members import Work
from dovetail.parse.probes import Probe, ask
from dovetail.parse.source import split_arguments
from dovetail.parse.types import Types

Listed = tuple[str, str]
"""The name for which it is listed ("" for none), and the spelling or the arguments alone."""
PARAMETERS = (CursorKind.TEMPLATE_TYPE_PARAMETER, CursorKind.TEMPLATE_NON_TYPE_PARAMETER)


def without_arguments(spelling: str) -> str:
    return spelling.partition("<")[0]


def read_listed(listed: Sequence[Listed], module: Module, found: Found, work: Work, sink: Sink) -> dict[str, Span]:
    """Reads those of functions; gives those of classes by canonical spelling."""
    templates = {item.qualified: item for item in module.templates}
    classes: dict[str, Template | None] = {}
    functions: dict[str, Template] = {}
    for selector, text in dict.fromkeys(listed):
        spelling, template = complete(selector, text, templates)
        if template is not None and template.kind in ("function", "method"):
            functions[spelling] = template
        elif template is not None or spelling.startswith("std::"):
            classes[spelling] = template
        else:
            report_unknown(text, templates, sink)
    spaces = _open_namespaces((*functions.values(), *classes.values()), module)
    _read_functions(functions, found, spaces, work, sink)
    return _resolve(classes, spaces, work, sink)


def complete(selector: str, text: str, templates: Mapping[str, Template]) -> tuple[str, Template | None]:
    """The whole spelling, and the template it names."""
    plain = text.strip().removeprefix("::")
    name = without_arguments(plain).strip()
    template = find_template(name, templates)
    if template is not None:
        return template.qualified + plain[len(without_arguments(plain)) :], template
    selected = find_template(without_arguments(selector.partition("(")[0]).strip().removeprefix("::"), templates)
    if selected is not None:
        return f"{selected.qualified}<{plain}>", selected
    return plain, None


def find_template(name: str, templates: Mapping[str, Template]) -> Template | None:
    """By qualified name, or by its last parts where only one template ends in them."""
    if name in templates:
        return templates[name]
    ending = [template for qualified, template in templates.items() if name and qualified.endswith(f"::{name}")]
    return ending[0] if len(ending) == 1 else None


def report_unknown(text: str, templates: Mapping[str, Template], sink: Sink) -> None:
    near = difflib.get_close_matches(without_arguments(text), templates, n=3)
    helps = (f"did you mean {' or '.join(f'`{name}<…>`' for name in near)}?",) if near else ()
    listing = (f'"{next(iter(templates))}" = {{ instantiate = ["int"] }}     # the template, and its arguments',)
    sink.report("DV010", f"no template of that name: `{text}`", helps=helps or (listing if templates else ()))


def _open_namespaces(listed: Iterable[Template | None], module: Module) -> tuple[str, ...]:
    """Namespaces of the templates: their own names are written there without qualification."""
    found: dict[str, None] = {}
    for template in listed:
        parts = template.scope.split("::") if template is not None else []
        while parts and "::".join(parts) not in module.namespaces:
            parts.pop()
        if parts:
            found["::".join(parts)] = None
    return tuple(found)


def _new_probe(spaces: tuple[str, ...]) -> Probe:
    probe = Probe()
    for space in spaces:
        probe.add(f"using namespace {space};")
    return probe


def _resolve(listed: dict[str, Template | None], spaces: tuple[str, ...], work: Work, sink: Sink) -> dict[str, Span]:
    if not listed:
        return {}
    probe = _new_probe(spaces)
    lines = {
        f"dovetail_alias_{index}": (probe.add(f"using dovetail_alias_{index} = {spelling};"), spelling)
        for index, spelling in enumerate(listed)
    }
    answer = ask(probe, work.headers)
    if answer is None:
        return {}
    found: dict[str, Span] = {}
    seen: set[str] = set()
    kinds = Types()
    for cursor in answer.top:
        line, spelling = lines.get(clang.spelling(cursor), (0, ""))
        if not line or line in answer.refused:
            continue
        type_ = kinds.read(cursor.underlying_typedef_type)
        template = listed[spelling]
        if type_.kind is TypeKind.RECORD and type_.declaration is not None:
            seen.add(spelling)
            if template is None or type_.declaration.startswith("std::"):
                one = Instantiation(spelling=type_.bare, template=type_.declaration, span=NO_SPAN)
                work.result.instantiations.append(one)
            else:
                found[type_.bare] = template.span
    for line, spelling in lines.values():
        if spelling not in seen:
            reason = answer.refused.get(line, "it does not name a class")
            sink.report("DV012", f"cannot instantiate `{spelling}`", notes=(f"clang: {reason}",))
    return found


def _read_functions(listed: dict[str, Template], found: Found, spaces: tuple[str, ...], work: Work, sink: Sink) -> None:
    """First by name alone; what that does not settle is asked for by the type of each overload."""
    if not listed:
        return
    reasons: dict[str, str] = {}
    plain = [(spelling, f"&{spelling}", "") for spelling in listed]
    left = {spelling: listed[spelling] for spelling in _ask_functions(plain, listed, spaces, work, reasons)}
    cast = [(spelling, *each) for spelling in left for each in _casts(spelling, left[spelling], found)]
    for spelling in _ask_functions(cast, left, spaces, work, {}) if cast else left:
        reason = reasons.get(spelling, "it does not name one function")
        sink.report("DV012", f"cannot instantiate `{spelling}`", listed[spelling].span, notes=(f"clang: {reason}",))


def _ask_functions(
    questions: Sequence[tuple[str, str, str]],
    listed: Mapping[str, Template],
    spaces: tuple[str, ...],
    work: Work,
    reasons: dict[str, str],
) -> list[str]:
    """Reads what each (spelling, expression, declarations before it) names; the spellings that named nothing."""
    probe = _new_probe(spaces)
    lines = {
        f"dovetail_function_{index}": (
            probe.add(
                f"{before.replace('dovetail_type', f'dovetail_type_{index}')} auto dovetail_function_{index} = "
                f"{expression.replace('dovetail_type', f'dovetail_type_{index}')};"
            ),
            spelling,
        )
        for index, (spelling, expression, before) in enumerate(questions)
    }
    aliases = {
        f"dovetail_argument_{index}": (text, probe.add(f"using dovetail_argument_{index} = {text};"))
        for index, text in enumerate(dict.fromkeys(text for each in listed for text in split_arguments(each)))
    }
    answer = ask(probe, work.headers)
    if answer is None:
        return list(listed)
    inner = work.new_reader()
    given: dict[str, Type] = {}
    for cursor in answer.top:
        text, line = aliases.get(clang.spelling(cursor), ("", 0))
        if line and line not in answer.refused:
            given[text] = inner.types.read(cursor.underlying_typedef_type.get_canonical())
    seen: set[str] = set()
    for cursor in answer.top:
        line, spelling = lines.get(clang.spelling(cursor), (0, ""))
        target = _first_reference(cursor) if line and line not in answer.refused else None
        if target is None:
            continue
        seen.add(spelling)
        arguments = _function_arguments(target, inner) or _written_arguments(spelling, given)
        scope = names.scope_of(target)
        free = listed[spelling].kind == "function"
        function = read_function(target, inner, FunctionKind.FREE if free else method_kind(target), scope=scope)
        texts = ", ".join(part if isinstance(part, str) else part.canonical for part in arguments)
        named = replace(function, qualified=f"{function.qualified}<{texts}>", template_arguments=arguments)
        (work.result.functions if free else work.result.methods).append(named)
    for line, spelling in lines.values():
        if line in answer.refused:
            reasons.setdefault(spelling, answer.refused[line])
    return [spelling for spelling in listed if spelling not in seen]


def _casts(spelling: str, template: Template, found: Found) -> Iterator[tuple[str, str]]:
    """For each overload of the template: an expression that names it alone, and the alias that this needs."""
    arguments = split_arguments(spelling)
    for key, each in found.templates.items():
        if each.qualified != template.qualified:
            continue
        cursor = found.template_cursors[key]
        parameters = [child for child in clang.children(cursor) if child.kind in PARAMETERS]
        if len(parameters) != len(arguments):
            continue
        texts = []
        for parameter in parameters:
            kind = clang.type_spelling(parameter.type)
            typename = parameter.kind is CursorKind.TEMPLATE_TYPE_PARAMETER
            texts.append(f"{'typename' if typename else kind} {clang.spelling(parameter)}")
        alias = f"template <{', '.join(texts)}> using dovetail_type = {clang.type_spelling(cursor.type)};"
        space = names.scope_of(cursor) if each.kind == "function" else names.scope_of(cursor.semantic_parent)
        before = f"namespace {space} {{ {alias} }}" if space else alias
        name = f"{space}::dovetail_type<{', '.join(arguments)}>" if space else f"dovetail_type<{', '.join(arguments)}>"
        member = each.kind == "method" and not cursor.is_static_method()
        pointer = f"{names.scope_of(cursor)}::*" if member else "*"
        yield f"static_cast<{name} {pointer}>(&{spelling})", before


def _first_reference(cursor: Cursor) -> Cursor | None:
    for child in clang.children(cursor):
        if child.kind is CursorKind.DECL_REF_EXPR:
            target = child.referenced
            return target if target is not None and target.kind in FUNCTIONS else None
        found = _first_reference(child)
        if found is not None:
            return found
    return None


def _written_arguments(spelling: str, types: Mapping[str, Type]) -> tuple[Type | str, ...]:
    """As they were listed: libclang knows those of functions, not those of methods."""
    return tuple(types.get(text, text) for text in split_arguments(spelling))


def _function_arguments(target: Cursor, reader: Reader) -> tuple[Type | str, ...]:
    found: list[Type | str] = []
    for index in range(max(target.get_num_template_arguments(), 0)):
        type_ = target.get_template_argument_type(index)
        if clang.type_kind(type_) == "INVALID":
            found.append(str(target.get_template_argument_value(index)))
        else:
            found.append(reader.types.read(type_))
    return tuple(found)
