#include <rowlog/error.h>
#include <rowlog/rows.h>

#include <stdexcept>

#include "contents.h"
#include "segment.h"

namespace rowlog {

using detail::Segment;

namespace {

[[noreturn]] void outOfRange(const char* what, std::size_t index, std::size_t size) {
  throw std::out_of_range("no " + std::string(what) + " " + std::to_string(index) + ": there are " + std::to_string(size));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Item& item) {
  out << item.id << ":";
  std::visit([&](auto value) { out << value; }, item.value());
  return out;
}

Item Items::at(std::size_t index) const {
  if (index >= count_) outOfRange("item", index, count_);
  return (*this)[index];
}

Items Row::items() const { return {first_ + detail::kRecord, records_ - 1, segment_->ids.get()}; }

BData Row::operator[](std::string_view name) const {
  const auto value = find(name);
  if (value) return *value;
  const detail::Names& names = *segment_->names;
  throw NoSuchName(names.find(std::string(name)) ? "no \"" + std::string(name) + "\" in this row" : names.sayUnknown(name));
}

std::optional<BData> Row::find(std::string_view name) const {
  for (const Item item : items())
    if (segment_->nameOf(item.id) == name) return item.value();
  return std::nullopt;
}

std::vector<BData> Row::valuesOf(std::string_view name) const {
  std::vector<BData> values;
  for (const Item item : items())
    if (segment_->nameOf(item.id) == name) values.push_back(item.value());
  return values;
}

bool Row::operator==(const Row& other) const {
  if (nanotime() != other.nanotime() || records_ != other.records_) return false;
  const Items mine = items(), theirs = other.items();
  for (std::size_t i = 0; i < mine.size(); ++i)
    if (!(mine[i] == theirs[i])) return false;
  return true;
}

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.nanotime() << ": " << row.items().size() << " items";
}

Rows::Rows(std::shared_ptr<const detail::Contents> contents, std::size_t first, std::size_t count)
    : contents_(std::move(contents)), first_(first), count_(count) {}

Rows::Rows(std::shared_ptr<const detail::Contents> contents, std::shared_ptr<const std::vector<std::uint32_t>> chosen)
    : contents_(std::move(contents)), chosen_(std::move(chosen)), count_(chosen_->size()) {}

Row Rows::at(std::size_t index) const {
  if (index >= count_) outOfRange("row", index, count_);
  return (*this)[index];
}

Row Rows::operator[](std::size_t index) const {
  const std::uint64_t row = chosen_ ? (*chosen_)[index] : first_ + index;
  const Segment& segment = contents_->segmentOf(row);
  const std::uint32_t* places = segment.places() + (row - segment.firstRow);
  return {segment.records() + std::uint64_t{places[0]} * detail::kRecord, places[1] - places[0], &segment};
}

}  // namespace rowlog
