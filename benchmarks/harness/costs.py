"""What running a command costs. In: a command. Out: `Cost`; the size of a stripped file; the time of an import.

CPU seconds are those of the command and all it started, so that a busy machine does not spoil them. All runs on one
processor: two that share a core slow each other down, and only some commands would use both. Instructions, counted by
`perf` where there is one, are the same in every run.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    cpu_s: float
    wall_s: float
    peak_mb: float
    instructions_g: float = 0.0
    """In user mode, in units of 10⁹; 0: they cannot be counted here."""


def measure_command(command: Sequence[str | os.PathLike[str]], folder: Path, env: dict[str, str] | None = None) -> Cost:
    """Runs a command; its output goes to `last-command.log` in the folder, and is shown if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "last-command.log"
    counted = folder / "last-command.count"
    counter = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o", str(counted)] if _can_count() else []
    with _one_processor(), log.open("wb") as output, log.with_suffix(".err").open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [*counter, *(os.fspath(part) for part in command)],
            cwd=folder,
            env=env,
            stdout=output,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        for path in (log, log.with_suffix(".err")):
            sys.stderr.write(path.read_text(errors="replace")[-4000:])
        raise subprocess.CalledProcessError(process.returncode, [os.fspath(part) for part in command])
    count = _read_count(counted) if counter else 0.0
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(cpu_s=cpu, wall_s=wall, peak_mb=usage.ru_maxrss / 1024, instructions_g=count)


@contextlib.contextmanager
def _one_processor() -> Iterator[None]:
    """For this process and what it starts."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@functools.cache
def _can_count() -> bool:
    if shutil.which("perf") is None:
        return False
    command = ["perf", "stat", "-x", ",", "-e", "instructions:u", "true"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return tried.returncode == 0 and tried.stderr.split(",")[0].isdigit()


def _read_count(file: Path) -> float:
    lines = [line for line in file.read_text().splitlines() if "instructions" in line]
    return int(lines[0].split(",")[0]) / 1e9 if lines else 0.0


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
