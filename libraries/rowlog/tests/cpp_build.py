"""Compiles the C++ tests of rowlog, with the library, as one translation unit: a third of the time of one by one.

What was compiled is kept in the checkout's `.cache/rowlog`, by what it was made of.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CACHE = PROJECT.parents[1] / ".cache" / "rowlog"
INCLUDE = [f"-I{PROJECT / 'include'}", f"-I{PROJECT / 'src'}"]


def compiler() -> list[str]:
    return shlex.split(os.environ.get("CXX", "c++"))


def has_doctest() -> bool:
    command = [*compiler(), "-x", "c++", "-E", "-", "-o", os.devnull]
    return (
        subprocess.run(command, input=b"#include <doctest/doctest.h>\n", capture_output=True, check=False).returncode
        == 0
    )


def build(name: str, mains: Sequence[Path], flags: Sequence[str]) -> Path:
    """The program that these files make with the library; compiled, unless it was before."""
    sources = [*mains, *sorted((PROJECT / "src").glob("*.cpp"))]
    command = [*compiler(), "-std=c++20", "-Wall", "-Wextra", "-Werror", *flags, *INCLUDE]
    made_of = hashlib.sha256(repr(command).encode())
    for path in sorted([*PROJECT.glob("include/rowlog/*"), *PROJECT.glob("src/*"), *PROJECT.glob("tests/cpp/*")]):
        made_of.update(path.read_bytes())
    program = CACHE / f"{name}-{made_of.hexdigest()[:16]}"
    if program.exists():
        return program
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{name}-*"):
        old.unlink()
    unity = CACHE / f"{name}-{os.getpid()}.cpp"
    unity.write_text("".join(f'#include "{path}"\n' for path in sources))
    unfinished = CACHE / f"{name}-{os.getpid()}"
    done = subprocess.run([*command, unity, "-o", unfinished, "-pthread"], capture_output=True, text=True, check=False)
    unity.unlink()
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return unfinished.replace(program)
