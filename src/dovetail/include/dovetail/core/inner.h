// dovetail/core/inner.h: extension modules that lie in the same file, such as those that Cython made of a module's sources.
//
//   static constexpr const char* inner[] = {"hot"};
//   static int exec_inner(PyObject* module) noexcept { return dovetail::import_inner(module, inner); }
//   … {Py_mod_exec, reinterpret_cast<void*>(exec_inner)}, after the slot that fills the module
//
// `shapes.hot` is made by Python's own machinery, from PyInit_hot: it is a module like any other (`import shapes.hot`, pickling,
// the checks for subinterpreters and free-threading). It finds `shapes` by its name, so that name stands for this module
// meanwhile, also where the module was made under a name that belongs to somebody else.
#pragma once
#include <dovetail/core/python.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Puts `module` under its name into sys.modules, and back what was there.
class StandingFor {
 public:
  StandingFor(PyObject* name, PyObject* module) noexcept : modules_(PyImport_GetModuleDict()), name_(name) {
    before_ = Ref(PyDict_Contains(modules_, name) > 0 ? PyObject_GetItem(modules_, name) : nullptr);
    if (before_.get() == module) {
      name_ = nullptr;
    } else if (PyErr_Occurred() || PyObject_SetItem(modules_, name, module) < 0) {
      failed_ = true;
    }
  }
  StandingFor(const StandingFor&) = delete;
  StandingFor& operator=(const StandingFor&) = delete;
  ~StandingFor() {
    if (!name_) return;
    PyObject* raised = fetch_exception();
    if ((before_ ? PyObject_SetItem(modules_, name_, before_.get()) : PyObject_DelItem(modules_, name_)) < 0) PyErr_Clear();
    restore_exception(raised);
  }
  bool failed() const noexcept { return failed_; }

 private:
  PyObject* modules_;
  PyObject* name_;
  Ref before_;
  bool failed_ = false;
};

// The module `full` out of the file of `module`, as an attribute of it.
DOVETAIL_COLD inline bool import_one_inner(PyObject* module, PyObject* full, const char* name) noexcept {
  Ref file(get_attribute(module, "__file__"));
  Ref tools(file ? PyImport_ImportModule("importlib.util") : nullptr);
  Ref spec(tools ? PyObject_CallMethod(tools.get(), "spec_from_file_location", "OO", full, file.get()) : nullptr);
  Ref made(spec ? PyObject_CallMethod(tools.get(), "module_from_spec", "O", spec.get()) : nullptr);
  Ref loader(made ? get_attribute(spec.get(), "loader") : nullptr);
  if (!loader || PyObject_SetItem(PyImport_GetModuleDict(), full, made.get()) < 0) return false;
  Ref done(PyObject_CallMethod(loader.get(), "exec_module", "O", made.get()));
  return done && PyObject_SetAttrString(module, name, made.get()) == 0;
}

// 0, or -1 with an exception set; then none of them stays in sys.modules.
template <int count>
int import_inner(PyObject* module, const char* const (&names)[count]) noexcept {
  Ref own(get_attribute(module, "__name__"));
  if (!own) return -1;
  StandingFor standing(own.get(), module);
  bool fine = !standing.failed();
  for (int i = 0; fine && i < count; ++i) {
    Ref full(PyUnicode_FromFormat("%U.%s", own.get(), names[i]));
    fine = full && import_one_inner(module, full.get(), names[i]);
  }
  if (fine) return 0;
  PyObject* raised = fetch_exception();
  for (const char* name : names) {
    Ref full(PyUnicode_FromFormat("%U.%s", own.get(), name));
    if (!full || PyObject_DelItem(PyImport_GetModuleDict(), full.get()) < 0) PyErr_Clear();
  }
  restore_exception(raised);
  return -1;
}

}  // namespace v1
}  // namespace dovetail
