// The loops over records, twelve bytes each: an id and a value. None of them writes where it was not told to, whatever the
// records say, even if somebody changes the file meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace rowlog::detail {

// Where the values of one id go, and the numbers of their rows; how many there is room for.
struct Cursor {
  std::uint64_t* values = nullptr;
  std::uint32_t* rows = nullptr;
  std::uint64_t left = 0;
};

// Sends every record to the cursor of its id; `rare` finds those beyond `cursors`, or null. `row` is the number of the
// first row. False if there is an id without room: then the records are not those that were counted.
bool fillAll(const unsigned char* records, std::uint64_t count, std::int32_t timestamp, std::uint32_t row,
             std::span<Cursor> cursors, const std::function<Cursor*(std::int32_t)>& rare);

// The values of one id, `count` of which are there; of rows and times those that are not null. How many were found.
struct OneId {
  std::uint64_t* values = nullptr;
  std::uint32_t* rows = nullptr;
  std::int64_t* times = nullptr;
  std::uint64_t count = 0;
};
std::uint64_t fillOne(const unsigned char* records, std::uint64_t recordCount, std::int32_t id, std::int32_t timestamp,
                      std::uint32_t row, const OneId& to);

// The places of the records of one id, `count` of which are there. How many were found.
std::uint64_t findPlaces(const unsigned char* records, std::uint64_t recordCount, std::int32_t id,
                         std::uint32_t* places, std::uint64_t count);

}  // namespace rowlog::detail
