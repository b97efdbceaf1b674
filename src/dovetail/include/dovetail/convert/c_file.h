// dovetail/convert/c_file.h: Python files as FILE* parameters.
//
// A Python file that has a descriptor: C opens it anew, at the position where Python is, and closes that when the call is
// over; then Python stands where C stopped. What Python had written goes out before, what C has written after the call.
// An exception or an error of the file comes out of the call.
#pragma once
#include <dovetail/convert/finish.h>
#include <dovetail/core/errors.h>

#include <cerrno>
#include <cstdio>
#ifdef _WIN32
#include <io.h>
#else
#include <sys/types.h>
#include <unistd.h>
#endif

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <>
struct Arg<std::FILE*> {
  Arg() noexcept = default;
  Arg(const Arg&) = delete;
  Arg& operator=(const Arg&) = delete;
  // Only where the call failed.
  ~Arg() {
    if (stream_) std::fclose(stream_);
  }

  [[gnu::noinline]] bool take(PyObject* from, Home) noexcept {
    if (rank(from, shows_attribute) < 0) return false;
    file_ = Ref::borrowed(from);
    return ask("readable", reads_) && ask("writable", writes_) && ask("seekable", seeks_) && Ref(call("flush")) && open();
  }
  bool take_nullable(PyObject* from, Home home) noexcept { return from == Py_None || take(from, home); }
  void set(std::nullptr_t) noexcept {}
  std::FILE* get() noexcept { return stream_; }

  // The call is over: with the GIL. Throws.
  void finish() {
    if (!stream_) return;
    const long long place = seeks_ ? tell(stream_) : -1;
    std::FILE* const stream = stream_;
    stream_ = nullptr;
    if (std::fclose(stream)) {
      PyErr_SetFromErrno(PyExc_OSError);
      throw PythonError();
    }
    if (place >= 0 && !Ref(call("seek", place))) throw PythonError();
  }
  // The file is another's to close; nothing waits in it.
  std::FILE* release() noexcept {
    setvbuf(stream_, nullptr, _IONBF, 0);
    std::FILE* const stream = stream_;
    stream_ = nullptr;
    return stream;
  }
  static int rank(PyObject* from, HasAttribute has) noexcept {
    for (const char* name : {"fileno", "readable", "writable", "seekable", "flush"}) {
      if (!has(from, name)) return no_match;
    }
    return is_cell(from) ? conversion : exact;
  }
  static int rank(PyObject* from, Home) noexcept { return rank(from, has_attribute); }
  static int rank_nullable(PyObject* from, Home home) noexcept { return from == Py_None ? int{exact} : rank(from, home); }

 private:
#ifdef _WIN32
  static int duplicate(int descriptor) noexcept { return _dup(descriptor); }
  static std::FILE* open_descriptor(int descriptor, const char* mode) noexcept { return _fdopen(descriptor, mode); }
  static void close_descriptor(int descriptor) noexcept { _close(descriptor); }
  static long long tell(std::FILE* stream) noexcept { return _ftelli64(stream); }
  static bool seek(std::FILE* stream, long long place) noexcept { return !_fseeki64(stream, place, SEEK_SET); }
#else
  static int duplicate(int descriptor) noexcept { return dup(descriptor); }
  static std::FILE* open_descriptor(int descriptor, const char* mode) noexcept { return fdopen(descriptor, mode); }
  static void close_descriptor(int descriptor) noexcept { close(descriptor); }
  static long long tell(std::FILE* stream) noexcept { return ftello(stream); }
  static bool seek(std::FILE* stream, long long place) noexcept { return !fseeko(stream, off_t(place), SEEK_SET); }
#endif

  PyObject* call(const char* method) noexcept {
    Ref found(get_attribute(file_.get(), method));
    return found ? PyObject_CallFunction(found.get(), nullptr) : nullptr;
  }
  PyObject* call(const char* method, long long number) noexcept {
    Ref found(get_attribute(file_.get(), method));
    return found ? PyObject_CallFunction(found.get(), "L", number) : nullptr;
  }
  bool ask(const char* method, bool& answer) noexcept {
    Ref found(call(method));
    const int truth = found ? PyObject_IsTrue(found.get()) : -1;
    answer = truth > 0;
    return truth >= 0;
  }
  bool open() noexcept {
    // Of text this is a number of bytes too, unless its encoding is in the middle of something.
    Ref place(seeks_ ? call("tell") : nullptr);
    const long long at = place ? PyLong_AsLongLong(place.get()) : -1;
    if (PyErr_Occurred()) return false;
    const int descriptor = PyObject_AsFileDescriptor(file_.get());
    if (descriptor < 0) return false;
    const int own = duplicate(descriptor);
    if (own >= 0) stream_ = open_descriptor(own, writes_ ? reads_ ? "r+b" : "wb" : "rb");
    if (stream_ && (at < 0 || seek(stream_, at))) return true;
    PyErr_SetFromErrno(PyExc_OSError);
    if (own >= 0 && !stream_) close_descriptor(own);
    return false;
  }

  Ref file_;
  std::FILE* stream_ = nullptr;
  bool reads_ = false;
  bool writes_ = false;
  bool seeks_ = false;
};

}  // namespace v1
}  // namespace dovetail
