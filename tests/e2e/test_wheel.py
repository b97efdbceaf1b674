"""The project that `dovetail init` writes: its wheel, sdist and installs, and what it says where it cannot be built."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import pytest

from .conftest import OFFLINE, PIP, Run

pytestmark = pytest.mark.slow

SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")


@pytest.fixture
def project(tmp_path: Path, run: Run) -> Path:
    run("-m", "dovetail", "init", "demo")
    return tmp_path / "demo"


def installed(python: Path, code: str, cwd: Path) -> str:
    """What code prints that runs in the environment, away from the project."""
    done = subprocess.run([python, "-c", code], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.slow
def test_a_wheel_through_an_sdist(project: Path, run: Run) -> None:
    run("-m", "build", "--no-isolation", cwd=project)
    (sdist,) = (project / "dist").glob("*.tar.gz")
    (wheel,) = (project / "dist").glob("*.whl")
    assert sdist.name == "demo-0.1.0.tar.gz"
    version = sysconfig.get_config_var("py_version_nodot")
    assert wheel.name.startswith(f"demo-0.1.0-cp{version}-cp{version}-"), "bound to this Python and this machine"
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name for name in names if not name.startswith("demo-0.1.0.dist-info/")}
    made = {f"demo/_core{SUFFIX}", "demo/_core.pyi", "demo/_core.pxd", "demo/_core.dovetail.json"}
    assert inside == {"demo/__init__.py", "demo/py.typed", *made}
    assert len(names) == len(set(names))
    assert not list((project / "python").rglob("*.so")), "a wheel is not built among the sources"
    if importlib.util.find_spec("auditwheel"):
        shown = run("-m", "auditwheel", "show", wheel, cwd=project).stdout
        assert "is consistent with" in " ".join(shown.split())
        assert "manylinux" in shown, "nothing in it that other machines lack"


def test_install_and_its_own_tests(project: Path, python: Path, run: Run, tmp_path: Path) -> None:
    run(*PIP, "install", *OFFLINE, ".", cwd=project)
    assert "site-packages" in installed(python, "import demo._core; print(demo._core.__file__)", tmp_path)
    assert "3 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=project).stdout
    typed = run("-m", "mypy", "--strict", "-c", "import demo; reveal_type(demo.Series([1]).mean())", cwd=tmp_path)
    assert '"float"' in typed.stdout
    run(*PIP, "uninstall", "--yes", "demo")


def test_an_editable_install(project: Path, python: Path, run: Run, tmp_path: Path) -> None:
    run(*PIP, "install", *OFFLINE, "--editable", ".", cwd=project)
    assert installed(python, "import demo; print(demo.greet())", tmp_path) == "hello, world"
    assert installed(python, "import demo._core; print(demo._core.__file__)", tmp_path).startswith(str(project))
    # What the header says now is there after the next `dovetail build`, which writes to the same place.
    header = project / "include" / "demo" / "demo.h"
    header.write_text(header.read_text().replace('"world"', '"you"'))
    run("-m", "dovetail", "build", cwd=project)
    assert installed(python, "import demo; print(demo.greet())", tmp_path) == "hello, you"
    run(*PIP, "uninstall", "--yes", "demo")


def test_an_error_in_the_header_is_told_by_pip(project: Path, run: Run) -> None:
    header = project / "include" / "demo" / "demo.h"
    header.write_text(header.read_text().replace("std::string greet", "std::strin greet"))
    done = run(*PIP, "install", *OFFLINE, ".", cwd=project, code=1)
    assert "error[DV062]" in done.stderr or "error[DV002]" in done.stderr
    assert "include/demo/demo.h:" in done.stderr
    assert "Traceback" not in done.stderr


def test_nested_packages(tmp_path: Path, run: Run) -> None:
    """Two modules at different depths; no `py.typed` of their own; a module without a package beside them."""
    project = tmp_path / "nested"
    (project / "src" / "outer" / "inner").mkdir(parents=True)
    for package in ("outer", "outer/inner"):
        (project / "src" / package / "__init__.py").touch()
    (project / "one.h").write_text("#pragma once\ninline int one() { return 1; }\n")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling", "dovetail"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "nested"\nversion = "1"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["src/outer"]\n'
        "[tool.hatch.build.targets.wheel.hooks.dovetail]\n"
        + "".join(
            f'[tool.dovetail.modules."{name}"]\nheaders = ["one.h"]\noptimize = "0"\n'
            for name in ("alone", "outer.inner._core")
        )
    )
    run("-m", "build", "--wheel", "--no-isolation", cwd=project)
    (wheel,) = (project / "dist").glob("*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == {
        *("outer/__init__.py", "outer/inner/__init__.py", "outer/py.typed", f"alone{SUFFIX}", "alone.pyi", "alone.pxd"),
        *(f"outer/inner/_core{SUFFIX}", "outer/inner/_core.pyi", "outer/inner/_core.pxd"),
    }


@pytest.mark.slow
def test_the_same_inputs_are_the_same_wheel(project: Path, tmp_path: Path, run: Run) -> None:
    """Byte for byte, from another folder, at another time, without what the first build left in a cache."""
    source = next((project / "src").glob("*.cpp"))
    source.write_text(source.read_text() + "\nextern const char* const where;\nconst char* const where = __FILE__;\n")
    copy = tmp_path / "elsewhere" / "a project"
    shutil.copytree(project, copy)
    wheels = []
    for folder, caches in ((project, "a"), (copy, "b")):
        env = {"DOVETAIL_CACHE": str(tmp_path / caches)}
        run("-m", "build", "--wheel", "--no-isolation", cwd=folder, env=env)
        wheels += (folder / "dist").glob("*.whl")
    first, second = wheels
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()
    extension = zipfile.ZipFile(first).read(f"demo/_core{SUFFIX}")
    assert b"src/demo.cpp" in extension
    assert str(tmp_path).encode() not in extension


@pytest.mark.slow
def test_a_wheel_that_needs_a_folder_of_this_machine(project: Path, run: Run) -> None:
    compiler = os.environ.get("CXX", "c++").split()
    (project / "far.cpp").write_text("int far_away() { return 1; }\n")
    subprocess.run([*compiler, "-shared", "-fPIC", "far.cpp", "-o", "libfar.so"], cwd=project, check=True)
    table = '[tool.dovetail.modules."demo._core"]\n'
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace(table, f'{table}libs = ["far"]\nlibrary-dirs = ["."]\n'))
    done = run("-m", "build", "--wheel", "--no-isolation", cwd=project)
    assert "warning[DV068]: the wheel looks for `libfar.so`" in done.stdout + done.stderr
