"""C++ from a plan: plain CPython C-API code over the runtime headers.

In: `plan.Module`.  Out: `File` records: `NAME.cpp`; of large modules also `NAME_internal.h` and `NAME_1.cpp` …, which
compile in parallel.  Must not know: headers, compilers, disks; and it decides nothing about what Python sees.
"""

from dovetail.emit.cpp.render import render

__all__ = ["render"]
