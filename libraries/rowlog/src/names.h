// What all ids of a log are called: the names of its files brought together.
#pragma once

#include <rowlog/rows.h>
#include <rowlog/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowlog::detail {

// Every name has a slot, from 0 on, that it keeps; an id may be another one in each file.
class Names {
 public:
  // The slot of a name that some file has, new or not; nothing if the name is known as another kind.
  std::optional<std::uint32_t> add(const IdMetadata& metadata);
  std::optional<std::uint32_t> find(const std::string& name) const;
  // The same; NoSuchName where there is none.
  std::uint32_t slotOf(const std::string& name) const;
  // What to say of a name that there is not: `no name "prize" in this log: there is "price"`.
  std::string sayUnknown(std::string_view name) const;
  const IdMetadata* ofId(std::int32_t id) const;

  const IdMetadata& operator[](std::uint32_t slot) const { return all_[slot]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(all_.size()); }
  const std::vector<IdMetadata>& all() const { return all_; }

 private:
  std::vector<IdMetadata> all_;
  std::unordered_map<std::string, std::uint32_t> byName_;
  std::unordered_map<std::int32_t, std::uint32_t> byId_;
  std::int32_t nextFree_ = 0;          // no smaller id is free
  std::vector<std::uint32_t> small_;  // byId_ of the ids below some bound
};

// The name of an id that nobody named.
std::string nameOfUnnamed(std::int32_t id);

}  // namespace rowlog::detail
