// Every arithmetic type, in and out, by value and by const reference.
#pragma once
#include <cstdint>
namespace numbers_ {

int same_int(int value);
int plus(int left, int right);
inline int same_int(int value) { return value; }
inline int plus(int left, int right) { return left + right; }
inline bool same_bool(bool value) { return value; }
inline signed char same_signed_char(signed char value) { return value; }
inline unsigned char same_unsigned_char(unsigned char value) { return value; }
inline short same_short(short value) { return value; }
inline unsigned short same_unsigned_short(unsigned short value) { return value; }
inline unsigned same_unsigned(unsigned value) { return value; }
inline long same_long(long value) { return value; }
inline unsigned long same_unsigned_long(unsigned long value) { return value; }
inline long long same_long_long(long long value) { return value; }
inline std::int8_t same_int8(std::int8_t value) { return value; }
inline std::uint8_t same_uint8(std::uint8_t value) { return value; }
inline std::int64_t same_int64(std::int64_t value) { return value; }
inline std::uint64_t same_uint64(std::uint64_t value) { return value; }
inline float same_float(float value) { return value; }
inline double same_double(double value) { return value; }
inline double half(const double& value) { return value / 2; }
inline const int& largest(const int& left, const int& right) {
  static int kept;
  kept = left < right ? right : left;
  return kept;
}
int unnamed(int);
inline int unnamed(int value) { return value + 1; }
inline void nothing() {}
inline double three(double a, double b, double c) { return a + 10 * b + 100 * c; }

}  // namespace numbers_
