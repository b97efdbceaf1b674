/// Which rows: comparisons of values and times, joined by and, or, not.
#pragma once

#include <rowlog/types.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <ostream>
#include <string>

namespace rowlog {

namespace detail {
struct FilterNode;
}

/// A condition on rows. One on a name holds where some value of that name in the row fulfils it; a row without the name
/// never does.
///
///     Filter::greater("signal", 1.2) & Filter::time(start, stop) & ~Filter::has("halted")
class Filter {
 public:
  static Filter less(const std::string& name, BData bound);
  static Filter lessEqual(const std::string& name, BData bound);
  static Filter greater(const std::string& name, BData bound);
  static Filter greaterEqual(const std::string& name, BData bound);
  static Filter equal(const std::string& name, BData value);
  static Filter notEqual(const std::string& name, BData value);
  /// low <= value <= high.
  static Filter between(const std::string& name, BData low, BData high);
  /// The row has the name.
  static Filter has(const std::string& name);
  /// start <= time < stop.
  static Filter time(std::int64_t start = std::numeric_limits<std::int64_t>::min(),
                     std::int64_t stop = std::numeric_limits<std::int64_t>::max());
  /// Every row.
  static Filter all();

  Filter operator&(const Filter& other) const;
  Filter operator|(const Filter& other) const;
  Filter operator~() const;

  friend std::ostream& operator<<(std::ostream& out, const Filter& filter);

 private:
  friend struct detail::FilterNode;
  explicit Filter(std::shared_ptr<const detail::FilterNode> node) : node_(std::move(node)) {}

  std::shared_ptr<const detail::FilterNode> node_;
};

}  // namespace rowlog
