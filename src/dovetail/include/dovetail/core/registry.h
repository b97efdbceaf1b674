// dovetail/core/registry.h: from the address of a C++ object to the Python object that stands for it.
//
// An interpreter has one registry for all modules whose runtime lays things out alike, wherever they come from: so an object
// that one module gave is found again by another. It belongs to a capsule in the interpreter's own dict, of which each
// module holds a reference. Open addressing; entries hold no references, a cell takes itself out when it dies.
#pragma once
#include <dovetail/core/errors.h>
#include <dovetail/core/state.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline size_t home_entry(const Registry& r, const void* address) noexcept {
  return (reinterpret_cast<uintptr_t>(address) >> 3) * size_t{0x9E3779B97F4A7C15u} >> 7 & (r.capacity - 1);
}
inline void insert_entry(Registry& r, void* address, Cell* cell) noexcept {
  size_t i = home_entry(r, address);
  while (r.entries[i].cell) i = (i + 1) & (r.capacity - 1);
  r.entries[i] = {address, cell};
  ++r.used;
}
DOVETAIL_COLD inline bool grow(Registry& r) noexcept {
  Registry::Entry* old = r.entries;
  const size_t count = r.capacity, capacity = count ? count * 2 : 64;
  auto* entries = static_cast<Registry::Entry*>(PyMem_Calloc(capacity, sizeof(Registry::Entry)));
  if (!entries) return false;
  r.entries = entries;
  r.capacity = capacity;
  r.used = 0;
  for (size_t i = 0; i < count; ++i) {
    if (old[i].cell) insert_entry(r, old[i].address, old[i].cell);
  }
  PyMem_Free(old);
  return true;
}
inline void erase_entry(Registry& r, void* address, Cell* cell) noexcept {
  if (!r.capacity) return;
  const size_t mask = r.capacity - 1;
  size_t i = home_entry(r, address);
  for (; r.entries[i].cell; i = (i + 1) & mask) {
    if (r.entries[i].cell == cell && r.entries[i].address == address) break;
  }
  if (!r.entries[i].cell) return;
  --r.used;
  // Close the gap: no tombstones, so that a lookup that fails stays short.
  for (size_t j = (i + 1) & mask; r.entries[j].cell; j = (j + 1) & mask) {
    const size_t wanted = home_entry(r, r.entries[j].address);
    if (((j - wanted) & mask) >= ((j - i) & mask)) {
      r.entries[i] = r.entries[j];
      i = j;
    }
  }
  r.entries[i] = {nullptr, nullptr};
}

inline constexpr const char* registry_capsule = "dovetail.registry";

inline void end_registry(PyObject* capsule) noexcept {
  auto* registry = static_cast<Registry*>(PyCapsule_GetPointer(capsule, registry_capsule));
  if (!registry) return PyErr_Clear();
  PyMem_Free(registry->entries);
  delete registry;
}

// The capsule of this interpreter's registry: borrowed, made where `make` says so. nullptr: there is none, or exception set.
DOVETAIL_COLD inline PyObject* find_registry_capsule(bool make) noexcept {
  PyObject* known = PyInterpreterState_GetDict(PyInterpreterState_Get());
  Ref key(known ? PyUnicode_FromFormat("dovetail.registry.%llu", runtime_version()) : nullptr);
  if (!key) return nullptr;
  PyObject* found = PyDict_GetItemWithError(known, key.get());
  if (found || PyErr_Occurred() || !make) return found;
  auto* registry = new (std::nothrow) Registry;
  Ref capsule(registry ? PyCapsule_New(registry, registry_capsule, end_registry) : PyErr_NoMemory());
  if (!capsule) {
    delete registry;
    return nullptr;
  }
  return PyDict_SetDefault(known, key.get(), capsule.get());  // another thread may have been quicker
}
DOVETAIL_COLD inline Registry* find_registry() noexcept {
  PyObject* capsule = find_registry_capsule(false);
  return capsule ? static_cast<Registry*>(PyCapsule_GetPointer(capsule, registry_capsule)) : nullptr;
}

}  // namespace v1
}  // namespace dovetail
