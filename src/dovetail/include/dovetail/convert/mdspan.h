// dovetail/convert/mdspan.h: std::mdspan, and what is like it, over memory that Python owns or that Python sees.
//
// Like it is what has rank(), extent(i), stride(i) and data_handle(). One is made
//   of a pointer and a mapping of extents and strides, where there is such a mapping: buffers with any strides that are whole
//   elements and not negative;
//   else of a pointer and extents, as an extents_type or one by one: buffers laid out as the type then says that it is.
// Parameters look at a buffer of exactly these elements and so many dimensions, writable where the elements are not const;
// results are arrays that look at the memory of their owner.
#pragma once
#include <dovetail/convert/view.h>

#include <optional>
#include <utility>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class M, class = void>
inline constexpr bool is_grid = false;
template <class M>
inline constexpr bool is_grid<M, std::void_t<decltype(M::rank()), decltype(std::declval<const M&>().extent(0)),
                                             decltype(std::declval<const M&>().stride(0)), decltype(*std::declval<const M&>().data_handle())>> = true;

template <class M>
struct GridTraits {
  using Element = std::remove_reference_t<decltype(*std::declval<const M&>().data_handle())>;
  static constexpr int rank = int(M::rank());
  using Index = std::decay_t<decltype(std::declval<const M&>().extent(0))>;
  using Extents = std::array<Index, size_t(rank ? rank : 1)>;
  static constexpr bool writes = !std::is_const_v<Element>;

  // How one is made.
  template <class T, class = void>
  struct Mapped : std::false_type {};
  template <class T>
  struct Mapped<T, std::void_t<typename T::mapping_type, typename T::extents_type>>
      : std::bool_constant<std::is_constructible_v<typename T::mapping_type, typename T::extents_type, Extents> &&
                           std::is_constructible_v<T, Element*, typename T::mapping_type>> {};
  template <class T, class = void>
  struct Extended : std::false_type {};
  template <class T>
  struct Extended<T, std::void_t<typename T::extents_type>>
      : std::bool_constant<std::is_constructible_v<typename T::extents_type, Extents> &&
                           std::is_constructible_v<T, Element*, typename T::extents_type>> {};
  template <class T, class = void>
  struct Static : std::false_type {};
  template <class T>
  struct Static<T, std::void_t<decltype(T::static_extent(0))>> : std::true_type {};

  static constexpr bool strided = Mapped<M>::value;
};

template <class M>
struct GridSpanSlot {
  using Traits = GridTraits<M>;
  using Element = typename Traits::Element;
  std::optional<M> value;
  Py_buffer view{};

  GridSpanSlot() = default;
  GridSpanSlot(const GridSpanSlot&) = delete;
  GridSpanSlot& operator=(const GridSpanSlot&) = delete;
  ~GridSpanSlot() {
    if (view.obj) PyBuffer_Release(&view);
  }
  bool take(PyObject* from) noexcept {
    const unsigned how = buffer_in_place | buffer_strided | buffer_required | (Traits::writes ? unsigned{buffer_writable} : 0u);
    if (open_buffer(from, {layout_of<Element>, how, Traits::rank}, view) != Match::yes) {
      view.obj = nullptr;
      return false;
    }
    if (!check_static()) return false;
    if constexpr (Traits::strided) return make_strided();
    else return make_plain(std::make_index_sequence<size_t(Traits::rank)>());
  }

 private:
  using Extents = typename Traits::Extents;
  using Index = typename Traits::Index;

  Element* data() const noexcept { return static_cast<Element*>(view.buf); }
  Extents extents() const noexcept {
    Extents all{};
    for (int i = 0; i < Traits::rank; ++i) all[size_t(i)] = Index(view.shape[i]);
    return all;
  }
  bool check_static() const noexcept {
    if constexpr (Traits::template Static<M>::value) {
      for (int i = 0; i < Traits::rank; ++i) {
        const auto expected = M::static_extent(typename M::rank_type(i));
        if (expected == static_cast<decltype(expected)>(-1) || Py_ssize_t(expected) == view.shape[i]) continue;
        PyErr_Format(PyExc_ValueError, "dimension %d must have extent %zd, not %zd", i, Py_ssize_t(expected), view.shape[i]);
        return false;
      }
    }
    return true;
  }
  bool make_strided() noexcept {
    Extents strides{};
    Py_ssize_t step = 1;
    for (int i = Traits::rank - 1; i >= 0; --i) {
      // What a single element, or none, is apart is nowhere seen.
      const bool alone = view.shape[i] < 2;
      const Py_ssize_t stride = alone ? step : stride_of(view, i);
      if (!alone && stride <= 0) return refuse("its elements run backwards: pass a copy");
      if (!alone && stride % Py_ssize_t(sizeof(Element))) return refuse("its elements are not apart by whole elements: pass a copy");
      strides[size_t(i)] = Index(alone ? step : stride / Py_ssize_t(sizeof(Element)));
      step = Py_ssize_t(strides[size_t(i)]) * (view.shape[i] ? view.shape[i] : 1);
    }
    return make([&] { value.emplace(data(), typename M::mapping_type(typename M::extents_type(extents()), strides)); });
  }
  template <size_t... I>
  bool make_plain([[maybe_unused]] std::index_sequence<I...> places) noexcept {
    const bool made = make([&] {
      if constexpr (Traits::template Extended<M>::value) {
        value.emplace(data(), typename M::extents_type(extents()));
      } else {
        value.emplace(data(), Index(view.shape[I])...);
      }
    });
    // The type says where its elements are.
    for (int i = 0; made && i < Traits::rank; ++i) {
      if (Py_ssize_t(value->extent(Index(i))) != view.shape[i]) return refuse("C++ sees another extent");
      const Py_ssize_t stride = Py_ssize_t(value->stride(Index(i))) * Py_ssize_t(sizeof(Element));
      if (view.shape[i] > 1 && view.len && stride != stride_of(view, i))
        return refuse("its elements lie in another order: pass numpy.ascontiguousarray or numpy.asfortranarray of it");
    }
    return made;
  }
  template <class Make>
  static bool make(Make run) noexcept {
    try {
      run();
      return true;
    } catch (...) {
      raise_current();
      return false;
    }
  }
  static bool refuse(const char* why) noexcept {
    PyErr_Format(PyExc_BufferError, "the buffer cannot be looked at: %s", why);
    return false;
  }
};

template <class M>
Memory memory_of_grid(const M& grid) noexcept {
  using Element = typename GridTraits<M>::Element;
  Element* data;
  if constexpr (std::is_pointer_v<std::decay_t<decltype(grid.data_handle())>>) data = grid.data_handle();
  else data = &*grid.data_handle();
  Memory memory = lay_out(data, 0);
  memory.ndim = 0;
  using Index = typename GridTraits<M>::Index;
  for (int i = 0; i < GridTraits<M>::rank; ++i)
    memory.add(Py_ssize_t(grid.extent(Index(i))), Py_ssize_t(grid.stride(Index(i))) * Py_ssize_t(sizeof(Element)));
  return memory;
}
template <class M, class = std::enable_if_t<is_grid<std::decay_t<M>>>>
PyObject* give_array(M&& grid, PyObject* owner, Home home) noexcept {
  return give_memory(memory_of_grid(grid), owner, home);
}

template <class M>
struct Convert<M, std::enable_if_t<is_grid<M>>> {
  using Slot = GridSpanSlot<M>;
  static bool take(PyObject* from, Slot& slot, Home) noexcept { return slot.take(from); }
  static const M& view(Slot& slot) noexcept { return *slot.value; }
  static M pull(Slot& slot) { return *slot.value; }
  static void put(Slot& slot, M value) { slot.value.emplace(value); }
  static PyObject* give(const M& grid, Home home) noexcept { return give_memory(memory_of_grid(grid), nullptr, home); }
  static int rank(PyObject* from, Home) noexcept {
    Py_buffer view;
    const Match match = open_buffer(from, {layout_of<typename GridTraits<M>::Element>, 0, GridTraits<M>::rank}, view);
    if (match == Match::refused) PyErr_Clear();
    if (match != Match::yes) return PyObject_CheckBuffer(from) ? int{last_resort} : int{no_match};
    const bool readonly = view.readonly;
    PyBuffer_Release(&view);
    return readonly && GridTraits<M>::writes ? no_match : promotion;
  }
};

}  // namespace v1
}  // namespace dovetail
