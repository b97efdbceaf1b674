"""The hatchling build hook: `[tool.hatch.build.targets.wheel.hooks.dovetail]`.

In: a project with `[tool.dovetail]`.  Out: its extensions and stubs in the wheel, or beside its sources for an editable
install.  Must not know: how modules are made.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilder
from hatchling.plugin import hookimpl

from dovetail import pipeline
from dovetail.config import ModuleSettings, in_order, read_project
from dovetail.diagnostics import Diagnostic, Severity, Sink, Stopped, read_source, render_text
from dovetail.inputs import Known
from dovetail.sdist import Wheel, add_generated

# A library that knows no Python fits every PyPy, so no ABI is named. `py3` would fit CPython, too: where a project has
# no wheel for some CPython, pip would take this one, and not build the extension.
PYPY_TAG = "pp39.pp310.pp311"


class DovetailBuildHook(BuildHookInterface[Any]):
    """Builds every module of the project for the running interpreter."""

    PLUGIN_NAME = "dovetail"

    @property
    def _for_pypy(self) -> bool:
        """The wheel is for PyPy: this is PyPy, or the hook's `pypy` or the environment says so."""
        asked = os.environ.get("DOVETAIL_PYPY", "") not in ("", "0") or bool(self.config.get("pypy"))
        return asked or sys.implementation.name == "pypy"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the modules; of an editable install in place, for a wheel in a folder that `finalize` removes."""
        generated = self.target_name == "sdist" and bool(self.config.get("generated"))
        if self.target_name != "wheel" and not generated:
            return
        editable = version == "editable"
        self._generated: dict[str, tuple[ModuleSettings, pipeline.Built]] = {}
        self._scratch = os.path.realpath(tempfile.mkdtemp(prefix="dovetail-wheel-"))
        sink = Sink()
        try:
            project = read_project(Path(self.root), sink)
            sink.stop_on_errors()
            known: Known = {}
            for settings in in_order(project.modules):
                package, _, _ = settings.name.rpartition(".")
                inside = package.replace(".", "/")
                output = self._package_folder(inside) if editable else Path(self._scratch, inside)
                built = pipeline.build(
                    settings,
                    project.root,
                    output,
                    sink,
                    portable=True,
                    known=known,
                    for_pypy=self._for_pypy and not generated,
                )
                known[settings.name] = built.bindings.shared
                counts = built.bindings.plan.counts
                self.app.display_info(
                    f"dovetail: {settings.name}: bound {counts.callables_bound} of {counts.callables} callables"
                )
                if generated:
                    self._generated[settings.name] = settings, built
                elif not editable:
                    self._include(built.files, inside, build_data)
        except Stopped as stopped:
            self._show(stopped.diagnostics)
            raise SystemExit(1) from None
        self._show(item for item in sink.diagnostics if item.level is Severity.WARNING)
        if self.target_name == "wheel" and not editable:
            build_data["pure_python"] = False
            stable: set[str] = {settings.abi3 for settings in project.modules}
            machine = self.build_config.builder.get_best_matching_tag().rpartition("-")[2]
            if self._for_pypy:
                build_data["tag"] = f"{PYPY_TAG}-none-{machine}"
            elif "" in stable:
                build_data["infer_tag"] = True
            else:
                build_data["tag"] = f"{_python_tag(stable)}-abi3-{machine}"

    def _include(self, files: tuple[Path, ...], package: str, build_data: dict[str, Any]) -> None:
        """The files of a module in the wheel, and `py.typed` where its package has none of its own."""
        forced = build_data.setdefault("force_include", {})
        for file in files:
            forced[os.fspath(file)] = file.relative_to(self._scratch).as_posix()
        top = package.split("/", maxsplit=1)[0]
        if top and not (self._package_folder(top) / "py.typed").exists():
            marker = Path(self._scratch, top, "py.typed")
            marker.touch()
            forced[os.fspath(marker)] = f"{top}/py.typed"

    def _package_folder(self, inside: str) -> Path:
        """Where the sources of a package are: as `packages` of the wheel target says, or where projects have them."""
        for listed in self.build_config.packages:
            if Path(listed).name == inside.split("/", maxsplit=1)[0]:
                return Path(self.root, listed).parent / inside
        return pipeline.package_folder(Path(self.root), f"{inside.replace('/', '.')}.module" if inside else "module")

    def _show(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Under pip and `build` the text of a backend reaches people through its stderr."""
        root = Path(self.root).resolve()
        found = [replace(item, span=replace(item.span, path=_below(item.span.path, root))) for item in diagnostics]
        print(render_text(found, lambda path: read_source(root / path)), file=sys.stderr, end="")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self.target_name == "sdist" and getattr(self, "_generated", None):
            problem = add_generated(Path(artifact_path), Path(self.root).resolve(), self._generated, self._plan_wheel())
            if problem:
                self.app.abort(f"dovetail: the sdist cannot carry its generated C++: {problem}")
        shutil.rmtree(getattr(self, "_scratch", ""), ignore_errors=True)

    def _plan_wheel(self) -> Wheel:
        """What hatchling itself would put into the wheel."""
        builder = WheelBuilder(self.root, metadata=self.metadata)
        data = {"artifacts": [], "force_include": {}, "build_hooks": (), **builder.get_default_build_data()}
        with builder.config.set_build_data(data):
            files = {
                Path(found.distribution_path).as_posix(): Path(found.relative_path).as_posix()
                for found in builder.recurse_included_files()
            }
        return Wheel(
            name=builder.normalize_file_name_component(self.metadata.core.name),
            version=self.metadata.version,
            files=files,
            entry_points=builder.construct_entry_points_file(),
            licenses=tuple(self.metadata.core.license_files),
        )


def _python_tag(versions: set[str]) -> str:
    """Of the newest limited API that a module needs: `cp311`."""
    major, minor = max(tuple(map(int, version.split("."))) for version in versions)
    return f"cp{major}{minor}"


def _below(path: str, root: Path) -> str:
    return Path(path).relative_to(root).as_posix() if path and Path(path).is_relative_to(root) else path


@hookimpl
def hatch_register_build_hook() -> type[DovetailBuildHook]:
    """What hatchling calls through the entry point."""
    return DovetailBuildHook
