// As nanobind's manual binds it: trampolines for virtual functions, bind_vector, reference_internal for references.
#include <nanobind/nanobind.h>
#include <nanobind/stl/bind_vector.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <nanobind/trampoline.h>

#include "target.h"

NB_MAKE_OPAQUE(std::vector<target::Row>)
namespace nb = nanobind;
using namespace target;

struct PyShape : Shape {
  NB_TRAMPOLINE(Shape, 2);
  double area() const override { NB_OVERRIDE(area); }
  std::string label() const override { NB_OVERRIDE(label); }
};

NB_MODULE(rival_nanobind, m) {
  nb::class_<Row>(m, "Row").def(nb::init<>()).def_rw("id", &Row::id).def_rw("name", &Row::name);
  nb::bind_vector<std::vector<Row>, nb::rv_policy::reference_internal>(m, "Rows");
  nb::class_<Table>(m, "Table")
      .def(nb::init<int>(), nb::arg("rows") = 2)
      .def("rows", &Table::rows, nb::rv_policy::reference_internal)
      .def("best", &Table::best, nb::rv_policy::reference_internal)
      .def("count", &Table::count)
      .def("rename", &Table::rename)
      .def("name", &Table::name);
  nb::class_<Shape, PyShape>(m, "Shape")
      .def(nb::init<double>(), nb::arg("size") = 1)
      .def("area", &Shape::area)
      .def("label", &Shape::label);
  m.def("take_pointer", &take_pointer);
  m.def("take_reference", &take_reference);
  m.def("id_of", &id_of);
  m.def("give_name", &give_name);
  m.def("measure", &measure);
  m.def("describe", &describe);
  m.def("sum", &sum);
  m.def("fail", &fail);
}
