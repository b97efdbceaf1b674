/// What rowlog throws besides `std::system_error` (a file that cannot be opened or written), `std::invalid_argument` and, for
/// numbers of rows, items and ids that there are not, `std::out_of_range`.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace rowlog {

/// A part of a file that cannot be read.
struct Damage {
  std::string path;
  std::uint64_t offset = 0;  ///< Where in the file it begins.
  std::uint64_t length = 0;  ///< How many bytes are left out because of it.
  std::string reason;

  bool operator==(const Damage&) const = default;
};

/// Something is not a row log, or does not fit together with what is read beside it.
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A row log is damaged, and the reader was not told to leave the damaged parts out.
class DamageError : public FormatError {
 public:
  explicit DamageError(const Damage& damage)
      : FormatError(damage.path + ": at byte " + std::to_string(damage.offset) + ": " + damage.reason),
        path_(damage.path),
        offset_(damage.offset),
        length_(damage.length),
        reason_(damage.reason) {}

  const std::string& path() const { return path_; }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t length() const { return length_; }
  const std::string& reason() const { return reason_; }

 private:
  std::string path_;
  std::uint64_t offset_;
  std::uint64_t length_;
  std::string reason_;
};

/// A name that a log does not have, or that is not in a row. What it says names those that are spelled alike.
class NoSuchName : public std::out_of_range {
 public:
  using std::out_of_range::out_of_range;
};

/// A call was ended by `cancel()`.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

}  // namespace rowlog
