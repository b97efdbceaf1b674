"""The table of conversions: which C++ types cross the border, and what Python sees of them.

In: `model.Type`.  Out: `Conversion` (annotations, runtime headers) or `Refusal` (code, reason).
Must not know: the plan, rules, how emitted code looks.

To support another type: one row in the file of its family (found by the name of the template) and one runtime header.
"""

from dovetail.convert.records import Callback, Conversion, Converter, Known, Names, Own, Passing, Refusal, Use, merge
from dovetail.convert.table import LIBRARIES, RECORDS, TABLE, find, is_known, strip, take_apart

__all__ = [
    "LIBRARIES",
    "RECORDS",
    "TABLE",
    "Callback",
    "Conversion",
    "Converter",
    "Known",
    "Names",
    "Own",
    "Passing",
    "Refusal",
    "Use",
    "find",
    "is_known",
    "merge",
    "strip",
    "take_apart",
]
