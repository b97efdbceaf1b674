"""Numba: bound functions, methods and fields in compiled Python, by their ordinary names.

In: modules made by dovetail, as compiled functions name them or get objects of theirs.  Out: Numba's types, typing and
lowering for them.  Must not know: headers; how modules are made.

Numba calls `init` when it is first used (entry point `numba_extensions`), so that nothing need be imported for it. A
call becomes one of the native function, by a symbol whose name holds the hash of all signatures. Numba's cache keeps
names: `Symbol` gives them their addresses again in another process, and code of another build is compiled anew.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
import types as python_types
from dataclasses import dataclass
from functools import cache
from typing import Any, final

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import caching, cgutils
from numba.core.datamodel import models
from numba.core.errors import NumbaError, TypingError
from numba.core.imputils import lower_builtin, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, signature
from numba.core.typing.typeof import typeof_impl
from numba.extending import NativeValue, box, register_model, unbox

from dovetail.capi import NativeClass, NativeFunction, native, native_classes

_POINTER = ir.IntType(8).as_pointer()
_NUMBERS: dict[str, Any] = {
    "bool": types.boolean,
    "char": types.int8,
    "signed char": types.int8,
    "unsigned char": types.uint8,
    "short": types.int16,
    "unsigned short": types.uint16,
    "int": types.int32,
    "unsigned int": types.uint32,
    "long": types.int64 if ctypes.sizeof(ctypes.c_long) == 8 else types.int32,
    "unsigned long": types.uint64 if ctypes.sizeof(ctypes.c_long) == 8 else types.uint32,
    "PY_LONG_LONG": types.int64,
    "unsigned PY_LONG_LONG": types.uint64,
    "float": types.float32,
    "double": types.float64,
    "void": types.void,
}


_WHY = "strings, containers and callbacks need Python"


class StaleError(Exception):
    """Compiled code calls what its module no longer has."""


@final
@dataclass(frozen=True, slots=True)
class Symbol:
    """A native function by name; calling it makes the name known to the linker."""

    module: str
    name: str
    abi: str

    def __str__(self) -> str:
        return f"dovetail.{self.abi}.{self.module}.{self.name}"

    def __call__(self) -> None:
        """Before code of the cache is linked. `StaleError`: it was compiled for another build of the module."""
        try:
            found = _find(self.module, self.name)
        except ImportError as error:
            raise StaleError(str(error)) from error
        if found is None or found.abi != self.abi:
            raise StaleError(f"{self.module} has changed")
        llvmlite.binding.add_symbol(str(self), found.address)


def _find(module: str, name: str) -> NativeFunction | None:
    found = importlib.import_module(module)
    return next((each for each in native(found) if each.name == name), None)


class NativeObject(types.Type):
    """An object of a bound class: the address of the C++ object, which the caller's Python object keeps alive."""

    def __init__(self, record: NativeClass) -> None:
        self.record = record
        super().__init__(name=f"{record.module}.{record.path}({record.abi})")


@register_model(NativeObject)
class _ObjectModel(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: NativeObject) -> None:
        super().__init__(manager, type_, _POINTER)


# ---- what Python objects are -------------------------------------------------------------------------------------


@cache
def init() -> None:
    """Teaches Numba, once."""
    ordinary = typeof_impl.dispatch(object)

    def find_type(value: Any, context: Any) -> Any:
        return _type_of(value) or ordinary(value, context)

    typeof_impl.register(object)(find_type)
    rebuild = caching.CompileResultCacheImpl.rebuild

    def rebuild_or_compile(self: Any, target: Any, payload: Any) -> Any:
        try:
            return rebuild(self, target, payload)
        except StaleError:
            return None  # not in the cache

    caching.CompileResultCacheImpl.rebuild = rebuild_or_compile


def _type_of(value: Any) -> Any:
    """The Numba type of a bound function or of an object; None: it is neither."""
    if isinstance(value, python_types.BuiltinFunctionType):
        module = value.__self__
        if not isinstance(module, python_types.ModuleType) or not hasattr(module, "__dovetail_capi__"):
            return None
        functions = native(value)
        if not functions:
            raise TypingError(f"{module.__name__}.{value.__name__} has no native signature: {_WHY}")
        return _function_type(functions)
    return _object_type(type(value))  # type: ignore[arg-type]


@cache
def _object_type(of: type) -> NativeObject | None:
    """Of a bound class, or one written in Python that derives from it."""
    for base in of.__mro__:
        name = base.__module__
        while name:
            module = sys.modules.get(name)
            if module is not None and hasattr(module, "__dovetail_capi__"):
                inner = base.__module__.removeprefix(name).lstrip(".")
                path = f"{inner}.{base.__qualname__}".lstrip(".")
                found = next((each for each in native_classes(module) if each.path == path), None)
                if found is not None:
                    return NativeObject(found)
            name = name.rpartition(".")[0]
    return None


def _value_type(function: NativeFunction, spelling: str) -> Any:
    """The Numba type of a C one."""
    if not spelling.endswith("*"):
        return _NUMBERS[spelling]
    cpp = spelling.removesuffix("*").strip().removesuffix(" const")
    classes = native_classes(sys.modules[function.module])
    return next((NativeObject(each) for each in classes if each.cpp == cpp), types.voidptr)


# ---- functions and methods ---------------------------------------------------------------------------------------


def _function_type(functions: tuple[NativeFunction, ...]) -> Any:
    return types.Function(_make_template(functions))


@cache
def _make_template(functions: tuple[NativeFunction, ...]) -> Any:
    """How Numba types calls of an overload set; the closest of them is called."""
    first = functions[0]
    path = f"{first.module}.{first.path}"

    class Template(AbstractTemplate):
        key = ("dovetail", path, first.abi)

        def generic(self, args: Any, kws: Any) -> Any:
            if kws:
                raise TypingError(f"{path}: compiled code gives arguments by position")
            ranked = [(_rank(args, each), place, each) for place, each in enumerate(map(_signature, functions))]
            fitting = [(rank, place, each) for rank, place, each in ranked if rank is not None]
            if not fitting:
                given = ", ".join(map(str, args))
                takes = "; ".join(each.signature for each in functions)
                raise TypingError(f"{path} does not take ({given}), but: {takes}")
            return min(fitting)[2]

    @lower_builtin(Template.key, types.VarArg(types.Any))
    def call(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        chosen = next(each for each in functions if _signature(each).args == sig.args)
        return _call(context, builder, chosen, args)

    return Template


def _rank(args: Any, sig: Any) -> int | None:
    """The worst conversion, 0 where there is none; None: it does not fit. A float is never truncated to an integer."""
    ranks = [_rank_one(types.unliteral(given), wanted) for given, wanted in zip(args, sig.args, strict=False)]
    if len(args) != len(sig.args) or None in ranks:
        return None
    return max((rank for rank in ranks if rank is not None), default=0)


def _rank_one(given: Any, wanted: Any) -> int | None:
    if given == wanted:
        return 0
    whole = (types.Integer, types.Boolean)
    if isinstance(wanted, types.Integer) and isinstance(given, whole):
        return 1
    if isinstance(wanted, types.Float):
        return 1 if isinstance(given, types.Float) else 2 if isinstance(given, whole) else None
    return None


def _signature(function: NativeFunction) -> Any:
    result = _NUMBERS.get(function.meaning) or _value_type(function, function.result)
    return signature(result, *(_value_type(function, each) for each in function.arguments))


def _declare(context: Any, builder: Any, function: NativeFunction, result: Any, arguments: list[Any]) -> Any:
    """The native function in the code that is being compiled."""
    symbol = Symbol(function.module, function.name, function.abi)
    llvmlite.binding.add_symbol(str(symbol), function.address)
    library = getattr(context, "active_code_library", None)
    if library is not None:
        library._reload_init.add(symbol)
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), str(symbol))


def _call(context: Any, builder: Any, function: NativeFunction, args: Any) -> Any:
    given = [context.get_argument_type(_value_type(function, each)) for each in function.arguments]
    plain = _value_type(function, function.result)
    result = ir.VoidType() if plain is types.void else context.get_argument_type(plain)
    passed = [builder.zext(each, want) if each.type != want else each for each, want in zip(args, given, strict=True)]
    value = builder.call(_declare(context, builder, function, result, given), passed)
    if function.may_fail:
        _check(context, builder, function, value)
    if plain is types.void or function.meaning == "void":
        return context.get_dummy_value()
    if function.meaning == "bool":
        return builder.icmp_signed("!=", value, ir.Constant(value.type, 0))
    return value


def _check(context: Any, builder: Any, function: NativeFunction, value: Any) -> None:
    """Returns from the compiled function where the native one has set an exception."""
    if isinstance(value.type, ir.PointerType):
        failed = cgutils.is_null(builder, value)
    elif isinstance(value.type, (ir.FloatType, ir.DoubleType)):
        failed = builder.fcmp_ordered("==", value, ir.Constant(value.type, function.failure))
    else:
        failed = builder.icmp_signed("==", value, ir.Constant(value.type, function.failure))
    with builder.if_then(failed, likely=False):
        if not function.ambiguous and not isinstance(value.type, ir.PointerType):
            context.call_conv.return_exc(builder)
            return
        api = context.get_python_api(builder)
        gil = api.gil_ensure()
        raised = cgutils.is_not_null(builder, api.err_occurred())
        api.gil_release(gil)
        with builder.if_then(raised, likely=False):
            context.call_conv.return_exc(builder)


# ---- objects -----------------------------------------------------------------------------------------------------


@unbox(NativeObject)
def _unbox_object(type_: NativeObject, given: Any, c: Any) -> Any:
    name = f"{type_.record.path.replace('.', '_')}_ptr"
    function = _find(type_.record.module, name)
    if function is None:
        raise NumbaError(f"{type_} has no address")
    found = c.builder.call(_declare(c.context, c.builder, function, _POINTER, [c.pyapi.pyobj]), [given])
    return NativeValue(found, is_error=cgutils.is_null(c.builder, found))


@box(NativeObject)
def _box_object(type_: NativeObject, value: Any, c: Any) -> Any:
    raise TypingError(f"compiled code cannot return a {type_.record.path}: return what is needed of it, or its index")


@infer_getattr
class _Attributes(AttributeTemplate):
    key = NativeObject

    def generic_resolve(self, type_: NativeObject, name: str) -> Any:
        record = type_.record
        for field, kind, _ in record.fields:
            if field == name:
                return _NUMBERS[kind]
        path = f"{record.path}.{name}"
        functions = tuple(each for each in native(sys.modules[record.module]) if each.path == path)
        if not functions or name == "ptr":
            if _is_there(record, name):
                raise TypingError(f"{record.module}.{path} has no native signature: {_WHY}")
            return None
        return types.BoundFunction(_make_method(functions, type_), type_)


def _is_there(record: NativeClass, name: str) -> bool:
    """Whether Python has such an attribute."""
    at: Any = sys.modules[record.module]
    for part in (*record.path.split("."), name):
        at = getattr(at, part, None)
    return at is not None


@cache
def _make_method(functions: tuple[NativeFunction, ...], of: NativeObject) -> Any:
    function = _make_template(functions)

    class Method(AbstractTemplate):
        key = function.key

        def generic(self, args: Any, kws: Any) -> Any:
            found = function(self.context).generic((self.this, *args), kws)
            return signature(found.return_type, *found.args[1:], recvr=self.this)

    return Method


@lower_getattr_generic(NativeObject)
def _read_field(context: Any, builder: Any, type_: NativeObject, value: Any, name: str) -> Any:
    place, kind = _place(context, builder, type_, value, name)
    return context.unpack_value(builder, kind, place) if kind is not types.boolean else _read_bool(builder, place)


@lower_setattr_generic(NativeObject)
def _write_field(context: Any, builder: Any, sig: Any, args: Any, name: str) -> Any:
    place, kind = _place(context, builder, sig.args[0], args[0], name)
    value = context.cast(builder, args[1], sig.args[1], kind)
    stored = builder.zext(value, ir.IntType(8)) if kind is types.boolean else value
    builder.store(stored, place)
    return context.get_dummy_value()


def _place(context: Any, builder: Any, type_: NativeObject, value: Any, name: str) -> Any:
    kind, offset = next((kind, offset) for field, kind, offset in type_.record.fields if field == name)
    place = builder.gep(value, [ir.Constant(ir.IntType(64), offset)])
    data = ir.IntType(8) if kind == "bool" else context.get_data_type(_NUMBERS[kind])
    return builder.bitcast(place, data.as_pointer()), _NUMBERS[kind]


def _read_bool(builder: Any, place: Any) -> Any:
    return builder.icmp_unsigned("!=", builder.load(place), ir.Constant(ir.IntType(8), 0))
