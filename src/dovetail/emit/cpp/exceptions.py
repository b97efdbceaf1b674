"""Exceptions: Python exception classes for those of the header, and the function that translates what C++ throws.

In: `plan.Raised`.  Out: `BoundException<>` specialisations, `raise_cpp`, members, rows of the module's table.
Must not know: how other exceptions are translated.
"""

from __future__ import annotations

from dovetail.emit.cpp.accessors import write_accessor, write_accessor_table
from dovetail.emit.cpp.constructors import write_exception_constructor
from dovetail.emit.cpp.context import Context
from dovetail.emit.cpp.expressions import fill
from dovetail.emit.cpp.functions import write_function, write_method_table
from dovetail.emit.cpp.literals import comment, quote
from dovetail.emit.cpp.wrapper import Owner, Receiver
from dovetail.emit.index import bases_of
from dovetail.emit.writer import Writer
from dovetail.plan import Raised


def find_bases(context: Context, record: Raised) -> list[Raised]:
    """Those of the header; the others are Python's own."""
    found = [context.index.resolve(path) for path in bases_of(record)]
    return [above for above in found if isinstance(above, Raised)]


def write_bound_exception(out: Writer, context: Context, record: Raised) -> None:
    bases = ", ".join(above.cpp for above in find_bases(context, record))
    out.gap()
    with out.block(f"template <> struct dovetail::BoundException<{record.cpp}>", closing="};"):
        out.line(f"static constexpr int slot = {context.namespace}::Exceptions::{context.base_of(record)};")
        out.line(f"static constexpr const char* name = {quote(record.name)};")
        out.line(f"static constexpr const char* cpp = {quote(record.cpp)};")
        out.line(f"using bases = dovetail::Bases<{bases}>;")


def write_translation(out: Writer, context: Context) -> None:
    """`raise_cpp`: the header's exceptions, most derived first; then what the runtime knows."""
    context.declare("PyObject* raise_cpp(dovetail::Home home) noexcept;")
    out.gap()
    out.line("// Exceptions of the header first, most derived first.")
    with out.block("static bool raise_own(dovetail::Home home) noexcept"):
        with out.block("try", closing=""):
            out.line("throw;")
        for record in reversed(context.plan.thrown):
            text = fill(record.message, (), "error").replace("error->", "error.").replace("*error", "error")
            uses = "error" in text
            with out.block(f"}} catch (const {record.cpp}& error)", closing=""):
                out.line(f"dovetail::raise_exception(error, {text if uses else quote(record.name)}, home);")
        with out.block("} catch (...)"):
            out.line("return false;")
        out.line("return true;")
    with out.block(f"{context.linkage}PyObject* raise_cpp(dovetail::Home home) noexcept"):
        out.line("return dovetail::raise_current(home, raise_own);")


def write_exception(out: Writer, context: Context, record: Raised) -> str:
    """Members of an exception class; gives its row."""
    base = context.base_of(record)
    if record.module:
        path = f"{record.scope}.{record.name}"[len(record.module) + 1 :]
        rest = f"nullptr, nullptr, nullptr, {quote(record.module)}"
        return f'{{Exceptions::{base}, {{}}, "", {quote(path)}, nullptr, {rest}}},'
    if not record.cpp:
        parents = _write_parents(out, context, record)
        texts = ", ".join(quote(text) for text in (record.scope, record.name, record.doc))
        return f"{{Exceptions::{base}, {parents}, {texts}, nullptr, nullptr, nullptr, nullptr, true}},"
    owner = Owner(base=base, name=record.name, receiver=Receiver(cpp=record.cpp, exception=True))
    if record.methods or record.accessors or record.constructors is not None:
        out.gap()
        out.raw(comment(f"---- {record.cpp}"))
    construct = write_exception_constructor(out, context, record, owner)
    methods = [write_function(out, context, function, owner) for function in record.methods]
    accessors = [write_accessor(out, context, accessor, owner) for accessor in record.accessors if not accessor.static]
    if methods:
        write_method_table(out, f"{base}_methods", methods)
    if accessors:
        write_accessor_table(out, f"{base}_accessors", accessors)
    parents = _write_parents(out, context, record)
    texts = ", ".join(quote(text) for text in (record.scope, record.name, record.doc))
    tables = f"{f'{base}_methods' if methods else 'nullptr'}, {f'{base}_accessors' if accessors else 'nullptr'}"
    return f"{{Exceptions::{base}, {parents}, {texts}, {tables}{construct}}},"


def _write_parents(out: Writer, context: Context, record: Raised) -> str:
    """The table of the Python bases: slots of exceptions of the header, names of Python's own."""
    name = f"{context.base_of(record)}_parents"
    out.gap()
    with out.block(f"static const dovetail::ExceptionParent {name}[] =", closing="};"):
        for path in bases_of(record):
            found = context.index.resolve(path)
            if isinstance(found, Raised):
                out.line(f"{{Exceptions::{context.base_of(found)}, nullptr}},")
            else:
                out.line(f"{{-1, {quote(path.removeprefix('builtins.'))}}},")
    return name
