"""What only a probe can tell of classes and enums: type traits, base offsets, type_info symbols, sets of flags.

In: classes and enums as read.  Out: the same, completed.
Must not know: how they were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from dovetail.model import Base, Class, Enum, Function, Traits, Type, TypeKind
from dovetail.parse import clang, types
from dovetail.parse.clang import Cursor, CursorKind
from dovetail.parse.probes import NAMESPACE, Precompiled, Probe, ask

# By clang's own operators, so that no header is needed. The standard library's templates say the same.
_QUESTIONS: Final = {
    "default_constructible": "__is_constructible({0})",
    "copy_constructible": "__is_constructible({0}, const {0}&)",
    "move_constructible": "__is_constructible({0}, {0}&&)",
    "copy_assignable": "__is_assignable({0}&, const {0}&)",
    "move_assignable": "__is_assignable({0}&, {0}&&)",
    "destructible": "__is_destructible({0})",
    "aggregate": "__is_aggregate({0})",
    "abstract": "__is_abstract({0})",
    "polymorphic": "__is_polymorphic({0})",
    "virtual_destructor": "__has_virtual_destructor({0})",
    "final": "__is_final({0})",
    "standard_layout": "__is_standard_layout({0})",
    "trivially_copyable": "__is_trivially_copyable({0})",
    "equality_comparable": f"{NAMESPACE}::equal<{{0}}>::value",
    "hashable": f"{NAMESPACE}::hashes<{{0}}>::value",
    "nothrow_move_constructible": "__is_nothrow_constructible({0}, {0}&&)",
    "trivially_destructible": "__is_trivially_destructible({0})",
}
_PRELUDE: Final = f"""\
namespace std {{}}
namespace {NAMESPACE} {{
using namespace std;
template <class...> struct ignore {{ using type = void; }};
template <class T> T make() noexcept;
template <class T, class = void> struct equal {{ static constexpr bool value = false; }};
template <class T> struct equal<T,
 typename ignore<decltype(static_cast<bool>(make<const T&>() == make<const T&>()))>::type>
{{ static constexpr bool value = true; }};
template <class T, class = void> struct hashes {{ static constexpr bool value = false; }};
template <class T> struct hashes<T, typename ignore<decltype(hash<T>()(make<const T&>()))>::type>
{{ static constexpr bool value = true; }};
alignas(16) extern char memory[];
}}
"""
# These claim to be copyable whatever they hold: the error comes when the copy is compiled.
_CONTAINERS: Final = frozenset(
    f"std::{name}"
    for name in [
        "vector",
        "deque",
        "list",
        "forward_list",
        "set",
        "multiset",
        "map",
        "multimap",
        "unordered_set",
        "unordered_multiset",
        "unordered_map",
        "unordered_multimap",
        "stack",
        "queue",
        "priority_queue",
    ]
)


@dataclass(slots=True)
class _Facts:
    """What the probe said, by the index of the class or enum."""

    bits: dict[int, int]
    offsets: dict[tuple[int, int], int]
    typeinfo: dict[int, str]
    flags: set[int]
    copyable: dict[str, bool]


def complete(
    classes: Sequence[Class], enums: Sequence[Enum], headers: Precompiled
) -> tuple[tuple[Class, ...], tuple[Enum, ...]]:
    """The records with traits, base offsets, type_info names and flags filled in."""
    leaves = sorted({leaf for item in classes for member in item.fields for leaf in _leaves(member.type)})
    facts = _ask(classes, enums, leaves, headers)
    finished = [_finish(item, index, facts) for index, item in enumerate(classes)]
    honest = _correct_copies(finished, facts.copyable)
    flagged = tuple(replace(item, flags=index in facts.flags) for index, item in enumerate(enums))
    return tuple(honest), flagged


def _ask(classes: Sequence[Class], enums: Sequence[Enum], leaves: Sequence[str], headers: Precompiled) -> _Facts:
    facts = _Facts({}, {}, {}, set(), {})
    failed = _ask_once(classes, enums, leaves, headers, facts, each=False)
    if failed:
        # A trait of these does not even compile: ask for each alone.
        _ask_once(classes, (), (), headers, facts, each=True, only=failed)
    return facts


def _ask_once(
    classes: Sequence[Class],
    enums: Sequence[Enum],
    leaves: Sequence[str],
    headers: Precompiled,
    facts: _Facts,
    *,
    each: bool,
    only: set[int] | None = None,
) -> set[int]:
    """Asks, and gives back the classes whose traits were refused."""
    probe = Probe()
    for line in _PRELUDE.splitlines():
        probe.add(line)
    lines: dict[str, int] = {}

    def enumerator(name: str, value: str) -> None:
        lines[name] = probe.add(f"enum : unsigned long long {{ {name} = {value} }};")

    for index, item in enumerate(classes):
        if not item.complete or (only is not None and index not in only):
            continue
        questions = [text.format(item.qualified) for text in _QUESTIONS.values()]
        if each:
            for bit, text in enumerate(questions):
                enumerator(f"dovetail_one_{index}_{bit}", f"(unsigned long long)({text}) << {bit}")
            continue
        parts = (f"((unsigned long long)({text}) << {bit})" for bit, text in enumerate(questions))
        enumerator(f"dovetail_class_{index}", " | ".join(parts))
        probe.add(f"void dovetail_type_{index}({item.qualified}*);")
        for place, base in enumerate(item.bases):
            if not base.virtual:
                memory = f"{NAMESPACE}::memory"
                cast = f"(char*)({base.type.bare}*)({item.qualified}*){memory} - {memory}"
                lines[f"dovetail_base_{index}_{place}"] = probe.add(
                    f"long long dovetail_base_{index}_{place} = {cast};"
                )
    for index, one in enumerate(enums):
        if one.name:
            same = (
                f"__is_same(decltype({one.qualified}{{}} {sign} {one.qualified}{{}}), {one.qualified})" for sign in "|&"
            )
            enumerator(f"dovetail_enum_{index}", " && ".join(same))
    for index, leaf in enumerate(leaves):
        enumerator(f"dovetail_leaf_{index}", f"__is_constructible({leaf}, const {leaf}&)")
    answer = ask(probe, headers)
    if answer is None or answer.broken:
        return set()
    values = dict(_values(answer.top, lines, answer.refused))
    _sort(values, leaves, facts)
    facts.typeinfo.update(_typeinfo(answer.top))
    wanted = range(len(classes)) if only is None else ()
    return {index for index in wanted if classes[index].complete and f"dovetail_class_{index}" not in values}


def _values(top: Sequence[Cursor], lines: dict[str, int], refused: dict[int, str]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for cursor in top:
        if cursor.kind is CursorKind.ENUM_DECL:
            for child in clang.children(cursor):
                name = clang.spelling(child)
                if lines.get(name) not in refused:
                    found.append((name, clang.enum_value(child, signed=False)))
        elif cursor.kind is CursorKind.VAR_DECL and (name := clang.spelling(cursor)) in lines:
            value = clang.evaluate(cursor) if lines[name] not in refused else None
            if isinstance(value, int):
                found.append((name, value))
    return found


def _sort(values: dict[str, int], leaves: Sequence[str], facts: _Facts) -> None:
    for name, value in values.items():
        _, kind, *numbers = name.split("_")
        index = int(numbers[0])
        if kind in ("class", "one"):
            facts.bits[index] = facts.bits.get(index, 0) | value
        elif kind == "base":
            facts.offsets[index, int(numbers[1])] = value
        elif kind == "enum" and value:
            facts.flags.add(index)
        elif kind == "leaf":
            facts.copyable[leaves[index]] = bool(value)
    for leaf in leaves:
        # No answer: it is only declared, and a vector of such cannot be copied here.
        facts.copyable.setdefault(leaf, False)


def _typeinfo(top: Sequence[Cursor]) -> dict[int, str]:
    """`_Z15dovetail_type_3PN3lib3RowE` names the type of the parameter as `_ZTI` would."""
    found: dict[int, str] = {}
    for cursor in top:
        name = clang.spelling(cursor)
        if cursor.kind is CursorKind.FUNCTION_DECL and name.startswith("dovetail_type_"):
            prefix, _, encoded = clang.mangled(cursor).partition(f"{name}P")
            if encoded and prefix.endswith(f"_Z{len(name)}"):
                found[int(name.rpartition("_")[2])] = f"_ZTI{encoded}"
    return found


def _finish(item: Class, index: int, facts: _Facts) -> Class:
    bits = facts.bits.get(index, 0)
    names = [part.name for part in fields(Traits)]
    traits = Traits(**{name: bool(bits >> bit & 1) for bit, name in enumerate(_QUESTIONS) if name in names})
    bases = tuple(_with_offset(base, facts.offsets.get((index, place))) for place, base in enumerate(item.bases))
    return replace(
        item,
        traits=traits,
        bases=bases,
        typeinfo=facts.typeinfo.get(index, ""),
        aggregate_fields=item.aggregate_fields if traits.aggregate else (),
    )


def _with_offset(base: Base, offset: int | None) -> Base:
    return base if base.virtual else replace(base, offset=offset)


def _leaves(type_: Type) -> list[str]:
    """Element types of standard containers, at any depth, whose copyability matters for the container's."""
    if type_.kind is TypeKind.ARRAY and type_.target is not None:
        return _leaves(type_.target)
    if type_.kind is not TypeKind.RECORD or not (type_.declaration or "").startswith("std::"):
        return []
    inner = [part for part in type_.arguments if isinstance(part, Type)]
    direct = [part.bare for part in inner if part.kind is TypeKind.RECORD] if type_.declaration in _CONTAINERS else []
    return direct + [leaf for part in inner for leaf in _leaves(part)]


def _correct_copies(classes: list[Class], copyable: dict[str, bool]) -> list[Class]:
    """Takes copies back from classes whose copy the compiler writes, and could not write."""
    lying = {
        item.qualified for item in classes if item.traits.copy_constructible and _is_lying(item, copyable, frozenset())
    }
    while True:
        more = {
            item.qualified
            for item in classes
            if item.qualified not in lying
            and item.traits.copy_constructible
            and _is_lying(item, copyable, frozenset(lying))
        }
        if not more:
            break
        lying |= more
    return [
        replace(item, traits=replace(item.traits, copy_constructible=False, copy_assignable=False))
        if item.qualified in lying
        else item
        for item in classes
    ]


def _is_lying(item: Class, copyable: dict[str, bool], lying: frozenset[str]) -> bool:
    if any(_is_own_copy(constructor) for constructor in item.constructors):
        return False
    parts = [member.type for member in item.fields if not member.static] + [base.type for base in item.bases]
    return any(
        kind in lying or copyable.get(kind) is False for part in parts for kind in [*_leaves(part), *_members(part)]
    )


def _members(type_: Type) -> list[str]:
    return [part.bare for part in types.walk(type_) if part.kind is TypeKind.RECORD] if _by_value(type_) else []


def _by_value(type_: Type) -> bool:
    return type_.kind in (TypeKind.RECORD, TypeKind.ARRAY) and (type_.declaration or "") not in (
        "std::unique_ptr",
        "std::shared_ptr",
        "std::weak_ptr",
        "std::function",
    )


def _is_own_copy(function: Function) -> bool:
    """A copy constructor with a body of its own."""
    if function.defaulted or function.deleted or len(function.params) != 1:
        return False
    type_ = function.params[0].type
    target = type_.target
    return type_.kind is TypeKind.LVALUE_REFERENCE and target is not None and target.bare == function.scope
