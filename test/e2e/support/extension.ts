/** The C source of an extension module; each function is given `arg` and has this body. */
export function extension(name: string, functions: Readonly<Record<string, string>>): string {
  const definitions = Object.entries(functions).map(
    ([called, body]) => `static PyObject *\n${called}(PyObject *self, PyObject *arg)\n{\n${body}}\n`,
  );
  const methods = Object.keys(functions).map((called) => `    {"${called}", ${called}, METH_O, NULL},\n`);
  return `#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

${definitions.join('\n')}
static PyMethodDef methods[] = {
${methods.join('')}    {NULL, NULL, 0, NULL}
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "${name}", NULL, -1, methods};
PyMODINIT_FUNC PyInit_${name}(void) { return PyModule_Create(&module); }
`;
}
