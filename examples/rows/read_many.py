"""Read several logs at once: the constructor runs without the interpreter lock, so the threads run side by side.

python read_many.py a.log b.log c.log
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dovetail

here = Path(__file__).parent
mod = dovetail.load(
    here / "binary_reader.h",
    sources=[here / "binary_reader.cpp"],
    name="binary_reader_threads",
    rules={"RowReader::RowReader": {"release_gil": True}},
)

start = time.perf_counter()
with ThreadPoolExecutor(max_workers=10) as executor:
    readers = list(executor.map(mod.RowReader, sys.argv[1:]))
print(f"{sum(len(reader.getRows()) for reader in readers)} rows in {time.perf_counter() - start:.2f} s")
