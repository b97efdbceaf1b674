// Rows of several files in the order of their times.
#pragma once

#include <memory>
#include <vector>

#include "names.h"
#include "segment.h"
#include "work.h"

namespace rowlog::detail {

// Segments of several files, each file's in order, as segments whose rows are in the order of time as far as every file's
// are. Files whose times do not overlap are only put in order; else all records are copied.
std::vector<std::shared_ptr<Segment>> mergeByTime(std::vector<std::shared_ptr<Segment>> segments, const Names& names,
                                                  const Effort& effort);

}  // namespace rowlog::detail
