"""Sequences: vector, deque, list, forward_list, array.

In: names of templates.  Out: rows.  Must not know: Python names of the containers.
"""

from dovetail.convert.records import Converter

HEADER = "dovetail/convert/sequence.h"

RECORDS = tuple(
    Converter(
        name="sequence",
        matches=(f"std::{kind}",),
        takes="Iterable[{0}]",
        header=HEADER,
        inner=1,
        container=kind,
        protocol="Sequence" if kind == "array" else "MutableSequence",
    )
    for kind in ("vector", "deque", "list", "array")
)
