"""The machine a result comes from, so that numbers of different days are not compared by mistake. Out: plain data."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path


def describe_machine() -> dict[str, object]:
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "compiler": _first_line("g++", "--version"),
        "swig": _first_line("swig", "-version"),
        "valgrind": _first_line("valgrind", "--version"),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _first_line(*command: str) -> str:
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "absent"
    return next((line.strip() for line in run.stdout.splitlines() if line.strip()), "?")
