// A stretch of rows that lie together in one file: a chunk of a log, or a piece of a file of records.
#pragma once

#include <rowlog/error.h>
#include <rowlog/rows.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format.h"
#include "memory.h"
#include "names.h"

namespace rowlog::detail {

// How many values of a slot there are, and the place of its id in the header.
struct Tally {
  std::uint32_t slot = 0;
  std::uint32_t place = 0;
  std::uint64_t count = 0;
};

// Immutable but for what is worked out once, behind a lock: whether the checksums are right, records made of columns, and
// where rows begin.
struct Segment {
  std::shared_ptr<const std::string> path;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t length = 0;
  std::uint32_t file = 0;  // its number in the log
  std::shared_ptr<const Memory> memory;
  std::shared_ptr<const IdTable> ids;
  std::shared_ptr<const Names> names;
  ChunkHeader header;  // of a piece of a file of records: as if it were a chunk
  Bytes body;
  std::vector<Tally> tallies;  // by slot
  std::uint64_t firstRow = 0;  // in the log
  bool timesKnown = true;      // the header says the smallest and greatest time

  bool isColumns() const { return header.kind == ChunkKind::columns; }
  std::uint64_t rowCount() const { return header.rows; }
  const Tally* tallyOf(std::uint32_t slot) const;
  // What the log calls an id of its own.
  std::string_view nameOf(std::int32_t logId) const;

  // The methods below throw DamageError where the file is not what its checksums say.

  // Checks everything that was not checked before.
  void check() const;
  // Checks the arrays of one column, by its place in the header.
  void checkColumn(std::size_t place) const;
  // The records as they are in the file, or made of the columns; of ids as in the file.
  const unsigned char* records() const;
  std::uint64_t recordCount() const;
  // Where the records of the rows begin; one place more for the end of the last one.
  const std::uint32_t* places() const;

  const unsigned char* columnValues(std::size_t place) const { return body.data() + header.blocks[place].values; }
  const std::uint32_t* columnRows(std::size_t place) const {
    return reinterpret_cast<const std::uint32_t*>(body.data() + header.blocks[place].rows);
  }

  // What `check` finds, instead of an exception. With `columns`, a damaged column alone is left out of the tallies, and
  // told by what is returned: for segments that nobody else knows yet.
  std::vector<Damage> leaveOutDamage();
  // The columns were left out that have no tally.
  bool isLost(std::size_t place) const { return !lost.empty() && lost[place]; }

  Damage damage(const std::string& reason) const { return {*path, offset, length, reason}; }

  std::vector<bool> lost;
  mutable std::atomic<bool> checked{false};

 private:
  std::optional<std::string> faultOfRows() const;
  std::optional<std::string> faultOfColumn(std::size_t place) const;
  std::optional<std::string> faultOfOrder() const;
  std::shared_ptr<const Memory> unpack() const;

  mutable std::mutex mutex_;
  mutable std::vector<bool> columnChecked_;
  mutable std::shared_ptr<const Memory> unpacked_;
  mutable std::uint64_t unpackedCount_ = 0;
  mutable std::shared_ptr<const Memory> places_;
  mutable std::atomic<const unsigned char*> records_{nullptr};
  mutable std::atomic<const std::uint32_t*> starts_{nullptr};
};

}  // namespace rowlog::detail
