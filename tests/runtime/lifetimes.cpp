// What the runtime does with objects, called directly: short, and not in the shape of emitted code (that is sample.cpp).
#include <dovetail/core/module.h>

#include "sample.h"

#include <memory>

#include <dovetail/convert/numbers.h>
#include <dovetail/convert/text.h>
#include <dovetail/convert/wide.h>

using namespace dovetail;

namespace {
enum Types : int { TCounter, TShape, TCircle, TVirtual, TPlain, TOffset, TPoint, TSegment, TShelf, TNode, TMoveOnly, TSingle,
                   TAligned, TThrower, TWatcher, TVec };
}

#define DECLARE(CPP, SLOT, TRACKED, HOLDING)                          \
  template <>                                                          \
  struct dovetail::Bound<CPP> {                                        \
    static constexpr int slot = SLOT;                                  \
    static constexpr const char* name = #CPP;                          \
    static PyMethodDef methods[];                                      \
    static constexpr bool tracked = TRACKED;                           \
    static constexpr dovetail::Holding holding = dovetail::Holding::HOLDING;
#define END };
DECLARE(sample::Counter, TCounter, false, room) END
DECLARE(sample::Shape, TShape, true, heap)
  static Found most_derived(sample::Shape* object) noexcept {
    if (auto* circle = dynamic_cast<sample::Circle*>(object)) return {TCircle, circle};
    return {slot, object};
  }
END
DECLARE(sample::Circle, TCircle, true, room) END
DECLARE(sample::Virtual, TVirtual, false, room) END
DECLARE(sample::Plain, TPlain, true, room) END
DECLARE(sample::Offset, TOffset, true, room)
  static constexpr bool adjusted = true;
END
DECLARE(sample::Point, TPoint, true, room) END
DECLARE(sample::Segment, TSegment, true, room) END
DECLARE(sample::Shelf, TShelf, true, room) END
DECLARE(sample::Node, TNode, true, room) END
DECLARE(sample::MoveOnly, TMoveOnly, false, room) END
DECLARE(sample::Single, TSingle, true, none) END
DECLARE(sample::Aligned, TAligned, false, room) END
DECLARE(sample::Thrower, TThrower, false, room) END
DECLARE(sample::Watcher, TWatcher, true, room) END
DECLARE(sample::Vec, TVec, false, room) END

// ---- shorthands ---------------------------------------------------------------------------------------------------------

template <class F>
static PyObject* guarded(F f) noexcept {
  try {
    return f();
  } catch (...) {
    return raise_current();
  }
}
static constexpr Signature one{"call(value)\n--\n\ncall(value: object, /) -> object", 0, 1, 1, 1, 0};

// A constructor with optional positional doubles or ints.
template <class T, class A, int N>
DOVETAIL_INLINE static int make(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject*) noexcept {
  const Home home = instance_home(self);
  if (nargs > N) {
    PyErr_SetString(PyExc_TypeError, "too many");
    return -1;
  }
  Arg<A> values[N ? N : 1];
  for (Py_ssize_t i = 0; i < nargs; ++i) {
    if (!values[i].take(args[i], home)) return failed(bad_argument(one, 0, args[i], home));
  }
  try {
    Place<T> place(self);
    if (!place) return -1;
    if constexpr (std::is_same_v<T, sample::Point>) {
      new (place.memory) T{nargs > 0 ? values[0].get() : 0, nargs > 1 ? values[1].get() : 0};
    } else if constexpr (N) {
      new (place.memory) T(nargs > 0 ? values[0].get() : A(1));
    } else {
      new (place.memory) T{};
    }
    return place.ready();
  } catch (...) {
    return failed(raise_current());
  }
}
static int Watcher_init(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject*) noexcept {
  const Home home = instance_home(self);
  Arg<const sample::Counter&> counter;
  if (nargs != 1 || !counter.take(args[0], home)) return failed(bad_argument(one, 0, nargs ? args[0] : Py_None, home));
  Place<sample::Watcher> place(self);
  if (!place) return -1;
  new (place.memory) sample::Watcher(counter.get());
  if (place.ready() < 0) return -1;
  return keep_alive(self, args[0]) ? 0 : -1;
}

template <class T, auto member>
static PyObject* get(PyObject* self, void*) noexcept {
  auto it = const_self_of<T>(self);
  return it ? give(it->*member, instance_home(self)) : nullptr;
}
template <class T, auto member>
static int set(PyObject* self, PyObject* value, void*) noexcept {
  if (!value) return refuse_delete("field");
  auto it = self_of<T>(self, "field");
  if (!it) return -1;
  Arg<std::decay_t<decltype(it->*member)>> taken;
  if (!taken.take(value, instance_home(self))) return bad_attribute("field", "float", value);
  it->*member = taken.get();
  return 0;
}
template <class T, auto member>
static PyObject* inside(PyObject* self, void*) noexcept {
  auto it = inner_self_of<T>(self);
  return it ? give_interior(&(it->*member), self, instance_home(self)) : nullptr;
}

#define METHOD(NAME, T, ...)                               \
  static PyObject* NAME(PyObject* self, PyObject* arg) noexcept { \
    [[maybe_unused]] const Home home = instance_home(self);                  \
    (void)arg; \
    auto it = self_of<T>(self, #NAME);                      \
    if (!it) return nullptr;                                \
    return guarded([&]() -> PyObject* { __VA_ARGS__ });            \
  }
#define CONST_METHOD(NAME, T, ...)                         \
  static PyObject* NAME(PyObject* self, PyObject* arg) noexcept { \
    [[maybe_unused]] const Home home = instance_home(self);                  \
    (void)arg; \
    auto it = const_self_of<T>(self, #NAME);                \
    if (!it) return nullptr;                                \
    return guarded([&]() -> PyObject* { __VA_ARGS__ });            \
  }
#define TAKE(P, NAME) \
  Arg<P> NAME;        \
  if (!NAME.take(arg, home)) return bad_argument(one, 0, arg, home)

// ---- methods ------------------------------------------------------------------------------------------------------------

CONST_METHOD(Counter_value, sample::Counter, return give(it->value(), home);)
METHOD(Counter_set, sample::Counter, TAKE(int, v); it->set(v.get()); return give_none();)
CONST_METHOD(Shape_area, sample::Shape, return give(it->area(), home);)
METHOD(Shape_rename, sample::Shape, TAKE(const std::string&, v); it->rename(v.get()); return give_none();)
CONST_METHOD(Plain_get, sample::Plain, return give(it->get(), home);)
METHOD(Plain_put, sample::Plain, TAKE(int, v); it->put(v.get()); return give_none();)
static void* shelf_at(PyObject* owner, Py_ssize_t index) noexcept {
  auto shelf = inner_self_of<sample::Shelf>(owner);
  if (!shelf || static_cast<size_t>(index) >= shelf->size()) return nullptr;
  return &shelf->at(static_cast<size_t>(index));
}
METHOD(Shelf_at, sample::Shelf, TAKE(std::size_t, i); it->at(i.get());
       return give_element<sample::Segment>(self, static_cast<Py_ssize_t>(i.get()), shelf_at, home);)
METHOD(Shelf_push, sample::Shelf, TAKE(const sample::Segment&, s); it->push(s.get()); return give_none();)
METHOD(Shelf_clear, sample::Shelf, it->clear(); return give_none();)
METHOD(Segment_self, sample::Segment, return give_borrowed(&*it, self, home);)
METHOD(Segment_far, sample::Segment, return give_borrowed(&it->to, self, home);)
METHOD(Node_next, sample::Node, return give_borrowed(it->next(), self, home);)
CONST_METHOD(Node_const_next, sample::Node, return give_borrowed(it->next(), self, home);)
CONST_METHOD(MoveOnly_value, sample::MoveOnly, return give(it->value(), home);)
CONST_METHOD(Aligned_aligned, sample::Aligned, return give(it->aligned(), home);)
CONST_METHOD(Watcher_look, sample::Watcher, return give(it->look(), home);)
static PyObject* Vec_add(PyObject* self, PyObject* arg) noexcept {
  const Home home = instance_home(self);
  auto it = const_self_of<sample::Vec>(self);
  if (!it) return nullptr;
  Arg<const sample::Vec&> other;
  if (!other.take(arg, home)) return not_implemented();
  return guarded([&] { return give(*it + other.get(), home); });
}
static PyObject* Vec_rmul(PyObject* self, PyObject* arg) noexcept {
  const Home home = instance_home(self);
  auto it = const_self_of<sample::Vec>(self);
  if (!it) return nullptr;
  Arg<double> k;
  if (!k.take(arg, home)) return not_implemented();
  return guarded([&] { return give(k.get() * *it, home); });
}
static PyObject* Vec_nb_add(PyObject* left, PyObject* right) { return binary_slot<sample::Vec>(left, right, Vec_add, nullptr); }
static PyObject* Vec_nb_mul(PyObject* left, PyObject* right) { return binary_slot<sample::Vec>(left, right, nullptr, Vec_rmul); }
static PyObject* Vec_call(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) noexcept {
  static constexpr Signature signature{"__call__($self, scale)\n--\n\n__call__(self, scale: float) -> float", 0, 1, 1, 0, 0};
  const Home home = instance_home(self);
  PyObject* slots[1];
  PyObject* const* v = bind_arguments(signature, args, nargs, kwnames, slots, home);
  if (!v) return nullptr;
  auto it = const_self_of<sample::Vec>(self);
  Arg<double> scale;
  if (!it || !scale.take(v[0], home)) return it ? bad_argument(signature, 0, v[0], home) : nullptr;
  return guarded([&] { return give((*it)(scale.get()), home); });
}
static PyObject* Vec_tp_call(PyObject* self, PyObject* args, PyObject* kwargs) { return call_slot(self, args, kwargs, Vec_call); }

static const char* const Point_fields[] = {"x", "y"};
static PyObject* Point_repr(PyObject* self) noexcept { return repr_fields(self, Point_fields); }
static PyObject* Point_compare(PyObject* self, PyObject* other, int op) noexcept {
  return compare_fields<sample::Point>(self, other, op, Point_fields);
}
static PyObject* Point_reduce(PyObject* self, PyObject*) noexcept { return reduce_fields<sample::Point>(self, Point_fields); }
static Py_ssize_t Shelf_length(PyObject* self) noexcept {
  auto it = const_self_of<sample::Shelf>(self);
  return it ? static_cast<Py_ssize_t>(it->size()) : -1;
}
static PyObject* Shelf_iter(PyObject* self) noexcept {
  auto it = const_self_of<sample::Shelf>(self);
  if (!it) return nullptr;
  return guarded([&] { return give_iterator<Forwards>(*it, self, instance_home(self)); });
}

PyMethodDef dovetail::Bound<sample::Counter>::methods[] = {{"value", Counter_value, METH_NOARGS, ""}, {"set", Counter_set, METH_O, ""}, {}};
PyMethodDef dovetail::Bound<sample::Shape>::methods[] = {{"area", Shape_area, METH_NOARGS, ""}, {"rename", Shape_rename, METH_O, ""}, {}};
PyMethodDef dovetail::Bound<sample::Circle>::methods[] = {{}};
PyMethodDef dovetail::Bound<sample::Virtual>::methods[] = {{}};
PyMethodDef dovetail::Bound<sample::Plain>::methods[] = {{"get", Plain_get, METH_NOARGS, ""}, {"put", Plain_put, METH_O, ""}, {}};
PyMethodDef dovetail::Bound<sample::Offset>::methods[] = {{}};
PyMethodDef dovetail::Bound<sample::Point>::methods[] = {{"__reduce__", Point_reduce, METH_NOARGS, ""},
                                                         {"__copy__", copy_method, METH_NOARGS, ""},
                                                         {"__deepcopy__", deepcopy_method, METH_O, ""},
                                                         {}};
PyMethodDef dovetail::Bound<sample::Segment>::methods[] = {{"me", Segment_self, METH_NOARGS, ""}, {"far", Segment_far, METH_NOARGS, ""}, {}};
PyMethodDef dovetail::Bound<sample::Shelf>::methods[] = {
    {"at", Shelf_at, METH_O, ""}, {"push", Shelf_push, METH_O, ""}, {"clear", Shelf_clear, METH_NOARGS, ""}, {}};
PyMethodDef dovetail::Bound<sample::Node>::methods[] = {
    {"next", Node_next, METH_NOARGS, ""}, {"const_next", Node_const_next, METH_NOARGS, ""}, {}};
PyMethodDef dovetail::Bound<sample::MoveOnly>::methods[] = {{"value", MoveOnly_value, METH_NOARGS, ""}, {}};
PyMethodDef dovetail::Bound<sample::Single>::methods[] = {{}};
PyMethodDef dovetail::Bound<sample::Aligned>::methods[] = {{"aligned", Aligned_aligned, METH_NOARGS, ""}, {}};
PyMethodDef dovetail::Bound<sample::Thrower>::methods[] = {{}};
PyMethodDef dovetail::Bound<sample::Watcher>::methods[] = {{"look", Watcher_look, METH_NOARGS, ""}, {}};
PyMethodDef dovetail::Bound<sample::Vec>::methods[] = {{}};

static PyGetSetDef Point_fields_table[] = {{"x", get<sample::Point, &sample::Point::x>, set<sample::Point, &sample::Point::x>, "", nullptr},
                                           {"y", get<sample::Point, &sample::Point::y>, set<sample::Point, &sample::Point::y>, "", nullptr},
                                           {}};
static PyGetSetDef Segment_fields[] = {
    {"from_", inside<sample::Segment, &sample::Segment::from>, set<sample::Segment, &sample::Segment::from>, "", nullptr},
    {"to", inside<sample::Segment, &sample::Segment::to>, set<sample::Segment, &sample::Segment::to>, "", nullptr},
    {}};
static PyGetSetDef Node_fields[] = {{"value", get<sample::Node, &sample::Node::value>, set<sample::Node, &sample::Node::value>, "", nullptr}, {}};
static PyGetSetDef Offset_fields[] = {{"own", get<sample::Offset, &sample::Offset::own>, set<sample::Offset, &sample::Offset::own>, "", nullptr}, {}};
static PyGetSetDef Single_fields[] = {{"count", get<sample::Single, &sample::Single::count>, set<sample::Single, &sample::Single::count>, "", nullptr}, {}};
static PyGetSetDef Vec_fields[] = {{"x", get<sample::Vec, &sample::Vec::x>, set<sample::Vec, &sample::Vec::x>, "", nullptr}, {}};

template <class F>
static void* slot(F f) {
  return reinterpret_cast<void*>(f);
}
#define COMMON(T, INIT)                                                                             \
  {Py_tp_methods, Bound<T>::methods}, {Py_tp_dealloc, slot(dealloc<T>)}, {Py_tp_new, slot(new_unready<T>)}, \
      {Py_tp_init, slot(init<INIT>)}
#define TRACKED(T) {Py_tp_traverse, slot(traverse)}, {Py_tp_clear, slot(clear<T>)}
static PyType_Slot Counter_slots[] = {COMMON(sample::Counter, (make<sample::Counter, int, 1>)), {0, nullptr}};
static PyType_Slot Shape_slots[] = {{Py_tp_methods, Bound<sample::Shape>::methods},
                                    {Py_tp_dealloc, slot(dealloc<sample::Shape>)},
                                    {Py_tp_new, slot(refuse_new)},
                                    TRACKED(sample::Shape),
                                    {0, nullptr}};
static PyType_Slot Circle_slots[] = {COMMON(sample::Circle, (make<sample::Circle, double, 1>)), TRACKED(sample::Circle), {0, nullptr}};
static PyType_Slot Virtual_slots[] = {COMMON(sample::Virtual, (make<sample::Virtual, int, 0>)), {0, nullptr}};
static PyType_Slot Plain_slots[] = {COMMON(sample::Plain, (make<sample::Plain, int, 0>)), TRACKED(sample::Plain), {0, nullptr}};
static PyType_Slot Offset_slots[] = {COMMON(sample::Offset, (make<sample::Offset, int, 0>)), TRACKED(sample::Offset), {Py_tp_getset, Offset_fields}, {0, nullptr}};
static PyType_Slot Point_slots[] = {COMMON(sample::Point, (make<sample::Point, double, 2>)), TRACKED(sample::Point), {Py_tp_getset, Point_fields_table},
                                    {Py_tp_repr, slot(Point_repr)}, {Py_tp_richcompare, slot(Point_compare)}, {0, nullptr}};
static PyType_Slot Segment_slots[] = {COMMON(sample::Segment, (make<sample::Segment, int, 0>)), TRACKED(sample::Segment), {Py_tp_getset, Segment_fields}, {0, nullptr}};
static PyType_Slot Shelf_slots[] = {COMMON(sample::Shelf, (make<sample::Shelf, int, 0>)), TRACKED(sample::Shelf),
                                    {Py_sq_length, slot(Shelf_length)}, {Py_tp_iter, slot(Shelf_iter)}, {0, nullptr}};
static PyType_Slot Node_slots[] = {COMMON(sample::Node, (make<sample::Node, int, 0>)), TRACKED(sample::Node), {Py_tp_getset, Node_fields}, {0, nullptr}};
static PyType_Slot MoveOnly_slots[] = {COMMON(sample::MoveOnly, (make<sample::MoveOnly, int, 1>)), {0, nullptr}};
static PyType_Slot Single_slots[] = {{Py_tp_methods, Bound<sample::Single>::methods}, {Py_tp_dealloc, slot(dealloc<sample::Single>)},
                                     {Py_tp_new, slot(refuse_new)}, TRACKED(sample::Single), {Py_tp_getset, Single_fields}, {0, nullptr}};
static PyType_Slot Aligned_slots[] = {COMMON(sample::Aligned, (make<sample::Aligned, int, 0>)), {0, nullptr}};
static PyType_Slot Thrower_slots[] = {COMMON(sample::Thrower, (make<sample::Thrower, int, 0>)), {0, nullptr}};
static PyType_Slot Watcher_slots[] = {COMMON(sample::Watcher, Watcher_init), TRACKED(sample::Watcher), {0, nullptr}};
static PyType_Slot Vec_slots[] = {COMMON(sample::Vec, (make<sample::Vec, int, 0>)), {Py_tp_getset, Vec_fields}, {Py_nb_add, slot(Vec_nb_add)},
                                  {Py_nb_multiply, slot(Vec_nb_mul)}, {Py_tp_call, slot(Vec_tp_call)}, {0, nullptr}};
#define SPEC(NAME) \
  static PyType_Spec NAME##_spec = {"lifetimes." #NAME, sizeof(Room<sample::NAME>), 0, class_flags<sample::NAME>(true), NAME##_slots};
SPEC(Counter) SPEC(Shape) SPEC(Circle) SPEC(Virtual) SPEC(Plain) SPEC(Offset) SPEC(Point) SPEC(Segment) SPEC(Shelf) SPEC(Node) SPEC(MoveOnly)
SPEC(Single) SPEC(Aligned) SPEC(Thrower) SPEC(Watcher) SPEC(Vec)
#define ROW(NAME, BASE, VECTORCALL) T##NAME, BASE, "", #NAME, &NAME##_spec, Bound<sample::NAME>::tracked, sizeof(sample::NAME), VECTORCALL
#define C(NAME, A, N) (construct<sample::NAME, make<sample::NAME, A, N>>)
static const BaseRow Offset_bases[] = {{TPlain, cast_to<sample::Plain, sample::Offset>, true, false}};
static const TypeRow types[] = {
    {ROW(Counter, -1, C(Counter, int, 1))},
    {ROW(Shape, -1, nullptr), nullptr, {}, nullptr, "it is abstract"},
    {ROW(Circle, TShape, C(Circle, double, 1)), nullptr, {}, move_to_heap<sample::Circle>},
    {ROW(Virtual, -1, C(Virtual, int, 0))},
    {ROW(Plain, -1, C(Plain, int, 0))},
    {ROW(Offset, TPlain, C(Offset, int, 0)), nullptr, Offset_bases, move_to_heap<sample::Offset>},
    {ROW(Point, -1, C(Point, double, 2)), copy_of<sample::Point>(), {}, nullptr, nullptr, Point_fields},
    {ROW(Segment, -1, C(Segment, int, 0))},
    {ROW(Shelf, -1, C(Shelf, int, 0))},
    {ROW(Node, -1, C(Node, int, 0)), nullptr, {}, move_to_heap<sample::Node>},
    {ROW(MoveOnly, -1, C(MoveOnly, int, 1))},
    {ROW(Single, -1, nullptr)},
    {ROW(Aligned, -1, C(Aligned, int, 0))},
    {ROW(Thrower, -1, C(Thrower, int, 0))},
    {ROW(Watcher, -1, (construct<sample::Watcher, Watcher_init>))},
    {ROW(Vec, -1, C(Vec, int, 0))},
};

// ---- functions ----------------------------------------------------------------------------------------------------------

#define FUNCTION(NAME, ...)                                    \
  static PyObject* NAME(PyObject* module, PyObject* arg) noexcept { \
    [[maybe_unused]] const Home home = module_home(module);                      \
    (void)arg; \
    return guarded([&]() -> PyObject* { __VA_ARGS__ });                \
  }
FUNCTION(byte, TAKE(std::uint8_t, v); return give(v.get(), home);)
FUNCTION(wide, TAKE(std::uint64_t, v); return give(v.get(), home);)
FUNCTION(int64, TAKE(std::int64_t, v); return give(v.get(), home);)
FUNCTION(narrow, TAKE(float, v); return give(v.get(), home);)
FUNCTION(flip, TAKE(bool, v); return give(!v.get(), home);)
FUNCTION(letter, TAKE(char, v); return give(v.get(), home);)
FUNCTION(length, TAKE(std::string_view, v); return give(v.get().size(), home);)
FUNCTION(c_echo, Arg<const char*> v; if (!v.take_nullable(arg, home)) return bad_argument(one, 0, arg, home); return give(v.get(), home);)
FUNCTION(bytes_of, TAKE(const std::string&, v); return give_bytes(v.get(), home);)
FUNCTION(text_of, TAKE(const std::string&, v); return give(v.get(), home);)
FUNCTION(u16, TAKE(const std::u16string&, v); return give(v.get(), home);)
FUNCTION(u32, TAKE(std::u32string_view, v); return give(v.get(), home);)
FUNCTION(wide_c, TAKE(const wchar_t*, v); return give(v.get(), home);)
FUNCTION(wide_char, TAKE(char16_t, v); return give(v.get(), home);)
FUNCTION(peek, TAKE(const sample::Counter&, c); return give(c.get().x, home);)
FUNCTION(peek_pointer, Arg<const sample::Counter*> c; if (!c.take_nullable(arg, home)) return bad_argument(one, 0, arg, home);
         return give(c.get() ? c.get()->x : -1, home);)
FUNCTION(poke, TAKE(sample::Counter&, c); c.get().x = 99; return give_none();)
FUNCTION(same_shape, TAKE(const sample::Shape&, s); return give_borrowed(&s.get(), nullptr, home);)
FUNCTION(new_circle, TAKE(double, r); return give_owned(sample::new_circle(r.get()), home);)
FUNCTION(swallow, TAKE(sample::Shape&, s); s.get(); sample::Shape* shape = take_over<sample::Shape>(arg, home); if (!shape) return nullptr;
         return give(sample::swallow(std::unique_ptr<sample::Shape>(shape)), home);)
FUNCTION(swallow_node, TAKE(sample::Node&, n); n.get(); sample::Node* node = take_over<sample::Node>(arg, home); if (!node) return nullptr;
         delete node; return give_none();)
FUNCTION(shared_circle, TAKE(double, r); auto* holder = new std::shared_ptr<sample::Circle>(new sample::Circle(r.get()));
         return give_held(holder->get(), holder, +[](void* p) { delete static_cast<std::shared_ptr<sample::Circle>*>(p); }, home);)
FUNCTION(alive, return give(sample::Shape::alive, home);)
FUNCTION(as_plain, TAKE(sample::Offset&, o); return give_borrowed(&sample::as_plain(o.get()), arg, home);)
FUNCTION(plain_value, TAKE(const sample::Plain&, p); return give(p.get().number, home);)
FUNCTION(consume, TAKE(sample::MoveOnly, m); return give(sample::consume(m.get()), home);)
FUNCTION(make_move_only, TAKE(int, v); return give(sample::MoveOnly(v.get()), home);)
FUNCTION(single, return give_borrowed(&sample::Single::instance(), nullptr, home);)
FUNCTION(constant, return give_borrowed(&sample::Single::constant(), nullptr, home);)
FUNCTION(build, TAKE(int, n); return give(sample::build(n.get()), home);)
FUNCTION(rethrow, PyObject* r = PyObject_CallNoArgs(arg); if (!r) throw PythonError(); return r;)
FUNCTION(keep, PyObject *nurse, *patient; if (!PyArg_ParseTuple(arg, "OO", &nurse, &patient) || !keep_alive(nurse, patient)) return nullptr;
         return give_none();)
FUNCTION(give_aligned, return give(sample::Aligned{}, home);)

static PyMethodDef functions[] = {
#define F(NAME) {#NAME, NAME, METH_O, ""}
    F(byte), F(wide), F(int64), F(narrow), F(flip), F(letter), F(length), F(c_echo), F(bytes_of), F(text_of), F(u16), F(u32), F(wide_c), F(wide_char),
    F(peek), F(peek_pointer), F(poke), F(same_shape), F(new_circle), F(swallow), F(swallow_node), F(shared_circle), F(as_plain), F(plain_value),
    F(consume), F(make_move_only), F(build), F(rethrow), F(keep),
    {"alive", alive, METH_NOARGS, ""}, {"single", single, METH_NOARGS, ""}, {"constant", constant, METH_NOARGS, ""},
    {"give_aligned", give_aligned, METH_NOARGS, ""},
    {nullptr, nullptr, 0, nullptr}};
static constexpr ScopeRow scopes[] = {{"", nullptr, functions}};
static const char* const names[] = {"scale"};
static constexpr ModuleTable table{names, scopes, {}, types, {}, {}, {}};
static int exec(PyObject* module) noexcept { return exec_module<table>(module); }
static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec)}, DOVETAIL_MODULE_SLOTS {0, nullptr}};
static PyModuleDef definition = module_definition("lifetimes", nullptr, module_slots);
PyMODINIT_FUNC PyInit_lifetimes() { return PyModuleDef_Init(&definition); }
