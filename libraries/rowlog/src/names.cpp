#include "names.h"

#include <rowlog/error.h>

#include <algorithm>
#include <numeric>

namespace rowlog::detail {
namespace {

constexpr std::uint32_t kDenseIds = 65536;
const IdTable::Known kNobody;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

// How many letters have to be changed, put in or left out to make one word of the other; capitals are no difference.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (lower(from[i]) != lower(to[j]));
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::string inQuotes(std::string_view name) { return '"' + std::string(name) + '"'; }

}  // namespace

std::string nameOfUnnamed(std::int32_t id) { return "id_" + std::to_string(id); }

std::optional<std::uint32_t> Names::add(const IdMetadata& metadata) {
  if (const auto found = byName_.find(metadata.name); found != byName_.end()) {
    if (all_[found->second].kind != metadata.kind) return std::nullopt;
    return found->second;
  }
  IdMetadata own = metadata;
  if (byId_.contains(own.id)) {
    while (byId_.contains(nextFree_)) ++nextFree_;
    own.id = nextFree_;
  }
  const std::uint32_t slot = size();
  byName_.emplace(own.name, slot);
  byId_.emplace(own.id, slot);
  if (const auto id = static_cast<std::uint32_t>(own.id); id < kDenseIds) {
    if (id >= small_.size()) small_.resize(id + 1, IdTable::kNoSlot);
    small_[id] = slot;
  }
  all_.push_back(std::move(own));
  return slot;
}

std::optional<std::uint32_t> Names::find(const std::string& name) const {
  const auto found = byName_.find(name);
  if (found == byName_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t Names::slotOf(const std::string& name) const {
  const auto slot = find(name);
  if (!slot) throw NoSuchName(sayUnknown(name));
  return *slot;
}

std::string Names::sayUnknown(std::string_view name) const {
  constexpr std::size_t kLongest = 200;  // of what is compared; longer ones are no slips of the keyboard
  constexpr std::size_t kListed = 8;
  const std::string start = "no name " + inQuotes(name.substr(0, kLongest)) + " in this log";
  if (all_.empty()) return start;
  std::vector<std::pair<std::size_t, std::uint32_t>> near;
  for (std::uint32_t slot = 0; slot < size() && name.size() <= kLongest; ++slot) {
    const std::string& other = all_[slot].name;
    const std::size_t length = std::max(other.size(), name.size());
    if (other.size() > kLongest) continue;
    const std::size_t apart = distance(name, other);
    if (apart <= std::max<std::size_t>(1, length / 3)) near.emplace_back(apart, slot);
  }
  std::sort(near.begin(), near.end());
  const bool listed = near.empty();
  if (listed)
    for (std::uint32_t slot = 0; slot < std::min<std::size_t>(size(), kListed); ++slot) near.emplace_back(0, slot);
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(near.size(), kListed); ++i)
    text += (i > 0 ? ", " : "") + inQuotes(all_[near[i].second].name);
  return start + (near.size() == 1 ? ": there is " : ": there are ") + text + (listed && size() > kListed ? ", …" : "");
}

const IdMetadata* Names::ofId(std::int32_t id) const {
  if (const auto index = static_cast<std::uint32_t>(id); index < small_.size())
    return small_[index] == IdTable::kNoSlot ? nullptr : &all_[small_[index]];
  const auto found = byId_.find(id);
  return found == byId_.end() ? nullptr : &all_[found->second];
}

void IdTable::set(std::int32_t id, const Known& known) {
  const auto index = static_cast<std::uint32_t>(id);
  if (index >= kDenseIds) {
    sparse_[id] = known;
    return;
  }
  if (index >= dense_.size()) dense_.resize(index + 1);
  dense_[index] = known;
}

const IdTable::Known& IdTable::findSparse(std::int32_t id) const {
  const auto found = sparse_.find(id);
  return found == sparse_.end() ? kNobody : found->second;
}

}  // namespace rowlog::detail
