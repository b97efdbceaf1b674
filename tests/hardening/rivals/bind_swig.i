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
%typemap(check) const target::Table*, const target::Row*, const target::Shape* {
  if (!$1) SWIG_exception_fail(SWIG_ValueError, "null pointer");
}
#endif
%include "target.h"
%template(Rows) std::vector<target::Row>;
%template(Numbers) std::vector<int>;
