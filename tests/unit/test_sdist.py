"""Another backend in a pyproject.toml: everything else stays as it was written."""

from __future__ import annotations

import sys

import pytest

from dovetail.sdist import switch_backend

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HATCH = '[build-system]\nrequires = ["hatchling", "dovetail"]\nbuild-backend = "hatchling.build"\n'
PROJECT = '# said once\n[project]\nname = "lib"\n\n[tool.x]\ny = [\n  1,\n]\n'


@pytest.mark.parametrize(
    "text",
    [
        HATCH + PROJECT,
        PROJECT + HATCH,
        PROJECT + HATCH.rstrip("\n"),
        "[project]\nname = 'x'\n[build-system] # ours\nrequires = [\n  'hatchling',\n  'dovetail',\n]\n\n[tool]\n",
    ],
)
def test_the_table_is_replaced(text: str) -> None:
    switched = switch_backend(text)
    assert switched is not None
    told = tomllib.loads(switched)
    backend = {"requires": [], "build-backend": "_dovetail_build", "backend-path": ["."]}
    assert told.pop("build-system") == backend
    before = tomllib.loads(text)
    del before["build-system"]
    assert told == before
    assert ("# said once" in switched) == ("# said once" in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        PROJECT,
        'build-system = { requires = ["hatchling"] }\n',
        'build-system.requires = ["hatchling"]\n',
        'note = """\n[build-system]\n"""\n[project]\n',
        "[build-system]\nrequires = [\n[1],\n]\n",
        "[build-system\n",
    ],
)
def test_what_cannot_be_replaced(text: str) -> None:
    assert switch_backend(text) is None
