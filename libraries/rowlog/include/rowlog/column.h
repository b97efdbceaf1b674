/// All values of one name, as arrays.
#pragma once

#include <rowlog/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

namespace rowlog {

namespace detail {
class Contents;
class Memory;
}  // namespace detail

/// The values of one id in all rows of a log, or in those that a filter chose, in order. Its arrays live as long as it
/// does; those of a sealed file are the file itself.
class Column {
 public:
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  const IdMetadata& metadata() const { return parts_.metadata; }
  const std::string& name() const { return parts_.metadata.name; }
  ValueKind kind() const { return parts_.metadata.kind; }
  std::size_t size() const { return parts_.size; }

  /// The values of an integer column. Throws std::invalid_argument for one of reals.
  std::span<const std::int64_t> integers() const;
  /// The values of a column of reals. Throws std::invalid_argument for one of integers.
  std::span<const double> reals() const;
  /// For each value, the number of its row in the log.
  std::span<const std::uint32_t> rows() const;
  /// For each value, the time of its row. Worked out at the first call.
  std::span<const std::int64_t> times() const;

 private:
  friend class detail::Contents;
  friend class Selection;

  // Where the arrays are, and what has to live for them.
  struct Parts {
    IdMetadata metadata;
    const void* values = nullptr;
    std::size_t size = 0;
    bool isRegular = false;                  // one value in every row, so that no row numbers are needed
    const std::uint32_t* rows = nullptr;     // unless it is regular
    const std::int64_t* times = nullptr;     // for each value; where null, they are found by `rowTimes`
    std::span<const std::int64_t> rowTimes;  // for each row of the log
    std::shared_ptr<const detail::Memory> keepsValues;
    std::shared_ptr<const Column> keepsColumn;  // of which this one is a stretch
  };
  explicit Column(Parts parts) : parts_(std::move(parts)) {}
  static std::shared_ptr<const Column> make(Parts parts) {
    return std::shared_ptr<const Column>(new Column(std::move(parts)));
  }

  Parts parts_;
  mutable std::once_flag rowsOnce_, timesOnce_;
  mutable std::shared_ptr<const detail::Memory> ownRows_, ownTimes_;
};

}  // namespace rowlog
