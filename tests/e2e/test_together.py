"""Modules that use the classes of others: `uses` in a project, and beside what is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import dovetail
from dovetail import pipeline
from dovetail.config import in_order, make_settings
from dovetail.diagnostics import Sink, Stopped
from dovetail.inputs import Known

HERE = Path(__file__).parent / "together"
USES: dict[str, tuple[str, ...]] = {"shapes": (), "scene": ("shapes",), "film": ("scene",)}


def build(folder: Path, *names: str, uses: dict[str, tuple[str, ...]] = USES, **more: tuple[str, ...]) -> None:
    """Modules of one project, into its folder."""
    sink = Sink()
    known: Known = {}
    settings = [make_settings(name, [f"{name}.h"], uses=uses[name], optimize="0", sink=sink, **more) for name in names]
    for module in in_order(settings):
        built = pipeline.build(module, folder, folder, sink, known=known)
        known[module.name] = built.bindings.shared
    assert not sink.errors


def run(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(code)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("together")
    for header in HERE.glob("*.h"):
        shutil.copy(header, folder)
    build(folder, "film", "scene", "shapes")
    return folder


def test_one_tree(project: Path) -> None:
    run(
        project,
        """
        import film, scene, shapes
        assert scene.Actor.__bases__ == (shapes.Shape, shapes.Tagged)
        assert film.Star.__mro__ == (film.Star, scene.Actor, shapes.Shape, shapes.Tagged, object)
        assert scene.Form is shapes.Shape
        assert not hasattr(scene, "shapes") and not hasattr(film, "scene")
        assert issubclass(scene.Collapse, shapes.Failure)
        """,
    )


def test_taken_and_given(project: Path) -> None:
    run(
        project,
        """
        import film, scene, shapes
        assert scene.area(shapes.Shape(3)) == 9 and scene.area(shapes.Circle(3)) == 27
        assert type(scene.make(4)) is shapes.Shape and scene.make(4).area() == 16
        assert scene.flip(shapes.Mode.slow) is shapes.Mode.fast
        assert scene.index_of(shapes.Shape(1).corner(8)) == 8
        assert [type(scene.make_owned(k)) for k in range(3)] == [shapes.Shape, shapes.Circle, scene.Actor]
        sizes = shapes.sizes(3)
        scene.grow(sizes)
        assert list(sizes) == [2, 2, 2, 1]
        stage = scene.Stage()
        assert stage.total(sizes) == 7 and stage.total([1, 2]) == 3
        assert type(stage.all()) is shapes.Sizes
        assert type(stage.sun) is shapes.Circle and stage.sun.area() == 243
        stage.sun.size = 1
        assert stage.sun.size == 1
        assert stage.mode is shapes.Mode.slow
        stage.mode = shapes.Mode.fast
        assert stage.mode is shapes.Mode.fast
        stage.add(shapes.Circle(6))
        stage.add(scene.Actor(8))
        assert list(stage.all()) == [6, 8]
        assert type(stage.at(0)) is shapes.Circle and type(stage.at(1)) is scene.Actor
        assert stage.at(1) is stage.at(1)
        engine = scene.engine()
        assert type(engine) is shapes.Engine and shapes.is_there(engine) and scene.power(engine) == 3
        """,
    )


def test_derived_in_another_module(project: Path) -> None:
    run(
        project,
        """
        import film, scene, shapes
        actor, star = scene.Actor(), film.Star()
        for each, tag in ((actor, "actor"), (star, "star")):
            assert shapes.area(each) == scene.area(each) == film.area(each) == each.area() == 100
            assert shapes.tag_of(each) == scene.tag_of(each) == each.get_tag() == each.tag == tag
            each.tag = "new"
            assert shapes.tag_of(each) == "new"
            assert each.mode() is shapes.Mode.fast and each.corner(2).index == 2
            assert shapes.same(each) is scene.same(each) is each.self() is each
            assert shapes.same_tagged(each) is scene.same_tagged(each) is each
            assert film.lines(each) == 3
        assert type(film.cast(True)) is film.Star and type(film.cast(False)) is scene.Actor
        assert scene.choose(actor) == scene.choose(star) == "Actor"
        assert scene.choose(shapes.Circle()) == "Shape" and scene.choose(shapes.Mode.slow) == "Mode"

        class Python(film.Star):
            def area(self):
                return super().area() + 1

        python = Python()
        assert python.area() == shapes.area(python) == scene.area(python) == film.area(python) == 101
        assert python.fame == 1
        assert shapes.same(python) is python and shapes.tag_of(python) == "star"

        class Shape(shapes.Shape):
            def area(self):
                return -super().area()

        shape = Shape(5)
        assert scene.same(shape) is shape and scene.area(shape) == -25
        """,
    )


def test_identity_and_ownership(project: Path) -> None:
    run(
        project,
        """
        import gc, scene, shapes
        shape = shapes.Shape(2)
        assert scene.same(shape) is shape and shapes.same(shape) is shape
        made = scene.make(3)
        assert shapes.same(made) is made
        assert shapes.consume(scene.make(7)) == 7 and shapes.consume(scene.Actor(4)) == 4
        stage = scene.Stage()
        stage.add(shape)
        try:
            shape.area()
        except ReferenceError:
            pass
        else:
            raise AssertionError("taken over, and still there")
        shapes.keep(scene.make_shared())
        assert shapes.holders() == 1
        actor = scene.Actor()
        shapes.keep(actor)
        del actor
        gc.collect()
        shapes.keep(None)
        at = stage.at(0)
        del stage
        gc.collect()
        assert at.size == 2
        """,
    )


def test_exceptions(project: Path) -> None:
    run(
        project,
        """
        import scene, shapes
        try:
            scene.fail()
        except shapes.Failure as error:
            assert type(error) is shapes.Failure and error.mode is shapes.Mode.fast and str(error) == "from scene"
        try:
            scene.collapse()
        except shapes.Failure as error:
            assert type(error) is scene.Collapse and error.mode is shapes.Mode.slow and error.floor == 7
        error = scene.Collapse("made")
        assert error.mode is shapes.Mode.slow and str(error) == "made"
        """,
    )


def test_what_is_refused(project: Path) -> None:
    run(
        project,
        """
        import pytest, scene, shapes
        with pytest.raises(TypeError, match="must be shapes.Shape, not int"):
            scene.area(3)
        with pytest.raises(TypeError, match="must be Shape, not Tagged"):
            shapes.area(shapes.Tagged())
        with pytest.raises(TypeError, match="was not called"):
            scene.area(shapes.Shape.__new__(shapes.Shape))
        with pytest.raises(TypeError, match="was not called"):
            shapes.area(scene.Actor.__new__(scene.Actor))
        with pytest.raises(TypeError, match="does not initialise"):
            shapes.Shape.__init__(scene.Actor.__new__(scene.Actor), 3)
        with pytest.raises(TypeError, match="conflict"):
            type("Two", (scene.Actor, shapes.Circle), {})
        with pytest.raises(AttributeError):
            scene.Stage
            scene.Circle
        """,
    )


def test_nothing_leaks(project: Path) -> None:
    run(
        project,
        """
        import film, gc, scene, shapes, sys

        def use():
            stage = scene.Stage()
            stage.add(shapes.Circle(1))
            stage.add(scene.Actor())
            stage.at(0), stage.at(1), stage.all(), stage.sun
            film.Star(), film.cast(True), scene.make(2), scene.make_owned(2)
            shapes.same(scene.Actor()), scene.same(film.Star())

        for _ in range(5):
            use()
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(300):
            use()
        gc.collect()
        assert sys.getallocatedblocks() - before < 50, sys.getallocatedblocks() - before
        """,
    )


def test_stubs_name_the_other_module(project: Path) -> None:
    from mypy import api

    text = (project / "scene.pyi").read_text()
    assert "from shapes import " in text
    assert "class Actor(Shape, Tagged)" in text
    names = [str(project / f"{name}.pyi") for name in USES]
    out, err, code = api.run(["--strict", "--cache-dir", str(project / "cache"), *names])
    assert code == 0, out + err


@pytest.mark.skipif(sys.version_info < (3, 12), reason="interpreters with a lock of their own are of 3.12")
def test_each_interpreter_has_its_own(project: Path) -> None:
    run(
        project,
        """
        import importlib, scene, sys
        interpreters = importlib.import_module("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
        made = interpreters.create()
        text = "import scene, shapes; a = scene.Actor(); assert scene.same(a) is a and shapes.same(a) is a"
        failed = interpreters.run_string(made, text)
        assert not failed, failed
        interpreters.destroy(made)
        actor = scene.Actor()
        assert scene.same(actor) is actor
        """,
    )


def test_another_layout(project: Path, tmp_path: Path) -> None:
    for file in project.iterdir():
        if file.suffix in (".h", ".so", ".json"):
            shutil.copy(file, tmp_path)
    header = tmp_path / "shapes.h"
    header.write_text(header.read_text().replace("  double size;\n", "  double size;\n  int more = 0;\n"))
    build(tmp_path, "shapes")
    out = run(tmp_path, "try:\n    import scene\nexcept ImportError as error:\n    print(error)")
    assert "scene uses shapes, but shapes.Shape has another layout there: build both from the same headers" in out


def test_another_runtime(project: Path, tmp_path: Path) -> None:
    shutil.copy(next(project.glob("scene.*.so")), tmp_path)
    (tmp_path / "shapes.py").write_text(
        "import ctypes\n"
        "memory = (ctypes.c_ulonglong * 2)(1, 0)\n"
        "new = ctypes.pythonapi.PyCapsule_New\n"
        "new.restype, new.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)\n"
        "name = b'dovetail.module'\n"
        "__dovetail__ = new(ctypes.addressof(memory), name, None)\n"
    )
    ask = "try:\n    import scene\nexcept ImportError as error:\n    print(error)"
    assert "scene uses shapes, but the two were built by different versions of dovetail" in run(tmp_path, ask)
    (tmp_path / "shapes.py").write_text("")
    assert "scene uses shapes, but that module was not made by dovetail" in run(tmp_path, ask)


def test_bound_twice(project: Path, tmp_path: Path) -> None:
    for header in ("shapes.h", "scene.h"):
        shutil.copy(HERE / header, tmp_path)
    build(tmp_path, "shapes", "scene", uses={"shapes": (), "scene": ()})
    out = run(
        tmp_path,
        """
        import scene, shapes
        assert scene.shapes.Shape is not shapes.Shape
        try:
            shapes.area(scene.shapes.Shape())
        except TypeError as error:
            print(error)
        """,
    )
    assert "expected shapes.Shape, got scene.Shape: both modules have bound it" in out
    assert 'build shapes with uses = ["scene"]' in out


def test_an_installed_module(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other module is found by its data file, wherever Python would import it from."""
    headers = tmp_path / "include"
    headers.mkdir()
    shutil.copy(HERE / "shapes.h", headers)
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(HERE / "scene.h", own)
    with pytest.raises(Stopped) as stopped:
        build(own, "scene", include=(str(headers),))
    assert [d.code for d in stopped.value.diagnostics] == ["DV086"]
    monkeypatch.syspath_prepend(str(project))
    build(own, "scene", include=(str(headers),))
    shutil.copy(next(project.glob("shapes.*.so")), own)
    run(own, "import scene, shapes; assert scene.area(shapes.Circle(1)) == 3 and scene.Actor().get_tag() == 'actor'")
    assert dovetail.__version__
