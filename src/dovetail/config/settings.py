"""The settings of a project, of a module and of a rule.

In: values checked by `config.read` or `config.make`.  Out: frozen records; the docstring under each field is its entry
in `docs/reference/settings.md` and in the JSON schema.  Must not know: files, the order of precedence.

One name everywhere: the field `library_dirs` is `library-dirs` in TOML, `--library-dirs` on the command line and
`DOVETAIL_LIBRARY_DIRS` in the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, final

from dovetail.diagnostics import NO_SPAN, Span

PythonError: TypeAlias = Literal[
    "ArithmeticError",
    "AttributeError",
    "BufferError",
    "ConnectionError",
    "EOFError",
    "FileExistsError",
    "FileNotFoundError",
    "IndexError",
    "KeyError",
    "LookupError",
    "MemoryError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PermissionError",
    "RuntimeError",
    "TimeoutError",
    "TypeError",
    "ValueError",
    "ZeroDivisionError",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What you say about the declarations that a selector names.

    A selector is a qualified name with or without the module's namespace (`RowReader::row`), or a glob (`detail::*`).
    A field that is left out says nothing; where two rules speak of the same thing, the more specific selector wins, and
    of equally specific ones the later.
    """

    selector: str
    """The qualified name or glob to which the rule applies: the key of the table."""
    skip: bool | None = None
    """Leave the declaration out of the module: `skip = true`. `false` takes it back in under a wider rule, and takes in
    a class or enum of a namespace such as `detail`, which is left out by itself."""
    rename: str | None = None
    """The Python name of the one declaration that the selector names: `rename = "area"`."""
    names: Literal["keep", "snake_case"] | None = None
    """How C++ names become Python names: `keep` (the default), or `snake_case` for functions, methods, fields and
    parameters."""
    returns: Literal["own", "borrow", "copy"] | None = None
    """Who has the returned pointer or reference: `own` (Python deletes it, or what `free` names ends it), `borrow`
    (C++ keeps it; `self` stays alive; of a `const void*`: it is an address and nothing else) or `copy`."""
    keeps: tuple[str, ...] = ()
    """Parameters whose objects C++ keeps after the call; they stay alive as long as `self` (or the result, or the first
    object among the arguments of a free function) does, and for good where there is no such object."""
    out: tuple[str, ...] | None = None
    """Parameters (non-const references or pointers) that are outputs: not arguments in Python, but part of the
    result. `"*"` is every number, enum or pointer that can be one. Default: those that the header's comments call
    `@param[out]`; `[]` says there are none."""
    array: tuple[str, ...] | None = None
    """Pointers that are arrays, with what says their lengths: `["data[n]"]`, `["image[rows:stride, columns]"]` (rows
    may be `stride` elements apart, or `stride bytes`), `["first..last"]`, `["v[3]"]`; `"return[size()]"` for a result,
    of a field its own name (`"payload[length]"`), and of a callback what its arguments are (`"visit(#3[#2])"`: the
    third is as long as the second says; `"visit(#3[])"`: a null ends it). An empty list: none is, also where the names
    say so."""
    free: tuple[str, ...] = ()
    """Functions that end text or memory which C++ hands out, through outputs (`char** error`) and as a result; also
    C's `free`, `delete` and `delete[]`. Python gets a copy of text, and an array that ends memory with its last view
    (beside `array`); the first function that takes such a pointer is called. A glob speaks of outputs alone, and of
    results too where `returns = "own"` says so; a pointer to const is ended with `returns = "own"` only."""
    text: Literal["utf-8", "utf-16", "utf-16-le", "utf-16-be"] | None = None
    """Pointers of the function that are text ended by a null, though their types do not say so: `utf-8` for
    `const unsigned char*`, `utf-16` for `const void*`, in results, parameters, outputs and what callbacks get. With a
    byte order of its own (`utf-16-be`) only in results."""
    varargs: tuple[str, ...] | None = None
    """Of a function with `...`: the arguments with which it is called beyond the others, as C declares them
    (`varargs = ["int value", "int *old"]`): numbers, `const char*` and pointers to numbers. `[]`: none."""
    errors: str | None = None
    """The result says whether the call worked: where it did not, this exception of the module is raised, with the
    result as its `code` (`errors = "SqliteError"`). `""` takes a function out of a wider rule."""
    ok: tuple[str | int, ...] = ()
    """Results that are no errors: numbers, names of constants, comparisons (`[0, "SQLITE_ROW"]`, `">= 0"`). Default: 0,
    true, or any pointer but null. The only one there is is not part of Python's result."""
    failed: str | None = None
    """The function of the library that says whether a result is an error: `failed = "ZSTD_isError"`."""
    message: tuple[str, ...] = ()
    """Functions that give the text of an error, from the result or from an object of the call:
    `["sqlite3_errmsg", "sqlite3_errmsg(sqlite3_db_handle)", "sqlite3_errstr"]`. The first that fits is asked."""
    ufunc: bool | None = None
    """Of a function of numbers: it is a NumPy ufunc in Python, with one loop for each overload: `area(widths, heights)`
    goes over arrays without Python. The module needs NumPy only where the function is first used."""
    release_gil: bool | None = None
    """Run the function without the global interpreter lock, so that other Python threads run meanwhile."""
    interrupt: str | None = None
    """What ends the call when Ctrl-C is pressed: a method of the same class (`interrupt = "stop"`) or a function of the
    same namespace, callable without arguments and from any thread. The function then runs without the interpreter lock,
    and on a thread of its own when the main thread calls it."""
    lock: Literal["object"] | None = None
    """`lock = "object"` on a class: on free-threaded builds one thread at a time runs methods and reads or writes
    fields of one object. Other builds have their lock anyway."""
    as_: Literal["list", "dict", "ndarray", "bytes"] | None = None
    """Return a plain `list`, `dict`, `bytes` or NumPy array instead of the shared container or text."""
    keywords: bool | None = None
    """`false` makes all parameters positional-only, where C++ parameter names are not meant as an interface."""
    nullable: tuple[str, ...] | None = None
    """Pointer parameters that take `None`, besides those whose default is null or whose comment says so. `["*"]` is
    every pointer, an empty list none."""
    instantiate: tuple[str, ...] = ()
    """Instantiations of templates to bind: the template's arguments (`"Box" = { instantiate = ["int", "double"] }`), or
    whole spellings such as `"lib::Box<int>"`."""
    exception: bool | None = None
    """The class is (`true`) or is not (`false`) a Python exception class. Default: what derives from `std::exception`
    is."""
    base: PythonError | None = None
    """Of an exception class: the Python exception that it is, instead of the one that its C++ bases stand for:
    `"NoSuchName" = { base = "KeyError" }`."""
    properties: bool | None = None
    """Of a class: make properties of its getters and setters (`getX`/`setX`, `x()`/`x(v)`, `x()`/`set_x`, `isX`)."""
    property: str | None = None
    """Of a getter or setter: the property that it reads or writes: `property = "size"`."""
    context: tuple[str, ...] = ()
    """Of a class: the method that `with` calls at its end (`"close"`), or one for each end (`["lock", "unlock"]`)."""
    pickle: tuple[str, ...] = ()
    """Of a class: attributes or methods whose values make the object again: the arguments of its constructor. Or a
    method and the static method that reads what it gives (`["serialize", "parse"]`)."""
    repr: tuple[str, ...] = ()
    """Of a class: attributes, or methods without arguments, that its `repr` shows."""
    match: tuple[str, ...] = ()
    """Of a class: attributes by which `match` takes an object apart (`__match_args__`)."""
    async_: str | None = None
    """Of a class: the blocking method that `async for` calls in the loop's executor, until it gives None."""
    awaitable: str | None = None
    """Of a function: the name of a second one that runs it in the loop's executor, and is awaited."""
    method_of: str | None = None
    """Of a free function: the class whose method it is. `Shape* shape_new()` and the like are static methods;
    the parameter that takes the object is the first that is a `Shape`."""
    constructor_of: str | None = None
    """Of a free function that gives a pointer to a new object: the class that it is a constructor of."""
    destructor_of: str | None = None
    """Of a free function: the class whose objects it ends; those that Python owns are given to it."""
    span: Span = NO_SPAN


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSettings:
    """One Python module made of headers. Paths are relative to the folder of the configuration file."""

    name: str
    """the import name, dotted inside a package: `rowlog._core`."""
    headers: tuple[str, ...]
    """The headers to bind, as `#include` finds them or relative to the project: `["include/rowlog/reader.h"]`."""
    sources: tuple[str, ...] = ()
    """Sources compiled into the module; globs allowed: `["src/*.cpp"]`. C++, C (`.c`), Cython (`.pyx`, or `.py` in its
    pure-Python mode: a module inside of this one) and Rust (`.rs`: what it exports to C, as the headers declare it)."""
    include: tuple[str, ...] = ()
    """Folders in which `#include` looks."""
    define: tuple[str, ...] = ()
    """Preprocessor macros: `NAME` or `NAME=value`."""
    libs: tuple[str, ...] = ()
    """Libraries to link, without `lib` and ending: `["z", "rowlog"]`; or paths of library files."""
    library_dirs: tuple[str, ...] = ()
    """Folders in which the linker looks for `libs`."""
    pkg_config: tuple[str, ...] = ()
    """Names that pkg-config knows; they add include folders, macros and libraries."""
    static: tuple[str, ...] = ()
    """Libraries to link from their archives, by name, so that the module carries them and shows none of their symbols:
    `static = ["yaml-cpp"]`. Of those that `libs` or `pkg-config` name, or further ones."""
    static_runtime: bool = False
    """Carry the C++ standard library in the module: it then needs none of the machine it runs on."""
    abi3: Literal["", "3.11", "3.12", "3.13"] = ""
    """Build for the limited API of this version: one extension (and wheel) for it and every later one, a little slower
    than one for each."""
    namespace: str | None = None
    """The C++ namespace that becomes the module: `rowlog`. Default: the outermost one in which the headers declare."""
    uses: tuple[str, ...] = ()
    """Import names of other modules made by dovetail, whose classes appear in these headers: `["shapes"]`."""
    shared: bool = False
    """Other modules use its classes: every object of them is found again by its address, whichever module returns it.
    Set by itself where another module of the project `uses` this one."""
    native: bool = True
    """Show the native signatures of functions and methods too, for Cython, Numba and SciPy, which call them without
    Python objects. Costs a tenth to a quarter of the module's size."""
    std: str = "c++20"
    """The C++ standard: `c++17`, `c++20`, `c++23`, `c++26`, or the same with `gnu++`."""
    cxxflags: tuple[str, ...] = ()
    """Further compiler options, after dovetail's own."""
    ldflags: tuple[str, ...] = ()
    """Further linker options, after dovetail's own."""
    optimize: Literal["", "0", "1", "2", "3", "s", "z", "g", "fast"] = ""
    """The optimisation level, as after `-O`. Default: what suits a release build."""
    rules: tuple[Rule, ...] = ()
    """Tables of rules by selector: `[tool.dovetail.modules.NAME.rules]`."""
    span: Span = NO_SPAN


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with a configuration file. `root` is the folder, `path` the file."""

    root: Path
    modules: tuple[ModuleSettings, ...]
    """The modules of the project: `[tool.dovetail.modules.NAME]`."""
    path: Path
