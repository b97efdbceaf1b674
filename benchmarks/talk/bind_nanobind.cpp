#include <nanobind/nanobind.h>

#include "increment.h"

NB_MODULE(talk_nanobind, m) { m.def("increment", &increment, "Incrementing function"); }
