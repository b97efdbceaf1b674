// dovetail/convert/numbers.h: integers, floating point and bool.
//
//   integer   int, and whatever has __index__ (also bool and numpy integers); never float. Out of range: OverflowError
//   float     float, int, and whatever has __float__ or __index__. A double that no float can hold: OverflowError
//   bool      bool and numpy.bool, nothing else: `1` is not `True` to an overload set
// char is text (convert/text.h); signed char and unsigned char are integers.
// The common case is inline: an int of one digit, an exact float. Everything else is one cold function per width.
#pragma once
#include <dovetail/core/arguments.h>
#include <dovetail/core/uninterrupted.h>

#include <climits>
#include <cstring>
#include <limits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class T>
inline constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>
#ifdef __cpp_char8_t
    || std::is_same_v<T, char8_t>
#endif
    ;
// __int128 is no integer here: GNU modes of the standard library would say that it is.
template <class T>
inline constexpr bool is_integer =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !is_character<T> &&
    sizeof(std::conditional_t<std::is_integral_v<T>, T, char>) <= sizeof(long long);  // a class may be only declared

DOVETAIL_COLD inline bool out_of_range_signed(PyObject* given, long long low, long long high) noexcept {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(given, &overflow);
  if (overflow) {
    PyErr_Format(PyExc_OverflowError, "%s is out of range: %lld to %lld", overflow < 0 ? "a large negative int" : "a large int",
                 low, high);
  } else {
    PyErr_Format(PyExc_OverflowError, "%lld is out of range: %lld to %lld", value, low, high);
  }
  return false;
}
DOVETAIL_COLD inline bool out_of_range_unsigned(PyObject* given, unsigned long long high) noexcept {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(given, &overflow);
  if (overflow) {
    PyErr_Format(PyExc_OverflowError, "%s is out of range: 0 to %llu", overflow < 0 ? "a large negative int" : "a large int",
                 high);
  } else {
    PyErr_Format(PyExc_OverflowError, "%lld is out of range: 0 to %llu", value, high);
  }
  return false;
}

// int or __index__: new reference to an int. nullptr: no exception for a wrong type, else what __index__ raised.
DOVETAIL_COLD inline PyObject* take_index(PyObject* given) noexcept {
  if (PyLong_Check(given)) return Py_NewRef(given);
  if (!PyIndex_Check(given)) return nullptr;
  return uninterrupted([given] { return PyNumber_Index(given); });
}
DOVETAIL_COLD inline bool take_signed(PyObject* given, long long low, long long high, long long& out) noexcept {
  Ref number(take_index(given));
  if (!number) return false;
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(number.get(), &overflow);
  if (overflow || value < low || value > high) return out_of_range_signed(number.get(), low, high);
  out = value;
  return true;
}
DOVETAIL_COLD inline bool take_unsigned(PyObject* given, unsigned long long high, unsigned long long& out) noexcept {
  Ref number(take_index(given));
  if (!number) return false;
  const unsigned long long value = PyLong_AsUnsignedLongLong(number.get());
  if (value == static_cast<unsigned long long>(-1) && PyErr_Occurred()) {
    PyErr_Clear();  // negative or too large
    return out_of_range_unsigned(number.get(), high);
  }
  if (value > high) return out_of_range_unsigned(number.get(), high);
  out = value;
  return true;
}
// Of an int: does it fit? Never raises.
DOVETAIL_COLD inline bool fits_signed(PyObject* given, long long low, long long high) noexcept {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(given, &overflow);
  return !overflow && value >= low && value <= high;
}
DOVETAIL_COLD inline bool fits_unsigned(PyObject* given, unsigned long long high) noexcept {
  const unsigned long long value = PyLong_AsUnsignedLongLong(given);
  if (value == static_cast<unsigned long long>(-1) && PyErr_Occurred()) {
    PyErr_Clear();
    return false;
  }
  return value <= high;
}

template <class T>
struct Convert<T, std::enable_if_t<is_integer<T>>> {
  using Slot = T;
  using Limits = std::numeric_limits<T>;
  DOVETAIL_INLINE static bool take(PyObject* given, Slot& slot, Home) noexcept { return take_number<false>(given, slot); }
  DOVETAIL_INLINE static bool take_or_refuse(PyObject* const* bound, Slot& slot, const char* doc, int place) noexcept {
    if constexpr (DOVETAIL_COMPACT) return finish(take_shared(doc, place, bound), slot);
    if (DOVETAIL_LIKELY(take_small<false>(bound[place % 256], slot))) return true;
    return finish(refuse_slowly(doc, place, bound), slot);
  }
  template <bool known_int>
  DOVETAIL_INLINE static bool take_number(PyObject* given, Slot& slot) noexcept {
    return DOVETAIL_LIKELY(take_small<known_int>(given, slot)) || finish(take_slowly(given), slot);
  }
  DOVETAIL_INLINE static bool take_quickly(PyObject* given, Slot& slot) noexcept { return take_small<false>(given, slot); }
  // One digit that fits: nearly every int there is.
  template <bool known_int>
  DOVETAIL_INLINE static bool take_small(PyObject* given, Slot& slot) noexcept {
    Py_ssize_t value;
    if (!DOVETAIL_LIKELY((known_int || PyLong_Check(given)) && read_small(given, value))) return false;
    if constexpr (std::is_signed_v<T> && sizeof(T) < (small_is_narrow ? 4 : 8)) {
      if (!DOVETAIL_LIKELY(value >= Limits::min() && value <= Limits::max())) return false;
    } else if constexpr (!std::is_signed_v<T>) {
      // Read as unsigned, a negative value is larger than any that is allowed.
      if (!DOVETAIL_LIKELY(sizeof(T) >= (small_is_narrow ? 4 : 8) ? value >= 0 : static_cast<size_t>(value) <= size_t{Limits::max()})) return false;
    }
    slot = static_cast<T>(value);
    return true;
  }
  static const T& view(Slot& slot) noexcept { return slot; }
  DOVETAIL_INLINE static T pull(Slot& slot) noexcept { return slot; }
  DOVETAIL_INLINE static PyObject* give(T value, Home) noexcept {
    if constexpr (std::is_signed_v<T>) {
      if constexpr (sizeof(T) <= sizeof(long)) return PyLong_FromLong(static_cast<long>(value));
      return PyLong_FromLongLong(value);
    } else {
      if constexpr (sizeof(T) < sizeof(long)) return PyLong_FromLong(static_cast<long>(value));
      if constexpr (sizeof(T) <= sizeof(long)) return PyLong_FromUnsignedLong(static_cast<unsigned long>(value));
      return PyLong_FromUnsignedLongLong(value);
    }
  }
  static constexpr Foreseen foreseen{
      sizeof(T) >= 4 ? unsigned{small_int_kind} : 0u,
      float_kind | text_kind | list_kind | tuple_kind | dict_kind | none_kind | bytes_kind};
  static int rank(PyObject* given, Home) noexcept {
    if (PyLong_Check(given)) {
      const bool fits = std::is_signed_v<T> ? fits_signed(given, Limits::min(), static_cast<long long>(Limits::max()))
                                            : fits_unsigned(given, static_cast<unsigned long long>(Limits::max()));
      return !fits ? last_resort : PyLong_CheckExact(given) ? exact : promotion;
    }
    return PyIndex_Check(given) ? promotion : no_match;
  }

 private:
  // By value, so that the slot of the fast path stays in a register.
  struct Taken {
    long long value;
    bool good;
  };
  DOVETAIL_INLINE static bool finish(Taken taken, Slot& slot) noexcept {
    slot = static_cast<T>(taken.value);
    return taken.good;
  }
  // Of large modules: a call costs less than a tenth of a wrapper, and saves as much of what there is to compile.
  [[gnu::noinline]] static Taken take_shared(const char* doc, int place, PyObject* const* bound) noexcept {
    T slot;
    if (DOVETAIL_LIKELY(take_small<false>(bound[place % 256], slot))) return {static_cast<long long>(slot), true};
    return refuse_slowly(doc, place, bound);
  }
  DOVETAIL_COLD static Taken refuse_slowly(const char* doc, int place, PyObject* const* bound) noexcept {
    const Taken taken = take_slowly(bound[place % 256]);
    if (!taken.good) refuse_bound(doc, place, bound);
    return taken;
  }
  DOVETAIL_COLD static Taken take_slowly(PyObject* given) noexcept {
    if constexpr (std::is_signed_v<T>) {
      long long value = 0;
      const bool good = take_signed(given, Limits::min(), Limits::max(), value);
      return {value, good};
    } else {
      unsigned long long value = 0;
      const bool good = take_unsigned(given, Limits::max(), value);
      return {static_cast<long long>(value), good};
    }
  }
};

// false without an exception: no number at all.
DOVETAIL_COLD inline bool take_real(PyObject* given, double& out) noexcept {
  if (PyFloat_Check(given)) {
    out = PyFloat_AS_DOUBLE(given);
    return true;
  }
  if (!is_real(Py_TYPE(given))) return false;
  const double value = uninterrupted([given] { return PyFloat_AsDouble(given); });
  if (value == -1.0 && PyErr_Occurred()) return false;
  out = value;
  return true;
}
DOVETAIL_COLD inline bool float_overflow(double value) noexcept {
  char text[40];
  PyOS_snprintf(text, sizeof(text), "%.17g", value);
  PyErr_Format(PyExc_OverflowError, "%s is out of range of a 32-bit float", text);
  return false;
}

template <class T>
struct Convert<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  using Slot = T;
  DOVETAIL_INLINE static bool take(PyObject* given, Slot& slot, Home) noexcept {
    return take_quickly(given, slot) || take_checked(given, slot);
  }
  DOVETAIL_INLINE static bool take_quickly(PyObject* given, Slot& slot) noexcept {
    if (sizeof(T) < sizeof(double) || !DOVETAIL_LIKELY(PyFloat_CheckExact(given))) return false;
    slot = static_cast<T>(PyFloat_AS_DOUBLE(given));
    return true;
  }
  DOVETAIL_INLINE static bool take_or_refuse(PyObject* const* bound, Slot& slot, const char* doc, int place) noexcept {
    if (sizeof(T) >= sizeof(double) && DOVETAIL_LIKELY(PyFloat_CheckExact(bound[place % 256]))) {
      slot = static_cast<T>(PyFloat_AS_DOUBLE(bound[place % 256]));
      return true;
    }
    const Taken taken = take_or_refuse_checked(doc, place, bound);
    slot = taken.value;
    return taken.good;
  }
  // By value, so that the slot stays in a register.
  struct Taken {
    T value;
    bool good;
  };
  [[gnu::noinline]] static Taken take_or_refuse_checked(const char* doc, int place, PyObject* const* bound) noexcept {
    Taken taken{};
    taken.good = take_checked(bound[place % 256], taken.value);
    if (!DOVETAIL_LIKELY(taken.good)) refuse_bound(doc, place, bound);
    return taken;
  }
  [[gnu::noinline]] static bool take_checked(PyObject* given, Slot& slot) noexcept {
    double value;
    if (DOVETAIL_LIKELY(PyFloat_CheckExact(given))) {
      value = PyFloat_AS_DOUBLE(given);
    } else if (!take_real(given, value)) {
      return false;
    }
    if constexpr (sizeof(T) < sizeof(double)) {
      // From this value on rounding goes to infinity; infinities and NaN themselves are fine.
      constexpr double limit = 0x1.ffffffp127;
      const double size = value < 0 ? -value : value;
      if (!DOVETAIL_LIKELY(!(size >= limit)) && size <= std::numeric_limits<double>::max()) return float_overflow(value);
    }
    slot = static_cast<T>(value);
    return true;
  }
  static const T& view(Slot& slot) noexcept { return slot; }
  DOVETAIL_INLINE static T pull(Slot& slot) noexcept { return slot; }
  DOVETAIL_INLINE static PyObject* give(T value, Home) noexcept { return PyFloat_FromDouble(static_cast<double>(value)); }
  static constexpr Foreseen foreseen{float_kind, text_kind | list_kind | tuple_kind | dict_kind | none_kind | bytes_kind};
  static int rank(PyObject* given, Home) noexcept {
    if (PyFloat_CheckExact(given)) return exact;
    if (PyFloat_Check(given)) return promotion;
    if (PyLong_Check(given)) return conversion;  // an integer parameter is closer, also for bool
    return is_real(Py_TYPE(given)) ? int{conversion} : int{no_match};
  }
};

DOVETAIL_COLD inline bool is_numpy_bool(PyObject* given) noexcept {
  return is_named(Py_TYPE(given), "numpy", "bool") || is_named(Py_TYPE(given), "numpy", "bool_");
}

template <>
struct Convert<bool> {
  using Slot = bool;
  DOVETAIL_INLINE static bool take_quickly(PyObject* given, Slot& slot) noexcept {
    slot = given == Py_True;
    return DOVETAIL_LIKELY(slot || given == Py_False);
  }
  DOVETAIL_INLINE static bool take(PyObject* given, Slot& slot, Home) noexcept {
    if (take_quickly(given, slot)) return true;
    const int truth = take_truth(given);
    slot = truth > 0;
    return truth >= 0;
  }
  DOVETAIL_INLINE static bool take_or_refuse(PyObject* const* bound, Slot& slot, const char* doc, int place) noexcept {
    slot = bound[place % 256] == Py_True;
    if (DOVETAIL_LIKELY(slot || bound[place % 256] == Py_False)) return true;
    const int truth = refuse_truth(doc, place, bound);
    slot = truth > 0;
    return truth >= 0;
  }
  DOVETAIL_COLD static int refuse_truth(const char* doc, int place, PyObject* const* bound) noexcept {
    const int truth = take_truth(bound[place % 256]);
    if (truth < 0) refuse_bound(doc, place, bound);
    return truth;
  }
  // -1: no bool, with or without an exception.
  DOVETAIL_COLD static int take_truth(PyObject* given) noexcept {
    return is_numpy_bool(given) ? PyObject_IsTrue(given) : -1;
  }
  static const bool& view(Slot& slot) noexcept { return slot; }
  static bool pull(Slot& slot) noexcept { return slot; }
  static PyObject* give(bool value, Home) noexcept { return Py_NewRef(value ? Py_True : Py_False); }
  static constexpr Foreseen foreseen{bool_kind, ~unsigned{bool_kind}};
  static int rank(PyObject* given, Home) noexcept {
    return PyBool_Check(given) || is_numpy_bool(given) ? int{exact} : int{no_match};
  }
};

// What the setter of a number does nearly always, in a function of its own because it needs no stack frame: an int of one
// digit, an exact float or a bool goes into an object at hand. `slowly` does everything.
template <class T, auto member, setter slowly>
int set_quickly(PyObject* self, PyObject* given, void* closure) noexcept {
  using M = std::remove_reference_t<decltype(std::declval<T&>().*member)>;
  typename Convert<M>::Slot slot;
  if (!DOVETAIL_LIKELY(given && Convert<M>::take_quickly(given, slot) && as_cell(self)->state == usable)) {
    return slowly(self, given, closure);
  }
  static_cast<T*>(usable_value(self))->*member = slot;
  return 0;
}
template <class T, auto member, setter slowly>
#if DOVETAIL_COMPACT
inline constexpr setter set_number = slowly;
#else
// A member of a packed struct may lie where no reference to its type may point.
inline constexpr setter set_number =
    alignof(T) < alignof(std::remove_reference_t<decltype(std::declval<T&>().*member)>) ? slowly : &set_quickly<T, member, slowly>;
#endif

}  // namespace v1
}  // namespace dovetail
