// dovetail/convert/lend.h: memory lent by objects without the buffer protocol, by DLPack or by Arrow's capsules.
//
// lend_memory(from, view, in_place): the memory as a Py_buffer, released like any other; its `obj` is a capsule that keeps
// what was lent. false: with an exception, or without one where the object has no plain numbers in memory of the CPU.
//   DLPack   a tensor on the CPU: torch.Tensor and the like. What is read-only stays so.
//   Arrow    an array or a stream of primitive numbers without nulls; always read-only. Several chunks, and bools, which
//            Arrow packs as bits, are gathered in a copy: not where the memory itself is wanted (`in_place`).
#pragma once
#include <dovetail/convert/exchange_abi.h>
#include <dovetail/convert/format.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// What keeps lent memory: `view->obj` is a capsule of one.
struct Lent {
  static constexpr const char* capsule = "dovetail.lent";
  PyObject* owner;
  Py_ssize_t shape[max_dimensions], strides[max_dimensions];
};

inline void end_lent(PyObject* capsule) noexcept {
  auto* lent = static_cast<Lent*>(PyCapsule_GetPointer(capsule, Lent::capsule));
  Py_DECREF(lent->owner);
  PyMem_Free(lent);
}
// A view with room for its shape, kept by `owner` (stolen). nullptr: exception set.
DOVETAIL_COLD inline Lent* make_lent(Py_buffer& view, Ref owner) noexcept {
  auto* lent = static_cast<Lent*>(PyMem_Calloc(1, sizeof(Lent)));
  view = Py_buffer{};
  if (!lent) return PyErr_NoMemory(), nullptr;
  view.obj = PyCapsule_New(lent, Lent::capsule, end_lent);
  if (!view.obj) return PyMem_Free(lent), nullptr;
  lent->owner = owner.release();
  view.shape = lent->shape;
  view.strides = lent->strides;
  return lent;
}
DOVETAIL_COLD inline bool refuse_lent(PyObject* kind, const char* reason) noexcept {
  PyErr_SetString(kind, reason);
  return false;
}

// ---- DLPack ------------------------------------------------------------------------------------------------------------

inline const char* format_of(const dlpack::DataType& type) noexcept {
  if (type.lanes != 1) return nullptr;
  switch (type.code) {
    case dlpack::integer: return type.bits == 8 ? "b" : type.bits == 16 ? "h" : type.bits == 32 ? "i" : type.bits == 64 ? "q" : nullptr;
    case dlpack::unsigned_integer:
      return type.bits == 8 ? "B" : type.bits == 16 ? "H" : type.bits == 32 ? "I" : type.bits == 64 ? "Q" : nullptr;
    case dlpack::real: return type.bits == 16 ? "e" : type.bits == 32 ? "f" : type.bits == 64 ? "d" : nullptr;
    case dlpack::complex: return type.bits == 64 ? "Zf" : type.bits == 128 ? "Zd" : nullptr;
    case dlpack::boolean: return type.bits == 8 ? "?" : nullptr;
    default: return nullptr;
  }
}

DOVETAIL_COLD inline bool lend_tensor(const dlpack::Tensor& tensor, bool readonly, Ref capsule, Py_buffer& view) noexcept {
  const char* format = format_of(tensor.dtype);
  if (tensor.device.type != dlpack::cpu) return refuse_lent(PyExc_BufferError, "the tensor is on another device: copy it to the CPU");
  if (!format) return refuse_lent(PyExc_TypeError, "the elements of the tensor have no counterpart in C++");
  if (tensor.ndim < 0 || tensor.ndim > max_dimensions) return refuse_lent(PyExc_BufferError, "the tensor has too many dimensions");
  Lent* lent = make_lent(view, std::move(capsule));
  if (!lent) return false;
  view.format = const_cast<char*>(format);
  view.itemsize = tensor.dtype.bits / 8;
  view.buf = static_cast<char*>(tensor.data) + tensor.byte_offset;
  view.readonly = readonly;
  view.ndim = tensor.ndim;
  view.len = view.itemsize;
  for (int i = view.ndim - 1; i >= 0; --i) {
    lent->shape[i] = Py_ssize_t(tensor.shape[i]);
    lent->strides[i] = tensor.strides ? Py_ssize_t(tensor.strides[i]) * view.itemsize : view.len;
    view.len *= lent->shape[i];
  }
  return true;
}

// Calls __dlpack__: with the version that is understood, or without for those older than versions.
DOVETAIL_COLD inline PyObject* ask_tensor(PyObject* from) noexcept {
  Ref method(get_attribute(from, "__dlpack__"));
  Ref none(method ? PyTuple_New(0) : nullptr), options(none ? Py_BuildValue("{s(ii)}", "max_version", 1, 0) : nullptr);
  if (!options) return nullptr;
  PyObject* capsule = PyObject_Call(method.get(), none.get(), options.get());
  if (capsule || !PyErr_ExceptionMatches(PyExc_TypeError)) return capsule;
  PyErr_Clear();
  return PyObject_CallNoArgs(method.get());
}
DOVETAIL_COLD inline bool lend_dlpack(PyObject* from, Py_buffer& view) noexcept {
  Ref ask(get_attribute(from, "__dlpack_device__"));
  Ref device(ask ? PyObject_CallNoArgs(ask.get()) : nullptr);
  Ref type(device ? PySequence_GetItem(device.get(), 0) : nullptr);
  const long kind = type ? PyLong_AsLong(type.get()) : -1;
  if (kind == -1 && PyErr_Occurred()) return false;
  if (kind != dlpack::cpu) return refuse_lent(PyExc_BufferError, "the tensor is on another device: copy it to the CPU");
  // The capsule is not consumed: it ends the tensor by itself when it is dropped.
  Ref capsule(ask_tensor(from));
  if (!capsule) return false;
  if (PyCapsule_IsValid(capsule.get(), dlpack::versioned_capsule)) {
    auto* managed = static_cast<dlpack::ManagedVersioned*>(PyCapsule_GetPointer(capsule.get(), dlpack::versioned_capsule));
    if (managed->version.major != 1) return refuse_lent(PyExc_BufferError, "the tensor is of a later version of DLPack");
    return lend_tensor(managed->tensor, managed->flags & dlpack::read_only, std::move(capsule), view);
  }
  auto* managed = static_cast<dlpack::Managed*>(PyCapsule_GetPointer(capsule.get(), dlpack::capsule));
  return managed && lend_tensor(managed->tensor, false, std::move(capsule), view);
}

// ---- Arrow -------------------------------------------------------------------------------------------------------------

// The struct format of a primitive type of Arrow, nullptr for all others.
inline const char* format_of(const arrow::Schema& schema) noexcept {
  const char* text = schema.format;
  if (!text || !text[0] || text[1] || schema.dictionary) return nullptr;
  switch (text[0]) {
    case 'b': return "?";
    case 'c': return "b";
    case 'C': return "B";
    case 's': return "h";
    case 'S': return "H";
    case 'i': return "i";
    case 'I': return "I";
    case 'l': return "q";
    case 'L': return "Q";
    case 'e': return "e";
    case 'f': return "f";
    case 'g': return "d";
    default: return nullptr;
  }
}
inline Py_ssize_t size_of_format(const char* format) noexcept { return Py_ssize_t(read_format(format).size); }
inline bool bit_at(const void* bits, int64_t index) noexcept {
  return static_cast<const unsigned char*>(bits)[index / 8] >> (index % 8) & 1;
}
inline int64_t count_nulls(const arrow::Array& array) noexcept {
  if (array.null_count >= 0) return array.null_count;
  if (array.n_buffers < 1 || !array.buffers[0]) return 0;
  int64_t nulls = 0;
  for (int64_t i = 0; i < array.length; ++i) nulls += !bit_at(array.buffers[0], array.offset + i);
  return nulls;
}

// The arrays of a stream, until the capsule ends.
struct ArrowChunks {
  static constexpr const char* capsule = "dovetail.chunks";
  arrow::Schema schema;
  arrow::Array* arrays;
  Py_ssize_t count;
};
inline void end_chunks(PyObject* capsule) noexcept {
  auto* chunks = static_cast<ArrowChunks*>(PyCapsule_GetPointer(capsule, ArrowChunks::capsule));
  for (Py_ssize_t i = 0; i < chunks->count; ++i) {
    if (chunks->arrays[i].release) chunks->arrays[i].release(&chunks->arrays[i]);
  }
  if (chunks->schema.release) chunks->schema.release(&chunks->schema);
  PyMem_Free(chunks->arrays);
  PyMem_Free(chunks);
}
DOVETAIL_COLD inline bool fail_stream(arrow::Stream& stream) noexcept {
  const char* text = stream.get_last_error ? stream.get_last_error(&stream) : nullptr;
  PyErr_Format(PyExc_RuntimeError, "the Arrow stream failed: %.200s", text ? text : "no reason given");
  return false;
}
DOVETAIL_COLD inline bool read_stream(arrow::Stream& stream, ArrowChunks& out) noexcept {
  if (!stream.release) return refuse_lent(PyExc_ValueError, "the Arrow stream has been released");
  if (stream.get_schema(&stream, &out.schema)) return fail_stream(stream);
  for (;;) {
    arrow::Array next{};
    if (stream.get_next(&stream, &next)) return fail_stream(stream);
    if (!next.release) return true;
    auto* grown = static_cast<arrow::Array*>(PyMem_Realloc(out.arrays, size_t(out.count + 1) * sizeof(arrow::Array)));
    if (!grown) {
      next.release(&next);
      PyErr_NoMemory();
      return false;
    }
    out.arrays = grown;
    out.arrays[out.count++] = next;
  }
}

// The elements of some arrays, one after the other; `from` keeps them.
struct ArrowSource {
  const arrow::Schema& schema;
  const arrow::Array* arrays;
  Py_ssize_t count;
};
// What `to` gets: bools unpacked, chunks one after the other.
DOVETAIL_COLD inline void gather(const ArrowSource& source, Py_ssize_t item, char* to) noexcept {
  const bool bits = source.schema.format[0] == 'b';
  for (Py_ssize_t k = 0; k < source.count; ++k) {
    const arrow::Array& array = source.arrays[k];
    if (bits) {
      for (int64_t i = 0; i < array.length; ++i) to[i] = bit_at(array.buffers[1], array.offset + i);
    } else if (array.length) {
      std::memcpy(to, static_cast<const char*>(array.buffers[1]) + array.offset * item, size_t(array.length * item));
    }
    to += array.length * item;
  }
}
DOVETAIL_COLD inline bool lend_arrays(const ArrowSource& source, Ref owner, Py_buffer& view, bool in_place) noexcept {
  const char* format = format_of(source.schema);
  if (!format) {
    // Elements of other types are converted one by one, where that may be.
    if (in_place) PyErr_Format(PyExc_TypeError, "an Arrow array of format '%.100s' holds no plain numbers", source.schema.format);
    return false;
  }
  int64_t nulls = 0, length = 0;
  for (Py_ssize_t k = 0; k < source.count; ++k) {
    nulls += count_nulls(source.arrays[k]);
    length += source.arrays[k].length;
  }
  if (nulls) {
    PyErr_Format(PyExc_ValueError, "the Arrow array has %lld null%s: fill or drop them first", static_cast<long long>(nulls), nulls == 1 ? "" : "s");
    return false;
  }
  const bool bits = format[0] == '?', copied = bits || source.count != 1;
  if (in_place && bits) return refuse_lent(PyExc_BufferError, "Arrow packs bools as bits: pass a NumPy array of bool");
  if (in_place && source.count > 1) return refuse_lent(PyExc_BufferError, "the Arrow data is in several chunks: combine them first");
  const Py_ssize_t item = size_of_format(format);
  const void* data = nullptr;
  if (copied) {
    Ref bytes(PyBytes_FromStringAndSize(nullptr, Py_ssize_t(length) * item));
    if (!bytes) return false;
    gather(source, item, PyBytes_AS_STRING(bytes.get()));
    data = PyBytes_AS_STRING(bytes.get());
    owner = std::move(bytes);
  } else {
    data = length ? static_cast<const char*>(source.arrays[0].buffers[1]) + source.arrays[0].offset * item : nullptr;
  }
  Lent* lent = make_lent(view, std::move(owner));
  if (!lent) return false;
  view.format = const_cast<char*>(format);
  view.itemsize = item;
  view.buf = const_cast<void*>(data);
  view.readonly = true;
  view.ndim = 1;
  view.len = Py_ssize_t(length) * item;
  lent->shape[0] = Py_ssize_t(length);
  lent->strides[0] = item;
  return true;
}

DOVETAIL_COLD inline bool lend_arrow_array(PyObject* from, Py_buffer& view, bool in_place) noexcept {
  Ref ask(get_attribute(from, "__arrow_c_array__"));
  Ref pair(ask ? PyObject_CallNoArgs(ask.get()) : nullptr);
  if (!pair) return false;
  if (!PyTuple_Check(pair.get()) || PyTuple_GET_SIZE(pair.get()) != 2) return refuse_lent(PyExc_TypeError, "__arrow_c_array__ must give two capsules");
  auto* schema = static_cast<arrow::Schema*>(PyCapsule_GetPointer(PyTuple_GET_ITEM(pair.get(), 0), arrow::schema_capsule));
  auto* array = schema ? static_cast<arrow::Array*>(PyCapsule_GetPointer(PyTuple_GET_ITEM(pair.get(), 1), arrow::array_capsule)) : nullptr;
  if (!array) return false;
  if (!schema->release || !array->release) return refuse_lent(PyExc_ValueError, "the Arrow array has been released");
  // The capsules are not consumed: they release what they hold when they are dropped.
  return lend_arrays({*schema, array, 1}, std::move(pair), view, in_place);
}
DOVETAIL_COLD inline bool lend_arrow_stream(PyObject* from, Py_buffer& view, bool in_place) noexcept {
  Ref ask(get_attribute(from, "__arrow_c_stream__"));
  Ref given(ask ? PyObject_CallNoArgs(ask.get()) : nullptr);
  auto* stream = given ? static_cast<arrow::Stream*>(PyCapsule_GetPointer(given.get(), arrow::stream_capsule)) : nullptr;
  if (!stream) return false;
  auto* chunks = static_cast<ArrowChunks*>(PyMem_Calloc(1, sizeof(ArrowChunks)));
  if (!chunks) return PyErr_NoMemory(), false;
  Ref owner(PyCapsule_New(chunks, ArrowChunks::capsule, end_chunks));
  if (!owner) return PyMem_Free(chunks), false;
  if (!read_stream(*stream, *chunks)) return false;
  return lend_arrays({chunks->schema, chunks->arrays, chunks->count}, std::move(owner), view, in_place);
}

// ---- both --------------------------------------------------------------------------------------------------------------

// The class is asked, as for special methods: an object that answers to every name is none of these.
inline bool class_has(PyObject* from, const char* name) noexcept {
  return has_attribute(reinterpret_cast<PyObject*>(Py_TYPE(from)), name);
}
inline bool lends_memory(PyObject* from) noexcept {
  if (PyUnicode_Check(from) || PyLong_Check(from) || PyFloat_Check(from) || PyDict_Check(from) || PyAnySet_Check(from)) return false;
  return class_has(from, "__dlpack__") || class_has(from, "__arrow_c_array__") || class_has(from, "__arrow_c_stream__");
}
// Arrow first: it says what nulls are.
DOVETAIL_COLD inline bool lend_memory(PyObject* from, Py_buffer& view, bool in_place) noexcept {
  if (class_has(from, "__arrow_c_array__")) return lend_arrow_array(from, view, in_place);
  if (class_has(from, "__arrow_c_stream__")) return lend_arrow_stream(from, view, in_place);
  return lend_dlpack(from, view);
}

}  // namespace v1
}  // namespace dovetail
