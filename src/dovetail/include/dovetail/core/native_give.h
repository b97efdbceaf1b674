// dovetail/core/native_give.h: objects that compiled code has, as Python's.
//
//   native_give<T>(place, flags, keeper, module)   a Python object for the T at that place; nullptr: exception set
//
// What Python knows already at that place is that object. Else it looks at the place, and keeps `keeper` alive, which keeps
// the place: an object of the compiler, or the arguments of the call. Needs the GIL.
#pragma once
#include <dovetail/core/natives.h>
#include <dovetail/core/objects.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

inline Ref native_home(const char* module) noexcept {
  Ref name(PyUnicode_FromString(module));
  Ref found(name ? PyImport_GetModule(name.get()) : nullptr);
  if (!found && !PyErr_Occurred()) PyErr_Format(PyExc_RuntimeError, "%s is no longer imported", module);
  return found;
}

DOVETAIL_COLD inline PyObject* give_native(Found what, int flags, PyObject* keeper, const char* module) noexcept {
  Ref from(native_home(module));
  if (!from) return nullptr;
  const Home home = module_home(from.get());
  // What is known has an owner already: an argument of the call may be given back again and again.
  if (Cell* known = find_cell(state(home), what.value, what.slot)) {
    if (!(flags & native_const)) known->state &= ~uint32_t{is_const};
    return reinterpret_cast<PyObject*>(known);
  }
  Ref made(give_found(what, flags & native_const, nullptr, home));
  return made && keep_alive(made.get(), keeper) ? made.release() : nullptr;
}
template <class T>
PyObject* native_give(const void* place, int flags, PyObject* keeper, const char* module) noexcept {
  return give_native(most_derived(static_cast<T*>(const_cast<void*>(place))), flags, keeper, module);
}

// Of a flat class, whose objects compiled code has as values.
template <class T>
PyObject* native_give_flat(const void* place, int flags, PyObject* keeper, const char* module) noexcept {
  if (!(flags & native_copied)) return native_give<T>(place, flags, keeper, module);
  Ref from(native_home(module));
  Ref made(from ? give(*static_cast<const T*>(place), module_home(from.get())) : nullptr);
  return made && keep_alive(made.get(), keeper) ? made.release() : nullptr;
}

}  // namespace v1
}  // namespace dovetail
