"""Headers in, `model.Module` out.

In: a `Request` (headers and the compiler's view of them).  Out: facts, as the headers state them; diagnostics.
Must not know: Python names, what will be bound. Only `clang.py` here knows libclang.
"""

from __future__ import annotations

from dovetail.diagnostics import Sink
from dovetail.model import Module
from dovetail.parse.request import Request

__all__ = ["Request", "read_headers"]


def read_headers(request: Request, sink: Sink) -> Module:
    """Everything that the headers declare. Where something was reported as an error, the module is empty."""
    try:
        # Loading libclang takes time and may fail: not before it is needed.
        from dovetail.parse.read import read
    except ImportError as error:
        sink.report("DV064", str(error), helps=("pip install libclang",))
        return Module(headers=request.headers)
    return read(request, sink)
