#include "increment.h"

// After the standard headers Boost.Python would complain about a missing noexcept in function types, so it gets a
// function without one.
#include <boost/python.hpp>

static int plain_increment(int i) { return increment(i); }

BOOST_PYTHON_MODULE(talk_boost) { boost::python::def("increment", &plain_increment, "Incrementing function"); }
