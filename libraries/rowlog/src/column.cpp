#include <rowlog/column.h>

#include <numeric>
#include <stdexcept>

#include "memory.h"

namespace rowlog {

using detail::Memory;

std::span<const std::int64_t> Column::integers() const {
  if (kind() != ValueKind::integer) throw std::invalid_argument("\"" + name() + "\" has real values");
  return {static_cast<const std::int64_t*>(parts_.values), parts_.size};
}

std::span<const double> Column::reals() const {
  if (kind() != ValueKind::real) throw std::invalid_argument("\"" + name() + "\" has integer values");
  return {static_cast<const double*>(parts_.values), parts_.size};
}

std::span<const std::uint32_t> Column::rows() const {
  if (!parts_.isRegular) return {parts_.rows, parts_.size};
  std::call_once(rowsOnce_, [this] {
    const auto memory = Memory::allocate(parts_.size * sizeof(std::uint32_t));
    auto* rows = reinterpret_cast<std::uint32_t*>(memory->data());
    std::iota(rows, rows + parts_.size, 0U);
    ownRows_ = memory;
  });
  return {reinterpret_cast<const std::uint32_t*>(ownRows_->data()), parts_.size};
}

std::span<const std::int64_t> Column::times() const {
  if (parts_.times) return {parts_.times, parts_.size};
  if (parts_.isRegular) return parts_.rowTimes;
  std::call_once(timesOnce_, [this] {
    const auto memory = Memory::allocate(parts_.size * sizeof(std::int64_t));
    auto* times = reinterpret_cast<std::int64_t*>(memory->data());
    for (std::size_t i = 0; i < parts_.size; ++i)
      times[i] = parts_.rows[i] < parts_.rowTimes.size() ? parts_.rowTimes[parts_.rows[i]] : 0;
    ownTimes_ = memory;
  });
  return {reinterpret_cast<const std::int64_t*>(ownTimes_->data()), parts_.size};
}

}  // namespace rowlog
