"""What holds for every case: goldens, a stub that type-checks and tells the truth, no crash, no leak."""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from casebook import Case, bind, built, find_cases, load_case
from stubcheck import compare

from dovetail import plan

SWEEP = Path(__file__).with_name("sweep.py")
INTERPRETERS = Path(__file__).with_name("interpreters.py")
UPDATE = "run `make update` and read the difference"


def check_golden(path: Path, actual: str) -> None:
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if actual != expected:
        diff = difflib.unified_diff(expected.splitlines(), actual.splitlines(), str(path), "now", lineterm="", n=1)
        pytest.fail(
            f"{path.name} differs from what is rendered now; {UPDATE}\n" + "\n".join(list(diff)[:60]), pytrace=False
        )


def stub_text(case: Case) -> str:
    """All stubs of a case in one text: the module's first, then its submodules' under their paths."""
    files = bind(case).stubs
    return "".join(file.text if len(files) == 1 else f"# {file.name}\n{file.text}" for file in files)


def plan_text(case: Case) -> str:
    """The decisions of a case, without places in headers of the C++ library, which another version has elsewhere."""
    ours = f"{case.header.name}:"
    return re.sub(
        rf"  @ (?!{re.escape(ours)})[\w.]+:\d+$", "  @ a system header", plan.dump(bind(case).plan), flags=re.MULTILINE
    )


def test_stub_golden(case: Case) -> None:
    check_golden(case.beside(".pyi"), stub_text(case))


def test_plan_golden(case: Case) -> None:
    check_golden(case.beside(".plan"), plan_text(case))


def test_every_case_has_behaviour(case: Case) -> None:
    assert case.beside(".py").exists(), f"{case.header} has no tests beside it"


def test_stubs_type_check(tmp_path: Path) -> None:
    from mypy import api

    for case in find_cases():
        for file in bind(case).stubs:
            path = tmp_path / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    out, err, code = api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path)])
    assert code == 0, out + err


@pytest.mark.usefixtures("all_built")
def test_stub_tells_the_truth(case: Case) -> None:
    module = load_case(case)
    problems = []
    for file in bind(case).stubs:
        name = file.name.removesuffix(".pyi").removesuffix("/__init__").replace("/", ".")
        problems += compare(file.text, sys.modules[name])
    assert not problems, "\n".join([module.__name__, *problems])


@pytest.mark.usefixtures("all_built")
def test_hostile_calls(case: Case) -> None:
    path = built(case)
    result = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(SWEEP), case.name, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, f"died while calling (last line): {result.stderr[-3000:]}"
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["callables"] > 0
    assert not report["faults"], "\n".join(report["faults"][:20])


@pytest.mark.skipif(sys.version_info < (3, 12), reason="interpreters with a lock of their own are of 3.12")
@pytest.mark.usefixtures("all_built")
def test_own_interpreters(case: Case) -> None:
    if case.name == "own" and sys.version_info < (3, 13):
        pytest.skip("it makes decimals, and the decimal module of 3.12 does not survive several interpreters at once")
    result = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(INTERPRETERS), case.name, str(built(case))],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert int(result.stdout) > 0
