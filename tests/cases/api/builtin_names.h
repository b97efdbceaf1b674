// Exceptions with the names of Python's own, as JsonCpp has them.
#pragma once
#include <stdexcept>
#include <string>

namespace builtin_names {

class Exception : public std::exception {
 public:
  explicit Exception(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};
class RuntimeError : public Exception {
 public:
  using Exception::Exception;
};

/// Which sides are open.
enum __attribute__((flag_enum)) Sides { none = 0, left = 1, right = 2 };

inline void fail(const std::string& text) { throw RuntimeError(text); }
inline int open(Sides sides) { return static_cast<int>(sides); }

}  // namespace builtin_names
