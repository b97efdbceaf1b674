"""The hatchling build hook: `[tool.hatch.build.targets.wheel.hooks.dovetail]`.

In: a project with `[tool.dovetail]`.  Out: its extensions and stubs in the wheel, or beside its sources for an editable
install.  Must not know: how modules are made.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from dovetail import pipeline
from dovetail.config import read_project
from dovetail.diagnostics import Sink, Stopped, render_text


class DovetailBuildHook(BuildHookInterface[Any]):
    """Builds every module of the project for the running interpreter."""

    PLUGIN_NAME = "dovetail"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the modules; of an editable install in place, for a wheel in a folder that `finalize` removes."""
        if self.target_name != "wheel":
            return
        editable = version == "editable"
        self._scratch = tempfile.mkdtemp(prefix="dovetail-wheel-")
        sink = Sink()
        try:
            project = read_project(Path(self.root), sink)
            sink.stop_on_errors()
            for settings in project.modules:
                package, _, _ = settings.name.rpartition(".")
                inside = package.replace(".", "/")
                output = self._package_folder(inside) if editable else Path(self._scratch) / inside
                built = pipeline.build(settings, project.root, output, sink)
                self.app.display_info(f"dovetail: {settings.name}: {len(built.files)} files")
                if not editable:
                    self._include(built.files, build_data)
        except Stopped as stopped:
            print(render_text(stopped.diagnostics, _read), file=sys.stderr)
            raise SystemExit(1) from None
        if not editable:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def _include(self, files: tuple[Path, ...], build_data: dict[str, Any]) -> None:
        forced = build_data.setdefault("force_include", {})
        for file in files:
            inside = file.relative_to(self._scratch).as_posix()
            forced[os.fspath(file)] = inside
            package = Path(self._scratch, inside).parent
            marker = package / "py.typed"
            if package != Path(self._scratch) and not (self._package_folder(package.name) / "py.typed").exists():
                marker.touch()
                forced[os.fspath(marker)] = marker.relative_to(self._scratch).as_posix()

    def _package_folder(self, inside: str) -> Path:
        """Where the sources of a package are: as `packages` of the wheel target says, or at the root or in `src`."""
        for listed in self.build_config.packages:
            if Path(listed).name == inside.split("/")[0]:
                return Path(self.root, listed).parent / inside
        for base in ("", "src", "python"):
            if Path(self.root, base, inside).is_dir():
                return Path(self.root, base, inside)
        return Path(self.root) / inside

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(getattr(self, "_scratch", ""), ignore_errors=True)


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None


@hookimpl
def hatch_register_build_hook() -> type[DovetailBuildHook]:
    """What hatchling calls through the entry point."""
    return DovetailBuildHook
