%module bench_swig
%{
#include "work.h"
%}
%include <std_string.i>
%include <std_vector.i>
%template(Ints) std::vector<int>;
%template(Doubles) std::vector<double>;

// SWIG 4.1 does not know std::span, so sum_view is left out; `keywords` makes the call by name possible where it is measured.
%ignore work::sum_view;
%feature("kwargs") work::add;
%feature("kwargs") work::plus;
%include "work.h"
