// All rows of a log as they were at one moment: what readers, rows and selections share.
#pragma once

#include <rowlog/column.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "names.h"
#include "segment.h"
#include "work.h"

namespace rowlog::detail {

// What all calls on one reader share, also those on contents that it no longer shows.
struct Conduct {
  unsigned threads = 0;
  Progress progress;
  std::atomic<std::uint64_t> cancels{0};

  Effort effort() const { return {threads, &progress, &cancels}; }
};

class Contents {
 public:
  using Segments = std::vector<std::shared_ptr<const Segment>>;

  // Numbers the rows of the segments. Throws FormatError if there are more than four thousand million.
  Contents(std::vector<std::shared_ptr<Segment>> fresh, const Contents* before, std::size_t keptSegments,
           std::shared_ptr<const Names> names, std::shared_ptr<const Conduct> conduct);

  const Names& names() const { return *names_; }
  const Segments& segments() const { return segments_; }
  std::uint64_t rowCount() const { return rows_; }
  std::uint64_t recordCount() const { return records_; }
  std::uint64_t count(std::uint32_t slot) const { return counts_[slot]; }
  Effort effort() const { return conduct_->effort(); }

  // The segment of a row that there is.
  const Segment& segmentOf(std::uint64_t row) const;

  std::shared_ptr<const Column> column(std::uint32_t slot) const;
  std::vector<std::shared_ptr<const Column>> columns() const;
  // The smallest and the greatest time, where there is a row.
  std::pair<std::int64_t, std::int64_t> timeRange() const;
  // The times of all rows.
  std::span<const std::int64_t> times() const;

 private:
  struct Wanted {
    std::uint32_t slot = 0;
    Column::Parts parts;
    std::vector<std::uint64_t> starts;  // of every segment, among the values
  };

  std::uint32_t timestampSlot() const;
  bool isOneBlock() const;
  std::shared_ptr<const Column> borrowed(std::uint32_t slot) const;
  std::shared_ptr<const Column> extractOne(std::uint32_t slot) const;
  void extractAll() const;
  void fillSegment(const Segment& segment, std::size_t number, std::vector<Wanted>& wanted) const;

  std::shared_ptr<const Names> names_;
  std::shared_ptr<const Conduct> conduct_;
  Segments segments_;
  std::vector<std::uint64_t> firstRows_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t rows_ = 0;
  std::uint64_t records_ = 0;

  mutable std::recursive_mutex mutex_;  // whoever is told the progress may ask for columns
  mutable std::vector<std::shared_ptr<const Column>> columns_;
};

}  // namespace rowlog::detail
