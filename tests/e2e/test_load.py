"""`dovetail.load`: compiled once, cached, rebuilt when anything changes, never fooled by a planted file."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import dovetail
from dovetail.loader import module_name

HEADER = "#pragma once\ninline int answer() { return 42; }\n"
Run = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a header, and a cache of its own."""
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "tiny.h").write_text(HEADER)
    return folder


@pytest.fixture
def run(project: Path) -> Run:
    """Runs a script of the project in a process of its own; tells what it printed."""

    def run_script(text: str, *, ok: bool = True, **environment: str) -> str:
        script = project / "script.py"
        script.write_text("import dovetail\n" + textwrap.dedent(text))
        source = str(Path(dovetail.__file__).parents[1])
        done = subprocess.run(
            [sys.executable, "-W", "error", str(script)],
            cwd=project.parent,  # not the script's folder: its paths are relative to itself
            env={**os.environ, "PYTHONPATH": source, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout if ok else done.stderr

    return run_script


def built(project: Path) -> list[Path]:
    """The extensions in the cache."""
    return sorted((project.parent / "cache").rglob("tiny*.so"))


def test_the_second_run_neither_compiles_nor_parses(project: Path, run: Run) -> None:
    script = """
        import sys
        print(dovetail.load("tiny.h").answer(), "tiny" in sys.modules, "dovetail.pipeline" in sys.modules)
        print("clang.cindex" in sys.modules, "rich" in sys.modules)
    """
    assert run(script).split() == ["42", "True", "True", "True", "False"]
    (extension,) = built(project)
    made = extension.stat().st_mtime_ns
    assert run(script).split() == ["42", "True", "False", "False", "False"]
    assert built(project)[0].stat().st_mtime_ns == made


def test_a_changed_header_is_built_anew_also_in_one_process(project: Path, run: Run) -> None:
    assert run("""
        import os, sys
        from pathlib import Path
        header = Path(__file__).with_name("tiny.h")
        first = dovetail.load("tiny.h")
        assert dovetail.load("tiny.h") is first
        os.utime(header)
        assert dovetail.load("tiny.h") is first, "touched, not changed"
        header.write_text(header.read_text().replace("42", "43"))
        second = dovetail.load("tiny.h")
        print(first.answer(), second.answer(), sys.modules["tiny"] is second)
        header.write_text(header.read_text().replace("43", "42"))
        print(dovetail.load("tiny.h").answer())
    """).split() == ["42", "43", "True", "42"]


def test_an_included_header_and_a_source_matter(project: Path, run: Run) -> None:
    (project / "tiny.h").write_text('#pragma once\n#include "inner.h"\nint answer();\n')
    (project / "inner.h").write_text("inline int half() { return 21; }\n")
    (project / "tiny.cpp").write_text('#include "tiny.h"\nint answer() { return 2 * half(); }\n')
    script = 'm = dovetail.load("tiny.h", sources="*.cpp"); print(m.answer())'
    assert run(script).split() == ["42"]
    (project / "inner.h").write_text("inline int half() { return 50; }\n")
    assert run(script).split() == ["100"]
    (project / "tiny.cpp").write_text('#include "tiny.h"\nint answer() { return 3 * half(); }\n')
    assert run(script).split() == ["150"]


def test_a_new_file_of_a_pattern_matters(project: Path, run: Run) -> None:
    (project / "tiny.h").write_text("#pragma once\nint one();\nint two();\n")
    (project / "one.cpp").write_text("int one() { return 1; }\n")
    script = 'm = dovetail.load("tiny.h", sources="*.cpp", optimize="0"); print(m.one(), hasattr(m, "two"))'
    assert run(script).split() == ["1", "False"]
    (project / "two.cpp").write_text("int two() { return 2; }\n")
    assert run(script).split() == ["1", "True"]


def test_processes_that_load_at_once_build_once(project: Path, run: Run, tmp_path: Path) -> None:
    compiler, log = tmp_path / "counting-c++", tmp_path / "log"
    compiler.write_text(f'#!/bin/sh\ncase " $* " in *" -c "*) echo compile >>{log}; sleep 0.5;; esac\nexec c++ "$@"\n')
    compiler.chmod(0o755)
    printed = run(
        """
        import subprocess, sys
        if len(sys.argv) > 1:
            # In one piece: the others write to the same pipe.
            sys.stdout.write(f"{dovetail.load('tiny.h').answer()}\\n")
        else:
            started = [subprocess.Popen([sys.executable, __file__, "child"]) for _ in range(4)]
            assert [process.wait() for process in started] == [0] * 4
        """,
        CXX=str(compiler),
    )
    assert printed.split() == ["42"] * 4
    assert log.read_text().split() == ["compile"]


def test_the_list_of_another_build_is_not_believed(project: Path, run: Run) -> None:
    """Its files are sealed and unchanged, but it speaks of another extension."""
    (project / "other.h").write_text("#pragma once\ninline int other() { return 7; }\n")
    run('dovetail.load("other.h")')
    run('dovetail.load("tiny.h")')
    (other,) = (project.parent / "cache").rglob("other*.so")
    (tiny,) = built(project)
    for name in ("stamp.json", "stamp.json.sha256"):
        (tiny.parent / name).write_bytes((other.parent / name).read_bytes())
    assert run('print(dovetail.load("tiny.h").answer())').split() == ["42"]
    assert tiny.with_name("stamp.json").read_bytes() != other.with_name("stamp.json").read_bytes(), "built anew"


def test_a_cache_behind_a_link_is_not_used(project: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    (tmp_path / "cache").symlink_to(tmp_path / "theirs")
    assert run('print(dovetail.load("tiny.h").answer())').split() == ["42"]
    assert list((tmp_path / "theirs").iterdir()) == []


def test_settings_matter(project: Path, run: Run) -> None:
    (project / "tiny.h").write_text("#pragma once\ninline int answer() { return ANSWER; }\n")
    assert run("""
        print(dovetail.load("tiny.h", define="ANSWER=1").answer())
        print(dovetail.load("tiny.h", define=["ANSWER=2"], name="other").answer())
        print(dovetail.load("tiny.h", define="ANSWER=3", rules={"answer": {"rename": "reply"}}).reply())
    """).split() == ["1", "2", "3"]


def test_two_headers_of_one_name_are_two_modules(project: Path, run: Run) -> None:
    (project / "other").mkdir()
    (project / "other" / "tiny.h").write_text("#pragma once\ninline int other() { return 7; }\n")
    assert run("""
        a, b = dovetail.load("tiny.h"), dovetail.load("other/tiny.h")
        print(a.answer(), b.other(), hasattr(a, "other"), hasattr(b, "answer"))
    """).split() == ["42", "7", "False", "False"]


def test_names_of_the_standard_library_stay_theirs(project: Path, run: Run) -> None:
    (project / "random.h").write_text(HEADER)
    assert run("""
        ours = dovetail.load("random.h")
        import random
        print(ours.answer(), hasattr(random, "shuffle"))
    """).split() == ["42", "True"]


def test_an_undefined_function_is_left_out_and_the_module_imports(project: Path, run: Run) -> None:
    (project / "tiny.h").write_text("#pragma once\nint missing();\ninline int answer() { return 42; }\n")
    assert run('m = dovetail.load("tiny.h"); print(m.answer(), hasattr(m, "missing"))').split() == ["42", "False"]


def test_a_planted_extension_is_not_loaded(project: Path, run: Run) -> None:
    script = 'print(dovetail.load("tiny.h").answer())'
    run(script)
    (extension,) = built(project)
    extension.write_bytes(b"\x7fELF planted")
    assert run(script).split() == ["42"], "built again over the planted file"


def test_a_planted_extension_behind_a_link_is_not_loaded(project: Path, run: Run, tmp_path: Path) -> None:
    script = 'print(dovetail.load("tiny.h").answer())'
    run(script)
    (extension,) = built(project)
    (tmp_path / "planted.so").write_bytes(extension.read_bytes())
    extension.unlink()
    extension.symlink_to(tmp_path / "planted.so")
    assert run(script).split() == ["42"]
    assert not extension.is_symlink()


def test_a_cache_that_others_may_write_is_not_used(project: Path, run: Run) -> None:
    cache = project.parent / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    assert run('print(dovetail.load("tiny.h").answer())').split() == ["42"]
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('dovetail.load("nothing.h")', ["DV001", "nothing.h"]),
        ('dovetail.load("broken.h")', ["DV002", "broken.h:2"]),
        ('dovetail.load("tiny.h", name="no name")', ["DV014", "no name"]),
        ('dovetail.load("tiny.h", std="c++11")', ["DV012", "c++11"]),
        ('dovetail.load("tiny.h", libs="no_such_library")', ["DV051", "no_such_library"]),
        ('dovetail.load("tiny.h", rules={"anser": {"skip": True}})', ["DV010", "did you mean"]),
        ('dovetail.load("tiny.h", rules={"answer": {"skp": True}})', ["DV011", "skp"]),
        ('dovetail.load("tiny.h", sources="no*.cpp")', ["DV001", "no*.cpp"]),
        ('dovetail.load("tiny.h", sources="broken.cpp")', ["DV062", "broken.cpp:1"]),
        ("dovetail.load()", ["TypeError", "at least one header"]),
    ],
)
def test_what_cannot_be_loaded_says_why(project: Path, run: Run, call: str, words: list[str]) -> None:
    (project / "broken.h").write_text("#pragma once\nint f(undeclared x);\n")
    (project / "broken.cpp").write_text("int f() { return undeclared; }\n")
    message = run(call, ok=False)
    assert [word for word in words if word not in message] == [], message


def test_no_compiler(project: Path, run: Run) -> None:
    message = run('dovetail.load("tiny.h")', ok=False, CXX="no-such-compiler")
    assert "DV060" in message
    assert "no-such-compiler" in message


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("a/row-log.hpp", "row_log"),
        ("3d.h", "_3d"),
        ("class.h", "_class"),
        ("yaml-cpp/yaml.h", "yaml"),
        ("Größe.h", "Gr__e"),
    ],
)
def test_module_names(header: str, name: str) -> None:
    assert module_name(header) == name


def test_warnings_are_logged_when_it_is_built(project: Path, run: Run) -> None:
    header = "#pragma once\nstruct Node { int x = 1; };\ninline Node* make() { return new Node; }\n"
    (project / "tiny.h").write_text(header)
    script = """
        import logging, sys
        logging.basicConfig(stream=sys.stdout)
        dovetail.load("tiny.h")
    """
    printed = run(script)
    assert "DV021" in printed
    assert "tiny.h:3" in printed
    assert run(script) == ""
