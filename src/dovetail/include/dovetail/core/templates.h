// dovetail/core/templates.h: class templates: `Box[int]`, `Fixed[float, 3]` are their bound instantiations.
// An argument may also be text, as C++ spells it (`Box["std::uint8_t"]`), or a type of NumPy's numbers (`Box[numpy.uint8]`); those
// that C++ would fill in may be left out. Where several have the same arguments in Python (double and float), the first is meant.
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

// Lines as a tuple of what `make` gives for each; nullptr: exception set.
template <class Make>
PyObject* template_parts(const char* lines, Make make) noexcept {
  Ref list(PyList_New(0));
  while (list && *lines) {
    const size_t size = strcspn(lines, "\n");
    Ref text(PyUnicode_FromStringAndSize(lines, static_cast<Py_ssize_t>(size)));
    Ref part(text ? make(text.get()) : nullptr);
    if (!part || PyList_Append(list.get(), part.get()) < 0) return nullptr;
    lines += size + (lines[size] == '\n');
  }
  return list ? PyList_AsTuple(list.get()) : nullptr;
}

// "uint8_t" is what the compiler calls "unsigned char". Numbers of NumPy have the same names without the _t.
inline const char* plain_number(const char* name) noexcept {
  static_assert(sizeof(short) == 2 && sizeof(int) == 4 && sizeof(long long) == 8, "numbers have other sizes here");
  constexpr const char* word = sizeof(long) == 8 ? "long" : "long long";
  constexpr const char* natural = sizeof(long) == 8 ? "unsigned long" : "unsigned long long";
  const struct {
    const char *name, *plain;
  } known[] = {
      {"int8", "signed char"}, {"uint8", "unsigned char"}, {"int16", "short"}, {"uint16", "unsigned short"},
      {"int32", "int"}, {"uint32", "unsigned int"}, {"int64", word}, {"uint64", natural},
      {"intp", word}, {"uintp", natural}, {"ptrdiff", word}, {"size", natural}, {"ssize", word}, {"intptr", word},
      {"uintptr", natural}, {"float32", "float"}, {"float64", "double"}, {"longdouble", "long double"},
      {"complex64", "std::complex<float>"}, {"complex128", "std::complex<double>"}, {"bool", "bool"}, {"unsigned", "unsigned int"},
      {"string", "std::basic_string<char>"}, {"string_view", "std::basic_string_view<char>"},
  };
  size_t size = strlen(name);
  if (!strncmp(name, "std::", 5)) name += 5, size -= 5;
  if (size > 2 && !strcmp(name + size - 2, "_t")) size -= 2;
  if (size > 1 && name[size - 1] == '_') --size;
  for (const auto& one : known) {
    if (strlen(one.name) == size && !strncmp(one.name, name, size)) return one.plain;
  }
  return name;
}

// Whether two spellings differ in nothing but spaces, and namespaces in front of the first.
inline bool same_spelling(const char* given, const char* spelled) noexcept {
  const size_t size = strlen(spelled);
  const auto equal = [&](const char* at) {
    const char* g = given;
    for (;;) {
      while (*g == ' ') ++g;
      while (*at == ' ') ++at;
      if (*g != *at) return false;
      if (!*g) return true;
      ++g, ++at;
    }
  };
  if (equal(spelled)) return true;
  int depth = 0;
  for (size_t i = 0; i + 2 < size; ++i) {
    depth += (spelled[i] == '<') - (spelled[i] == '>');
    if (!depth && spelled[i] == ':' && spelled[i + 1] == ':' && equal(spelled + i + 2)) return true;
  }
  return false;
}

// Whether what was given is the argument: 1 yes, 0 no, -1 exception set.
DOVETAIL_COLD inline int is_argument(PyObject* given, PyObject* argument, PyObject* spelled) noexcept {
  const int equal = PyBool_Check(given) == PyBool_Check(argument) ? PyObject_RichCompareBool(given, argument, Py_EQ) : 0;
  if (equal) return equal;
  const char* text = PyUnicode_AsUTF8(spelled);
  if (!text) return -1;
  if (PyUnicode_Check(given)) {
    const char* word = PyUnicode_AsUTF8(given);
    const bool character = word && *text == '\'' && strlen(text) == 3 && *word == text[1] && !word[1];
    return word ? character || same_spelling(plain_number(word), text) || same_spelling(word, text) : -1;
  }
  // numpy.float32, and numpy.dtype("float32").
  Ref type = Ref::borrowed(PyType_Check(given) ? given : reinterpret_cast<PyObject*>(Py_TYPE(given)));
  Ref module(PyObject_GetAttrString(type.get(), "__module__"));
  if (!module) return -1;
  const char* from = PyUnicode_Check(module.get()) ? PyUnicode_AsUTF8(module.get()) : "";
  if (!from) return -1;
  if (strncmp(from, "numpy", 5)) return 0;
  Ref name(PyObject_GetAttrString(given, PyType_Check(given) ? "__name__" : "name"));
  if (!name) return PyErr_Clear(), 0;
  const char* number = PyUnicode_Check(name.get()) ? PyUnicode_AsUTF8(name.get()) : "";
  if (!number) return -1;
  const char* plain = plain_number(number);
  // A long long may be an int64, too.
  return same_spelling(plain, text) || (!strcmp(plain, "long") && !strcmp(text, "long long")) ||
         (!strcmp(plain, "unsigned long") && !strcmp(text, "unsigned long long"));
}

struct Template {
  PyObject_HEAD
  PyObject* name;
  PyObject* cases;  // tuple of (arguments, spellings, number that must be given, class)
};

// "Box<int>, Box<double>", as a rule would list them: new reference, or nullptr with an exception set.
DOVETAIL_COLD inline PyObject* list_template(Template* self) noexcept {
  Ref shown(PyList_New(0)), comma(PyUnicode_FromString(", "));
  for (Py_ssize_t i = 0; shown && comma && i < PyTuple_GET_SIZE(self->cases); ++i) {
    PyObject* one = PyTuple_GET_ITEM(self->cases, i);
    Ref words(PyTuple_GetSlice(PyTuple_GET_ITEM(one, 1), 0, PyLong_AsSsize_t(PyTuple_GET_ITEM(one, 2))));
    Ref joined(words ? PyUnicode_Join(comma.get(), words.get()) : nullptr);
    Ref text(joined ? PyUnicode_FromFormat("%U<%U>", self->name, joined.get()) : nullptr);
    if (!text || PyList_Append(shown.get(), text.get()) < 0) return nullptr;
  }
  return shown && comma ? PyUnicode_Join(comma.get(), shown.get()) : nullptr;
}

// The class, borrowed; nullptr without an exception where there is none.
DOVETAIL_COLD inline PyObject* find_instantiation(Template* self, PyObject* key) noexcept {
  Ref given(PyTuple_Check(key) ? Py_NewRef(key) : PyTuple_Pack(1, key));
  if (!given) return nullptr;
  const Py_ssize_t count = PyTuple_GET_SIZE(given.get());
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->cases); ++i) {
    PyObject* one = PyTuple_GET_ITEM(self->cases, i);
    PyObject *arguments = PyTuple_GET_ITEM(one, 0), *spellings = PyTuple_GET_ITEM(one, 1);
    if (count > PyTuple_GET_SIZE(arguments) || count < PyLong_AsSsize_t(PyTuple_GET_ITEM(one, 2))) continue;
    int same = 1;
    for (Py_ssize_t k = 0; same > 0 && k < count; ++k)
      same = is_argument(PyTuple_GET_ITEM(given.get(), k), PyTuple_GET_ITEM(arguments, k), PyTuple_GET_ITEM(spellings, k));
    if (same < 0) return nullptr;
    if (same) return PyTuple_GET_ITEM(one, 3);
  }
  return nullptr;
}
inline PyObject* template_item(PyObject* self, PyObject* key) noexcept {
  auto* found = reinterpret_cast<Template*>(self);
  if (PyObject* type = find_instantiation(found, key)) return Py_NewRef(type);
  if (PyErr_Occurred()) return nullptr;
  Ref word(PyType_Check(key) ? PyObject_GetAttrString(key, "__name__") : PyObject_Repr(key));
  Ref listed(list_template(found));
  if (word && listed) {
    PyErr_Format(PyExc_TypeError, "%U has no instantiation for %U; there are %U. A rule lists more: \"%U\" = { instantiate = [\"...\"] }",
                 found->name, word.get(), listed.get(), found->name);
  }
  return nullptr;
}
inline int template_contains(PyObject* self, PyObject* key) noexcept {
  if (find_instantiation(reinterpret_cast<Template*>(self), key)) return 1;
  return PyErr_Occurred() ? -1 : 0;
}
inline Py_ssize_t template_length(PyObject* self) noexcept { return PyTuple_GET_SIZE(reinterpret_cast<Template*>(self)->cases); }
// Iterates over the classes.
inline PyObject* template_iterate(PyObject* self) noexcept {
  auto* found = reinterpret_cast<Template*>(self);
  Ref classes(PyTuple_New(PyTuple_GET_SIZE(found->cases)));
  for (Py_ssize_t i = 0; classes && i < PyTuple_GET_SIZE(found->cases); ++i)
    PyTuple_SET_ITEM(classes.get(), i, Py_NewRef(PyTuple_GET_ITEM(PyTuple_GET_ITEM(found->cases, i), 3)));
  return classes ? PyObject_GetIter(classes.get()) : nullptr;
}
inline PyObject* template_repr(PyObject* self) noexcept {
  auto* found = reinterpret_cast<Template*>(self);
  Ref listed(list_template(found));
  return listed ? PyUnicode_FromFormat("<template %U: %U>", found->name, listed.get()) : nullptr;
}
inline void template_end(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Py_XDECREF(reinterpret_cast<Template*>(self)->name);
  Py_XDECREF(reinterpret_cast<Template*>(self)->cases);
  PyObject_GC_Del(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline int template_traverse(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<Template*>(self)->cases);
  return 0;
}
inline int template_clear(PyObject* self) noexcept {
  Ref empty(PyTuple_New(0));
  if (empty) Py_SETREF(reinterpret_cast<Template*>(self)->cases, empty.release());
  return 0;
}
// One type for all templates of a module, kept under a name that is no identifier of C++.
DOVETAIL_COLD inline PyTypeObject* template_type(PyObject* module) noexcept {
  static const char name[] = "__dovetail_template__";
  PyObject* dict = PyModule_GetDict(module);
  if (PyObject* known = PyDict_GetItemString(dict, name)) return reinterpret_cast<PyTypeObject*>(Py_NewRef(known));
  PyType_Slot slots[] = {{Py_mp_subscript, reinterpret_cast<void*>(template_item)},
                         {Py_mp_length, reinterpret_cast<void*>(template_length)},
                         {Py_sq_contains, reinterpret_cast<void*>(template_contains)},
                         {Py_tp_iter, reinterpret_cast<void*>(template_iterate)},
                         {Py_tp_repr, reinterpret_cast<void*>(template_repr)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(template_end)},
                         {Py_tp_traverse, reinterpret_cast<void*>(template_traverse)},
                         {Py_tp_clear, reinterpret_cast<void*>(template_clear)},
                         {0, nullptr}};
  PyType_Spec spec = {"dovetail.template", sizeof(Template), 0,
                      unsigned(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE),
                      slots};
  Ref type(PyType_FromModuleAndSpec(module, &spec, nullptr));
  if (!type || PyDict_SetItemString(dict, name, type.get()) < 0) return nullptr;
  return reinterpret_cast<PyTypeObject*>(type.release());
}

// `find` gives the class at a path. nullptr: exception set.
template <class Find>
DOVETAIL_COLD PyObject* make_template(PyObject* module, const TemplateRow& row, Find find) noexcept {
  Ref cases(PyList_New(0));
  for (const TemplateCase& one : row.cases) {
    Ref arguments(cases ? template_parts(one.arguments,
                                         [module](PyObject* text) noexcept -> PyObject* {
                                           const char* spelled = PyUnicode_AsUTF8(text);
                                           return spelled ? template_argument(module, spelled) : nullptr;
                                         })
                        : nullptr);
    const char* written = *one.spellings ? one.spellings : one.arguments;
    Ref spellings(arguments ? template_parts(written, [](PyObject* text) noexcept { return Py_NewRef(text); }) : nullptr);
    PyObject* target = spellings ? find(one.target) : nullptr;
    if (!target) return nullptr;
    const Py_ssize_t shown = one.shown < 0 ? PyTuple_GET_SIZE(arguments.get()) : one.shown;
    Ref packed(Py_BuildValue("(OOnO)", arguments.get(), spellings.get(), shown, target));
    if (!packed || PyList_Append(cases.get(), packed.get()) < 0) return nullptr;
  }
  PyTypeObject* type = cases ? template_type(module) : nullptr;
  Template* made = type ? PyObject_GC_New(Template, type) : nullptr;
  Py_XDECREF(reinterpret_cast<PyObject*>(type));  // the instance holds its type
  if (!made) return nullptr;
  made->name = PyUnicode_FromString(row.name);
  made->cases = PyList_AsTuple(cases.get());
  Ref held(reinterpret_cast<PyObject*>(made));
  PyObject_GC_Track(held.get());
  return made->name && made->cases ? held.release() : nullptr;
}

}  // namespace v1
}  // namespace dovetail
