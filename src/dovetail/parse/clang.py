"""libclang, reduced to what reading declarations needs. No other file imports it.

In: a main file, flags, texts that exist only in memory.  Out: `Unit`, cursors and types (libclang's own, read through
the functions below), plain values.
Must not know: the model, which declarations matter, diagnostics.

Written against libclang 18; later ones add to its C interface and change nothing that is used here. Texts are fetched
by functions of our own, because the bindings decode UTF-8 strictly and headers need not be UTF-8.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from clang import cindex
from clang.cindex import Cursor, CursorKind, TypeKind
from clang.cindex import Type as ClangType

__all__ = [
    "ClangType",
    "Cursor",
    "CursorKind",
    "Place",
    "Problem",
    "TypeKind",
    "Unit",
    "UnitError",
    "parse",
]


class UnitError(Exception):
    """libclang gave no translation unit at all (it crashed, or ran out of stack)."""


# Parse on the calling thread: libclang's own has a small stack.
os.environ.setdefault("LIBCLANG_NOTHREADS", "1")
# A build of libclang that brings its own libc++ would put it before the compiler's library.
if hasattr(cindex.Config, "libcxx_dir"):
    cindex.Config.libcxx_dir = None

try:
    # A second handle of the same library: result types set here must not change those of the bindings.
    _LIB: Final = ctypes.CDLL(cindex.conf.lib._name)
except cindex.LibclangError as error:
    raise ImportError(f"libclang cannot be loaded: {error}") from error


class _String(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("flags", ctypes.c_uint))


class _Location(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p * 2), ("offset", ctypes.c_uint))


class _Range(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p * 2), ("begin", ctypes.c_uint), ("end", ctypes.c_uint))


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    found = getattr(_LIB, name)
    found.restype = result
    found.argtypes = arguments
    return found  # type: ignore[no-any-return]


_get_c_string = _function("clang_getCString", ctypes.c_char_p, _String)
_dispose_string = _function("clang_disposeString", None, _String)


def _bytes_function(name: str, *arguments: Any) -> Callable[..., bytes]:
    call = _function(name, _String, *arguments)

    def fetch(*values: Any) -> bytes:
        string = call(*values)
        data: bytes | None = _get_c_string(string)
        _dispose_string(string)
        return data or b""

    return fetch


def _text_function(name: str, *arguments: Any) -> Callable[..., str]:
    fetch = _bytes_function(name, *arguments)
    return lambda *values: fetch(*values).decode("utf-8", "replace")


_POINTER, _INT, _UINT = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint

spelling = _text_function("clang_getCursorSpelling", Cursor)
usr = _text_function("clang_getCursorUSR", Cursor)
_type_spelling = _text_function("clang_getTypeSpelling", ClangType)
raw_comment = _text_function("clang_Cursor_getRawCommentText", Cursor)
_mangling = _text_function("clang_Cursor_getMangling", Cursor)
_pretty = _text_function("clang_getCursorPrettyPrinted", Cursor, _POINTER)
_file_name = _bytes_function("clang_getFileName", _POINTER)
_problem_text = _text_function("clang_getDiagnosticSpelling", _POINTER)

_LARGE = re.compile(r"\b(?:9[2-9]\d{17}|1\d{19})\b")


def type_spelling(type_: ClangType) -> str:
    """As C++ wants it: `dynamic_extent` among template arguments is a number that C++ has without a suffix only as a
    complaint."""
    text = _type_spelling(type_)
    return _LARGE.sub(r"\g<0>UL", text) if "<" in text else text


_location = _function("clang_getCursorLocation", _Location, Cursor)
_extent = _function("clang_getCursorExtent", _Range, Cursor)
_comment_range = _function("clang_Cursor_getCommentRange", _Range, Cursor)
_range_start = _function("clang_getRangeStart", _Location, _Range)
_range_end = _function("clang_getRangeEnd", _Location, _Range)
_expansion = _function("clang_getExpansionLocation", None, _Location, *([_POINTER] * 4))
_is_in_system_header = _function("clang_Location_isInSystemHeader", _INT, _Location)
_is_from_main_file = _function("clang_Location_isFromMainFile", _INT, _Location)
_included_file = _function("clang_getIncludedFile", _POINTER, Cursor)

_is_inlined = _function("clang_Cursor_isFunctionInlined", _UINT, Cursor)
_is_virtual_base = _function("clang_isVirtualBase", _UINT, Cursor)
_is_macro_function = _function("clang_Cursor_isMacroFunctionLike", _UINT, Cursor)
_is_macro_builtin = _function("clang_Cursor_isMacroBuiltin", _UINT, Cursor)
_is_inline_namespace = _function("clang_Cursor_isInlineNamespace", _UINT, Cursor)
_is_anonymous_record = _function("clang_Cursor_isAnonymousRecordDecl", _UINT, Cursor)
_count_overloads = _function("clang_getNumOverloadedDecls", _UINT, Cursor)
_take_overload = _function("clang_getOverloadedDecl", Cursor, Cursor, _UINT)
_overridden = _function("clang_getOverriddenCursors", None, Cursor, _POINTER, _POINTER)
_dispose_overridden = _function("clang_disposeOverriddenCursors", None, _POINTER)
_pattern = _function("clang_getSpecializedCursorTemplate", Cursor, Cursor)
_template_kind = _function("clang_getTemplateCursorKind", _UINT, Cursor)
_availability = _function(
    "clang_getCursorPlatformAvailability", _INT, Cursor, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _INT
)
_evaluate = _function("clang_Cursor_Evaluate", _POINTER, Cursor)
_eval_kind = _function("clang_EvalResult_getKind", _INT, _POINTER)
_eval_unsigned = _function("clang_EvalResult_isUnsignedInt", _UINT, _POINTER)
_eval_as_unsigned = _function("clang_EvalResult_getAsUnsigned", ctypes.c_ulonglong, _POINTER)
_eval_as_signed = _function("clang_EvalResult_getAsLongLong", ctypes.c_longlong, _POINTER)
_eval_as_double = _function("clang_EvalResult_getAsDouble", ctypes.c_double, _POINTER)
_eval_as_string = _function("clang_EvalResult_getAsStr", ctypes.c_char_p, _POINTER)
_eval_dispose = _function("clang_EvalResult_dispose", None, _POINTER)
_enum_signed = _function("clang_getEnumConstantDeclValue", ctypes.c_longlong, Cursor)
_enum_unsigned = _function("clang_getEnumConstantDeclUnsignedValue", ctypes.c_ulonglong, Cursor)

_VISITOR = ctypes.CFUNCTYPE(_INT, Cursor, Cursor, _POINTER)
_visit = _function("clang_visitChildren", _UINT, Cursor, _VISITOR, _POINTER)
_FIELD_VISITOR = ctypes.CFUNCTYPE(_INT, Cursor, _POINTER)
_visit_fields = _function("clang_Type_visitFields", _UINT, ClangType, _FIELD_VISITOR, _POINTER)

_count_problems = _function("clang_getNumDiagnosticsInSet", _UINT, _POINTER)
_take_problem = _function("clang_getDiagnosticInSet", _POINTER, _POINTER, _UINT)
_problems_of_unit = _function("clang_getDiagnosticSetFromTU", _POINTER, _POINTER)
_child_problems = _function("clang_getChildDiagnostics", _POINTER, _POINTER)
_problem_severity = _function("clang_getDiagnosticSeverity", _INT, _POINTER)
_problem_location = _function("clang_getDiagnosticLocation", _Location, _POINTER)

_FIRST_PREPROCESSING: Final = 500
_KINDS = frozenset(kind.value for kind in CursorKind.get_all_kinds())
_INVALID_KINDS: Final = range(70, 74)
ERROR: Final = 3
FATAL: Final = 4


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written; in a macro's expansion, where the macro is used. `column` counts bytes from 1."""

    path: str
    line: int
    column: int
    offset: int


NOWHERE: Final = Place("", 0, 0, 0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A diagnostic of clang's."""

    severity: int
    text: str
    place: Place
    system: bool
    notes: tuple[tuple[str, Place], ...] = ()


@final
class Unit:
    """A parsed translation unit; cursors from it keep it alive."""

    def __init__(self, unit: Any) -> None:
        self._unit = unit
        self.cursor: Cursor = unit.cursor

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(_problems(_problems_of_unit(self._unit)))

    def save(self, path: str) -> None:
        """Writes a precompiled header; raises UnitError where clang will not."""
        try:
            self._unit.save(path)
        except cindex.TranslationUnitSaveError as error:
            raise UnitError(str(error)) from error


# PrecompiledPreamble and caching are of no use here; Incomplete and ForSerialization make the unit fit for a PCH. The
# detailed record holds macros and #includes; a PCH is refused by a unit whose setting of it differs.
_RECORD, _INCOMPLETE, _FOR_PCH, _SKIP_BODIES = 1, 2, 16, 64


def parse(path: str, arguments: Sequence[str], *, text: str | None = None, header: bool = False) -> Unit:
    """Parses `path` (or `text` in its place). With `header`, without function bodies and ready to be saved."""
    options = _RECORD | _INCOMPLETE | _FOR_PCH | _SKIP_BODIES if header else _RECORD
    unsaved = [] if text is None else [(path, text)]
    try:
        unit = cindex.Index.create().parse(path, list(arguments), unsaved_files=unsaved, options=options)
    except cindex.TranslationUnitLoadError as error:
        raise UnitError("libclang gave up") from error
    return Unit(unit)


def _problems(group: Any) -> Iterator[Problem]:
    for index in range(_count_problems(group)):
        item = _take_problem(group, index)
        location = _problem_location(item)
        notes = tuple((note.text, note.place) for note in _problems(_child_problems(item)))
        yield Problem(
            severity=_problem_severity(item),
            text=_problem_text(item),
            place=_place(location),
            system=bool(_is_in_system_header(location)),
            notes=notes,
        )


def _place(location: _Location, paths: dict[int, str] | None = None) -> Place:
    file, line, column, offset = _POINTER(), _UINT(), _UINT(), _UINT()
    byref = ctypes.byref
    _expansion(location, byref(file), byref(line), byref(column), byref(offset))
    if not file.value:
        return NOWHERE
    return Place(_path(file.value, paths), line.value, column.value, offset.value)


def _path(file: int, paths: dict[int, str] | None = None) -> str:
    """`paths` remembers names by the address of clang's file record: good for one unit, not longer."""
    known = None if paths is None else paths.get(file)
    if known is None:
        known = os.path.normpath(os.path.abspath(os.fsdecode(_file_name(file))))
        if paths is not None:
            paths[file] = known
    return known


def _paths(cursor: Cursor) -> dict[int, str]:
    unit = cursor._tu
    found: dict[int, str] | None = unit.__dict__.get("dovetail_paths")
    if found is None:
        found = unit.__dict__["dovetail_paths"] = {}
    return found


def place(cursor: Cursor) -> Place:
    return _place(_location(cursor), _paths(cursor))


def extent(cursor: Cursor) -> tuple[Place, Place]:
    """Start and end (exclusive)."""
    found, paths = _extent(cursor), _paths(cursor)
    return _place(_range_start(found), paths), _place(_range_end(found), paths)


def comment_extent(cursor: Cursor) -> tuple[Place, Place]:
    found, paths = _comment_range(cursor), _paths(cursor)
    return _place(_range_start(found), paths), _place(_range_end(found), paths)


def children(cursor: Cursor) -> list[Cursor]:
    """Without those that the Python side of libclang has no name for: some attributes, as `flag_enum`."""
    unit = cursor._tu
    found: list[Cursor] = []

    def visit(child: Cursor, _parent: Cursor, _data: Any) -> int:
        child._tu = unit
        if child._kind_id in _KINDS:
            found.append(child)
        return 1  # continue with the next sibling

    _visit(cursor, _VISITOR(visit), None)
    return found


def parameters(cursor: Cursor, children: list[Cursor]) -> list[Cursor]:
    """Of a function: those of its result, as in `std::function<int(int)> f()`, stand before them among its children."""
    found = [child for child in children if child.kind is CursorKind.PARM_DECL]
    count = cindex.conf.lib.clang_Cursor_getNumArguments(cursor)
    return found[len(found) - count :] if 0 <= count <= len(found) else found


def unit_of(cursor: Cursor) -> Cursor:
    """The root of everything that its unit declares."""
    return cursor._tu.cursor


def children_in_main_file(cursor: Cursor) -> list[Cursor]:
    """Of a unit: what its own text declares, without macros and #includes."""
    unit = cursor._tu
    found: list[Cursor] = []

    def visit(child: Cursor, _parent: Cursor, _data: Any) -> int:
        if child._kind_id < _FIRST_PREPROCESSING and _is_from_main_file(_location(child)):
            child._tu = unit
            found.append(child)
        return 1

    _visit(cursor, _VISITOR(visit), None)
    return found


def fields(record: ClangType) -> list[Cursor]:
    """The data members of a record type, also of an instantiation."""
    unit = record._tu
    found: list[Cursor] = []

    def visit(child: Cursor, _data: Any) -> int:
        child._tu = unit
        found.append(child)
        return 1

    _visit_fields(record, _FIELD_VISITOR(visit), None)
    return found


def included_file(directive: Cursor) -> str:
    """The file that an #include led to; "" where it was not found."""
    file = _included_file(directive)
    return _path(file) if file else ""


def pretty(cursor: Cursor) -> str:
    """The declaration in clang's words: specifiers by macros are seen, attributes too, bodies may follow."""
    return _pretty(cursor, None)


def mangled(cursor: Cursor) -> str:
    """The linker's name. Only for functions and variables that do not depend on template parameters: libclang crashes
    on others."""
    return _mangling(cursor)


def is_inlined(cursor: Cursor) -> bool:
    return bool(_is_inlined(cursor))


def is_virtual_base(cursor: Cursor) -> bool:
    return bool(_is_virtual_base(cursor))


def is_plain_macro(cursor: Cursor) -> bool:
    return not _is_macro_function(cursor) and not _is_macro_builtin(cursor)


def is_inline_namespace(cursor: Cursor) -> bool:
    return bool(_is_inline_namespace(cursor))


def is_lifted(record: Cursor) -> bool:
    """A union or struct without name and declarator: its members belong to the class around it."""
    return bool(_is_anonymous_record(record))


def overloads(reference: Cursor) -> list[Cursor]:
    """The declarations that an OVERLOADED_DECL_REF stands for."""
    found = []
    for index in range(_count_overloads(reference)):
        cursor = _take_overload(reference, index)
        cursor._tu = reference._tu
        found.append(cursor)
    return found


def overrides(cursor: Cursor) -> bool:
    """It overrides a virtual function of a base."""
    array, count = ctypes.POINTER(Cursor)(), _UINT()
    _overridden(cursor, ctypes.byref(array), ctypes.byref(count))
    if count.value:
        _dispose_overridden(ctypes.cast(array, _POINTER))
    return bool(count.value)


def pattern(cursor: Cursor) -> Cursor | None:
    """The template (or partial specialisation, or member of one) from which a declaration was instantiated."""
    found = _pattern(cursor)
    found._tu = cursor._tu
    return None if found._kind_id in _INVALID_KINDS else found


def is_constructor_template(cursor: Cursor) -> bool:
    return bool(_template_kind(cursor) == CursorKind.CONSTRUCTOR.value)


def argument_kind(cursor: Cursor, index: int) -> str:
    """Of a template argument: "TYPE", "INTEGRAL"; "" for kinds that the bindings do not know, such as packs."""
    try:
        return str(cursor.get_template_argument_kind(index).name)
    except ValueError:
        return ""


def deprecation(cursor: Cursor) -> str | None:
    """The text of [[deprecated]], "" without one; None where it is not deprecated."""
    deprecated, unavailable, text, other = _INT(), _INT(), _String(), _String()
    parts = (deprecated, text, unavailable, other)
    _availability(cursor, *(ctypes.byref(part) for part in parts), None, 0)
    data = _get_c_string(text) or b""
    _dispose_string(text)
    _dispose_string(other)
    return data.decode("utf-8", "replace") if deprecated.value else None


def evaluate(cursor: Cursor) -> int | float | bytes | None:
    """The value of an initialiser, where clang can compute it. Not for one that depends on a template parameter: it
    crashes libclang."""
    result = _evaluate(cursor)
    if not result:
        return None
    try:
        match _eval_kind(result):
            case 1:
                unsigned = bool(_eval_unsigned(result))
                return int(_eval_as_unsigned(result) if unsigned else _eval_as_signed(result))
            case 2:
                return float(_eval_as_double(result))
            case 4:
                data: bytes | None = _eval_as_string(result)
                return data
            case _:
                return None
    finally:
        _eval_dispose(result)


def enum_value(cursor: Cursor, *, signed: bool) -> int:
    return int(_enum_signed(cursor) if signed else _enum_unsigned(cursor))


def type_kind(type_: ClangType) -> str:
    """The name of the type's kind; "UNKNOWN" for one that the bindings do not know."""
    try:
        return str(type_.kind.name)
    except ValueError:
        return "UNKNOWN"


def type_key(type_: ClangType) -> tuple[int, int]:
    """Identifies the type, spelling included, inside its unit."""
    return type_._kind_id, type_.data[0] or 0
