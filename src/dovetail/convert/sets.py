"""Sets: set and unordered_set.

In: names of templates.  Out: rows.  Must not know: Python names of the containers.
"""

from dovetail.convert.records import Converter

RECORDS = tuple(
    Converter(
        name="set",
        matches=(f"std::{kind}",),
        takes="Iterable[{0}]",
        header="dovetail/convert/set.h",
        inner=1,
        container=kind,
        protocol="MutableSet",
    )
    for kind in ("set", "unordered_set")
)
