"""Numbers: integers, floating point, bool, std::byte, complex, bitset.

In: kinds and names of types.  Out: rows.  Must not know: ranges (the runtime checks them).
"""

from dovetail.convert.families import answer_template
from dovetail.convert.records import Answer, Converter, Refusal, Request
from dovetail.model import TypeKind

HEADER = "dovetail/convert/numbers.h"
LARGEST = 8


def answer_integer(request: Request, row: Converter) -> Answer:
    """All but the 128-bit integers of some compilers."""
    if (request.core.size or 0) > LARGEST:
        return Refusal(code="DV040", reason=f"`{request.type.written}` has more than 64 bits")
    return answer_template(request, row)


RECORDS = (
    Converter(name="bool", matches=(TypeKind.BOOL,), takes="bool", gives="bool", header=HEADER),
    Converter(
        name="integer",
        matches=(TypeKind.INTEGER,),
        takes="int",
        gives="int",
        header=HEADER,
        special=answer_integer,
    ),
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
