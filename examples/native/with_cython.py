"""Cython: `ways.pyx` takes its declarations from `terrain.pxd`, which lies beside the module."""

import subprocess
import sys
from pathlib import Path

here = Path(__file__).parent
subprocess.run(
    [sys.executable, "-m", "Cython.Build.Cythonize", "-iq", "ways.pyx"], cwd=here, check=True, stdout=subprocess.DEVNULL
)

from peaks import alps  # noqa: E402
from ways import way  # noqa: E402

print(round(way(alps)))
