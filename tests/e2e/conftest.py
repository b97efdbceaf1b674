"""What the tests of whole projects share: an environment into which dovetail is installed as a user would have it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
OFFLINE = ("--no-deps", "--no-build-isolation")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with dovetail's own wheel; other packages are those of the running one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    found = folder / "bin" / "python"
    inside = subprocess.run(
        [found, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    # Behind its own packages: the installed dovetail is found before the one of the checkout.
    outer = sysconfig.get_path("purelib")
    Path(inside, "outer.pth").write_text(f"import site; site.addsitedir({outer!r})\n")
    done = subprocess.run(
        [found, *PIP, "install", *OFFLINE, CHECKOUT], check=False, capture_output=True, text=True, env=clean()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return found


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all of these tests, which build the same project in several ways."""
    return tmp_path_factory.mktemp("shared") / "cache"


@pytest.fixture
def run(python: Path, cache: Path, tmp_path: Path) -> Run:
    """Runs Python of that environment; the run must end as told, else the test fails with what it printed."""

    def run_python(
        *arguments: str | Path, cwd: Path = tmp_path, code: int = 0, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {**clean(), "DOVETAIL_CACHE": str(cache), **(env or {})}
        return run_command([python, *arguments], cwd, environment, code)

    return run_python


def run_command(
    command: Sequence[str | Path], cwd: Path, env: dict[str, str], code: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == code, (
        f"{list(map(str, command))} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done


def clean() -> dict[str, str]:
    """The environment without what would let the checkout in again, or choose another compiler."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CXX", "PYTHONHOME")}
