#include <pybind11/pybind11.h>

#include "increment.h"

PYBIND11_MODULE(talk_pybind11, m) { m.def("increment", &increment, "Incrementing function"); }
