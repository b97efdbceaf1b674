"""Mappings: map and unordered_map.

In: names of templates.  Out: rows.  Must not know: Python names of the containers.
"""

from dovetail.convert.records import Converter

RECORDS = tuple(
    Converter(
        name="mapping",
        matches=(f"std::{kind}",),
        takes="Mapping[{0}, {1}]",
        header="dovetail/convert/mapping.h",
        inner=2,
        container=kind,
        protocol="MutableMapping",
    )
    for kind in ("map", "unordered_map")
)
