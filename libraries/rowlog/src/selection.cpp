#include <rowlog/reader.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "contents.h"
#include "filter_node.h"

namespace rowlog {

using detail::Contents;
using Numbers = std::vector<std::uint32_t>;

Selection::Selection(std::shared_ptr<const Contents> contents, std::size_t first, std::size_t count)
    : contents_(std::move(contents)), first_(first), count_(count) {}

Selection::Selection(std::shared_ptr<const Contents> contents, std::shared_ptr<const Numbers> chosen)
    : contents_(std::move(contents)), chosen_(std::move(chosen)), isStretch_(false), count_(chosen_->size()) {}

Rows Selection::rows() const { return isStretch_ ? Rows(contents_, first_, count_) : Rows(contents_, chosen_); }

Numbers Selection::rowNumbers() const {
  if (!isStretch_) return *chosen_;
  Numbers numbers(count_);
  std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(first_));
  return numbers;
}

namespace {

// The places of those values whose rows are chosen.
std::vector<std::size_t> placesIn(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> chosen) {
  std::vector<std::size_t> places;
  auto at = chosen.begin();
  for (std::size_t i = 0; i < rows.size() && at != chosen.end(); ++i) {
    while (at != chosen.end() && *at < rows[i]) ++at;
    if (at != chosen.end() && *at == rows[i]) places.push_back(i);
  }
  return places;
}

}  // namespace

std::shared_ptr<const Column> Selection::column(const std::string& name) const {
  const auto whole = contents_->column(contents_->names().slotOf(name));
  const auto rows = whole->rows();
  const auto times = whole->times();
  const bool real = whole->kind() == ValueKind::real;
  const void* from = real ? static_cast<const void*>(whole->reals().data()) : whole->integers().data();
  const auto* values = static_cast<const std::uint64_t*>(from);
  Column::Parts parts;
  parts.metadata = whole->metadata();
  if (isStretch_) {
    const auto begin = std::lower_bound(rows.begin(), rows.end(), first_) - rows.begin();
    const auto end = std::lower_bound(rows.begin() + begin, rows.end(), first_ + count_) - rows.begin();
    parts.values = values + begin;
    parts.rows = rows.data() + begin;
    parts.times = times.data() + begin;
    parts.size = static_cast<std::size_t>(end - begin);
    parts.keepsColumn = whole;
    return Column::make(std::move(parts));
  }
  const std::vector<std::size_t> places = placesIn(rows, *chosen_);
  detail::Arena arena(2 * detail::Arena::roomFor(8 * places.size()) + detail::Arena::roomFor(4 * places.size()));
  auto* ownValues = arena.take<std::uint64_t>(places.size());
  auto* ownTimes = arena.take<std::int64_t>(places.size());
  auto* ownRows = arena.take<std::uint32_t>(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    ownValues[i] = values[places[i]];
    ownTimes[i] = times[places[i]];
    ownRows[i] = rows[places[i]];
  }
  parts.values = ownValues;
  parts.rows = ownRows;
  parts.times = ownTimes;
  parts.size = places.size();
  parts.keepsValues = arena.memory();
  return Column::make(std::move(parts));
}

Selection Selection::where(const Filter& filter) const {
  const Numbers all = detail::chooseRows(*contents_, detail::FilterNode::of(filter));
  const Numbers mine = rowNumbers();
  auto both = std::make_shared<Numbers>();
  std::set_intersection(all.begin(), all.end(), mine.begin(), mine.end(), std::back_inserter(*both));
  return {contents_, std::move(both)};
}

Selection Selection::slice(std::size_t first, std::size_t last) const {
  last = std::min(last, count_);
  first = std::min(first, last);
  if (isStretch_) return {contents_, first_ + first, last - first};
  const auto begin = chosen_->begin() + static_cast<std::ptrdiff_t>(first);
  return {contents_, std::make_shared<const Numbers>(begin, begin + static_cast<std::ptrdiff_t>(last - first))};
}

}  // namespace rowlog
