"""What running a command costs. In: a command. Out: `Cost`; the size of a stripped file; the time of an import.

CPU seconds are those of the command and all it started, so that a busy machine does not spoil them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    cpu_s: float
    wall_s: float
    peak_mb: float


def measure_command(command: Sequence[str | os.PathLike[str]], folder: Path, env: dict[str, str] | None = None) -> Cost:
    """Runs a command; its output goes to `last-command.log` in the folder, and is shown if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "last-command.log"
    with log.open("wb") as output, log.with_suffix(".err").open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [os.fspath(part) for part in command], cwd=folder, env=env, stdout=output, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        for path in (log, log.with_suffix(".err")):
            sys.stderr.write(path.read_text(errors="replace")[-4000:])
        raise subprocess.CalledProcessError(process.returncode, [os.fspath(part) for part in command])
    return Cost(cpu_s=usage.ru_utime + usage.ru_stime, wall_s=wall, peak_mb=usage.ru_maxrss / 1024)


def stripped_kb(file: Path) -> float:
    """The size of a file without symbols; the file itself stays as it is."""
    copy = file.with_name(file.name + ".stripped")
    shutil.copyfile(file, copy)
    subprocess.run(["strip", str(copy)], check=True)
    size = copy.stat().st_size / 1024
    copy.unlink()
    return size


def import_ms(python: Path, folder: Path, module: str, times: int = 15) -> tuple[float, float]:
    """The least and the median time of an import, each in a fresh process."""
    code = (
        f"import sys, time; sys.path.insert(0, {str(folder)!r}); start = time.perf_counter(); import {module}; "
        "print((time.perf_counter() - start) * 1e3)"
    )
    taken = [
        float(subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(times)
    ]
    return min(taken), statistics.median(taken)
