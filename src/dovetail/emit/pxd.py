"""Declarations for Cython: `from shapes cimport area, Shape`.

In: the native signatures, classes and containers of a plan.  Out: `shapes.pxd`.  Must not know: Cython itself.

Functions come from the module: Cython takes their addresses from `__pyx_capi__` and compares the signatures when it is
imported, so that nothing is linked. Classes come from the header, so that methods are called and fields are read
directly: their layouts are in the names of functions, which Cython does not find once they have changed. `Shape_ptr`
gives the C++ object of a Python one, which must outlive it. A vector is Cython's own `vector`, and so are maps, sets,
deques and lists. What a function makes for its caller is a pointer: `del` deletes it, `free` text.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from dovetail.emit.files import File
from dovetail.plan import (
    Enum,
    Module,
    Native,
    NativeClass,
    NativeContainer,
    NativeField,
    NativeKind,
    NativeParam,
    NativeRole,
    NativeSequence,
    NativeValue,
)

# Words that Cython has beside Python's.
_OWN_WORDS = frozenset(
    {"by", "cdef", "cimport", "cpdef", "ctypedef", "extern", "include", "inline", "namespace", "new"}
)
_KEYWORDS = (
    frozenset(keyword.kwlist) | _OWN_WORDS | {"enum", "nogil", "public", "readonly", "sizeof", "struct", "union"}
)
# What Cython knows already: C++ type -> its name there and where that is from.
_LIBCPP = {"std::string": ("string", "libcpp.string"), "std::string_view": ("string_view", "libcpp.string_view")}

# Results that C++ methods have otherwise.
_INDIRECT = frozenset({NativeKind.HANDED, NativeKind.MAYBE, NativeKind.SEVERAL})

# In `__pyx_capi__`: what sets the Python exception in a `catch`, and the names of functions that throw.
_RAISE, _BARE = "dovetail__raise", "__throws"

_SIZES = {1: "char", 2: "short", 4: "int", 8: "long long"}


def render(plan: Module, *, own: bool = False) -> tuple[File, ...]:
    """None where nothing is native. `own`: for sources of the module itself. They call some functions as they throw,
    which others cannot rely on: the C++ library and the unwinder of another extension may be other ones."""
    if not (plan.natives or plan.native_classes or plan.native_sequences or plan.native_containers):
        return ()
    text = _Pxd(plan, own=own).text()
    return (File(f"{plan.name.rpartition('.')[2]}.pxd", text),)


class _Pxd:
    """The declarations of one module, and what they use."""

    def __init__(self, plan: Module, *, own: bool) -> None:
        self._plan = plan
        self._own_sources = own
        self._names = {record.cpp: record.name for record in plan.native_classes}
        self._containers: dict[str, NativeSequence | NativeContainer] = {
            **{record.cpp: record for record in plan.native_sequences},
            **{record.cpp: record for record in plan.native_containers},
        }
        self._names.update((cpp, record.name) for cpp, record in self._containers.items())
        self._enums = {each.cpp: _enum_name(each) for each in plan.enums if not each.module and each.enumerators}
        self._own = {cpp for cpp, record in self._containers.items() if record.spelling == cpp}
        """Containers that Cython has no declaration for."""
        self._used: set[tuple[str, str]] = set()

    def text(self) -> str:
        plan = self._plan
        classes = self._ordered_classes()
        known = [record for cpp, record in self._containers.items() if cpp not in self._own]
        first = list(self._write_enums())
        # A vector of a class may be a member of another one, whatever their order.
        first += [f'cppclass {record.name} "{record.cpp}"' for record in classes if known]
        types = [line for record in self._containers.values() for line in self._container(record)]
        types += [line for record in classes for line in self._iterator(record)]
        types += [line for record in classes for line in self._class(record)]
        # The last one need not include the others.
        body = [line for name in plan.includes[:-1] for line in ("", f'cdef extern from "{name}":', "    pass")]
        body += self._extern(first)
        body += ["", *(f"ctypedef {self._libcpp(record)} {record.name}" for record in known)] if known else []
        body += self._extern(types)
        objects = [*plan.native_classes, *self._containers.values()]
        if objects:
            body += ["", *(line for each in objects for line in self._pointers(each))]
        bare = [native for native in plan.natives if native.bare and self._own_sources]
        if plan.natives:
            body += ["", *(self._function(native) for native in plan.natives if native not in bare)]
        if bare:
            body += ["", f"cdef void {_RAISE}() noexcept", *(self._bare(native) for native in bare)]
            # A capsule is found by the name of the declaration.
            body += [f"from {plan.name} cimport {native.name}{_BARE} as {native.name}" for native in bare]
        headers = ", ".join(re.split(r"[/\\]", name)[-1] for name in plan.includes)
        lines = [f"# Generated by dovetail from {headers}. Do not edit."]
        lines += ["# cython: language_level=3", "# distutils: language = c++"]
        if self._used:
            lines += ["", *(f"from {module} cimport {name}" for name, module in sorted(self._used))]
        return "\n".join([*lines, *body]) + "\n"

    def _extern(self, lines: list[str]) -> list[str]:
        """What the header has."""
        opening = f'cdef extern from "{self._plan.includes[-1]}" nogil:'
        return ["", opening, *(f"    {line}" for line in lines)] if lines else []

    def _ordered_classes(self) -> list[NativeClass]:
        """Bases before what derives from them."""
        known = {record.cpp: record for record in self._plan.native_classes}
        found: dict[str, NativeClass] = {}

        def add(record: NativeClass) -> None:
            for cpp, _ in record.bases:
                add(known[cpp])
            found.setdefault(record.cpp, record)

        for record in known.values():
            add(record)
        return list(found.values())

    # ---- types

    def _write_enums(self) -> Iterator[str]:
        for record in self._plan.enums:
            if record.module or not record.enumerators:
                continue
            name = _enum_name(record)
            scope = record.cpp if record.scoped else record.cpp.rpartition("::")[0]
            prefix = f"{scope}::" if scope else ""
            spelled = [(each, each.cpp if "::" in each.cpp else f"{prefix}{each.name}") for each in record.enumerators]
            if not record.scoped:
                yield f'enum {name} "{record.cpp}":'
                yield from (f'    {name}_{_word(each.name)} "{cpp}"' for each, cpp in spelled)
                continue
            below = ("signed " if record.signed else "unsigned ") + _SIZES[record.size]
            yield f'enum class {name} "{record.cpp}"({below}):'
            yield from (f'    {_word(each.name)} "{cpp}"' for each, cpp in spelled)
            # As native functions take and give them.
            cast = f"static_cast<{below}>"
            yield from (f'const {below} {name}_{_word(each.name)} "{cast}({cpp})"' for each, cpp in spelled)

    def _container(self, record: NativeSequence | NativeContainer) -> Iterator[str]:
        """Of what Cython does not know."""
        if record.cpp not in self._own:
            return
        yield f'cppclass {record.name} "{record.cpp}":'
        if isinstance(record, NativeContainer):
            yield "    size_t size() noexcept"
            return
        element = self._stored(record.element)
        yield "    size_t size() noexcept"
        yield f"    {element}& operator[](size_t) noexcept"
        yield f"    {element}& at(size_t) except +"
        yield f"    {element}* data() noexcept"

    def _class(self, record: NativeClass) -> Iterator[str]:
        direct = _direct_bases(self._plan, record)
        bases = f"({', '.join(self._names[cpp] for cpp in direct)})" if direct else ""
        yield f'cppclass {record.name} "{record.cpp}"{bases}:'
        members = [f"{record.name}({self._params(params)}) except +" for params in record.constructors]
        members += [self._field(field) for field in record.fields]
        members += [*self._range(record), *self._subscript(record)]
        for native in self._plan.natives:
            called = re.match(r"\{self\}\.(\w+)\(", native.expression)
            scope, _, name = native.path.rpartition(".")
            usual = native.role is NativeRole.CALL and not name.startswith("__")
            usual = usual and native.result.kind not in _INDIRECT and native.expression.endswith(")")
            usual = usual and not native.result.target.startswith("std::variant<")
            usual = usual and not any(param.value.kind is NativeKind.SPAN for param in native.params)
            if native.receiver is None or scope != record.path or called is None or not usual:
                continue
            word = _word(name)
            shown = word if word == called[1] else f'{word} "{called[1]}"'
            failing = "except +" if native.failure else "noexcept"
            members.append(f"{self._result(native)} {shown}({self._params(native.params)}) {failing}")
        yield from (f"    {member}" for member in members or ["pass"])

    def _iterator_name(self, record: NativeClass) -> str:
        """A nested class may have the usual one."""
        name = f"{record.name}_iterator"
        while name in self._names.values():
            name += "_"
        return name

    def _iterator(self, record: NativeClass) -> Iterator[str]:
        """What `begin()` gives, whatever it is: `for each in rows` needs no more of it."""
        element = self._element(record)
        if not element:
            return
        of = f"{record.cpp} const*" if record.element_const else f"{record.cpp}*"
        name = self._iterator_name(record)
        yield f'cppclass {name} "decltype(static_cast<{of}>(nullptr)->begin())":'
        yield f"    {element} operator*() except +"
        yield f"    {name} operator++() except +"
        yield f"    bint operator!=({name}) except +"

    def _range(self, record: NativeClass) -> Iterator[str]:
        if self._element(record):
            yield from (f"{self._iterator_name(record)} {name}() except +" for name in ("begin", "end"))

    def _element(self, record: NativeClass) -> str:
        """What `*begin()` gives; "": there is none, or Cython has no word for it."""
        match record.element:
            case None | NativeValue(kind=NativeKind.NUMBER):
                return ""
            case NativeValue(kind=NativeKind.MADE | NativeKind.LENT | NativeKind.VALUE) as element:
                return self._target(element.target)
            case element:
                return self._direct(element)

    def _subscript(self, record: NativeClass) -> Iterator[str]:
        """`rows[i]` as C++ has it: unchecked."""
        for native in self._plan.natives:
            indexed = native.path == f"{record.path}.__getitem__" and native.expression.startswith("{self}[")
            number = [param.value.kind for param in native.params] == [NativeKind.PLAIN]
            if indexed and number and native.result.kind not in (*_INDIRECT, NativeKind.NUMBER):
                yield f"{self._result(native)} operator[]({self._params(native.params)}) except +"
                return

    def _field(self, field: NativeField) -> str:
        const = "const " if field.const else ""
        record = self._containers.get(field.value.target) if field.array else None
        count = re.search(r", (\d+)>$", record.cpp) if record is not None else None
        if record is None or count is None or record.element.target in self._containers:
            return f"{const}{self._stored(field.value)} {_named(field.name)}"
        return f"{const}{self._stored(record.element)} {_named(field.name)}[{count[1]}]"

    # ---- functions

    def _function(self, native: Native) -> str:
        failing = "noexcept"
        if native.failure:
            failing = f"except? {native.failure}" if native.ambiguous else f"except {native.failure}"
        return f"cdef {self._type(native.result)} {native.name}({self._parameters(native)}) {failing} nogil"

    def _bare(self, native: Native) -> str:
        """As it throws."""
        result = "void" if native.result.kind is NativeKind.DONE else self._type(native.result)
        return f"cdef {result} {native.name}{_BARE}({self._parameters(native)}) except +{_RAISE} nogil"

    def _parameters(self, native: Native) -> str:
        given = [text for k, p in enumerate(native.params) for text in self._given(p, k)]
        if native.receiver is not None:
            given.insert(0, f"{self._type(native.receiver)} self")
        given += [f"{self._type(part)}* result{k}" for k, part in enumerate(native.result.parts)]
        if native.result.kind is NativeKind.VALUE:
            taken = {param.name for param in native.params}
            given.append(f"{self._target(native.result.target)}* {'result_' if 'result' in taken else 'result'}")
        if native.result.kind in (NativeKind.TEXT, NativeKind.MADE_TEXT):
            taken = {param.name for param in native.params}
            given.append(f"size_t* {'text_size' if 'size' in taken else 'size'}")
        return ", ".join(given)

    def _pointers(self, record: NativeClass | NativeSequence | NativeContainer) -> Iterator[str]:
        target = self._target(record.cpp)
        if isinstance(record, NativeClass) and record.layout:
            # Cython imports this one whether or not it is called: a class that has changed is an error at import.
            laid_out = f"{record.name}_ptr__layout_{record.layout}"
            yield f"cdef {target}* {laid_out}(object) except NULL"
            yield f"cdef inline {target}* {record.name}_ptr(object of) except NULL:"
            yield f"    return {laid_out}(of)"
        else:
            yield f"cdef {target}* {record.name}_ptr(object) except NULL"
        if record.lent:
            yield f"cdef const {target}* {record.name}_const_ptr(object) except NULL"

    def _given(self, param: NativeParam, position: int) -> list[str]:
        """Text and spans are two."""
        name = _word(param.name or f"arg{position}")
        more = [f"{_spell(each)} {name}_size" for each in param.value.spellings[1:]]
        return [f"{self._type(param.value)} {name}", *more]

    def _result(self, native: Native) -> str:
        """Of the C++ method itself."""
        match native.result.kind:
            case NativeKind.DONE:
                return "void"
            case NativeKind.TEXT:
                return self._text(native.result, result=True)
            case NativeKind.MADE_TEXT:
                return self._text(native.result)
            case NativeKind.MADE | NativeKind.LENT | NativeKind.VALUE:
                return self._target(native.result.target)
            case _:
                return self._direct(native.result)

    def _params(self, params: tuple[NativeParam, ...]) -> str:
        """Of a C++ method itself."""
        given = []
        for k, param in enumerate(params):
            name = _word(param.name or f"arg{k}")
            text = param.value.kind is NativeKind.TEXT
            given.append(f"{self._text(param.value) if text else self._direct(param.value)} {name}")
        return ", ".join(given)

    # ---- values

    def _direct(self, value: NativeValue) -> str:
        """As the header has it."""
        return self._enums.get(value.target, "") or self._type(value, reference=True)

    def _stored(self, value: NativeValue) -> str:
        """What lies in memory."""
        match value.kind:
            case NativeKind.TEXT:
                return self._text(value)
            case NativeKind.REFERENCE:
                return self._target(value.target)
            case _:
                return self._direct(value)

    def _text(self, value: NativeValue, *, result: bool = False) -> str:
        if value.target == "const char*":
            return "const char*"
        name, module = _LIBCPP[value.target]
        self._used.add((name, module))
        return f"const {name}&" if result and name == "string" else name

    def _type(self, value: NativeValue, *, reference: bool = False) -> str:
        """In a native signature."""
        match value.kind:
            case NativeKind.POINTER | NativeKind.REFERENCE | NativeKind.MADE | NativeKind.LENT | NativeKind.HANDED:
                mark = "&" if reference and value.kind is NativeKind.REFERENCE else "*"
                return f"{'const ' if value.const else ''}{self._target(value.target)}{mark}"
            case NativeKind.BOOL:
                return "bint"
            case NativeKind.TEXT:
                return "const char*"
            case _:
                const = "const " if " const *" in value.spelling else ""
                return const + _spell(value.spelling).replace(" const *", "*").replace(" *", "*")

    def _target(self, cpp: str) -> str:
        """A class or container. A `ctypedef` would be another type in the signatures that are compared."""
        record = self._containers.get(cpp)
        return self._names[cpp] if record is None or cpp in self._own else self._libcpp(record)

    def _libcpp(self, record: NativeSequence | NativeContainer) -> str:
        """Under another name where Python has that one."""
        kind = record.kind if isinstance(record, NativeContainer) else "vector"
        name = f"cpp_{kind}" if kind in ("list", "set", "map") else kind
        self._used.add((f"{kind} as {name}" if name != kind else kind, f"libcpp.{kind}"))
        parts = [record.element]
        if isinstance(record, NativeContainer) and record.key is not None and kind in ("map", "unordered_map"):
            parts.insert(0, record.key)
        return f"{name}[{', '.join(self._stored(part) for part in parts)}]"


def _direct_bases(plan: Module, record: NativeClass) -> list[str]:
    """Those that no other base of it derives from."""
    inner = {
        cpp for each in plan.native_classes for base, _ in record.bases if each.cpp == base for cpp, _ in each.bases
    }
    return [cpp for cpp, _ in record.bases if cpp not in inner]


def _spell(spelling: str) -> str:
    """As people write it."""
    return spelling.replace("PY_LONG_LONG", "long long")


def _enum_name(record: Enum) -> str:
    return f"{record.scope}.{record.name}".lstrip(".").replace(".", "_")


def _word(name: str) -> str:
    return f"{name}_" if name in _KEYWORDS else name


def _named(name: str) -> str:
    """A member, under another name where Cython has a word of its own for that."""
    return f'{_word(name)} "{name}"' if name in _KEYWORDS else name
