// dovetail/convert/sequence.h: std::vector, deque, list and array <-> Python types that are the C++ container, list-like.
//
// What emitted code writes for each container type (the same for mapping.h and set.h):
//
//   template <> struct dovetail::Bound<std::vector<int>> : dovetail::BoundContainer<std::vector<int>> {
//     static constexpr int slot = Types::VectorInt;
//     static constexpr const char* name = "VectorInt";
//     static constexpr const char* full_name = "pkg.VectorInt";     // "pkg.detail.VectorInt" in a submodule
//   };
//   template <> struct dovetail::ElementFormat<lib::Row> {          // once per plain struct, where plan says `buffer`
//     static constexpr const char* text = "T{i:id:4xd:weight:}";    // numbers have theirs
//   };
//   ... in the table of TypeRows:
//   dovetail::container_row<std::vector<int>>("", "MutableSequence"),   // scope, class of collections.abc
//
// All Bound<> specialisations stand before any of the rows and functions, as for classes. Nothing else is written: no
// method table, no slots, no spec. A container type without a Bound<> is copied: from any iterable, and to a list or dict.
// Results by value: `dovetail::give(value, home)`; by reference: give_borrowed / give_interior, as for a class.
// Parameters: Arg<const V&>, Arg<V>, Arg<V&&> take what is iterable; Arg<V&>, Arg<V*>, Arg<const V*> the bound type only.
// By rule: give_list(value, home), give_array(object or value, home) (mapping.h: give_dict).
#pragma once
#include <dovetail/convert/linked.h>
#include <dovetail/convert/sequence_fill.h>
#include <dovetail/convert/sequence_iterator.h>

#include <deque>
#include <forward_list>
#include <list>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class V>
inline constexpr bool has_buffer = traits::contiguous<V>::value && has_format<typename V::value_type>;
// Further ways of handing the elements on, where emitted code asks for them: exchange.h.
template <class V, class = void>
struct Exchange {
  static const PyMethodDef* methods() noexcept { return nullptr; }
};

// ---- the table of one container type -------------------------------------------------------------------------------------

template <class V>
struct SequenceFunctions : ContainerFunctions<V> {
  using T = typename V::value_type;
  static constexpr bool fixed = traits::fixed_size<V>::value;
  // Elements that are C++ objects of bound types are shared with Python, all others are converted.
  static constexpr bool shared = is_bound<T>;
  static constexpr bool assignable = std::is_move_assignable_v<T>;

  using Shared = ContainerFunctions<V>;
  using Shared::copy;
  using Shared::self;
  using Shared::size;
  static bool equal(const void* a, const void* b) noexcept {
    if constexpr (traits::comparable<V>::value) return self(a) == self(b);
    return a == b;
  }
  static bool clear(void* c) noexcept {
    if constexpr (!fixed) self(c).clear();
    return true;
  }
  static PyObject* give(PyObject* of, void* c, Py_ssize_t index, [[maybe_unused]] bool moved, Home home) noexcept {
    return give_guarded([&]() -> PyObject* {
      if constexpr (free_threaded && !fixed) {
        if (moved) return give_last(of, self(c), index, home);
      }
      if constexpr (std::is_same_v<T, bool>) {
        return PyBool_FromLong(bool(element_at(self(c), index)));
      } else if constexpr (shared) {
        if (!moved) return give_element<T>(of, index, element_again, home);
        if constexpr (std::is_move_constructible_v<T>) return give_new<T>(std::move(element_at(self(c), index)), home);
        PyErr_Format(PyExc_TypeError, "elements of %s cannot be moved out", type_name(of));
        return nullptr;
      } else {
        const T& value = steady(element_at(static_cast<const V&>(self(c)), index));
        return dovetail::give(value, home);
      }
    });
  }
  static constexpr bool walked = !traits::random_access<V>::value && !shared && std::is_copy_constructible_v<T>;
  static void* at(void* c, Py_ssize_t index) noexcept {
    if constexpr (shared) return const_cast<std::remove_cv_t<T>*>(&element_at(self(c), index));
    return nullptr;
  }
  static bool put(PyObject* of, Py_ssize_t index, PyObject* value, Put how, Home home) noexcept {
    typename Convert<T>::Slot slot{};
    if (!take_item<T>(value, slot, home)) return wrong_value(of, "an element", value);
    const ObjectLock lock(of);
    void* c = open_put(of, index, how);
    if (!c) return false;
    return guarded([&] { place(self(c), index, how, T(Convert<T>::pull(slot))); });
  }
  static bool erase(const SequenceTable&, void* c, Py_ssize_t from, Py_ssize_t count) noexcept {
    if constexpr (fixed) {
      return false;
    } else {
      return guarded([&] { remove(self(c), from, count); });
    }
  }
  static PyObject* pick(const SequenceTable&, void* c, const Py_ssize_t* order, Py_ssize_t count, Home home) noexcept {
    return give_guarded([&]() -> PyObject* {
      if constexpr (fixed) {
        rearrange(self(c), order, count);
      } else {
        V out;
        reserve_for(out, size_t(count));
        for_order(self(c), order, count, [&](auto&& element) {
          if constexpr (is_copyable<V>) {
            if (home.object) return out.push_back(T(static_cast<const T&>(element)));
          }
          out.push_back(std::move(element));
        });
        if (home.object) return give_moved(out, home);
        self(c) = std::move(out);
      }
      return Py_None;  // borrowed: only says that it worked
    });
  }
  static bool adopt(PyObject* of, PyObject* from, Adopt how, PyObject* slice, Home) noexcept {
    // The new elements of an array may be fewer than its own.
    using Taken = std::conditional_t<fixed, std::vector<T>, V>;
    return guarded([&] {
      Taken given;
      if (!take_whole(of, from, given)) throw_python_error();
      SliceRange range;
      const ObjectLock lock(of);
      void* c = open_adopt(of, how, slice, Py_ssize_t(given.size()), range);
      if (!c) throw_python_error();
      splice(self(c), range, given);
    });
  }
  static void* data(void* c) noexcept {
    if constexpr (traits::contiguous<V>::value) return const_cast<std::remove_cv_t<T>*>(self(c).data());
    return nullptr;
  }

  static constexpr const Layout* layout() noexcept {
    if constexpr (has_buffer<V>) return &layout_of<T>;
    return nullptr;
  }
  // Of flat elements: flat.h has all the rest.
  static bool resize(void* c, Py_ssize_t count) noexcept {
    return guarded([&] { self(c).resize(size_t(count)); });
  }
  static bool take(PyObject* value, void* out, Home home) noexcept {
    typename Convert<T>::Slot slot{};
    if (!take_item<T>(value, slot, home)) return false;
    new (out) T(Convert<T>::pull(slot));
    return true;
  }
  static PyObject* fresh(Home home) noexcept {
    return give_guarded([&] {
      V made;
      return give_moved(made, home);
    });
  }

  static constexpr bool flat = traits::flat<V>::value;
  static constexpr auto make() noexcept {
    std::conditional_t<flat, FlatTable, SequenceTable> t{};
    t.slot = Bound<V>::slot;
    t.fixed = fixed;
    t.size = size;
    t.equal = traits::comparable<V>::value ? &equal : nullptr;
    t.clear = clear;
    t.give = give;
    if constexpr (flat) {
      t.resize = resize;
      t.take = take;
      t.fresh = fresh;
      t.copy = flat_copy;
      t.adopt = flat_adopt;
      t.put = flat_put;
      t.erase = flat_erase;
      t.pick = flat_pick;
    } else {
      t.copy = is_copyable<V> ? &copy : nullptr;
      t.adopt = adopt;
      t.put = put;
      t.erase = erase;
      t.pick = pick;
    }
    if constexpr (walked) t.stretch = read_stretch<V>;
    t.at = shared ? &at : nullptr;
    t.data = has_buffer<V> || flat ? &data : nullptr;
    t.layout = layout();
    t.item = sizeof(T);
    return t;
  }

 private:
  [[noreturn]] static void refuse_assignment() { throw std::bad_cast(); }

  // An element that the container has no longer.
  static PyObject* give_last(PyObject* of, V& c, Py_ssize_t index, Home home) {
    if constexpr (std::is_move_constructible_v<T>) {
      T taken(std::move(element_at(c, index)));
      remove(c, index, 1);
      if constexpr (shared) {
        return give_new<T>(std::move(taken), home);
      } else {
        return dovetail::give(static_cast<const T&>(taken), home);
      }
    }
    PyErr_Format(PyExc_TypeError, "elements of %s cannot be moved out", type_name(of));
    return nullptr;
  }

  static void place(V& c, Py_ssize_t index, Put how, T&& value) {
    if constexpr (fixed) {
      if constexpr (assignable) c[size_t(index)] = std::move(value);
      else refuse_assignment();
    } else {
      if (how == Put::replace) {
        if constexpr (assignable) {
          element_at(c, index) = std::move(value);
        } else {
          refuse_assignment();
        }
      } else if (size_t(index) == c.size()) {
        c.push_back(std::move(value));
      } else if constexpr (traits::random_access<V>::value) {
        c.push_back(std::move(value));
        if constexpr (std::is_swappable_v<T> && assignable && !std::is_same_v<T, bool>) {
          for (size_t i = c.size() - 1; i > size_t(index); --i) {
            using std::swap;
            swap(c[i], c[i - 1]);
          }
        } else if constexpr (std::is_same_v<T, bool>) {
          for (size_t i = c.size() - 1; i > size_t(index); --i) c.swap(c[i], c[i - 1]);
        } else {
          refuse_assignment();
        }
      } else {
        c.insert(std::next(c.begin(), index), std::move(value));
      }
    }
  }
  static void remove(V& c, Py_ssize_t from, Py_ssize_t count) {
    if constexpr (!traits::random_access<V>::value) {
      c.erase(std::next(c.begin(), from), std::next(c.begin(), from + count));
    } else {
      const size_t kept = c.size() - size_t(count);
      if constexpr (assignable) {
        for (size_t i = size_t(from); i < kept; ++i) {
          if constexpr (std::is_same_v<T, bool>) {
            c[i] = bool(c[i + size_t(count)]);
          } else {
            c[i] = std::move(c[i + size_t(count)]);
          }
        }
      } else if (size_t(from) < kept) {
        refuse_assignment();
      }
      while (c.size() > kept) c.pop_back();
    }
  }
  // Calls act(element) in order; a list is walked once to find its elements.
  template <class Act>
  static void for_order(V& c, const Py_ssize_t* order, Py_ssize_t count, Act act) {
    if constexpr (traits::random_access<V>::value) {
      for (Py_ssize_t i = 0; i < count; ++i) act(c[size_t(order[i])]);
    } else {
      std::vector<typename V::iterator> places;
      places.reserve(c.size());
      for (auto it = c.begin(); it != c.end(); ++it) places.push_back(it);
      for (Py_ssize_t i = 0; i < count; ++i) act(*places[size_t(order[i])]);
    }
  }
  // Of an array.
  static void rearrange(V& c, const Py_ssize_t* order, Py_ssize_t count) {
    std::vector<T> out;
    out.reserve(size_t(count));
    for_order(c, order, count, [&](auto&& element) { out.push_back(std::move(element)); });
    for (Py_ssize_t i = 0; i < count; ++i) place(c, i, Put::replace, std::move(out[size_t(i)]));
  }
  template <class Taken>
  static void splice(V& c, const SliceRange& range, Taken& given) {
    if (fixed || range.step != 1) {
      if constexpr (assignable && traits::random_access<V>::value) {
        for (Py_ssize_t i = 0; i < range.count; ++i) c[size_t(range.start + i * range.step)] = std::move(given[size_t(i)]);
      } else if constexpr (assignable) {
        auto from = given.begin();
        for (Py_ssize_t i = 0; i < range.count; ++i, ++from) element_at(c, range.start + i * range.step) = std::move(*from);
      } else {
        refuse_assignment();
      }
      return;
    }
    if constexpr (!fixed && !traits::random_access<V>::value) {
      auto place = c.erase(std::next(c.begin(), range.start), std::next(c.begin(), range.start + range.count));
      c.splice(place, given);
    } else if constexpr (!fixed) {
      const size_t start = size_t(range.start), end = start + size_t(range.count);
      if (end == c.size() && !range.count) {
        reserve_more(c, given.size());
        for (size_t i = 0; i < given.size(); ++i) c.push_back(std::move(given[i]));
        return;
      }
      V out;
      reserve_for(out, c.size() - size_t(range.count) + given.size());
      for (size_t i = 0; i < start; ++i) out.push_back(std::move(c[i]));
      for (size_t i = 0; i < given.size(); ++i) out.push_back(std::move(given[i]));
      for (size_t i = end; i < c.size(); ++i) out.push_back(std::move(c[i]));
      c = std::move(out);
    }
  }
  // Doubles, so that extending again and again stays linear.
  static void reserve_more(V& c, size_t more) {
    if constexpr (traits::reservable<V>::value) {
      const size_t wanted = c.size() + more;
      if (wanted > c.capacity()) c.reserve(wanted > 2 * c.size() ? wanted : 2 * c.size());
    }
  }
};

template <class V>
struct SequenceType : ContainerSpec {
  static constexpr auto functions = SequenceFunctions<V>::make();
  SequenceType() noexcept {
    fill_container<V>(*this, unsigned(Py_TPFLAGS_SEQUENCE), functions, sequence_methods(functions.fixed),
                      sequence_slots(functions.fixed));
    if constexpr (has_buffer<V>) {
      add({Py_bf_getbuffer, slot(sequence_buffer)});
      add({Py_bf_releasebuffer, slot(release_buffer)});
      add_methods(Exchange<V>::methods());
    }
  }
};

template <class T, class A>
struct ContainerType<std::vector<T, A>> : SequenceType<std::vector<T, A>> {};
template <class T, class A>
struct ContainerType<std::deque<T, A>> : SequenceType<std::deque<T, A>> {};
template <class T, class A>
struct ContainerType<std::list<T, A>> : SequenceType<std::list<T, A>> {};
template <class T, size_t N>
struct ContainerType<std::array<T, N>> : SequenceType<std::array<T, N>> {};

template <class T, class A>
struct Convert<std::vector<T, A>> : ConvertContainer<std::vector<T, A>, FillSequence<std::vector<T, A>>> {};
template <class T, class A>
struct Convert<std::deque<T, A>> : ConvertContainer<std::deque<T, A>, FillSequence<std::deque<T, A>>> {};
template <class T, class A>
struct Convert<std::list<T, A>> : ConvertContainer<std::list<T, A>, FillSequence<std::list<T, A>>> {};
template <class T, size_t N>
struct Convert<std::array<T, N>> : ConvertContainer<std::array<T, N>, FillSequence<std::array<T, N>>> {};

template <class T, class A>
struct Arg<std::vector<T, A>&> : ArgContainer<std::vector<T, A>> {};
template <class T, class A>
struct Arg<std::deque<T, A>&> : ArgContainer<std::deque<T, A>> {};
template <class T, class A>
struct Arg<std::list<T, A>&> : ArgContainer<std::list<T, A>> {};
template <class T, size_t N>
struct Arg<std::array<T, N>&> : ArgContainer<std::array<T, N>> {};

// No random access and no size: always copied.
template <class T, class A>
struct FillForwardList {
  using V = std::forward_list<T, A>;
  static bool fill(PyObject* from, V& out, PyObject*& held, Home home) noexcept {
    std::deque<T> taken;
    return FillSequence<std::deque<T>>::fill(from, taken, held, home) && guarded([&] {
             for (auto it = taken.rbegin(); it != taken.rend(); ++it) out.push_front(std::move(*it));
           });
  }
  static int rank(PyObject* from, Home home) noexcept { return rank_items<T>(from, home); }
  template <class C>
  static PyObject* plain(C&& value, Home home) {
    return FillSequence<std::deque<T>>::plain(std::forward<C>(value), home);
  }
};
template <class T, class A>
struct Convert<std::forward_list<T, A>> : ConvertContainer<std::forward_list<T, A>, FillForwardList<T, A>> {};

// ---- by rule -------------------------------------------------------------------------------------------------------------

// A new list of the elements, whatever is bound.
template <class V>
PyObject* give_list(V&& value, Home home) {
  return FillSequence<std::remove_cv_t<std::remove_reference_t<V>>>::plain(std::forward<V>(value), home);
}
// numpy.asarray(container): it keeps the container alive and shares its memory. Steals the reference.
DOVETAIL_COLD inline PyObject* array_of(PyObject* container) noexcept {
  Ref held(container);
  if (!container) return nullptr;
  Ref numpy(PyImport_ImportModule("numpy"));
  return numpy ? PyObject_CallMethod(numpy.get(), "asarray", "O", container) : nullptr;
}
template <class V>
PyObject* give_array(V&& value, Home home) {
  return array_of(dovetail::give(std::forward<V>(value), home));
}
// A container that `owner` keeps alive: not copied.
template <class V, class = std::enable_if_t<is_container<V>>>
PyObject* give_array(V& value, PyObject* owner, Home home) {
  return array_of(give_borrowed(&value, owner, home));
}

}  // namespace v1
}  // namespace dovetail
