"""What the tests of `parse` share: the compiler's search path, and looking things up in a module."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

from dovetail.model import Class, Function, Module


@functools.cache
def search_path(std: str = "c++20") -> tuple[str, ...]:
    """Where the compiler looks for headers; empty without a compiler, which is enough for headers without #include."""
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        return ()
    command = [compiler, f"-std={std}", "-E", "-x", "c++", "-v", os.devnull]
    environment = {**os.environ, "LC_ALL": "C"}
    told = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stderr
    lines = told.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("#include <...>"))
    end = next(index for index, line in enumerate(lines) if line.startswith("End of search list"))
    return tuple(os.path.realpath(line.strip()) for line in lines[start + 1 : end])


def class_of(module: Module, qualified: str) -> Class:
    return next(item for item in module.classes if item.qualified == qualified)


def function_of(module: Module, qualified: str) -> Function:
    everything = [*module.functions, *(f for c in module.classes for f in (*c.constructors, *c.methods))]
    found = [function for function in everything if function.qualified == qualified]
    assert len(found) == 1, (qualified, [function.qualified for function in everything])
    return found[0]
