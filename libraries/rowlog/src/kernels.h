// The loops over records, twelve bytes each: an id and a value. None of them writes where it was not told to, whatever the
// records say, even if somebody changes the file meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

namespace rowlog::detail {

// How often each id is there. Small ids are counted in a table, others in a map.
class Counts {
 public:
  static constexpr std::uint32_t kDense = 4096;

  void add(const unsigned char* records, std::uint64_t count);
  std::uint64_t of(std::int32_t id) const;
  // Calls for every id that is there, small ones in order.
  void each(const std::function<void(std::int32_t, std::uint64_t)>& visit) const;

 private:
  void addRare(std::int32_t id);
  std::uint64_t inTables(std::uint32_t id) const;

  // Four tables, as records of one id come close to each other, and would wait for one another's count.
  static constexpr std::size_t kTables = 4;
  std::vector<std::uint32_t> tables_ = std::vector<std::uint32_t>(kTables * kDense);
  std::unordered_map<std::int32_t, std::uint64_t> rare_;
};

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
