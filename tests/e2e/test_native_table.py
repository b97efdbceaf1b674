"""`__dovetail_capi__` as `docs/reference/native-table.md` explains it, read by C that knows nothing else."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dovetail import capi_table
from dovetail.build.compilers import find_compiler

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "native-table.md"
HEADER = """
#pragma once
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
namespace shop {
enum class Kind : unsigned char { book = 1, pen = 2 };
struct Thing { virtual ~Thing() = default; int weight = 3; };
struct Named { std::string name = "pen"; };
struct Item : Thing, Named {
  double price = 2.5;
  const Kind kind = Kind::pen;
  double cost(int count, double off) const {
    if (count < 0) throw std::out_of_range("none");
    return count * price - off;
  }
  bool cheap() const noexcept { return price < 3; }
};
inline Item make(double price) { Item item; item.price = price; return item; }
inline double cost(const Item& item) noexcept { return item.price; }
inline double cost(const Item& item, int count) noexcept { return item.price * count; }
inline std::optional<int> stock(Kind) { return 7; }
inline std::vector<double>& prices() { static std::vector<double> p{1, 2}; return p; }
inline std::map<std::string, double>& rates() {
  static std::map<std::string, double> r{{"a", 0.5}, {"b", 1.5}};
  return r;
}
}
"""
READER = """
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
%s
#define REQUIRE(condition) if (!(condition)) return PyErr_Format(PyExc_AssertionError, "%%s", #condition)

static const NativeRow* row_at(const NativeTable* t, uint32_t i) {
  return (const NativeRow*)((const char*)t->rows + (size_t)i * t->row_size);
}
static const char* string_at(const char* text, int place) {
  while (place--) text += strlen(text) + 1;
  return text;
}
static const char* meaning(const NativeRow* row) { return string_at(row->text, 2); }
static const char* names(const NativeRow* row) { return string_at(row->text, 3); }
static const NativeRow* find(const NativeTable* t, const char* path, const char* name, int number) {
  for (uint32_t i = 0; i < t->count; ++i) {
    const NativeRow* row = row_at(t, i);
    if (!strcmp(t->scopes[row->scope].path, path) && !strcmp(row->text, name) && row->number == number) return row;
  }
  return NULL;
}
static const NativeScope* scope(const NativeTable* t, const char* cpp) {
  for (uint32_t i = 0; i < t->scope_count; ++i)
    if (!strcmp(t->scopes[i].cpp, cpp)) return &t->scopes[i];
  return NULL;
}
static PyObject* read_table(PyObject* self, PyObject* module) {
  PyObject* capsule = PyObject_GetAttrString(module, "__dovetail_capi__");
  if (!capsule) return NULL;
  const NativeTable* t = PyCapsule_GetPointer(capsule, "dovetail.capi");
  Py_DECREF(capsule);
  if (!t) return NULL;
  REQUIRE(t->major == 4);
  REQUIRE(t->row_size >= sizeof(NativeRow));
  REQUIRE(strlen(t->abi) == 16);

  const NativeScope* item = scope(t, "shop::Item");
  REQUIRE(item && item->size > 40 && item->alignment == 8 && item->end);
  const NativeScope* kind = scope(t, "shop::Kind");
  REQUIRE(kind && !strcmp(kind->type, "unsigned char") && kind->size == 1);

  const NativeRow* make = find(t, "", "make", 1);
  REQUIRE(make && !strcmp(meaning(make), "own shop::Item & (double)") && !strcmp(names(make), "price"));
  void* made = ((void* (*)(double))make->function)(4.0);
  REQUIRE(made);

  const NativeRow* cost = find(t, "Item", "cost", 1);
  REQUIRE(cost && !strcmp(string_at(cost->text, 1), "double ($ const *, int, double)"));
  REQUIRE(!strcmp(names(cost), "count,off") && cost->flags == (1 | 2) && !*meaning(cost));
  double (*call)(const void*, int, double) = (double (*)(const void*, int, double))cost->function;
  REQUIRE(call(made, 2, 1.0) == 7.0);
  REQUIRE(call(made, -1, 1.0) == -1.7976931348623157e+308 && PyErr_ExceptionMatches(PyExc_IndexError));
  PyErr_Clear();
  const NativeRow* second = find(t, "", "cost", 2);
  REQUIRE(second && second->flags == 0 && ((double (*)(const void*, int))second->function)(made, 3) == 12.0);
  const NativeRow* cheap = find(t, "Item", "cheap", 1);
  REQUIRE(cheap && cheap->flags == 4 && !strcmp(meaning(cheap), "bool (void)"));

  int fields = 0;
  for (uint32_t i = 0; i < t->field_count; ++i) {
    const NativeField* field = &t->fields[i];
    const char* of = t->scopes[field->scope].cpp;
    if (!strcmp(field->text, "price") && ++fields) {
      REQUIRE(!strcmp(of, "shop::Item") && !strcmp(string_at(field->text, 1), "double") && field->flags == 32);
      REQUIRE(*(const double*)((const char*)made + field->offset) == 4.0);
    } else if (!strcmp(field->text, "kind") && ++fields) {
      REQUIRE(!strcmp(string_at(field->text, 1), "shop::Kind") && field->flags == 0);
      REQUIRE(*((const unsigned char*)made + field->offset) == 2);
    } else if (!strcmp(field->text, "name") && ++fields) {
      size_t size = 0, base = 0;
      for (uint32_t k = 0; k < t->base_count; ++k) {
        const NativeBase* each = &t->bases[k];
        if (!strcmp(t->scopes[each->scope].cpp, "shop::Item") && each->base == field->scope) base = each->offset;
      }
      REQUIRE(base > 0 && !strcmp(string_at(field->text, 1), "text"));
      REQUIRE(!strcmp(t->string((const char*)made + base + field->offset, &size), "pen") && size == 3);
    }
  }
  REQUIRE(fields == 3);

  REQUIRE(t->sequence_count == 1 && !strcmp(t->sequences[0].element, "double") && t->sequences[0].stride == 8);
  const double* const* prices = ((void* (*)(void))find(t, "", "prices", 1)->function)();
  REQUIRE(prices[1] - prices[0] == 2 && prices[0][1] == 2.0);

  REQUIRE(t->container_count == 1);
  const NativeContainer* rates = &t->containers[0];
  void* all = ((void* (*)(void))find(t, "", "rates", 1)->function)();
  REQUIRE(!strcmp(rates->key, "text") && !strcmp(rates->element, "double") && rates->count(all) == 2);
  REQUIRE(*(const double*)((const char*)rates->find(all, "b", 1) + rates->offset) == 1.5 && !rates->find(all, "bc", 2));
  *(double*)rates->make(all, "new", 3) = 9;
  _Alignas(16) char place[64] = {0};
  double sum = 0;
  for (const void* at; (at = rates->next(all, place));) sum += *(const double*)((const char*)at + rates->offset);
  REQUIRE(sum == 11.0);

  const NativeRow* stock = find(t, "", "stock", 1);
  int left = 0;
  REQUIRE(stock && !strcmp(meaning(stock), "optional<int> (shop::Kind)") && stock->flags == 1);
  REQUIRE(((int (*)(unsigned char, int*))stock->function)(1, &left) == 1 && left == 7);

  PyObject* object = PyObject_CallMethod(module, "make", "d", 1.5);
  if (!object) return NULL;
  const NativeRow* pointer = find(t, "Item", "ptr", 1);
  REQUIRE(pointer && pointer->flags == (1 | 64 | 128) && t->is_const(object) == 0);
  REQUIRE(call(((void* (*)(PyObject*))pointer->function)(object), 2, 0) == 3.0);
  PyObject* given = t->give[item - t->scopes](made, 1, object, "shop");
  REQUIRE(given && t->is_const(given) == 1 && !t->give[kind - t->scopes]);
  Py_DECREF(object);
  Py_DECREF(given);
  REQUIRE(!t->give[item - t->scopes](made, 0, given, "ship") && PyErr_ExceptionMatches(PyExc_RuntimeError));
  PyErr_Clear();
  item->end(made);
  Py_RETURN_TRUE;
}
static PyMethodDef methods[] = {{"read", read_table, METH_O, 0}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "reader", 0, 0, methods};
PyMODINIT_FUNC PyInit_reader(void) { return PyModule_Create(&module); }
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.h").write_text(HEADER)
    subprocess.run(
        [sys.executable, "-m", "dovetail", "build", "shop.h", "--output", "."],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    structs = re.search(r"```c\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert structs is not None
    (folder / "reader.c").write_text(READER % structs[1])
    include = f"-I{sysconfig.get_path('include')}"
    output = f"reader{sysconfig.get_config_var('EXT_SUFFIX')}"
    command = [*find_compiler().command, "-x", "c", "-std=c11", "-Wall", "-Werror", "-shared", "-fPIC", include]
    command += ["reader.c", "-o", output]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_c_reads_the_table_by_the_page_alone(project: Path) -> None:
    assert run(project, "import reader, shop; print(reader.read(shop))") == "True\n"


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the page has the offsets of 64-bit machines")
@pytest.mark.parametrize(
    "name", ["Table", "Row", "Scope", "Field", "Sequence", "Base", "Container", "Bares", "Bare", "Range"]
)
def test_offsets_of_the_page(name: str) -> None:
    table = PAGE.read_text().partition(f"| `Native{name}` |")[2].partition("\n\n")[0]
    found = {row[0]: (int(row[1]), int(row[2])) for row in re.findall(r"\| `(\w+)` \| (\d+) \| (\d+) \|", table)}
    layout = getattr(capi_table, name)
    assert found == {
        field: (getattr(layout, field).offset, getattr(layout, field).size) for field, _ in layout._fields_
    }


def test_python_shows_what_the_table_says(project: Path) -> None:
    code = """
import dovetail, shop
(cost,) = dovetail.native(shop.Item.cost)
print(cost.parameters, cost.needs_gil, cost.may_fail, cost.ambiguous)
item = dovetail.native_types(shop).classes["shop::Item"]
print([field.name for field in item.fields], item.size > 40, item.alignment, item.ends)
print([place > 0 for _, place in item.bases], dovetail.native_types(shop).enums)
print([found.signature for found in dovetail.native(shop.cost)], dovetail.native(shop.make)[0].meaning)
"""
    assert run(project, code).splitlines() == [
        "('count', 'off') False True True",
        "['price', 'kind'] True 8 True",
        "[False, True] {'shop::Kind': ('Kind', 'unsigned char')}",
        "['double (shop::Item const *)', 'double (shop::Item const *, int)'] own shop::Item & (double)",
    ]


def test_where_objects_are(project: Path) -> None:
    code = """
import ctypes, dovetail, shop
item = shop.make(1.5)
(cost,) = [each for each in dovetail.native(shop.Item.cost)]
call = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.c_int, ctypes.c_double)(cost.address)
print(call(dovetail.address(item), 2, 1.0))
class Cheap(shop.Item): pass
print(call(dovetail.address(Cheap()), 4, 0.0), dovetail.address(shop.prices()) == dovetail.address(shop.prices()))
for other in (3, None, shop.Item, shop.Item.__new__(shop.Item)):
    try:
        dovetail.address(other)
    except TypeError as error:
        print(error)
"""
    assert run(project, code).splitlines() == [
        "2.0",
        "10.0 True",
        "3 is no C++ object of a class or container with native signatures",
        "None is no C++ object of a class or container with native signatures",
        "<class 'shop.Item'> is no C++ object of a class or container with native signatures",
        "Item.__init__() was not called",
    ]


@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="SciPy is not installed")
def test_modules_of_cython_are_read(project: Path) -> None:
    code = """
import ctypes, dovetail, sys
import scipy.special.cython_special as special, scipy.linalg.cython_blas as blas, scipy._cyutility
import dovetail.capi
before = set(sys.modules)
(log,) = dovetail.native(special.gammaln)
print(log.arguments, ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(log.address)(1.0))
print([each.signature.partition("(")[0] for each in dovetail.native(special.erf)])  # one for each type
print(all("(" in each.signature for module in (special, blas, scipy._cyutility) for each in dovetail.native(module)))
print("ddot" in {each.name for each in dovetail.native(blas)}, set(sys.modules) == before)
"""
    assert run(project, code).splitlines() == [
        "('double', 'int') 0.0",
        "['__pyx_t_double_complex ', 'double ']",
        "True",
        "True True",
    ]
