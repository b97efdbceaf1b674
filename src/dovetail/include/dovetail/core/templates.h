// dovetail/core/templates.h: class templates as mappings from arguments to bound instantiations: `Box[int]`, `Fixed[float, 3]`.
#pragma once
#include <dovetail/core/tables.h>

#include <cstring>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// One argument: a number, something of the module, of builtins or of any imported module (`datetime.timedelta`); else its
// text. nullptr: exception set.
DOVETAIL_COLD inline PyObject* template_argument(PyObject* module, const char* text) noexcept {
  char* end = nullptr;
  const long long number = strtoll(text, &end, 10);
  if (end != text && !*end) return PyLong_FromLongLong(number);
  if (!strcmp(text, "True") || !strcmp(text, "true")) return Py_NewRef(Py_True);
  if (!strcmp(text, "False") || !strcmp(text, "false")) return Py_NewRef(Py_False);
  Ref builtins(PyImport_ImportModule("builtins"));
  if (!builtins) return nullptr;
  PyObject* const places[] = {module, builtins.get(), nullptr};
  for (PyObject* place : places) {
    Ref at = Ref::borrowed(place ? place : PyImport_GetModuleDict());
    const char* rest = text;
    while (at && *rest) {
      const size_t size = strcspn(rest, ".");
      Ref name(PyUnicode_FromStringAndSize(rest, static_cast<Py_ssize_t>(size)));
      if (!name) return nullptr;
      at = Ref(!place && rest == text ? PyObject_GetItem(at.get(), name.get()) : PyObject_GetAttr(at.get(), name.get()));
      rest += size + (rest[size] == '.');
    }
    if (at) return at.release();
    PyErr_Clear();
  }
  return PyUnicode_FromString(text);
}

// The key of one instantiation: its argument, or a tuple of them. Arguments are separated by newlines.
DOVETAIL_COLD inline PyObject* template_key(PyObject* module, const char* arguments) noexcept {
  Ref list(PyList_New(0));
  while (list && *arguments) {
    const size_t size = strcspn(arguments, "\n");
    Ref text(PyUnicode_FromStringAndSize(arguments, static_cast<Py_ssize_t>(size)));
    const char* spelled = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
    Ref argument(spelled ? template_argument(module, spelled) : nullptr);
    if (!argument || PyList_Append(list.get(), argument.get()) < 0) return nullptr;
    arguments += size + (arguments[size] == '\n');
  }
  if (!list) return nullptr;
  if (PyList_GET_SIZE(list.get()) == 1) return Py_NewRef(PyList_GET_ITEM(list.get(), 0));
  return PyList_AsTuple(list.get());
}

// A read-only mapping of all instantiations; `find` gives the class at a path. Of two with the same arguments in Python
// (float and double) the first is meant. nullptr: exception set.
template <class Find>
DOVETAIL_COLD PyObject* make_template(PyObject* module, const TemplateRow& row, Find find) noexcept {
  Ref found(PyDict_New());
  for (const TemplateCase& one : row.cases) {
    Ref key(found ? template_key(module, one.arguments) : nullptr);
    PyObject* target = key ? find(one.target) : nullptr;
    if (!target || !PyDict_SetDefault(found.get(), key.get(), target)) return nullptr;
  }
  return found ? PyDictProxy_New(found.get()) : nullptr;
}

}  // namespace v1
}  // namespace dovetail
