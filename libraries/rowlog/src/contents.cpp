#include "contents.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace rowlog::detail {

Contents::Contents(std::vector<std::shared_ptr<Segment>> fresh, const Contents* before, std::size_t keptSegments,
                   std::shared_ptr<const Names> names, std::shared_ptr<const Conduct> conduct)
    : names_(std::move(names)), conduct_(std::move(conduct)) {
  if (before) segments_.assign(before->segments_.begin(), before->segments_.begin() + static_cast<std::ptrdiff_t>(keptSegments));
  std::uint64_t row = segments_.empty() ? 0 : segments_.back()->firstRow + segments_.back()->rowCount();
  for (auto& segment : fresh) {
    segment->firstRow = row;
    segment->names = names_;
    row += segment->rowCount();
    segments_.push_back(std::move(segment));
  }
  if (row > UINT32_MAX) throw FormatError("the log has more than four thousand million rows");
  rows_ = row;
  counts_.resize(names_->size());
  columns_.resize(names_->size());
  firstRows_.reserve(segments_.size());
  for (const auto& segment : segments_) {
    firstRows_.push_back(segment->firstRow);
    for (const Tally& tally : segment->tallies) counts_[tally.slot] += tally.count;
  }
  records_ = std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

const Segment& Contents::segmentOf(std::uint64_t row) const {
  const auto after = std::upper_bound(firstRows_.begin(), firstRows_.end(), row);
  return *segments_[static_cast<std::size_t>(after - firstRows_.begin()) - 1];
}

std::uint32_t Contents::timestampSlot() const { return names_->find(kTimestamp).value_or(IdTable::kNoSlot); }

// A sealed file that has all rows in one chunk needs nothing but to be looked at.
bool Contents::isOneBlock() const { return segments_.size() == 1 && segments_[0]->isColumns(); }

std::span<const std::int64_t> Contents::times() const {
  const std::uint32_t slot = timestampSlot();
  return slot == IdTable::kNoSlot ? std::span<const std::int64_t>() : column(slot)->integers();
}

std::pair<std::int64_t, std::int64_t> Contents::timeRange() const {
  const bool said = std::all_of(segments_.begin(), segments_.end(), [](const auto& segment) { return segment->timesKnown; });
  if (said) {
    std::pair range(segments_.front()->header.leastTime, segments_.front()->header.greatestTime);
    for (const auto& segment : segments_) {
      range.first = std::min(range.first, segment->header.leastTime);
      range.second = std::max(range.second, segment->header.greatestTime);
    }
    return range;
  }
  const auto all = times();
  const auto [least, greatest] = std::minmax_element(all.begin(), all.end());
  return {*least, *greatest};
}

std::shared_ptr<const Column> Contents::column(std::uint32_t slot) const {
  {
    const std::lock_guard lock(mutex_);
    if (columns_[slot]) return columns_[slot];
    if (!isOneBlock()) return columns_[slot] = extractOne(slot);
  }
  // Needs the times of the rows, another column.
  const auto made = borrowed(slot);
  const std::lock_guard lock(mutex_);
  if (!columns_[slot]) columns_[slot] = made;
  return columns_[slot];
}

std::vector<std::shared_ptr<const Column>> Contents::columns() const {
  if (isOneBlock()) {
    for (std::uint32_t slot = 0; slot < columns_.size(); ++slot) column(slot);
  }
  const std::lock_guard lock(mutex_);
  if (std::any_of(columns_.begin(), columns_.end(), [](const auto& column) { return !column; })) extractAll();
  return columns_;
}

}  // namespace rowlog::detail
