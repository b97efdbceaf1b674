"""What an extension shows to others and what it needs of them, as a linker sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ELF only"),
    pytest.mark.skipif(shutil.which("readelf") is None or shutil.which("nm") is None, reason="needs readelf and nm"),
]

PLAIN = "#pragma once\ninline int add(int a, int b) { return a + b; }\n"
RICH = """#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
namespace rich {
struct Error : std::runtime_error { using std::runtime_error::runtime_error; };
class Shape {
 public:
  virtual ~Shape() = default;
  virtual std::string name() const { return "shape"; }
};
inline std::vector<double> grow(std::vector<double> values) { values.resize(values.size() + 3); return values; }
inline std::shared_ptr<Shape> make() { return std::make_shared<Shape>(); }
[[noreturn]] inline void fail(const std::string& why) { throw Error(why); }
inline int& counter() { static int value = 0; return value; }
}
"""


def elf(tool: str, *arguments: str | Path) -> str:
    return subprocess.run([tool, *arguments], check=True, capture_output=True, text=True).stdout


def exported(extension: Path) -> set[str]:
    return {line.split()[-1] for line in elf("nm", "-D", "--defined-only", extension).splitlines()}


def dynamic(extension: Path, key: str) -> list[str]:
    return re.findall(rf"\({key}\).*\[(.*)\]", elf("readelf", "-d", extension))


def build(run: Run, folder: Path, name: str, text: str, *options: str) -> Path:
    (folder / f"{name}.h").write_text(text)
    run("-m", "dovetail", "build", f"{name}.h", *options, cwd=folder)
    (extension,) = folder.glob(f"{name}.*.so")
    return extension


@pytest.mark.parametrize("level", ["0", "2"])
@pytest.mark.parametrize("text", [PLAIN, RICH], ids=["plain", "rich"])
def test_only_the_init_function_is_visible(text: str, level: str, run: Run, tmp_path: Path) -> None:
    """Two modules in one process never share an instantiation, a static or a type by accident."""
    extension = build(run, tmp_path, "shown", text, "--optimize", level)
    assert exported(extension) == {"PyInit_shown"}


def test_what_an_extension_needs(run: Run, tmp_path: Path) -> None:
    """No libpython: the interpreter is there already, and may be another build of it. No folders of this machine."""
    extension = build(run, tmp_path, "rich", RICH)
    needed = {name.split(".so")[0] for name in dynamic(extension, "NEEDED")}
    assert needed <= {"libstdc++", "libc++", "libc++abi", "libgcc_s", "libm", "libc", "ld-linux-x86-64", "libunwind"}
    assert dynamic(extension, "RPATH") == dynamic(extension, "RUNPATH") == []
    assert str(tmp_path).encode() not in extension.read_bytes()


def test_run_paths_are_those_of_the_libraries_that_were_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "far.cpp").write_text("int far(int x) { return x + 1; }\n")
    compiler = os.environ.get("CXX", "c++").split()
    library = tmp_path / "lib" / "libfar.so"
    subprocess.run([*compiler, "-shared", "-fPIC", tmp_path / "far.cpp", "-o", library], check=True)
    header = "#pragma once\nint far(int x);\nint gone(int x);\n"
    extension = build(run, tmp_path, "near", header, "--libs", "far", "--library-dirs", "lib", "--optimize", "0")
    assert "libfar.so" in dynamic(extension, "NEEDED")
    assert dynamic(extension, "RPATH") + dynamic(extension, "RUNPATH") == [str(library.parent.resolve())]
    # What the library lacks is left out: else the import would fail.
    assert run("-c", "import near; print(near.far(1), hasattr(near, 'gone'))").stdout == "2 False\n"


def test_two_modules_of_one_header_stay_apart(run: Run, tmp_path: Path) -> None:
    build(run, tmp_path, "one", RICH, "--optimize", "0")
    build(run, tmp_path, "two", RICH, "--optimize", "0")
    code = """
import one, two
try:
    one.fail("x")
except two.Error:
    print("of two")
except one.Error as error:
    print("of one:", error)
print(one.grow([1]), two.grow([1]), type(one.make()) is type(two.make()))
"""
    assert run("-c", code).stdout.splitlines()[0] == "of one: x"
