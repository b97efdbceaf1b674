"""Compiling and linking, by hand-written C++: what is made, what is kept, what is said where it fails."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from dovetail.build import extension
from dovetail.build.cache import Cache
from dovetail.diagnostics import Sink

HAND_WRITTEN = """
#include <Python.h>
#include "adds.h"
// from adds.h:3   int add(int a, int b)
static PyObject* add_one(PyObject*, PyObject* x) { return PyLong_FromLong(add(PyLong_AsLong(x), 1)); }
static PyMethodDef methods[] = {{"add_one", add_one, METH_O, nullptr}, {nullptr, nullptr, 0, nullptr}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "hand", nullptr, 0, methods, nullptr, nullptr, nullptr, nullptr};
PyMODINIT_FUNC PyInit_hand() { return PyModuleDef_Init(&definition); }
"""

MakeJob = Callable[..., extension.Job]


def quiet(step: str) -> None:
    """Progress that nobody watches."""


def load(path: Path) -> ModuleType:
    loader = importlib.machinery.ExtensionFileLoader("hand", str(path))
    spec = importlib.util.spec_from_file_location("hand", path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def written(tmp_path: Path, make_job: MakeJob) -> Path:
    """`adds.h`, `adds.cpp` and an extension around them, in `src`."""
    folder = tmp_path / "src"
    (folder / "adds.h").write_text("#pragma once\nint add(int a, int b);\n")
    (folder / "adds.cpp").write_text('#include "adds.h"\nint add(int a, int b) { return a + b; }\n')
    (folder / "hand.cpp").write_text(HAND_WRITTEN)
    return folder


def test_sources_become_a_module(written: Path, make_job: MakeJob, sink: Sink) -> None:
    job = make_job()
    compiled = extension.compile_all(job, (written / "adds.cpp", written / "hand.cpp"), "DV062", sink, quiet)
    output = job.work / f"hand{job.target.suffix}"
    extension.link(job, compiled, output, sink, quiet)
    assert sink.diagnostics == ()
    assert load(output).add_one(41) == 42
    assert {path.name for path in extension.read_dependencies(compiled)} >= {"adds.h", "adds.cpp", "hand.cpp"}


def test_a_module_does_not_need_what_it_does_not_use(written: Path, make_job: MakeJob, sink: Sink) -> None:
    """No libstdc++ where no symbol of it is used: loading it would be most of the time of an import."""
    job = make_job(optimize="1")
    compiled = extension.compile_all(job, (written / "adds.cpp", written / "hand.cpp"), "DV062", sink, quiet)
    extension.link(job, compiled, output := job.work / "hand.so", sink, quiet)
    assert b"libstdc++" not in output.read_bytes()
    assert b"_Z3addii" not in output.read_bytes(), "hidden and stripped"


def test_c_sources_are_c(tmp_path: Path, make_job: MakeJob, sink: Sink) -> None:
    (tmp_path / "src" / "plain.c").write_text("int twice(int class) { return 2 * class; }\n")
    job = make_job()
    (compiled,) = extension.compile_all(job, (tmp_path / "src" / "plain.c",), "DV062", sink, quiet)
    assert sink.diagnostics == ()
    assert compiled.exists()


def test_an_error_in_a_source_is_at_its_place(tmp_path: Path, make_job: MakeJob, sink: Sink) -> None:
    broken = tmp_path / "src" / "broken.cpp"
    broken.write_text("int f() {\n  return undeclared;\n}\n")
    extension.compile_all(make_job(), (broken,), "DV062", sink, quiet)
    (found,) = sink.diagnostics
    assert (found.code, found.span.path, found.span.line) == ("DV062", str(broken), 2)
    assert "undeclared" in found.message


def test_messages_are_understood_in_every_language(
    tmp_path: Path, make_job: MakeJob, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    broken = tmp_path / "src" / "broken.cpp"
    broken.write_text("int f() { return undeclared; }\n")
    extension.compile_all(make_job(), (broken,), "DV062", sink, quiet)
    assert sink.diagnostics[0].span.line == 1


def test_an_error_in_emitted_code_is_at_the_header(tmp_path: Path, make_job: MakeJob, sink: Sink) -> None:
    emitted = tmp_path / "work" / "shapes.cpp"
    emitted.write_text("int ok();\n// from include/shapes.h:31   double area()\ndouble area() { return nothing; }\n")
    extension.compile_all(make_job(), (emitted,), "DV061", sink, quiet)
    (found,) = sink.diagnostics
    assert (found.code, found.span.path, found.span.line) == ("DV061", "include/shapes.h", 31)
    assert "nothing" in found.notes[0]


def test_a_linker_error_names_the_symbol_and_leaves_no_file(written: Path, make_job: MakeJob, sink: Sink) -> None:
    job = make_job(ldflags=("-Wl,--no-undefined",))
    compiled = extension.compile_all(job, (written / "hand.cpp",), "DV062", sink, quiet)
    extension.link(job, compiled, job.work / "hand.so", sink, quiet)
    (found,) = sink.diagnostics
    assert found.code == "DV063"
    assert any("add(int, int)" in note for note in found.notes)
    assert list(job.work.glob("*hand.so*")) == []


def test_arguments_never_reach_a_shell(tmp_path: Path, make_job: MakeJob, sink: Sink) -> None:
    victim = tmp_path / "victim"
    source = tmp_path / "src" / f"$(touch {victim.name});`touch {victim.name}`.cpp"
    source.write_text("int f() { return 1; }\n")
    (compiled,) = extension.compile_all(make_job(), (source,), "DV062", sink, quiet)
    assert compiled.exists()
    assert not victim.exists()
    assert not Path(victim.name).exists()


class TestKeptObjects:
    @pytest.fixture
    def compile(self, written: Path, make_job: MakeJob, private: Cache, sink: Sink) -> Callable[..., int]:
        """Compiles `adds.cpp` and tells how often the compiler ran for it."""

        def run(**changes: object) -> int:
            ran: list[str] = []
            job = make_job(cache=private, **changes)
            shutil.rmtree(job.work)
            job.work.mkdir()
            (compiled,) = extension.compile_all(job, (written / "adds.cpp",), "DV062", sink, ran.append)
            assert compiled.exists()
            assert {path.name for path in extension.read_dependencies((compiled,))} >= {"adds.h"}
            return len(ran)

        return run

    def test_the_second_time_costs_nothing(self, compile: Callable[..., int]) -> None:
        assert (compile(), compile()) == (1, 0)

    def test_flags_matter(self, compile: Callable[..., int]) -> None:
        assert (compile(), compile(define=("X=1",)), compile(std="c++20"), compile()) == (1, 1, 1, 0)

    def test_a_changed_header_matters_a_touched_one_does_not(self, compile: Callable[..., int], written: Path) -> None:
        assert compile() == 1
        (written / "adds.h").touch()
        assert compile() == 0
        (written / "adds.h").write_text("#pragma once\nint add(int a, int b); // changed\n")
        assert (compile(), compile()) == (1, 0)

    def test_a_removed_header_matters(self, compile: Callable[..., int], written: Path) -> None:
        assert compile() == 1
        (written / "adds.h").rename(written / "sums.h")
        (written / "adds.cpp").write_text('#include "sums.h"\nint add(int a, int b) { return a + b; }\n')
        (written / "adds.h").write_text("")
        (written / "adds.cpp").write_text('#include "adds.h"\nint add(int a, int b);\n')
        assert compile() == 1

    def test_a_planted_object_is_not_used(self, compile: Callable[..., int], private: Cache) -> None:
        assert compile() == 1
        (kept,) = private.folder.rglob("object.o")
        kept.write_bytes(b"planted")
        assert compile() == 1


def test_jobs_are_values(make_job: MakeJob) -> None:
    job = make_job()
    assert extension.compile_flags(job) == extension.compile_flags(replace(job))
    assert "-O2" in extension.compile_flags(replace(job, optimize=""))
