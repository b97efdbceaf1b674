"""An sdist with its generated C++: built where there is neither dovetail, nor libclang, nor any package or network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from .conftest import Run, clean

pytestmark = pytest.mark.slow

SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with pip and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin" / "python"


@pytest.fixture
def project(tmp_path: Path, run: Run) -> Path:
    """What `dovetail init` writes, with a script, a licence, a C source, and a header that git ignores."""
    run("-m", "dovetail", "init", "demo")
    folder = tmp_path / "demo"
    settings = folder / "pyproject.toml"
    text = settings.read_text()
    text = text.replace("requires-python", 'license-files = ["LICENSE"]\nscripts.greet = "demo:greet"\nrequires-python')
    text = text.replace('sources = ["src/*.cpp"]', 'sources = ["src/*.cpp", "src/*.c"]')
    text = text.replace(
        "[tool.hatch.build.targets.wheel.hooks.dovetail]",
        "[tool.hatch.build.targets.sdist.hooks.dovetail]\ngenerated = true\n\n"
        "[tool.hatch.build.targets.wheel.hooks.dovetail]",
    )
    settings.write_text(text)
    (folder / "LICENSE").write_text("Free.\n")
    (folder / "src" / "plain.c").write_text("int plain(int x) { return x; }\n")
    (folder / ".gitignore").write_text("made.h\n")
    (folder / "include" / "demo" / "made.h").write_text(
        "#pragma once\nnamespace demo { inline int made() { return 9; } }\n"
    )
    header = folder / "include" / "demo" / "demo.h"
    header.write_text(header.read_text().replace("#pragma once\n", '#pragma once\n#include "demo/made.h"\n', 1))
    return folder


def make_sdist(project: Path, run: Run) -> Path:
    run("-m", "build", "--sdist", "--no-isolation", cwd=project)
    (sdist,) = (project / "dist").glob("*.tar.gz")
    return sdist


def install(bare: Path, sdist: Path, tmp_path: Path, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    command = [bare, "-m", "pip", "install", "--no-index", "--force-reinstall", "--no-cache-dir", sdist]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean() | env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_built_by_anybody(project: Path, run: Run, bare: Path, tmp_path: Path) -> None:
    sdist = make_sdist(project, run)
    with tarfile.open(sdist) as archive:
        names = {name.removeprefix("demo-0.1.0/") for name in archive.getnames()}
    assert {"_dovetail_build.py", "_dovetail/build.json", "_dovetail/include/dovetail/core/module.h"} <= names
    assert {"_dovetail/demo._core/_core.cpp", "_dovetail/demo._core/_core.pyi", "include/demo/made.h"} <= names
    install(bare, sdist, tmp_path)
    code = """
import demo, demo._core, importlib.metadata as m, importlib.util as u
assert u.find_spec("dovetail") is None and u.find_spec("clang") is None
found = m.distribution("demo")
print(demo.greet(), demo._core.made(), found.version, found.metadata["Requires-Python"])
print(sorted(str(f).rpartition("/")[2] for f in found.files if f.suffix != ".pyc"))
"""
    done = subprocess.run([bare, "-c", code], cwd=tmp_path, env=clean(), capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == "hello, world 9 0.1.0 >=3.10"
    files = {"__init__.py", "py.typed", f"_core{SUFFIX}", "_core.pyi", "METADATA", "WHEEL", "RECORD", "LICENSE"}
    assert files | {"entry_points.txt", "greet"} <= set(json.loads(second.replace("'", '"')))
    greet = subprocess.run([bare.with_name("greet")], cwd=tmp_path, env=clean(), check=False, capture_output=True)
    assert b"Traceback" not in greet.stderr


@pytest.mark.slow
def test_the_same_wheel_as_from_the_project(project: Path, run: Run, tmp_path: Path) -> None:
    """What is in it, and what it says of itself; the compiled code may differ in nothing that matters."""
    sdist = make_sdist(project, run)
    run("-m", "build", "--wheel", "--no-isolation", "-o", "own", cwd=project)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    wheels = []
    for _ in range(2):
        out = tmp_path / f"out{len(wheels)}"
        out.mkdir()
        code = f"import _dovetail_build as b; print(b.build_wheel({str(out)!r}))"
        env = clean() | {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True, capture_output=True)
        wheels += out.glob("*.whl")
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    (own,) = (project / "own").glob("*.whl")
    assert own.name == wheels[0].name
    assert contents(own) == contents(wheels[0])


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        own = {"RECORD", "WHEEL"}
        names = [name for name in archive.namelist() if name.rpartition("/")[2] not in own]
        return {name: b"" if name.endswith(".so") else archive.read(name) for name in names}


@pytest.mark.slow
def test_reproducible(project: Path, run: Run) -> None:
    first = make_sdist(project, run).read_bytes()
    (project / "dist" / "demo-0.1.0.tar.gz").unlink()
    assert make_sdist(project, run).read_bytes() == first


@pytest.mark.slow
def test_with_abi3_and_static_libraries(project: Path, run: Run, bare: Path, tmp_path: Path) -> None:
    if sys.version_info < (3, 11) or not sys.platform.startswith("linux"):
        pytest.skip("the limited API is that of 3.11")
    settings = project / "pyproject.toml"
    more = 'abi3 = "3.11"\nstatic-runtime = true\nstatic = ["m"]\nnamespace ='
    settings.write_text(settings.read_text().replace("namespace =", more))
    install(bare, make_sdist(project, run), tmp_path)
    code = "import demo, demo._core; print(demo._core.__file__.rpartition('/')[2], demo.greet())"
    done = subprocess.run([bare, "-c", code], cwd=tmp_path, env=clean(), capture_output=True, text=True, check=True)
    assert done.stdout == "_core.abi3.so hello, world\n"


@pytest.mark.slow
def test_what_cannot_be_carried(project: Path, run: Run) -> None:
    """A file of the wheel that the sdist leaves out; a source from elsewhere."""
    settings = project / "pyproject.toml"
    text = settings.read_text()
    settings.write_text(f'{text}\n[tool.hatch.build.targets.sdist]\nexclude = ["python/demo/__init__.py"]\n')
    done = run("-m", "build", "--sdist", "--no-isolation", cwd=project, code=1)
    assert "the wheel has `python/demo/__init__.py`, and the sdist has not" in done.stdout + done.stderr
    (project.parent / "far.cpp").write_text("int far() { return 1; }\n")
    settings.write_text(text.replace('"src/*.c"', '"../far.cpp"'))
    done = run("-m", "build", "--sdist", "--no-isolation", cwd=project, code=1)
    assert "far.cpp` is outside of the project" in done.stdout + done.stderr


@pytest.mark.slow
def test_another_system(project: Path, run: Run, bare: Path, tmp_path: Path) -> None:
    sdist = make_sdist(project, run)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    plan = unpacked / "_dovetail" / "build.json"
    plan.write_text(plan.read_text().replace(f'"{sys.platform}"', '"plan9"'))
    done = install(bare, unpacked, tmp_path, code=1)
    assert "generated for plan9 with 64 bits" in done.stdout + done.stderr
    assert "build the project from its repository, with dovetail" in done.stdout + done.stderr


@pytest.mark.slow
def test_no_compiler(project: Path, run: Run, bare: Path, tmp_path: Path) -> None:
    sdist = make_sdist(project, run)
    empty = tmp_path / "empty"
    empty.mkdir()
    done = install(bare, sdist, tmp_path, code=1, PATH=str(empty))
    assert "no C++ compiler was found" in done.stdout + done.stderr
    assert os.listdir(empty) == []
