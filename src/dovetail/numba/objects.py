"""Objects of bound classes in compiled code: how they come in, their methods and fields.

In: Python objects and attributes.  Out: Numba's typing and lowering.  Must not know: elements of containers.
"""

from __future__ import annotations

import sys
import types as python_types
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, final

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.core.imputils import lower_builtin, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.core.typing.typeof import typeof_impl

from dovetail.capi import (
    NativeClass,
    NativeContainer,
    NativeField,
    NativeFunction,
    NativeSequence,
    is_const,
    native,
    native_types,
)
from dovetail.numba.calls import call_native, lower_call, make_method, make_template, meant, resolve_call, widen
from dovetail.numba.kinds import (
    CONTENTS,
    TEXT,
    WHY,
    Bound,
    FlatObject,
    NativeKeyed,
    NativeObject,
    NativeType,
    NativeVector,
    class_of,
    constructors_of,
    functions_of,
    lasting,
    order_of,
    resolve,
    stored_in,
    stored_number,
    stored_type,
    types_of,
)
from dovetail.numba.owning import Typed, keep, place_of


def teach() -> None:
    """What a Python value is to Numba."""
    ordinary = typeof_impl.dispatch(object)

    def find_type(value: Any, context: Any) -> Any:
        found = _type_of(value) or ordinary(value, context)
        if found is None and _is_bound(type(value).__module__):
            path = f"{type(value).__module__}.{type(value).__qualname__}"
            raise TypingError(f"{path} cannot go into compiled code: of containers, those of {CONTENTS} can")
        return found

    typeof_impl.register(object)(find_type)
    ordinary_class = typeof_impl.dispatch(type)

    def find_class(value: Any, context: Any) -> Any:
        record = _record_of(value)
        return _class_type(record) if isinstance(record, NativeClass) else ordinary_class(value, context)

    typeof_impl.register(type)(find_class)


def _type_of(value: Any) -> Any:
    """The Numba type of a bound function or of an object; None: it is neither."""
    if isinstance(value, python_types.BuiltinFunctionType):
        module = value.__self__
        if not isinstance(module, python_types.ModuleType) or not _is_bound(module.__name__):
            return None
        functions = native(value)
        if not functions:
            raise TypingError(f"{module.__name__}.{value.__name__} has no native signature: {WHY}")
        return types.Function(make_template(functions))
    if type(value).__name__ == "ufunc" and type(value).__module__ == "numpy":
        return _type_of_ufunc(value)
    of: Any = type(value)
    record = _record_of(of)
    if record is None:
        return None
    const = is_const(sys.modules[record.module], value)
    return _KINDS[type(record)](record, const)


@cache
def _class_type(record: NativeClass) -> NativeType:
    """A bound class itself, which makes objects."""
    functions = constructors_of(record)
    path = f"{record.module}.{record.path}"

    def making(args: Any, kws: Any) -> Any:
        if not functions:
            raise TypingError(f"compiled code makes no {path}: no constructor of it has a native signature")
        if kws:
            raise TypingError(f"{path}: compiled code gives arguments by position")
        return resolve_call(functions, args)

    made = NativeType(record, making)

    @lower_builtin(made.key, types.VarArg(types.Any))
    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return lower_call(functions, context, builder, sig.args, args)

    return made


_KINDS = {NativeClass: NativeObject, NativeSequence: NativeVector, NativeContainer: NativeKeyed}


def _type_of_ufunc(value: Any) -> Any:
    """In compiled code it is the C++ function, of numbers; None: it is one of NumPy's own."""
    try:
        functions = native(value)
    except TypeError:
        return None
    return types.Function(make_template(functions)) if functions else None


@cache
def _record_of(of: Any) -> NativeClass | NativeSequence | NativeContainer | None:
    return class_of(of)


def _is_bound(name: str) -> bool:
    """A module that dovetail made, or inside of one."""
    while name:
        module = sys.modules.get(name)
        if isinstance(module, python_types.ModuleType) and native_types(module) is not None:
            return True
        name = name.rpartition(".")[0]
    return False


# ---- attributes --------------------------------------------------------------------------------------------------


def _find_field(record: NativeClass, name: str) -> tuple[NativeField, int] | None:
    """A member of the class or of a base, and where it is in the object."""
    places = {record.cpp: 0, **dict(record.bases)}
    for base in order_of(record):
        for field in base.fields:
            if field.name == name and base.cpp in places:
                return field, places[base.cpp] + field.offset
    return None


@infer_getattr
class _Attributes(AttributeTemplate):
    key = NativeObject

    def generic_resolve(self, type_: Any, name: str) -> Any:
        record = type_.record
        found = _find_field(record, name)
        if found is not None:
            return stored_in(type_, found[0].type)
        getters = functions_of(record, name, "get")
        if getters:
            return lasting(meant(getters[0])[0], (type_,))
        functions = functions_of(record, name)
        if not functions:
            return None
        if name == "__call__":
            _teach_call(type_)
        return types.BoundFunction(make_method(functions), type_)


@cache
def _teach_call(type_: NativeObject) -> None:
    """Where an object itself is called, Numba looks for a definition under its type."""

    @lower_builtin(type_, types.VarArg(types.Any))
    def call(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return lower_call(functions_of(type_.record, "__call__"), context, builder, sig.args, args, bound=True)


@lower_getattr_generic(NativeObject)
def _read_attribute(context: Any, builder: Any, type_: Any, value: Any, name: str) -> Any:
    found = _find_field(type_.record, name)
    if found is None:
        getters = functions_of(type_.record, name, "get")
        return lower_call(getters, context, builder, (type_,), (value,))
    place = builder.gep(place_of(context, builder, type_, value), [ir.Constant(ir.IntType(64), found[1])])
    return read_stored(context, builder, (type_, value), found[0].type, place)


@lower_setattr_generic(NativeObject)
def _write_attribute(context: Any, builder: Any, sig: Any, args: Any, name: str) -> Any:
    type_, given = sig.args
    record = type_.record
    if isinstance(type_, FlatObject):
        raise TypingError(f"{record.module}.{record.path}.{name} cannot be set: compiled code has a copy of the object")
    if type_.const:
        raise TypingError(f"{record.module}.{record.path}.{name} cannot be set: the object is const")
    found = _find_field(record, name)
    if found is None:
        setters = functions_of(record, f"set_{name}", "set")
        if not setters:
            raise TypingError(f"{record.module}.{record.path}.{name} cannot be set in compiled code: {WHY}")
        return lower_call(setters, context, builder, (type_, given), args)
    field, offset = found
    if not field.writable:
        raise TypingError(f"{record.module}.{record.path}.{name} is read-only")
    place = builder.gep(place_of(context, builder, type_, args[0]), [ir.Constant(ir.IntType(64), offset)])
    write_stored(context, builder, Lies(record.module, field.type, place), args[1], given)
    return context.get_dummy_value()


@infer_getattr
class _ClassAttributes(AttributeTemplate):
    key = NativeType

    def generic_resolve(self, type_: Any, name: str) -> Any:
        record = type_.record
        if name.startswith("__"):
            return None
        found = getattr(resolve(sys.modules[record.module], record.path), name, None)
        return self.context.resolve_value_type(found) if found is not None else None


@lower_getattr_generic(NativeType)
def _read_class_attribute(context: Any, builder: Any, type_: Any, value: Any, name: str) -> Any:
    return context.get_dummy_value()


# ---- what lies in memory -----------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class Lies:
    """A field or element: the module, what it is, and its address."""

    module: str
    word: str
    place: Any


def read_stored(context: Any, builder: Any, source: Typed, word: str, place: Any) -> Any:
    """A field or element of an object, and where it is; `kinds.stored_in` says what that is."""
    of = source[0]
    module = of.record.module
    known = types_of(module)
    kind = stored_type(known, module, word, const=of.const)
    found = read_plain(context, builder, Lies(module, word, place), kind)
    return keep(context, builder, (kind, found), [source])


def read_plain(context: Any, builder: Any, lies: Lies, kind: Any) -> Any:
    """Without what keeps it alive."""
    known, place = types_of(lies.module), lies.place
    if kind is TEXT:
        return call_native(context, builder, _reader(known.inner[".string"]), [(place, types.voidptr)])
    if isinstance(kind, Bound):
        return place
    number = stored_number(known, lies.word)
    value = builder.load(builder.bitcast(place, context.get_data_type(number).as_pointer()))
    if kind is types.boolean:
        return builder.icmp_unsigned("!=", value, ir.Constant(value.type, 0))
    return widen(context, builder, value, kind, number)


@cache
def _reader(function: NativeFunction) -> NativeFunction:
    """Of strings, as if it were a function of a module."""
    return replace(function, meaning="text (std::string const *)")


def write_stored(context: Any, builder: Any, lies: Lies, value: Any, given: Any) -> None:
    known = types_of(lies.module)
    kind = stored_type(known, lies.module, lies.word, const=False)
    if kind is TEXT or isinstance(kind, Bound):
        raise TypingError("compiled code writes numbers, bools and enums alone: text and objects are set by methods")
    if isinstance(kind, types.IntEnumMember) and types.unliteral(given) != kind:
        raise TypingError(f"{kind} is expected, not {given}")
    number = stored_number(known, lies.word)
    stored = context.cast(builder, value, given, number if kind is not types.boolean else kind)
    if kind is types.boolean:
        stored = builder.zext(stored, ir.IntType(8))
    builder.store(stored, builder.bitcast(lies.place, stored.type.as_pointer()))
