// dovetail/core/awaits.h: blocking C++ as awaitables: it runs in the default executor of the running event loop.
//
//   await_call(self, "fetch", args, nargs, kwnames)   the future of self.fetch(…); self may be a module, the name dotted
//   await_step(self, "next", flagged)                 __anext__: StopAsyncIteration where next() gives None; with `flagged`
//                                                     it gives a tuple that begins with a bool, false at the end
//
// The functions release the GIL by themselves. A cancelled future leaves the call running in its thread, where it keeps
// the object alive. Without a running loop: RuntimeError.
#pragma once
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// Steals `work`; nullptr: its exception is set.
DOVETAIL_COLD inline PyObject* run_in_executor(PyObject* work) noexcept {
  Ref held(work);
  Ref asyncio(work ? PyImport_ImportModule("asyncio") : nullptr);
  Ref current(asyncio ? get_attribute(asyncio.get(), "get_running_loop") : nullptr);
  Ref loop(current ? PyObject_CallNoArgs(current.get()) : nullptr);
  Ref run(loop ? get_attribute(loop.get(), "run_in_executor") : nullptr);
  return run ? PyObject_CallFunctionObjArgs(run.get(), Py_None, work, nullptr) : nullptr;
}

DOVETAIL_COLD inline PyObject* await_call(PyObject* self, const char* name, PyObject* const* args, Py_ssize_t nargs,
                                          PyObject* kwnames) noexcept {
  Ref owner = Ref::borrowed(self);
  while (const char* dot = strchr(name, '.')) {
    Ref part(PyUnicode_FromStringAndSize(name, dot - name));
    owner = Ref(part ? PyObject_GetAttr(owner.get(), part.get()) : nullptr);
    if (!owner) return nullptr;
    name = dot + 1;
  }
  Ref method(get_attribute(owner.get(), name));
  Ref functools(method ? PyImport_ImportModule("functools") : nullptr);
  Ref partial(functools ? get_attribute(functools.get(), "partial") : nullptr);
  Ref positional(partial ? PyTuple_New(nargs + 1) : nullptr);
  Ref named(positional ? PyDict_New() : nullptr);
  if (!named) return nullptr;
  PyTuple_SET_ITEM(positional.get(), 0, method.release());
  for (Py_ssize_t i = 0; i < nargs; ++i) PyTuple_SET_ITEM(positional.get(), i + 1, Py_NewRef(args[i]));
  for (Py_ssize_t k = 0; kwnames && k < PyTuple_GET_SIZE(kwnames); ++k) {
    if (PyDict_SetItem(named.get(), PyTuple_GET_ITEM(kwnames, k), args[nargs + k]) < 0) return nullptr;
  }
  return run_in_executor(PyObject_Call(partial.get(), positional.get(), named.get()));
}

// One step on a thread of the executor. `work` is (self, method name, flagged).
DOVETAIL_COLD inline PyObject* take_step(PyObject* work, PyObject*) noexcept {
  Ref method(PyObject_GetAttr(PyTuple_GET_ITEM(work, 0), PyTuple_GET_ITEM(work, 1)));
  Ref found(method ? PyObject_CallNoArgs(method.get()) : nullptr);
  if (!found) return nullptr;
  bool ended = found.get() == Py_None;
  if (PyTuple_GET_ITEM(work, 2) == Py_True && PyTuple_Check(found.get()) && PyTuple_GET_SIZE(found.get()) > 1) {
    const Py_ssize_t size = PyTuple_GET_SIZE(found.get());
    const int more = PyObject_IsTrue(PyTuple_GET_ITEM(found.get(), 0));
    if (more < 0) return nullptr;
    ended = !more;
    found = size == 2 ? Ref::borrowed(PyTuple_GET_ITEM(found.get(), 1)) : Ref(PyTuple_GetSlice(found.get(), 1, size));
  }
  if (!ended) return found.release();
  PyErr_SetNone(PyExc_StopAsyncIteration);
  return nullptr;
}
DOVETAIL_COLD inline PyObject* await_step(PyObject* self, const char* method, bool flagged) noexcept {
  static PyMethodDef step{"step", take_step, METH_NOARGS, nullptr};
  Ref name(PyUnicode_InternFromString(method));
  Ref work(name ? PyTuple_Pack(3, self, name.get(), flagged ? Py_True : Py_False) : nullptr);
  return work ? run_in_executor(PyCFunction_NewEx(&step, work.get(), nullptr)) : nullptr;
}

}  // namespace v1
}  // namespace dovetail
