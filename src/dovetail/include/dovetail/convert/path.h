// dovetail/convert/path.h: std::filesystem::path <-> pathlib.Path.
// Taken from str, bytes and os.PathLike (file-system encoding; an embedded null is ValueError).
// A std::filesystem::filesystem_error is OSError (the subclass that its errno selects) with its paths.
#pragma once
#include <dovetail/convert/guarded.h>

#include <filesystem>
#include <string>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

[[gnu::noinline]] inline bool is_path_like(PyObject* from, HasAttribute has = has_attribute) noexcept {
  return PyUnicode_Check(from) || PyBytes_Check(from) ||
         has(reinterpret_cast<PyObject*>(Py_TYPE(from)), "__fspath__");
}

[[gnu::noinline]] inline bool take_path(PyObject* from, std::filesystem::path& out) noexcept {
  if (!is_path_like(from, shows_attribute)) return false;
#ifdef _WIN32
  PyObject* text = nullptr;
  if (!PyUnicode_FSDecoder(from, &text)) return false;
  Ref held(text);
  Py_ssize_t size = 0;
  wchar_t* wide = PyUnicode_AsWideCharString(text, &size);
  if (!wide) return false;
  const bool good = guarded([&] { out.assign(wide, wide + size); });
  PyMem_Free(wide);
  return good;
#else
  PyObject* bytes = nullptr;
  if (!PyUnicode_FSConverter(from, &bytes)) return false;
  Ref held(bytes);
  const char* start = PyBytes_AS_STRING(bytes);
  return guarded([&] { out.assign(start, start + PyBytes_GET_SIZE(bytes)); });
#endif
}

[[gnu::noinline]] inline PyObject* path_text(const std::filesystem::path& path) noexcept {
  const auto& text = path.native();
#ifdef _WIN32
  return PyUnicode_FromWideChar(text.data(), Py_ssize_t(text.size()));
#else
  return PyUnicode_DecodeFSDefaultAndSize(text.data(), Py_ssize_t(text.size()));
#endif
}

[[gnu::noinline]] inline PyObject* give_path(const std::filesystem::path& path) noexcept {
  Ref pathlib(PyImport_ImportModule("pathlib"));
  if (!pathlib) return nullptr;
  Ref text(path_text(path));
  if (!text) return nullptr;
  return PyObject_CallMethod(pathlib.get(), "Path", "O", text.get());
}

// raise_current() asks it first, wherever this header is included.
template <>
struct Translate<hooks::filesystem> {
  DOVETAIL_COLD static bool raise() noexcept {
    try {
      throw;
    } catch (const std::filesystem::filesystem_error& error) {
      // what() repeats the paths, which OSError shows itself; the code's own text is what strerror would say.
      try {
        const std::string text = error.code().message();
        Ref first(path_text(error.path1()));
        Ref second(error.path2().empty() ? nullptr : path_text(error.path2()));
        if (!PyErr_Occurred()) raise_os_error(errno_of(error.code()), text.c_str(), first.get(), second.get());
      } catch (...) {
        PyErr_NoMemory();
      }
      return true;
    } catch (...) {
      return false;
    }
  }
};

template <>
struct Convert<std::filesystem::path> {
  using Slot = std::filesystem::path;
  static bool take(PyObject* from, Slot& slot, Home) noexcept { return take_path(from, slot); }
  static const std::filesystem::path& view(Slot& slot) { return slot; }
  static std::filesystem::path pull(Slot& slot) { return std::move(slot); }
  static PyObject* give(const std::filesystem::path& path, Home) { return give_path(path); }
  static int rank(PyObject* from, Home) noexcept {
    // A str prefers an overload that takes text.
    return PyUnicode_Check(from) || PyBytes_Check(from) ? 2 : is_path_like(from) ? 0 : -1;
  }
};

}  // namespace v1
}  // namespace dovetail
