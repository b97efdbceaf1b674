#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/bind_vector.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <nanobind/trampoline.h>

#include "work.h"

NB_MAKE_OPAQUE(std::vector<long>)
NB_MAKE_OPAQUE(std::vector<work::Point>)

namespace nb = nanobind;
using namespace nb::literals;

using Input = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<nb::numpy, double, nb::ndim<1>>;

static Output ramp(int count) {
  auto* values = new std::vector<double>(work::ramp(count));
  nb::capsule owner(values, [](void* p) noexcept { delete static_cast<std::vector<double>*>(p); });
  return Output(values->data(), {values->size()}, owner);
}

static nb::ndarray<nb::numpy, const double, nb::ndim<1>> values(const work::Store& store) {
  const std::span<const double> all = store.values();
  return {all.data(), {all.size()}, nb::find(store)};
}

struct PythonListener : work::Listener {
  NB_TRAMPOLINE(work::Listener, 1);
  int step(int i) override { NB_OVERRIDE(step, i); }
};

template <class... P>
static void define(nb::module_& m, const char* name, int (*function)(P...) noexcept) {
  m.def(name, function);
}

template <class A>
static void define_pick20(nb::module_& m) {
  define<A, const work::Counter&>(m, "pick20", &work::pick20);
  define<A, const std::string&>(m, "pick20", &work::pick20);
  define<A, const std::vector<int>&>(m, "pick20", &work::pick20);
  define<A, int>(m, "pick20", &work::pick20);
  define<A, double>(m, "pick20", &work::pick20);
}

static void define_picks(nb::module_& m) {
  define<const std::string&>(m, "pick2", &work::pick2);
  define<double>(m, "pick2", &work::pick2);
  define<const work::Counter&>(m, "pick5", &work::pick5);
  define<const std::string&>(m, "pick5", &work::pick5);
  define<const std::vector<int>&>(m, "pick5", &work::pick5);
  define<int>(m, "pick5", &work::pick5);
  define<double>(m, "pick5", &work::pick5);
  define_pick20<const work::Counter&>(m);
  define_pick20<const std::string&>(m);
  define_pick20<int>(m);
  define_pick20<double>(m);
}

NB_MODULE(bench_nanobind, m) {
  nb::class_<work::Counter>(m, "Counter")
      .def(nb::init<int>(), "start"_a = 0)
      .def("value", &work::Counter::value)
      .def("set", &work::Counter::set)
      .def_rw("x", &work::Counter::x);
  m.def("increment", &work::increment);
  m.def("plus", &work::plus, "x"_a);
  m.def("add", &work::add, "a"_a, "b"_a, "c"_a);
  m.def("echo", &work::echo);
  m.def("peek", &work::peek);
  m.def("make", &work::make);
  m.def("sum", &work::sum);
  m.def("ramp", &ramp);
  m.def("ramp_list", &work::ramp_list);
  m.def("sum_view", [](const Input& values) { return work::sum_view({values.data(), values.size()}); });
  m.def("first", [](const Input& values) { return work::first({values.data(), values.size()}); });
  nb::class_<work::Listener, PythonListener>(m, "Listener").def(nb::init<>()).def("step", &work::Listener::step);
  m.def("drive", &work::drive);
  m.def("for_each", &work::for_each);
  define_picks(m);
  nb::bind_vector<std::vector<long>>(m, "Numbers");
  nb::class_<work::Point>(m, "Point").def_rw("x", &work::Point::x).def_rw("y", &work::Point::y);
  nb::bind_vector<std::vector<work::Point>>(m, "Points");
  nb::class_<work::Store>(m, "Store")
      .def(nb::init<int>())
      .def("numbers", &work::Store::numbers, nb::rv_policy::reference_internal)
      .def("points", &work::Store::points, nb::rv_policy::reference_internal)
      .def("values", &values);
}
