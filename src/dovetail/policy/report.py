"""Report: what was bound, what was not, and honest counts.

In: everything skipped.  Out: `plan.Counts`, sorted `plan.Skipped`; DV003.  Must not know: how it is printed.

The counting rule. M counts the public callables of the headers' own declarations that a C++ caller could call:
free functions, methods (static, from `using`), constructors (written or inherited), operators, conversions.
Not in M: what is deleted, not exported by the library (C++ could not link it either), not public, in a private
namespace, skipped by a rule; destructors, `operator=`, `operator new` and `delete`; constructors of classes that cannot
be made outside of C++ (no public destructor, abstract: unless Python can derive from them); overloads that take the
same Python arguments as another one (`T&&` beside `const T&`, const beside non-const), and copies of exceptions; what
dovetail adds itself (`__len__`).
N are those of M that Python reaches: under their own name, as an operator, or through a protocol (`begin` by `iter`).
Function templates without listed instantiations are patterns, not callables: they are listed, and counted beside.
"""

from __future__ import annotations

from collections import Counter

from dovetail import plan
from dovetail.diagnostics import CODES
from dovetail.model import Access, Template, is_private
from dovetail.policy.draft import Draft
from dovetail.policy.scopes import namespace_of

KINDS = {"class": "class", "function": "function", "method": "method", "alias": "alias", "body": "template"}


def decide_report(draft: Draft) -> None:
    """Pass: templates and unread declarations; an error where nothing at all is bound."""
    used = find_used_templates(draft)
    for template in draft.model.templates:
        hidden = is_private(template.qualified) or template.access is not Access.PUBLIC
        owner = namespace_of(template.scope, draft.model.namespaces)
        if hidden or template in used or owner not in draft.paths or template.kind == "alias":
            continue
        if template.scope != owner and template.scope not in draft.classes:
            continue
        if draft.rules.view(template.qualified, scope=template.scope).rule.skip:
            continue
        draft.templates += template.kind in ("function", "method")
        draft.skip(
            template.qualified, "template", "DV031", explain_template(draft, template), template.span, counts=False
        )
    for unread in draft.model.unread:
        if not is_private(unread.name):
            kind, code = KINDS.get(unread.kind, unread.kind), "DV087" if unread.kind == "body" else "DV036"
            draft.skip(unread.name, kind, code, unread.reason, unread.span, counts=False)
    something = draft.bound or draft.classes or draft.enums or draft.constants or draft.variables
    if not something:
        headers = ", ".join(f"`{h}`" for h in draft.model.headers)
        why = Counter(item.code for item in draft.skipped)
        notes = tuple(f"left out: {number} {CODES[code].title} ({code})" for code, number in why.most_common())
        helps = ("name the `sources` or `libs` that define what the headers declare",) if "DV050" in why else ()
        draft.sink.report("DV003", f"nothing to bind in {headers}", draft.settings.span, notes=notes, helps=helps)


def find_used_templates(draft: Draft) -> frozenset[Template]:
    """Those with an instantiation. Listed ones name all overloads of a function template, deduced ones mean one."""
    names = {c.template for c in draft.model.classes if c.template} | {i.template for i in draft.model.instantiations}
    members = (f for c in draft.model.classes for f in (*c.constructors, *c.methods))
    made = [f for f in (*draft.model.functions, *members) if f.template_arguments]
    names |= {f"{f.scope}::{f.name}" if f.scope else f.name for f in made if not f.deduced}
    spans = {f.pattern for f in made if f.deduced}
    return frozenset(t for t in draft.model.templates if t.qualified in names or t.span in spans)


def explain_template(draft: Draft, template: Template) -> str:
    """With the rule that lists instantiations."""
    rule = f'`"{draft.rules.shorten(template.qualified)}" = {{ instantiate = ["int"] }}`'
    return f"a template ({template.kind}) with no instantiation in these headers; a rule such as {rule} lists some"


def count(draft: Draft) -> plan.Counts:
    return plan.Counts(
        callables_bound=draft.bound,
        callables=draft.bound + sum(s.counts for s in draft.skipped),
        classes=len(draft.own_classes()),
        enums=sum(not enum_.module for enum_ in draft.enums.values()),
        fields_bound=draft.fields_bound,
        fields=draft.fields,
        templates=draft.templates,
    )
