"""Arrays: pointers that go with their lengths, each pair one parameter in Python.

In: parameters of a function, its rule `array`.  Out: `Array` records; DV022.
Must not know: how an array is taken (`convert` and the runtime know).

    double mean(const double* values, size_t n);      "mean" = { array = ["values[n]"] }          # mean(values)
    "blur" = { array = ["image[rows:stride, columns]"] }   # two dimensions, rows `stride` elements apart
    "write" = { array = ["data[size * count]"] }      # at least so many: write(data, size, count)
    "sort" = { array = ["first..last"] }                   # pointers to the first and behind the last
    "norm" = { array = ["v[3]"] }                          # always three
    "hull" = { array = ["shapes[n]"] }       # const Shape* const* shapes, int n: any iterable of shapes
    "join" = { array = ["words[]"] }                   # pointers, and a null at the end
    "hash" = { array = ["#1[#2]"] }                        # parameters without names: the first, the second

Without a rule where the types and both names say so: `const char* data, size_t len`; `double x[3]`. `array = []` makes
nothing an array. What is guessed is a pointer with an integer right behind it, where the integer is named after the
pointer (`key, key_len`) or is called a length while the pointer is called data. What C++ may write through could also
be an output, or memory that it takes over: only bytes are guessed, and of functions whose names say that they give
something (`read`, `copy_to`), or where the pointer is called a destination. A length by pointer (`size_t* len`) starts
as that of the array, and what C++ leaves in it is part of the result; that is guessed for `size_t` alone. Where two
numbers follow (`size, nitems`) they may multiply, and nothing is guessed. Where the class has a field that could hold
the pointer, the object keeps the memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from dovetail import model, plan
from dovetail.convert import Passing, Refusal, Use, take_apart
from dovetail.model import FunctionKind, Type, TypeKind
from dovetail.policy.defaults import is_nothing
from dovetail.policy.draft import Draft
from dovetail.policy.encodings import retype
from dovetail.policy.names import to_snake_case
from dovetail.policy.nullable import takes_none
from dovetail.policy.rules import View
from dovetail.policy.values import builtin, find_conversion, find_format

HEADER = "dovetail/convert/arrays.h"
OBJECTS = "dovetail/convert/object_arrays.h"
RESULT = "return"
SPEC = re.compile(r"\s*(?:(#?\w+)\s*\[([^\]]*)\]|(#?\w+)\s*\.\.\s*(#?\w+))\s*$")
CALLBACK = re.compile(r"\s*(?:\*|#?\w+)\s*\(.*\)\s*$")
"""What a rule says of the arguments of a callback: `shapes` reads it."""
PLACE = re.compile(r"\s*#\d+\s*\[\s*(?:#\d+)?\s*\]\s*$")
EXTENT = re.compile(r"\s*([#\w*+() ]+?)\s*(?::\s*(#?\w+)(\s+bytes)?)?\s*$")
DATA = frozenset(
    {"data", "buf", "buffer", "bytes", "ptr", "src", "source", "input", "in", "str", "string", "text", "content"}
    | {"contents", "payload", "message", "msg", "chars", "block", "chunk", "mem", "memory", "raw", "blob", "values"}
    | {"array", "arr", "vec", "samples", "items", "elements", "json", "xml", "html", "out", "output", "dst", "dest"}
)
SHORT = frozenset({"d", "p", "s", "b"})
"""Names of pointers to bytes."""
BYTES = frozenset({"nbytes", "n_bytes", "n_byte", "num_bytes", "byte_count", "bytes_count"})
LENGTH = frozenset({"len", "length", "size", "sz", "capacity", "cap"}) | BYTES
REPEATS = frozenset({"nitems", "n_items", "items", "nmemb", "memb", "nelem", "nelems", "n_elems", "blocks"}) | LENGTH
"""Of a second number behind a length."""
GIVING = frozenset(
    {"read", "recv", "receive", "get", "copy", "fetch", "fill", "peek", "pull", "to", "format", "print", "render"}
    | {"encode", "decode", "serialize", "generate", "random", "dump", "compress", "decompress", "inflate", "deflate"}
    | {"uncompress", "pack", "unpack"}
)
"""In names of functions that write to memory of their callers."""
DESTINATION = frozenset({"dst", "dest", "destination", "out", "output"})
OWNING = frozenset(
    {"set", "attach", "init", "use", "adopt", "take", "bind", "register", "add", "push"}
    | {"free", "release", "realloc", "dealloc", "destroy", "delete"}
)
"""In names of functions that may keep or end the memory, whatever it is called."""
COUNT = frozenset({"count", "num", "n", "nelem", "num_elements", "num_values"})
"""Of elements; beside text it may be how often."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    text: str
    """A number, or what the header calls it."""
    apart: str = ""
    """The parameter that says how far rows are apart."""
    in_bytes: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A word of the rule, taken apart."""

    name: str
    extents: tuple[Extent, ...] = ()
    """None where a null ends it."""
    last: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """An array among parameters."""

    index: int
    element: Type
    dimensions: tuple[str, ...]
    """Arguments of the runtime's `ArrayOf`: `int`, `dovetail::Fixed<3>`."""
    carried: dict[int, str]
    """Parameters that the array brings along: the member of the runtime's argument that gives each."""
    written: int | None = None
    """The parameter by which C++ hears the length and says how much it used."""
    holds: str = ""
    """How many elements there must be at least, with `@k` for the parameters that say it, which Python gives too."""
    form: str = ""
    """The member that gives the array itself, where it is no plain pointer: `rows`, `array`."""


def read_spec(text: str) -> Spec | None:
    """None: it is not understood."""
    found = SPEC.match(text)
    if found is None:
        return None
    if found[3]:
        return Spec(name=found[3], last=found[4])
    extents = []
    for part in found[2].split(",") if found[2].strip() else ():
        extent = EXTENT.match(part)
        if extent is None:
            return None
        extents.append(Extent(text=extent[1], apart=extent[2] or "", in_bytes=bool(extent[3])))
    return Spec(name=found[1], extents=tuple(extents))


def result_specs(view: View, name: str = RESULT) -> tuple[Spec, ...]:
    """What a rule says of the result, or of a field by its name."""
    specs = (read_spec(text) for text in view.rule.array or ())
    return tuple(spec for spec in specs if spec is not None and spec.name == name)


def result_spec(view: View, name: str = RESULT) -> Spec | None:
    return next(iter(result_specs(view, name)), None)


def find_arrays(draft: Draft, function: model.Function, params: Sequence[model.Param], view: View) -> dict[int, Array]:
    """By the index of the pointer."""
    found: dict[int, Array] = {}
    for text in view.rule.array or ():
        spec = read_spec(text)
        if CALLBACK.match(text):
            check_callback(draft, function, params, view, text)
        elif spec is None:
            report(draft, function, view, f"`{text}` is no array", "name[extent], name[rows, columns] or first..last")
        elif spec.name != RESULT and not is_counted(params, view, spec):
            array = place(draft, function, params, view, spec)
            if array is not None:
                found[array.index] = array
    if view.rule.array == ():
        return found
    carried = {index for array in found.values() for index in lengths_of(array)}
    outputs = {p.name for p in params if "out" in p.annotations} | set(view.rule.out or ())
    for index, param in enumerate(params):
        if index in found or index in carried or param.name in outputs or retype(param.type, view) is not None:
            continue
        guessed = guess_fixed(draft, index, param) or guess_pair(draft, function, index, params)
        lengths: set[int] = set() if guessed is None else lengths_of(guessed)
        if guessed is not None and not carried & lengths and not outputs & {params[i].name for i in lengths}:
            found[index] = guessed
            carried |= lengths
    return found


def check_callback(
    draft: Draft, function: model.Function, params: Sequence[model.Param], view: View, text: str
) -> None:
    """What a rule says of the arguments of a callback must speak of one."""
    name = text.partition("(")[0].strip()
    places = text.strip()[:-1].partition("(")[2].split(",")
    index = index_of(params, name)
    if not all(PLACE.match(place) for place in places):
        report(draft, function, view, f"`{text}` says nothing of a callback", "callback(#3[#2]) or callback(#3[])")
    elif name != "*" and (index is None or not is_callback(params[index].type)):
        report(draft, function, view, f"`array` names `{name}`, which is no callback", "")


def is_callback(type_: Type) -> bool:
    return type_.kind is TypeKind.POINTER and type_.target is not None and type_.target.kind is TypeKind.FUNCTION


def is_counted(params: Sequence[model.Param], view: View, spec: Spec) -> bool:
    """An output that is an array: `outputs` decides it."""
    index = index_of(params, spec.name)
    target = params[index].type.target if index is not None else None
    said = {spec.name, "*"} & set(view.rule.out or ())
    return bool(said) and target is not None and target.kind is TypeKind.POINTER


def lengths_of(array: Array) -> set[int]:
    """The parameters that Python does not give because of the array."""
    return {*array.carried, *(() if array.written is None else (array.written,))}


# ---- rules ---------------------------------------------------------------------------------------------------------


def place(
    draft: Draft, function: model.Function, params: Sequence[model.Param], view: View, spec: Spec
) -> Array | None:
    """The array whose parameters a rule names; what does not fit is reported unless a glob says it."""
    index = index_of(params, spec.name)
    array = None if index is None else fit(draft, index, params, fit_constants(draft, function, spec))
    if index is None:
        said = any(index_of(f.params, spec.name) is not None for f in siblings(draft, function))
        if not said:
            report(draft, function, view, f"`array` names `{spec.name}`, which is no parameter", "")
    elif isinstance(array, str):
        report(draft, function, view, f"`{spec.name}` cannot be an array: {array}", "")
    return array if isinstance(array, Array) else None


def siblings(draft: Draft, function: model.Function) -> tuple[model.Function, ...]:
    """The overloads of one name."""
    owner = draft.classes.get(function.scope)
    group = (*owner.model.constructors, *owner.model.methods) if owner else draft.model.functions
    return tuple(f for f in group if f.qualified == function.qualified)


def index_of(params: Sequence[model.Param], name: str) -> int | None:
    """By name, or by place where the header gives none: `#2` is the second."""
    if name[:1] == "#":
        place = int(name[1:]) - 1 if name[1:].isdigit() else -1
        return place if 0 <= place < len(params) else None
    return next((i for i, p in enumerate(params) if p.name == name), None)


def fit(draft: Draft, index: int, params: Sequence[model.Param], spec: Spec) -> Array | str:
    """The array, or what is wrong."""
    type_ = params[index].type
    element = element_of(draft, type_)
    if element is None:
        return f"C++ has no array of plain elements in `{type_.written}`"
    if spec.last:
        last = index_of(params, spec.last)
        if last is None:
            return f"`{spec.last}` is no parameter"
        other = element_of(draft, params[last].type)
        if other is None or other.bare != element.bare:
            return f"`{spec.last}` is no pointer of the same type"
        return Array(index=index, element=element, dimensions=("dovetail::End",), carried={last: "end"})
    if not spec.extents:
        if element.kind is not TypeKind.POINTER:
            return "only an array of pointers ends with a null"
        return Array(index=index, element=element, dimensions=("dovetail::End",), carried={})
    if len(spec.extents) == 1 and re.search(r"[*+]", spec.extents[0].text):
        holds = spell_holds(params, spec.extents[0].text)
        if holds is None:
            return f"`{spec.extents[0].text}` is not made of numbers and parameters that are integers"
        return Array(index=index, element=element, dimensions=("size_t",), carried={}, holds=holds)
    dimensions, carried = [], {}
    only = spec.extents[0] if len(spec.extents) == 1 else None
    length = None if only is None or only.apart else index_of(params, only.text)
    if length is not None and is_written_length(params[length].type):
        return Array(
            index=index, element=element, dimensions=(length_type(params[length].type),), carried={}, written=length
        )
    for position, extent in enumerate(spec.extents):
        found = fit_extent(params, extent, position)
        if isinstance(found, str):
            return found
        dimensions.append(found[0])
        carried.update(found[1])
    if any("Apart" in d for d in dimensions[1:]) or ("Apart" in dimensions[0] and len(dimensions) == 1):
        return "only rows, the first of several dimensions, can be apart"
    return Array(index=index, element=element, dimensions=tuple(dimensions), carried=carried)


def spell_holds(params: Sequence[model.Param], text: str) -> str | None:
    """`@1 * @2` of `size * nitems`; None where a word is no integer."""
    words = re.findall(r"#?\w+", text)
    places = {word: index_of(params, word) for word in words if not word.isdigit()}
    if any(place is None or not is_length(params[place].type) for place in places.values()):
        return None
    return re.sub(r"#?\w+", lambda word: word[0] if word[0].isdigit() else f"@{places[word[0]]}", text)


def fit_constants(draft: Draft, function: model.Function, spec: Spec) -> Spec:
    """Enumerators of the function's class stand for their values: `values[channels]`."""
    known = {
        v.name: v.value for e in draft.model.enums if e.scope == function.scope and not e.scoped for v in e.enumerators
    }
    said = {p.name for p in function.params}
    extents = (replace(e, text=str(known[e.text])) if e.text in known.keys() - said else e for e in spec.extents)
    return replace(spec, extents=tuple(extents))


def fit_extent(params: Sequence[model.Param], extent: Extent, position: int) -> tuple[str, dict[int, str]] | str:
    if extent.text.isdigit():
        return (f"dovetail::Fixed<{int(extent.text)}>", {}) if int(extent.text) else "an extent of 0"
    index = index_of(params, extent.text)
    if index is None or not is_length(params[index].type):
        return f"`{extent.text}` is no parameter that is an integer"
    length = length_type(params[index].type)
    carried = {index: f"extent:{position}"}
    if not extent.apart:
        return length, carried
    apart = index_of(params, extent.apart)
    if apart is None or not is_length(params[apart].type):
        return f"`{extent.apart}` is no parameter that is an integer"
    distance = "pitch" if extent.in_bytes else "stride"
    carried[apart] = f"{distance}:{length_type(params[apart].type)}"
    return f"dovetail::Apart<{length}>", carried


def report(draft: Draft, function: model.Function, view: View, text: str, help_: str) -> None:
    """DV022, once for each function and text."""
    key = f"array:{function.qualified}:{text}"
    if "array" in view.loose or key in draft.reported_owners:
        return
    draft.reported_owners.add(key)
    listed = ", ".join(f"`{p.type.written} {p.name}`" for p in function.params if p.name) or "none that has a name"
    helps = (f"write {help_}",) if help_ else ()
    draft.sink.report(
        "DV022", text, view.span("array"), notes=(f"parameters of `{function.qualified}`: {listed}",), helps=helps
    )


# ---- types ---------------------------------------------------------------------------------------------------------


def element_of(draft: Draft, type_: Type) -> Type | None:
    """What a pointer points to, where that can be an element of an array."""
    type_ = pointer_of(type_)
    core, passing = take_apart(type_)
    if passing not in (Passing.POINTER, Passing.CONST_POINTER) or type_.kind is not TypeKind.POINTER or core.volatile:
        return None
    if core.kind is TypeKind.VOID or find_format(draft, core) is not None or points_to_object(draft, core):
        return core
    # Others can only be copied for the call.
    found = find_conversion(draft, replace(core, const=False, canonical=core.bare), Use.ELEMENT)
    plain = core.const and core.kind in (TypeKind.RECORD, TypeKind.ENUM)
    return core if plain and not isinstance(found, Refusal) and not found.views and not found.transfers else None


def points_to_object(draft: Draft, element: Type) -> bool:
    """`const Shape* const` or `const char*`: an array of them is made for the call."""
    target = element.target if element.kind is TypeKind.POINTER else None
    if target is None or target.volatile:
        return False
    found = draft.find_class(target)
    return (target.bare == "char" and target.const) or (found is not None and not found.raised)


def pointer_of(type_: Type) -> Type:
    """`T* const&` and `T*&&` are as good as `T*`."""
    target = type_.target
    reads = type_.kind is TypeKind.RVALUE_REFERENCE or (
        type_.kind is TypeKind.LVALUE_REFERENCE and target and target.const
    )
    return target if reads and target is not None and target.kind is TypeKind.POINTER else type_


def is_length(type_: Type) -> bool:
    core, passing = take_apart(type_)
    return core.kind is TypeKind.INTEGER and passing is Passing.VALUE


def is_written_length(type_: Type) -> bool:
    """A pointer or reference to an integer that C++ may write to."""
    core, passing = take_apart(type_)
    return core.kind is TypeKind.INTEGER and not core.const and passing in (Passing.POINTER, Passing.REFERENCE)


def length_type(type_: Type) -> str:
    return take_apart(type_)[0].bare


def is_byte(type_: Type) -> bool:
    """`char`, `unsigned char`, `std::byte` and `void`: an array of them is bytes."""
    return type_.kind is TypeKind.VOID or type_.bare in ("char", "unsigned char", "std::byte")


# ---- what names say ------------------------------------------------------------------------------------------------


def guess_fixed(draft: Draft, index: int, param: model.Param) -> Array | None:
    """`double x[3]`, `const float (&m)[2][2]`."""
    core, extents, form = param.type, [], ""
    if core.kind is TypeKind.POINTER and core.extent is not None and core.target is not None:
        extents, core = [core.extent], core.target
    elif core.kind is TypeKind.LVALUE_REFERENCE and core.target is not None and core.target.kind is TypeKind.ARRAY:
        core, form = core.target, "array"
    while core.kind is TypeKind.ARRAY and core.target is not None and core.extent:
        form = form or "rows"
        extents.append(core.extent)
        core = core.target
    text = core.bare == "char"  # it may be a C string in a buffer of some size
    if not extents or 0 in extents or text or core.volatile or find_format(draft, core) is None:
        return None
    if core.kind is TypeKind.ARRAY:
        return None
    return Array(
        index=index,
        element=core,
        dimensions=tuple(f"dovetail::Fixed<{extent}>" for extent in extents),
        carried={},
        form=form,
    )


def guess_pair(draft: Draft, function: model.Function, index: int, params: Sequence[model.Param]) -> Array | None:
    """A pointer and the length behind it, where both names say so."""
    if index + 1 >= len(params):
        return None
    pointer, length = params[index], params[index + 1]
    wide = take_apart(length.type)[0]
    written = is_written_length(length.type) and wide.size == 8 and wide.signed is False
    if not (is_length(length.type) or written) or may_multiply(params[index + 2 : index + 3]):
        return None
    if pointer.type.kind is not TypeKind.POINTER or pointer.type.target is None or pointer.type.extent is not None:
        return None
    element = pointer.type.target
    byte = is_byte(element)
    number = element.kind in (TypeKind.INTEGER, TypeKind.FLOAT) and element.const and not element.volatile
    pointers = element.const and points_to_object(draft, element) and is_bracketed(pointer, length.name)
    if not (byte or pointers or (number and find_format(draft, element) is not None)):
        return None
    if not element.const and not gives(function, pointer.name):
        return None
    unsigned = wide.signed is False
    # `const void*` is memory, whatever it is called.
    memory = element.kind is TypeKind.VOID and element.const and ends_in_length(length.name)
    memory = memory or is_bracketed(pointer, length.name)
    memory = memory or function.name.startswith('operator""')  # of a literal, C++ itself says so
    text = element.bare == "char"
    if not memory and not names_agree(pointer.name, length.name, byte=byte, text=text, unsigned=unsigned):
        return None
    dimensions = (length_type(length.type),)
    if written:
        return Array(index=index, element=element, dimensions=dimensions, carried={}, written=index + 1)
    return Array(index=index, element=element, dimensions=dimensions, carried={index + 1: "extent:0"})


def is_bracketed(pointer: model.Param, length: str) -> bool:
    """`const double x[], int n`: the brackets say that it is an array."""
    number = to_snake_case(length).strip("_")
    return pointer.type.written.endswith("[]") and (number in COUNT | LENGTH | {"argc"} or number.startswith("num_"))


def gives(function: model.Function, pointer: str) -> bool:
    """It writes to the memory of its caller, and does nothing else with it."""
    words = {word.rstrip("0123456789") for word in to_snake_case(function.name).split("_")}
    destination = to_snake_case(pointer).strip("_") in DESTINATION
    return bool(words & GIVING) or (destination and not words & OWNING)


def may_multiply(after: Sequence[model.Param]) -> bool:
    """`size, nitems`: the length is their product, or something else that only the documentation says."""
    return any(is_length(p.type) and to_snake_case(p.name).strip("_") in REPEATS for p in after)


def names_agree(pointer: str, length: str, *, byte: bool, text: bool, unsigned: bool) -> bool:
    """`key, key_len`; `data, size`; `s, n`, where n is unsigned. `count` beside text may be how often."""
    data, number = (to_snake_case(name).strip("_") for name in (pointer, length))
    if not data or not number:
        return False
    in_bytes = number in BYTES or number.endswith("_bytes")
    if in_bytes and not byte:
        return False
    if number in BYTES:
        return True
    stem = data.removeprefix("p_").removesuffix("_ptr").removesuffix("_data")
    for word in (data, stem):
        affixes = {f"{word}{tail}" for tail in ("_len", "len", "_length", "_size", "size", "_sz", "_n", "_nbytes")}
        affixes |= {f"{word}_{tail}" for tail in ("capacity", "cap", "max")}
        affixes |= {f"{head}{word}" for head in ("len_", "length_", "size_", "n_", "size_of_", "length_of_")}
        if number in affixes or (
            not text and number in (f"{word}_count", f"num_{word}", f"number_of_{word}", f"n{word}")
        ):
            return True
    short, _, tail = number.rpartition("_")
    if tail in LENGTH and len(short) > 2 and data.startswith(short):  # `dictionary, dictLength`
        return True
    is_data = data in DATA or any(data.endswith(f"_{word}") or data.startswith(f"{word}_") for word in DATA)
    is_data = is_data or (byte and data in SHORT)
    counts = number in LENGTH or (number == "n" and (unsigned or not text)) or (not text and number in COUNT)
    return is_data and counts


def ends_in_length(name: str) -> bool:
    """`n`, `srcSize`, `dict_length`."""
    return to_snake_case(name).strip("_").rpartition("_")[2] in LENGTH | {"n", "bytes"}


# ---- parameters ----------------------------------------------------------------------------------------------------


def decide_array(
    draft: Draft, function: model.Function, param: model.Param, array: Array, *, name: str, view: View
) -> plan.Param | Refusal:
    """The pointer; what it carries is the runtime's."""
    inside = function.kind in (FunctionKind.METHOD, FunctionKind.CONSTRUCTOR)
    kept = param.name in view.rule.keeps or "keeps" in param.annotations
    kept = kept or may_hold(draft, function, array.element)
    keeper = "self" if kept and inside else "result" if kept else ""
    pointers = array.element.kind is TypeKind.POINTER
    if keeper and pointers:
        return Refusal(
            code="DV036", reason=f"`{param.type.written}` must live on, and would be made for the call alone"
        )
    element = f"const {array.element.bare}" if array.element.const else array.element.bare
    element = array.element.canonical if pointers else element
    cpp = f"dovetail::ArrayOf<{', '.join((element, *array.dimensions))}>"
    null = param.default is not None and is_nothing(param.default, param.type)
    nullable = null or takes_none(function, param, view)
    takes, headers = annotate(draft, array)
    value = plan.Value(
        cpp=f"dovetail::Keep<{cpp}>" if keeper else cpp,
        converter="array",
        takes=f"{takes} | None" if nullable else takes,
        gives="numpy.ndarray",
        headers=tuple(sorted({HEADER, *headers})),
    )
    default = plan.DefaultValue(python="None", cpp="nullptr") if null else None
    if param.default is not None and not null:
        default = plan.DefaultValue(python="...")
    return plan.Param(name=name, value=value, default=default, nullable=nullable, kept_by=keeper)


def may_hold(draft: Draft, function: model.Function, element: Type) -> bool:
    """An object may point into what it is made of; later on only where it has a field for that."""
    if function.kind is FunctionKind.CONSTRUCTOR:
        return True
    owner = draft.classes.get(function.scope)
    if owner is None or function.kind is not FunctionKind.METHOD or function.const:
        return False
    targets = [f.type.target for f in owner.model.fields if f.type.kind is TypeKind.POINTER and not f.static]
    return any(t is not None and (t.bare == element.bare or t.kind is TypeKind.VOID) for t in targets)


def decide_used(param: model.Param, *, name: str, of: int) -> plan.Param:
    """A length that C++ writes back. `of`: where the array is among the parameters that Python sees."""
    number = builtin(length_type(param.type), "int", "integer")
    return plan.Param(name=name, value=number, out=True, starts=of)


def annotate(draft: Draft, array: Array) -> tuple[str, tuple[str, ...]]:
    """What is taken, and the headers of the elements."""
    element = array.element
    if element.kind is TypeKind.VOID:
        return "Buffer", ()
    if is_byte(element) and len(array.dimensions) == 1:
        return ("str | Buffer" if element.const and element.bare == "char" else "Buffer"), ()
    if element.kind is TypeKind.POINTER:
        item = find_conversion(draft, element, Use.TAKE)
        assert not isinstance(item, Refusal)
        return f"Iterable[{item.takes}]", (*item.headers, OBJECTS)
    found = find_conversion(draft, replace(element, const=False, canonical=element.bare), Use.ELEMENT)
    headers = () if isinstance(found, Refusal) else found.headers
    copies = element.const and len(array.dimensions) == 1 and not isinstance(found, Refusal)
    if not copies or isinstance(found, Refusal):
        return "Buffer", headers
    items = f"Iterable[{found.takes}]"
    return (f"Buffer | {items}" if find_format(draft, element) is not None else items), headers


def spell_passed(arrays: dict[int, Array], order: dict[int, int], index: int) -> str:
    """What stands for a parameter in the call: `{0}`, `{0.extent:0}`."""
    if index in arrays:
        array = arrays[index]
        # Of several arrays with one length the others are held against the first.
        first = next((a for a in arrays.values() if a is not array and a.carried and a.carried == array.carried), None)
        if first is not None and first.index < index:
            return f"{{{order[index]}.like:{order[first.index]}}}"
        if array.holds:
            counted = re.sub(r"@(\d+)", lambda k: f"dovetail::Count({{{order[int(k[1])]}}})", array.holds)
            return f"{{{order[index]}.itself}}.holding({counted})"
        return f"{{{order[index]}.{array.form}}}" if array.form else f"{{{order[index]}}}"
    array = next(a for a in arrays.values() if index in a.carried and a.index in order)
    return f"{{{order[array.index]}.{array.carried[index]}}}"
