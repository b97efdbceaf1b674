// dovetail/plain/containers.h: what Python does with standard containers, as functions; and iterators.
//
// Places are Python's: negative ones count from the end, and one outside throws std::out_of_range.
#pragma once
#include <dovetail/plain/values.h>

namespace dovetail {
inline namespace v1 __attribute__((visibility("hidden"))) {
namespace plain {

inline size_t item_index(long long index, size_t size) {
  const auto place = index < 0 ? static_cast<size_t>(index) + size : static_cast<size_t>(index);
  if (place >= size) throw std::out_of_range("index out of range");
  return place;
}

template <class S>
decltype(auto) item(S& all, long long index) {
  return all[item_index(index, all.size())];
}
template <class S>
void erase(S& all, long long index) {
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(item_index(index, all.size())));
}
template <class S>
void insert(S& all, long long index, const typename S::value_type& value) {
  const auto size = static_cast<long long>(all.size());
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(index > size ? size : index), value);
}
template <class S, class T>
void extend(S& all, const Run<T>& values) {
  all.insert(all.end(), values.begin(), values.end());
}

// Of a mapping its keys, of a set its elements: in one go, as either may change meanwhile.
template <class M>
std::vector<typename M::key_type> keys(const M& all) {
  std::vector<typename M::key_type> found;
  found.reserve(all.size());
  for (const auto& element : all) {
    if constexpr (std::is_same_v<typename M::key_type, typename M::value_type>) {
      found.push_back(element);
    } else {
      found.push_back(element.first);
    }
  }
  return found;
}
template <class M>
bool erase_key(M& all, const typename M::key_type& key) {
  return all.erase(key) != 0;
}

// An iteration over what has begin() and end(): more() before each next().
template <class T>
class Walk {
 public:
  explicit Walk(T& all) : at_(all.begin()), end_(all.end()) {}
  bool more() {
    if (passed_) ++at_;
    passed_ = false;
    return at_ != end_;
  }
  decltype(auto) next() {
    passed_ = true;
    return *at_;
  }

 private:
  decltype(std::declval<T&>().begin()) at_;
  decltype(std::declval<T&>().end()) end_;
  bool passed_ = false;
};

}  // namespace plain
}  // namespace v1
}  // namespace dovetail
