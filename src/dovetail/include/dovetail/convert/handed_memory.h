// dovetail/convert/handed_memory.h: memory that C hands out by pointers, to be ended by a function, or to be copied.
//
//   ended_memory<&lib_free>(call, [&] { return extents(n); })     a result that the caller owns
//   ArrayAt<double*, &lib_free> samples{};  BytesAt<const uint8_t*> data{};     outputs; give_counted(…, count, home)
//
// An array looks at the memory itself, which is ended with the array and its last view; what nothing ends is copied. Bytes
// and text are copied, and what has an end is ended then, also where the length makes no sense.
#pragma once
#include <dovetail/convert/arrays.h>
#include <dovetail/convert/handed_out.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class P, auto end = nullptr>
struct ArrayAt : HandedOut<P, end> {
  using HandedOut<P, end>::HandedOut;
};
template <class P, auto end = nullptr>
struct BytesAt : HandedOut<P, end> {
  using HandedOut<P, end>::HandedOut;
};
template <class P, auto end>
struct EndedMemory {
  HandedOut<P, end> held;
  Memory memory;
};

template <auto end, class P, class Extents>
EndedMemory<P, end> ended_memory(P pointer, Extents ask) {
  HandedOut<P, end> held(pointer);
  Memory memory = memory_result(pointer, ask);
  return {std::move(held), memory};
}

template <auto end, class T>
void end_capsule(PyObject* capsule) noexcept {
  end_handed_out<end>(static_cast<T*>(PyCapsule_GetPointer(capsule, nullptr)));
}
// The array takes the memory over. Without elements, or an end, it is a copy.
template <class P, auto end>
PyObject* give_held(HandedOut<P, end>& held, const Memory& memory, Home home) noexcept {
  if constexpr (std::is_null_pointer_v<decltype(end)>) {
    return give_memory(memory, nullptr, home);
  } else {
    using T = std::remove_cv_t<std::remove_pointer_t<P>>;
    if (!held.pointer || !memory.count()) return give_memory(memory, nullptr, home);
    Ref owner(PyCapsule_New(const_cast<T*>(held.pointer), nullptr, end_capsule<end, T>));
    if (!owner) return nullptr;
    held.pointer = nullptr;
    return look_at(memory, owner.get(), home);
  }
}
template <class P, auto end>
PyObject* give_array(EndedMemory<P, end>& given, PyObject*, Home home) noexcept {
  return give_held(given.held, given.memory, home);
}
template <class P, auto end>
PyObject* give_array(EndedMemory<P, end>&& given, PyObject*, Home home) noexcept {
  return give_held(given.held, given.memory, home);
}
template <class P, auto end>
PyObject* give_bytes(const EndedMemory<P, end>& given, Home home) noexcept {
  return give_bytes(given.memory, home);
}
template <class P, auto end>
struct Convert<EndedMemory<P, end>> {
  static PyObject* give(const EndedMemory<P, end>& given, Home) noexcept {
    return give_text(static_cast<const char*>(given.memory.data), size_t(given.memory.count()));
  }
};

template <class P, auto end, class N>
PyObject* give_counted(ArrayAt<P, end>& array, N count, Home home) {
  const Memory memory = memory_result(array.pointer, [&] { return extents(count); });
  return give_held(static_cast<HandedOut<P, end>&>(array), memory, home);
}
template <class P, auto end, class N>
PyObject* give_counted(BytesAt<P, end>& bytes, N count, Home home) {
  return give_bytes(memory_result(bytes.pointer, [&] { return extents(count); }), home);
}

}  // namespace v1
}  // namespace dovetail
