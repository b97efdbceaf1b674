"""Paths of the file system.

In: names of classes.  Out: rows.  Must not know: file-system encodings (the runtime's).
"""

from dovetail.convert.records import Converter

RECORDS = (
    Converter(
        name="path",
        matches=("std::filesystem::path",),
        takes="str | os.PathLike[str]",
        gives="pathlib.Path",
        header="dovetail/convert/path.h",
    ),
)
