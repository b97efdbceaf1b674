#include "replacement.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <system_error>
#include <thread>

namespace rowlog::detail {

Replacement::Replacement(const std::filesystem::path& target) : target_(target), path_(target) {
  static std::atomic<unsigned> count{0};
  path_ += ".tmp" + std::to_string(::getpid()) + "." + std::to_string(count++);
}

Replacement::~Replacement() {
  if (placed_) return;
  // Giving back the pages of a large file takes a while, which whoever pressed Ctrl-C does not wait for: that is done when
  // nobody has the file open any more.
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  if (file < 0) return;
  try {
    std::thread([file] { ::close(file); }).detach();
  } catch (const std::system_error&) {
    ::close(file);
  }
}

void Replacement::putInPlace() {
  std::filesystem::rename(path_, target_);
  placed_ = true;
}

}  // namespace rowlog::detail
