// dovetail/convert/view.h: memory of C++ as a NumPy array, or a memoryview where NumPy is not installed.
//
// give_memory(Memory, owner, home)   looks at the memory and keeps `owner` alive; without an owner, or with one that ends
//                                    with the call, it is a copy
// look_at(Memory, owner, home)       the same of any Python object that keeps the memory
// lay_out(data, count)               the memory of `count` elements that lie side by side; of arrays with their extents
//
// Memory may have several dimensions and any strides, in bytes.
#pragma once
#include <dovetail/convert/buffer.h>
#include <dovetail/convert/numpy.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct Memory {
  const void* data = nullptr;
  const char* format = nullptr;
  Py_ssize_t item = 0;
  int ndim = 0;
  bool readonly = false;
  Py_ssize_t shape[max_dimensions] = {};
  Py_ssize_t strides[max_dimensions] = {};

  Py_ssize_t count() const noexcept {
    Py_ssize_t all = 1;
    for (int i = 0; i < ndim; ++i) all *= shape[i];
    return all;
  }
  void add(Py_ssize_t extent, Py_ssize_t stride) noexcept {
    shape[ndim] = extent;
    strides[ndim++] = stride;
  }
};
template <class T>
Memory lay_out(T* data, Py_ssize_t count) noexcept {
  constexpr const Layout& layout = layout_of<T>;
  Memory memory;
  memory.data = data;
  memory.format = layout.format;
  memory.item = layout.item;
  memory.readonly = std::is_const_v<T>;
  Py_ssize_t stride = layout.whole();
  memory.add(count, stride);
  for (int i = 0; i < layout.inner; ++i) memory.add(layout.extents[i], stride /= layout.extents[i]);
  return memory;
}

// A Python object that exports memory which its owner keeps alive.
struct View {
  PyObject_HEAD
  PyObject* owner;
  void* own;  // a copy
  Memory memory;
};
inline bool lies_in_order(const Memory& memory, bool fortran) noexcept {
  Py_ssize_t step = memory.item;
  for (int k = 0; k < memory.ndim; ++k) {
    const int i = fortran ? k : memory.ndim - 1 - k;
    if (memory.shape[i] == 0) return true;
    if (memory.shape[i] > 1 && memory.strides[i] != step) return false;
    step *= memory.shape[i];
  }
  return true;
}
inline int refuse_view(Py_buffer* out, const char* reason) noexcept {
  out->obj = nullptr;
  PyErr_SetString(PyExc_BufferError, reason);
  return -1;
}
[[gnu::noinline]] inline int view_buffer(PyObject* self, Py_buffer* out, int flags) noexcept {
  Memory& memory = reinterpret_cast<View*>(self)->memory;
  const bool c = lies_in_order(memory, false), fortran = lies_in_order(memory, true);
  if (memory.readonly && (flags & PyBUF_WRITABLE)) return refuse_view(out, "the memory is read-only");
  const auto wants = [flags](int what) { return (flags & what) == what; };
  const bool strided = wants(PyBUF_STRIDES);
  const bool order = wants(PyBUF_ANY_CONTIGUOUS)  ? c || fortran
                     : wants(PyBUF_F_CONTIGUOUS) ? fortran
                                                 : c || (strided && !wants(PyBUF_C_CONTIGUOUS));
  if (!order) return refuse_view(out, "the elements do not lie side by side in the order asked for");
  alignas(16) static char nothing[64];
  const Py_ssize_t count = memory.count();
  out->buf = count ? const_cast<void*>(memory.data) : nothing;
  out->obj = Py_NewRef(self);
  out->len = count * memory.item;
  out->itemsize = memory.item;
  out->readonly = memory.readonly;
  // Without a shape there is nothing to read further dimensions from: a memoryview for PyBUF_SIMPLE would.
  out->ndim = (flags & PyBUF_ND) || memory.ndim < 2 ? memory.ndim : 1;
  out->format = (flags & PyBUF_FORMAT) ? const_cast<char*>(memory.format) : nullptr;
  out->shape = (flags & PyBUF_ND) ? memory.shape : nullptr;
  out->strides = strided ? memory.strides : nullptr;
  out->suboffsets = nullptr;
  out->internal = nullptr;
  return 0;
}
inline void end_view(PyObject* self) noexcept {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Py_XDECREF(reinterpret_cast<View*>(self)->owner);
  PyMem_Free(reinterpret_cast<View*>(self)->own);
  PyObject_GC_Del(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}
inline int traverse_view(PyObject* self, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<View*>(self)->owner);
  return 0;
}
// The type of views: made at first use, kept by the module under a name that is no identifier of C++.
DOVETAIL_COLD inline PyTypeObject* view_type(PyObject* module) noexcept {
  static const char name[] = "__dovetail_view__";
  PyObject* dict = PyModule_GetDict(module);
  if (PyObject* known = PyDict_GetItemString(dict, name)) return reinterpret_cast<PyTypeObject*>(Py_NewRef(known));
  PyType_Slot slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(view_buffer)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(end_view)},
                         {Py_tp_traverse, reinterpret_cast<void*>(traverse_view)},
                         {0, nullptr}};
  PyType_Spec spec = {"dovetail.view", sizeof(View), 0,
                      unsigned(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE),
                      slots};
  Ref type(PyType_FromModuleAndSpec(module, &spec, nullptr));
  if (!type || PyDict_SetItemString(dict, name, type.get())) return nullptr;
  return reinterpret_cast<PyTypeObject*>(type.release());
}

// A copy of the elements, side by side; freed with PyMem_Free. The memory is then that of the copy.
DOVETAIL_COLD inline void* copy_memory(Memory& memory) noexcept {
  Py_buffer view{};
  view.buf = const_cast<void*>(memory.data);
  view.itemsize = memory.item;
  view.ndim = memory.ndim;
  view.shape = memory.shape;
  view.strides = memory.strides;
  view.len = memory.count() * memory.item;
  void* copy = PyMem_Malloc(size_t(view.len) + 1);
  if (!copy) return PyErr_NoMemory();
  read_buffer(view, copy);
  memory.data = copy;
  Py_ssize_t step = memory.item;
  for (int i = memory.ndim - 1; i >= 0; step *= memory.shape[i--]) memory.strides[i] = step;
  return copy;
}

// An object that exports the memory: what NumPy cannot be told of by numbers, and where there is no NumPy.
DOVETAIL_COLD inline PyObject* new_view(const Memory& memory, PyObject* owner, Home home) noexcept {
  PyTypeObject* type = view_type(state(home)->module);
  if (!type) return nullptr;
  View* view = PyObject_GC_New(View, type);
  Py_DECREF(reinterpret_cast<PyObject*>(type));  // the instance holds its type
  if (!view) return nullptr;
  view->owner = Py_XNewRef(owner);
  view->own = nullptr;
  view->memory = memory;
  Ref held(reinterpret_cast<PyObject*>(view));
  PyObject_GC_Track(held.get());
  if (!owner && !(view->own = copy_memory(view->memory))) return nullptr;
  return held.release();
}

// `owner` is any object that keeps the memory.
[[gnu::noinline]] inline PyObject* look_at(const Memory& memory, PyObject* owner, Home home) noexcept {
  const bool plain = memory.data && numpy::type_number(memory.format, memory.item) >= 0;
  Ref view(owner && plain ? Py_NewRef(owner) : new_view(memory, owner, home));
  if (!view) return nullptr;
  const bool seen = view.get() != owner;  // by its own eyes
  const Memory& given = seen ? reinterpret_cast<View*>(view.get())->memory : memory;
  PyObject* array = plain ? give_ndarray(given, view.get(), home) : numpy::from_buffer(view.get());
  if (array || !PyErr_ExceptionMatches(PyExc_ImportError)) return array;
  PyErr_Clear();
  if (!seen) view = Ref(new_view(memory, owner, home));
  return view ? PyMemoryView_FromObject(view.get()) : nullptr;
}
// `owner` is an object of C++, or none.
inline PyObject* give_memory(const Memory& memory, PyObject* owner, Home home) noexcept {
  return look_at(memory, owner && is_lent(owner) ? nullptr : owner, home);
}

}  // namespace v1
}  // namespace dovetail
