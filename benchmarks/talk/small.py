"""The routes of the talk's one function that compile in seconds, for `make demo`. Out: builders by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import routes
from benchmarks.harness.dovetail import build_headers
from benchmarks.harness.interpreters import Environment

HERE = Path(__file__).parent
INCREMENT = HERE / "increment.cpp"


def build_dovetail(env: Environment, folder: Path) -> routes.Built:
    return build_headers(env, folder, "talk_dovetail", [HERE / "increment.h"], [INCREMENT])


def build_nanobind(env: Environment, folder: Path) -> routes.Built:
    return routes.build_nanobind(env, folder, "talk_nanobind", [HERE / "bind_nanobind.cpp", INCREMENT], HERE)


def build_pybind11(env: Environment, folder: Path) -> routes.Built:
    return routes.build_pybind11(env, folder, "talk_pybind11", [HERE / "bind_pybind11.cpp", INCREMENT], HERE)


SMALL_ROUTES: dict[str, Callable[[Environment, Path], routes.Built]] = {
    "dovetail": build_dovetail,
    "nanobind": build_nanobind,
    "pybind11": build_pybind11,
}
