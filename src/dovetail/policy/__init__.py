"""Decisions: the model becomes a plan.

In: `model.Module`, settings, exported symbols.  Out: `plan.Module`; findings in the sink.
Must not know: clang, how anything is emitted or compiled.

`PASSES` run in order over one `Draft`; each is one policy in a file of its own, whose docstring states the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dovetail import model, plan
from dovetail.config import ModuleSettings
from dovetail.diagnostics import Sink
from dovetail.policy.aliases import decide_aliases
from dovetail.policy.assemble import assemble
from dovetail.policy.attach import decide_destructors
from dovetail.policy.awaiting import decide_awaiting
from dovetail.policy.bases import decide_bases
from dovetail.policy.classes import decide_class_names, decide_classes
from dovetail.policy.comparisons import decide_comparisons
from dovetail.policy.constants import decide_constants
from dovetail.policy.containers import decide_containers
from dovetail.policy.contexts import decide_contexts
from dovetail.policy.draft import Draft
from dovetail.policy.endings import decide_endings
from dovetail.policy.enums import decide_enums
from dovetail.policy.exported import check_exported
from dovetail.policy.failures import decide_errors
from dovetail.policy.fields import decide_fields
from dovetail.policy.functions import decide_free_functions, decide_methods
from dovetail.policy.identity import settle_holds
from dovetail.policy.inner import add_inner
from dovetail.policy.limited import check_limited
from dovetail.policy.overloads import decide_overloads
from dovetail.policy.own import decide_own
from dovetail.policy.pickling import decide_pickling
from dovetail.policy.plain import narrow_to_plain
from dovetail.policy.pointing import decide_pointing
from dovetail.policy.properties import decide_properties
from dovetail.policy.protocols import decide_protocols
from dovetail.policy.report import decide_report
from dovetail.policy.rules import RuleIndex
from dovetail.policy.scopes import decide_scopes, find_namespace
from dovetail.policy.select import decide_selection
from dovetail.policy.selectors import decide_selectors
from dovetail.policy.showing import decide_showing
from dovetail.policy.used import Used, decide_used, set_aside
from dovetail.policy.virtuals import decide_protected, decide_virtuals, settle_virtuals

__all__ = ["PASSES", "Used", "add_inner", "check_exported", "decide", "narrow_to_plain"]

PASSES: tuple[Callable[[Draft], None], ...] = (
    decide_selectors,
    decide_scopes,
    decide_own,
    decide_selection,
    decide_errors,
    decide_endings,
    decide_class_names,
    decide_enums,
    decide_containers,
    decide_bases,
    decide_classes,
    decide_virtuals,
    decide_destructors,
    decide_methods,
    decide_protected,
    decide_free_functions,
    decide_comparisons,
    decide_overloads,
    decide_fields,
    decide_properties,
    decide_protocols,
    settle_virtuals,
    decide_pointing,
    decide_contexts,
    decide_showing,
    decide_pickling,
    decide_awaiting,
    settle_holds,
    decide_constants,
    decide_aliases,
    decide_report,
)


def decide(
    module: model.Module,
    settings: ModuleSettings,
    exports: frozenset[str] | None,
    sink: Sink,
    used: Sequence[Used] = (),
) -> plan.Module:
    """The plan of a module. `exports`: symbols that the linked libraries define; None where nobody knows. `used`: what
    other modules have bound."""
    aside = set_aside(module, used)
    module = aside.model
    namespace = find_namespace(module, settings.namespace)
    draft = Draft(
        model=module,
        settings=settings,
        exports=exports,
        sink=sink,
        rules=RuleIndex(settings.rules, namespace, sink),
        namespace=namespace,
    )
    decide_used(draft, aside)
    for decide_pass in PASSES:
        decide_pass(draft)
    decided = assemble(draft)
    check_limited(decided, settings, tuple(each.shared for each in used), sink)
    return decided
