// dovetail/convert/arrow.h: the elements of a buffer as an array of Arrow.
//
// Numbers are shared: the array holds the buffer, and with it the container, until it is released. What Arrow lays out in
// another way is copied column by column: plain structs (a struct array; nested ones too), bools, which it packs as bits.
// Elements that are arrays are fixed-size lists. Complex numbers, long double, characters and text have no counterpart.
#pragma once
#include <dovetail/convert/buffer.h>
#include <dovetail/core/attach.h>

#include <new>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A buffer that outlives the call, and ends on any thread. Where Python cannot run any more, it stays as it is.
struct HeldBuffer {
  Py_buffer view{};
  InterpreterRef interpreter;

  explicit HeldBuffer(Interpreter& running) noexcept : interpreter(&running) {}
  HeldBuffer(const HeldBuffer&) = delete;
  HeldBuffer& operator=(const HeldBuffer&) = delete;
  ~HeldBuffer() {
    if (view.obj) close();
  }
  bool open(PyObject* self) noexcept { return PyObject_GetBuffer(self, &view, PyBUF_RECORDS_RO) == 0; }
  void close() noexcept {
    if (Attached attached{*interpreter, patient}) uninterrupted([this] { PyBuffer_Release(&view); });
    view.obj = nullptr;
  }
};

// ---- the tree of fields --------------------------------------------------------------------------------------------------

// Where the numbers of a column are: nested loops from the outermost dimension in.
struct ArrowPlace {
  const char* data;
  int ndim;
  Py_ssize_t counts[2 * max_dimensions], strides[2 * max_dimensions];

  Py_ssize_t count() const noexcept {
    Py_ssize_t all = 1;
    for (int i = 0; i < ndim; ++i) all *= counts[i];
    return all;
  }
  bool together(Py_ssize_t item) const noexcept {
    for (int i = ndim - 1; i >= 0; item *= counts[i--]) {
      if (counts[i] > 1 && strides[i] != item) return false;
    }
    return true;
  }
  template <class Act>
  void each(int dimension, const char* at, Act& act) const noexcept {
    if (dimension == ndim) return act(at);
    for (Py_ssize_t i = 0; i < counts[dimension]; ++i, at += strides[dimension]) each(dimension + 1, at, act);
  }
};

// One node of a schema or an array owns its children and what it allocated.
struct ArrowNode {
  char* text = nullptr;  // format and name of a schema
  void* memory = nullptr;
  HeldBuffer* held = nullptr;
  const void* buffers[2] = {nullptr, nullptr};
};
template <class T>
void release_arrow(T* node) noexcept {
  for (int64_t i = 0; i < node->n_children; ++i) {
    if (node->children[i]->release) node->children[i]->release(node->children[i]);
    delete node->children[i];
  }
  delete[] node->children;
  auto* own = static_cast<ArrowNode*>(node->private_data);
  PyMem_RawFree(own->text);
  PyMem_RawFree(own->memory);
  delete own->held;
  delete own;
  node->release = nullptr;
}
// An empty node that can be released, with room for its children. false: no memory; nothing to release.
template <class T>
bool make_arrow(T& node, int64_t children) noexcept {
  node = T{};
  auto* own = new (std::nothrow) ArrowNode;
  node.private_data = own;
  node.children = children ? new (std::nothrow) T*[size_t(children)]{} : nullptr;
  if (!own || (children && !node.children)) {
    delete own;
    delete[] node.children;
    return false;
  }
  node.release = release_arrow<T>;
  for (; node.n_children < children; ++node.n_children) {
    T* child = new (std::nothrow) T{};
    if (!child) return node.release(&node), false;
    node.children[node.n_children] = child;
  }
  return true;
}
DOVETAIL_COLD inline bool name_arrow(arrow::Schema& schema, const char* format, int64_t extent, const char* name, size_t length) noexcept {
  auto* own = static_cast<ArrowNode*>(schema.private_data);
  own->text = static_cast<char*>(PyMem_RawMalloc(length + 64));
  if (!own->text) return false;
  PyOS_snprintf(own->text, 32, extent < 0 ? "%s" : "%s%lld", format, static_cast<long long>(extent));
  std::memcpy(own->text + 32, name, length);
  own->text[32 + length] = 0;
  schema.format = own->text;
  schema.name = own->text + 32;
  return true;
}

// ---- reading formats of the runtime's own ---------------------------------------------------------------------------------

inline void skip_order(const char*& at) noexcept {
  while (*at == '^' || *at == '=' || *at == '@') ++at;
}
inline Py_ssize_t read_count(const char*& at) noexcept {
  Py_ssize_t count = 0;
  for (; *at >= '0' && *at <= '9'; ++at) count = count * 10 + (*at - '0');
  return count;
}
// Bytes of the item at `at`, which moves behind it and its name: `d`, `4x`, `(2,3)d:grid:`, `T{i:id:}`.
DOVETAIL_COLD inline Py_ssize_t measure(const char*& at) noexcept {
  skip_order(at);
  Py_ssize_t times = 1;
  if (*at == '(') {
    do times *= read_count(++at);
    while (*at == ',');
    ++at;
  }
  if (*at >= '0' && *at <= '9') times *= read_count(at);
  Py_ssize_t size = 0;
  if (*at == 'T') {
    for (at += 2; skip_order(at), *at != '}';) size += measure(at);
    ++at;
  } else {
    FormatShape shape;
    FormatReader reader{at, shape};
    char kind = 0;
    size = Py_ssize_t(reader.read_code(kind));
    at = reader.at;
  }
  if (*at == ':') {
    while (*++at != ':') {}
    ++at;
  }
  return times * size;
}

struct ArrowField {
  const char* at = nullptr;    // its type
  const char* name = "";
  size_t length = 0;           // of the name
  Py_ssize_t offset = 0;
};
// The next field that is no padding. `at` and `offset` move behind it. false: there is none.
DOVETAIL_COLD inline bool next_field(const char*& at, Py_ssize_t& offset, ArrowField& field) noexcept {
  for (;;) {
    skip_order(at);
    if (*at == '}' || !*at) return false;
    const char* const start = at;
    field.offset = offset;
    offset += measure(at);
    if (at[-1] != ':') continue;
    const char* name = at - 1;
    while (name[-1] != ':') --name;
    field.at = start;
    field.name = name;
    field.length = size_t(at - 1 - name);
    return true;
  }
}
inline const char* arrow_format(char code) noexcept {
  switch (code) {
    case '?': return "b";
    case 'b': return "c";
    case 'B': return "C";
    case 'h': return "s";
    case 'H': return "S";
    case 'i': return "i";
    case 'I': return "I";
    case 'q': return "l";
    case 'Q': return "L";
    case 'f': return "f";
    case 'd': return "g";
    default: return nullptr;
  }
}

// ---- building ------------------------------------------------------------------------------------------------------------

// Builds a schema and, where there are elements, an array of it. false: exception set; what was made can be released.
struct ArrowBuilder {
  HeldBuffer* held = nullptr;  // what a column looks at instead of copying; the column takes it over

  static bool fail() noexcept { return PyErr_NoMemory(), false; }

  // `levels`: the last dimensions of the place are lists.
  bool build(const ArrowField& field, const ArrowPlace& place, int levels, arrow::Schema& schema, arrow::Array* array) noexcept {
    const char* at = field.at;
    skip_order(at);
    if (*at == '(') return build_extents(field, place, schema, array);
    if (levels) return build_list(field, place, levels, schema, array);
    if (*at == 'T') return build_struct(field, at + 2, place, schema, array);
    return build_column(field, at, place, schema, array);
  }

 private:
  bool start(const ArrowField& field, const char* format, Py_ssize_t extent, int64_t children, int64_t length, arrow::Schema& schema,
             arrow::Array* array) noexcept {
    if (!make_arrow(schema, children) || !name_arrow(schema, format, extent, field.name, field.length)) return fail();
    if (!array) return true;
    if (!make_arrow(*array, children)) return fail();
    array->length = length;
    array->n_buffers = 1;  // of nulls: none
    array->buffers = static_cast<ArrowNode*>(array->private_data)->buffers;
    return true;
  }
  bool build_extents(ArrowField field, ArrowPlace place, arrow::Schema& schema, arrow::Array* array) noexcept {
    const char* at = field.at;
    skip_order(at);
    const int first = place.ndim;
    do place.counts[place.ndim++] = read_count(++at);
    while (*at == ',' && place.ndim < 2 * max_dimensions);
    field.at = ++at;
    Py_ssize_t step = measure(at);
    for (int i = place.ndim - 1; i >= first; step *= place.counts[i--]) place.strides[i] = step;
    return build(field, place, place.ndim - first, schema, array);
  }
  bool build_list(const ArrowField& field, const ArrowPlace& place, int levels, arrow::Schema& schema, arrow::Array* array) noexcept {
    int64_t length = 1;
    for (int i = 0; i < place.ndim - levels; ++i) length *= place.counts[i];
    if (!start(field, "+w:", place.counts[place.ndim - levels], 1, length, schema, array)) return false;
    const ArrowField inner{field.at, "item", 4, 0};
    return build(inner, place, levels - 1, *schema.children[0], array ? array->children[0] : nullptr);
  }
  bool build_struct(const ArrowField& field, const char* inside, const ArrowPlace& place, arrow::Schema& schema, arrow::Array* array) noexcept {
    ArrowField each;
    Py_ssize_t offset = 0;
    int64_t count = 0;
    for (const char* at = inside; next_field(at, offset, each);) ++count;
    if (!start(field, "+s", -1, count, place.count(), schema, array)) return false;
    offset = 0;
    for (int64_t i = 0; next_field(inside, offset, each); ++i) {
      ArrowPlace part = place;
      if (array) part.data += each.offset;
      if (!build(each, part, 0, *schema.children[i], array ? array->children[i] : nullptr)) return false;
    }
    return true;
  }
  bool build_column(const ArrowField& field, const char* code, const ArrowPlace& place, arrow::Schema& schema, arrow::Array* array) noexcept {
    const char* format = arrow_format(*code);
    if (!format) {
      PyErr_Format(PyExc_TypeError, "Arrow has no elements of type %s", *code == 'c' ? "char" : *code == 'Z' ? "complex" : *code == 'g' ? "long double" : "text");
      return false;
    }
    if (!start(field, format, -1, 0, place.count(), schema, array)) return false;
    return !array || fill_column(*code, place, *array);
  }
  bool fill_column(char code, const ArrowPlace& place, arrow::Array& array) noexcept {
    const char text[] = {code, 0};
    const char* end = text;
    const Py_ssize_t item = measure(end);
    auto* own = static_cast<ArrowNode*>(array.private_data);
    array.n_buffers = 2;
    if (held && code != '?' && place.together(item)) {
      own->held = std::exchange(held, nullptr);
      own->buffers[1] = place.data;
      return true;
    }
    const size_t count = size_t(place.count()), size = code == '?' ? (count + 7) / 8 : count * size_t(item);
    own->memory = PyMem_RawCalloc(size + 1, 1);
    if (!own->memory) return fail();
    own->buffers[1] = own->memory;
    char* to = static_cast<char*>(own->memory);
    size_t index = 0;
    auto put = [&](const char* from) {
      if (code == '?') {
        to[index / 8] = char(to[index / 8] | (*from != 0) << (index % 8));
      } else {
        std::memcpy(to + index * size_t(item), from, size_t(item));
      }
      ++index;
    };
    place.each(0, place.data, put);
    return true;
  }
};

// ---- capsules ------------------------------------------------------------------------------------------------------------

// The capsule owns the structure itself; whoever consumes it moves what is in it and leaves it released.
template <class T>
void end_arrow(PyObject* capsule) noexcept {
  const char* name = std::is_same_v<T, arrow::Schema> ? arrow::schema_capsule : arrow::array_capsule;
  auto* node = static_cast<T*>(PyCapsule_GetPointer(capsule, name));
  if (node->release) node->release(node);
  PyMem_Free(node);
}
template <class T>
DOVETAIL_COLD PyObject* make_arrow_capsule(T*& node) noexcept {
  node = static_cast<T*>(PyMem_Calloc(1, sizeof(T)));
  if (!node) return PyErr_NoMemory();
  PyObject* capsule = PyCapsule_New(node, std::is_same_v<T, arrow::Schema> ? arrow::schema_capsule : arrow::array_capsule, end_arrow<T>);
  if (!capsule) PyMem_Free(node);
  return capsule;
}

// (schema, array), or the schema alone.
DOVETAIL_COLD inline PyObject* export_arrow(PyObject* self, bool with_array) noexcept {
  Interpreter* interpreter = interpreter_of(instance_home(self));
  auto* held = interpreter ? new (std::nothrow) HeldBuffer(*interpreter) : nullptr;
  if (!held) return interpreter ? PyErr_NoMemory() : nullptr;
  ArrowBuilder builder{held};
  PyObject* result = nullptr;
  arrow::Schema* schema = nullptr;
  arrow::Array* array = nullptr;
  Ref schema_capsule(make_arrow_capsule(schema)), array_capsule(make_arrow_capsule(array));
  if (schema_capsule && array_capsule && held->open(self)) {
    const Py_buffer& view = held->view;
    ArrowPlace place{static_cast<const char*>(view.buf), view.ndim, {}, {}};
    for (int i = 0; i < view.ndim; ++i) place.counts[i] = view.shape[i], place.strides[i] = view.strides[i];
    const ArrowField root{view.format, "", 0, 0};
    if (builder.build(root, place, view.ndim - 1, *schema, with_array ? array : nullptr))
      result = with_array ? PyTuple_Pack(2, schema_capsule.get(), array_capsule.get()) : schema_capsule.release();
  }
  delete builder.held;
  return result;
}
DOVETAIL_COLD inline PyObject* container_arrow_schema(PyObject* self, PyObject*) noexcept { return export_arrow(self, false); }
// A schema that is asked for is a wish, and the elements are what they are: the consumer casts.
DOVETAIL_COLD inline PyObject* container_arrow(PyObject* self, PyObject* args, PyObject* kwargs) noexcept {
  static const char* const names[] = {"requested_schema", nullptr};
  PyObject* requested = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:__arrow_c_array__", const_cast<char**>(names), &requested)) return nullptr;
  return export_arrow(self, true);
}

}  // namespace v1
}  // namespace dovetail
