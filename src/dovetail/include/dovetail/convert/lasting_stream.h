// dovetail/convert/lasting_stream.h: Python files that C++ keeps as streams, as `explicit Emitter(std::ostream& out)` does.
//
//   Arg<Lasting<std::ostream&>>    get(): the stream;  keeper(): what holds it, for the new object to keep alive
//
// Nothing tells when C++ has written all that it will write, so each piece goes to the file at once. What was read and not
// taken by the end of the call goes back to a file that can seek; what is read after it does not.
// C++ may write in a destructor, or on a thread of its own: an exception of the file is reported by sys.unraisablehook, and
// the stream fails (badbit).
#pragma once
#include <dovetail/convert/stream.h>

#include <new>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Parameter>
struct Lasting;  // only a name

template <class Stream>
struct LastingFile {
  using Slot = FileSlot<Stream>;

  bool take(PyObject* from, Home home) noexcept {
    Slot* made = new (std::nothrow) Slot;
    if (!made) return PyErr_NoMemory(), false;
    if (!made->open(from, home, true) || !(holder_ = Ref(PyCapsule_New(made, name, end)))) {
      delete made;
      return false;
    }
    slot_ = made;
    used_ = made->used;
    return true;
  }
  bool take_nullable(PyObject* from, Home home) noexcept { return from == Py_None || take(from, home); }
  void set(Stream& other) noexcept { used_ = &other; }
  void set(Stream* other) noexcept { used_ = other; }
  // The call is over; throws.
  void finish() {
    if (slot_) slot_->finish();
  }
  PyObject* keeper() {
    finish();
    return holder_ ? holder_.get() : Py_None;
  }
  static int rank(PyObject* from, Home) noexcept { return Slot::rank(from); }
  static int rank_nullable(PyObject* from, Home home) noexcept { return from == Py_None ? int{exact} : rank(from, home); }

 protected:
  Stream* used_ = nullptr;

 private:
  static constexpr const char* name = "dovetail.stream";
  static void end(PyObject* capsule) noexcept { delete static_cast<Slot*>(PyCapsule_GetPointer(capsule, name)); }

  Slot* slot_ = nullptr;
  Ref holder_;
};

template <class Stream>
struct Arg<Lasting<Stream&>> : LastingFile<Stream> {
  Stream& get() noexcept { return *this->used_; }
};
template <class Stream>
struct Arg<Lasting<Stream*>> : LastingFile<Stream> {
  Stream* get() noexcept { return this->used_; }
};

}  // namespace v1
}  // namespace dovetail
