/// Rows and their items, read where they lie: nothing is copied until an item is looked at.
#pragma once

#include <rowlog/types.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowlog {

namespace detail {
class Contents;
struct Segment;

/// What the ids of one file mean in the log, which may consist of several files.
class IdTable {
 public:
  static constexpr std::uint32_t kNoSlot = UINT32_MAX;
  struct Known {
    std::int32_t id = -1;          ///< The id in the log.
    std::uint32_t slot = kNoSlot;  ///< The place among the names of the log.
    ValueKind kind = ValueKind::integer;
  };

  const Known& find(std::int32_t id) const {
    const auto index = static_cast<std::uint32_t>(id);
    return index < dense_.size() ? dense_[index] : findSparse(id);
  }
  void set(std::int32_t id, const Known& known);

  /// The entries for the ids from 0 on, in order; ids beyond are found by `find` alone.
  std::span<const Known> dense() const { return dense_; }
  bool hasSparse() const { return !sparse_.empty(); }

 private:
  const Known& findSparse(std::int32_t id) const;

  std::vector<Known> dense_;
  std::unordered_map<std::int32_t, Known> sparse_;
};
}  // namespace detail

/// One reading: an id and its value.
struct Item {
 public:
  Item() = default;
  Item(int theId, std::int64_t value) : id(theId), bits_(std::bit_cast<std::uint64_t>(value)) {}
  Item(int theId, double value) : id(theId), kind_(ValueKind::real), bits_(std::bit_cast<std::uint64_t>(value)) {}
  Item(int theId, ValueKind kind, std::uint64_t bits) : id(theId), kind_(kind), bits_(bits) {}

  int id = 0;

  BData value() const {
    if (kind_ == ValueKind::integer) return std::bit_cast<std::int64_t>(bits_);
    return std::bit_cast<double>(bits_);
  }

  bool operator==(const Item& other) const { return id == other.id && value() == other.value(); }
  friend std::ostream& operator<<(std::ostream& out, const Item& item);

 private:
  ValueKind kind_ = ValueKind::integer;
  std::uint64_t bits_ = 0;
};

/// The items of one row, in the order in which they were written. Valid as long as the `Rows` that the row came from.
class Items {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using pointer = const Item*;
    using reference = Item;

    Iterator() = default;

    Item operator*() const {
      std::int32_t id;
      std::uint64_t bits;
      std::memcpy(&id, at_, sizeof id);
      std::memcpy(&bits, at_ + 4, sizeof bits);
      const detail::IdTable::Known& known = ids_->find(id);
      return {known.id, known.kind, bits};
    }
    Iterator& operator++() {
      at_ += 12;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    friend class Items;
    Iterator(const unsigned char* at, const detail::IdTable* ids) : at_(at), ids_(ids) {}

    const unsigned char* at_ = nullptr;
    const detail::IdTable* ids_ = nullptr;
  };

  Items() = default;

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Throws std::out_of_range.
  Item at(std::size_t index) const;
  Item operator[](std::size_t index) const { return *Iterator(first_ + 12 * index, ids_); }
  Iterator begin() const { return {first_, ids_}; }
  Iterator end() const { return {first_ + 12 * count_, ids_}; }

 private:
  friend class Row;
  Items(const unsigned char* first, std::size_t count, const detail::IdTable* ids)
      : first_(first), count_(count), ids_(ids) {}

  const unsigned char* first_ = nullptr;
  std::size_t count_ = 0;
  const detail::IdTable* ids_ = nullptr;
};

/// The readings taken at one moment. Valid as long as the `Rows` that it came from.
class Row {
 public:
  /// Nanoseconds, usually since 1970.
  std::int64_t nanotime() const {
    std::int64_t time;
    std::memcpy(&time, first_ + 4, sizeof time);
    return time;
  }
  /// The same.
  std::int64_t time() const { return nanotime(); }
  Items items() const;

  /// The first value of a name in this row. Throws NoSuchName where the row does not have it.
  BData operator[](std::string_view name) const;
  /// The first value of a name in this row, if it has one.
  std::optional<BData> find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  /// All values of a name in this row, in order.
  std::vector<BData> valuesOf(std::string_view name) const;

  bool operator==(const Row& other) const;
  friend std::ostream& operator<<(std::ostream& out, const Row& row);

 private:
  friend class Rows;
  Row(const unsigned char* first, std::size_t records, const detail::Segment* segment)
      : first_(first), records_(records), segment_(segment) {}

  const unsigned char* first_;
  std::size_t records_;
  const detail::Segment* segment_;
};

/// Rows of a log: all of them, a stretch, or those that a filter chose. Keeps what it shows alive, also when the reader
/// is gone or has gone on to a longer file.
class Rows {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = Row;

    Iterator() = default;
    Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}

    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) { return {rows_, index_++}; }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Rows* rows_ = nullptr;
    std::size_t index_ = 0;
  };

  Rows() = default;
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Throws std::out_of_range.
  Row at(std::size_t index) const;
  Row operator[](std::size_t index) const;
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, count_}; }

 private:
  friend class Reader;
  friend class Selection;
  friend class Writer;
  Rows(std::shared_ptr<const detail::Contents> contents, std::size_t first, std::size_t count);
  Rows(std::shared_ptr<const detail::Contents> contents, std::shared_ptr<const std::vector<std::uint32_t>> chosen);

  std::shared_ptr<const detail::Contents> contents_;
  std::shared_ptr<const std::vector<std::uint32_t>> chosen_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace rowlog
