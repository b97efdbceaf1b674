%module(directors="1") bench_swig
%{
#include "work.h"
%}
%include <std_string.i>
%include <std_vector.i>
%template(Ints) std::vector<int>;
%template(Doubles) std::vector<double>;
%template(Numbers) std::vector<long>;
%template(Points) std::vector<work::Point>;

// SWIG 4.1 does not know std::span, so what takes or gives one is left out; `keywords` makes the call by name possible where it is measured.
%ignore work::sum_view;
%feature("kwargs") work::add;
%feature("kwargs") work::plus;
%ignore work::first;
%ignore work::Store::values;
// It has no typemaps for std::function either.
%ignore work::for_each;
%feature("director") work::Listener;
%include "work.h"
