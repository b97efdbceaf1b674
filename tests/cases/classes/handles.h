// Classes that are only declared here: objects of them are passed on, never looked into.
#pragma once
#include <stdexcept>
#include <string>

namespace handles {

/// A file that somebody else opened.
struct File;
struct Unused;
class Session;

namespace store {
inline int files[2] = {10, 20};
inline int session = 7;
}  // namespace store

inline File* open(int which) {
  return which < 0 || which > 1 ? nullptr : reinterpret_cast<File*>(&store::files[which]);
}
/// @param file the file, or null
inline int size(const File* file) { return file ? *reinterpret_cast<const int*>(file) : -1; }
inline int size_of(const File& file) { return *reinterpret_cast<const int*>(&file); }
inline void grow(File& file, int by = 1) { *reinterpret_cast<int*>(&file) += by; }
inline const File* reading() { return reinterpret_cast<const File*>(&store::files[0]); }

class Session;
inline Session& current() { return reinterpret_cast<Session&>(store::session); }
inline int number(Session& session) { return reinterpret_cast<int&>(session); }
inline int number(File& file) { return -reinterpret_cast<int&>(file); }

class Holder {
 public:
  struct Part;
  // `file` may be NULL.
  explicit Holder(File* file) : file_(file) {}
  File* file() const { return file_; }
  const File& sure() const { return file_ ? *file_ : throw std::logic_error("no file"); }
  Part* part() { return reinterpret_cast<Part*>(this); }
  bool owns(const Part* part) const { return reinterpret_cast<const void*>(part) == this; }
  File* open = nullptr;

 private:
  File* file_;
};

}  // namespace handles
