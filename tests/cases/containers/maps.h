// Maps and sets.
#pragma once
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>
namespace maps {

struct Item {
  int count = 0;
};

using Counts = std::map<std::string, int>;
inline Counts count(const std::vector<std::string>& words) {
  Counts out;
  for (const auto& word : words) ++out[word];
  return out;
}
inline int total(const std::map<std::string, int>& counts) {
  int out = 0;
  for (const auto& entry : counts) out += entry.second;
  return out;
}
inline std::unordered_map<int, std::string> names() { return {{1, "one"}, {2, "two"}}; }
inline std::set<int> unique(const std::vector<int>& values) { return {values.begin(), values.end()}; }
inline std::unordered_set<std::string> words(const std::unordered_set<std::string>& values) { return values; }
inline std::map<std::string, std::vector<int>> grouped() { return {{"a", {1, 2}}, {"b", {3}}}; }
inline std::map<int, Item> items() { return {{1, {10}}, {2, {20}}}; }

class Registry {
 public:
  std::map<std::string, Item> items;
  const std::set<int>& ids() const { return ids_; }

 private:
  std::set<int> ids_ = {3, 1, 2};
};

}  // namespace maps
