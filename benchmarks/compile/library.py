"""Invents a library of a given size. In: numbers of functions, classes, methods. Out: `Library`, the same every time.

Everything is inline and trivial, so that what is measured is the binding.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

TYPES = ("int", "double", "bool", "const std::string&", "float", "long long")


@dataclass(frozen=True)
class Function:
    name: str
    params: tuple[str, ...]
    returned: int
    """The index of the parameter that is given back."""

    @property
    def result(self) -> str:
        spelled = self.params[self.returned]
        return "std::string" if spelled == "const std::string&" else spelled

    def declare(self, const: str = "") -> str:
        params = ", ".join(f"{spelled} a{index}" for index, spelled in enumerate(self.params))
        unused = " ".join(f"(void)a{index};" for index in range(len(self.params)) if index != self.returned)
        return f"{self.result} {self.name}({params}){const} {{ {unused} return a{self.returned}; }}"


@dataclass(frozen=True)
class Class:
    name: str
    methods: tuple[Function, ...]


@dataclass(frozen=True)
class Library:
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]

    def header(self) -> str:
        lines = ["#pragma once", "#include <string>", "", "namespace invented {", ""]
        lines += [f"inline {function.declare()}" for function in self.functions]
        for each in self.classes:
            lines += ["", f"class {each.name} {{", " public:", f"  explicit {each.name}(int v) : v_(v) {{}}"]
            lines += [f"  {method.declare(' const')}" for method in each.methods]
            lines += ["", " private:", "  int v_;", "};"]
        return "\n".join([*lines, "", "}  // namespace invented", ""])


def invent_library(functions: int, classes: int, methods: int) -> Library:
    chance = random.Random(7)

    def function(name: str) -> Function:
        params = tuple(chance.choice(TYPES) for _ in range(chance.randint(1, 4)))
        return Function(name, params, chance.randrange(len(params)))

    return Library(
        functions=tuple(function(f"function{i}") for i in range(functions)),
        classes=tuple(
            Class(f"Class{i}", tuple(function(f"method{j}") for j in range(methods))) for i in range(classes)
        ),
    )


SIZES = {
    "one function": invent_library(functions=1, classes=0, methods=0),
    "50 classes of 10 methods and 100 functions": invent_library(functions=100, classes=50, methods=10),
}
