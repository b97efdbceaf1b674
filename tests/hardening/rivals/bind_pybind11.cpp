// As pybind11's manual binds it: trampolines for virtual functions, an opaque vector, reference_internal for references.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl_bind.h>

#include "target.h"

PYBIND11_MAKE_OPAQUE(std::vector<target::Row>)
namespace py = pybind11;
#ifdef STRICT
#define POINTER , py::arg("given").none(false)
#else
#define POINTER
#endif
using namespace target;

struct PyShape : Shape {
  using Shape::Shape;
  double area() const override { PYBIND11_OVERRIDE(double, Shape, area, ); }
  std::string label() const override { PYBIND11_OVERRIDE(std::string, Shape, label, ); }
};

PYBIND11_MODULE(rival_pybind11, m) {
  py::class_<Row>(m, "Row").def(py::init<>()).def_readwrite("id", &Row::id).def_readwrite("name", &Row::name);
  py::bind_vector<std::vector<Row>>(m, "Rows");
  py::class_<Table>(m, "Table")
      .def(py::init<int>(), py::arg("rows") = 2)
      .def("rows", &Table::rows, py::return_value_policy::reference_internal)
      .def("best", &Table::best, py::return_value_policy::reference_internal)
      .def("count", &Table::count)
      .def("rename", &Table::rename)
      .def("name", &Table::name);
  py::class_<Shape, PyShape>(m, "Shape")
      .def(py::init<double>(), py::arg("size") = 1)
      .def("area", &Shape::area)
      .def("label", &Shape::label);
  m.def("take_pointer", &take_pointer POINTER);
  m.def("take_reference", &take_reference);
  m.def("id_of", &id_of POINTER);
  m.def("give_name", &give_name);
  m.def("measure", &measure);
  m.def("describe", &describe POINTER);
  m.def("sum", &sum);
  m.def("fail", &fail);
}
