#include <rowlog/filter.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "filter_node.h"

namespace rowlog {

using detail::FilterNode;
using Kind = FilterNode::Kind;

namespace {

// Deeper ones would be more than the stack has room for.
constexpr int kDeepest = 1000;

Filter compare(Kind kind, const std::string& name, BData low, BData high = {}) {
  return FilterNode::filter({.kind = kind, .name = name, .low = low, .high = high});
}

Filter join(Kind kind, std::shared_ptr<const FilterNode> left, std::shared_ptr<const FilterNode> right) {
  const int depth = 1 + std::max(left->depth, right ? right->depth : 0);
  if (depth > kDeepest) throw std::length_error("the filter has too many conditions inside one another");
  return FilterNode::filter({.kind = kind, .left = std::move(left), .right = std::move(right), .depth = depth});
}

std::string textOf(const BData& value) {
  std::ostringstream text;
  std::visit([&](auto number) { text << number; }, value);
  return text.str();
}

void show(std::ostream& out, const FilterNode& node) {
  const auto inside = [&](const char* between) {
    out << "(";
    show(out, *node.left);
    out << between;
    show(out, *node.right);
    out << ")";
  };
  switch (node.kind) {
    case Kind::all: out << "all"; break;
    case Kind::less: out << node.name << " < " << textOf(node.low); break;
    case Kind::lessEqual: out << node.name << " <= " << textOf(node.low); break;
    case Kind::greater: out << node.name << " > " << textOf(node.low); break;
    case Kind::greaterEqual: out << node.name << " >= " << textOf(node.low); break;
    case Kind::equal: out << node.name << " == " << textOf(node.low); break;
    case Kind::notEqual: out << node.name << " != " << textOf(node.low); break;
    case Kind::between: out << textOf(node.low) << " <= " << node.name << " <= " << textOf(node.high); break;
    case Kind::has: out << "has " << node.name; break;
    case Kind::time: out << node.start << " <= time < " << node.stop; break;
    case Kind::both: inside(" and "); break;
    case Kind::either: inside(" or "); break;
    case Kind::negated:
      out << "not (";
      show(out, *node.left);
      out << ")";
      break;
  }
}

}  // namespace

Filter Filter::less(const std::string& name, BData bound) { return compare(Kind::less, name, bound); }
Filter Filter::lessEqual(const std::string& name, BData bound) { return compare(Kind::lessEqual, name, bound); }
Filter Filter::greater(const std::string& name, BData bound) { return compare(Kind::greater, name, bound); }
Filter Filter::greaterEqual(const std::string& name, BData bound) { return compare(Kind::greaterEqual, name, bound); }
Filter Filter::equal(const std::string& name, BData value) { return compare(Kind::equal, name, value); }
Filter Filter::notEqual(const std::string& name, BData value) { return compare(Kind::notEqual, name, value); }
Filter Filter::between(const std::string& name, BData low, BData high) {
  return compare(Kind::between, name, low, high);
}
Filter Filter::has(const std::string& name) { return compare(Kind::has, name, {}); }
Filter Filter::time(std::int64_t start, std::int64_t stop) {
  return FilterNode::filter({.kind = Kind::time, .start = start, .stop = stop});
}
Filter Filter::all() { return compare(Kind::all, {}, {}); }

Filter Filter::operator&(const Filter& other) const { return join(Kind::both, node_, other.node_); }
Filter Filter::operator|(const Filter& other) const { return join(Kind::either, node_, other.node_); }
Filter Filter::operator~() const { return join(Kind::negated, node_, nullptr); }

std::ostream& operator<<(std::ostream& out, const Filter& filter) {
  show(out, FilterNode::of(filter));
  return out;
}

namespace detail {
namespace {

// A bit for every row.
class RowSet {
 public:
  explicit RowSet(std::uint64_t rows) : rows_(rows), words_((rows + 63) / 64) {}

  void add(std::uint64_t row) { words_[row / 64] |= std::uint64_t{1} << row % 64; }
  void addIf(std::uint64_t row, bool wanted) { words_[row / 64] |= std::uint64_t{wanted} << row % 64; }
  void addAll() {
    std::fill(words_.begin(), words_.end(), ~std::uint64_t{0});
    trim();
  }
  void operator&=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void operator|=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void invert() {
    for (std::uint64_t& word : words_) word = ~word;
    trim();
  }
  std::vector<std::uint32_t> numbers() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    std::vector<std::uint32_t> numbers;
    numbers.reserve(count);
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
        numbers.push_back(static_cast<std::uint32_t>(64 * i + static_cast<std::size_t>(std::countr_zero(word))));
    return numbers;
  }

 private:
  void trim() {
    if (rows_ % 64 != 0) words_.back() &= (std::uint64_t{1} << rows_ % 64) - 1;
  }

  std::uint64_t rows_;
  std::vector<std::uint64_t> words_;
};

// The integers between two bounds, both included; none where the first is greater.
struct Interval {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  std::int64_t last = std::numeric_limits<std::int64_t>::max();

  constexpr bool isEmpty() const { return first > last; }
};

constexpr double kBeyond = 9223372036854775808.0;  // 2^63

constexpr Interval kNone{1, 0};

// Integers that are at least, or with `strict` greater than, a bound.
Interval above(const BData& bound, bool strict) {
  if (const auto* whole = std::get_if<std::int64_t>(&bound)) {
    if (strict && *whole == std::numeric_limits<std::int64_t>::max()) return kNone;
    return {.first = *whole + strict};
  }
  const double real = std::get<double>(bound);
  const double least = strict ? std::floor(real) + 1 : std::ceil(real);
  if (!(least < kBeyond)) return kNone;  // NaN, too
  return least < -kBeyond ? Interval() : Interval{.first = static_cast<std::int64_t>(least)};
}

Interval below(const BData& bound, bool strict) {
  if (const auto* whole = std::get_if<std::int64_t>(&bound)) {
    if (strict && *whole == std::numeric_limits<std::int64_t>::min()) return kNone;
    return {.last = *whole - strict};
  }
  const double real = std::get<double>(bound);
  const double greatest = strict ? std::ceil(real) - 1 : std::floor(real);
  if (!(greatest >= -kBeyond)) return kNone;
  return greatest >= kBeyond ? Interval() : Interval{.last = static_cast<std::int64_t>(greatest)};
}

Interval intervalOf(const FilterNode& node) {
  const auto between = [](const BData& low, const BData& high) {
    const Interval from = above(low, false), to = below(high, false);
    return from.isEmpty() || to.isEmpty() ? kNone : Interval{from.first, to.last};
  };
  switch (node.kind) {
    case Kind::less: return below(node.low, true);
    case Kind::lessEqual: return below(node.low, false);
    case Kind::greater: return above(node.low, true);
    case Kind::greaterEqual: return above(node.low, false);
    case Kind::between: return between(node.low, node.high);
    case Kind::equal:
    case Kind::notEqual: return between(node.low, node.low);
    default: return {};
  }
}

template <class T, class Test>
void addWhere(RowSet& set, const Column& column, std::span<const T> values, std::uint64_t rowCount, Test test) {
  const auto rows = column.rows();
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i] < rowCount) set.addIf(rows[i], test(values[i]));
}

void addIntegers(RowSet& set, const Column& column, std::uint64_t rowCount, const FilterNode& node) {
  const Interval wanted = intervalOf(node);
  const bool outside = node.kind == Kind::notEqual;
  addWhere(set, column, column.integers(), rowCount, [=](std::int64_t value) {
    return (value >= wanted.first && value <= wanted.last) != outside;
  });
}

double realOf(const BData& bound) {
  return std::visit([](auto value) { return static_cast<double>(value); }, bound);
}

void addReals(RowSet& set, const Column& column, std::uint64_t rowCount, const FilterNode& node) {
  const double low = realOf(node.low), high = realOf(node.high);
  const auto add = [&](auto test) { addWhere(set, column, column.reals(), rowCount, test); };
  switch (node.kind) {
    case Kind::less: return add([=](double value) { return value < low; });
    case Kind::lessEqual: return add([=](double value) { return value <= low; });
    case Kind::greater: return add([=](double value) { return value > low; });
    case Kind::greaterEqual: return add([=](double value) { return value >= low; });
    case Kind::equal: return add([=](double value) { return value == low; });
    case Kind::notEqual: return add([=](double value) { return value != low; });
    case Kind::between: return add([=](double value) { return value >= low && value <= high; });
    default: return add([](double) { return true; });
  }
}

void addByName(RowSet& set, const Contents& contents, const FilterNode& node) {
  const auto column = contents.column(contents.names().slotOf(node.name));
  if (column->kind() == ValueKind::integer)
    addIntegers(set, *column, contents.rowCount(), node);
  else
    addReals(set, *column, contents.rowCount(), node);
}

RowSet choose(const Contents& contents, const FilterNode& node) {
  RowSet set(contents.rowCount());
  switch (node.kind) {
    case Kind::all: set.addAll(); break;
    case Kind::time: {
      const auto times = contents.times();
      for (std::size_t row = 0; row < times.size() && row < contents.rowCount(); ++row)
        set.addIf(row, times[row] >= node.start && times[row] < node.stop);
      break;
    }
    case Kind::both:
      set = choose(contents, *node.left);
      set &= choose(contents, *node.right);
      break;
    case Kind::either:
      set = choose(contents, *node.left);
      set |= choose(contents, *node.right);
      break;
    case Kind::negated:
      set = choose(contents, *node.left);
      set.invert();
      break;
    default: addByName(set, contents, node); break;
  }
  return set;
}

}  // namespace

std::vector<std::uint32_t> chooseRows(const Contents& contents, const FilterNode& node) {
  return choose(contents, node).numbers();
}

}  // namespace detail
}  // namespace rowlog
