#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl_bind.h>

#include "work.h"

PYBIND11_MAKE_OPAQUE(std::vector<long>)
PYBIND11_MAKE_OPAQUE(std::vector<work::Point>)

namespace py = pybind11;
using namespace py::literals;

using Input = py::array_t<double, py::array::c_style>;

static py::array_t<double> ramp(int count) {
  auto* values = new std::vector<double>(work::ramp(count));
  py::capsule owner(values, [](void* p) { delete static_cast<std::vector<double>*>(p); });
  return py::array_t<double>(static_cast<py::ssize_t>(values->size()), values->data(), owner);
}

static py::array values(py::object self) {
  const std::span<const double> all = self.cast<const work::Store&>().values();
  py::array_t<double> array(static_cast<py::ssize_t>(all.size()), all.data(), self);
  array.attr("flags").attr("writeable") = false;
  return array;
}

struct PythonListener : work::Listener {
  using work::Listener::Listener;
  int step(int i) override { PYBIND11_OVERRIDE(int, work::Listener, step, i); }
};

template <class... P>
static void define(py::module_& m, const char* name, int (*function)(P...) noexcept) {
  m.def(name, function);
}

template <class A>
static void define_pick20(py::module_& m) {
  define<A, const work::Counter&>(m, "pick20", &work::pick20);
  define<A, const std::string&>(m, "pick20", &work::pick20);
  define<A, const std::vector<int>&>(m, "pick20", &work::pick20);
  define<A, int>(m, "pick20", &work::pick20);
  define<A, double>(m, "pick20", &work::pick20);
}

static void define_picks(py::module_& m) {
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
  m.def("first", [](const Input& values) { return work::first({values.data(), static_cast<size_t>(values.size())}); });
  py::class_<work::Listener, PythonListener>(m, "Listener").def(py::init<>()).def("step", &work::Listener::step);
  m.def("drive", &work::drive);
  m.def("for_each", &work::for_each);
  define_picks(m);
  py::bind_vector<std::vector<long>>(m, "Numbers");
  py::class_<work::Point>(m, "Point").def_readwrite("x", &work::Point::x).def_readwrite("y", &work::Point::y);
  py::bind_vector<std::vector<work::Point>>(m, "Points");
  py::class_<work::Store>(m, "Store")
      .def(py::init<int>())
      .def("numbers", &work::Store::numbers, py::return_value_policy::reference_internal)
      .def("points", &work::Store::points, py::return_value_policy::reference_internal)
      .def("values", &values);
}
