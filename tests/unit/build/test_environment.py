"""A virtual environment read from outside: its Python, its packages, and what their extension modules link."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dovetail.build import elf
from dovetail.build.environment import Environment, Linked, read_environment

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("c++") is None, reason="needs Linux and a compiler"
)


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a package `lines` 2.5, whose extension links a library that lies in the environment."""
    folder = tmp_path_factory.mktemp("an environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    info = site / "lines-2.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lines\nVersion: 2.5\n")
    (info / "RECORD").write_text("lines/_core.so,,\nlines-2.5.dist-info/METADATA,,\n")
    (site / "lines").mkdir()
    if sys.platform.startswith("linux") and shutil.which("c++"):
        code = '#include <stdexcept>\nint far(int x) { if (x) throw std::runtime_error("x"); return x; }\n'
        (folder / "far.cpp").write_text(code)
        (folder / "core.cpp").write_text("int far(int); int near(int x) { return far(x); }\n")
        library = folder / "lib" / "libfar.so.3.2.1"
        shared = ["c++", "-shared", "-fPIC", "-O0"]
        soname = ["-Wl,-soname,libfar.so.3", "-o", str(library)]
        subprocess.run([*shared, "far.cpp", *soname], cwd=folder, check=True)
        os.symlink(library.name, folder / "lib" / "libfar.so.3")
        extension = ["core.cpp", str(library), "-Wl,-rpath,$ORIGIN/../../..", "-o", str(site / "lines" / "_core.so")]
        subprocess.run([*shared, *extension], cwd=folder, check=True)
    return folder


def read(place: Path) -> Environment:
    found = read_environment(place)
    assert isinstance(found, Environment), found
    return found


def test_python_and_packages(venv: Path) -> None:
    found = read(venv)
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.suffix == sysconfig.get_config_var("EXT_SUFFIX")
    assert (found.packages, found.version_of("Lines"), found.version_of("other")) == ((("lines", "2.5"),), "2.5", "")
    assert found.abi_tag.startswith(f"cp{sys.version_info.major}{sys.version_info.minor}")
    assert Path(found.prefix).samefile(venv)
    assert read(venv / "bin" / "python") == found


def test_the_active_one(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(venv))
    found = read_environment()
    assert isinstance(found, Environment)
    assert found.version_of("lines") == "2.5"


@linux
def test_libraries(venv: Path) -> None:
    found = read(venv)
    (library,) = [library for library in found.libraries if library.name == "libfar.so.3"]
    assert (library.version, library.users, library.plain) == ("3.2.1", ("lines",), "far")
    assert "libstdc++.so.6" not in {library.name for library in found.libraries}, "every machine has its own"
    assert Path(library.file).resolve() == (venv / "lib" / "libfar.so.3.2.1").resolve()
    assert found.glibcxx.startswith("3.4.")
    assert found.platform_tag.startswith("manylinux_2_" if found.libc.startswith("glibc") else "linux_")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("libyaml-cpp.so.0.7", "yaml-cpp"),
        ("libscipy_openblas64_-8fb3d286.so", "scipy_openblas64_"),
        ("libgfortran-12345678.so.5.0.0", "gfortran"),
        ("libz.1.dylib", "z"),
    ],
)
def test_names_of_libraries(name: str, plain: str) -> None:
    assert Linked(name=name, version="", file="", users=()).plain == plain


@linux
def test_what_an_elf_file_needs(venv: Path) -> None:
    needs = elf.read_needs(venv / "lib" / "libfar.so.3.2.1")
    assert needs is not None
    assert any(name.startswith("libstdc++.so") for name in needs.libraries)
    assert elf.newest(needs.versions, "GLIBCXX").startswith("3.4")
    (core,) = venv.rglob("_core.so")
    linked = elf.read_needs(core)
    assert linked is not None
    assert linked.run_paths == ("$ORIGIN/../../..",)


def test_what_is_no_elf_file(tmp_path: Path) -> None:
    for content in (b"", b"text", b"\x7fELF", b"\x7fELF\x02\x01" + bytes(58), b"\x7fELF\x02\x01" + b"\xff" * 90):
        (tmp_path / "x").write_bytes(content)
        assert elf.read_needs(tmp_path / "x") in (
            None,
            elf.Needs(libraries=(), run_paths=(), versions=(), defined=()),
        )
    assert elf.read_needs(tmp_path / "nothere") is None


def test_the_newest_version() -> None:
    assert elf.newest(["GLIBC_2.9", "GLIBC_2.34", "GLIBCXX_3.4.30", "GLIBC_PRIVATE"], "GLIBC") == "2.34"
    assert elf.newest([], "GLIBC") == ""


def test_no_environment(tmp_path: Path) -> None:
    assert read_environment(tmp_path) == f"no Python in `{tmp_path}`"
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    assert read_environment(tmp_path / "python") == f"`{tmp_path / 'python'}` does not answer"
