#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "work.h"

namespace nb = nanobind;
using namespace nb::literals;

using Input = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<nb::numpy, double, nb::ndim<1>>;

static Output ramp(int count) {
  auto* values = new std::vector<double>(work::ramp(count));
  nb::capsule owner(values, [](void* p) noexcept { delete static_cast<std::vector<double>*>(p); });
  return Output(values->data(), {values->size()}, owner);
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
}
