// dovetail/convert/exchange_abi.h: the structures by which libraries hand each other arrays, as their specifications lay
// them out: DLPack 1.0 (dmlc.github.io/dlpack) and the Arrow C data and stream interfaces (arrow.apache.org).
#pragma once
#include <dovetail/core/python.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

namespace dlpack {
enum : int32_t { cpu = 1 };
enum : uint8_t { integer = 0, unsigned_integer = 1, real = 2, complex = 5, boolean = 6 };
enum : uint64_t { read_only = 1, is_copied = 2 };

struct Version {
  uint32_t major, minor;
};
struct Device {
  int32_t type, id;
};
struct DataType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct Tensor {
  void* data;
  Device device;
  int32_t ndim;
  DataType dtype;
  int64_t* shape;
  int64_t* strides;  // in elements; nullptr: side by side
  uint64_t byte_offset;
};
// In capsules named "dltensor"; who consumes one renames it, and calls the deleter when done.
struct Managed {
  Tensor tensor;
  void* context;
  void (*deleter)(Managed*);
};
// "dltensor_versioned"
struct ManagedVersioned {
  Version version;
  void* context;
  void (*deleter)(ManagedVersioned*);
  uint64_t flags;
  Tensor tensor;
};
inline constexpr const char* capsule = "dltensor";
inline constexpr const char* versioned_capsule = "dltensor_versioned";
}  // namespace dlpack

namespace arrow {
struct Schema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  Schema** children;
  Schema* dictionary;
  void (*release)(Schema*);  // nullptr: released, or moved elsewhere
  void* private_data;
};
struct Array {
  int64_t length;
  int64_t null_count;  // -1: not counted
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  Array** children;
  Array* dictionary;
  void (*release)(Array*);
  void* private_data;
};
struct Stream {
  int (*get_schema)(Stream*, Schema* out);
  int (*get_next)(Stream*, Array* out);  // a released array: the end
  const char* (*get_last_error)(Stream*);
  void (*release)(Stream*);
  void* private_data;
};
inline constexpr const char* schema_capsule = "arrow_schema";
inline constexpr const char* array_capsule = "arrow_array";
inline constexpr const char* stream_capsule = "arrow_array_stream";
}  // namespace arrow

}  // namespace v1
}  // namespace dovetail
