// dovetail/convert.h: conversions of your own, for types that should not be bound as classes.
//
//     #include <dovetail/convert.h>
//
//     template <>
//     struct dovetail::convert<lib::Money> {
//       static constexpr const char* annotation = "decimal.Decimal";
//       static std::optional<lib::Money> take(PyObject* object);
//       static PyObject* give(const lib::Money& value);
//     };
//
//   annotation   what Python sees in signatures and stubs; `takes` and `gives` where the two ways differ
//   take         from Python: nullopt without an exception where the object is of another type (a TypeError then names the
//                argument), nullopt with one where its value will not do. A C++ exception becomes a Python one as usual.
//   give         to Python: a new reference, or nullptr with an exception set
//   accepts      bool (PyObject*), may be left out: whether take() would want it, cheaper; overloads are chosen by it
//
// One of take and give may be left out: the type then goes one way only. Both run with the GIL held. The specialisation
// stands in one of the headers that are bound; dovetail then uses it everywhere, also inside of containers and optionals.
#ifndef DOVETAIL_CONVERT_H
#define DOVETAIL_CONVERT_H

#include <optional>
#ifdef DOVETAIL_PARSE  // dovetail reads declarations only, and needs no Python for that
struct _object;
typedef struct _object PyObject;
#else
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#endif

namespace dovetail {

template <class T>
struct convert;  // no definition: specialise it

}  // namespace dovetail

#endif
