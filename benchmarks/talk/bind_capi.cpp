// The C API as its tutorial teaches it, and as the talk showed it: a tuple of arguments, parsed by a format.
#include <Python.h>

#include "increment.h"

static PyObject* python_increment(PyObject*, PyObject* args) {
  int i;
  if (!PyArg_ParseTuple(args, "i", &i)) return nullptr;
  return PyLong_FromLong(increment(i));
}

static PyMethodDef methods[] = {
    {"increment", python_increment, METH_VARARGS, "Incrementing function"},
    {nullptr, nullptr, 0, nullptr},
};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "talk_capi", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

PyMODINIT_FUNC PyInit_talk_capi() { return PyModule_Create(&definition); }
