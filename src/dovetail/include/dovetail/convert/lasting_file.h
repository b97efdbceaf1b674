// dovetail/convert/lasting_file.h: Python files that C keeps as FILE*, as `void png_init_io(png_struct*, FILE*)` does.
//
//   Arg<Lasting<std::FILE*>>    get(): the file;  keeper(): what closes it, for an object to keep alive
//
// It is opened over a descriptor of its own, which stays open when Python closes its file, and has no buffer: nothing tells
// when C has written all that it will write. Both share one position, so Python must leave the file alone meanwhile.
#pragma once
#include <dovetail/convert/c_file.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

template <class Parameter>
struct Lasting;  // only a name

template <>
struct Arg<Lasting<std::FILE*>> {
  bool take(PyObject* from, Home home) noexcept {
    Arg<std::FILE*> opened;
    if (!opened.take(from, home)) return false;
    file_ = opened.release();
    holder_ = Ref(PyCapsule_New(file_, name, end));
    if (!holder_) std::fclose(file_);
    return static_cast<bool>(holder_);
  }
  bool take_nullable(PyObject* from, Home home) noexcept { return from == Py_None || take(from, home); }
  void set(std::FILE* other) noexcept { file_ = other; }
  std::FILE* get() noexcept { return file_; }
  void finish() noexcept {}
  PyObject* keeper() noexcept { return holder_ ? holder_.get() : Py_None; }
  static int rank(PyObject* from, Home home) noexcept { return Arg<std::FILE*>::rank(from, home); }
  static int rank_nullable(PyObject* from, Home home) noexcept { return Arg<std::FILE*>::rank_nullable(from, home); }

 private:
  static constexpr const char* name = "dovetail.file";
  static void end(PyObject* capsule) noexcept { std::fclose(static_cast<std::FILE*>(PyCapsule_GetPointer(capsule, name))); }

  std::FILE* file_ = nullptr;
  Ref holder_;
};

}  // namespace v1
}  // namespace dovetail
