"""Headers in, `model.Module` out.

In: a `Request` (headers and the compiler's view of them).  Out: facts, as the headers state them; diagnostics.
Must not know: Python names, what will be bound. Only `clang.py` here knows libclang.
"""

from __future__ import annotations

import threading
from typing import Final

from dovetail.diagnostics import Sink
from dovetail.model import Module
from dovetail.parse.locate import digest_of
from dovetail.parse.request import Listed, Request

__all__ = ["Listed", "Request", "digest_of", "read_headers"]

# Clang recurses as deeply as a header nests, and dies where the stack ends. This much is only reserved, not used.
_STACK: Final = 512 << 20
_starting: Final = threading.Lock()


def read_headers(request: Request, sink: Sink) -> Module:
    """Everything that the headers declare. Where something was reported as an error, the module is empty."""
    try:
        # Loading libclang takes time and may fail: not before it is needed.
        from dovetail.parse.read import read
    except ImportError as error:
        sink.report("DV064", str(error), helps=("pip install libclang",))
        return Module(headers=request.headers)
    results: list[Module | BaseException] = []

    def work() -> None:
        try:
            results.append(read(request, sink))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=work, name="dovetail-parse")
    with _starting:
        before = threading.stack_size(_STACK)
        try:
            thread.start()
        except RuntimeError:
            work()  # no memory for such a stack: the caller's has to do
        finally:
            threading.stack_size(before)
    if thread.ident is not None:
        thread.join()
    outcome = results[0]
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome
