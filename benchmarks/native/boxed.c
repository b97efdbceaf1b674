/* What a C extension is written like by hand: one argument, boxed and unboxed around one addition. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject* inc(PyObject* module, PyObject* given) {
  (void)module;
  const long value = PyLong_AsLong(given);
  if (value == -1 && PyErr_Occurred()) return NULL;
  return PyLong_FromLong(value + 1);
}

typedef struct {
  PyObject_HEAD
  long total;
} Adder;

static PyObject* add(PyObject* self, PyObject* given) {
  const long value = PyLong_AsLong(given);
  if (value == -1 && PyErr_Occurred()) return NULL;
  ((Adder*)self)->total += value;
  return PyLong_FromLong(((Adder*)self)->total);
}
static PyMethodDef adder_methods[] = {{"add", add, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyType_Slot adder_slots[] = {{Py_tp_methods, adder_methods}, {0, NULL}};
static PyType_Spec adder_spec = {"boxed.Adder", sizeof(Adder), 0, Py_TPFLAGS_DEFAULT, adder_slots};

static PyMethodDef methods[] = {{"inc", inc, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "boxed", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_boxed(void) {
  PyObject* module = PyModule_Create(&definition);
  PyObject* adder = module ? PyType_FromSpec(&adder_spec) : NULL;
  if (!adder || PyModule_AddObject(module, "Adder", adder) < 0) return NULL;
  return module;
}
