"""Parameters: how each argument is taken, what may be left out, what is an output.

In: the parameters of a function and its rules.  Out: `plan.Param` records with the text that passes each, or a refusal.
Must not know: operators, results.

- Parameters with a default whose type has no conversion are left to C++, with all that follow.
- A pointer takes None only where the header or a rule says so (`nullable`): most C++ reads through it without looking.
  A `std::function` that a method takes may be None.
- A class with an implicit constructor from text or from another class takes these as well, as it does in C++.
- Numbers by non-const reference or pointer are outputs by rule (`int*` may be an array; `out = ["*"]` says it of
  all of them), or where the header documents them as `@param[out]` (`directions`).
- A `std::string*` or `std::string&` is never an array and no Python str could be written to, so it is taken as input
  and output: it goes in as a str (trailing ones may be left out) and the text that C++ leaves comes back as part of the
  result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import TABLE, Conversion, Passing, Refusal, Use, find, strip, take_apart
from dovetail.model import NO_TYPE, WITHOUT_SELF, Access, FunctionKind, Type, TypeKind
from dovetail.policy.arrays import Array, decide_array, decide_used, find_arrays, spell_passed
from dovetail.policy.callbacks import (
    Pair,
    decide_callback,
    decide_shaped,
    find_pairs,
    is_c,
    is_untyped,
    make_quiet,
    signature_of_pointer,
)
from dovetail.policy.classes import ancestors
from dovetail.policy.defaults import decide_default
from dovetail.policy.directions import find_direction
from dovetail.policy.draft import ClassDraft, Draft
from dovetail.policy.encodings import retype
from dovetail.policy.endings import Ending, decide_handed, find_endings
from dovetail.policy.exports import is_exported
from dovetail.policy.lending import looks_elsewhere, points_elsewhere
from dovetail.policy.names import parameter_names
from dovetail.policy.nullable import rule_for, takes_none
from dovetail.policy.outputs import (
    HANDED_OUT,
    OUTPUTS,
    WRITABLE,
    address_of,
    bare_type,
    decide_changed,
    decide_counted,
    decide_output,
    find_counted,
    is_output,
    spell_extent,
)
from dovetail.policy.rules import View
from dovetail.policy.shapes import find_shape
from dovetail.policy.streams import FILES, make_lasting
from dovetail.policy.temporaries import decide_lasting, holds_argument, refuses_temporary
from dovetail.policy.values import ModuleNames, find_conversion, to_value
from dovetail.policy.variadic import HEADER as VARARGS
from dovetail.policy.variadic import LISTED, spell_text

ANY = "*"
"""In `out`: every parameter that can be an output; in `nullable`: every pointer."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The parameters that Python sees, and what stands for each in the call: `{0}`, `&{1}`."""

    params: tuple[plan.Param, ...]
    passed: tuple[str, ...]
    named: Mapping[str, str]
    """The same by the names of the C++ parameters."""


def decide_parameters(
    draft: Draft, function: model.Function, view: View, *, params: tuple[model.Param, ...] | None = None
) -> Taken | Refusal:
    """All parameters of a function, or the first refusal."""
    source = function.params if params is None else params
    check_rule_names(draft, function, view, source)
    roles = find_roles(draft, function, source, view)
    if isinstance(roles, Refusal):
        return roles
    names = parameter_names(source, view.rule.names)
    if view.rule.keywords is False:
        names = ["" for _ in names]
    unnamed = max((i for i, n in enumerate(names) if not n), default=-1)
    decided: list[plan.Param] = []
    passed: list[str | int] = []
    order: dict[int, int] = {}
    used: dict[int, int] = {}
    for index, param in enumerate(source):
        if index in roles.silent:
            continue
        if index in roles.written:
            used[len(decided)] = roles.written[index].index
            passed.append(f"{address_of(param)}{{{len(decided)}}}")
            decided.append(decide_used(param, name=names[index], of=-1))
            continue
        if index in roles.brought:
            passed.append(index)
            continue
        name = "" if index <= unnamed else names[index]
        found = decide_one(draft, function, source, index, roles=roles, name=name, view=view)
        if isinstance(found, Refusal):
            if param.default is not None:
                break
            where = f"parameter `{param.name}`" if param.name else f"parameter {index + 1}"
            return Refusal(code=found.code, reason=f"{where}: {found.reason}")
        order[index] = len(decided)
        passed.append(index if index in roles.arrays else spell_argument(function, param, found, len(decided), view))
        decided.append(found)
    # Only now is known where the arrays are: a length may stand before its own.
    for place, array in used.items():
        decided[place] = replace(decided[place], starts=order[array])
    texts = tuple(each if isinstance(each, str) else roles.spell(order, each) for each in passed)
    counted = spell_counted(source, decided, order)
    if isinstance(counted, Refusal):
        return counted
    heard = (param.name for index, param in enumerate(source) if index not in roles.silent)
    counted = keep_with_handle(function, counted)
    return Taken(params=free_trailing(counted), passed=texts, named=dict(zip(heard, texts, strict=False)))


def keep_with_handle(function: model.Function, params: tuple[plan.Param, ...]) -> tuple[plan.Param, ...]:
    """C has no `this`: what a function that gives no object keeps, the first object that it is given keeps, and where
    there is none, the module for good: who knows when C++ looks at it."""
    given = function.returns.target or function.returns
    made = any(p.out and p.value.converter == "class" for p in params)
    if function.kind not in WITHOUT_SELF or made or (given.kind is TypeKind.RECORD and not is_string(given)):
        return params
    inputs = [param for param in params if not param.out]
    handles = (i for i, p in enumerate(inputs) if p.value.converter == "class" and not (p.nullable or p.kept_by))
    handle = next(handles, None) if function.kind is FunctionKind.FREE else None
    keeper = "module" if handle is None else f"#{handle}"
    return tuple(replace(p, kept_by=keeper) if p.kept_by == "result" else p for p in params)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What parameters are for one another, by their indexes."""

    pairs: Mapping[int, Pair]
    """Callbacks with user data."""
    arrays: dict[int, Array]
    handed: Mapping[int, Ending]
    """What C keeps until it calls a destructor."""
    counted: Mapping[int, str]
    """Outputs with a length, and what a rule says of it."""
    members: Mapping[int, tuple[int, str]]
    """What C is given with another parameter, as a member of its argument: lengths and destructors."""

    @property
    def silent(self) -> set[int]:
        """User data, which is passed with its callback."""
        return {pair.data for pair in self.pairs.values()}

    @property
    def brought(self) -> set[int]:
        """What Python does not give."""
        return {*self.members, *(index for array in self.arrays.values() for index in array.carried)}

    @property
    def written(self) -> dict[int, Array]:
        """Lengths by which C++ says how much of an array it used."""
        return {array.written: array for array in self.arrays.values() if array.written is not None}

    def spell(self, order: dict[int, int], index: int) -> str:
        """What stands for the parameter in the call."""
        if index in self.members:
            source, member = self.members[index]
            return f"{{{order[source]}.{member}}}"
        return spell_passed(self.arrays, order, index)


def find_roles(draft: Draft, function: model.Function, params: tuple[model.Param, ...], view: View) -> Roles | Refusal:
    endings = find_endings(params, view)
    if isinstance(endings, Refusal):
        return endings
    handed = {ending.source: ending for ending in endings.values()}
    members = {index: (ending.source, "destructor") for index, ending in endings.items()}
    members |= {e.length: (e.source, "extent:0") for e in endings.values() if e.length is not None}
    arrays = find_arrays(draft, function, params, view)
    pairs = {index: pair for index, pair in find_pairs(params).items() if index not in endings}
    other = {*handed, *(pair.data for pair in pairs.values())}
    return Roles(
        pairs=pairs,
        arrays={index: array for index, array in arrays.items() if index not in other},
        handed=handed,
        counted=find_counted(params, view),
        members=members,
    )


def decide_one(
    draft: Draft,
    function: model.Function,
    params: tuple[model.Param, ...],
    index: int,
    *,
    roles: Roles,
    name: str,
    view: View,
) -> plan.Param | Refusal:
    """A parameter by what it is for the others."""
    param, pair = params[index], roles.pairs.get(index)
    shape = find_shape(params, index, view, data=pair.place if pair is not None else None)
    if isinstance(shape, Refusal):
        return shape
    seen = tuple((each.type, each.cpp) for each in shape or ())
    if pair is not None:
        ended = index in roles.handed
        return decide_callback(draft, function, param, pair, name=name, view=view, ended=ended, shape=seen)
    if shape is not None:
        return decide_shaped(draft, function, param, seen, name=name, view=view)
    if index in roles.handed:
        return decide_handed(draft, function, params, roles.handed[index], name=name, view=view)
    if index in roles.arrays:
        return decide_array(draft, function, param, roles.arrays[index], name=name, view=view)
    if index in roles.counted:
        return decide_counted(draft, param, name, roles.counted[index], view)
    text = retype(param.type, view)
    if LISTED in param.annotations:
        found = decide_parameter(draft, function, param, name, view)
        return found if isinstance(found, Refusal) else add_header(found, VARARGS)
    return decide_parameter(draft, function, replace(param, type=text) if text is not None else param, name, view)


def add_header(param: plan.Param, header: str) -> plan.Param:
    return replace(param, value=replace(param.value, headers=tuple(sorted({*param.value.headers, header}))))


def spell_argument(function: model.Function, param: model.Param, found: plan.Param, place: int, view: View) -> str:
    """What stands for a parameter in the call."""
    text = spell_text(param, place)
    if text is not None:
        return text
    if found.out and found.value.cpp.startswith(HANDED_OUT):
        return f"{{{place}.{'address' if address_of(param) else 'held'}}}"
    if found.out or found.inout:
        return f"{address_of(param)}{{{place}}}"
    if retype(param.type, view) is not None and not is_untyped(param.type):
        return f"reinterpret_cast<{param.type.canonical}>({{{place}}})"
    return f"{'*' if lends(function, param) else ''}{{{place}}}"


def spell_counted(
    params: tuple[model.Param, ...], decided: list[plan.Param], order: Mapping[int, int]
) -> tuple[plan.Param, ...] | Refusal:
    """Lengths of outputs in the words of the call, now that all places are known."""
    places = {index: f"{{{place}}}" for index, place in order.items()}
    found = []
    for param in decided:
        extent = spell_extent(param.extent, params, places)
        if isinstance(extent, Refusal):
            return extent
        found.append(replace(param, extent=extent))
    return tuple(found)


def check_rule_names(draft: Draft, function: model.Function, view: View, params: tuple[model.Param, ...]) -> None:
    """Rules that name a parameter which the only function of that name lacks."""
    known = {p.name for p in params}
    for word in ("keeps", "out", "nullable"):
        for name in getattr(view.rule, word) or ():
            if name not in known and word not in view.loose and (name != ANY or word == "keeps"):
                key = f"{word}:{function.qualified}:{name}"
                if key in draft.reported_owners or has_parameter(draft, function, name):
                    continue
                draft.reported_owners.add(key)
                listed = ", ".join(f"`{n}`" for n in sorted(known) if n) or "none that has a name"
                draft.sink.report(
                    "DV012",
                    f"`{word}` names `{name}`, which is no parameter of `{function.qualified}`",
                    view.span(word),
                    notes=(f"its parameters: {listed}",),
                )


def has_parameter(draft: Draft, function: model.Function, name: str) -> bool:
    """Some overload of the same name has the parameter: the rule is meant for that one."""
    owner = draft.classes.get(function.scope)
    group = (*owner.model.constructors, *owner.model.methods) if owner else draft.model.functions
    return any(f.qualified == function.qualified and any(p.name == name for p in f.params) for f in group)


def decide_parameter(
    draft: Draft, function: model.Function, param: model.Param, name: str, view: View
) -> plan.Param | Refusal:
    core, passing = take_apart(param.type)
    outputs = view.rule.out or ()
    said = param.name in outputs or "out" in param.annotations
    # A glob, or `*` for all outputs, speaks of what can be one.
    strict = said and "out" not in view.loose
    if strict or ((said or ANY in outputs) and is_output(draft, param, view)):
        return decide_output(draft, param, name, view)
    # A rule that lists outputs has the last word.
    direction = find_direction(draft, function, param) if view.rule.out is None and is_output(draft, param) else ""
    if direction == "out":
        return decide_output(draft, param, name, view)
    if direction == "inout" and core.kind in OUTPUTS:
        return decide_changed(draft, param, name)
    if passing in WRITABLE and is_value(core) and not refuses_temporary(draft, function, param):
        found = find_conversion(draft, bare_type(core), Use.GIVE)
        if not isinstance(found, Refusal):
            return plan.Param(name=name, value=to_value(found), inout=True, default=default_text(param))
    answer = find(pointer_to(core) if lends(function, param) else param.type, ModuleNames(draft), Use.TAKE)
    if isinstance(answer, Refusal):
        return answer
    if answer.converter == "address" and not gives_addresses(draft):
        return Refusal(code="DV043", reason=f"nothing here gives a `{param.type.written}` that could be handed on")
    if lends(function, param):
        return plan.Param(name=name, value=to_value(answer), kept_by="result")
    # What a method keeps can be unregistered so; where it is called at once, nothing is a mistake.
    clears = answer.empty and function.kind is FunctionKind.METHOD
    nullable = answer.pointer and takes_none(function, param, view, usual=clears)
    points = answer.pointer and (answer.shared or answer.converter == "c string")
    keeper = find_keeper(draft, function, param, answer, view=view)
    if refuses_temporary(draft, function, param) or holds_argument(draft, function, param):
        lasting = decide_lasting(function, param, answer)
        if isinstance(lasting, Refusal):
            return lasting
        keeper = keeper or lasting
    value = widen(draft, function, param.type, answer, kept=bool(keeper))
    if answer.converter in FILES and keeper:
        value = make_lasting(value)
    if nullable:
        value = replace(value, takes=f"{value.takes} | None")
    if answer.converter == "callable" and is_c(function):
        value = make_quiet(value)
    return plan.Param(
        name=name,
        value=value,
        default=decide_default(draft, param.default, param.type) if param.default else None,
        nullable=nullable,
        null_rule=rule_for(draft, function, param) if points and not nullable else "",
        kept_by=keeper,
        transfers=answer.transfers,
    )


def gives_addresses(draft: Draft) -> bool:
    """Some function, field or callback hands a `void*` to Python. Without one only None would fit."""
    if draft.addresses is None:
        members = (f for c in draft.model.classes for f in (*c.constructors, *c.methods))
        functions = (*draft.model.functions, *members)
        callbacks = (signature_of_pointer(p.type) for f in functions for p in f.params)
        given = (
            *(f.returns for f in functions),
            *(f.type for c in draft.model.classes for f in c.fields),
            *(v.type for v in draft.model.variables),
            *(p for signature in callbacks if signature is not None for p in signature.parameters),
        )
        draft.addresses = any(is_untyped(t) and t.target is not None and not t.target.const for t in given)
    return draft.addresses


def lends(function: model.Function, param: model.Param) -> bool:
    """The result may be inside of this container: then it must be one that lives on, not a list that is converted."""
    core, passing = take_apart(param.type)
    given, given_passing = take_apart(function.returns)
    if passing is not Passing.CONST_REFERENCE or param.default is not None or not is_container(core):
        return False
    if given.declaration == "std::span":
        return any(isinstance(a, Type) and mentions(core, a.bare) for a in given.arguments)
    # Numbers and text are converted before the call ends.
    borrowed = given.kind is TypeKind.RECORD and not is_string(given)
    return borrowed and given_passing not in (Passing.VALUE, Passing.RVALUE) and mentions(core, given.bare)


def is_container(core: Type) -> bool:
    row = TABLE.get(core.declaration or "")
    return row is not None and bool(row.container)


def mentions(type_: Type, bare: str) -> bool:
    return type_.bare == bare or any(isinstance(a, Type) and mentions(a, bare) for a in type_.arguments)


def pointer_to(core: Type) -> Type:
    text = f"{core.canonical} *"
    return Type(kind=TypeKind.POINTER, written=text, canonical=text, size=8, target=core)


def widen(draft: Draft, function: model.Function, type_: Type, found: Conversion, *, kept: bool) -> plan.Value:
    """What C++ callers may give instead: `db.Get("key")` where the class has an implicit constructor from text,
    `query.evaluate(node)` where it has one from another class. What C++ makes of it lives as long as the call."""
    value = to_value(found)
    core, passing = take_apart(type_)
    entry = draft.find_class(core)
    if found.converter != "class" or entry is None or passing not in (Passing.VALUE, Passing.CONST_REFERENCE):
        return value
    if found.transfers or entry.no_constructor or is_deduced(function, core):
        return value
    if function.scope == entry.cpp and function.kind is FunctionKind.CONSTRUCTOR:
        return value
    text = any(is_text_constructor(c) for c in entry.model.constructors)
    given, given_passing = take_apart(function.returns)
    # A view that is passed by value may be made for the call: what it looks into is the argument, which is kept.
    lends = (kept and passing is not Passing.VALUE) or (given.bare == core.bare and given_passing is not Passing.VALUE)
    sources = [] if lends else find_sources(draft, entry)
    if not text and not sources:
        return value
    names = [core.bare, *([] if text and not sources else ["true" if text else "false"]), *(s.cpp for s in sources)]
    takes = [value.takes, *(s.path for s in sources), *(["str", "bytes"] if text else [])]
    return replace(
        value,
        cpp=f"dovetail::Implicit<{', '.join(names)}>",
        converter="implicit",
        takes=" | ".join(dict.fromkeys(takes)),
        headers=tuple(sorted({*value.headers, "dovetail/convert/implicit.h"})),
    )


def is_deduced(function: model.Function, core: Type) -> bool:
    """C++ deduces template arguments from this parameter: then it converts nothing to it."""
    if not function.deduced and not function.implied:
        return False
    deduced = {each if isinstance(each, str) else each.bare for each in function.template_arguments}
    return any((each if isinstance(each, str) else each.bare) in deduced for each in (core, *core.arguments))


def find_sources(draft: Draft, entry: ClassDraft) -> list[ClassDraft]:
    """Bound classes of which C++ makes this one by itself: by a constructor, or by their conversion operator."""
    found: dict[str, ClassDraft] = {}
    for constructor in entry.model.constructors:
        required = [p for p in constructor.params if p.default is None]
        if constructor.explicit or len(required) > 1 or not constructor.params:
            continue
        core, passing = take_apart(constructor.params[0].type)
        source = draft.find_class(core)
        usable = constructor.access is Access.PUBLIC and not constructor.deleted and is_exported(draft, constructor)
        if source is not None and usable and passing in (Passing.VALUE, Passing.CONST_REFERENCE, Passing.REFERENCE):
            found[source.cpp] = source
    for source in draft.own_classes():
        for method in source.model.methods:
            plain = method.kind is FunctionKind.CONVERSION and not method.explicit and method.const
            same = plain and take_apart(method.returns)[0].bare in (entry.cpp, entry.model.type.bare)
            if same and method.access is Access.PUBLIC and not method.deleted and is_exported(draft, method):
                found[source.cpp] = source
    own = {entry.cpp, *(e.cpp for e in draft.own_classes() if any(b.cpp == entry.cpp for b in ancestors(draft, e)))}
    return [s for s in found.values() if s.cpp not in own and not s.raised]


def is_text_constructor(constructor: model.Function) -> bool:
    """Not explicit, callable with one text."""
    required = [p for p in constructor.params if p.default is None]
    if constructor.explicit or constructor.deleted or constructor.access is not Access.PUBLIC or len(required) > 1:
        return False
    first = constructor.params[0].type if constructor.params else NO_TYPE
    core, passing = take_apart(first)
    if core.kind is TypeKind.CHAR:
        return passing is Passing.CONST_POINTER and core.bare == "char"
    narrow = all(a.bare == "char" for a in core.arguments if isinstance(a, Type))
    views = core.declaration in ("std::basic_string_view", "std::string_view")
    return narrow and passing in (Passing.VALUE, Passing.CONST_REFERENCE) and (views or is_string(core))


def is_string(core: Type) -> bool:
    return core.declaration in ("std::basic_string", "std::string")


def is_value(core: Type) -> bool:
    """What Python holds by value, and so cannot be written to: text and JSON. It goes in, and comes back."""
    return is_string(core) or core.declaration == "nlohmann::basic_json"


def default_text(param: model.Param) -> plan.DefaultValue | None:
    if param.default is None or param.default.null:
        return None
    text = param.default.value
    return plan.DefaultValue(python=repr(text) if isinstance(text, str) else "...", cpp=param.default.cpp)


NUMBERS = frozenset({"bool", "integer", "float", "enum"})
"""What C++ reads before it writes: it must be given."""


def free_trailing(params: tuple[plan.Param, ...]) -> tuple[plan.Param, ...]:
    """Trailing text outputs need not be given: they start empty."""
    decided = list(params)
    for index in range(len(decided) - 1, -1, -1):
        param = decided[index]
        if param.out:
            continue
        if param.inout and param.default is None and param.value.converter not in NUMBERS:
            empty = "''" if param.value.converter == "text" else "None"
            decided[index] = replace(param, default=plan.DefaultValue(python=empty, cpp=f"{param.value.cpp}()"))
        elif param.default is None:
            break
    return tuple(decided)


def is_view(draft: Draft, scope: str) -> bool:
    """A class that points elsewhere and ends nothing: what it is made of, it looks into."""
    entry = draft.classes.get(scope)
    return entry is not None and entry.model.traits.trivially_destructible and points_elsewhere(draft, entry.model.type)


def is_view_handed_on(draft: Draft, function: model.Function, param: model.Param, found: Conversion) -> bool:
    """`document iterate(text_view text)`: what is made of a view looks where the view looks. Not so an iterator made of
    another one, which would keep all that came before."""
    core, passing = take_apart(param.type)
    if found.converter != "class" or found.transfers or passing is not Passing.VALUE:
        return False
    given = strip(function.returns)
    same = given.bare == core.bare or given.declaration == core.declaration
    return not same and points_elsewhere(draft, core) and looks_elsewhere(draft, function.returns)


def find_keeper(draft: Draft, function: model.Function, param: model.Param, found: Conversion, *, view: View) -> str:
    """Who keeps the argument alive. By default: an object built over another, and a result that may be inside one."""
    _, passing = take_apart(param.type)
    inside = function.kind in (FunctionKind.METHOD, FunctionKind.CONSTRUCTOR, FunctionKind.CONVERSION)
    if found.holds:
        return ""
    if param.name in view.rule.keeps or "keeps" in param.annotations:
        return "self" if inside else "result"
    indirect = found.shared and passing not in (Passing.VALUE, Passing.RVALUE)
    if function.kind is FunctionKind.CONSTRUCTOR:
        # A view of text that the new object may keep, or another object that it may point to.
        lent = found.converter == "class" and (
            points_elsewhere(draft, take_apart(param.type)[0]) or is_view(draft, function.scope)
        )
        return "self" if lent or found.views or (indirect and passing is not Passing.CONST_REFERENCE) else ""
    _, given = take_apart(function.returns)
    if is_view_handed_on(draft, function, param, found):
        return "result"
    borrows = given not in (Passing.VALUE, Passing.RVALUE) and draft.find_class(take_apart(function.returns)[0])
    if not (indirect and (borrows or looks_elsewhere(draft, function.returns))) or found.converter != "class":
        return ""
    same = take_apart(param.type)[0].bare == take_apart(function.returns)[0].bare
    return "result" if not inside or (same and passing is not Passing.CONST_REFERENCE) else ""
