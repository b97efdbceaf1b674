"""The binding code that a person would write for an invented library, in the language of each rival.

In: a `Library` whose header is `invented.h`.  Out: source text. Where a rival has to be told names or documentation, it
is told neither: the shortest binding that works, unlike dovetail's and the hand-written one, which have both.
"""

from __future__ import annotations

from benchmarks.compile.library import Class, Function, Library

PYTHON_TYPES = {"int": "int", "long long": "int", "double": "float", "float": "float", "bool": "bool"}


def render_nanobind(library: Library, module: str) -> str:
    head = "#include <nanobind/nanobind.h>\n#include <nanobind/stl/string.h>\n\n"
    return head + _render_templates(library, f"NB_MODULE({module}, m)", "nanobind", "class_", "init")


def render_pybind11(library: Library, module: str) -> str:
    head = "#include <pybind11/pybind11.h>\n\n"
    return head + _render_templates(library, f"PYBIND11_MODULE({module}, m)", "pybind11", "class_", "init")


def _render_templates(library: Library, opening: str, space: str, class_: str, init: str) -> str:
    lines = ['#include "invented.h"', "", f"{opening} {{"]
    lines += [f'  m.def("{each.name}", &invented::{each.name});' for each in library.functions]
    for owner in library.classes:
        lines.append(f'  {space}::{class_}<invented::{owner.name}>(m, "{owner.name}")')
        lines.append(f"      .def({space}::{init}<int>())")
        lines += [f'      .def("{method.name}", &invented::{owner.name}::{method.name})' for method in owner.methods]
        lines[-1] += ";"
    return "\n".join([*lines, "}", ""])


def render_swig(library: Library, module: str) -> str:
    return f'%module {module}\n%{{\n#include "invented.h"\n%}}\n%include <std_string.i>\n%include "invented.h"\n'


CYTHON_PARAMS = {"const std::string&": "str", "bool": "bint"}
CYTHON_NATIVE = {"const std::string&": "const string&", "std::string": "string", "bool": "cbool"}


def render_cython(library: Library, module: str) -> str:
    lines = ["# cython: language_level=3", "from libcpp cimport bool as cbool", "from libcpp.string cimport string", ""]
    lines.append('cdef extern from "invented.h" namespace "invented":')
    for each in library.functions:
        lines.append(f"    {_native(each, f'c_{each.name}', each.name)} except +")
    for owner in library.classes:
        lines.append(f'    cdef cppclass C{owner.name} "invented::{owner.name}":')
        lines.append(f"        C{owner.name}(int) except +")
        lines += [f"        {_native(method, method.name)} except +" for method in owner.methods]
    lines.append("    pass")
    for each in library.functions:
        lines += ["", f"def {each.name}({_cython_params(each)}):", f"    return {_cython_call(f'c_{each.name}', each)}"]
    for owner in library.classes:
        lines += ["", f"cdef class {owner.name}:", f"    cdef C{owner.name}* it"]
        lines += ["    def __cinit__(self, int v):", f"        self.it = new C{owner.name}(v)"]
        lines += ["    def __dealloc__(self):", "        del self.it"]
        for method in owner.methods:
            lines.append(f"    def {method.name}(self, {_cython_params(method)}):")
            lines.append(f"        return {_cython_call(f'self.it.{method.name}', method)}")
    return "\n".join([*lines, ""])


def _native(function: Function, name: str, free: str = "") -> str:
    params = ", ".join(CYTHON_NATIVE.get(spelled, spelled) for spelled in function.params)
    alias = f' "invented::{free}"' if free else ""
    return f"{CYTHON_NATIVE.get(function.result, function.result)} {name}{alias}({params})"


def _cython_params(function: Function) -> str:
    return ", ".join(f"{CYTHON_PARAMS.get(spelled, spelled)} a{i}" for i, spelled in enumerate(function.params))


def _cython_call(target: str, function: Function) -> str:
    passed = (f"a{i}.encode()" if "string" in spelled else f"a{i}" for i, spelled in enumerate(function.params))
    decoded = ".decode()" if "string" in function.result else ""
    return f"{target}({', '.join(passed)}){decoded}"


def render_raw(library: Library, module: str) -> str:
    """What a generator could emit at best: shared conversions out of line, one small function per callable."""
    lines = ['#include "invented.h"', '#include "raw_support.h"', ""]
    for each in library.functions:
        lines += _raw_function(each, each.name, f"invented::{each.name}")
    for owner in library.classes:
        lines += _raw_class(owner, module)
    lines += ["static PyMethodDef functions[] = {"]
    lines += [_raw_entry(each, each.name, "") for each in library.functions]
    lines += ["    {nullptr, nullptr, 0, nullptr},", "};", ""]
    types = "".join(f"{{&{owner.name}_spec, {owner.name}_new}}, " for owner in library.classes)
    lines += [f"static const raw::Type types[] = {{{types}{{nullptr, nullptr}}}};", ""]
    lines += ["static int exec(PyObject* module) { return raw::add_types(module, types); }"]
    lines += ["static PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec)}, {0, nullptr}};"]
    lines += ["static PyModuleDef definition = {PyModuleDef_HEAD_INIT,"]
    lines += [f'    "{module}", nullptr, 0, functions, slots, nullptr, nullptr, nullptr}};']
    lines += [f"PyMODINIT_FUNC PyInit_{module}() {{ return PyModuleDef_Init(&definition); }}", ""]
    return "\n".join(lines)


def _raw_function(function: Function, wrapper: str, call: str) -> list[str]:
    count = len(function.params)
    passed = ", ".join(f"a{i}" for i in range(count))
    failed = " || ".join(f"!raw::take(v[{i}], a{i})" for i in range(count))
    declared = [f"  {'std::string' if 'string' in t else t} a{i};" for i, t in enumerate(function.params)]
    return [
        f"static PyObject* {wrapper}(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {{",
        f"  PyObject* slots[{count}];",
        f'  PyObject* const* v = raw::bind<{count}>("{function.name}", args, nargs, kwnames, slots);',
        "  if (!v) return nullptr;",
        *declared,
        f"  if ({failed}) return nullptr;",
        "  try {",
        f"    return raw::give({call}({passed}));",
        "  } catch (...) {",
        "    return raw::raise_current();",
        "  }",
        "}",
        "",
    ]


def _raw_entry(function: Function, wrapper: str, self: str) -> str:
    names = ", ".join(f"a{i}" for i in range(len(function.params)))
    typed = ", ".join(
        f"a{i}: {'str' if 'string' in spelled else PYTHON_TYPES[spelled]}" for i, spelled in enumerate(function.params)
    )
    doc = f"{function.name}({self}{names})\\n--\\n\\n{function.name}({typed})"
    return f'    {{"{function.name}", raw::method({wrapper}), METH_FASTCALL | METH_KEYWORDS, "{doc}"}},'


def _raw_class(owner: Class, module: str) -> list[str]:
    lines = []
    for method in owner.methods:
        call = f"raw::value<invented::{owner.name}>(self).{method.name}"
        lines += _raw_function(method, f"{owner.name}_{method.name}", call)
    lines += [
        f"static PyObject* {owner.name}_new(PyObject* type, PyObject* const* args, size_t nargs, PyObject* kwnames) {{",
        "  PyObject* slots[1];",
        f'  PyObject* const* v = raw::bind<1>("{owner.name}", args, PyVectorcall_NARGS(nargs), kwnames, slots);',
        "  int value;",
        f"  return v && raw::take(v[0], value) ? raw::make<invented::{owner.name}>(type, value) : nullptr;",
        "}",
        f"static PyMethodDef {owner.name}_methods[] = {{",
        *(_raw_entry(method, f"{owner.name}_{method.name}", "$self, ") for method in owner.methods),
        "    {nullptr, nullptr, 0, nullptr},",
        "};",
        f"static PyType_Slot {owner.name}_slots[] = {{",
        f"    {{Py_tp_dealloc, reinterpret_cast<void*>(raw::dealloc<invented::{owner.name}>)}},",
        f"    {{Py_tp_methods, {owner.name}_methods}}, {{0, nullptr}}}};",
        f'static PyType_Spec {owner.name}_spec = {{"{module}.{owner.name}",',
        f"    sizeof(raw::Object<invented::{owner.name}>), 0,",
        f"    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, {owner.name}_slots}};",
        "",
    ]
    return lines
