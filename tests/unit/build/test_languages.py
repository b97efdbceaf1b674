"""Sources in other languages: sorted by their endings, read for what they export; without their compilers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dovetail.build import cython, extension, languages, rust
from dovetail.diagnostics import Sink, Span

MakeJob = Callable[..., extension.Job]


def quiet(step: str) -> None:
    """Progress that nobody watches."""


def test_sources_are_sorted_by_their_endings() -> None:
    names = ("a.cpp", "b.pyx", "c.c", "d.rs", "e.py", "f.cc")
    found = languages.sort_sources(map(Path, names))
    assert [path.name for path in found.compiled] == ["a.cpp", "c.c", "f.cc"]
    assert [path.name for path in found.cython] == ["b.pyx", "e.py"]
    assert [path.name for path in found.rust] == ["d.rs"]


def test_what_no_compiler_takes_is_no_source(tmp_path: Path, sink: Sink) -> None:
    names = ("a.cpp", "b.pyx", "c.s", "d.txt", "e.h", "f.o")
    languages.check_sources([*map(Path, names), tmp_path], sink, Span("pyproject.toml", 3, 1))
    assert {each.code for each in sink.diagnostics} == {"DV062"}
    assert [each.message.partition("`")[2].partition("`")[0] for each in sink.diagnostics] == [
        *("d.txt", "e.h", "f.o"),
        tmp_path.name,
    ]


@pytest.mark.parametrize("found", [None, ("0.29.37", Path())])
def test_without_cython(
    found: tuple[str, Path] | None, make_job: MakeJob, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cython, "find_cython", lambda: found)
    made = cython.translate(make_job(), {"geo": ""}, (Path("hot.pyx"),), sink=sink, progress=quiet)
    (problem,) = sink.diagnostics
    assert made == cython.Translated()
    assert problem.code == "DV052"
    assert "`hot.pyx`" in problem.message
    assert 'pip install "dovetail[cython]"' in problem.helps


def test_without_rustc(make_job: MakeJob, sink: Sink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    job = make_job()
    monkeypatch.delenv("RUSTC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rust.compile_crates(job, (Path("a.rs"),), sink, quiet) == rust.Crates()
    (problem,) = sink.diagnostics
    assert (problem.code, problem.message) == ("DV052", "rustc was not found; it is needed for `a.rs`")


def test_nothing_is_looked_for_without_such_sources(
    make_job: MakeJob, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cython, "find_cython", lambda: pytest.fail("Cython was looked for"))
    monkeypatch.setattr(rust, "find_rustc", lambda: pytest.fail("rustc was looked for"))
    assert cython.translate(make_job(), {"geo": ""}, (), sink=sink, progress=quiet) == cython.Translated()
    assert rust.compile_crates(make_job(), (), sink, quiet) == rust.Crates()


def test_a_rustc_that_does_not_run(
    make_job: MakeJob, sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "rustc"
    broken.write_text("#!/bin/sh\necho 'out of order' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("RUSTC", str(broken))
    rust.compile_crates(make_job(), (Path("a.rs"),), sink, quiet)
    (problem,) = sink.diagnostics
    assert (problem.code, problem.notes) == ("DV052", ("out of order",))
    assert rust.read_version(str(broken)) == ""


EXPORTED = """
#[no_mangle]
pub extern "C" fn none() {}
/// Words.
#[unsafe(no_mangle)]
#[inline(never)]
pub unsafe extern "C" fn several<'a>(
    values: *const f64, // of a row
    call: extern "C" fn(i32, f64) -> bool,
    pair: Option<extern "C" fn(i32, i32)>,
) -> *mut [u8; 4] { todo!() }
#[export_name = "other"]
extern fn own_name(x: std::ffi::c_int) -> i64 where { 1 }
pub extern "C" fn mangled(x: i32) {}
fn private(x: i32) {}
#[no_mangle]
pub static VALUE: i32 = 1;
"""


def test_what_rust_exports(tmp_path: Path) -> None:
    file = tmp_path / "a.rs"
    file.write_text(EXPORTED)
    none, several, other = rust.read_exported(file)
    assert (none.name, none.params, none.result) == ("none", (), "")
    assert none.span == Span(str(file), 3, 19, 4)
    assert several.name == "several"
    assert several.params[0] == "*const f64"
    assert several.params[1:] == ('extern "C" fn(i32, f64) -> bool', 'Option<extern "C" fn(i32, i32)>')
    assert several.result == "*mut [u8; 4]"
    assert (other.name, other.params, other.result) == ("other", ("std::ffi::c_int",), "i64")


@pytest.mark.skipif(shutil.which(os.environ.get("RUSTC") or "rustc") is None, reason="no rustc here")
def test_an_error_of_rust_is_shown_at_its_place(make_job: MakeJob, sink: Sink, tmp_path: Path) -> None:
    file = tmp_path / "a.rs"
    file.write_text('#[no_mangle]\npub extern "C" fn f() -> i32 { missing }\n')
    rust.compile_crates(make_job(), (file,), sink, quiet)
    (problem,) = sink.diagnostics
    assert problem.code == "DV062"
    assert problem.span == Span(str(file), 2, 32, 7)
    assert "missing" in problem.message
