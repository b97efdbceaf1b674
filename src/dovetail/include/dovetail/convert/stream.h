// dovetail/convert/stream.h: Python files as std::ostream& and std::istream& parameters, and `operator<<` as text.
//   ostream: whatever has write(); text where the object says so (an `encoding`, a TextIOBase) or is not of io, else bytes.
//            Nothing is held back: what C++ writes has been written when the call returns, and an exception of write()
//            leaves the C++ function as itself (the stream throws, as its exceptions() mask asks).
//   istream: whatever has readline() or read(); read line by line, so that Python goes on after the last line C++ looked at.
//   stream_text(f): str of what f(std::ostream&) writes.
#pragma once
#include <dovetail/convert/guarded.h>

#include <cstring>
#include <istream>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// 1: text, 0: bytes, -1: an exception is set.
[[gnu::noinline]] inline int is_text_file(PyObject* file) noexcept {
  if (has_attribute(file, "encoding")) return 1;
  Ref io(PyImport_ImportModule("io"));
  if (!io) return -1;
  Ref base(get_attribute(io.get(), "IOBase"));
  Ref text(get_attribute(io.get(), "TextIOBase"));
  if (!base || !text) return -1;
  const int of_io = PyObject_IsInstance(file, base.get());
  if (of_io <= 0) return of_io < 0 ? -1 : 1;
  return PyObject_IsInstance(file, text.get());
}

// Bytes at the end of [start, start + size) that begin a UTF-8 sequence and do not finish it: 0 to 3.
inline size_t unfinished_utf8(const char* start, size_t size) noexcept {
  for (size_t back = 1; back <= 3 && back <= size; ++back) {
    const unsigned char c = static_cast<unsigned char>(start[size - back]);
    if ((c & 0xC0) == 0x80) continue;
    const size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return need > back ? back : 0;
  }
  return 0;
}

class OutputBuffer final : public std::streambuf {
 public:
  OutputBuffer(PyObject* write, bool text) : write_(write), text_(text) {}
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;
  ~OutputBuffer() override {
    if (!held_.empty() && !send(held_.data(), held_.size())) PyErr_WriteUnraisable(write_.get());
  }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    put(&one, 1);
    return c;
  }
  std::streamsize xsputn(const char* start, std::streamsize size) override {
    put(start, size_t(size));
    return size;
  }

 private:
  void put(const char* start, size_t size) {
    if (!text_) return check(send(start, size));
    // A character may be split over two writes: its beginning waits.
    const bool joined = !held_.empty();
    if (joined) {
      held_.append(start, size);
      start = held_.data();
      size = held_.size();
    }
    const size_t rest = unfinished_utf8(start, size);
    const bool good = size == rest || send(start, size - rest);
    if (joined) {
      held_.erase(0, size - rest);
    } else if (rest) {
      held_.assign(start + size - rest, rest);
    }
    check(good);
  }
  bool send(const char* start, size_t size) noexcept {
    Ref piece(text_ ? PyUnicode_DecodeUTF8(start, Py_ssize_t(size), "replace")
                    : PyBytes_FromStringAndSize(start, Py_ssize_t(size)));
    if (!piece) return false;
    Ref done(PyObject_CallOneArg(write_.get(), piece.get()));
    return bool(done);
  }
  static void check(bool good) {
    if (!good) throw PythonError();
  }

  Ref write_;
  bool text_;
  std::string held_;
};

class InputBuffer final : public std::streambuf {
 public:
  InputBuffer(PyObject* read, bool by_line) : read_(read), by_line_(by_line) {}

 protected:
  int_type underflow() override {
    if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
    Ref piece(PyObject_CallFunction(read_.get(), "n", by_line_ ? Py_ssize_t(65536) : Py_ssize_t(8192)));
    if (!piece) throw PythonError();
    Py_ssize_t size = 0;
    const char* start = nullptr;
    if (PyUnicode_Check(piece.get())) {
      start = PyUnicode_AsUTF8AndSize(piece.get(), &size);
    } else if (PyBytes_Check(piece.get())) {
      start = PyBytes_AS_STRING(piece.get());
      size = PyBytes_GET_SIZE(piece.get());
    } else {
      PyErr_Format(PyExc_TypeError, "read() should return str or bytes, not %.200s", Py_TYPE(piece.get())->tp_name);
    }
    if (!start) throw PythonError();
    if (size == 0) return traits_type::eof();
    line_.assign(start, size_t(size));
    setg(line_.data(), line_.data(), line_.data() + line_.size());
    return traits_type::to_int_type(*gptr());
  }

 private:
  Ref read_;
  bool by_line_;
  std::string line_;
};

template <class Buffer, class Stream>
struct FileSlot {
  std::optional<Buffer> buffer;
  std::optional<Stream> stream;

  bool open(PyObject* method, bool flag) noexcept {
    return guarded([&] {
      buffer.emplace(method, flag);
      stream.emplace(&*buffer);
      // The exception of the Python method passes through the stream's own catch only with this mask.
      stream->exceptions(std::ios_base::badbit);
    });
  }
};

template <>
struct Arg<std::ostream&> {
  FileSlot<OutputBuffer, std::ostream> slot;
  [[gnu::noinline]] bool take(PyObject* from, Home home) noexcept {
    if (rank(from, home) < 0) return false;
    const int text = is_text_file(from);
    if (text < 0) return false;
    PyObject* write = get_attribute(from, "write");
    return write && slot.open(write, text != 0);
  }
  std::ostream& get() { return *slot.stream; }
  static int rank(PyObject* from, Home) noexcept { return has_attribute(from, "write") ? 0 : -1; }
};

template <>
struct Arg<std::istream&> {
  FileSlot<InputBuffer, std::istream> slot;
  [[gnu::noinline]] bool take(PyObject* from, Home) noexcept {
    const bool by_line = has_attribute(from, "readline");
    if (!by_line && !has_attribute(from, "read")) return false;
    PyObject* read = get_attribute(from, by_line ? "readline" : "read");
    return read && slot.open(read, by_line);
  }
  std::istream& get() { return *slot.stream; }
  static int rank(PyObject* from, Home) noexcept {
    return has_attribute(from, "readline") || has_attribute(from, "read") ? 0 : -1;
  }
};

class TextBuffer final : public std::streambuf {
 public:
  std::string text;

 protected:
  int_type overflow(int_type c) override {
    if (!traits_type::eq_int_type(c, traits_type::eof())) text.push_back(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* start, std::streamsize size) override {
    text.append(start, size_t(size));
    return size;
  }
};

// What `write(out)` prints, as str; bytes that are not UTF-8 come through as lone surrogates. Call inside the wrapper's try.
template <class F>
PyObject* stream_text(F&& write) {
  TextBuffer buffer;
  std::ostream out(&buffer);
  write(out);
  return PyUnicode_DecodeUTF8(buffer.text.data(), Py_ssize_t(buffer.text.size()), "surrogateescape");
}

}  // namespace v1
}  // namespace dovetail
