"""Exported symbols: read from files that a compiler made, and from files that lie."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from dovetail.build import compilers, symbols
from dovetail.diagnostics import NO_SPAN, Sink

SOURCE = """
namespace lib {
int defined(int x) { return x; }
int declared(int x);
static int hidden(int x) { return x + 1; }
struct Shape { virtual ~Shape(); int area() const; };
Shape::~Shape() {}
int Shape::area() const { return hidden(declared(3)); }
int global = 4;
}
"""
DEFINED = {"_ZN3lib7definedEi", "_ZNK3lib5Shape4areaEv", "_ZN3lib6globalE", "_ZN3lib5ShapeD1Ev", "_ZTIN3lib5ShapeE"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an object, a shared library and an archive of SOURCE."""
    folder = tmp_path_factory.mktemp("symbols")
    compiler = compilers.find_compiler().command
    (folder / "lib.cpp").write_text(SOURCE)
    subprocess.run([*compiler, "-fPIC", "-c", "lib.cpp", "-o", "lib.o"], cwd=folder, check=True)
    subprocess.run([*compiler, "-shared", "lib.o", "-o", "libshapes.so"], cwd=folder, check=True)
    subprocess.run(["ar", "rcs", "libshapes.a", "lib.o"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("name", ["lib.o", "libshapes.so", "libshapes.a"])
def test_what_is_defined_is_exported_and_nothing_else(made: Path, name: str) -> None:
    found = symbols.read_exports((made / name,))
    assert found is not None
    assert found >= DEFINED
    assert "_ZN3lib8declaredEi" not in found
    assert not any("hidden" in symbol for symbol in found)


@pytest.mark.skipif(shutil.which("nm") is None, reason="nm is the oracle here")
def test_the_same_symbols_as_nm(made: Path) -> None:
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", str(made / "libshapes.so")], capture_output=True, text=True, check=True
    )
    expected = {line.split()[-1] for line in listed.stdout.splitlines()}
    assert expected <= (symbols.read_exports((made / "libshapes.so",)) or frozenset())


def test_the_standard_library_behind_its_linker_script(made: Path) -> None:
    compiler = compilers.find_compiler()
    libc = symbols.find_standard_library("c", compiler)
    assert libc is not None
    assert "printf" in (symbols.read_exports((libc,)) or frozenset())


def test_a_linker_script_names_other_files(made: Path, tmp_path: Path) -> None:
    script = tmp_path / "libshapes.so"
    script.write_text(f"/* GNU ld script */\nGROUP ( {made / 'libshapes.a'} AS_NEEDED ( /nowhere/libx.so ) )\n")
    assert (symbols.read_exports((script,)) or frozenset()) >= DEFINED


def test_broken_files_say_nothing_and_break_nothing(made: Path, tmp_path: Path) -> None:
    whole = (made / "libshapes.so").read_bytes()
    parts = [whole[:40], whole[:200], whole[: len(whole) // 2], b"\x7fELF", b"!<arch>\n" + b"x" * 70]
    for number, data in enumerate(parts):
        broken = tmp_path / f"libbroken{number}.so"
        broken.write_bytes(data)
        assert symbols.read_exports((broken,)) in (None, frozenset())
    # Every byte of the header and of the section table may be anything: an answer or None, never an exception.
    for at in range(64):
        broken = tmp_path / f"libflipped{at}.so"
        broken.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        symbols.read_exports((broken,))


def test_a_library_is_found_by_name_in_a_folder(made: Path, sink: Sink) -> None:
    compiler = compilers.find_compiler()
    assert symbols.find_libraries(("shapes",), (str(made),), compiler, sink, NO_SPAN) == (made / "libshapes.so",)
    assert symbols.find_libraries((str(made / "libshapes.a"),), (), compiler, sink, NO_SPAN) == (made / "libshapes.a",)
    assert sink.diagnostics == ()


@pytest.mark.parametrize("name", ["no_such_library", "/nowhere/libx.so"])
def test_a_library_that_is_not_there(name: str, sink: Sink) -> None:
    assert symbols.find_libraries((name,), (), compilers.find_compiler(), sink, NO_SPAN) == ()
    (found,) = sink.diagnostics
    assert found.code == "DV051"
    assert name in found.message


def test_a_library_given_as_a_file_lies_in_the_project(tmp_path: Path) -> None:
    assert symbols.place_library("libx.a", tmp_path) == str(tmp_path / "libx.a")
    assert symbols.place_library("out/libx.so", tmp_path) == str(tmp_path / "out/libx.so")
    assert symbols.place_library("x", tmp_path) == "x"
    assert symbols.place_library("yaml-cpp", tmp_path) == "yaml-cpp"


def test_zig_and_a_library_with_another_std_string(made: Path, tmp_path: Path, sink: Sink) -> None:
    compiler = compilers.find_compiler()
    source = "#include <string>\nint length(const std::string& s) { return int(s.size()); }\n"
    (tmp_path / "text.cpp").write_text(source)
    library = tmp_path / "libtext.so"
    subprocess.run([*compiler.command, "-shared", "-fPIC", "text.cpp", "-o", library], cwd=tmp_path, check=True)
    zig = replace(compiler, kind="zig")
    symbols.check_standard_library(compiler, (library,), sink, NO_SPAN)
    symbols.check_standard_library(zig, (made / "libshapes.so",), sink, NO_SPAN)
    assert sink.diagnostics == ()
    symbols.check_standard_library(zig, (library,), sink, NO_SPAN)
    (found,) = sink.diagnostics
    assert found.code == "DV063"
    assert "libtext.so" in found.message
