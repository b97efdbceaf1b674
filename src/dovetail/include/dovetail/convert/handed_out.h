// dovetail/convert/handed_out.h: text that C hands out by pointers, as a result or through an output.
//
//   TextAt<const void*, char16_t> tail{};     prepare(…, tail.address())      str | None; the pointer is of another type
//   TextAt<char*, char, &lib_free> error{};                                   freed when it was copied
//   ListAt<char**, &lib_free_table> cells{};  give_counted(cells, n, home)    tuple[str | None, ...]
//   OrderedText<1>{text(value)}                                               UTF-16 of one byte order (1: big-endian)
#pragma once
#include <dovetail/convert/text.h>

#include <cstdlib>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// What C++ made with new.
template <class T>
void delete_one(T* made) noexcept {
  delete made;
}
template <class T>
void delete_all(T* made) noexcept {
  delete[] made;
}
// Also what is const for those who only look at it.
template <auto end, class T>
void end_handed_out(const T* pointer) noexcept {
  end(const_cast<T*>(pointer));
}

// A pointer of C, and the function that ends what it points to.
template <class P, auto end>
struct HandedOut {
  P pointer = nullptr;

  HandedOut() noexcept = default;
  explicit HandedOut(P given) noexcept : pointer(given) {}
  HandedOut(HandedOut&& other) noexcept : pointer(other.pointer) { other.pointer = nullptr; }
  HandedOut& operator=(HandedOut&&) = delete;
  ~HandedOut() {
    if constexpr (!std::is_null_pointer_v<decltype(end)>) {
      if (pointer) end_handed_out<end>(pointer);
    }
  }
  P* address() noexcept { return &pointer; }
  P& held() noexcept { return pointer; }
};
template <class P, class C, auto end = nullptr>
struct TextAt : HandedOut<P, end> {
  using HandedOut<P, end>::HandedOut;
};
template <class P, auto end = nullptr>
struct ListAt : HandedOut<P, end> {
  using HandedOut<P, end>::HandedOut;
};

template <class P, class C, auto end>
struct Convert<TextAt<P, C, end>> {
  static PyObject* give(const TextAt<P, C, end>& text, Home home) {
    return Convert<const C*>::give(reinterpret_cast<const C*>(text.pointer), home);
  }
};
template <class P, auto end>
PyObject* give_counted(const TextAt<P, char, end>& text, long long count, Home) noexcept {
  return give_text(text.pointer ? text.pointer : "", text.pointer && count > 0 ? static_cast<size_t>(count) : 0);
}
template <class P, auto end>
PyObject* give_counted(const ListAt<P, end>& list, long long count, Home home) noexcept {
  const Py_ssize_t size = list.pointer && count > 0 ? static_cast<Py_ssize_t>(count) : 0;
  Ref all(PyTuple_New(size));
  for (Py_ssize_t i = 0; all && i < size; ++i) {
    PyObject* const item = Convert<const char*>::give(list.pointer[i], home);
    if (!item) return nullptr;
    PyTuple_SET_ITEM(all.get(), i, item);
  }
  return all.release();
}

template <int order>
struct OrderedText {
  const void* data;
};
template <int order>
struct Convert<OrderedText<order>> {
  static PyObject* give(const OrderedText<order>& text, Home) noexcept {
    const auto* data = static_cast<const char*>(text.data);
    if (!data) return give_none();
    Py_ssize_t size = 0;
    while (data[size] || data[size + 1]) size += 2;
    int byte_order = order;
    return PyUnicode_DecodeUTF16(data, size, "surrogatepass", &byte_order);
  }
};

}  // namespace v1
}  // namespace dovetail
