// Every way to fail.
#pragma once
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>
#include <filesystem>
namespace failures {

/// Something of ours went wrong.
class Error : public std::runtime_error {
 public:
  Error(const std::string& what, int code) : std::runtime_error(what), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};
class ParseError : public Error {
 public:
  ParseError(const std::string& what, int line) : Error(what, 2), line(line) {}
  int line;
};
class KeyMissing : public std::out_of_range {
 public:
  using std::out_of_range::out_of_range;
};
/// Made by C++ alone.
class Sealed : public Error {
 public:
  static Sealed make() { return Sealed(); }

 private:
  Sealed() : Error("sealed", 3) {}
};
/// Points at its name.
class Named : public std::exception {
 public:
  Named(const char* name, const std::vector<int>& values) : name_(name), values_(values) {}
  const char* what() const noexcept override { return "named"; }
  std::string name() const { return name_; }
  int sum() const {
    int total = 0;
    for (int value : values_) total += value;
    return total;
  }

 private:
  const char* name_;
  std::vector<int> values_;
};
class Aborted : public std::runtime_error {
 public:
  Aborted() : std::runtime_error("aborted") {}
  explicit Aborted(int code) : std::runtime_error("aborted " + std::to_string(code)) {}
  explicit Aborted(const Error& cause) : std::runtime_error(cause.what()) {}
};

inline void fail(const std::string& kind) {
  if (kind == "out_of_range") throw std::out_of_range("too far");
  if (kind == "invalid_argument") throw std::invalid_argument("not that");
  if (kind == "domain_error") throw std::domain_error("domain");
  if (kind == "length_error") throw std::length_error("too long");
  if (kind == "overflow_error") throw std::overflow_error("overflow");
  if (kind == "range_error") throw std::range_error("range");
  if (kind == "runtime_error") throw std::runtime_error("grün \xff");
  if (kind == "logic_error") throw std::logic_error("logic");
  if (kind == "bad_alloc") throw std::bad_alloc();
  if (kind == "bad_cast") throw std::bad_cast();
  if (kind == "system_error") throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory), "open");
  if (kind == "filesystem_error") (void)std::filesystem::file_size("/no/such/file");
  if (kind == "int") throw 42;
  if (kind == "text") throw "text";
  if (kind == "error") throw Error("ours", 7);
  if (kind == "parse") throw ParseError("line", 12);
  if (kind == "sealed") throw Sealed::make();
  if (kind == "key") throw KeyMissing("key");
  if (kind == "nested") {
    try {
      throw std::invalid_argument("inner");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("outer"));
    }
  }
}
inline int fine() noexcept { return 1; }

class Thrower {
 public:
  explicit Thrower(int value) {
    if (value < 0) throw Error("negative", value);
  }
  int operator[](int) const { throw std::out_of_range("no item"); }
  int field() const { throw ParseError("field", 1); }
  bool operator==(const Thrower&) const { throw std::runtime_error("no comparison"); }
};

}  // namespace failures
