/* Lets Python code start and dump callgrind's counters. Does nothing outside valgrind. */
#include <Python.h>
#include <valgrind/callgrind.h>

static PyObject *zero(PyObject *module, PyObject *unused) {
  CALLGRIND_ZERO_STATS;
  Py_RETURN_NONE;
}

static PyObject *dump(PyObject *module, PyObject *name) {
  const char *text = PyUnicode_AsUTF8(name);
  if (!text) return NULL;
  CALLGRIND_DUMP_STATS_AT(text);
  Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"zero", zero, METH_NOARGS, NULL},
    {"dump", dump, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "bench_callgrind", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_bench_callgrind(void) { return PyModule_Create(&definition); }
