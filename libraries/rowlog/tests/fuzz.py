"""Reads a million logs that were changed at random, under AddressSanitizer and UBSan: `make fuzz`.

python fuzz.py [--count 1000000] [--seed 1] [--first 0] [--jobs N]

Half of the cases get right checksums again, so that what lies behind the checksums is reached. Case number i of a seed
is the same on every machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from cpp_build import build

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    program = build(
        "fuzz",
        [HERE / "cpp" / "fuzz.cpp"],
        ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    )
    share = -(-options.count // options.jobs)
    begin = time.monotonic()
    running = []
    for first in range(options.first, options.first + options.count, share):
        count = min(share, options.first + options.count - first)
        command = [str(part) for part in (program, count, options.seed, first)]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    failed = 0
    for process in running:
        out, err = process.communicate()
        print(out, end="")
        if process.returncode != 0:
            failed += 1
            told = [line for line in err.splitlines() if line.endswith(" cases")]
            print(f"failed after {told[-1] if told else '0 cases'}:\n{err[-8000:]}", file=sys.stderr)
    print(f"{options.count} logs in {time.monotonic() - begin:.0f} s, {failed} of {len(running)} processes failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
