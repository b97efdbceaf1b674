// Containers and std types in the shape of emitted code; functions go through one template to keep the file short.
#include <dovetail/core/module.h>

#include <array>
#include <chrono>
#include <complex>
#include <deque>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include <dovetail/convert/bitset.h>
#include <dovetail/convert/chrono.h>
#include <dovetail/convert/complex.h>
#include <dovetail/convert/error_code.h>
#include <dovetail/convert/expected.h>
#include <dovetail/convert/mapping.h>
#include <dovetail/convert/numbers.h>
#include <dovetail/convert/optional.h>
#include <dovetail/convert/path.h>
#include <dovetail/convert/pointers.h>
#include <dovetail/convert/sequence.h>
#include <dovetail/convert/set.h>
#include <dovetail/convert/span.h>
#include <dovetail/convert/stream.h>
#include <dovetail/convert/text.h>
#include <dovetail/convert/tuple.h>
#include <dovetail/convert/variant.h>

namespace lib {
struct Row {
  int id = 0;
  double weight = 0;
};
struct Node {
  int id = 0;
  static inline int alive = 0;
  explicit Node(int i) : id(i) { ++alive; }
  Node(const Node& other) : id(other.id) { ++alive; }
  ~Node() { --alive; }
};
struct Box {
  std::vector<double> values;
  std::vector<Row> rows;
};

using VectorInt = std::vector<int>;
using VectorDouble = std::vector<double>;
using VectorRow = std::vector<Row>;
using VectorVectorInt = std::vector<std::vector<int>>;
using VectorString = std::vector<std::string>;
using VectorBool = std::vector<bool>;
using ListRow = std::list<Row>;
using DequeInt = std::deque<int>;
using Array3 = std::array<double, 3>;
using MapStringInt = std::map<std::string, int>;
using MapStringRows = std::map<std::string, VectorRow>;
using MapStringInts = std::unordered_map<std::string, VectorInt>;
using SetInt = std::set<int>;
using SetString = std::unordered_set<std::string>;
using VectorUnique = std::vector<std::unique_ptr<int>>;
}  // namespace lib

namespace {
enum Types : int {
  VectorInt, VectorDouble, VectorRow, VectorVectorInt, VectorString, VectorBool, ListRow, DequeInt, Array3, MapStringInt,
  MapStringRows, MapStringInts, SetInt, SetString, VectorBox, Row, Node, Box
};
}  // namespace

#define CONTAINER(T, N)                                                      \
  template <>                                                                \
  struct dovetail::Bound<T> : dovetail::BoundContainer<T> {                  \
    static constexpr int slot = Types::N;                                    \
    static constexpr const char* name = #N;                                  \
    static constexpr const char* full_name = "containers." #N;               \
  };
CONTAINER(lib::VectorInt, VectorInt)
CONTAINER(lib::VectorDouble, VectorDouble)
CONTAINER(lib::VectorRow, VectorRow)
CONTAINER(lib::VectorVectorInt, VectorVectorInt)
CONTAINER(lib::VectorString, VectorString)
CONTAINER(lib::VectorBool, VectorBool)
CONTAINER(lib::ListRow, ListRow)
CONTAINER(lib::DequeInt, DequeInt)
CONTAINER(lib::Array3, Array3)
CONTAINER(lib::MapStringInt, MapStringInt)
CONTAINER(lib::MapStringRows, MapStringRows)
CONTAINER(lib::MapStringInts, MapStringInts)
CONTAINER(lib::SetInt, SetInt)
CONTAINER(lib::SetString, SetString)
CONTAINER(std::vector<lib::Box>, VectorBox)
template <>
struct dovetail::ElementFormat<lib::Row> {
  static constexpr const char* text = "T{i:id:4xd:weight:}";
};
#define CLASS(T)                                                             \
  template <>                                                                \
  struct dovetail::Bound<lib::T> {                                           \
    static constexpr int slot = Types::T;                                    \
    static constexpr const char* name = #T;                                  \
    static PyMethodDef methods[];                                            \
    static constexpr bool tracked = true;                                    \
    static constexpr dovetail::Holding holding = dovetail::Holding::room;    \
  };                                                                         \
  PyMethodDef dovetail::Bound<lib::T>::methods[] = {{nullptr, nullptr, 0, nullptr}};
CLASS(Row)
CLASS(Node)
CLASS(Box)

using dovetail::Home;

// ---- functions -------------------------------------------------------------------------------------------------------------

static const char call_doc[] = "call(x)\n--\n\ncall(x: object) -> object";
static constexpr dovetail::Signature call_signature{call_doc, 0, 1, 1, 1, 0};

template <auto function>
struct Call;
template <class R, class P, R (*function)(P)>
struct Call<function> {
  static PyObject* call(PyObject* module, PyObject* given) noexcept {
    const Home home = dovetail::module_home(module);
    dovetail::Arg<P> x;
    if (!x.take(given, home)) return dovetail::bad_argument(call_signature, 0, given, home);
    try {
      if constexpr (std::is_void_v<R>) {
        function(x.get());
        return dovetail::give_none();
      } else {
        return dovetail::give(function(x.get()), home);
      }
    } catch (...) {
      return dovetail::raise_current();
    }
  }
};

namespace lib {
static VectorDouble shared_values{1, 2, 3};
static const VectorInt const_values{1, 2, 3};
static std::shared_ptr<Node> kept;
static std::weak_ptr<Node> seen;

template <class T>
T echo(T x) { return x; }
static long sum(const VectorInt& v) {
  long total = 0;
  for (int x : v) total += x;
  return total;
}
static size_t address(const VectorInt& v) { return reinterpret_cast<size_t>(&v); }
static void grow(VectorInt& v) { v.insert(v.end(), 1000, 7); }
static VectorInt taken(VectorInt&& v) { return std::move(v); }
static double total(std::span<const double> v) {
  double t = 0;
  for (double x : v) t += x;
  return t;
}
static void scale(std::span<double> v) {
  for (double& x : v) x *= 2;
}
static double weigh(const VectorRow& v) {
  double t = 0;
  for (const Row& r : v) t += r.weight;
  return t;
}
static size_t bytes(std::span<const unsigned char> v) { return v.size(); }
static int closest(std::variant<std::monostate, bool, int, double, std::string, VectorInt> v) { return int(v.index()); }
static std::expected<int, std::string> divide(int x) {
  if (!x) return std::unexpected("division by zero");
  return 100 / x;
}
static std::expected<int, std::error_code> open_it(int x) {
  if (!x) return std::unexpected(std::make_error_code(std::errc::no_such_file_or_directory));
  return x;
}
static void remove_file(const std::filesystem::path& p) {
  throw std::filesystem::filesystem_error("cannot", p, "other", std::make_error_code(std::errc::permission_denied));
}
static void print(std::ostream& out) { out << "x = " << 1.5 << ", caf\xc3\xa9" << '\n' << std::flush; }
static void put_bytes(std::ostream& out) {
  for (char c : std::string("caf\xc3\xa9")) out.put(c);
}
static VectorString words(std::istream& in) {
  VectorString found;
  std::string line;
  while (std::getline(in, line) && !line.empty()) found.push_back(line);
  return found;
}
static std::unique_ptr<Node> make_node(int id) { return std::make_unique<Node>(id); }
static int eat(std::unique_ptr<Node> node) { return node->id; }
static void keep(std::shared_ptr<Node> node) { kept = std::move(node); }
static std::shared_ptr<Node> recall(int) { return kept; }
static void watch(std::weak_ptr<Node> node) { seen = node; }
static std::weak_ptr<Node> watched(int) { return seen; }
static int alive(int) { return Node::alive; }
static std::multimap<int, std::string> multi(std::multimap<int, std::string> m) { return m; }
static std::multiset<int> bag(std::multiset<int> m) { return m; }
static std::forward_list<int> chain(std::forward_list<int> m) { return m; }
static size_t views(const std::vector<std::string_view>& v) {
  size_t n = 0;
  for (auto s : v) n += s.size();
  return n;
}
using Seconds = std::chrono::seconds;
using Nano = std::chrono::nanoseconds;
using Floating = std::chrono::duration<double>;
using Minutes8 = std::chrono::duration<signed char, std::ratio<60>>;
using Point = std::chrono::system_clock::time_point;
using Days = std::chrono::sys_days;
using Date = std::chrono::year_month_day;
using Steady = std::chrono::steady_clock::time_point;
using Both = std::pair<int, std::string>;
using Three = std::tuple<int, double, VectorInt>;
using MaybeInt = std::optional<int>;
using MaybeView = std::optional<std::string_view>;
}  // namespace lib

static PyObject* shared_values(PyObject* module, PyObject*) noexcept {
  return dovetail::give_borrowed(&lib::shared_values, nullptr, dovetail::module_home(module));
}
static PyObject* const_values(PyObject* module, PyObject*) noexcept {
  return dovetail::give_borrowed(&lib::const_values, nullptr, dovetail::module_home(module));
}
static PyObject* as_list(PyObject* module, PyObject*) noexcept {
  return dovetail::give_list(lib::VectorInt{1, 2}, dovetail::module_home(module));
}
static PyObject* as_dict(PyObject* module, PyObject*) noexcept {
  return dovetail::give_dict(lib::MapStringInt{{"a", 1}}, dovetail::module_home(module));
}
static PyObject* as_array(PyObject* module, PyObject*) noexcept {
  return dovetail::give_array(lib::VectorDouble{1, 2}, dovetail::module_home(module));
}
static PyObject* view_of(PyObject* module, PyObject* given) noexcept {
  const Home home = dovetail::module_home(module);
  lib::VectorDouble* v = dovetail::borrow<lib::VectorDouble>(given);
  return v ? dovetail::give_array(std::span<double>(*v), given, home) : nullptr;
}
static PyObject* span_copy(PyObject* module, PyObject*) noexcept {
  return dovetail::give(std::span<const double>(lib::shared_values), dovetail::module_home(module));
}
static PyObject* streamed(PyObject*, PyObject*) noexcept {
  return dovetail::stream_text([](std::ostream& out) { out << "Point(" << 1 << ", " << 2 << ")"; });
}

#define F(name, function) {name, Call<function>::call, METH_O, call_doc}
static PyMethodDef functions[] = {
    F("sum", &lib::sum), F("address", &lib::address), F("grow", &lib::grow), F("taken", &lib::taken), F("total", &lib::total),
    F("scale", &lib::scale), F("weigh", &lib::weigh), F("bytes", &lib::bytes), F("closest", &lib::closest), F("divide", &lib::divide),
    F("open_it", &lib::open_it), F("remove_file", &lib::remove_file), F("print", &lib::print), F("put_bytes", &lib::put_bytes),
    F("words", &lib::words), F("make_node", &lib::make_node), F("eat", &lib::eat), F("keep", &lib::keep), F("recall", &lib::recall),
    F("watch", &lib::watch), F("watched", &lib::watched), F("alive", &lib::alive), F("multi", &lib::multi), F("bag", &lib::bag),
    F("chain", &lib::chain), F("views", &lib::views), F("seconds", &lib::echo<lib::Seconds>), F("nano", &lib::echo<lib::Nano>),
    F("floating", &lib::echo<lib::Floating>), F("minutes8", &lib::echo<lib::Minutes8>), F("point", &lib::echo<lib::Point>),
    F("days", &lib::echo<lib::Days>), F("date", &lib::echo<lib::Date>), F("steady", &lib::echo<lib::Steady>),
    F("both", &lib::echo<lib::Both>), F("three", &lib::echo<lib::Three>), F("maybe", &lib::echo<lib::MaybeInt>),
    F("maybe_view", &lib::echo<lib::MaybeView>), F("complex", &lib::echo<std::complex<double>>),
    F("complexf", &lib::echo<std::complex<float>>), F("bits8", &lib::echo<std::bitset<8>>), F("bits100", &lib::echo<std::bitset<100>>),
    F("path", &lib::echo<std::filesystem::path>), F("error", &lib::echo<std::error_code>),
    {"shared_values", shared_values, METH_NOARGS, nullptr}, {"const_values", const_values, METH_NOARGS, nullptr},
    {"as_list", as_list, METH_NOARGS, nullptr}, {"as_dict", as_dict, METH_NOARGS, nullptr}, {"as_array", as_array, METH_NOARGS, nullptr},
    {"view_of", view_of, METH_O, nullptr}, {"span_copy", span_copy, METH_NOARGS, nullptr}, {"streamed", streamed, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

// ---- classes ---------------------------------------------------------------------------------------------------------------

static const char Row_init_doc[] = "Row(id=0, weight=0.0)\n--\n\nRow(id: int = 0, weight: float = 0.0) -> None";
static constexpr dovetail::Signature Row_init_signature{Row_init_doc, 0, 2, 0, 0, 0};
static int Row_init(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) noexcept {
  const Home home = dovetail::instance_home(self);
  PyObject* slots[2];
  PyObject* const* v = dovetail::bind_arguments(Row_init_signature, args, nargs, kwnames, slots, home);
  if (!v) return -1;
  dovetail::Arg<int> id;
  dovetail::Arg<double> weight;
  if (!v[0]) id.set(0);
  else if (!id.take(v[0], home)) return dovetail::failed(dovetail::bad_argument(Row_init_signature, 0, v[0], home));
  if (!v[1]) weight.set(0.0);
  else if (!weight.take(v[1], home)) return dovetail::failed(dovetail::bad_argument(Row_init_signature, 1, v[1], home));
  dovetail::Place<lib::Row> place(self);
  if (!place) return -1;
  new (place.memory) lib::Row{id.get(), weight.get()};
  return place.ready();
}
template <class T>
static int default_init(PyObject* self, PyObject* const*, Py_ssize_t, PyObject*) noexcept {
  dovetail::Place<T> place(self);
  if (!place) return -1;
  if constexpr (std::is_default_constructible_v<T>) {
    new (place.memory) T();
  } else {
    new (place.memory) T(1);
  }
  return place.ready();
}
template <class T, class M, M T::* member>
static PyObject* get_field(PyObject* self, void*) noexcept {
  auto it = dovetail::const_self_of<T>(self);
  if (!it) return nullptr;
  if constexpr (dovetail::is_container<M>) {
    return dovetail::give_interior(const_cast<M*>(&(it->*member)), self, [](PyObject* owner) noexcept -> void* {
      auto again = dovetail::const_self_of<T>(owner);
      return again ? const_cast<M*>(&(again->*member)) : nullptr;
    }, dovetail::instance_home(self));
  } else {
    return dovetail::give(it->*member, dovetail::instance_home(self));
  }
}
template <class T, class M, M T::* member>
static int set_field(PyObject* self, PyObject* value, void*) noexcept {
  const Home home = dovetail::instance_home(self);
  auto it = dovetail::self_of<T>(self);
  if (!it || !value) return -1;
  dovetail::Arg<M> x;
  if (!x.take(value, home)) return dovetail::bad_attribute("field", "its type", value);
  it->*member = x.get();
  return 0;
}
#define FIELD(T, M, member) {#member, get_field<lib::T, M, &lib::T::member>, set_field<lib::T, M, &lib::T::member>, nullptr, nullptr}
static PyGetSetDef Row_fields[] = {FIELD(Row, int, id), FIELD(Row, double, weight), {nullptr, nullptr, nullptr, nullptr, nullptr}};
static PyGetSetDef Node_fields[] = {FIELD(Node, int, id), {nullptr, nullptr, nullptr, nullptr, nullptr}};
static PyGetSetDef Box_fields[] = {FIELD(Box, lib::VectorDouble, values), FIELD(Box, lib::VectorRow, rows),
                                   {nullptr, nullptr, nullptr, nullptr, nullptr}};
#define TYPE(T, initialise)                                                                                          \
  static PyType_Slot T##_slots[] = {{Py_tp_methods, dovetail::Bound<lib::T>::methods},                               \
                                    {Py_tp_getset, T##_fields},                                                      \
                                    {Py_tp_new, reinterpret_cast<void*>(dovetail::new_unready<lib::T>)},             \
                                    {Py_tp_init, reinterpret_cast<void*>(dovetail::init<initialise>)},               \
                                    {Py_tp_dealloc, reinterpret_cast<void*>(dovetail::dealloc<lib::T>)},             \
                                    {Py_tp_traverse, reinterpret_cast<void*>(dovetail::traverse)},                   \
                                    {Py_tp_clear, reinterpret_cast<void*>(dovetail::clear<lib::T>)},                 \
                                    {0, nullptr}};                                                                   \
  static PyType_Spec T##_spec = {"containers." #T, sizeof(dovetail::Room<lib::T>), 0, dovetail::class_flags<lib::T>(true), T##_slots};
TYPE(Row, Row_init)
TYPE(Node, default_init<lib::Node>)
TYPE(Box, default_init<lib::Box>)

// ---- module ----------------------------------------------------------------------------------------------------------------

static const dovetail::TypeRow types[] = {
    dovetail::container_row<lib::VectorInt>("", "MutableSequence"),
    dovetail::container_row<lib::VectorDouble>("", "MutableSequence"),
    dovetail::container_row<lib::VectorRow>("", "MutableSequence"),
    dovetail::container_row<lib::VectorVectorInt>("", "MutableSequence"),
    dovetail::container_row<lib::VectorString>("", "MutableSequence"),
    dovetail::container_row<lib::VectorBool>("", "MutableSequence"),
    dovetail::container_row<lib::ListRow>("", "MutableSequence"),
    dovetail::container_row<lib::DequeInt>("", "MutableSequence"),
    dovetail::container_row<lib::Array3>("", "Sequence"),
    dovetail::container_row<lib::MapStringInt>("", "MutableMapping"),
    dovetail::container_row<lib::MapStringRows>("", "MutableMapping"),
    dovetail::container_row<lib::MapStringInts>("", "MutableMapping"),
    dovetail::container_row<lib::SetInt>("", "MutableSet"),
    dovetail::container_row<lib::SetString>("", "MutableSet"),
    dovetail::container_row<std::vector<lib::Box>>("", "MutableSequence"),
    {Types::Row, -1, "", "Row", &Row_spec, true, sizeof(lib::Row), dovetail::construct<lib::Row, Row_init>, nullptr, {},
     dovetail::move_to_heap<lib::Row>},
    {Types::Node, -1, "", "Node", &Node_spec, true, sizeof(lib::Node), dovetail::construct<lib::Node, default_init<lib::Node>>, nullptr, {},
     dovetail::move_to_heap<lib::Node>},
    {Types::Box, -1, "", "Box", &Box_spec, true, sizeof(lib::Box), dovetail::construct<lib::Box, default_init<lib::Box>>, nullptr, {},
     dovetail::move_to_heap<lib::Box>},
};
static const char* const names[] = {"id", "weight"};
static constexpr dovetail::ScopeRow scopes[] = {{"", nullptr, functions, nullptr}};
static constexpr dovetail::ModuleTable table{names, scopes, {}, types, {}, {}, {}};
static int exec(PyObject* module) noexcept { return dovetail::exec_module<table>(module); }
static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec)}, DOVETAIL_MODULE_SLOTS{0, nullptr}};
static PyModuleDef definition = dovetail::module_definition("containers", nullptr, module_slots);
PyMODINIT_FUNC PyInit_containers() { return PyModuleDef_Init(&definition); }
