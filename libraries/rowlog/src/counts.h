// How often each id is there in records of twelve bytes. Whatever the records say, nothing is read or written beyond them
// and the tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

namespace rowlog::detail {

// Ids below 32 are counted by comparing many records at a time, where the processor can; others below 4096 in tables,
// and what is left in a map.
class Counts {
 public:
  // So many records at a time, or multiples of it, are counted fastest.
  static constexpr std::uint64_t kBlock = 1024;

  void add(const unsigned char* records, std::uint64_t count);
  std::uint64_t of(std::int32_t id) const;
  // Calls for every id that is there, small ones in order.
  void each(const std::function<void(std::int32_t, std::uint64_t)>& visit) const;

 private:
  static constexpr std::uint32_t kDense = 4096;
  // Four tables, as records of one id come close to each other, and would wait for one another's count.
  static constexpr std::size_t kTables = 4;

  void addToTables(const unsigned char* records, std::uint64_t count);
  void addOne(std::uint32_t id);
  void makeRoomFor(std::uint32_t id);
  std::uint64_t inTables(std::uint32_t id) const;

  // Left as they are found beyond `dense_`: a table that is mostly unused costs nothing.
  std::unique_ptr<std::uint32_t[]> tables_ = std::make_unique_for_overwrite<std::uint32_t[]>(kTables * kDense);
  std::uint32_t dense_ = 0;
  bool allSmall_ = true;  // no block had an id of 32 or more yet
  std::unordered_map<std::int32_t, std::uint64_t> rare_;
};

}  // namespace rowlog::detail
