"""Listed instantiations of class templates: what a rule asks for, in as few words as it takes.

In: `Listed` records.  Out: classes by canonical spelling; DV010, DV012 at the rule.
Must not know: how the members of a class are found.

`Box<int>` and `int` for the template `Box` are `lib::Box<int>`. Names in the arguments are looked up in the template's
own namespace too. `Vec::cast` means the method of every instantiation of `Vec`. A glob (`lib::*`) means every free
function template that takes the arguments.
"""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable, Sequence

from dovetail.diagnostics import Sink, Span
from dovetail.model import Instantiation, Module, Template, TypeKind, is_private
from dovetail.parse import clang
from dovetail.parse.members import Work
from dovetail.parse.probes import Probe, ask
from dovetail.parse.request import Listed
from dovetail.parse.source import fold
from dovetail.parse.types import Types

FUNCTIONS = ("function", "method")


def without_arguments(spelling: str) -> str:
    """`lib::Box` of `lib::Box<int>`, `lib::Box<int>::as` of `lib::Box<int>::as<char>`."""
    if not spelling.endswith(">"):
        return spelling
    depth = 0
    for index in range(len(spelling) - 1, -1, -1):
        depth += (spelling[index] == ">") - (spelling[index] == "<")
        if depth == 0:
            return spelling[:index].rstrip()
    return spelling


def without_all_arguments(spelling: str) -> str:
    """`lib::Box::as` of `lib::Box<int>::as`."""
    kept, depth = [], 0
    for sign in spelling:
        depth += sign == "<"
        if depth == 0:
            kept.append(sign)
        depth -= sign == ">"
    return "".join(kept)


def complete(item: Listed, templates: Sequence[Template]) -> list[tuple[str, Template]]:
    """The whole spelling, and the template it names; several where it names a member of every instantiation."""
    plain = fold(item.text).removeprefix("::")
    if is_for_all(item, templates):
        selector = item.selector.strip().removeprefix("::")
        free = {one.qualified: one for one in templates if one.kind == "function" and not is_private(one.qualified)}
        fitting = [name for name in free if any(map(fnmatch.fnmatchcase, (name, name), (selector, f"*::{selector}")))]
        return [(f"{name}<{plain}>", free[name]) for name in fitting]
    name = without_arguments(plain)
    named = find_templates(name, templates)
    selected = find_templates(without_arguments(item.selector.partition("(")[0].strip().removeprefix("::")), templates)
    if named and (not selected or any(template in selected for template in named)):
        return [(template.qualified + plain[len(name) :], template) for template in named]
    return [(f"{template.qualified}<{plain}>", template) for template in selected]


def is_for_all(item: Listed, templates: Sequence[Template]) -> bool:
    """A glob with arguments, not with the name of a template."""
    glob = "*" in item.selector.replace("operator*", "") or "?" in item.selector
    return glob and not find_templates(without_arguments(fold(item.text).removeprefix("::")), templates)


def find_templates(name: str, templates: Sequence[Template]) -> list[Template]:
    """By qualified name, or by its last parts where only one name ends in them; of overloads the first."""
    if not name:
        return []
    for plain in (False, True):
        names = {
            template.qualified: without_all_arguments(template.qualified) if plain else template.qualified
            for template in templates
        }
        chosen = [key for key, text in names.items() if text == name]
        chosen = chosen or [key for key, text in names.items() if text.endswith(f"::{name}")]
        if len({without_all_arguments(key) for key in chosen}) == 1:
            return [next(template for template in templates if template.qualified == key) for key in chosen]
    return []


def read_listed_classes(listed: Sequence[Listed], module: Module, work: Work, sink: Sink) -> dict[str, Span]:
    """Canonical spellings, each with the place of its rule. What names no class is left to others."""
    wanted: dict[str, tuple[Template | None, Span]] = {}
    for item in dict.fromkeys(listed):
        chosen = complete(item, module.templates)
        if not chosen and item.text.strip().removeprefix("::").startswith("std::"):
            wanted[fold(item.text).removeprefix("::")] = None, item.span
        for spelling, template in chosen:
            if template.kind not in FUNCTIONS:
                wanted[spelling] = template, item.span
    return _resolve(wanted, module, work, sink) if wanted else {}


def report_unknown(item: Listed, templates: Sequence[Template], sink: Sink) -> None:
    names = list(dict.fromkeys(template.qualified for template in templates))
    near = difflib.get_close_matches(without_arguments(item.text), names, n=3)
    helps = (f"did you mean {' or '.join(f'`{name}<…>`' for name in near)}?",) if near else ()
    listing = (f'"{names[0]}" = {{ instantiate = ["int"] }}     # the template, and its arguments',) if names else ()
    sink.report("DV010", f"no template of that name: `{item.text}`", item.span, helps=helps or listing)


def open_namespaces(listed: Iterable[Template | None], module: Module) -> tuple[str, ...]:
    """Namespaces of the templates: their own names are written there without qualification."""
    found: dict[str, None] = {}
    for template in listed:
        parts = template.scope.split("::") if template is not None else []
        while parts and "::".join(parts) not in module.namespaces:
            parts.pop()
        if parts:
            found["::".join(parts)] = None
    return tuple(found)


def new_probe(spaces: tuple[str, ...]) -> Probe:
    probe = Probe()
    for space in spaces:
        probe.add(f"using namespace {space};")
    return probe


def _resolve(
    listed: dict[str, tuple[Template | None, Span]], module: Module, work: Work, sink: Sink
) -> dict[str, Span]:
    probe = new_probe(open_namespaces((template for template, _ in listed.values()), module))
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
        template, span = listed[spelling]
        if type_.kind is TypeKind.RECORD and type_.declaration is not None:
            seen.add(spelling)
            if template is None or type_.declaration.startswith("std::"):
                one = Instantiation(spelling=type_.bare, template=type_.declaration, span=span)
                work.result.instantiations.append(one)
            else:
                found[type_.bare] = span if span.path else template.span
    for line, spelling in lines.values():
        if spelling not in seen:
            reason = answer.refused.get(line, "it does not name a class")
            sink.report("DV012", f"cannot instantiate `{spelling}`", listed[spelling][1], notes=(f"clang: {reason}",))
    return found
