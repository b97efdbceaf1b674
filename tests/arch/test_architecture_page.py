"""ARCHITECTURE.md tells the truth about where things are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ("ARCHITECTURE.md", "README.md", "docs/tutorial.md", *(str(p) for p in sorted(ROOT.glob("docs/guides/*.md"))))


def test_every_path_that_it_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|docs|benchmarks|examples)/[\w./-]+)`", text)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        path = ROOT / page
        prose = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)  # C++ has lambdas
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
            if not (path.parent / target).exists():
                broken.append(f"{page}: {target}")
    assert broken == []
