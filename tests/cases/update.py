"""Writes the goldens of all cases, or of those named, as they are rendered now: `make update ARGS=shapes`.

In: names of cases.  Out: `x.pyi` and `x.plan` beside `x.h`.  Must not know: how anything is rendered.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from casebook import find_cases
from test_every_case import plan_text, stub_text


def main(names: list[str]) -> int:
    cases = [case for case in find_cases() if not names or case.name in names]
    unknown = set(names) - {case.name for case in cases}
    if unknown:
        print(f"error: no case named {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    for case in cases:
        for ending, text in ((".pyi", stub_text(case)), (".plan", plan_text(case))):
            path = case.beside(ending)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
