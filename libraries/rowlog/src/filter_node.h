// What a filter consists of, and which rows it chooses.
#pragma once

#include <rowlog/filter.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contents.h"

namespace rowlog::detail {

struct FilterNode {
  enum class Kind { all, less, lessEqual, greater, greaterEqual, equal, notEqual, between, has, time, both, either, negated };

  Kind kind = Kind::all;
  std::string name = {};
  BData low = {};
  BData high = {};
  std::int64_t start = 0;
  std::int64_t stop = 0;
  std::shared_ptr<const FilterNode> left = {}, right = {};
  int depth = 1;

  static const FilterNode& of(const Filter& filter) { return *filter.node_; }
  static Filter filter(FilterNode node) { return Filter(std::make_shared<const FilterNode>(std::move(node))); }
};

// The numbers of the rows that fulfil a condition. Throws NoSuchName for a name that the log does not have.
std::vector<std::uint32_t> chooseRows(const Contents& contents, const FilterNode& node);

}  // namespace rowlog::detail
