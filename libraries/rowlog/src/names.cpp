#include "names.h"

namespace rowlog::detail {
namespace {

constexpr std::uint32_t kDenseIds = 65536;
const IdTable::Known kNobody;

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
