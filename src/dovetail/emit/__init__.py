"""Text from the plan: C++, stubs, docs. Pure functions from a plan to files, so that they cannot disagree.

In: `plan.Module`.  Out: `File` records.  Must not know: headers, clang, compilers, disks; and it decides nothing.
"""

from dovetail.emit.files import File
from dovetail.emit.writer import Writer

__all__ = ["File", "Writer"]
