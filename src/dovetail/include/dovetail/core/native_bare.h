// dovetail/core/native_bare.h: native functions as they throw, for callers that catch.
//
// The function that catches costs a frame, and its caller a comparison. A caller whose compiler knows C++ exceptions
// (Cython, what Numba's LLVM makes) calls the C++ function itself, and goes on at a landing pad where it threw: nothing is
// paid for where it did not. `failed` is the module's own `catch`, which sets the Python exception.
#pragma once
#include <dovetail/core/natives.h>

#if defined(__linux__) && defined(__GLIBCXX__)
#include <cxxabi.h>
#define DOVETAIL_UNWINDS 1
// What g++ refers to where a function catches; and of the unwinder that throws: the frame around an address.
extern "C" int __gxx_personality_v0(...);
struct dwarf_fde;
struct dwarf_eh_bases;
extern "C" const struct dwarf_fde* _Unwind_Find_FDE(void*, struct dwarf_eh_bases*);
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

#if DOVETAIL_UNWINDS
template <void (*failed)() noexcept>
void take_bare(void* thrown) noexcept {
  abi::__cxa_begin_catch(thrown);
  failed();
  abi::__cxa_end_catch();
}
inline int bare_unwinds(void* code) noexcept {
  void* bases[3];
  return _Unwind_Find_FDE(code, reinterpret_cast<struct dwarf_eh_bases*>(bases)) != nullptr;
}
template <void (*failed)() noexcept, size_t count>
constexpr NativeBares native_bares(const NativeBare (&rows)[count]) noexcept {
  return {count, rows, take_bare<failed>, __gxx_personality_v0, bare_unwinds};
}
#else
template <void (*failed)() noexcept, size_t count>
constexpr NativeBares native_bares(const NativeBare (&rows)[count]) noexcept {
  return {count, rows, nullptr, nullptr, nullptr};
}
#endif

// For Cython sources of the module itself: also `name__throws` of each, and `dovetail__raise`, which sets the Python exception
// inside of a `catch`.
template <void (*failed)() noexcept>
DOVETAIL_COLD PyObject* make_pyx_capi_with_bare(const NativeTable& table) noexcept {
  Ref dict(make_pyx_capi(table));
  for (uint32_t i = 0; dict && i < table.bare->count; ++i) {
    const NativeRow& row = table.rows[table.bare->rows[i].row];
    Ref of(native_name(table, row));
    Ref name(of ? PyUnicode_FromFormat("%U__throws", of.get()) : nullptr);
    Ref text(name ? native_signature(table, row) : Ref());
    if (text && (row.flags & native_void)) {
      text = Ref(PyBytes_FromFormat("void%s", PyBytes_AsString(text.get()) + strlen("int")));
    }
    Ref capsule(text ? make_native_capsule(table.bare->rows[i].function, std::move(text)) : Ref());
    if (!capsule || PyDict_SetItem(dict.get(), name.get(), capsule.get()) < 0) return nullptr;
  }
  Ref signature(dict ? PyBytes_FromString("void (void)") : nullptr);
  Ref capsule(signature ? make_native_capsule(failed, std::move(signature)) : Ref());
  if (!capsule || PyDict_SetItemString(dict.get(), "dovetail__raise", capsule.get()) < 0) return nullptr;
  return dict.release();
}

}  // namespace v1
}  // namespace dovetail
