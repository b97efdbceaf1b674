"""Settings made by a call: the same checks, and one name everywhere."""

from __future__ import annotations

import dataclasses
import inspect
import json
from pathlib import Path

from dovetail.config import ModuleSettings, Rule, make_settings, override_settings, reference, settings_of
from dovetail.diagnostics import CODES, Sink

ROOT = Path(__file__).parents[3]


def test_paths_strings_and_python_spelling() -> None:
    sink = Sink()
    made = make_settings(
        "shapes", Path("a.h"), include=[Path("inc")], rules={"f": {"release_gil": True, "as_": "list"}}, sink=sink
    )
    assert sink.diagnostics == ()
    assert (made.headers, made.include) == (("a.h",), ("inc",))
    assert made.rules == (Rule(selector="f", release_gil=True, as_="list"),)


def test_problems_of_a_call_are_those_of_a_file() -> None:
    sink = Sink()
    make_settings("a.import", [], std="c20", rules={"f": {"nope": 1}, "g": 3}, sink=sink)  # type: ignore[dict-item]
    assert sorted(d.code for d in sink.diagnostics) == ["DV011", "DV012", "DV012", "DV012", "DV014"]


def test_every_setting_can_be_given_in_a_call() -> None:
    given = set(inspect.signature(make_settings).parameters)
    assert {setting.name for setting in settings_of(ModuleSettings)} <= given


def test_defaults_of_a_call_are_those_of_the_record() -> None:
    made = make_settings("a", "a.h", sink=Sink())
    assert made == ModuleSettings(name="a", headers=("a.h",))


def test_overriding() -> None:
    sink = Sink()
    made = make_settings("a", "a.h", sink=sink)
    assert override_settings(made, {"std": "c++17", "libs": ["z"]}, sink) == dataclasses.replace(
        made, std="c++17", libs=("z",)
    )
    override_settings(made, {"library_dirs": 3}, sink)
    assert [d.message for d in sink.diagnostics] == ["`--library-dirs` must be a list of strings, not the integer 3"]


def test_names_derive_from_the_field() -> None:
    names = {s.name: (s.key, s.option, s.environment) for s in (*settings_of(ModuleSettings), *settings_of(Rule))}
    assert names["library_dirs"] == ("library-dirs", "--library-dirs", "DOVETAIL_LIBRARY_DIRS")
    assert names["as_"] == ("as", "--as", "DOVETAIL_AS")


def test_every_field_has_a_docstring() -> None:
    for record in (ModuleSettings, Rule):
        assert {setting.name for setting in settings_of(record)} <= set(reference.texts_of(record))


def test_the_reference_speaks_of_every_setting_and_code() -> None:
    page = reference.render_settings()
    for setting in (*settings_of(ModuleSettings), *settings_of(Rule)):
        assert f"### `{setting.key}`" in page
    page = reference.render_diagnostics()
    assert all(f"## {code}\n" in page for code in CODES)


def test_generated_files_are_fresh() -> None:
    stale = [path.name for path, text in reference.generated_files(ROOT).items() if path.read_text() != text]
    assert stale == [], "run python -m dovetail.config.reference"


def test_the_schema_allows_what_the_loader_allows() -> None:
    schema = json.loads(reference.render_schema())
    module = schema["properties"]["modules"]["additionalProperties"]
    assert set(module["properties"]) == {setting.key for setting in settings_of(ModuleSettings)} | {"rules"}
    assert module["required"] == ["headers"]
    rule = module["properties"]["rules"]["additionalProperties"]
    assert rule["properties"]["returns"]["enum"] == ["own", "borrow", "copy"]
    assert rule["properties"]["release-gil"]["type"] == "boolean"
