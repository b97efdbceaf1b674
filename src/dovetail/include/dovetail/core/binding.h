// dovetail/core/binding.h: the cold half of arguments.h: keywords in any order, absent arguments, and every message about
// arguments. Messages read names and types from the docstring, so that they say what the stub says.
#pragma once
#include <dovetail/core/arguments.h>
#include <dovetail/core/lifetime.h>

#include <cstring>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A piece of a docstring.
struct Text {
  const char* data;
  int size;
};

// "area" of "area(s, scale=1.0)\n…".
inline Text callable_name(const char* doc) noexcept {
  return {doc, static_cast<int>(strcspn(doc, "("))};
}

// The typed line number `line`: "area(s: Shape, scale: float = 1.0) -> float".
inline Text typed_line(const char* doc, int line) noexcept {
  const char* at = strstr(doc, "\n--\n\n");
  at = at ? at + 5 : doc;
  while (line-- > 0) {
    const char* next = strchr(at, '\n');
    if (!next) break;
    at = next + 1;
  }
  return {at, static_cast<int>(strcspn(at, "\n"))};
}

struct ParameterText {
  Text name;
  Text type;
};

// Parameter `index` of a typed line; self, / and * do not count. Empty texts where there is none.
inline ParameterText parameter_text(Text line, int index) noexcept {
  const char* const end = line.data + line.size;
  const char* at = static_cast<const char*>(memchr(line.data, '(', static_cast<size_t>(line.size)));
  if (!at) return {{"", 0}, {"", 0}};
  ++at;
  while (at < end) {
    while (at < end && *at == ' ') ++at;
    const char* const start = at;
    const char *colon = nullptr, *equals = nullptr;
    int depth = 0;
    for (; at < end; ++at) {
      const char c = *at;
      if (c == '\'' || c == '"') {
        for (++at; at < end && *at != c; ++at) {
          if (*at == '\\') ++at;
        }
      } else if (c == '(' || c == '[' || c == '{') {
        ++depth;
      } else if (c == ')' || c == ']' || c == '}') {
        if (!depth) break;
        --depth;
      } else if (!depth && c == ',') {
        break;
      } else if (!depth && c == ':' && !colon) {
        colon = at;
      } else if (!depth && c == '=' && !equals) {
        equals = at;
      }
    }
    const char* const stop = at < end ? at : end;
    const char* name_end = colon ? colon : equals ? equals : stop;
    const char* type_start = colon ? colon + 1 : stop;
    const char* type_end = equals && equals > type_start ? equals : stop;
    while (name_end > start && name_end[-1] == ' ') --name_end;
    while (type_start < type_end && *type_start == ' ') ++type_start;
    while (type_end > type_start && type_end[-1] == ' ') --type_end;
    const int size = static_cast<int>(name_end - start);
    const bool mark = (size == 1 && (*start == '/' || *start == '*')) || (!colon && size == 4 && !memcmp(start, "self", 4)) || !size;
    if (!mark && index-- == 0) return {{start, size}, {type_start, static_cast<int>(type_end - type_start)}};
    if (at >= end || *at == ')') break;
    ++at;
  }
  return {{"", 0}, {"", 0}};
}

// Puts a text in front of that of the exception that is set, if it is a plain one of those that conversions raise: the
// object stays the same, with its traceback.
DOVETAIL_COLD inline void prefix_exception(PyObject* prefix) noexcept {
  PyObject* exception = fetch_exception();
  if (!exception) return;
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(exception));
  if (prefix && (type == PyExc_TypeError || type == PyExc_ValueError || type == PyExc_OverflowError ||
                 type == PyExc_ReferenceError || type == PyExc_BufferError)) {
    Ref name(PyUnicode_InternFromString("args"));
    Ref args(name ? PyObject_GetAttr(exception, name.get()) : nullptr);
    if (args && PyTuple_Check(args.get()) && PyTuple_GET_SIZE(args.get()) == 1 &&
        PyUnicode_Check(PyTuple_GET_ITEM(args.get(), 0))) {
      Ref text(PyUnicode_FromFormat("%U%U", prefix, PyTuple_GET_ITEM(args.get(), 0)));
      Ref changed(text ? PyTuple_Pack(1, text.get()) : nullptr);
      if (changed) PyObject_SetAttr(exception, name.get(), changed.get());
    }
    PyErr_Clear();
  }
  restore_exception(exception);
}

// The name of this extension's module: looked for among all, as only one message wants it. nullptr: it is not there.
DOVETAIL_COLD inline PyObject* find_own_name() noexcept {
  PyObject *key, *module;
  Py_ssize_t at = 0;
  while (PyDict_Next(PyImport_GetModuleDict(), &at, &key, &module)) {
    PyModuleDef* definition = PyModule_Check(module) ? PyModule_GetDef(module) : nullptr;
    if (definition && definition->m_free == free_state) return Py_NewRef(key);
  }
  PyErr_Clear();
  return nullptr;
}

// Another module has a class of the name that is wanted: most likely both have bound one C++ class. What to say of it, or
// nullptr where that is not so.
DOVETAIL_COLD inline PyObject* explain_namesake(Text type, PyObject* given) noexcept {
  NameRoom room;
  const char* name = type_name(given, room);
  const size_t size = strlen(name);
  const size_t least = static_cast<size_t>(type.size);
  if (given == Py_None || size > least || strncmp(type.data, name, size) || (size < least && type.data[size] != ' ')) return nullptr;
  State* owner = owner_state(Py_TYPE(given));
  if (!owner) return nullptr;
  Ref own(find_own_name());
  Ref other(get_attribute(owner->module, "__name__"));
  if (!own || !other || PyUnicode_Compare(own.get(), other.get()) == 0) {
    PyErr_Clear();
    return nullptr;
  }
  return PyUnicode_FromFormat("expected %U.%s, got %U.%s: both modules have bound it; build %U with uses = [\"%U\"]", own.get(),
                              name, other.get(), name, own.get(), other.get());
}

DOVETAIL_COLD inline PyObject* refuse_argument(const char* doc, int place, PyObject* given) noexcept {
  const Text callable = callable_name(doc);
  const ParameterText parameter = parameter_text(typed_line(doc, place / 256), place % 256);
  PyObject* raised = fetch_exception();
  Ref name(PyUnicode_DecodeUTF8(parameter.name.data, parameter.name.size, "replace"));
  Ref type(PyUnicode_DecodeUTF8(parameter.type.data, parameter.type.size, "replace"));
  Ref function(PyUnicode_DecodeUTF8(callable.data, callable.size, "replace"));
  if (!name || !type || !function) {
    Py_XDECREF(raised);
    return nullptr;
  }
  Ref namesake(raised ? nullptr : explain_namesake(parameter.type, given));
  if (namesake) {
    PyErr_Format(PyExc_TypeError, "%U(): argument '%U': %U", function.get(), name.get(), namesake.get());
    return nullptr;
  }
  if (!raised) {
    PyErr_Format(PyExc_TypeError, "%U(): argument '%U' must be %U, not %.200s", function.get(), name.get(), type.get(),
                 type_name(given));
    return nullptr;
  }
  Ref prefix(PyUnicode_FromFormat("%U(): argument '%U': ", function.get(), name.get()));
  PyErr_Clear();
  restore_exception(raised);
  prefix_exception(prefix.get());
  return nullptr;
}

DOVETAIL_COLD inline PyObject* refuse_bound(const char* doc, int place, PyObject* const* bound) noexcept {
  return refuse_argument(doc, place, bound[place % 256]);
}

// What is said to None for a pointer; the rule follows.
#define DOVETAIL_NULL_RULE "where C++ expects null, a rule allows it: %s"

DOVETAIL_COLD inline PyObject* refuse_pointer(const char* doc, int place, PyObject* given, const char* rule) noexcept {
  const bool null = given == Py_None && !PyErr_Occurred();
  refuse_argument(doc, place, given);
  PyObject* raised = null ? fetch_exception() : nullptr;
  if (!raised) return nullptr;
  Ref text(PyObject_Str(raised));
  Ref type(Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(raised))));
  Py_DECREF(raised);
  if (text) PyErr_Format(type.get(), "%U; " DOVETAIL_NULL_RULE, text.get(), rule);
  return nullptr;
}

// ---- binding ---------------------------------------------------------------------------------------------------------

enum class Misfit { none, too_many, missing, unexpected, twice, positional_only };

struct Binding {
  Misfit misfit;
  int parameter;      // missing, twice
  PyObject* keyword;  // unexpected, twice, positional_only: borrowed from the call
};

// Sorts arguments into parameters without touching the error indicator.
DOVETAIL_COLD inline Binding bind_into(const Signature& signature, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                                       PyObject** slots, Home home) noexcept {
  const int total = signature.total;
  if (nargs > total) return {Misfit::too_many, 0, nullptr};
  for (int i = 0; i < total; ++i) slots[i] = i < nargs ? args[i] : nullptr;
  const Py_ssize_t named = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
  if (named) {
    PyObject** names = state(home)->names + signature.first_name - signature.positional;
    for (Py_ssize_t k = 0; k < named; ++k) {
      PyObject* keyword = PyTuple_GET_ITEM(kwnames, k);
      int i = signature.positional;
      while (i < total && names[i] != keyword) ++i;
      if (i == total) {  // not interned: built at run time
        i = signature.positional;
        while (i < total && PyUnicode_Compare(names[i], keyword) != 0) ++i;
      }
      if (i == total) return {Misfit::unexpected, 0, keyword};
      if (slots[i]) return {Misfit::twice, i, keyword};
      slots[i] = args[nargs + k];
    }
  }
  for (int i = 0; i < signature.required; ++i) {
    if (!slots[i]) return {Misfit::missing, i, nullptr};
  }
  return {Misfit::none, 0, nullptr};
}

DOVETAIL_COLD inline void raise_misfit(const Signature& signature, const Binding& binding, Py_ssize_t nargs) noexcept {
  const Text callable = callable_name(signature.doc);
  Ref function(PyUnicode_DecodeUTF8(callable.data, callable.size, "replace"));
  if (!function) return;
  const Text line = typed_line(signature.doc, signature.line);
  if (binding.misfit == Misfit::unexpected) {
    for (int i = 0; i < signature.positional; ++i) {
      const Text name = parameter_text(line, i).name;
      Ref text(PyUnicode_DecodeUTF8(name.data, name.size, "replace"));
      if (!text) return;
      if (PyUnicode_Compare(text.get(), binding.keyword) != 0) continue;
      PyErr_Format(PyExc_TypeError, "%U() got a positional-only argument passed as keyword argument: '%U'", function.get(),
                   binding.keyword);
      return;
    }
    PyErr_Format(PyExc_TypeError, "%U() got an unexpected keyword argument '%U'", function.get(), binding.keyword);
  } else if (binding.misfit == Misfit::twice) {
    PyErr_Format(PyExc_TypeError, "%U() got multiple values for argument '%U'", function.get(), binding.keyword);
  } else if (binding.misfit == Misfit::missing) {
    const Text name = parameter_text(line, binding.parameter).name;
    Ref text(PyUnicode_DecodeUTF8(name.data, name.size, "replace"));
    if (!text) return;
    PyErr_Format(PyExc_TypeError, "%U() missing required argument: '%U' (pos %d)", function.get(), text.get(),
                 binding.parameter + 1);
  } else if (signature.required != signature.total) {
    PyErr_Format(PyExc_TypeError, "%U() takes from %d to %d arguments but %zd were given", function.get(),
                 int{signature.required}, int{signature.total}, nargs);
  } else {
    PyErr_Format(PyExc_TypeError, "%U() takes %d argument%s but %zd %s given", function.get(), int{signature.total},
                 signature.total == 1 ? "" : "s", nargs, nargs == 1 ? "was" : "were");
  }
}

DOVETAIL_COLD inline PyObject* const* bind_slowly(const Signature& signature, PyObject* const* args, Py_ssize_t nargs,
                                                  PyObject* kwnames, PyObject** slots, Home home) noexcept {
  const Binding binding = bind_into(signature, args, nargs, kwnames, slots, home);
  if (binding.misfit == Misfit::none) return slots;
  raise_misfit(signature, binding, nargs);
  return nullptr;
}

// ---- attributes ------------------------------------------------------------------------------------------------------

// For setters; all return -1. `name` is "Circle.radius", `takes` the annotation, `rule` what would allow None.
DOVETAIL_COLD inline int bad_attribute(const char* name, const char* takes, PyObject* given, const char* rule = nullptr) noexcept {
  if (!PyErr_Occurred()) {
    const bool null = rule && given == Py_None;
    PyErr_Format(PyExc_TypeError, null ? "%s must be %s, not %.200s; " DOVETAIL_NULL_RULE : "%s must be %s, not %.200s", name,
                 takes, type_name(given), rule);
    return -1;
  }
  PyObject* raised = fetch_exception();
  Ref prefix(PyUnicode_FromFormat("%s: ", name));
  PyErr_Clear();
  restore_exception(raised);
  prefix_exception(prefix.get());
  return -1;
}
DOVETAIL_COLD inline int refuse_delete(const char* name) noexcept {
  PyErr_Format(PyExc_AttributeError, "%s cannot be deleted", name);
  return -1;
}

}  // namespace v1
}  // namespace dovetail
