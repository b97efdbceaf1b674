// dovetail/convert/chrono.h: std::chrono <-> datetime.
//   duration<…>                 <-> timedelta; an integer duration refuses (ValueError) what it cannot hold exactly
//   system_clock time points    ->  datetime in UTC (aware); <- datetime: aware as it says, naive in local time as Python does
//   other clocks' time points   <-> timedelta since the clock's epoch
//   year_month_day (C++20)      <-> date
// Python counts microseconds: finer ticks are rounded down on the way out, and on the way in where a time point is coarser.
#pragma once
#include <dovetail/convert/datetime.h>
#include <dovetail/convert/guarded.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct Microseconds {  // 0 <= micro < 1000000
  int64_t seconds;
  int32_t micro;
};

inline int64_t floor_divide(int64_t a, int64_t b, int64_t& rest) noexcept {
  int64_t quotient = a / b;
  rest = a % b;
  if (rest < 0) {
    rest += b;
    --quotient;
  }
  return quotient;
}

DOVETAIL_COLD inline bool time_overflow() noexcept {
  PyErr_SetString(PyExc_OverflowError, "out of the range of the C++ time type");
  return false;
}

// ticks of num/den seconds -> whole seconds and microseconds, rounded down. False with OverflowError.
[[gnu::noinline]] inline bool split_ticks(int64_t ticks, int64_t num, int64_t den, Microseconds& out) noexcept {
  int64_t rest = 0;
  const int64_t whole = floor_divide(ticks, den, rest);  // ticks = whole * den + rest
  if (whole > INT64_MAX / 2 / num || whole < INT64_MIN / 2 / num) return time_overflow();
  // rest * num / den seconds are left; rest < den. Long double holds all ratios of the standard library exactly enough only
  // for den == 1, so the fraction is taken by parts: whole seconds of rest * num first.
  if (num > INT64_MAX / den) return time_overflow();
  int64_t left = 0;
  const int64_t extra = floor_divide(rest * num, den, left);
  out.seconds = whole * num + extra;
  out.micro = den > INT64_MAX / 1000000 ? int32_t(left / (den / 1000000)) : int32_t(left * 1000000 / den);
  return true;
}

// The reverse. `exact`: refuse (ValueError) instead of rounding down.
[[gnu::noinline]] inline bool join_ticks(Microseconds time, int64_t num, int64_t den, bool exact, int64_t& out) noexcept {
  int64_t rest = 0, left = 0;
  const int64_t whole = floor_divide(time.seconds, num, rest);  // periods of num seconds; rest < num seconds are left
  if (whole > (INT64_MAX - den) / den || whole < (INT64_MIN + den) / den) return time_overflow();
  int64_t ticks = whole * den;
  // rest seconds and the microseconds, in ticks: (rest * 1000000 + micro) * den / (num * 1000000), by parts.
  if (num > INT64_MAX / den || num > INT64_MAX / 1000000) return time_overflow();
  const int64_t from_rest = floor_divide(rest * den, num, left);  // left / num ticks remain
  // den <= 10^12 keeps micro * den within 64 bits.
  if (den > INT64_MAX / 2000000 || left > INT64_MAX / 2000000) return time_overflow();
  int64_t lost = 0;
  const int64_t fine = floor_divide(left * 1000000 + int64_t(time.micro) * den, num * 1000000, lost);
  if (lost && exact) {
    PyErr_SetString(PyExc_ValueError, "finer than the C++ duration can hold");
    return false;
  }
  out = ticks + from_rest + fine;
  return true;
}

[[gnu::noinline]] inline PyObject* give_timedelta(Microseconds time) noexcept {
  int64_t rest = 0;
  const int64_t days = floor_divide(time.seconds, 86400, rest);
  if (days > 999999999 || days < -999999999) {
    PyErr_SetString(PyExc_OverflowError, "duration out of the range of timedelta");
    return nullptr;
  }
  return give_delta(int(days), int(rest), time.micro);
}

[[gnu::noinline]] inline PyObject* give_timedelta_ticks(int64_t ticks, int64_t num, int64_t den) noexcept {
  Microseconds time;
  return split_ticks(ticks, num, den, time) ? give_timedelta(time) : nullptr;
}

// Rounds as timedelta(seconds=…) does, by calling it.
[[gnu::noinline]] inline PyObject* give_timedelta_seconds(double seconds) noexcept {
  return give_delta_of(seconds);
}

inline bool read_timedelta(PyObject* from, Microseconds& out) noexcept {
  int days = 0, seconds = 0, micro = 0;
  if (!read_delta(from, days, seconds, micro)) return false;
  out.seconds = int64_t{days} * 86400 + seconds;
  out.micro = micro;
  return true;
}

[[gnu::noinline]] inline bool is_timedelta(PyObject* from) noexcept {
  if (PyLong_Check(from) || PyFloat_Check(from) || PyUnicode_Check(from)) return false;
  return is_delta_object(from);
}

[[gnu::noinline]] inline bool is_datetime(PyObject* from) noexcept {
  if (PyLong_Check(from) || PyFloat_Check(from) || PyUnicode_Check(from)) return false;
  return is_datetime_object(from);
}

[[gnu::noinline]] inline bool take_timedelta(PyObject* from, Microseconds& out) noexcept {
  return is_timedelta(from) && read_timedelta(from, out);
}

[[gnu::noinline]] inline bool take_timedelta_ticks(PyObject* from, int64_t num, int64_t den, int64_t& out) noexcept {
  Microseconds time;
  return take_timedelta(from, time) && join_ticks(time, num, den, true, out);
}

// Days since 1970-01-01 <-> civil date in the proleptic Gregorian calendar, eras of 400 years from 0000-03-01.
inline int64_t days_of(int64_t year, int month, int day) noexcept {
  year -= month <= 2;
  int64_t year_of_era = 0;
  const int64_t era = floor_divide(year, 400, year_of_era);
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

inline void date_of(int64_t days, int64_t& year, int& month, int& day) noexcept {
  int64_t day_of_era = 0;
  const int64_t era = floor_divide(days + 719468, 146097, day_of_era);
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  day = int(day_of_year - (153 * shifted + 2) / 5 + 1);
  month = int(shifted < 10 ? shifted + 3 : shifted - 9);
  year = year_of_era + era * 400 + (month <= 2);
}

// Seconds since 1970 in UTC -> aware datetime.
[[gnu::noinline]] inline PyObject* give_datetime(Microseconds time) noexcept {
  int64_t rest = 0, year = 0;
  int month = 0, day = 0;
  const int64_t days = floor_divide(time.seconds, 86400, rest);
  if (days < days_of(1, 1, 1) || days > days_of(9999, 12, 31)) {
    PyErr_SetString(PyExc_OverflowError, "time point out of the range of datetime (years 1 to 9999)");
    return nullptr;
  }
  date_of(days, year, month, day);
  return give_utc({int(year), month, day, int(rest / 3600), int(rest / 60 % 60), int(rest % 60), time.micro});
}

[[gnu::noinline]] inline PyObject* give_datetime_ticks(int64_t ticks, int64_t num, int64_t den) noexcept {
  Microseconds time;
  return split_ticks(ticks, num, den, time) ? give_datetime(time) : nullptr;
}

[[gnu::noinline]] inline bool take_datetime(PyObject* from, Microseconds& out) noexcept {
  if (!is_datetime(from)) return false;
  // astimezone() reads a naive datetime as local time, which is Python's own rule.
  const Ref zone = utc_zone();
  Ref utc(zone ? PyObject_CallMethod(from, "astimezone", "O", zone.get()) : nullptr);
  if (!utc) return false;
  if (!is_datetime_object(utc.get())) {
    PyErr_SetString(PyExc_TypeError, "astimezone() did not return a datetime");
    return false;
  }
  CivilTime t{};
  if (!read_civil(utc.get(), t)) return false;
  out.seconds = days_of(t.year, t.month, t.day) * 86400 + t.hour * 3600 + t.minute * 60 + t.second;
  out.micro = t.micro;
  return true;
}

// Ticks fit the representation, or OverflowError.
template <class Rep>
bool fit_ticks(int64_t ticks, Rep& out) noexcept {
  if constexpr (std::is_unsigned_v<Rep>) {
    if (ticks < 0) return time_overflow();
  }
  out = static_cast<Rep>(ticks);
  return static_cast<int64_t>(out) == ticks || time_overflow();
}

template <class Rep>
bool exceeds_int64(Rep ticks) noexcept {
  if constexpr (std::is_unsigned_v<Rep> && sizeof(Rep) == 8) return ticks > Rep(INT64_MAX);
  (void)ticks;
  return false;
}

template <class Rep, class Period>
struct Convert<std::chrono::duration<Rep, Period>> {
  using Whole = std::chrono::duration<Rep, Period>;
  using Slot = Whole;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    if constexpr (std::is_floating_point_v<Rep>) {
      Microseconds time;
      if (!take_timedelta(from, time)) return false;
      slot = Whole(Rep((static_cast<long double>(time.seconds) + time.micro / 1e6L) * Period::den / Period::num));
      return true;
    } else {
      int64_t ticks = 0;
      Rep fitted{};
      if (!take_timedelta_ticks(from, Period::num, Period::den, ticks) || !fit_ticks(ticks, fitted)) return false;
      slot = Whole(fitted);
      return true;
    }
  }
  static const Whole& view(Slot& slot) { return slot; }
  static Whole pull(Slot& slot) { return slot; }
  static PyObject* give(const Whole& value, Home) {
    if constexpr (std::is_floating_point_v<Rep>) {
      return give_timedelta_seconds(double(static_cast<long double>(value.count()) * Period::num / Period::den));
    } else {
      if (exceeds_int64(value.count())) return time_overflow(), nullptr;
      return give_timedelta_ticks(int64_t(value.count()), Period::num, Period::den);
    }
  }
  static int rank(PyObject* from, Home) noexcept { return is_timedelta(from) ? 0 : -1; }
};

template <class Duration>
struct Convert<std::chrono::time_point<std::chrono::system_clock, Duration>> {
  using Whole = std::chrono::time_point<std::chrono::system_clock, Duration>;
  using Rep = typename Duration::rep;
  using Period = typename Duration::period;
  using Slot = Whole;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    Microseconds time;
    if (!take_datetime(from, time)) return false;
    if constexpr (std::is_floating_point_v<Rep>) {
      slot = Whole(Duration(Rep((static_cast<long double>(time.seconds) + time.micro / 1e6L) * Period::den / Period::num)));
    } else {
      int64_t ticks = 0;
      Rep fitted{};
      if (!join_ticks(time, Period::num, Period::den, false, ticks) || !fit_ticks(ticks, fitted)) return false;
      slot = Whole(Duration(fitted));
    }
    return true;
  }
  static const Whole& view(Slot& slot) { return slot; }
  static Whole pull(Slot& slot) { return slot; }
  static PyObject* give(const Whole& value, Home) {
    if constexpr (std::is_floating_point_v<Rep>) {
      const long double seconds = static_cast<long double>(value.time_since_epoch().count()) * Period::num / Period::den;
      const long double whole = std::floor(seconds);
      if (!(whole > -1e15L && whole < 1e15L)) return time_overflow(), nullptr;
      return give_datetime({int64_t(whole), int32_t((seconds - whole) * 1e6L)});
    } else {
      return give_datetime_ticks(int64_t(value.time_since_epoch().count()), Period::num, Period::den);
    }
  }
  static int rank(PyObject* from, Home) noexcept { return is_datetime(from) ? 0 : -1; }
};

template <class Clock, class Duration>
struct Convert<std::chrono::time_point<Clock, Duration>> {
  using Whole = std::chrono::time_point<Clock, Duration>;
  using Slot = Whole;
  static bool take(PyObject* from, Slot& slot, Home home) noexcept {
    typename Convert<Duration>::Slot inner{};
    if (!Convert<Duration>::take(from, inner, home)) return false;
    slot = Whole(inner);
    return true;
  }
  static const Whole& view(Slot& slot) { return slot; }
  static Whole pull(Slot& slot) { return slot; }
  static PyObject* give(const Whole& value, Home home) { return Convert<Duration>::give(value.time_since_epoch(), home); }
  static int rank(PyObject* from, Home) noexcept { return is_timedelta(from) ? 0 : -1; }
};

// libstdc++ had the calendar long before it had all that the feature macro promises.
#if __cplusplus >= 202002L && \
    ((defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE >= 11) || (defined(__cpp_lib_chrono) && __cpp_lib_chrono >= 201907L))
template <>
struct Convert<std::chrono::year_month_day> {
  using Whole = std::chrono::year_month_day;
  using Slot = Whole;
  static bool take(PyObject* from, Slot& slot, Home) noexcept {
    CivilTime t{};
    if (rank(from, Home{}) < 0 || !read_date(from, t)) return false;
    slot = Whole(std::chrono::year(t.year), std::chrono::month(unsigned(t.month)), std::chrono::day(unsigned(t.day)));
    return true;
  }
  static const Whole& view(Slot& slot) { return slot; }
  static Whole pull(Slot& slot) { return slot; }
  static PyObject* give(const Whole& value, Home) {
    return give_date(int(value.year()), int(unsigned(value.month())), int(unsigned(value.day())));
  }
  static int rank(PyObject* from, Home) noexcept {
    return !is_datetime(from) && is_date_object(from) ? 0 : -1;
  }
};
#endif

}  // namespace v1
}  // namespace dovetail
