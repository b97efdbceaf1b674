#include "segment.h"

#include <algorithm>

#include "counts.h"
#include "crc32c.h"
#include "kernels.h"

namespace rowlog::detail {
namespace {

// Small enough to be counted while the cache still has what the checksum was made of.
constexpr std::uint64_t kStride = 8 * Counts::kBlock;

}  // namespace

const Tally* Segment::tallyOf(std::uint32_t slot) const {
  const auto found = std::lower_bound(tallies.begin(), tallies.end(), slot,
                                      [](const Tally& tally, std::uint32_t wanted) { return tally.slot < wanted; });
  return found != tallies.end() && found->slot == slot ? &*found : nullptr;
}

std::string_view Segment::nameOf(std::int32_t logId) const {
  const IdMetadata* metadata = names->ofId(logId);
  return metadata ? std::string_view(metadata->name) : std::string_view();
}

std::optional<std::string> Segment::faultOfRows() const {
  memory->expect(body);
  const auto first = load<std::int32_t>(body.data());
  Counts counts;
  std::uint32_t crc = 0;
  for (std::uint64_t done = 0; done < header.records; done += kStride) {
    const std::uint64_t count = std::min(kStride, header.records - done);
    crc = crc32c(body.data() + done * kRecord, count * kRecord, crc);
    counts.add(body.data() + done * kRecord, count);
  }
  if (crc != header.bodyCrc) return "the checksum of the chunk is wrong";
  if (first != header.timestamp) return "the chunk does not begin with a row";
  for (const IdStats& stats : header.ids)
    if (counts.of(stats.id) != stats.count) return "the chunk has other records than its header says";
  return std::nullopt;
}

std::optional<std::string> Segment::faultOfColumn(std::size_t place) const {
  const ColumnBlock& block = header.blocks[place];
  const std::uint64_t count = header.ids[place].count;
  const auto what = [&] { return "of id " + std::to_string(header.ids[place].id); };
  memory->expect({columnValues(place), count * 8});
  if (crc32c(columnValues(place), count * 8) != block.valuesCrc) return "the checksum of the values " + what() + " is wrong";
  if (block.regular) return std::nullopt;
  const std::uint32_t* rows = columnRows(place);
  if (crc32c(rows, count * 4) != block.rowsCrc) return "the checksum of the row numbers " + what() + " is wrong";
  bool good = count == 0 || rows[count - 1] < header.rows;
  for (std::uint64_t i = 1; i < count; ++i) good &= rows[i - 1] <= rows[i];
  if (!good) return "the row numbers " + what() + " are not in order";
  return std::nullopt;
}

std::optional<std::string> Segment::faultOfOrder() const {
  const unsigned char* order = body.data() + header.order;
  const std::uint64_t count = header.orderCount();
  if (crc32c(order, count * header.orderWidth) != header.orderCrc) return "the checksum of the order is wrong";
  std::vector<std::uint64_t> counts(header.ids.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t place = header.orderWidth == 1 ? order[i] : load<std::uint16_t>(order + 2 * i);
    if (place >= counts.size()) return "the order names a column that is not there";
    if (i == 0 && header.ids[place].id != header.timestamp) return "the order does not begin with a row";
    ++counts[place];
  }
  const std::uint64_t times = header.samePattern ? header.rows : 1;
  for (std::size_t place = 0; place < counts.size(); ++place)
    if (counts[place] * times != header.ids[place].count) return "the order has other items than the columns";
  return std::nullopt;
}

std::vector<Damage> Segment::leaveOutDamage() {
  std::vector<Damage> found;
  const auto all = [&](const std::string& reason) { return std::vector<Damage>{damage(reason)}; };
  if (checked) return found;
  if (!isColumns()) {
    if (const auto fault = faultOfRows()) return all(*fault);
    checked = true;
    return found;
  }
  if (const auto fault = faultOfOrder()) return all(*fault);
  lost.assign(header.ids.size(), false);
  for (std::size_t place = 0; place < header.ids.size(); ++place) {
    const auto fault = faultOfColumn(place);
    if (!fault) continue;
    if (header.ids[place].id == header.timestamp) {
      lost.clear();
      return all(*fault);
    }
    const ColumnBlock& block = header.blocks[place];
    const std::uint64_t count = header.ids[place].count;
    const bool values = crc32c(columnValues(place), count * 8) != block.valuesCrc;
    found.push_back({*path, offset + aligned(header.headerLength) + (values ? block.values : block.rows),
                     count * (values ? 8 : 4), *fault});
    lost[place] = true;
    std::erase_if(tallies, [&](const Tally& tally) { return tally.place == place; });
  }
  if (found.empty()) lost.clear();
  columnChecked_.assign(header.ids.size(), true);
  checked = true;
  return found;
}

void Segment::checkColumn(std::size_t place) const {
  if (checked) return;
  const std::lock_guard lock(mutex_);
  if (columnChecked_.empty()) columnChecked_.assign(header.ids.size(), false);
  if (columnChecked_[place]) return;
  if (const auto fault = faultOfColumn(place)) throw DamageError(damage(*fault));
  columnChecked_[place] = true;
}

void Segment::check() const {
  if (checked) return;
  if (isColumns()) {
    for (std::size_t place = 0; place < header.ids.size(); ++place) checkColumn(place);
    if (const auto fault = faultOfOrder()) throw DamageError(damage(*fault));
  } else if (const auto fault = faultOfRows()) {
    throw DamageError(damage(*fault));
  }
  checked = true;
}

std::shared_ptr<const Memory> Segment::unpack() const {
  struct Source {
    const unsigned char* values = nullptr;
    std::uint64_t left = 0;
    std::int32_t id = 0;
    bool lost = false;
  };
  std::vector<Source> sources(header.ids.size());
  for (std::size_t place = 0; place < sources.size(); ++place)
    sources[place] = {columnValues(place), header.ids[place].count, header.ids[place].id, isLost(place)};
  auto memory = Memory::allocate(header.records * kRecord);
  unsigned char* to = memory->data();
  const unsigned char* order = body.data() + header.order;
  const std::uint64_t count = header.orderCount();
  const std::uint64_t times = header.samePattern ? header.rows : 1;
  for (std::uint64_t time = 0; time < times; ++time) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::size_t place = header.orderWidth == 1 ? order[i] : load<std::uint16_t>(order + 2 * i);
      if (place >= sources.size() || sources[place].left == 0) throw DamageError(damage("the file has changed"));
      Source& source = sources[place];
      --source.left;
      std::memcpy(to, &source.id, 4);
      std::memcpy(to + 4, source.values, 8);
      source.values += 8;
      to += source.lost ? 0 : kRecord;
    }
  }
  unpackedCount_ = static_cast<std::uint64_t>(to - memory->data()) / kRecord;
  return memory;
}

const unsigned char* Segment::records() const {
  if (const unsigned char* ready = records_) return ready;
  check();
  if (!isColumns()) {
    records_ = body.data();
    return body.data();
  }
  const std::lock_guard lock(mutex_);
  if (!unpacked_) unpacked_ = unpack();
  records_ = unpacked_->data();
  return unpacked_->data();
}

std::uint64_t Segment::recordCount() const {
  if (!isColumns() || lost.empty()) return header.records;
  records();
  return unpackedCount_;
}

const std::uint32_t* Segment::places() const {
  if (const std::uint32_t* ready = starts_) return ready;
  const unsigned char* at = records();
  const std::uint64_t count = recordCount();
  if (count > UINT32_MAX) throw FormatError(*path + " has a chunk with more than four thousand million records");
  const std::lock_guard lock(mutex_);
  if (!places_) {
    if (!isColumns()) this->memory->expect(body);
    const auto memory = Memory::allocate((header.rows + 1) * sizeof(std::uint32_t));
    auto* places = reinterpret_cast<std::uint32_t*>(memory->data());
    if (findPlaces(at, count, header.timestamp, places, header.rows) != header.rows || places[0] != 0)
      throw DamageError(damage("the file has changed"));
    places[header.rows] = static_cast<std::uint32_t>(count);
    places_ = memory;
  }
  starts_ = reinterpret_cast<const std::uint32_t*>(places_->data());
  return starts_;
}

}  // namespace rowlog::detail
