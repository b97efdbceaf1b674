"""Streams, files of C and error codes: Python files as parameters, OSError for std::error_code.

In: names of classes.  Out: rows.  Must not know: how text and bytes are told apart (the runtime does).
"""

from __future__ import annotations

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use
from dovetail.model import Type

HEADER = "dovetail/convert/stream.h"


def answer_stream(request: Request, row: Converter) -> Answer:
    """A stream exists for the length of a call: a parameter by reference or pointer, nothing else."""
    character = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if character is not None and character.bare != "char":
        return Refusal(code="DV040", reason=f"`{request.type.written}` is a stream of wide characters")
    if request.use is not Use.TAKE or request.passing not in (Passing.REFERENCE, Passing.POINTER):
        return Refusal(code="DV040", reason=f"`{request.type.written}` would outlive the call")
    return Conversion(
        cpp=request.type.canonical,
        converter="stream",
        takes=row.takes,
        gives="None",
        headers=(row.header,),
        views=True,
        pointer=request.passing is Passing.POINTER,
    )


def answer_file(request: Request, row: Converter) -> Answer:
    """`FILE*`: what C opens anew over the descriptor of a Python file, for the length of a call."""
    if request.use is not Use.TAKE or request.passing is not Passing.POINTER:
        return Refusal(code="DV040", reason=f"`{request.type.written}` would outlive the call")
    return Conversion(
        cpp=request.type.canonical,
        converter="c file",
        takes=row.takes,
        gives="None",
        headers=(row.header,),
        views=True,
        pointer=True,
    )


def answer_system_error(request: Request, row: Converter) -> Answer:
    """What C++ makes of an `errno`, to throw it itself: a result."""
    if request.use is Use.TAKE or request.passing not in (Passing.VALUE, Passing.CONST_REFERENCE):
        return Refusal(code="DV040", reason=f"`{request.type.written}` is only a result")
    return Conversion(
        cpp=request.type.canonical, converter="error code", takes=row.gives, gives=row.gives, headers=(row.header,)
    )


RECORDS = (
    Converter(
        name="output stream",
        matches=("std::basic_ostream", "std::ostream"),
        takes="IO[str] | IO[bytes]",
        header=HEADER,
        special=answer_stream,
    ),
    Converter(
        name="input stream",
        matches=("std::basic_istream", "std::istream"),
        takes="IO[str] | IO[bytes]",
        header=HEADER,
        special=answer_stream,
    ),
    Converter(
        name="input and output stream",
        matches=("std::basic_iostream", "std::iostream"),
        takes="IO[str] | IO[bytes]",
        header=HEADER,
        special=answer_stream,
    ),
    Converter(
        name="c file",
        matches=("_IO_FILE", "FILE"),
        takes="IO[str] | IO[bytes]",
        header="dovetail/convert/c_file.h",
        special=answer_file,
    ),
    Converter(
        name="error code",
        matches=("std::error_code",),
        takes="OSError | None",
        gives="OSError | None",
        header="dovetail/convert/error_code.h",
    ),
    Converter(
        name="system error",
        matches=("std::system_error",),
        takes="OSError",
        gives="OSError",
        header="dovetail/convert/error_code.h",
        special=answer_system_error,
    ),
)
