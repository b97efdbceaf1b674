"""Each header of the runtime finds by itself what it uses: emitted code names those it needs, in any order."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sysconfig

import pytest

INCLUDE = pathlib.Path(__file__).parent.parent.parent / "src" / "dovetail" / "include"
pytestmark = pytest.mark.slow
FIRST = "dovetail/core/module.h"
NEEDS = {"dovetail/library/nlohmann_json.h": "nlohmann", "dovetail/library/eigen.h": "Eigen"}
"""Headers of other libraries, without which these are nothing."""


def test_headers_compile_behind_the_first_alone(tmp_path: pathlib.Path) -> None:
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++")
    options = ["-std=c++20", f"-I{tmp_path}", f"-I{INCLUDE}", f"-isystem{sysconfig.get_path('include')}"]
    options.append("-isystem/usr/include/eigen3")
    precompiled = tmp_path / FIRST
    precompiled.parent.mkdir(parents=True)
    precompile = [compiler, *options, "-x", "c++-header", str(INCLUDE / FIRST), "-o", f"{precompiled}.gch"]
    subprocess.run(precompile, check=True)
    precompiled.write_text("#include_next <dovetail/core/module.h>\n")
    complaints = {}
    for header in find_headers():
        text = f"#include <{FIRST}>\n#include <{header}>\n"
        command = [compiler, *options, "-fsyntax-only", "-x", "c++", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            complaints[header] = [line for line in done.stderr.splitlines() if "error:" in line][:2]
    assert not complaints


def find_headers() -> list[str]:
    """All but those that the first header chooses among, and the second halves of others."""
    chosen = ("limited", "types.h", "-inl.h")
    found = [path.relative_to(INCLUDE).as_posix() for path in sorted((INCLUDE / "dovetail").rglob("*.h"))]
    return [
        name
        for name in found
        if not any(part in name.rsplit("/", 1)[1] for part in chosen)
        and not any(name.startswith(ours) and not installed(theirs) for ours, theirs in NEEDS.items())
    ]


def installed(library: str) -> bool:
    return any(pathlib.Path(root, library).is_dir() for root in ("/usr/include", "/usr/include/eigen3"))
