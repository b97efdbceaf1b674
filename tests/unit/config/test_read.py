"""The project file: what is read, and that everything wrong is said at once, at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dovetail.config import Project, Rule, read_project
from dovetail.diagnostics import Sink


def read(tmp_path: Path, text: str | bytes, name: str = "pyproject.toml", **environ: str) -> tuple[Project, list[str]]:
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / name).write_bytes(data)
    sink = Sink()
    project = read_project(tmp_path, sink, environ=environ)
    return project, [f"{d.span.line}:{d.span.column} {d.code} {d.message}" for d in sink.diagnostics]


def test_a_whole_project(tmp_path: Path) -> None:
    project, problems = read(
        tmp_path,
        """[project]
name = "x"

[tool.dovetail.modules."rowlog._core"]
headers = ["include/reader.h"]
sources = ["src/*.cpp"]
library-dirs = "lib"
std = "gnu++23"
namespace = "rowlog"

[tool.dovetail.modules."rowlog._core".rules]
"Reader::Reader" = { release-gil = true }
"Reader::row" = { returns = "borrow", keeps = "source", as = "list", nullable = [] }
"operator*" = { rename = "times" }
""",
    )
    assert problems == []
    (module,) = project.modules
    assert (module.name, module.headers, module.sources) == ("rowlog._core", ("include/reader.h",), ("src/*.cpp",))
    assert (module.library_dirs, module.std, module.namespace) == (("lib",), "gnu++23", "rowlog")
    assert project.path == tmp_path / "pyproject.toml"
    first, second, third = module.rules
    assert first == Rule(selector="Reader::Reader", release_gil=True, span=first.span)
    assert (second.returns, second.keeps, second.as_, second.nullable) == ("borrow", ("source",), "list", ())
    assert (second.span.line, second.span.column, second.span.length) == (13, 1, 13)
    assert (third.rename, third.skip, third.nullable, third.keywords) == ("times", None, None, None)


def test_all_problems_at_once(tmp_path: Path) -> None:
    _, problems = read(
        tmp_path,
        """[tool.dovetail]
module = 1
[tool.dovetail.modules.class]
header = ["a.h"]
[tool.dovetail.modules."a-b"]
headers = ["a.h", 3]
std = "c++11"
libs = ["-lz"]
define = ["A B"]
namespace = "a.b"
[tool.dovetail.modules."a-b".rules]
"f" = { release_gil = true, returns = "borow", skip = "yes" }
"g*" = { rename = "h" }
"h" = { rename = "1x", out = [1] }
"i" = true
" " = { skip = true }
""",
    )
    assert problems == [
        "2:1 DV011 unknown key `module`",
        "3:24 DV014 `class` is not a Python name",
        "3:24 DV012 module `class` has no headers",
        "4:1 DV011 unknown key `header`",
        "5:24 DV014 `a-b` is not a Python name",
        "6:19 DV012 `headers` must be a list of strings, not the integer 3",
        "7:1 DV012 `std` is too old: `c++11`",
        "8:9 DV012 `libs` holds an option: `-lz`",
        "9:11 DV012 not a macro: `A B`",
        "10:1 DV012 not a C++ namespace: `a.b`",
        "12:9 DV011 unknown key `release_gil`",
        "12:29 DV012 `returns` cannot be `borow`",
        "12:48 DV012 `skip` must be true or false, not a string",
        "13:10 DV012 `rename` under a glob would give many declarations one name: `g*`",
        "14:9 DV014 `1x` is not a Python name",
        "14:31 DV012 `out` must be a list of strings, not the integer 1",
        "15:1 DV012 `i` must be a table, not true",
        "16:1 DV012 a selector is empty",
    ]


def test_unknown_keys_come_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dovetail.modules.a]\nheaders = ["a.h"]\nlibary_dirs = []\n')
    sink = Sink()
    read_project(tmp_path, sink, environ={})
    assert sink.diagnostics[0].helps == ("did you mean `library-dirs`?",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tool.dovetail\n", "1:15 DV017 not valid TOML: expected ']' at the end of a table declaration"),
        (b"a = '\xff'\n", "0:0 DV017 "),
        ("a = " + "[" * 100_000, "DV017 "),
        ("[tool.other]\n", "0:0 DV016 "),
        ("[tool]\ndovetail = 3\n", "2:1 DV012 `dovetail` must be a table, not the integer 3"),
        ("[tool.dovetail]\n", "1:7 DV012 the project has no modules"),
        ("[tool.dovetail.modules]\na = 1\n", "2:1 DV012 `a` must be a table, not the integer 1"),
        ("[tool.dovetail.modules.a]\nheaders = 'a\\b'\nrules = []\n", "3:1 DV012 `rules` must be a table, not a list"),
        ('[tool.dovetail.modules.a]\nheaders = "a\\u0000b"\n', "2:1 DV012 `headers` holds a null character"),
    ],
)
def test_files_that_do_not_fit(tmp_path: Path, text: str | bytes, problem: str) -> None:
    _, problems = read(tmp_path, text)
    assert len(problems) == 1
    assert problem in problems[0]


def test_no_file_at_all(tmp_path: Path) -> None:
    sink = Sink()
    project = read_project(tmp_path, sink, environ={})
    assert project.modules == ()
    assert [d.code for d in sink.diagnostics] == ["DV016"]


def test_a_file_of_its_own(tmp_path: Path) -> None:
    project, problems = read(tmp_path, '[modules.a]\nheaders = "a.h"\n', name="dovetail.toml")
    assert problems == []
    assert [module.name for module in project.modules] == ["a"]


def test_two_configurations_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "dovetail.toml").write_text('[modules.a]\nheaders = "a.h"\n')
    _, problems = read(tmp_path, '[tool.dovetail.modules.a]\nheaders = "b.h"\n')
    assert problems == ["1:7 DV012 two configurations of one project"]


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    text = '[tool.dovetail.modules.a]\nheaders = "a.h"\nstd = "c++20"\ncxxflags = ["-g"]\n'
    project, problems = read(tmp_path, text, DOVETAIL_STD="c++17", DOVETAIL_CXXFLAGS="-O1 -g3", DOVETAIL_HEADERS="no")
    assert problems == []
    assert (project.modules[0].std, project.modules[0].cxxflags) == ("c++17", ("-O1", "-g3"))
    assert project.modules[0].headers == ("a.h",)


def test_a_bad_variable_is_named(tmp_path: Path) -> None:
    text = '[tool.dovetail.modules.a]\nheaders = "a.h"\n'
    _, problems = read(tmp_path, text, DOVETAIL_OPTIMIZE="9")
    assert problems == ["0:0 DV012 `optimize` cannot be `9`"]
