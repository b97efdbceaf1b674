"""What a module shares with others: its types, as far as a module that uses them must know.

In: a plan.  Out: `Shared`, and its text (JSON) that is installed beside the extension.
Must not know: how the text finds its way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, final

from dovetail.plan.records import Class, Container, Enum, Hold, Module, Raised

FORMAT = 1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedType:
    kind: str
    """`class`, `container`, `enum` or `exception`."""
    cpp: str
    module: str
    """Import name of the module that has made it."""
    path: str
    """Dotted, inside that module."""
    hold: str = Hold.INLINE.value
    tracked: bool = False
    opaque: bool = False
    """Only declared in the headers of that module."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    module: str
    types: tuple[SharedType, ...] = ()
    """Its own, and those that it uses itself."""
    files: tuple[str, ...] = ()
    """Digests of the headers from which it was made: their declarations are that module's business."""
    abi3: str = ""
    """The version whose limited API it is for; "" where it is for the interpreter that built it."""
    pxd: str = ""
    """What Cython may cimport from it: no part of the text, as it lies in a file of its own."""


def share(plan: Module, files: Iterable[str], abi3: str = "") -> Shared:
    types: list[SharedType] = []
    records: tuple[Class | Container | Enum | Raised, ...]
    records = (*plan.classes, *plan.containers, *plan.enums, *plan.raised)
    for record in records:
        module = record.module or plan.name
        path = f"{record.scope}.{record.name}" if record.scope else record.name
        known = SharedType(
            kind=_KINDS[type(record)],
            cpp=record.cpp,
            module=module,
            path=path[len(module) + 1 :] if record.module else path,
            hold=record.hold.value if isinstance(record, Class) else Hold.INLINE.value,
            tracked=record.tracked if isinstance(record, Class) else isinstance(record, Container),
            opaque=isinstance(record, Class) and record.opaque,
        )
        types.append(known)
    return Shared(module=plan.name, types=tuple(types), files=tuple(sorted(set(files))), abi3=abi3)


_KINDS: dict[type, str] = {Class: "class", Container: "container", Enum: "enum", Raised: "exception"}


def dump_shared(shared: Shared) -> str:
    facts = {"format": FORMAT, **asdict(replace(shared, pxd=""))}
    del facts["pxd"]
    for each in facts["types"]:
        if not each["opaque"]:
            del each["opaque"]
    return json.dumps(facts, indent=1) + "\n"


def read_shared(text: str) -> Shared:
    """Raises ValueError where the text is none of this format."""
    try:
        facts: dict[str, Any] = json.loads(text)
        if facts["format"] != FORMAT:
            raise ValueError(f"format {facts['format']}, and {FORMAT} is wanted")
        types = tuple(SharedType(**row) for row in facts["types"])
        files = tuple(map(str, facts["files"]))
        return Shared(module=str(facts["module"]), types=types, files=files, abi3=str(facts.get("abi3", "")))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not written by dovetail: {error!r}") from None
