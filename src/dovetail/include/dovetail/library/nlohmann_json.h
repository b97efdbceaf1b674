// dovetail/library/nlohmann_json.h: nlohmann::basic_json<…> <-> None, bool, int, float, str, bytes, list, dict.
//   taken   from these, and what behaves like them: mappings with str keys, sequences, numbers with __index__ or __float__,
//           buffers of bytes. Whole numbers have 64 bits, signed or not: others are OverflowError. NaN is a number here
//   given   as new objects: they share nothing with C++. An ordered_json keeps its order, as a dict does
// Its exceptions are ValueError, TypeError, IndexError and KeyError.
// What nests deeper than json_depth, or in itself, is RecursionError.
#pragma once
#include <dovetail/convert/guarded.h>
#include <dovetail/convert/implicit.h>
#include <dovetail/convert/numbers.h>

#ifndef INCLUDE_NLOHMANN_JSON_HPP_  // the user's headers may know it by another path
#include <nlohmann/json.hpp>
#endif
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline constexpr int json_depth = 900;

DOVETAIL_COLD inline bool refuse_json_depth() noexcept {
  PyErr_Format(PyExc_RecursionError, "JSON value nests more than %d deep", json_depth);
  return false;
}
// Adds "key 'x': " to the reason. Returns false.
DOVETAIL_COLD inline bool json_member_error(PyObject* key) noexcept {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  const bool plain = type == PyExc_TypeError || type == PyExc_ValueError || type == PyExc_OverflowError;
  PyObject* text = plain && value ? PyObject_Str(value) : nullptr;
  if (!text) {
    PyErr_Clear();
    PyErr_Restore(type, value, trace);
    return false;
  }
  PyErr_Format(type, "key %R: %U", key, text);
  Py_DECREF(text);
  Py_DECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  return false;
}

template <class J>
struct JsonReader {
  using Object = typename J::object_t;
  using Array = typename J::array_t;
  using String = typename J::string_t;

  // May throw std::bad_alloc. false: exception set.
  static bool read(PyObject* from, J& to, int depth) {
    if (from == Py_None) {
      to = nullptr;
    } else if (PyBool_Check(from)) {
      to = from == Py_True;
    } else if (PyUnicode_Check(from)) {
      return read_text(from, to);
    } else if (PyFloat_Check(from)) {
      to = static_cast<typename J::number_float_t>(PyFloat_AS_DOUBLE(from));
    } else if (PyLong_Check(from) || (PyIndex_Check(from) && !PySequence_Check(from) && !is_numpy_bool(from))) {
      return read_whole(from, to);
    } else if (depth >= json_depth) {
      return refuse_json_depth();
    } else if (PyDict_Check(from)) {
      Ref items(PyDict_Items(from));
      return items && read_members(items.get(), to, depth);
    } else if (PyList_Check(from) || PyTuple_Check(from)) {
      return read_items(from, to, depth);
    } else {
      return read_other(from, to, depth);
    }
    return true;
  }

 private:
  static bool read_text(PyObject* from, J& to) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(from, &size);
    if (!text) return false;
    to = String(text, static_cast<size_t>(size));
    return true;
  }
  static bool read_whole(PyObject* from, J& to) {
    Ref number(PyNumber_Index(from));
    if (!number) return false;
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(number.get(), &overflow);
    if (!overflow) {
      if (value == -1 && PyErr_Occurred()) return false;
      if (value >= 0) {
        to = static_cast<typename J::number_unsigned_t>(value);  // as its parser does
      } else {
        to = static_cast<typename J::number_integer_t>(value);
      }
      return true;
    }
    const unsigned long long natural = overflow > 0 ? PyLong_AsUnsignedLongLong(number.get()) : 0;
    if (overflow < 0 || (natural == static_cast<unsigned long long>(-1) && PyErr_Occurred())) {
      PyErr_SetString(PyExc_OverflowError, "int has more than the 64 bits of a JSON number");
      return false;
    }
    to = static_cast<typename J::number_unsigned_t>(natural);
    return true;
  }
  static bool read_items(PyObject* from, J& to, int depth) {
    Array items;
    // Converting an item may run Python code that changes the list.
    for (Py_ssize_t i = 0; i < Py_SIZE(from); ++i) {
      Ref item = Ref::borrowed(PyList_Check(from) ? PyList_GET_ITEM(from, i) : PyTuple_GET_ITEM(from, i));
      J value;
      if (!read(item.get(), value, depth + 1)) return item_error("item", i, item.get());
      items.push_back(std::move(value));
    }
    to = std::move(items);
    return true;
  }
  static bool read_members(PyObject* items, J& to, int depth) {
    Object members;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); ++i) {
      Ref pair(PySequence_Tuple(PyList_GET_ITEM(items, i)));
      if (!pair) return false;
      if (PyTuple_GET_SIZE(pair.get()) != 2) {
        PyErr_SetString(PyExc_TypeError, "items() of a mapping must give pairs");
        return false;
      }
      PyObject* key = PyTuple_GET_ITEM(pair.get(), 0);
      if (!PyUnicode_Check(key)) {
        PyErr_Format(PyExc_TypeError, "keys of a JSON object must be str, not %.200s", full_name(Py_TYPE(key)));
        return false;
      }
      Py_ssize_t size = 0;
      const char* text = PyUnicode_AsUTF8AndSize(key, &size);
      J value;
      if (!text) return false;
      if (!read(PyTuple_GET_ITEM(pair.get(), 1), value, depth + 1)) return json_member_error(key);
      add(members, String(text, static_cast<size_t>(size)), std::move(value));
    }
    to = std::move(members);
    return true;
  }
  static void add(Object& to, String key, J value) {
    if constexpr (has_push_back<Object>::value) {
      to.push_back({std::move(key), std::move(value)});  // its emplace looks at all members, and a dict has none twice
    } else {
      to.emplace(std::move(key), std::move(value));
    }
  }
  template <class O, class = void>
  struct has_push_back : std::false_type {};
  template <class O>
  struct has_push_back<O, std::void_t<decltype(std::declval<O&>().push_back(std::declval<typename O::value_type>()))>>
      : std::true_type {};

  static bool read_other(PyObject* from, J& to, int depth) {
    if (PyBytes_Check(from) || PyByteArray_Check(from) || PyMemoryView_Check(from)) return read_bytes(from, to);
    if (is_real(Py_TYPE(from)) && !PySequence_Check(from)) {
      // A number of NumPy says what it is in Python: numpy.bool_ is a float, too.
      if (has_attribute(reinterpret_cast<PyObject*>(Py_TYPE(from)), "item")) {
        Ref plain(PyObject_CallMethod(from, "item", nullptr));
        if (!plain) return false;
        if (Py_TYPE(plain.get()) != Py_TYPE(from)) return read(plain.get(), to, depth + 1);
      }
      const double value = PyFloat_AsDouble(from);
      if (value == -1 && PyErr_Occurred()) return false;
      to = static_cast<typename J::number_float_t>(value);
      return true;
    }
    if (PyMapping_Check(from) && has_attribute(reinterpret_cast<PyObject*>(Py_TYPE(from)), "items")) {
      Ref given(PyMapping_Items(from));
      return given && read_members(given.get(), to, depth);
    }
    if (PySequence_Check(from)) {
      Ref items(PySequence_Tuple(from));
      return items && read_items(items.get(), to, depth);
    }
    PyErr_Format(PyExc_TypeError, "%.200s has no counterpart in JSON", full_name(Py_TYPE(from)));
    return false;
  }
  static bool read_bytes(PyObject* from, J& to) {
    Py_buffer view;
    if (PyObject_GetBuffer(from, &view, PyBUF_SIMPLE)) return false;
    const auto* data = static_cast<const unsigned char*>(view.buf);
    const bool read = guarded([&] { to = J::binary(typename J::binary_t::container_type(data, data + view.len)); });
    PyBuffer_Release(&view);
    return read;
  }
};

template <class J>
PyObject* give_json(const J& from, int depth) noexcept {
  using T = nlohmann::detail::value_t;
  switch (from.type()) {
    case T::null: return give_none();
    case T::boolean: return PyBool_FromLong(*from.template get_ptr<const typename J::boolean_t*>());
    case T::number_integer: return PyLong_FromLongLong(*from.template get_ptr<const typename J::number_integer_t*>());
    case T::number_unsigned: return PyLong_FromUnsignedLongLong(*from.template get_ptr<const typename J::number_unsigned_t*>());
    case T::number_float: return PyFloat_FromDouble(double(*from.template get_ptr<const typename J::number_float_t*>()));
    case T::string: {
      const auto& text = *from.template get_ptr<const typename J::string_t*>();
      return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "strict");
    }
    case T::binary: {
      const auto& bytes = *from.template get_ptr<const typename J::binary_t*>();
      return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(bytes.data()), static_cast<Py_ssize_t>(bytes.size()));
    }
    case T::array: {
      if (depth >= json_depth) return refuse_json_depth(), nullptr;
      const auto& items = *from.template get_ptr<const typename J::array_t*>();
      Ref list(PyList_New(static_cast<Py_ssize_t>(items.size())));
      Py_ssize_t i = 0;
      for (auto at = items.begin(); list && at != items.end(); ++at) {
        PyObject* item = give_json(*at, depth + 1);
        if (!item) return nullptr;
        PyList_SET_ITEM(list.get(), i++, item);
      }
      return list.release();
    }
    case T::object: {
      if (depth >= json_depth) return refuse_json_depth(), nullptr;
      const auto& members = *from.template get_ptr<const typename J::object_t*>();
      Ref dict(PyDict_New());
      for (auto at = members.begin(); dict && at != members.end(); ++at) {
        Ref key(PyUnicode_DecodeUTF8(at->first.data(), static_cast<Py_ssize_t>(at->first.size()), "strict"));
        Ref value(key ? give_json(at->second, depth + 1) : nullptr);
        if (!value || PyDict_SetItem(dict.get(), key.get(), value.get()) < 0) return nullptr;
      }
      return dict.release();
    }
    default: PyErr_SetString(PyExc_ValueError, "discarded JSON value: what was parsed is none"); return nullptr;
  }
}

template <>
struct Translate<hooks::json> {
  static bool raise() noexcept {
    try {
      throw;
    } catch (const nlohmann::detail::type_error& error) {
      raise_text(PyExc_TypeError, error.what());
    } catch (const nlohmann::detail::out_of_range& error) {
      raise_text(error.id == 401 || error.id == 402 ? PyExc_IndexError : error.id == 403 ? PyExc_KeyError : PyExc_ValueError,
                 error.what());
    } catch (const nlohmann::detail::exception& error) {
      raise_text(PyExc_ValueError, error.what());
    } catch (...) {
      return false;
    }
    return true;
  }
};

template <class T>
struct is_json : std::false_type {};
template <template <class, class, class...> class O, template <class, class...> class A, class S, class B, class I, class U, class F,
          template <class> class Al, template <class, class> class Se, class Bi>
struct is_json<nlohmann::basic_json<O, A, S, B, I, U, F, Al, Se, Bi>> : std::true_type {};

template <class J>
struct Convert<J, std::enable_if_t<is_json<J>::value>> {
  using Slot = J;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    bool read = false;
    return guarded([&] { read = JsonReader<J>::read(from, slot, 0); }) && read;
  }
  static const J& view(Slot& slot) noexcept { return slot; }
  static J pull(Slot& slot) noexcept { return std::move(slot); }
  static PyObject* give(const J& value, Home) noexcept { return give_json(value, 0); }
  // Behind every type that is meant more exactly.
  static int rank(PyObject* from, Home) noexcept {
    const bool plain = from == Py_None || PyUnicode_Check(from) || PyMapping_Check(from) || PySequence_Check(from);
    return plain || is_real(Py_TYPE(from)) ? int{user_conversion} : int{last_resort};
  }
};

}  // namespace v1
}  // namespace dovetail
