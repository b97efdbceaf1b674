// dovetail/convert/stream.h: Python files as std::ostream&, std::istream& and std::iostream& parameters, and operators of streams.
//
//   out     whatever has write(); text where the object says so (an `encoding`, a TextIOBase) or is not of io, else bytes.
//           Written in pieces; what is left goes out when the call is over (finish), also on std::flush.
//   in      whatever has read() or readline(). A file that can seek is read in pieces, and stands behind the last character
//           that C++ took when the call is over. Of any other, a line at a time is taken.
//   binary files that can seek also do so for C++ (tellg, seekg, tellp, seekp).
//
// An exception of the file leaves the C++ function as itself: the stream throws, as its exceptions() mask asks. The
// interpreter is entered for each call of the file, so the C++ function may run without the GIL, or write on another thread.
//
//   Arg<Lasting<std::ostream&>>    lasting_stream.h: a file that a new object of C++ keeps
//   stream_text(f)                 str of what f(std::ostream&) writes
//   printed(value)                 what `out << value` writes, where that may change the value
//   read_object(in, value)         in >> value, or std::invalid_argument
#pragma once
#include <dovetail/convert/finish.h>
#include <dovetail/convert/guarded.h>
#include <dovetail/core/attach.h>

#include <cstring>
#include <istream>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <streambuf>
#include <string>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// 1: text, 0: bytes, -1: an exception is set.
DOVETAIL_COLD inline int is_text_file(PyObject* file) noexcept {
  if (shows_attribute(file, "encoding")) return 1;
  if (PyErr_Occurred()) return -1;
  Ref io(PyImport_ImportModule("io"));
  if (!io) return -1;
  Ref base(get_attribute(io.get(), "IOBase"));
  Ref text(base ? get_attribute(io.get(), "TextIOBase") : nullptr);
  if (!text) return -1;
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

inline Py_ssize_t count_characters(const char* start, const char* end) noexcept {
  Py_ssize_t count = 0;
  for (; start < end; ++start) count += (static_cast<unsigned char>(*start) & 0xC0) != 0x80;
  return count;
}

// A Python file as C++ reads and writes it. Reading and writing share the position of the file, as std::fstream does:
// turning from one to the other sets it back or writes what is held.
class FileBuffer final : public std::streambuf {
 public:
  FileBuffer(PyObject* file, bool text, Interpreter* interpreter, bool lasting = false)
      : file_(Ref::borrowed(file)), interpreter_(interpreter), text_(text), lasting_(lasting) {}
  FileBuffer(const FileBuffer&) = delete;
  FileBuffer& operator=(const FileBuffer&) = delete;
  // Only where the call failed: nothing may be lost, and the exception that is set stays.
  ~FileBuffer() override {
    if (finished_ && held_.empty()) return;
    PyObject* raised = fetch_exception();
    if (!(finished_ ? write_held(true) : settle())) PyErr_WriteUnraisable(file_.get());
    restore_exception(raised);
  }

  // The call is over: with the GIL. Throws. Of a file that C++ keeps and that cannot seek, what was read stays here.
  void finish() {
    finished_ = true;
    if (!(lasting_ && !seekable_ ? write_held(false) : settle())) throw PythonError();
  }

 protected:
  int_type overflow(int_type c) override {
    const char one = traits_type::to_char_type(c);
    const bool good = traits_type::eq_int_type(c, traits_type::eof()) || put(&one, 1);
    return good ? traits_type::not_eof(c) : traits_type::eof();
  }
  std::streamsize xsputn(const char* start, std::streamsize size) override {
    return put(start, static_cast<size_t>(size)) ? size : 0;
  }
  int sync() override {
    return enter([&] { return settle() && (!wrote_ || flush_file()); }) ? 0 : -1;
  }
  int_type underflow() override {
    if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
    enter([&] { return write_held(true) && read_piece(); });
    return gptr() < egptr() ? traits_type::to_int_type(*gptr()) : traits_type::eof();
  }
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    const int whence = from == std::ios_base::beg ? 0 : from == std::ios_base::cur ? 1 : 2;
    return seek(offset, whence);
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode) override { return seek(off_type(position), 0); }

 private:
  static constexpr size_t most_held = 8192;

  // Runs Python code on whatever thread this is; false means that an exception is set, which goes on as a C++ one. Not so
  // where C++ keeps the stream: it may write in a destructor, which must not throw. The exception is reported then, and
  // the stream fails as streams of C++ do.
  template <class F>
  bool enter(F&& run) {
    Attached attached(*interpreter_);
    if (lasting_) return attached && enter_lasting(std::forward<F>(run));
    if (attached.starved()) throw std::bad_alloc();
    if (!attached) throw std::runtime_error("the Python interpreter has ended");
    if (!std::forward<F>(run)()) throw PythonError();
    return true;
  }
  template <class F>
  bool enter_lasting(F&& run) {
    PyObject* raised = fetch_exception();
    const bool good = std::forward<F>(run)();
    if (!good) PyErr_WriteUnraisable(file_.get());
    restore_exception(raised);
    return good;
  }

  template <class... Values>
  PyObject* call(const char* method, const char* format, Values... values) noexcept {
    Ref found(get_attribute(file_.get(), method));
    return found ? PyObject_CallFunction(found.get(), format, values...) : nullptr;
  }

  bool put(const char* start, size_t size) {
    if ((gptr() < egptr() || !piece_.empty()) && !enter([&] { return set_back(); })) return false;
    wrote_ = true;
    held_.append(start, size);
    if (!lasting_ && held_.size() < most_held) return true;
    return enter([&] { return write_held(false); });
  }
  bool flush_file() noexcept {
    if (!has_attribute(file_.get(), "flush")) return true;
    return static_cast<bool>(Ref(call("flush", "()")));
  }
  bool settle() noexcept { return set_back() && write_held(true); }

  // A character that C++ wrote only in part waits for its rest, unless this is the end.
  bool write_held(bool all) noexcept {
    const size_t size = held_.size() - (text_ && !all ? unfinished_utf8(held_.data(), held_.size()) : 0);
    const char* at = held_.data();
    const char* const end = at + size;
    bool good = true;
    while (good && at < end) good = write_some(at, end);
    held_.erase(0, size);  // also where it failed: it must not be tried again
    return good;
  }
  bool write_some(const char*& at, const char* end) noexcept {
    Ref piece(text_ ? PyUnicode_DecodeUTF8(at, end - at, "replace") : PyBytes_FromStringAndSize(at, end - at));
    Ref done(piece ? call("write", "(O)", piece.get()) : nullptr);
    if (!done) return false;
    Py_ssize_t written = end - at;
    if (!text_ && PyLong_Check(done.get())) {
      // A raw file may take only a part.
      written = PyLong_AsSsize_t(done.get());
      if (written < 0 && PyErr_Occurred()) return false;
      if (written <= 0) {
        PyErr_SetString(PyExc_BlockingIOError, "write() took nothing");
        return false;
      }
      if (written > end - at) written = end - at;
    }
    at += written;
    return true;
  }

  // ---- reading

  bool read_piece() noexcept {
    setg(nullptr, nullptr, nullptr);
    piece_.clear();
    if (!ask_seekable()) return false;
    place_ = Ref();
    if (seekable_ && text_) {
      place_ = Ref(call("tell", "()"));
      if (!place_) {  // iterating over the file has switched that off
        if (!PyErr_ExceptionMatches(PyExc_OSError)) return false;
        PyErr_Clear();
        seekable_ = false;
      }
    }
    const bool by_line = !seekable_ && has_attribute(file_.get(), "readline");
    Ref piece(call(by_line ? "readline" : "read", "(n)", by_line ? Py_ssize_t{65536} : Py_ssize_t{8192}));
    return piece && keep_piece(piece.get());
  }
  bool keep_piece(PyObject* piece) noexcept {
    Py_ssize_t size = 0;
    const char* start = nullptr;
    if (PyUnicode_Check(piece)) {
      start = PyUnicode_AsUTF8AndSize(piece, &size);
    } else if (PyBytes_Check(piece)) {
      start = PyBytes_AS_STRING(piece);
      size = PyBytes_GET_SIZE(piece);
    } else {
      PyErr_Format(PyExc_TypeError, "read() should return str or bytes, not %.200s", full_name(Py_TYPE(piece)));
    }
    if (!start) return false;
    if (!guarded([&] { piece_.assign(start, static_cast<size_t>(size)); })) return false;
    setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
    return true;
  }
  bool ask_seekable() noexcept {
    if (asked_) return true;
    asked_ = true;
    if (!has_attribute(file_.get(), "seekable")) return true;
    Ref answer(call("seekable", "()"));
    const int truth = answer ? PyObject_IsTrue(answer.get()) : -1;
    seekable_ = truth > 0;
    return truth >= 0;
  }
  // What was read and not taken goes back to the file.
  bool set_back() noexcept {
    const Py_ssize_t rest = egptr() - gptr();
    const Py_ssize_t taken = count_characters(eback(), gptr());
    setg(nullptr, nullptr, nullptr);
    piece_.clear();
    if (!rest || !seekable_) return true;
    if (!text_) return static_cast<bool>(Ref(call("seek", "(ni)", -rest, 1)));
    // Positions in text are opaque: back to where the piece began, and over what was taken of it.
    if (!Ref(call("seek", "(O)", place_.get()))) return false;
    return !taken || static_cast<bool>(Ref(call("read", "(n)", taken)));
  }

  pos_type seek(off_type offset, int whence) {
    pos_type found(off_type(-1));
    enter([&] {
      if (!ask_seekable()) return false;
      if (text_ || !seekable_) return true;
      if (!settle()) return false;
      Ref place(call("seek", "(Li)", static_cast<long long>(offset), whence));
      const long long number = place ? PyLong_AsLongLong(place.get()) : -1;
      if (number == -1 && PyErr_Occurred()) {
        // Before the beginning: C++ sees a position of -1.
        if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_OSError)) return false;
        PyErr_Clear();
        return true;
      }
      found = pos_type(off_type(number));
      return true;
    });
    return found;
  }

  Ref file_;
  Ref place_;  // of text: where piece_ begins
  InterpreterRef interpreter_;
  std::string held_;   // written, on its way to the file
  std::string piece_;  // read, C++ is in it
  bool text_;
  bool wrote_ = false;
  bool asked_ = false;
  bool seekable_ = false;
  bool finished_ = false;
  const bool lasting_;
};

// `Stream` over a Python file, for the length of a call; or a stream of C++, where the parameter's default is one.
template <class Stream>
struct FileSlot {
  std::optional<FileBuffer> buffer;
  std::optional<Stream> stream;
  Stream* used = nullptr;

  static constexpr bool writes = std::is_base_of_v<std::ostream, Stream>;
  static constexpr bool reads = std::is_base_of_v<std::istream, Stream>;

  // `lasting`: for longer than a call.
  [[gnu::noinline]] bool open(PyObject* from, Home home, bool lasting = false) noexcept {
    if (rank(from, shows_attribute) < 0) return false;
    const int text = is_text_file(from);
    Interpreter* const interpreter = text < 0 ? nullptr : interpreter_of(home);
    if (!interpreter) return false;
    return guarded([&] {
      buffer.emplace(from, text != 0, interpreter, lasting);
      stream.emplace(&*buffer);
      // An exception of the file passes through the stream's own catch only with this mask.
      if (!lasting) stream->exceptions(std::ios_base::badbit);
      used = &*stream;
    });
  }
  void finish() {
    if (buffer) buffer->finish();
  }
  static int rank(PyObject* from, HasAttribute has = has_attribute) noexcept {
    if (writes && !has(from, "write")) return no_match;
    if (reads && !has(from, "readline") && (PyErr_Occurred() || !has(from, "read"))) return no_match;
    return is_cell(from) ? conversion : exact;  // an object of C++ that has a write() is meant as what it is
  }
};

template <class Stream>
struct FileArg {
  FileSlot<Stream> slot;
  bool take(PyObject* from, Home home) noexcept { return slot.open(from, home); }
  bool take_nullable(PyObject* from, Home home) noexcept { return from == Py_None || take(from, home); }
  void set(Stream& other) noexcept { slot.used = &other; }
  void set(Stream* other) noexcept { slot.used = other; }
  void finish() { slot.finish(); }
  static int rank(PyObject* from, Home) noexcept { return FileSlot<Stream>::rank(from); }
  static int rank_nullable(PyObject* from, Home home) noexcept { return from == Py_None ? int{exact} : rank(from, home); }
};
template <class Stream>
struct FileReference : FileArg<Stream> {
  Stream& get() noexcept { return *this->slot.used; }
};
template <class Stream>
struct FilePointer : FileArg<Stream> {
  Stream* get() noexcept { return this->slot.used; }
};
template <>
struct Arg<std::ostream&> : FileReference<std::ostream> {};
template <>
struct Arg<std::istream&> : FileReference<std::istream> {};
template <>
struct Arg<std::iostream&> : FileReference<std::iostream> {};
template <>
struct Arg<std::ostream*> : FilePointer<std::ostream> {};
template <>
struct Arg<std::istream*> : FilePointer<std::istream> {};
template <>
struct Arg<std::iostream*> : FilePointer<std::iostream> {};

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

template <class T>
std::string printed(T& value) {
  TextBuffer buffer;
  std::ostream out(&buffer);
  out << value;
  return std::move(buffer.text);
}

template <class T>
void read_object(std::istream& in, T& value) {
  in >> value;
  if (in.fail()) throw std::invalid_argument(std::string("this does not read as a ") + Bound<T>::name);
}

}  // namespace v1
}  // namespace dovetail
