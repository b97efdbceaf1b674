"""Sources in other languages: C, Cython and Rust beside C++ in one module, in every way in."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dovetail
from dovetail.build import rust

needs_cython = pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="Cython is not installed")
needs_rust = pytest.mark.skipif(not rust.runs(), reason="there is no rustc that runs")

HEADER = """
#pragma once
#include <stdexcept>
namespace geo {
struct Walk {
  int steps = 3;
  void extend(int more);
};
double metres(double feet);
extern "C" int twice(int x);
}
"""
FILES = {
    "geo.h": HEADER,
    "geo.cpp": """#include "geo.h"
namespace geo {
void Walk::extend(int more) { steps += more; }
double metres(double feet) { if (feet < 0) throw std::invalid_argument("backwards"); return feet * 0.5; }
}
""",
    # `class` and `new` are words of C++ alone.
    "plain.c": "int twice(int class) { int* new = &class; return *new * 2; }\n",
    "hot.pyx": """
from geo cimport Walk, Walk_ptr, metres
from geo.hot cimport Kept
cimport geo.hot
import geo
include "more.pxi"

cdef class Kept:
    def __init__(self, x): self.x = x
    def __reduce__(self): return Kept, (self.x,)

def total(long n):
    cdef double found = 0
    cdef long i
    for i in range(n):
        found += metres(i)
    return found

def extend(walk, int more):
    cdef Walk* it = Walk_ptr(walk)
    it.extend(more)          # defined in geo.cpp, which is linked once
    return it.steps + MORE, geo.twice(more)
""",
    "hot.pxd": "cdef class Kept:\n    cdef public int x\n",
    "more.pxi": "DEF_MORE = 0\ncdef int MORE = 100\n",
    "pure.py": """
import cython
from cython.cimports.geo import metres

def far(n: cython.long) -> cython.double:
    return metres(n) * 2
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run(folder: Path, code: str, *, ok: bool = True) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done.stdout if ok else done.stderr


ABSENT = """
import sys
OTHERS = {"numba", "llvmlite", "scipy", "Cython", "cython", "numpy"}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OTHERS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Also tells in a file which other packages were imported meanwhile."""
    folder = write(tmp_path_factory.mktemp("sources"), FILES)
    code = """
from pathlib import Path
from dovetail.cli.main import main
sources = [f"--sources={name}" for name in ("geo.cpp", "plain.c", "hot.pyx", "pure.py")]
code = main(["build", "geo.h", *sources, "--optimize=0", "--output=out"])
Path("out", "imported").write_text(str(sorted(OTHERS & set(sys.modules))))
sys.exit(code)
"""
    run(folder, ABSENT + code)
    return folder / "out"


@needs_cython
def test_one_module_of_c_cplusplus_and_cython(project: Path) -> None:
    code = """
import geo, sys
print(geo.twice(4), geo.hot.total(4), geo.pure.far(3))
walk = geo.Walk()
print(geo.hot.extend(walk, 5), walk.steps, "Cython" in sys.modules)
"""
    assert run(project, code).splitlines() == ["8 3.0 3.0", "(108, 10) 8 False"]


@needs_cython
def test_the_inner_module_is_a_module_like_any_other(project: Path) -> None:
    code = """
import geo.hot, pickle, sys
from geo.hot import Kept, total
assert sys.modules["geo.hot"] is geo.hot and geo.hot.__file__ == geo.__file__
assert Kept.__module__ == "geo.hot" and geo.hot.__name__ == "geo.hot"
sys.stdout.write(pickle.dumps(Kept(7), 0).decode())
del sys.modules["geo"]
import geo as again
print("", again.hot is sys.modules["geo.hot"], again.hot.extend(again.Walk(), 1))
"""
    pickled, _, rest = run(project, code).rpartition(" True")
    assert rest.split() == ["(104,", "2)"]
    fresh = f"import pickle; print(pickle.loads({pickled.encode()!r}).x)"
    assert run(project, fresh).split() == ["7"], "unpickled where nothing was imported before"


@needs_cython
def test_stubs_and_exceptions(project: Path) -> None:
    assert "from . import hot as hot" in (project / "geo" / "__init__.pyi").read_text()
    assert "def __getattr__(name: str) -> Any: ..." in (project / "geo" / "hot.pyi").read_text()
    message = run(project, "import geo; geo.hot.extend(None, 1)", ok=False)
    assert message.splitlines()[-1] == "TypeError: Walk is expected, not None"
    assert 'File "hot.pyx", line 20, in geo.hot.extend' in message, "its own line, under its name in the project"


@needs_cython
def test_where_an_inner_module_fails_nothing_stays(project: Path) -> None:
    code = """
import importlib.util as u, sys
real = u.spec_from_file_location
def fail(name, *a, **k):
    if name == "geo.pure": raise OSError("no more files")
    return real(name, *a, **k)
u.spec_from_file_location = fail
try:
    import geo
except OSError as error:
    print(error, [name for name in sys.modules if name.startswith("geo")])
"""
    assert run(project, code) == "no more files []\n"


@needs_cython
def test_load_builds_again_when_a_cython_file_changes(tmp_path: Path) -> None:
    """Also under a name that belongs to the standard library, and in one process."""
    files = {
        "statistics.h": "#pragma once\nnamespace statistics { inline int twice(int x) noexcept { return 2 * x; } }\n",
        "hot.pyx": """
from statistics cimport twice
include "more.pxi"
def ask(int x): return twice(x) + MORE
""",
        "more.pxi": "cdef int MORE = 100\n",
        "script.py": """
import dovetail, sys
from pathlib import Path
def load():
    return dovetail.load("statistics.h", sources="hot.pyx", optimize="0")
first = load()
print(first.hot.ask(1), "Cython" in sys.modules)
import statistics
assert hasattr(statistics, "mean") and load() is first
here = Path(__file__).parent
(here / "more.pxi").write_text("cdef int MORE = 200\\n")
second = load()
print(second.hot.ask(1), first.hot.ask(1))
(here / "hot.pyx").write_text("def total(): return nothing_of_that_name\\n")
try:
    load()
except dovetail.LoadError as error:
    print("hot.pyx:1:" in str(error), "undeclared name not builtin: nothing_of_that_name" in str(error))
""",
    }
    folder = write(tmp_path, files)
    environment = {**os.environ, "PYTHONPATH": str(Path(dovetail.__file__).parents[1])}
    environment["DOVETAIL_CACHE"] = str(tmp_path / "cache")
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["102 False", "202 102", "True True"], done.stderr


@needs_cython
@pytest.mark.slow
def test_cimports_from_a_module_that_this_one_uses(tmp_path: Path) -> None:
    """Both made in one run, of which the first is not in its place yet."""
    files = {
        "base.h": "#pragma once\nnamespace base { struct Box { int size = 2; }; }\n",
        "top.h": '#include "base.h"\nnamespace top { inline int twice(int x) noexcept { return 2 * x; } }\n',
        "wide.pyx": """
from pkg.base cimport Box, Box_ptr
from pkg.top cimport twice
def width(box): return twice(Box_ptr(box).size)
""",
        "dovetail.toml": """
[modules."pkg.top"]
headers = ["top.h"]
namespace = "top"
sources = ["wide.pyx"]
uses = ["pkg.base"]
optimize = "0"
[modules."pkg.base"]
headers = ["base.h"]
optimize = "0"
""",
        "pkg/__init__.py": "",
    }
    write(tmp_path, files)
    done = subprocess.run(
        [sys.executable, "-m", "dovetail", "build"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    code = "from pkg import base, top; print(top.wide.width(base.Box()), top.wide.__name__)"
    assert run(tmp_path, code) == "4 pkg.top.wide\n"


EVERYTHING = """
import dovetail, geo
print(geo.hot.total(4), geo.metres(3), len(dovetail.native(geo)) > 3, bool(geo.__pyx_capi__))
print(sorted(OTHERS & set(sys.modules)))
"""


@needs_cython
def test_other_packages_are_neither_imported_nor_needed(project: Path) -> None:
    """Numba, SciPy, NumPy and Cython: by what uses a module, by what makes one, and where they are not there."""
    assert run(project, ABSENT + EVERYTHING).splitlines() == ["3.0 1.5 True True", "[]"]
    absent = ABSENT + "sys.meta_path.insert(0, Absent())\n"
    assert run(project, absent + EVERYTHING).splitlines() == ["3.0 1.5 True True", "[]"]
    message = run(project, absent + "import dovetail.numba; dovetail.numba.init()", ok=False)
    assert message.splitlines()[-1].startswith("ModuleNotFoundError: No module named ")
    assert (project / "imported").read_text() == "[]", "by what made the module"


RUST = {
    "sums.h": """
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
double mean(const double* values, size_t count);
int64_t squares(int32_t count);
#ifdef __cplusplus
}
#endif
""",
    "sums.rs": """
mod inner;

/// Nothing of the standard library is missing: vectors, formatting, panics that are caught.
#[no_mangle]
pub unsafe extern "C" fn mean(values: *const f64, count: usize) -> f64 {
    let values = std::slice::from_raw_parts(values, count);
    std::panic::catch_unwind(|| inner::sum(values) / values.len() as f64).unwrap_or(f64::NAN)
}
""",
    "inner.rs": "pub fn sum(values: &[f64]) -> f64 { values.iter().sum() }\n",
    "squares.rs": """
#[no_mangle]
pub extern "C" fn squares(count: i32) -> i64 {
    let every: Vec<i64> = (0..i64::from(count)).map(|x| x * x).collect();
    format!("{}", every.iter().sum::<i64>()).parse().unwrap()
}
""",
}


@needs_rust
def test_rust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, RUST)
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "cache"))
    module = dovetail.load(folder / "sums.h", sources=[folder / "sums.rs", folder / "squares.rs"], optimize="0")
    import array

    assert module.mean(array.array("d", [1, 2, 6])) == 3.0
    assert module.squares(4) == 14
    (folder / "inner.rs").write_text(RUST["inner.rs"].replace("iter()", "iter().skip(1)"))
    again = dovetail.load(folder / "sums.h", sources=[folder / "sums.rs", folder / "squares.rs"], optimize="0")
    assert again.mean(array.array("d", [1, 2, 6])) == 8 / 3, "a file that the crate includes has changed"


@needs_cython
@needs_rust
@pytest.mark.slow
def test_a_wheel_and_an_sdist_with_generated_sources(tmp_path: Path) -> None:
    from .conftest import PIP

    settings = """
[build-system]
requires = ["hatchling", "dovetail[cython]"]
build-backend = "hatchling.build"
[project]
name = "far"
version = "1.0"
[tool.hatch.build.targets.wheel]
packages = ["far"]
[tool.hatch.build.targets.wheel.hooks.dovetail]
[tool.hatch.build.targets.sdist.hooks.dovetail]
generated = true
[tool.dovetail.modules."far._core"]
headers = ["geo.h", "sums.h"]
namespace = "geo"
sources = ["*.cpp", "*.c", "*.pyx", "sums.rs", "squares.rs"]
optimize = "0"
"""
    cython = FILES["hot.pyx"].replace("from geo cimport", "from far._core cimport").replace("geo.hot", "far._core.hot")
    cython = cython.replace("import geo\n", "from far import _core as geo\n")
    files = {**FILES, **RUST, "hot.pyx": cython, "pyproject.toml": settings}
    files["far/__init__.py"] = "from far._core import hot, twice\nfrom far._core.hot import total\n"
    del files["pure.py"]
    folder = write(tmp_path / "far", files)
    source = str(Path(dovetail.__file__).parents[1])
    (found,) = build_wheels(folder, tmp_path / "direct", {**os.environ, "PYTHONPATH": source})
    subprocess.run([sys.executable, "-m", "build", "--sdist", "--no-isolation", "."], cwd=folder, check=True,
                   capture_output=True, env={**os.environ, "PYTHONPATH": source})  # fmt: skip
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *PIP, "wheel", "--no-deps", "--no-index", "--wheel-dir", tmp_path / "through", sdist]
    subprocess.run(command, check=True, capture_output=True, env=alone)
    (other,) = (tmp_path / "through").glob("*.whl")
    for wheel in (found, other):
        target = tmp_path / f"installed-{wheel.parent.name}"
        subprocess.run([sys.executable, *PIP, "install", "--no-deps", "--target", target, wheel], check=True)
        code = "import far; print(far.total(4), far.hot.extend(far._core.Walk(), 2), far.twice(2))"
        assert run(target, code) == "3.0 (105, 4) 4\n"


def build_wheels(folder: Path, output: Path, environment: dict[str, str]) -> list[Path]:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", output, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return list(output.glob("*.whl"))
