/// The words of rowlog. A log is a list of records, each an id and eight bytes of value; metadata say what the ids are
/// called and whether their values are integers or reals. A record of the id named "timestamp" starts a row; the records
/// after it are the items of that row. An id may be there several times in one row, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

namespace rowlog {

/// The name of the id whose records start rows; its values are nanoseconds, usually since 1970.
inline constexpr const char* kTimestamp = "timestamp";

/// What a record carries; the metadata of its id says which of the two.
using BData = std::variant<std::int64_t, double>;

enum class ValueKind : std::uint8_t { integer, real };

/// What a log says about one id.
struct IdMetadata {
  int id = 0;
  std::string name;
  ValueKind kind = ValueKind::real;
  std::string unit;  ///< As in "USD"; may be empty.
  std::string text;  ///< Words for people; may be empty.

  bool operator==(const IdMetadata&) const = default;
};

/// Is told how many bytes of how many are done, on the thread that made the call, about a hundred times a second. An
/// exception that it throws ends the work, and comes out of the call.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

}  // namespace rowlog
