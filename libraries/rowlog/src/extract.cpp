// Columns out of records and column chunks. The counts are known before, so that everything goes to where it stays.
#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "contents.h"
#include "kernels.h"

namespace rowlog::detail {
namespace {

// Where the values of a slot begin, for every segment, and behind the last.
std::vector<std::uint64_t> startsOf(const Contents::Segments& segments, std::uint32_t slot) {
  std::vector<std::uint64_t> starts{0};
  starts.reserve(segments.size() + 1);
  for (const auto& segment : segments) {
    const Tally* tally = segment->tallyOf(slot);
    starts.push_back(starts.back() + (tally ? tally->count : 0));
  }
  return starts;
}

[[noreturn]] void changed(const Segment& segment) {
  throw DamageError(segment.damage("the file has changed while it was read"));
}

// One column of a column chunk, to where the whole column goes.
void copyColumn(const Segment& segment, const Tally& tally, std::uint64_t* values, std::uint32_t* rows) {
  segment.checkColumn(tally.place);
  std::memcpy(values, segment.columnValues(tally.place), tally.count * 8);
  const auto first = static_cast<std::uint32_t>(segment.firstRow);
  if (segment.header.blocks[tally.place].regular) {
    std::iota(rows, rows + tally.count, first);
    return;
  }
  const std::uint32_t* from = segment.columnRows(tally.place);
  for (std::uint64_t i = 0; i < tally.count; ++i) rows[i] = first + from[i];
}

}  // namespace

std::shared_ptr<const Column> Contents::borrowed(std::uint32_t slot) const {
  const Segment& segment = *segments_[0];
  Column::Parts parts;
  parts.metadata = (*names_)[slot];
  const Tally* tally = segment.tallyOf(slot);
  if (!tally) return Column::make(std::move(parts));
  segment.checkColumn(tally->place);
  parts.values = segment.columnValues(tally->place);
  parts.size = tally->count;
  parts.keepsValues = segment.memory;
  if (segment.header.blocks[tally->place].regular)
    parts.isRegular = true;
  else
    parts.rows = segment.columnRows(tally->place);
  if (slot == timestampSlot()) {
    parts.rowTimes = {static_cast<const std::int64_t*>(parts.values), parts.size};
  } else {
    parts.rowTimes = times();
  }
  return Column::make(std::move(parts));
}

std::shared_ptr<const Column> Contents::extractOne(std::uint32_t slot) const {
  const std::vector<std::uint64_t> starts = startsOf(segments_, slot);
  const std::uint64_t count = starts.back();
  Arena arena(Arena::roomFor(8 * count) * 2 + Arena::roomFor(4 * count));
  auto* values = arena.take<std::uint64_t>(count);
  auto* times = arena.take<std::int64_t>(count);
  auto* rows = arena.take<std::uint32_t>(count);
  const std::uint32_t timestamp = timestampSlot();
  forEachSegment(effort(), segments_, [&](const Segment& segment, std::size_t number) {
    const Tally* tally = segment.tallyOf(slot);
    if (!tally || tally->count == 0) return;
    const std::uint64_t start = starts[number];
    if (!segment.isColumns()) {
      const OneId to{values + start, rows + start, times + start, tally->count};
      const auto id = segment.header.ids[tally->place].id;
      const auto row = static_cast<std::uint32_t>(segment.firstRow);
      const unsigned char* records = segment.records();
      segment.memory->expect(segment.body);
      if (fillOne(records, segment.recordCount(), id, segment.header.timestamp, row, to) != to.count) changed(segment);
      return;
    }
    copyColumn(segment, *tally, values + start, rows + start);
    const Tally* rowTimes = segment.tallyOf(timestamp);
    segment.checkColumn(rowTimes->place);
    const auto* of = reinterpret_cast<const std::int64_t*>(segment.columnValues(rowTimes->place));
    for (std::uint64_t i = 0; i < tally->count; ++i) times[start + i] = of[rows[start + i] - segment.firstRow];
  });
  Column::Parts parts;
  parts.metadata = (*names_)[slot];
  parts.values = values;
  parts.rows = rows;
  parts.times = times;
  parts.size = count;
  parts.keepsValues = arena.memory();
  return Column::make(std::move(parts));
}

void Contents::fillSegment(const Segment& segment, std::size_t number, std::vector<Wanted>& wanted) const {
  const auto valuesOf = [&](const Tally& tally) {
    return static_cast<std::uint64_t*>(const_cast<void*>(wanted[tally.slot].parts.values)) + wanted[tally.slot].starts[number];
  };
  const auto rowsOf = [&](const Tally& tally) {
    return const_cast<std::uint32_t*>(wanted[tally.slot].parts.rows) + wanted[tally.slot].starts[number];
  };
  if (segment.isColumns()) {
    for (const Tally& tally : segment.tallies) copyColumn(segment, tally, valuesOf(tally), rowsOf(tally));
    return;
  }
  const unsigned char* records = segment.records();
  segment.memory->expect(segment.body);
  std::vector<Cursor> cursors(segment.ids->dense().size());
  std::unordered_map<std::int32_t, Cursor> rare;
  for (const Tally& tally : segment.tallies) {
    const std::int32_t id = segment.header.ids[tally.place].id;
    const Cursor cursor{valuesOf(tally), rowsOf(tally), tally.count};
    if (static_cast<std::uint32_t>(id) < cursors.size())
      cursors[static_cast<std::size_t>(id)] = cursor;
    else
      rare[id] = cursor;
  }
  const auto findRare = [&](std::int32_t id) {
    const auto found = rare.find(id);
    return found == rare.end() ? nullptr : &found->second;
  };
  if (!fillAll(records, segment.header.records, segment.header.timestamp, static_cast<std::uint32_t>(segment.firstRow),
               cursors, findRare))
    changed(segment);
  // All of it is in the columns now: what is needed of memory is that of the columns, not twice as much.
  segment.memory->release(segment.body);
}

void Contents::extractAll() const {
  std::vector<Wanted> wanted(names_->size());
  std::size_t room = 0;
  for (std::uint32_t slot = 0; slot < wanted.size(); ++slot) {
    wanted[slot].starts = startsOf(segments_, slot);
    const std::uint64_t count = wanted[slot].starts.back();
    wanted[slot].parts.metadata = (*names_)[slot];
    wanted[slot].parts.size = count;
    room += Arena::roomFor(8 * count) + Arena::roomFor(4 * count);
  }
  Arena arena(room);
  for (Wanted& one : wanted) {
    one.parts.values = arena.take<std::uint64_t>(one.parts.size);
    one.parts.rows = arena.take<std::uint32_t>(one.parts.size);
    one.parts.keepsValues = arena.memory();
  }
  forEachSegment(effort(), segments_,
                 [&](const Segment& segment, std::size_t number) { fillSegment(segment, number, wanted); });
  const std::uint32_t timestamp = timestampSlot();
  std::span<const std::int64_t> rowTimes;
  if (timestamp != IdTable::kNoSlot)
    rowTimes = {static_cast<const std::int64_t*>(wanted[timestamp].parts.values), wanted[timestamp].parts.size};
  for (std::uint32_t slot = 0; slot < wanted.size(); ++slot) {
    wanted[slot].parts.rowTimes = rowTimes;
    if (!columns_[slot]) columns_[slot] = Column::make(std::move(wanted[slot].parts));
  }
}

}  // namespace rowlog::detail
