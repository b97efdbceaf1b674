"""Functions: each public callable becomes a candidate overload, or is listed with its reason.

In: constructors, methods, operators, conversions, free functions.  Out: candidates in buckets, `Skipped`.
Must not know: which of several candidates survive (`overloads`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from dovetail import model, plan
from dovetail.convert import Passing, Refusal, take_apart
from dovetail.model import Access, FunctionKind, Type, is_private
from dovetail.plan import Call, Return
from dovetail.policy.array_results import decide_array_result, suggest_rules
from dovetail.policy.attach import add_attached, find_role
from dovetail.policy.bases import find_lent, member_names
from dovetail.policy.candidates import add_candidate, make_overload
from dovetail.policy.conversions import place_conversion
from dovetail.policy.draft import Bucket, ClassDraft, Draft
from dovetail.policy.exports import is_c_function, is_complete, is_exported
from dovetail.policy.failures import decide_failure
from dovetail.policy.freed import settle_free
from dovetail.policy.lending import lend
from dovetail.policy.names import noun, style, to_snake_case
from dovetail.policy.operators import COMPARISONS, MIRRORED, place_operator, symbol_of
from dovetail.policy.ownership import Given, decide_result, report_owner
from dovetail.policy.parameters import decide_parameters
from dovetail.policy.placement import Placement, Unplaced
from dovetail.policy.rules import View, signature_of
from dovetail.policy.scopes import namespace_of
from dovetail.policy.spoken import refuse_spoken, spoken_name
from dovetail.policy.streams import returns_argument
from dovetail.policy.temporaries import decide_temporary, is_for_temporaries, lends_itself
from dovetail.policy.threads import decide_threads
from dovetail.policy.twins import find_twin
from dovetail.policy.values import builtin
from dovetail.policy.variadic import settle_variadic, wrap_list

SYMBOLS = {name: symbol for symbol, name in COMPARISONS.items()}
RESULTS = "dovetail/core/results.h"
TRUTHS = ("__bool__", "__lt__", "__le__", "__gt__", "__ge__")


def decide_methods(draft: Draft) -> None:
    """Pass: constructors and methods of every class, and what unbound bases lend to it."""
    for entry in draft.all_classes():
        counts = not is_private(entry.cpp)
        for function in (*entry.model.constructors, *entry.model.methods):
            decide_function(draft, function, entry, counts=counts)
        if not entry.raised:
            lend_methods(draft, entry)


def decide_free_functions(draft: Draft) -> None:
    """Pass: functions and operators at namespace scope."""
    for function in draft.model.functions:
        outside = namespace_of(function.scope, draft.model.namespaces) not in draft.paths
        if not outside and not is_private(function.scope) and not function.name.startswith("~"):
            decide_function(draft, function, None)


def lend_methods(draft: Draft, entry: ClassDraft) -> None:
    """Methods of bases that are no Python base are callable all the same, as far as C++ finds them by their name."""
    lent = find_lent(draft, entry)
    hidden = member_names(entry.model)
    for base in entry.lenders:
        for method in base.methods:
            plain = method.kind in (FunctionKind.METHOD, FunctionKind.STATIC) and not symbol_of(method)
            found = lent.get(method.name) == base.qualified and method.name not in hidden
            if plain and found and not method.name.startswith("~"):
                decide_function(draft, method, entry, counts=False)


def bases_of(draft: Draft, class_: model.Class) -> list[model.Class]:
    """All classes of the model that a class derives from publicly, nearest first."""
    found: list[model.Class] = []
    queue = [b.type for b in class_.bases if b.access is Access.PUBLIC]
    while queue:
        base = draft.known.get(queue.pop(0).bare)
        if base is not None and base not in found:
            found.append(base)
            queue += [b.type for b in base.bases if b.access is Access.PUBLIC]
    return found


def decide_function(draft: Draft, function: model.Function, owner: ClassDraft | None, *, counts: bool = True) -> None:
    """One function: candidates into a bucket, or the reason why not."""
    derivable = owner is not None and bool(owner.slots) and function.kind is FunctionKind.CONSTRUCTOR
    if derivable and function.access is Access.PROTECTED:
        counts = False
    elif function.access is not Access.PUBLIC or function.name.startswith("~"):
        return
    signature = signature_of(function)
    view = draft.rules.view(function.qualified, signature, function.annotations, function.scope, function.span)
    if owner is not None and not counts:
        draft.uncounted.add((owner.path, id(function)))
    keep = len(draft.containers)
    called, said = settle_variadic(draft, function, view)
    outcome = refuse(draft, called, owner, said) or attempt(draft, called, owner, said)
    if isinstance(outcome, Refusal) and outcome.code == "DV041":
        outcome = find_twin(draft, function) or outcome
    match outcome:
        case None:
            draft.bound += counts
        case Unplaced(bound=True):
            draft.bound += counts
        case Refusal() if frees(draft, function):
            # Called for what a rule says it ends: Python never has that.
            draft.forget_containers(keep)
            draft.bound += counts
        case Unplaced() | Refusal():
            draft.forget_containers(keep)
            # Nobody asked for `operator<<` of a type that is Python's own, where a template has it for every type.
            placed = isinstance(outcome, Unplaced) and outcome.counts and not function.deduced
            counted = placed if isinstance(outcome, Unplaced) else outcome.code not in NOT_COUNTED
            if counts:
                kind = (
                    "constructor"
                    if function.kind is FunctionKind.CONSTRUCTOR
                    else "function"
                    if not owner
                    else "method"
                )
                advised = outcome.code in ("DV023", "DV041", "DV045")
                outputs, arrays = suggest_rules(draft, function, owner, view) if advised else ((), ())
                draft.skip(
                    signature,
                    kind,
                    outcome.code,
                    outcome.reason,
                    function.span,
                    counts=counted,
                    outputs=outputs,
                    arrays=arrays,
                )


def frees(draft: Draft, function: model.Function) -> bool:
    """A rule `free` names it."""
    return any(draft.rules.shorten(function.qualified) in rule.free for rule in draft.settings.rules)


NOT_COUNTED = frozenset({"DV032", "DV033", "DV037", "DV038", "DV050"})


def refuse(draft: Draft, function: model.Function, owner: ClassDraft | None, view: View) -> Refusal | None:
    """Why a function is not even tried."""
    if function.deleted:
        return Refusal(code="DV032", reason="it is deleted")
    if view.rule.skip:
        return Refusal(code="DV033", reason="a rule says skip")
    if function.kind is FunctionKind.CONSTRUCTOR and owner is not None:
        if owner.no_constructor:
            return Refusal(code="DV038", reason=f"`{owner.cpp}` cannot be made: {owner.no_constructor}")
        own = own_argument(function, owner)
        if own is Passing.RVALUE:
            return Refusal(code="DV037", reason="Python objects are not moved from")
        if owner.raised and own is not None:
            return Refusal(code="DV037", reason="Python passes the exception itself on, it is never copied")
    if function.variadic:
        return Refusal(code="DV030", reason="it takes C varargs")
    if not is_exported(draft, function):
        where = "header" if function.undefined else "linked library"
        if is_c_function(draft, function):
            return Refusal(code="DV050", reason='a C function has the name; declare it within extern "C"')
        return Refusal(code="DV050", reason=f"no {where} defines it")
    return None


def own_argument(function: model.Function, owner: ClassDraft) -> Passing | None:
    """How a copy or move constructor takes the other object; None for every other constructor."""
    if len(function.params) != 1:
        return None
    core, passing = take_apart(function.params[0].type)
    return passing if core.bare in (owner.cpp, owner.model.type.bare) else None


def attempt(draft: Draft, function: model.Function, owner: ClassDraft | None, view: View) -> Refusal | Unplaced | None:
    """Candidates into their bucket; None where it worked."""
    if function.kind is FunctionKind.CONVERSION and owner is not None:
        placements = place_conversion(function, owner)
        if not placements:
            return Refusal(code="DV040", reason=f"no conversion to `{function.returns.written}` in Python")
        refused = [add_placed(draft, function, each, view) for each in placements]
        return refused[0]
    if owner is None and (role := find_role(draft, function, view)) is not None:
        return add_attached(draft, function, role, view)
    if symbol_of(function) and not spoken_name(draft, function):
        placed = place_operator(draft, function, owner)
        return placed if isinstance(placed, Unplaced) else add_placed(draft, function, placed, view)
    return refuse_spoken(draft, function) or add_plain(draft, function, owner, view)


def add_plain(draft: Draft, function: model.Function, owner: ClassDraft | None, view: View) -> Refusal | None:
    """A function, method or constructor under its own name."""
    taken = decide_parameters(draft, function, view)
    if isinstance(taken, Refusal):
        return taken
    constructs = function.kind is FunctionKind.CONSTRUCTOR
    static = function.kind is FunctionKind.STATIC
    member = owner is not None and function.kind is FunctionKind.METHOD
    given = Given(result=plan.Result(how=Return.NONE))
    if not constructs and not returns_argument(function):
        said = settle_free(draft, function, view)
        if any(p.extent for p in taken.params):
            said = replace(said, rule=replace(said.rule, as_=None))
        laid_out = decide_array_result(draft, function, owner, said, passed=taken.named, arguments=taken.passed)
        found = laid_out or decide_result(draft, function.returns, said)
        if isinstance(found, Refusal):
            return Refusal(code=found.code, reason=f"result: {found.reason}")
        given = replace(found, result=lend(draft, function, found.result, view)) if member else found
    callee = spell_callee(function, owner)
    call = wrap_list(f"{callee}({', '.join(taken.passed)})")
    report_owner(draft, function, given.result, view)
    how = Call.CONSTRUCTOR if constructs else Call.METHOD if member else Call.STATIC if static else Call.FUNCTION
    overload = make_overload(
        function,
        view,
        how,
        expression=given.wrap.replace("{call}", call),
        params=taken.params,
        result=given.result,
    )
    if owner is not None and how is Call.METHOD:
        overload = mark_virtual(draft, function, owner, overload)
    if constructs and function.access is Access.PROTECTED:
        overload = replace(overload, protected=True)
    if owner is not None and is_for_temporaries(function):
        called = decide_temporary(draft, function, owner, overload)
        if isinstance(called, Refusal):
            return called
        overload = called
    if lends_itself(function, owner, overload.result):
        overload = replace(overload, result=replace(overload.result, lent=True))
    overload = decide_threads(draft, function, owner, view, overload)
    overload = decide_failure(draft, function, owner, view, overload, wrap=given.wrap)
    bucket = find_bucket(draft, function, owner, view)
    add_candidate(bucket, function, overload)
    return None


def mark_virtual(draft: Draft, function: model.Function, owner: ClassDraft, overload: plan.Overload) -> plan.Overload:
    """What Python's classes may override is called differently for their objects."""
    if not function.virtual or function.final or owner.cpp not in draft.overridable:
        return overload
    declared = owner.cpp if function.implicit else function.scope
    direct = not function.pure and is_complete(draft, function)
    return replace(overload, virtual=True, upcall=declared if direct else "", pure=function.pure)


def spell_callee(function: model.Function, owner: ClassDraft | None) -> str:
    """What is called, valid from the global scope. Hidden friends are found by their arguments alone."""
    written = () if function.deduced else function.template_arguments
    arguments = ", ".join(a if isinstance(a, str) else a.canonical for a in written)
    name = f"{function.name}<{arguments}>" if arguments else function.name
    match function.kind:
        case FunctionKind.CONSTRUCTOR:
            return owner.cpp if owner else name
        case FunctionKind.METHOD:
            return f"{{self}}.{name}"
        case FunctionKind.STATIC:
            return f"{owner.cpp if owner else function.scope}::{name}"
        case FunctionKind.FRIEND:
            return name
        case _:
            return f"{function.scope}::{name}"


def add_placed(draft: Draft, function: model.Function, placed: Placement, view: View) -> Refusal | Unplaced | None:
    """An operator or conversion under the names of its special methods."""
    if placed.prints:
        placed.owner.protocols.add(plan.Protocol.STR)
        return None
    taken = decide_parameters(draft, function, view, params=placed.params)
    if isinstance(taken, Refusal):
        return taken
    if placed.names[0] != "__call__" and any(p.out or p.inout for p in taken.params):
        return Refusal(code="DV041", reason="an operator with an output parameter")
    given = decide_placed_result(draft, function, placed, view)
    if isinstance(given, Refusal):
        return Refusal(code=given.code, reason=f"result: {given.reason}")
    params = tuple(replace(p, name="") for p in taken.params) if placed.names[0] != "__call__" else taken.params
    for name in placed.names:
        text = spell_placed(placed, name, taken.passed)
        overload = make_overload(
            function,
            view,
            Call.METHOD,
            expression=given.wrap.replace("{call}", text),
            params=params,
            result=given.result,
        )
        overload = replace(overload, const=placed.const)
        if is_for_temporaries(function):
            called = decide_temporary(draft, function, placed.owner, overload, special=name.startswith("__"))
            if isinstance(called, Refusal):
                return called
            overload = called
        if name == "__call__":
            overload = mark_virtual(draft, function, placed.owner, overload)
        cpp = f"{placed.owner.cpp}::{function.name}"
        bucket = placed.owner.methods.setdefault(
            name, Bucket(name=name, scope=placed.owner.path, cpp=cpp, reflected=placed.reflected)
        )
        add_candidate(bucket, function, overload)
    return None


def spell_placed(placed: Placement, name: str, passed: tuple[str, ...]) -> str:
    symbol = SYMBOLS.get(name, "")
    text = placed.expression.replace("{op}", symbol).replace("{mirrored}", MIRRORED.get(symbol, ""))
    return text.replace("{args}", ", ".join(passed))


def decide_placed_result(draft: Draft, function: model.Function, placed: Placement, view: View) -> Given | Refusal:
    """In-place operators give self; comparisons and truth give bool, whatever C++ calls it."""
    if placed.in_place:
        path = placed.owner.path
        value = plan.Value(cpp=f"{placed.owner.cpp} &", converter="class", takes=path, gives=path)
        return Given(result=plan.Result(how=Return.SELF, value=value, annotation=path))
    fixed = builtin("bool", "bool", "bool") if placed.names[0] in TRUTHS else placed.value
    if fixed is not None:
        return Given(result=plan.Result(how=Return.VALUE, value=fixed, annotation=fixed.gives))
    if returns_argument(function):
        return Given(result=plan.Result(how=Return.NONE))
    if placed.as_bytes:
        kind = function.returns.canonical
        value = plan.Value(cpp=kind, converter="bytes", takes="bytes", gives="bytes", headers=(RESULTS,))
        return Given(result=plan.Result(how=Return.BYTES, value=value, annotation="bytes"))
    given = decide_result(draft, function.returns, view)
    if isinstance(given, Refusal):
        return given
    return replace(given, result=lend(draft, function, given.result, view))


def find_bucket(draft: Draft, function: model.Function, owner: ClassDraft | None, view: View) -> Bucket:
    """Where overloads of one name meet. Names are made unique when all are known."""
    if function.kind is FunctionKind.CONSTRUCTOR and owner is not None:
        if owner.constructors is None:
            owner.constructors = Bucket(name="__init__", scope=owner.path, cpp=f"{owner.cpp}::{owner.model.name}")
        return owner.constructors
    spelled = spoken_name(draft, function) or f"{function.name}{written_arguments(draft, function)}"
    name = view.rule.rename or style(spelled, view.rule.names)
    if owner is not None and function.kind is not FunctionKind.FRIEND:
        return owner.methods.setdefault(name, Bucket(name=name, scope=owner.path, cpp=f"{owner.cpp}::{function.name}"))
    scope = draft.paths.get(namespace_of(function.scope, draft.model.namespaces), "")
    return draft.functions.setdefault((scope, name), Bucket(name=name, scope=scope, cpp=function.qualified))


def written_arguments(draft: Draft, function: model.Function) -> str:
    """`_int` of `as<int>()`: template arguments that a caller must write, as no parameter mentions them."""
    words = []
    for argument in () if function.deduced or function.implied else function.template_arguments:
        if any(mentions(p.type, argument) for p in function.params):
            continue
        if isinstance(argument, str):
            words.append(re.sub(r"\W", "", argument.replace("-", "minus")))
        else:
            words.append(to_snake_case(noun(argument, draft.paths)))
    return "".join(f"_{word}" for word in words if word) if not symbol_of(function) else ""


def mentions(type_: Type, wanted: Type | str) -> bool:
    """A type in it is the wanted one; or a template or value, given as text, has to do with it."""
    inner = (type_.target, *type_.parameters, *type_.arguments)
    if isinstance(wanted, str):
        here = wanted == type_.declaration or wanted in type_.arguments
    else:
        here = type_.bare == wanted.bare
    return here or any(mentions(each, wanted) for each in inner if isinstance(each, Type))
