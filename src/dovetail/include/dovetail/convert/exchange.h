// dovetail/convert/exchange.h: bound containers with a buffer hand their elements on by DLPack, Arrow and __array__.
//
// Included where a module binds such a container: it then has these methods. All work through the
// container's own buffer, so whatever was handed on pins the container and keeps it alive until it is released, by
// whichever thread.
//
//   __dlpack__, __dlpack_device__    numbers: no copy. copy=True makes one; what is const is exported as read-only
//   __arrow_c_array__, __arrow_c_schema__   numbers: no copy; plain structs: a struct array of copied columns (arrow.h)
//   __array__                        numpy.asarray with the arguments of NumPy 2
#pragma once
#include <dovetail/convert/arrow.h>
#include <dovetail/convert/numbers.h>
#include <dovetail/convert/sequence.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// ---- DLPack ------------------------------------------------------------------------------------------------------------

// What a tensor keeps: both kinds of managed tensor lead to it.
struct TensorExport {
  HeldBuffer held;
  void* own = nullptr;  // a copy
  int64_t shape[max_dimensions], strides[max_dimensions];
  dlpack::Managed plain;
  dlpack::ManagedVersioned versioned;

  explicit TensorExport(Interpreter& interpreter) noexcept : held(interpreter) {}
  ~TensorExport() { PyMem_RawFree(own); }
  TensorExport(const TensorExport&) = delete;
  TensorExport& operator=(const TensorExport&) = delete;
};
template <class Managed>
void delete_tensor(Managed* managed) noexcept {
  delete static_cast<TensorExport*>(managed->context);
}
// Of a capsule that nobody consumed.
template <class Managed>
void end_tensor(PyObject* capsule) noexcept {
  const char* name = std::is_same_v<Managed, dlpack::Managed> ? dlpack::capsule : dlpack::versioned_capsule;
  if (!PyCapsule_IsValid(capsule, name)) return;
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, name));
  managed->deleter(managed);
}

DOVETAIL_COLD inline bool dtype_of(const Py_buffer& view, dlpack::DataType& out) noexcept {
  const char* format = view.format;
  out = {0, uint8_t(view.itemsize * 8), 1};
  const bool complex = format[0] == 'Z';
  switch (format[complex]) {
    case '?': out.code = dlpack::boolean; break;
    case 'b': case 'h': case 'i': case 'q': out.code = dlpack::integer; break;
    case 'B': case 'H': case 'I': case 'Q': out.code = dlpack::unsigned_integer; break;
    case 'f': case 'd': out.code = complex ? dlpack::complex : dlpack::real; break;
    default: PyErr_Format(PyExc_BufferError, "DLPack has no elements of type %s", name_format(format)); return false;
  }
  return true;
}

// The arguments of __dlpack__ that are not None.
struct TensorWishes {
  bool versioned = false, copy = false;
};
DOVETAIL_COLD inline bool refuse_export(PyObject* kind, const char* text) noexcept {
  PyErr_SetString(kind, text);
  return false;
}
DOVETAIL_COLD inline bool read_wishes(PyObject* args, PyObject* kwargs, TensorWishes& out) noexcept {
  static const char* const names[] = {"stream", "max_version", "dl_device", "copy", nullptr};
  PyObject *stream = Py_None, *version = Py_None, *device = Py_None, *copy = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OOOO:__dlpack__", const_cast<char**>(names), &stream, &version, &device, &copy))
    return false;
  if (stream != Py_None) return refuse_export(PyExc_BufferError, "memory of the CPU has no stream: stream must be None");
  if (device != Py_None) {
    int type = 0, id = 0;
    if (!PyTuple_Check(device)) return refuse_export(PyExc_TypeError, "dl_device must be a tuple of two int");
    if (!PyArg_ParseTuple(device, "ii", &type, &id)) return false;
    if (type != dlpack::cpu || id) return refuse_export(PyExc_BufferError, "only the CPU, device (1, 0), has this memory");
  }
  if (version != Py_None) {
    int major = 0, minor = 0;
    if (!PyTuple_Check(version)) return refuse_export(PyExc_TypeError, "max_version must be a tuple of two int");
    if (!PyArg_ParseTuple(version, "ii", &major, &minor)) return false;
    out.versioned = major >= 1;
  }
  const int truth = copy == Py_None ? 0 : PyObject_IsTrue(copy);
  out.copy = truth > 0;
  return truth >= 0;
}
DOVETAIL_COLD inline bool fill_tensor(TensorExport& made, const TensorWishes& wishes, dlpack::Tensor& tensor) noexcept {
  const Py_buffer& view = made.held.view;
  tensor = {view.buf, {dlpack::cpu, 0}, view.ndim, {}, made.shape, made.strides, 0};
  if (!dtype_of(view, tensor.dtype)) return false;
  if (view.readonly && !wishes.versioned && !wishes.copy)
    return refuse_export(PyExc_BufferError, "the memory is read-only, which DLPack says only from version 1.0 on: ask with max_version");
  if (wishes.copy) {
    made.own = PyMem_RawMalloc(size_t(view.len) + 1);
    if (!made.own) return PyErr_NoMemory(), false;
    read_buffer(view, made.own);
    tensor.data = made.own;
  }
  for (int i = 0; i < view.ndim; ++i) {
    made.shape[i] = view.shape[i];
    made.strides[i] = view.strides[i] / view.itemsize;
  }
  return true;
}
DOVETAIL_COLD inline PyObject* container_dlpack(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  TensorWishes wishes;
  if (!read_wishes(args, kwargs, wishes)) return nullptr;
  Interpreter* interpreter = interpreter_of(instance_home(self));
  if (!interpreter) return nullptr;
  auto* made = new (std::nothrow) TensorExport(*interpreter);
  if (!made) return PyErr_NoMemory();
  dlpack::Tensor& tensor = wishes.versioned ? made->versioned.tensor : made->plain.tensor;
  PyObject* capsule = nullptr;
  if (made->held.open(self) && fill_tensor(*made, wishes, tensor)) {
    made->plain.context = made->versioned.context = made;
    made->plain.deleter = delete_tensor<dlpack::Managed>;
    made->versioned.deleter = delete_tensor<dlpack::ManagedVersioned>;
    made->versioned.version = {1, 0};
    made->versioned.flags = wishes.copy ? uint64_t{dlpack::is_copied} : made->held.view.readonly ? uint64_t{dlpack::read_only} : 0;
    if (wishes.copy) made->held.close();
    capsule = wishes.versioned ? PyCapsule_New(&made->versioned, dlpack::versioned_capsule, end_tensor<dlpack::ManagedVersioned>)
                               : PyCapsule_New(&made->plain, dlpack::capsule, end_tensor<dlpack::Managed>);
  }
  if (!capsule) delete made;
  return capsule;
}
inline PyObject* container_device(PyObject*, PyObject*) noexcept { return Py_BuildValue("(ii)", int{dlpack::cpu}, 0); }

// ---- NumPy -------------------------------------------------------------------------------------------------------------

// numpy.array(memory, dtype, copy=copy): NumPy 2 knows what None and False mean.
DOVETAIL_COLD inline PyObject* container_array(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  static const char* const names[] = {"dtype", "copy", nullptr};
  PyObject *dtype = Py_None, *copy = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:__array__", const_cast<char**>(names), &dtype, &copy)) return nullptr;
  const int wanted = copy == Py_None ? 0 : PyObject_IsTrue(copy);
  if (wanted < 0) return nullptr;
  Ref numpy(PyImport_ImportModule("numpy"));
  Ref memory(numpy ? PyMemoryView_FromObject(self) : nullptr);
  Ref shared(memory ? PyObject_CallMethod(numpy.get(), "asarray", "O", memory.get()) : nullptr);
  if (!shared) return nullptr;
  Ref type(dtype == Py_None ? get_attribute(shared.get(), "dtype") : PyObject_CallMethod(numpy.get(), "dtype", "O", dtype));
  Ref own(type ? get_attribute(shared.get(), "dtype") : nullptr);
  const int same = own ? PyObject_RichCompareBool(type.get(), own.get(), Py_EQ) : -1;
  if (same < 0) return nullptr;
  if (same && !wanted) return shared.release();
  if (copy != Py_None && !wanted) {
    PyErr_Format(PyExc_ValueError, "%S cannot be had of %S without a copy", type.get(), own.get());
    return nullptr;
  }
  return PyObject_CallMethod(shared.get(), "astype", "O", type.get());
}

// ---- methods -------------------------------------------------------------------------------------------------------------

inline const PyMethodDef* exchange_table(bool numbers) noexcept {
  static const PyMethodDef methods[] = {
      {"__dlpack_device__", container_device, METH_NOARGS, nullptr},
      {"__dlpack__", method(container_dlpack), METH_VARARGS | METH_KEYWORDS,
       "__dlpack__($self, /, *, stream=None, max_version=None, dl_device=None, copy=None)\n--\n\nShare the memory by DLPack."},
      {"__array__", method(container_array), METH_VARARGS | METH_KEYWORDS,
       "__array__($self, /, dtype=None, copy=None)\n--\n\nA NumPy array over the same memory."},
      {"__arrow_c_schema__", container_arrow_schema, METH_NOARGS, nullptr},
      {"__arrow_c_array__", method(container_arrow), METH_VARARGS | METH_KEYWORDS,
       "__arrow_c_array__($self, /, requested_schema=None)\n--\n\nShare the elements by Arrow's C data interface."},
      {nullptr, nullptr, 0, nullptr},
  };
  return numbers ? methods : methods + 2;
}
template <class V>
struct Exchange<V, std::enable_if_t<has_buffer<V>>> {
  // Tensors of DLPack are made of numbers.
  static const PyMethodDef* methods() noexcept { return exchange_table(layout_of<typename V::value_type>.format[0] != 'T'); }
};

}  // namespace v1
}  // namespace dovetail
