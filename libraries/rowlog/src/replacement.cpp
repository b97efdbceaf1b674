#include "replacement.h"

#include <unistd.h>

#include <atomic>
#include <system_error>

namespace rowlog::detail {

Replacement::Replacement(const std::filesystem::path& target) : target_(target), path_(target) {
  static std::atomic<unsigned> count{0};
  path_ += ".tmp" + std::to_string(::getpid()) + "." + std::to_string(count++);
}

Replacement::~Replacement() {
  std::error_code ignored;
  if (!placed_) std::filesystem::remove(path_, ignored);
}

void Replacement::putInPlace() {
  std::filesystem::rename(path_, target_);
  placed_ = true;
}

}  // namespace rowlog::detail
