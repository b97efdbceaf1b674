// As SWIG's manual binds it: directors for virtual functions, templates for containers, all exceptions caught.
%module(directors="1") rival_swig
%{
#include "target.h"
%}
%include "exception.i"
%include "std_string.i"
%include "std_vector.i"
%exception {
  try {
    $action
  }
  SWIG_CATCH_STDEXCEPT
  catch (...) {
    SWIG_exception(SWIG_UnknownError, "unknown exception");
  }
}
%feature("director") target::Shape;
%feature("director:except") {
  if ($error != NULL) throw Swig::DirectorMethodException();
}
#ifdef STRICT
%include "constraints.i"
%apply Pointer NONNULL { const target::Table* table, const target::Row* row, const target::Shape* shape };
#endif
%include "target.h"
%template(Rows) std::vector<target::Row>;
%template(Numbers) std::vector<int>;
