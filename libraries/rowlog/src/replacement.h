// A file that takes the place of another one when it is whole.
#pragma once

#include <filesystem>
#include <string>

namespace rowlog::detail {

class Replacement {
 public:
  explicit Replacement(const std::filesystem::path& target);
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement();  // removes it, unless it was put into place

  const std::filesystem::path& path() const { return path_; }
  void putInPlace();

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;
  bool placed_ = false;
};

}  // namespace rowlog::detail
