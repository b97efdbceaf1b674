// The talk's loop over rows and items, in C++.
#pragma once
#include "binary_reader.h"

namespace binary_reader {

struct Signals {
  long count = 0;
  double sum = 0;
};
Signals analyse(const RowReader& reader, double threshold);

// A log in which each row has thirteen items.
void write_log(const std::string& filename, long rows);

}  // namespace binary_reader
