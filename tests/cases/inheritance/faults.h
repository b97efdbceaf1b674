// dovetail: rules."NoSuchName" = { base = "KeyError" }
// dovetail: rules."Unready" = { base = "TimeoutError" }
// Exceptions with several bases: of the header, of the standard library, both, virtual.
#pragma once
#include <exception>
#include <ios>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
namespace faults {

class Fault : public std::runtime_error {
 public:
  explicit Fault(const std::string& text, int code = 1) : std::runtime_error(text), code(code) {}
  int code;
};
/// What can be tried again.
struct Retry {
  virtual ~Retry() = default;
  int after = 5;
  int wait() const { return after * 2; }
};
struct RetryError : Retry, virtual std::exception {
  const char* what() const noexcept override { return "retry"; }
};
struct Missing : Fault {
  explicit Missing(const std::string& key) : Fault("no " + key, 2) {}
};
struct Busy : RetryError {
  int load = 9;
};
/// Both at once.
struct Overload : Missing, Busy {
  Overload() : Missing("room") {}
  const char* what() const noexcept override { return "overload"; }
  int rest = 11;
};
struct BadKey : std::out_of_range, Retry {
  explicit BadKey(const std::string& key) : std::out_of_range(key) {}
};
struct LostFile : std::system_error, std::invalid_argument {
  LostFile() : std::system_error(std::make_error_code(std::errc::no_such_file_or_directory)), std::invalid_argument("lost") {}
  const char* what() const noexcept override { return "lost file"; }
};
struct NoName : std::exception {};
/// A rule says that it is a KeyError.
struct NoSuchName : std::out_of_range {
  explicit NoSuchName(const std::string& name) : std::out_of_range("no name " + name), name(name) {}
  std::string name;
};
struct NoSuchAlias : NoSuchName {
  using NoSuchName::NoSuchName;
};
struct Unready : Fault {
  Unready() : Fault("unready") {}
};

inline void raise(int kind) {
  switch (kind) {
    case 0: throw Fault("fault");
    case 1: throw Missing("key");
    case 2: throw Busy();
    case 3: throw Overload();
    case 4: throw BadKey("bad");
    case 5: throw LostFile();
    case 6: throw NoSuchName("price");
    case 7: throw NoSuchAlias("cost");
    case 8: throw Unready();
    default: throw NoName();
  }
}

}  // namespace faults
