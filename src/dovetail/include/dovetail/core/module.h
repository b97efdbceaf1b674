// dovetail/core/module.h: from a ModuleTable to a module; includes all of core.
//
//   static constexpr dovetail::ModuleTable table{names, scopes, exceptions, types, enums, constants, aliases};
//   static int exec(PyObject* module) noexcept { return dovetail::exec_module<table>(module); }
//   static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec)}, DOVETAIL_MODULE_SLOTS {0, nullptr}};
//   static PyModuleDef definition = dovetail::module_definition("shapes", module_doc, module_slots);
//   PyMODINIT_FUNC PyInit_shapes() { return PyModuleDef_Init(&definition); }
//
// Functions are not in the PyModuleDef but in the table: those of submodules have the main module as self too.
#pragma once
#include <dovetail/core/aggregate.h>
#include <dovetail/core/enumerations.h>
#include <dovetail/core/exceptions.h>
#include <dovetail/core/iterate.h>
#include <dovetail/core/layout.h>
#include <dovetail/core/objects.h>
#include <dovetail/core/operators.h>
#include <dovetail/core/overloads.h>
#include <dovetail/core/statics.h>
#include <dovetail/core/templates.h>
#include <dovetail/core/uses.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- the state's own life --------------------------------------------------------------------------------------------

template <class T>
inline T* new_array(int count) noexcept {
  return static_cast<T*>(PyMem_Calloc(static_cast<size_t>(count) + 1, sizeof(T)));
}

DOVETAIL_COLD inline int traverse_state(PyObject* module, visitproc visit, void* arg) noexcept {
  State* s = module_state(module);
  if (!s || !s->table) return 0;
  for (int i = 0; s->types && i < s->table->types.count; ++i) Py_VISIT(s->types[i]);
  for (int i = 0; s->exceptions && i < s->table->exceptions.count; ++i) Py_VISIT(s->exceptions[i]);
  for (int i = 0; s->enums && i < s->table->enums.count; ++i) {
    Py_VISIT(s->enums[i].type);
    Py_VISIT(s->enums[i].members);
  }
  Py_VISIT(s->used);
  Py_VISIT(s->iterator);
  Py_VISIT(s->sequence_iterator);
  Py_VISIT(s->static_member);
  Py_VISIT(s->metaclass);
#ifdef Py_LIMITED_API
  Py_VISIT(s->room);
#endif
  Py_VISIT(s->function);
  return 0;
}
// Nothing is cleared: types hold the module, and instances that live on need both. The collector breaks the cycle at the
// module's dict and at the types' own members; what is left is freed with the module.
DOVETAIL_COLD inline void free_state(void* module) noexcept {
  State* s = module_state(static_cast<PyObject*>(module));
  if (!s || !s->table) return;
  for (int i = 0; s->names && i < s->table->names.count; ++i) Py_XDECREF(s->names[i]);
  for (int i = 0; s->types && i < s->table->types.count; ++i) Py_XDECREF(reinterpret_cast<PyObject*>(s->types[i]));
  for (int i = 0; s->exceptions && i < s->table->exceptions.count; ++i) Py_XDECREF(s->exceptions[i]);
  for (int i = 0; s->enums && i < s->table->enums.count; ++i) {
    Py_XDECREF(s->enums[i].type);
    Py_XDECREF(s->enums[i].members);
  }
  Py_XDECREF(reinterpret_cast<PyObject*>(s->iterator));
  Py_XDECREF(reinterpret_cast<PyObject*>(s->sequence_iterator));
  Py_XDECREF(reinterpret_cast<PyObject*>(s->static_member));
  Py_XDECREF(reinterpret_cast<PyObject*>(s->metaclass));
#ifdef Py_LIMITED_API
  Py_XDECREF(reinterpret_cast<PyObject*>(s->room));
#endif
  Py_XDECREF(reinterpret_cast<PyObject*>(s->function));
  Py_XDECREF(s->interpreter);
  Py_XDECREF(s->handed);
  PyMem_Free(s->names);
  drop_spares(s->spares, s->table);
  PyMem_Free(s->spares);
  PyMem_Free(s->types);
  PyMem_Free(s->rows);
  PyMem_Free(s->exceptions);
  PyMem_Free(s->enums);
  PyMem_Free(s->native);
  Py_XDECREF(s->registry_owner);
  Py_XDECREF(s->used);
  s->table = nullptr;
}

inline PyModuleDef module_definition(const char* name, const char* doc, PyModuleDef_Slot* slots) noexcept {
  return {PyModuleDef_HEAD_INIT, name, doc, sizeof(State), nullptr, slots, traverse_state, nullptr, free_state};
}

// ---- scopes ----------------------------------------------------------------------------------------------------------

// The module or class at a dotted path; borrowed from the module. nullptr: exception set.
DOVETAIL_COLD inline PyObject* find_scope(PyObject* module, const char* path) noexcept {
  PyObject* at = module;
  while (*path) {
    const size_t size = strcspn(path, ".");
    Ref name(PyUnicode_FromStringAndSize(path, static_cast<Py_ssize_t>(size)));
    if (!name) return nullptr;
    PyObject* next = PyObject_GetAttr(at, name.get());
    if (!next) return nullptr;
    Py_DECREF(next);  // its scope keeps it
    at = next;
    path += size + (path[size] == '.');
  }
  return at;
}

// Classes are immutable from outside; their scope is written before anyone sees them.
DOVETAIL_COLD inline bool add_to_scope(PyObject* scope, const char* name, PyObject* value) noexcept {
  if (!PyType_Check(scope)) return PyObject_SetAttrString(scope, name, value) == 0;
  auto* type = reinterpret_cast<PyTypeObject*>(scope);
  if (PyDict_SetItemString(class_dict(type), name, value) < 0) return false;
  PyType_Modified(type);
  return true;
}

struct ScopeNames {
  Ref module;    // "shapes.detail"
  Ref qualname;  // "Shape.Kind"
};
// What __module__ and __qualname__ of `name` in `scope` are.
DOVETAIL_COLD inline bool name_in_scope(PyObject* module, const char* scope, const char* name, ScopeNames& names) noexcept {
  names.module = Ref(get_attribute(module, "__name__"));
  names.qualname = Ref(PyUnicode_FromString(""));
  PyObject* at = module;
  while (*scope && names.module && names.qualname) {
    const size_t size = strcspn(scope, ".");
    Ref part(PyUnicode_FromStringAndSize(scope, static_cast<Py_ssize_t>(size)));
    PyObject* next = part ? PyObject_GetAttr(at, part.get()) : nullptr;
    if (!next) return false;
    Py_DECREF(next);
    at = next;
    if (PyModule_Check(at)) {
      names.module = Ref(PyUnicode_FromFormat("%U.%U", names.module.get(), part.get()));
    } else {
      names.qualname = Ref(PyUnicode_FromFormat("%U%U.", names.qualname.get(), part.get()));
    }
    scope += size + (scope[size] == '.');
  }
  if (names.qualname) names.qualname = Ref(PyUnicode_FromFormat("%U%s", names.qualname.get(), name));
  return names.module && names.qualname;
}

// ---- one maker per table ---------------------------------------------------------------------------------------------

DOVETAIL_COLD inline bool add_functions(PyObject* module, PyObject* scope, PyMethodDef* functions) noexcept {
  Ref name(get_attribute(scope, "__name__"));
  if (!name) return false;
  for (PyMethodDef* f = functions; f && f->ml_name; ++f) {
    Ref function(PyCFunction_NewEx(f, module, name.get()));
    if (!function || !add_to_scope(scope, f->ml_name, function.get())) return false;
  }
  return true;
}

// dir(module): what is in its dict, and the properties.
inline PyObject* list_variables(PyObject* module, PyObject*) noexcept {
  PyObject* names = PyDict_Keys(PyModule_GetDict(module));
  auto* variables = static_cast<PyGetSetDef*>(PyType_GetSlot(Py_TYPE(module), Py_tp_getset));
  for (PyGetSetDef* v = variables; names && v && v->name; ++v) {
    Ref name(PyUnicode_FromString(v->name));
    if (!name || PyList_Append(names, name.get()) < 0) Py_CLEAR(names);
  }
  if (names && PyList_Sort(names) < 0) Py_CLEAR(names);
  return names;
}

// Mutable globals are properties of the module: it becomes an instance of a module class of its own.
DOVETAIL_COLD inline bool add_variables(PyObject* module, PyObject* scope, PyGetSetDef* variables) noexcept {
  static PyMethodDef methods[] = {{"__dir__", list_variables, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
  PyType_Slot slots[] = {{Py_tp_getset, variables}, {Py_tp_methods, methods}, {0, nullptr}};
  PyType_Spec spec = {"dovetail.module", 0, 0, Py_TPFLAGS_DEFAULT, slots};
  Ref bases(PyTuple_Pack(1, reinterpret_cast<PyObject*>(&PyModule_Type)));
  Ref type(bases ? PyType_FromModuleAndSpec(module, &spec, bases.get()) : nullptr);
  return type && PyObject_SetAttrString(scope, "__class__", type.get()) == 0;
}

DOVETAIL_COLD inline bool make_scope(PyObject* module, const ScopeRow& row) noexcept {
  PyObject* scope = module;
  if (*row.path) {
    const char* dot = strrchr(row.path, '.');
    Ref outer_path(PyUnicode_FromStringAndSize(row.path, dot ? dot - row.path : 0));
    PyObject* outer = outer_path ? find_scope(module, PyUnicode_AsUTF8(outer_path.get())) : nullptr;
    Ref top(outer ? get_attribute(module, "__name__") : nullptr);
    Ref name(top ? PyUnicode_FromFormat("%U.%s", top.get(), row.path) : nullptr);
    Ref made(name ? PyModule_NewObject(name.get()) : nullptr);
    if (!made) return false;
    if (row.doc && PyModule_SetDocString(made.get(), row.doc) < 0) return false;
    if (!add_to_scope(outer, dot ? dot + 1 : row.path, made.get())) return false;
    if (PyObject_SetItem(PyImport_GetModuleDict(), name.get(), made.get()) < 0) return false;
    scope = made.get();  // kept by its outer module
  }
  return add_functions(module, scope, row.functions) && (!row.variables || add_variables(module, scope, row.variables));
}

DOVETAIL_COLD inline bool make_exception(PyObject* module, State* s, const ExceptionRow& row) noexcept {
  ScopeNames names;
  if (!name_in_scope(module, row.scope, row.name, names)) return false;
  Ref builtins(PyImport_ImportModule("builtins"));
  Ref bases(builtins ? PyTuple_New(row.parents.count) : nullptr);
  bool has_bound = false;
  for (int i = 0; bases && i < row.parents.count; ++i) {
    const ExceptionParent& parent = row.parents.rows[i];
    has_bound = has_bound || parent.slot >= 0;
    PyObject* base = parent.slot >= 0 ? Py_NewRef(s->exceptions[parent.slot]) : get_attribute(builtins.get(), parent.builtin);
    if (!base) return false;
    PyTuple_SET_ITEM(bases.get(), i, base);
  }
  Ref attributes(bases ? PyDict_New() : nullptr);
  if (!attributes || PyDict_SetItemString(attributes.get(), "__module__", names.module.get()) < 0) return false;
  Ref full(PyUnicode_FromFormat("%U.%s", names.module.get(), row.name));
  const char* text = full ? PyUnicode_AsUTF8(full.get()) : nullptr;
  PyObject* type = text ? PyErr_NewExceptionWithDoc(text, row.doc, bases.get(), attributes.get()) : nullptr;
  if (!type) return false;
  s->exceptions[row.slot] = type;
  if (PyObject_SetAttrString(type, "__qualname__", names.qualname.get()) < 0) return false;
  for (PyMethodDef* m = row.methods; m && m->ml_name; ++m) {
    Ref method(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type), m));
    if (!method || PyObject_SetAttrString(type, m->ml_name, method.get()) < 0) return false;
  }
  if (!has_bound && !row.coded && !add_exception_reduce(type)) return false;
  if (row.coded) {
    Ref zero(PyLong_FromLong(0));
    if (!zero || PyObject_SetAttrString(type, "code", zero.get()) < 0) return false;
  }
  if (row.construct && !add_exception_constructor(module, type, row.construct)) return false;
  for (PyGetSetDef* a = row.accessors; a && a->name; ++a) {
    Ref accessor(PyDescr_NewGetSet(reinterpret_cast<PyTypeObject*>(type), a));
    if (!accessor || PyObject_SetAttrString(type, a->name, accessor.get()) < 0) return false;
  }
  PyObject* scope = find_scope(module, row.scope);
  return scope && add_to_scope(scope, row.name, type);
}

DOVETAIL_COLD inline bool register_with_abc(PyObject* type, const char* name) noexcept {
  Ref abc(PyImport_ImportModule("collections.abc"));
  Ref base(abc ? get_attribute(abc.get(), name) : nullptr);
  Ref done(base ? PyObject_CallMethod(base.get(), "register", "O", type) : nullptr);
  return static_cast<bool>(done);
}

// The Python bases of a class; empty where it has none.
DOVETAIL_COLD inline Ref type_bases(State* s, const TypeRow& row) noexcept {
  if (!row.bases.count) return Ref(PyTuple_Pack(1, reinterpret_cast<PyObject*>(s->types[row.base])));
  Py_ssize_t count = 0;
  for (const BaseRow& base : row.bases) count += base.direct;
  Ref bases(PyTuple_New(count));
  count = 0;
  for (const BaseRow& base : row.bases) {
    if (bases && base.direct) PyTuple_SET_ITEM(bases.get(), count++, Py_NewRef(reinterpret_cast<PyObject*>(s->types[base.slot])));
  }
  return bases;
}

DOVETAIL_COLD inline bool make_type(PyObject* module, State* s, const TypeRow& row) noexcept {
  ScopeNames names;
  if (!name_in_scope(module, row.scope, row.name, names)) return false;
  Ref bases;
  if (row.base >= 0) {
    bases = type_bases(s, row);
    if (!bases) return false;
  }
  const bool nested = PyUnicode_GET_LENGTH(names.qualname.get()) > static_cast<Py_ssize_t>(strlen(row.name));
  Ref made = make_class(module, s, row, static_cast<Ref&&>(bases), nested);
  if (!made) return false;
  PyTypeObject* type = watch(s, reinterpret_cast<PyTypeObject*>(made.get()));
  s->types[row.slot] = type;
  s->rows[row.slot] = &row;
  s->native[row.slot] = static_cast<uint16_t>(row.slot);
  Py_INCREF(made.get());
  if (!methods_of(type) || bool(PyType_HasFeature(type, Py_TPFLAGS_HAVE_GC)) != row.tracked) {
    PyErr_Format(PyExc_SystemError, "dovetail: the table of %s is inconsistent", row.name);
    return false;
  }
  if (!finish_class(type, row, names.qualname.get(), nested)) return false;
  if (PyDict_SetItemString(class_dict(type), "__module__", names.module.get()) < 0) return false;
  if (row.fields.count) {
    Ref fields(PyTuple_New(row.fields.count));
    for (int i = 0; fields && i < row.fields.count; ++i) {
      PyObject* field = PyUnicode_FromString(row.fields.rows[i]);
      if (!field) return false;
      PyTuple_SET_ITEM(fields.get(), i, field);
    }
    if (!fields || PyDict_SetItemString(class_dict(type), "__match_args__", fields.get()) < 0) return false;
  }
  PyType_Modified(type);
  if (!add_statics(module, s, type, row.statics) || !add_static_methods(module, type, row.functions)) return false;
  if (row.abc && !register_with_abc(made.get(), row.abc)) return false;
  PyObject* scope = find_scope(module, row.scope);
  return scope && add_to_scope(scope, row.name, made.get());
}

DOVETAIL_COLD inline bool add_enum(PyObject* module, State* s, const EnumRow& row) noexcept {
  ScopeNames names;
  if (!name_in_scope(module, row.scope, row.name, names)) return false;
  EnumState& made = s->enums[row.slot];
  const char* qualname = PyUnicode_AsUTF8(names.qualname.get());
  if (!qualname || !make_enum(row, names.module.get(), qualname, made)) return false;
  PyObject* scope = find_scope(module, row.scope);
  if (!scope || !add_to_scope(scope, row.name, made.type)) return false;
  if (!row.exported) return true;
  for (const EnumValue& member : row.values) {
    Ref object(get_attribute(made.type, member.name));
    if (!object || !add_to_scope(scope, member.name, object.get())) return false;
  }
  return true;
}

// The empty state of a module about to be made; nullptr with an exception set.
DOVETAIL_COLD inline State* begin_module(PyObject* module, const ModuleTable& table) noexcept {
  State* s = static_cast<State*>(PyModule_GetState(module));
  if (s != module_state(module)) {
    PyErr_SetString(PyExc_ImportError, "this module was built for another layout of module objects: build it again");
    return nullptr;
  }
  if (!check_interpreter()) return nullptr;
  new (s) State{};
  s->version = runtime_version();
  s->runtime = this_runtime();
  s->module = module;
  s->registry_owner = Py_XNewRef(find_registry_capsule(true));
  if (!s->registry_owner) return nullptr;
  s->registry = static_cast<Registry*>(PyCapsule_GetPointer(s->registry_owner, registry_capsule));
  s->names = new_array<PyObject*>(table.names.count);
  s->types = new_array<PyTypeObject*>(table.types.count);
  s->rows = new_array<const TypeRow*>(table.types.count);
  s->native = new_array<uint16_t>(table.types.count);
  s->spares = new_array<Cell*>(table.types.count);
  s->enums = new_array<EnumState>(table.enums.count);
  s->exceptions = new_array<PyObject*>(table.exceptions.count);
  s->table = &table;
  if (!s->names || !s->types || !s->rows || !s->native || !s->spares || !s->enums || !s->exceptions) {
    PyErr_NoMemory();
    return nullptr;
  }
  for (int i = 0; i < table.names.count; ++i) {
    if (!(s->names[i] = PyUnicode_InternFromString(table.names.rows[i]))) return nullptr;
  }
  return s;
}
DOVETAIL_COLD inline bool add_constant(PyObject* module, const ConstantRow& row) noexcept {
  Ref value(row.read(module_home(module)));
  PyObject* scope = value ? find_scope(module, row.scope) : nullptr;
  return scope && add_to_scope(scope, row.name, value.get());
}
DOVETAIL_COLD inline bool add_alias(PyObject* module, const AliasRow& row) noexcept {
  Ref from(row.from ? PyImport_ImportModule(row.from) : Py_NewRef(module));
  PyObject* target = from ? find_scope(from.get(), row.target) : nullptr;
  PyObject* scope = target ? find_scope(module, row.scope) : nullptr;
  return scope && add_to_scope(scope, row.name, target);
}

// Neither submodules nor variables.
constexpr bool has_functions_only(const Table<ScopeRow>& scopes) noexcept {
  return scopes.count == 1 && !*scopes.rows[0].path && scopes.rows[0].variables == nullptr;
}

// Makes everything that the table says, in the order: names, submodules and functions, exceptions, classes, enums,
// constants, aliases. 0, or -1 with an exception set; then nothing of it stays importable.
// A template, so that a module without classes does not compile what makes them.
template <const ModuleTable& table>
int exec_module(PyObject* module) noexcept {
  State* s = begin_module(module, table);
  if (!s) return -1;
  if constexpr (has_functions_only(table.scopes)) {
    if (!add_functions(module, module, table.scopes.rows[0].functions)) return -1;
  } else {
    for (const ScopeRow& row : table.scopes) {
      if (!make_scope(module, row)) return -1;
    }
  }
  if constexpr (table.exceptions.count > 0) {
    for (const ExceptionRow& row : table.exceptions) {
      if (row.from ? !use_exception(s, row) : !make_exception(module, s, row)) return -1;
    }
  }
  if constexpr (table.types.count > 0) {
    for (const TypeRow& row : table.types) {
      if (row.from ? !use_type(s, row) : !make_type(module, s, row)) return -1;
    }
  }
  if constexpr (table.enums.count > 0) {
    for (const EnumRow& row : table.enums) {
      if (row.from ? !use_enum(s, row) : !add_enum(module, s, row)) return -1;
    }
  }
  if constexpr (table.constants.count > 0) {
    for (const ConstantRow& row : table.constants) {
      if (!add_constant(module, row)) return -1;
    }
  }
  if constexpr (table.aliases.count > 0) {
    for (const AliasRow& row : table.aliases) {
      if (!add_alias(module, row)) return -1;
    }
  }
  if constexpr (table.templates.count > 0) {
    for (const TemplateRow& row : table.templates) {
      Ref mapping(make_template(module, row, [module](const char* path) noexcept { return find_scope(module, path); }));
      PyObject* scope = mapping ? find_scope(module, row.scope) : nullptr;
      if (!scope || !add_to_scope(scope, row.name, mapping.get())) return -1;
    }
  }
  if constexpr (table.attributes != nullptr) {
    Ref getter(PyCFunction_New(table.attributes, module));
    if (!getter || PyModule_AddObjectRef(module, table.attributes->ml_name, getter.get()) < 0) return -1;
  }
  if constexpr (table.types.count + table.enums.count + table.exceptions.count > 0) {
    if (!share_module(module, s)) return -1;
  }
  return 0;
}

// Flags of a class's PyType_Spec. `derivable`: not final in C++.
template <class T>
inline constexpr unsigned int class_flags(bool derivable) noexcept {
  return static_cast<unsigned int>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | (derivable ? Py_TPFLAGS_BASETYPE : 0) |
                                   (Bound<T>::tracked ? Py_TPFLAGS_HAVE_GC : 0));
}

}  // namespace v1
}  // namespace dovetail
