#include "kernels.h"

#include "format.h"

namespace rowlog::detail {

bool fillAll(const unsigned char* records, std::uint64_t count, std::int32_t timestamp, std::uint32_t row,
             std::span<Cursor> cursors, const std::function<Cursor*(std::int32_t)>& rare) {
  Cursor* const table = cursors.data();
  const auto known = static_cast<std::uint32_t>(cursors.size());
  --row;  // the first record starts the first row
  for (const unsigned char *at = records, *end = records + count * kRecord; at != end; at += kRecord) {
    const auto id = load<std::uint32_t>(at);
    row += id == static_cast<std::uint32_t>(timestamp);
    Cursor* const to = id < known ? table + id : rare(static_cast<std::int32_t>(id));
    if (!to || to->left == 0) return false;
    --to->left;
    *to->values++ = load<std::uint64_t>(at + 4);
    *to->rows++ = row;
  }
  return true;
}

std::uint64_t fillOne(const unsigned char* records, std::uint64_t recordCount, std::int32_t id, std::int32_t timestamp,
                      std::uint32_t row, const OneId& to) {
  std::uint64_t found = 0;
  std::int64_t time = 0;
  --row;
  const unsigned char* at = records;
  const unsigned char* const end = records + recordCount * kRecord;
  // What is not wanted is written too, and overwritten by what comes next: no branch depends on the ids. So all stops
  // with the last value.
  for (; found < to.count && at != end; at += kRecord) {
    const auto here = load<std::int32_t>(at);
    const auto value = load<std::uint64_t>(at + 4);
    const bool starts = here == timestamp;
    row += starts;
    time = starts ? static_cast<std::int64_t>(value) : time;
    to.values[found] = value;
    if (to.rows) to.rows[found] = row;
    if (to.times) to.times[found] = time;
    found += here == id;
  }
  return found;
}

std::uint64_t findPlaces(const unsigned char* records, std::uint64_t recordCount, std::int32_t id,
                         std::uint32_t* places, std::uint64_t count) {
  std::uint64_t found = 0;
  for (std::uint64_t place = 0; found < count && place < recordCount; ++place) {
    places[found] = static_cast<std::uint32_t>(place);
    found += load<std::int32_t>(records + place * kRecord) == id;
  }
  return found;
}

}  // namespace rowlog::detail
