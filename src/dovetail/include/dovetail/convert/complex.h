// dovetail/convert/complex.h: std::complex<F> <-> complex.
// Taken from complex, float, int and whatever has __complex__, __float__ or __index__; a part too large for F is OverflowError.
#pragma once
#include <dovetail/convert/format.h>
#include <dovetail/core/arguments.h>

#include <cmath>
#include <complex>
#include <limits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A wrong type returns false without an exception.
[[gnu::noinline]] inline bool take_complex(PyObject* from, Complex& out) noexcept {
  const bool numeric = PyComplex_Check(from) || is_real(Py_TYPE(from));
  if (!numeric && !shows_attribute(reinterpret_cast<PyObject*>(Py_TYPE(from)), "__complex__")) return false;
  return read_complex(from, out);
}

DOVETAIL_COLD inline bool complex_overflow() noexcept {
  PyErr_SetString(PyExc_OverflowError, "complex number too large for std::complex<float>");
  return false;
}

template <class F>
struct ElementFormat<std::complex<F>, std::enable_if_t<std::is_floating_point_v<F>>> {
  static constexpr const char* text = sizeof(F) == 4 ? "Zf" : sizeof(F) == 8 ? "Zd" : "Zg";
};

template <class F>
struct Convert<std::complex<F>> {
  using Slot = std::complex<F>;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    Complex c;
    if (!take_complex(from, c)) return false;
    if (sizeof(F) < sizeof(double)) {
      constexpr double limit = double(std::numeric_limits<F>::max());
      if ((std::isfinite(c.real) && std::fabs(c.real) > limit) || (std::isfinite(c.imag) && std::fabs(c.imag) > limit))
        return complex_overflow();
    }
    slot = Slot(F(c.real), F(c.imag));
    return true;
  }
  static const std::complex<F>& view(Slot& slot) { return slot; }
  static std::complex<F> pull(Slot& slot) { return slot; }
  static PyObject* give(const std::complex<F>& c, Home) {
    return PyComplex_FromDoubles(double(c.real()), double(c.imag()));
  }
  static int rank(PyObject* from, Home) noexcept {
    if (PyComplex_Check(from)) return 0;
    if (PyFloat_Check(from) || PyLong_Check(from)) return 1;
    if (is_real(Py_TYPE(from))) return 2;
    return has_attribute(reinterpret_cast<PyObject*>(Py_TYPE(from)), "__complex__") ? 2 : -1;
  }
};

}  // namespace v1
}  // namespace dovetail
