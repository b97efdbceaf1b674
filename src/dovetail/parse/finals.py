"""Instantiations of `final` class templates, whose members a probe class cannot show: it cannot derive from them.

In: `Work`.  Out: the same over headers that were read once more, with `final` as a macro for nothing.
Must not know: how members are found.

Only what the members are is read from there. Traits, and whether Python may derive from the class, come from the
headers as they are.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from dovetail.parse import clang
from dovetail.parse.members import Work
from dovetail.parse.probes import Precompiled

_WITHOUT: Final = "-Dfinal="


def open_finals(work: Work) -> Work | None:
    """None where the headers cannot be read so: a variable may be called `final`."""
    if not work.opened:
        work.opened.append(_read_again(work.headers))
    headers = work.opened[0]
    return None if headers is None else replace(work, headers=headers)


def _read_again(headers: Precompiled) -> Precompiled | None:
    folder = os.path.dirname(headers.path)
    arguments = (*headers.arguments, _WITHOUT)
    path = os.path.join(folder, "finals.pch")
    try:
        unit = clang.parse(os.path.join(folder, "headers.hpp"), ["-x", "c++-header", *arguments], header=True)
        if any(problem.severity >= clang.ERROR for problem in unit.problems):
            return None
        unit.save(path)
    except clang.UnitError:
        return None
    return Precompiled(path=path, arguments=arguments)
