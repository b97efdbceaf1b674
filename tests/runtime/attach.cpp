// Callables of Python, called from every kind of thread.
#include <dovetail/core/attach.h>
#include <dovetail/core/module.h>
#include <dovetail/gil.h>

#include <chrono>
#include <thread>

namespace {

using dovetail::Attached;

struct Callable {
  dovetail::InterpreterRef interpreter;
  PyObject* object;
};

// What call() returned as a number, -1 for an exception, -2 where the interpreter refused.
long call(const Callable& callable) noexcept {
  Attached attached{*callable.interpreter};
  if (!attached) return -2;
  PyObject* result = dovetail::uninterrupted([&] { return PyObject_CallNoArgs(callable.object); });
  const long number = result ? PyLong_AsLong(result) : -1;
  PyErr_Clear();
  Py_XDECREF(result);
  return number;
}

Callable* keep(PyObject* module, PyObject* object) {
  dovetail::Interpreter* interpreter = dovetail::interpreter_of(dovetail::module_home(module));
  if (!interpreter) return nullptr;
  return new Callable{dovetail::InterpreterRef(interpreter), Py_NewRef(object)};
}
void drop(Callable* callable) {
  dovetail::drop_object(*callable->interpreter, callable->object);
  delete callable;
}

PyObject* here(PyObject* module, PyObject* object) {
  Callable* callable = keep(module, object);
  if (!callable) return nullptr;
  const long number = call(*callable);
  drop(callable);
  return PyLong_FromLong(number);
}

PyObject* released(PyObject* module, PyObject* object) {
  Callable* callable = keep(module, object);
  if (!callable) return nullptr;
  const long number = dovetail::without_gil([&] {
    const long result = call(*callable);
    drop(callable);
    return result;
  });
  return PyLong_FromLong(number);
}

PyObject* on_thread(PyObject* module, PyObject* object) {
  Callable* callable = keep(module, object);
  if (!callable) return nullptr;
  long number = 0;
  dovetail::without_gil([&] {
    std::thread([&] {
      number = call(*callable);
      number += call(*callable);
      drop(callable);
    }).join();
  });
  return PyLong_FromLong(number);
}

// Goes on after main() and never ends.
PyObject* forever(PyObject* module, PyObject* object) {
  Callable* callable = keep(module, object);
  if (!callable) return nullptr;
  std::thread([callable] {
    for (;;) {
      if (call(*callable) == -2) std::this_thread::sleep_for(std::chrono::microseconds(10));
    }
  }).detach();
  Py_RETURN_NONE;
}

Callable* global = nullptr;  // of whichever interpreter kept it
PyObject* keep_global(PyObject* module, PyObject* object) {
  global = keep(module, object);
  if (!global) return nullptr;
  Py_RETURN_NONE;
}
PyObject* call_global(PyObject*, PyObject*) {
  const long number = call(*global);
  return PyLong_FromLong(number);
}
PyObject* drop_global(PyObject*, PyObject*) {
  drop(global);
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {{"here", here, METH_O, nullptr},
                           {"released", released, METH_O, nullptr},
                           {"on_thread", on_thread, METH_O, nullptr},
                           {"forever", forever, METH_O, nullptr},
                           {"keep_global", keep_global, METH_O, nullptr},
                           {"call_global", call_global, METH_NOARGS, nullptr},
                           {"drop_global", drop_global, METH_NOARGS, nullptr},
                           {nullptr, nullptr, 0, nullptr}};
constexpr dovetail::ScopeRow scopes[] = {{"", nullptr, functions}};
constexpr dovetail::ModuleTable table{{}, scopes, {}, {}, {}, {}, {}};
int exec(PyObject* module) noexcept { return dovetail::exec_module<table>(module); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec)}, DOVETAIL_MODULE_SLOTS{0, nullptr}};
PyModuleDef definition = dovetail::module_definition("attach", nullptr, slots);

}  // namespace

PyMODINIT_FUNC PyInit_attach() { return PyModuleDef_Init(&definition); }
