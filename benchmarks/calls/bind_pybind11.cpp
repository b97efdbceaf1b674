#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "work.h"

namespace py = pybind11;
using namespace py::literals;

using Input = py::array_t<double, py::array::c_style>;

static py::array_t<double> ramp(int count) {
  auto* values = new std::vector<double>(work::ramp(count));
  py::capsule owner(values, [](void* p) { delete static_cast<std::vector<double>*>(p); });
  return py::array_t<double>(static_cast<py::ssize_t>(values->size()), values->data(), owner);
}

PYBIND11_MODULE(bench_pybind11, m) {
  py::class_<work::Counter>(m, "Counter")
      .def(py::init<int>(), "start"_a = 0)
      .def("value", &work::Counter::value)
      .def("set", &work::Counter::set)
      .def_readwrite("x", &work::Counter::x);
  m.def("increment", &work::increment);
  m.def("plus", &work::plus, "x"_a);
  m.def("add", &work::add, "a"_a, "b"_a, "c"_a);
  m.def("echo", &work::echo);
  m.def("peek", &work::peek);
  m.def("make", &work::make);
  m.def("sum", &work::sum);
  m.def("ramp", &ramp);
  m.def("ramp_list", &work::ramp_list);
  m.def("sum_view", [](const Input& values) { return work::sum_view({values.data(), static_cast<size_t>(values.size())}); });
}
