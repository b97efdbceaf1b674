"""Numba: bound functions, methods, fields and containers in compiled Python, by their ordinary names.

In: modules made by dovetail, as compiled functions name them or get objects of theirs.  Out: Numba's types, typing and
lowering for them.  Must not know: headers; how modules are made.

Numba calls `init` when it is first used (entry point `numba_extensions`), so that nothing need be imported for it. A
call becomes one of the native function, by a symbol whose name holds the hash of all signatures. Numba's cache keeps
names: `Symbol` gives them their addresses again in another process, and code of another build is compiled anew.
"""

from __future__ import annotations

from functools import cache

__all__ = ["init"]


@cache
def init() -> None:
    """Teaches Numba, once."""
    from dovetail.numba import boxing, keyed, objects, owning, ranges, sequences, symbols, texts

    symbols.keep_stale_code_out()
    for part in (objects, boxing, ranges, sequences, keyed, owning, texts):
        part.teach()
