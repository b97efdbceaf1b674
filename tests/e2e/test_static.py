"""Libraries carried by the module: two extensions with two versions of one library in one process; what is hardened."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from .conftest import Run, clean
from .test_extensions import build, dynamic, elf, exported

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ELF only"),
    pytest.mark.skipif(shutil.which("readelf") is None or shutil.which("ar") is None, reason="needs binutils"),
]

# The same names in both versions, another layout, another virtual table, and all kinds of statics.
LIBRARY = """#pragma once
#include <stdexcept>
#include <string>
namespace liney {
struct Error : std::runtime_error { using std::runtime_error::runtime_error; };
class Line {
 public:
  Line();
  virtual ~Line() = default;
#if LINEY >= 2
  virtual int width() const;
#endif
  virtual int version() const;
 private:
#if LINEY >= 2
  double padding_[4] = {1, 2, 3, 4};
#endif
  int version_;
};
int version();
int count();
void fail();
int probe();
inline int& counter() { static int value = 0; return value; }
template <class T> struct Shared { static T last; };
template <class T> T Shared<T>::last{};
inline int remember(int value) {
  ++counter();
  int before = Shared<int>::last; Shared<int>::last = value; return before;
}
}
"""
SOURCE = """#include "liney.h"
namespace liney {
static int calls = 0;
Line::Line() : version_(LINEY) {}
int Line::version() const { return version_; }
#if LINEY >= 2
int Line::width() const { return -1; }
#endif
int version() { return LINEY; }
int count() { return ++calls; }
void fail() { throw Error("version " + std::to_string(LINEY)); }
int probe() { try { fail(); } catch (const Error& error) { return LINEY; } return 0; }
}
"""
EACH_ITS_OWN = """
assert one.version() == 1 and two.version() == 2
assert one.Line().version() == 1 and two.Line().version() == 2
assert not hasattr(one.Line, "width") and two.Line().width() == -1
assert one.probe() == 1 and two.probe() == 2
assert [one.count(), one.count(), two.count()] == [1, 2, 1]
assert [one.remember(5), two.remember(6), one.remember(7), two.remember(8)] == [0, 0, 5, 6]
for module, number in ((one, 1), (two, 2)):
    try:
        module.fail()
    except module.Error as error:
        assert str(error) == f"version {number}"
assert not issubclass(one.Error, two.Error) and not issubclass(two.Error, one.Error)
try:
    two.fail()
except one.Error:
    raise SystemExit("caught as the other's")
except two.Error:
    pass
print("each its own")
"""


def compiler() -> list[str]:
    return os.environ.get("CXX", "c++").split()


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """`v1` and `v2`, each with `liney.h` and `libliney.a`."""
    for number in (1, 2):
        folder = tmp_path / f"v{number}"
        folder.mkdir()
        (folder / "liney.h").write_text(f"#define LINEY {number}\n{LIBRARY}")
        (folder / "liney.cpp").write_text(SOURCE)
        subprocess.run([*compiler(), "-fPIC", "-O1", "-c", "liney.cpp", "-o", "liney.o"], cwd=folder, check=True)
        subprocess.run(["ar", "rcs", "libliney.a", "liney.o"], cwd=folder, check=True)
    return tmp_path


def build_both(run: Run, folder: Path, *options: str) -> tuple[Path, Path]:
    made = []
    for name, version in (("one", "v1"), ("two", "v2")):
        where = ("--static", "liney", "--library-dirs", version, "--include", version)
        made.append(build(run, folder, name, '#include "liney.h"\n', *where, "--optimize", "1", *options))
    return made[0], made[1]


@pytest.mark.parametrize("order", ["one, two", "two, one"])
def test_two_versions_in_one_process(order: str, versions: Path, run: Run) -> None:
    for extension in build_both(run, versions):
        assert exported(extension) in ({"PyInit_one"}, {"PyInit_two"})
        assert dynamic(extension, "RPATH") + dynamic(extension, "RUNPATH") == [], "nothing is looked for outside"
        assert not any("liney" in name for name in dynamic(extension, "NEEDED"))
    assert run("-c", f"import {order}\n{EACH_ITS_OWN}", cwd=versions).stdout == "each its own\n"
    # Also for who loads extensions with all their symbols public, which is how such diamonds usually go wrong.
    everything = "import os, sys; sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)\n"
    assert run("-c", f"{everything}import {order}\n{EACH_ITS_OWN}", cwd=versions).stdout == "each its own\n"


@pytest.mark.slow
def test_beside_a_shared_one_of_another_version(versions: Path, run: Run) -> None:
    """The environment already holds libliney.so, of another version, with all its symbols."""
    build_both(run, versions)
    shared = versions / "libliney.so"
    subprocess.run([*compiler(), "-shared", "-fPIC", "v1/liney.cpp", "-o", shared], cwd=versions, check=True)
    code = f"import ctypes; ctypes.CDLL({str(shared)!r}, mode=ctypes.RTLD_GLOBAL)\nimport two, one\n{EACH_ITS_OWN}"
    assert run("-c", code, cwd=versions).stdout == "each its own\n"


@pytest.mark.slow
def test_the_usual_way_mixes_them(versions: Path, run: Run) -> None:
    """Why symbols are hidden: linked as people do, statics of templates and inline functions are one per process, even
    though Python loads extensions with RTLD_LOCAL; and with RTLD_GLOBAL the first library answers for both."""
    include = [f"-I{sysconfig.get_path('include')}", f"-I{run('-m', 'dovetail', 'include-dir').stdout.strip()}"]
    for name, version in (("one", "v1"), ("two", "v2")):
        (versions / f"{name}.h").write_text('#include "liney.h"\n')
        run("-m", "dovetail", "emit", f"{name}.h", "--include", version, "-o", name, "--one-file", cwd=versions)
        output = f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
        link = ["-I.", f"-I{version}", f"-L{version}", "-lliney", "-o", output]
        plain = [*compiler(), "-std=c++20", "-shared", "-fPIC", "-w", f"{name}/{name}.cpp", *include, *link]
        subprocess.run(plain, cwd=versions, check=True, env=clean())
    mixed = run("-c", "import one, two; print(one.remember(5), two.remember(6))", cwd=versions)
    assert mixed.stdout == "0 5\n", "the second sees what the first remembered"
    flags = "import os, sys; sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)"
    wrong = run("-c", f"{flags}\nimport one, two; print(one.version(), two.version())", cwd=versions)
    assert wrong.stdout == "1 1\n", "the second calls the first's library"


def test_the_standard_library_inside(versions: Path, run: Run) -> None:
    """Exceptions and RTTI work within each module; a module with the shared library of the process is beside them."""
    for extension in build_both(run, versions, "--static-runtime"):
        assert not [name for name in dynamic(extension, "NEEDED") if name.startswith(("libstdc++", "libgcc_s"))]
        assert exported(extension) in ({"PyInit_one"}, {"PyInit_two"})
    throws = 'inline int at(int i) { if (i) throw std::out_of_range("i"); return i; }'
    build(run, versions, "third", f"#pragma once\n#include <stdexcept>\n{throws}\n")
    code = f"import third, one, two\n{EACH_ITS_OWN}\ntry:\n  third.at(1)\nexcept IndexError: print('third')\n"
    assert run("-c", code, cwd=versions).stdout == "each its own\nthird\n"


def test_a_shared_library_beside_a_runtime_of_its_own(versions: Path, run: Run) -> None:
    command = [*compiler(), "-shared", "-fPIC", "v1/liney.cpp", "-o", "v1/libshared.so"]
    subprocess.run(command, cwd=versions, check=True)
    (versions / "both.h").write_text('#include "liney.h"\n')
    done = run("-m", "dovetail", "build", "both.h", "--include", "v1", "--library-dirs", "v1", "--libs", "shared",
               "--static-runtime", "--optimize", "0", cwd=versions)  # fmt: skip
    assert "warning[DV067]: `libshared.so`" in done.stderr


def test_there_is_only_a_shared_one(versions: Path, run: Run) -> None:
    (versions / "v1" / "libliney.a").rename(versions / "v1" / "libliney.so")
    (versions / "one.h").write_text('#include "liney.h"\n')
    options = ("--include", "v1", "--library-dirs", "v1", "--static", "liney")
    done = run("-m", "dovetail", "build", "one.h", *options, cwd=versions, code=3)
    assert "error[DV066]: `liney` cannot be linked statically" in done.stderr
    assert "only `libliney.so` is there" in done.stderr


def test_an_extension_is_hardened(run: Run, tmp_path: Path) -> None:
    copies = "inline int copy(const char* s) { char b[9]; strcpy(b, s); return b[1]; }"
    extension = build(run, tmp_path, "hard", f"#pragma once\n#include <cstring>\n{copies}\n")
    segments = elf("readelf", "-W", "-l", extension)
    assert "GNU_RELRO" in segments
    stack = re.search(r"GNU_STACK.*", segments)
    assert stack
    assert not re.search(r"\bR?WE\b", stack[0])
    assert re.search(r"FLAGS.*(BIND_NOW|NOW)", elf("readelf", "-d", extension))
    assert "__strcpy_chk" in elf("nm", "-D", "--undefined-only", extension)
