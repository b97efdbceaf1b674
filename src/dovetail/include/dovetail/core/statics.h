// dovetail/core/statics.h: static members of classes, data and functions.
//
// A static method gets the module as self, to find the state: CPython passes METH_STATIC functions no self at all.
// `Shape.alive` reads C++ through a descriptor, on the class and on its instances; `Shape.alive = 3` writes through a
// metaclass, as bound classes are otherwise immutable. Both types belong to the module's state.
// Getters and setters get the main module as self: module_home.
#pragma once
#include <dovetail/core/state.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct StaticMember {
  PyObject_HEAD
  const PyGetSetDef* accessor;
  PyObject* module;
};

inline void static_member_dealloc(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Py_XDECREF(reinterpret_cast<StaticMember*>(self)->module);
  free_object(type, self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline int static_member_traverse(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<StaticMember*>(self)->module);
  return 0;
}
inline PyObject* static_member_get(PyObject* self, PyObject*, PyObject*) noexcept {
  auto* member = reinterpret_cast<StaticMember*>(self);
  return member->accessor->get(member->module, nullptr);
}
inline int static_member_set(PyObject* self, PyObject*, PyObject* value) noexcept {
  auto* member = reinterpret_cast<StaticMember*>(self);
  if (member->accessor->set) return member->accessor->set(member->module, value, nullptr);
  PyErr_Format(PyExc_AttributeError, "attribute '%s' is not writable", member->accessor->name);
  return -1;
}
inline PyObject* static_member_doc(PyObject* self, void*) noexcept {
  const char* doc = reinterpret_cast<StaticMember*>(self)->accessor->doc;
  return doc ? PyUnicode_FromString(doc) : Py_NewRef(Py_None);
}

inline bool is_static_member(PyObject* found) noexcept {
  return PyType_GetSlot(Py_TYPE(found), Py_tp_descr_set) == reinterpret_cast<void*>(static_member_set);
}

// tp_setattro of the metaclass: static members go to C++, all else as for any class.
inline int set_class_attribute(PyObject* type, PyObject* name, PyObject* value) noexcept {
  const Ref order = order_of(reinterpret_cast<PyTypeObject*>(type));
  for (Py_ssize_t i = 0; order && PyUnicode_Check(name) && i < PyTuple_GET_SIZE(order.get()); ++i) {
    PyObject* dict = class_dict(reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order.get(), i)));
    PyObject* found = dict ? PyDict_GetItemWithError(dict, name) : nullptr;
    if (!found && PyErr_Occurred()) return -1;
    if (!found) continue;
    if (is_static_member(found)) return static_member_set(found, type, value);
    break;
  }
  return reinterpret_cast<setattrofunc>(PyType_GetSlot(&PyType_Type, Py_tp_setattro))(type, name, value);
}

inline bool make_static_types(PyObject* module, State* s) noexcept {
  static PyGetSetDef doc[] = {{"__doc__", static_member_doc, nullptr, nullptr, nullptr},
                              {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyType_Slot member_slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(static_member_dealloc)},
                                       {Py_tp_traverse, reinterpret_cast<void*>(static_member_traverse)},
                                       {Py_tp_descr_get, reinterpret_cast<void*>(static_member_get)},
                                       {Py_tp_descr_set, reinterpret_cast<void*>(static_member_set)},
                                       {Py_tp_getset, doc},
                                       {0, nullptr}};
  static PyType_Spec member_spec = {"dovetail.static_member", sizeof(StaticMember), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, member_slots};
  static PyType_Slot meta_slots[] = {{Py_tp_setattro, reinterpret_cast<void*>(set_class_attribute)}, {0, nullptr}};
  static PyType_Spec meta_spec = {"dovetail.type", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, meta_slots};
  if (s->static_member) return true;
  Ref bases(PyTuple_Pack(1, reinterpret_cast<PyObject*>(&PyType_Type)));
  if (!bases) return false;
  Ref meta(PyType_FromModuleAndSpec(module, &meta_spec, bases.get()));
  Ref member(meta ? PyType_FromModuleAndSpec(module, &member_spec, nullptr) : nullptr);
  if (!member) return false;
  s->metaclass = reinterpret_cast<PyTypeObject*>(meta.release());
  s->static_member = reinterpret_cast<PyTypeObject*>(member.release());
  return true;
}

// The static members of a class just made; `accessors` may be nullptr. A class derived from one that has some is writable
// through its name too. Before anybody else sees the class.
DOVETAIL_COLD inline bool add_statics(PyObject* module, State* s, PyTypeObject* type, const PyGetSetDef* accessors) noexcept {
  bool inherits = false;
  for (Py_ssize_t i = 0; s->metaclass && i < PyTuple_GET_SIZE(direct_bases_of(type)); ++i) {
    inherits = inherits || Py_TYPE(PyTuple_GET_ITEM(direct_bases_of(type), i)) == s->metaclass;
  }
  if (!accessors && !inherits) return true;
  if (!make_static_types(module, s)) return false;
  if (Py_TYPE(type) != s->metaclass) {
    // PyType_FromMetaclass is of 3.12; the metaclass adds nothing to the layout.
    Py_INCREF(reinterpret_cast<PyObject*>(s->metaclass));
    Py_SET_TYPE(reinterpret_cast<PyObject*>(type), s->metaclass);
  }
  for (const PyGetSetDef* a = accessors; a && a->name; ++a) {
    auto* member = reinterpret_cast<StaticMember*>(_PyObject_GC_New(s->static_member));
    if (!member) return false;
    member->accessor = a;
    member->module = Py_NewRef(module);
    PyObject_GC_Track(reinterpret_cast<PyObject*>(member));
    Ref held(reinterpret_cast<PyObject*>(member));
    if (PyDict_SetItemString(class_dict(type), a->name, held.get()) < 0) return false;
  }
  PyType_Modified(type);
  return true;
}

DOVETAIL_COLD inline bool add_static_methods(PyObject* module, PyTypeObject* type, PyMethodDef* functions) noexcept {
  for (PyMethodDef* f = functions; f && f->ml_name; ++f) {
    Ref name = Ref::borrowed(PyDict_GetItemString(class_dict(type), "__module__"));
    Ref function(PyCFunction_NewEx(f, module, name.get()));
    Ref method(function ? PyStaticMethod_New(function.get()) : nullptr);
    if (!method || PyDict_SetItemString(class_dict(type), f->ml_name, method.get()) < 0) return false;
  }
  PyType_Modified(type);
  return true;
}

}  // namespace v1
}  // namespace dovetail
