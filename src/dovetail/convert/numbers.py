"""Numbers: integers, floating point, bool, std::byte, complex, bitset.

In: kinds and names of types.  Out: rows.  Must not know: ranges (the runtime checks them).
"""

from dovetail.convert.records import Converter
from dovetail.model import TypeKind

HEADER = "dovetail/convert/numbers.h"

RECORDS = (
    Converter(name="bool", matches=(TypeKind.BOOL,), takes="bool", gives="bool", header=HEADER),
    Converter(name="integer", matches=(TypeKind.INTEGER,), takes="int", gives="int", header=HEADER),
    Converter(name="float", matches=(TypeKind.FLOAT,), takes="float", gives="float", header=HEADER),
    Converter(
        name="bitset",
        matches=("std::bitset",),
        takes="int",
        gives="int",
        header="dovetail/convert/bitset.h",
    ),
    Converter(
        name="complex",
        matches=("std::complex",),
        takes="complex",
        gives="complex",
        header="dovetail/convert/complex.h",
    ),
    Converter(
        name="none",
        matches=(TypeKind.NULLPTR, "std::nullopt_t"),
        takes="None",
        gives="None",
        header="dovetail/convert/optional.h",
    ),
    Converter(
        name="monostate",
        matches=("std::monostate",),
        takes="None",
        gives="None",
        header="dovetail/convert/monostate.h",
    ),
)
