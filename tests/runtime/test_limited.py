"""The runtime for the limited API: all headers compile for it, and only those few that hold the differences test it."""

from __future__ import annotations

import pathlib
import re
import sys
import sysconfig

import pytest

from .conftest import INCLUDE, compile_module

HEADERS = sorted(path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.h"))
NOT_BY_THEMSELVES = ("dovetail/library/", "dovetail/core/types.h", "dovetail/core/limited")
"""Those that follow headers of other libraries, and those between which core/python.h chooses."""

MAY_DIFFER = {
    "core/python.h": "chooses",
    "core/limited_types.h": "is for it",
    "core/limited.h": "is for it",
    "core/layout.h": "classes with several bases",
    "core/attach.h": "threads",
    "core/debug.h": "watched types",
    "core/functions.h": "vectorcall",
    "core/state.h": "layout of modules",
    "core/module.h": "a field of the state",
    "convert/datetime.h": "has no C functions there",
    "convert/function_pointer.h": "facts of functions",
}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the limited API is that of 3.11")
@pytest.mark.skipif(bool(sysconfig.get_config_var("Py_GIL_DISABLED")), reason="free-threaded builds have none")
@pytest.mark.parametrize("version", ["0x030B0000", "0x030C0000", "0x030D0000"])
def test_all_headers(tmp_path: pathlib.Path, version: str) -> None:
    if int(version, 16) >> 16 > sys.hexversion >> 16:
        pytest.skip("this Python is older")
    source = tmp_path / "all.cpp"
    names = ["dovetail/convert/numbers.h", *(name for name in HEADERS if not name.startswith(NOT_BY_THEMSELVES))]
    source.write_text("".join(f"#include <{name}>\n" for name in names))
    compile_module(source, tmp_path / "all.o", "-fsyntax-only", "-std=c++20", f"-DPy_LIMITED_API={version}")


def test_where_it_differs() -> None:
    testing = {
        name.removeprefix("dovetail/")
        for name in HEADERS
        if re.search(r"^\s*#\s*(if|ifdef|ifndef|elif)\b.*\bPy_LIMITED_API\b", (INCLUDE / name).read_text(), re.M)
    }
    assert testing <= set(MAY_DIFFER), "put what differs into core/types.h and core/limited_types.h"


def test_an_older_one_is_refused(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "old.cpp"
    source.write_text("#include <dovetail/core/python.h>\n")
    with pytest.raises(AssertionError) as told:
        compile_module(source, tmp_path / "old.o", "-fsyntax-only", "-std=c++20", "-DPy_LIMITED_API=0x030A0000")
    assert "3.11" in str(told.value)


def test_modules_load_no_more(tmp_path: pathlib.Path) -> None:
    """Ordinary modules include nothing of it."""
    source = tmp_path / "plain.cpp"
    source.write_text("#include <dovetail/core/module.h>\n")
    target = tmp_path / "plain.i"
    compile_module(source, target, "-E", "-std=c++20", "-w")
    assert "core/types.h" in target.read_text()
    assert "core/limited" not in target.read_text()
