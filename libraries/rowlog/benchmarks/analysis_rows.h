/// The talk's analysis in C++ over rows and items, line by line: what native calls have to measure up to.
#pragma once

#include <rowlog/row_reader.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <variant>

namespace rowlog {

inline double number(const Item& item) {
  return std::visit([](auto value) { return static_cast<double>(value); }, item.value());
}

inline double analyse(const RowReader& reader) {
  double change = 0, last = 0;
  std::int64_t count = 0;
  for (const Row row : reader.getRows()) {
    double size = 0;
    for (const Item item : row.items()) {
      const std::string& name = reader.getIdName(item.id);
      if (name == "trade_size") size += number(item);
      if (name == "signal") {
        if (last != 0) {
          const double moved = std::fabs(number(item) - last);
          if (size > 0) change += moved / size;
          ++count;
        }
        last = number(item);
        size = 0;
      }
    }
  }
  return change / static_cast<double>(count);
}

}  // namespace rowlog
