"""Real libraries, where their headers are installed: everything is read, and the counts hold."""

from __future__ import annotations

import os

import pytest
from small_headers import search_path

from dovetail.diagnostics import Sink
from dovetail.model import Access
from dovetail.parse import Request, read_headers

LIBRARIES = {
    # headers: at least (classes, public callables, enums)
    "pugixml": (("pugixml.hpp",), (19, 310, 5)),
    "tinyxml2": (("tinyxml2.h",), (15, 319, 8)),
    "yaml-cpp": (("yaml-cpp/yaml.h",), (65, 263, 19)),
    "muparser": (("muParser.h",), (20, 180, 7)),
    "box2d": (("box2d/box2d.h",), (81, 600, 10)),
    "leveldb": (
        tuple(
            f"leveldb/{name}.h"
            for name in (
                "db",
                "write_batch",
                "cache",
                "filter_policy",
                "options",
                "comparator",
                "env",
                "slice",
                "status",
                "iterator",
            )
        ),
        (24, 170, 2),
    ),
    "re2": (("re2/re2.h", "re2/set.h"), (26, 115, 5)),
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("std", ["c++17", "c++20"])
def test_library(name, std):
    headers, (classes, callables, enums) = LIBRARIES[name]
    path = search_path(std)
    missing = [header for header in headers if not any(os.path.exists(os.path.join(folder, header)) for folder in path)]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    sink = Sink()
    module = read_headers(Request(headers=headers, std=std, system_include=path), sink)
    assert not sink.diagnostics
    functions = [f for item in module.classes for f in (*item.constructors, *item.methods)]
    public = [f for f in functions if f.access is Access.PUBLIC]
    assert len(module.classes) >= classes
    assert len(public) + len(module.functions) >= callables
    assert len(module.enums) >= enums
    # What a template does not compile for is none of its callables.
    assert not [item for item in module.unread if item.kind != "body"]
    defaults = [param.default for f in (*functions, *module.functions) for param in f.params if param.default]
    # muparser has one that names a parameter of its template: only C++ can fill it in.
    assert all(default.cpp for default in defaults if default.text != "TString()")
    assert all("(unnamed" not in item.qualified and "type-parameter" not in item.qualified for item in module.classes)
