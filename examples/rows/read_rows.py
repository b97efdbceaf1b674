"""Read a binary row log from Python, with the C++ reader of this folder.

python read_rows.py                    # writes a small log and prints it
python read_rows.py trades.log 3       # prints the first three rows of your own
"""

import sys
import tempfile
from itertools import islice
from pathlib import Path

import dovetail

here = Path(__file__).parent
mod = dovetail.load(here / "binary_reader.h", sources=[here / "binary_reader.cpp"])


def print_rows(filename, count):
    reader = mod.RowReader(filename)
    rows = reader.getRows()
    print("Number of rows: " + str(len(rows)))
    for i, row in enumerate(islice(rows, count)):
        print("Row " + str(i) + " is " + str(row))
        for item in row.items():
            print(f"    - {reader.getIdName(item.id)}:{item.value}")
    print("Rows with a signal above 1.2: " + str(len(reader.getRowsWithSignalGreaterThan(1.2))))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print_rows(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10)
    else:
        with tempfile.TemporaryDirectory() as folder:
            log = str(Path(folder) / "example.log")
            mod.writeExampleLog(log, rows=4)
            print_rows(log, 4)
