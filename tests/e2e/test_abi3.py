"""One extension for all versions: what it exports and calls, its wheel, and that every Python here can use it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from dovetail.build.extension import find_target

from .conftest import Run, clean

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(isinstance(find_target("3.11"), str), reason="this Python builds for no limited API"),
]

HEADER = """#pragma once
#include <chrono>
#include <complex>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
namespace all {
struct Point { double x = 0, y = 0; };
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
  Error(int n) : runtime_error(std::to_string(n)) {}
};
class Base {
 public:
  virtual ~Base() = default;
  virtual int area() const { return 1; }
  static inline int alive = 7;
};
class Other { public: int tag = 5; int other() const { return tag; } };
class Both : public Base, public Other {
 public:
  int area() const override { return 2; }
  enum class Kind { small, large };
  struct Inner { int a = 3; bool operator==(const Inner&) const = default; };
  Kind kind = Kind::large;
};
inline int take(const Other& o) { return o.tag; }
inline std::string hello(const std::string& name, int times = 1) {
  std::string s;
  for (int i = 0; i < times; ++i) s += name;
  return s;
}
inline unsigned char octet(unsigned char c) { return c; }
inline std::vector<double> twice(std::vector<double> v) { for (auto& x : v) x *= 2; return v; }
inline std::map<std::string, int> counts() { return {{"a", 1}}; }
inline std::complex<double> turn(std::complex<double> z) { return z * std::complex<double>(0, 1); }
inline std::chrono::milliseconds later(std::chrono::milliseconds t) { return t * 2; }
inline std::chrono::system_clock::time_point same(std::chrono::system_clock::time_point t) { return t; }
inline std::pair<int, std::string> both(std::pair<int, std::string> p) { return p; }
inline int call_area(const Base& b) { return b.area(); }
inline int apply(const std::function<int(int)>& f, int x) { return f(x); }
inline std::function<int(int)> adder(int n) { return [n](int x) { return x + n; }; }
inline std::unique_ptr<Base> make() { return std::make_unique<Both>(); }
inline void fail() { throw Error("no"); }
}
"""
USE = """
import copy, datetime, gc, sys
import all_
p = all_.Point(x=1, y=2.5)
assert repr(p) == "Point(x=1.0, y=2.5)" and copy.copy(p) == p, p
assert all_.hello("ab", times=2) == "abab" and all_.hello("\\u00fc") == "\\u00fc"
assert list(all_.twice([1, 2.5])) == [2.0, 5.0] and all_.counts() == {"a": 1} and all_.turn(1) == 1j
v = all_.twice(range(5)); v.append(1); assert v[-1] == 1 and memoryview(v).nbytes == 48, v
match v:
    case [_, *rest]: assert len(rest) == 5
assert all_.later(datetime.timedelta(seconds=1)) == datetime.timedelta(seconds=2)
now = datetime.datetime.now(datetime.timezone.utc)
assert all_.same(now) == now and all_.both((1, "x")) == (1, "x")
b = all_.Both()
assert (b.other(), all_.take(b), isinstance(b, all_.Other), all_.call_area(b)) == (5, 5, True, 2)
assert all_.Both.Inner.__qualname__ == "Both.Inner" and all_.Both.Inner() == all_.Both.Inner()
assert b.kind is all_.Both.Kind.large
assert type(all_.make()) is all_.Both
assert all_.Base.alive == 7
all_.Base.alive = 8
assert all_.Both.alive == 8
class Python(all_.Base):
    def area(self): return super().area() + 41
assert all_.call_area(Python()) == 42
assert all_.apply(lambda x: x + 1, 2) == 3 and all_.adder(3)(4) == 7
for wrong in (lambda: all_.hello(3), lambda: all_.take(p), lambda: all_.octet(256), lambda: all_.octet(-1),
              lambda: all_.apply(lambda x: "s", 1), lambda: type("Q", (all_.Base, all_.Other), {}),
              lambda: setattr(all_.Point, "z", 1)):
    try: wrong()
    except (TypeError, OverflowError) as error: assert str(error)
    else: raise SystemExit("accepted")
for raised in (all_.fail, lambda: (_ for _ in ()).throw(all_.Error(3))):
    try: raised()
    except all_.Error as error: assert str(error) in ("no", "3")
before = sys.getrefcount(all_.Point)
for _ in range(1000): all_.Point(x=1); all_.make()
gc.collect()
assert abs(sys.getrefcount(all_.Point) - before) < 50
print("works")
"""


def versions() -> list[str]:
    """Every Python from 3.11 that is installed beside the running one."""
    found = {sys.version_info[:2]: sys.executable}
    for folder in (*sorted(Path.home().glob(".pyenv/versions/3.*/bin")), Path("/usr/bin"), Path("/usr/local/bin")):
        for python in sorted(folder.glob("python3.*")):
            if match := re.fullmatch(r"python3\.(\d+)", python.name):
                found.setdefault((3, int(match[1])), str(python))
    return [python for version, python in sorted(found.items()) if version >= (3, 11)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("abi3") / "all"
    folder.mkdir()
    (folder / "all_.h").write_text(HEADER)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling", "dovetail"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "everything"\nversion = "1"\n'
        "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n"
        "[tool.hatch.build.targets.wheel.hooks.dovetail]\n"
        '[tool.dovetail.modules.all_]\nheaders = ["all_.h"]\nabi3 = "3.11"\n'
    )
    return folder


@pytest.fixture
def wheel(project: Path, run: Run) -> Path:
    """Built once."""
    if not list(project.glob("dist/*.whl")):
        run("-m", "build", "--wheel", "--no-isolation", cwd=project)
    (found,) = project.glob("dist/*.whl")
    return found


def test_its_tag_and_its_files(wheel: Path) -> None:
    machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.name == f"everything-1-cp311-abi3-{machine}.whl"
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names - {"all_.dovetail.json"} == {"all_.abi3.so", "all_.pyi", "all_.pxd"}
    meta = zipfile.ZipFile(wheel).read("everything-1.dist-info/WHEEL").decode()
    assert "Root-Is-Purelib: false" in meta


@pytest.mark.parametrize("python", versions(), ids=lambda path: Path(path).parts[-3] + "-" + Path(path).name)
def test_every_python_here_can_use_it(python: str, wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    done = subprocess.run(
        [python, "-X", "faulthandler", "-c", USE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=clean(),
    )
    assert done.stdout == "works\n", done.stderr


def test_there_is_more_than_one_python() -> None:
    if not Path.home().joinpath(".pyenv").exists():
        pytest.skip("no other Pythons are installed here")
    assert len(versions()) > 1


def test_it_calls_nothing_but_the_limited_api(wheel: Path) -> None:
    if importlib.util.find_spec("abi3audit") is None:
        pytest.skip("abi3audit is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "abi3audit", "--strict", "--report", wheel], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"non_abi3_symbols": []' in done.stdout


def test_a_version_that_this_python_does_not_know(tmp_path: Path, run: Run) -> None:
    if sys.version_info >= (3, 13):
        pytest.skip("3.13 is the newest that can be asked for")
    (tmp_path / "one.h").write_text("#pragma once\ninline int one() { return 1; }\n")
    done = run("-m", "dovetail", "build", "one.h", "--abi3", "3.13", code=3)
    assert "error[DV065]" in done.stderr
    assert "does not know the limited API of 3.13" in done.stderr
    done = run("-m", "dovetail", "build", "one.h", "--abi3", "3.9", code=2)
    assert "`abi3` cannot be `3.9`" in done.stderr
    assert not list(tmp_path.glob("*.so"))


def test_load(tmp_path: Path, run: Run) -> None:
    """Also by the environment, which `load` reads."""
    (tmp_path / "one.h").write_text("#pragma once\ninline int one() { return 1; }\n")
    code = "import dovetail, sys; m = dovetail.load('one.h'); print(m.one())"
    assert run("-c", code, env={"DOVETAIL_ABI3": "3.11"}).stdout == "1\n"
    assert "DV012" in run("-c", code, env={"DOVETAIL_ABI3": "4"}, code=1).stderr


@pytest.mark.slow
def test_what_goes_beyond_one_module(tmp_path: Path, run: Run) -> None:
    """Used classes are for the same API; several bases are of one module."""
    for header in (Path(__file__).parent / "together").glob("*.h"):
        shutil.copy(header, tmp_path)
    (tmp_path / "circles.h").write_text(
        '#pragma once\n#include "shapes.h"\nnamespace circles {\n'
        "struct Ring : shapes::Circle { double area() const override { return 7; } };\n"
        "inline double area(const shapes::Shape& s) { return s.area(); }\n}\n"
    )
    shapes, user = (
        f'[modules.{{0}}]\nheaders = ["{{0}}.h"]\nuses = [{uses}]\nabi3 = "{{1}}"\noptimize = "0"\n'
        for uses in ("", '"shapes"')
    )
    config = tmp_path / "dovetail.toml"
    config.write_text(shapes.format("shapes", "3.11") + user.format("scene", "3.11"))
    told = run("-m", "dovetail", "build", code=1).stderr
    assert "error[DV069]: `scene::Actor` is related by several bases to `shapes::Shape`, a class of `shapes`" in told
    config.write_text(shapes.format("shapes", "3.11") + user.format("circles", ""))
    assert "error[DV069]: `circles` is built for one version of Python" in run("-m", "dovetail", "build", code=1).stderr
    assert not list(tmp_path.glob("*.so"))
    config.write_text(config.read_text().replace('abi3 = ""', 'abi3 = "3.11"'))
    run("-m", "dovetail", "build")
    use = "import circles, shapes; ring = circles.Ring(); print(isinstance(ring, shapes.Circle), "
    assert run("-c", use + "shapes.area(ring), circles.area(ring))").stdout == "True 7.0 7.0\n"


@pytest.mark.skipif(sys.version_info < (3, 13), reason="no door in Python before")
def test_other_interpreters_are_refused(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "import _interpreters as i; print(i.exec(i.create('legacy'), 'import all_').msg)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env=clean()
    )
    assert "the main interpreter alone" in done.stdout
