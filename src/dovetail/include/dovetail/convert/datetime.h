// dovetail/convert/datetime.h: datetime, date and timedelta as C++ numbers and back.
//
// By the C functions of the datetime module; with the limited API, which has none of them, by its classes and attributes.
// give_* return a new reference, or nullptr with an exception set; is_* never raise.
#pragma once
#include <dovetail/core/python.h>

#ifndef Py_LIMITED_API
#include <datetime.h>
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct CivilTime {
  int year, month, day, hour, minute, second, micro;
};

#ifdef Py_LIMITED_API

DOVETAIL_COLD inline Ref datetime_class(const char* name) noexcept {
  Ref module(PyImport_ImportModule("datetime"));
  return Ref(module ? get_attribute(module.get(), name) : nullptr);
}
DOVETAIL_COLD inline bool is_datetime_instance(PyObject* o, const char* name) noexcept {
  const Ref wanted = datetime_class(name);
  const int found = wanted ? PyObject_IsInstance(o, wanted.get()) : -1;
  if (found < 0) PyErr_Clear();
  return found > 0;
}
DOVETAIL_COLD inline bool read_part(PyObject* o, const char* name, int& out) noexcept {
  Ref part(get_attribute(o, name));
  const long value = part ? PyLong_AsLong(part.get()) : -1;
  if (value == -1 && PyErr_Occurred()) return false;
  out = static_cast<int>(value);
  return true;
}

inline bool is_delta_object(PyObject* o) noexcept { return is_datetime_instance(o, "timedelta"); }
inline bool is_datetime_object(PyObject* o) noexcept { return is_datetime_instance(o, "datetime"); }
inline bool is_date_object(PyObject* o) noexcept { return is_datetime_instance(o, "date"); }

inline PyObject* give_delta(int days, int seconds, int micro) noexcept {
  const Ref made = datetime_class("timedelta");
  return made ? PyObject_CallFunction(made.get(), "iii", days, seconds, micro) : nullptr;
}
inline PyObject* give_delta_of(double seconds) noexcept {
  const Ref made = datetime_class("timedelta");
  return made ? PyObject_CallFunction(made.get(), "id", 0, seconds) : nullptr;
}
inline Ref utc_zone() noexcept {
  const Ref zones = datetime_class("timezone");
  return Ref(zones ? get_attribute(zones.get(), "utc") : nullptr);
}
inline PyObject* give_utc(const CivilTime& t) noexcept {
  const Ref made = datetime_class("datetime");
  const Ref utc = made ? utc_zone() : Ref();
  if (!utc) return nullptr;
  return PyObject_CallFunction(made.get(), "iiiiiiiO", t.year, t.month, t.day, t.hour, t.minute, t.second, t.micro, utc.get());
}
inline PyObject* give_date(int year, int month, int day) noexcept {
  const Ref made = datetime_class("date");
  return made ? PyObject_CallFunction(made.get(), "iii", year, month, day) : nullptr;
}

inline bool read_delta(PyObject* o, int& days, int& seconds, int& micro) noexcept {
  return read_part(o, "days", days) && read_part(o, "seconds", seconds) && read_part(o, "microseconds", micro);
}
inline bool read_date(PyObject* o, CivilTime& t) noexcept {
  return read_part(o, "year", t.year) && read_part(o, "month", t.month) && read_part(o, "day", t.day);
}
inline bool read_civil(PyObject* o, CivilTime& t) noexcept {
  return read_date(o, t) && read_part(o, "hour", t.hour) && read_part(o, "minute", t.minute) && read_part(o, "second", t.second) &&
         read_part(o, "microsecond", t.micro);
}

#else

// The table of datetime's C functions: one per process and constant, CPython's header keeps the pointer.
[[gnu::noinline]] inline PyDateTime_CAPI* datetime_api() noexcept {
  if (!PyDateTimeAPI) PyDateTime_IMPORT;
  return PyDateTimeAPI;
}
inline bool has_datetime() noexcept {
  if (datetime_api()) return true;
  PyErr_Clear();
  return false;
}

inline bool is_delta_object(PyObject* o) noexcept { return has_datetime() && PyDelta_Check(o); }
inline bool is_datetime_object(PyObject* o) noexcept { return has_datetime() && PyDateTime_Check(o); }
inline bool is_date_object(PyObject* o) noexcept { return has_datetime() && PyDate_Check(o); }

inline PyObject* give_delta(int days, int seconds, int micro) noexcept {
  PyDateTime_CAPI* api = datetime_api();
  return api ? api->Delta_FromDelta(days, seconds, micro, 0, api->DeltaType) : nullptr;
}
inline PyObject* give_delta_of(double seconds) noexcept {
  PyDateTime_CAPI* api = datetime_api();
  return api ? PyObject_CallFunction(reinterpret_cast<PyObject*>(api->DeltaType), "id", 0, seconds) : nullptr;
}
inline Ref utc_zone() noexcept { return Ref::borrowed(datetime_api() ? PyDateTimeAPI->TimeZone_UTC : nullptr); }
inline PyObject* give_utc(const CivilTime& t) noexcept {
  PyDateTime_CAPI* api = datetime_api();
  if (!api) return nullptr;
  return api->DateTime_FromDateAndTime(t.year, t.month, t.day, t.hour, t.minute, t.second, t.micro, api->TimeZone_UTC,
                                       api->DateTimeType);
}
inline PyObject* give_date(int year, int month, int day) noexcept {
  PyDateTime_CAPI* api = datetime_api();
  return api ? api->Date_FromDate(year, month, day, api->DateType) : nullptr;
}

inline bool read_delta(PyObject* o, int& days, int& seconds, int& micro) noexcept {
  days = PyDateTime_DELTA_GET_DAYS(o);
  seconds = PyDateTime_DELTA_GET_SECONDS(o);
  micro = PyDateTime_DELTA_GET_MICROSECONDS(o);
  return true;
}
inline bool read_date(PyObject* o, CivilTime& t) noexcept {
  t.year = PyDateTime_GET_YEAR(o);
  t.month = PyDateTime_GET_MONTH(o);
  t.day = PyDateTime_GET_DAY(o);
  return true;
}
inline bool read_civil(PyObject* o, CivilTime& t) noexcept {
  t.hour = PyDateTime_DATE_GET_HOUR(o);
  t.minute = PyDateTime_DATE_GET_MINUTE(o);
  t.second = PyDateTime_DATE_GET_SECOND(o);
  t.micro = PyDateTime_DATE_GET_MICROSECOND(o);
  return read_date(o, t);
}

#endif

}  // namespace v1
}  // namespace dovetail
