"""The library itself, and what it says when a call failed.

In: `_abi.py` and the shared library beside this file.  Out: `ffi`, `lib`, and Python exceptions for those of C++.
Must not know: objects, conversions.
"""

from __future__ import annotations

import os
from typing import Any

_MODULE = __name__.rpartition(".")[0][: -len("_pypy")]

try:
    from . import _abi  # type: ignore[attr-defined,unused-ignore]
except ImportError as error:
    if error.name != "_cffi_backend" and "_cffi_backend" not in str(error):
        raise
    message = (
        f"{_MODULE} calls its library through cffi, which is not installed: PyPy brings it; else `pip install cffi`"
    )
    raise ImportError(message, name=_MODULE) from None

ffi: Any = _abi.ffi
_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), _abi.LIBRARY)
try:
    lib: Any = ffi.dlopen(_PATH)
except OSError as error:
    raise ImportError(f"{_MODULE}: its library cannot be loaded: {error}", name=_MODULE, path=_PATH) from None
if lib.dovetail_abi() != _abi.ABI:
    raise ImportError(f"{_MODULE}: {_abi.LIBRARY} was not built together with it", name=_MODULE, path=_PATH)

null = ffi.NULL
raised: list[Any] = []
"""The exception classes of the header; the library names them by their places here."""

_STANDARD = (
    RuntimeError,
    IndexError,
    ValueError,
    OverflowError,
    ArithmeticError,
    MemoryError,
    TypeError,
    OSError,
)
_error = lib.dovetail_error


def check() -> None:
    """Raises what the last call of this thread failed with; nothing where its result only looks like a failure."""
    found = _error()
    if found:
        try:
            exception = _describe(found)
        finally:
            lib.dovetail_drop_error(found)
        raise exception


def _describe(found: Any) -> BaseException:
    words = ffi.unpack(found.text, found.size).decode("utf-8", "backslashreplace")
    exception: Any
    if found.kind >= 100:
        class_ = raised[found.kind - 100]
        exception = class_.__new__(class_, words)
        exception.args = (words,)
        if found.value:
            exception._p = exception._m = ffi.gc(found.value, class_._delete)
    else:
        class_ = _STANDARD[found.kind]
        if class_ is OSError and found.number:
            exception = OSError(found.number, words)
        else:
            exception = class_(words) if words else class_()
    if found.cause:
        exception.__cause__ = _describe(found.cause)
    return exception  # type: ignore[no-any-return]
