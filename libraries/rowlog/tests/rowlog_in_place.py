"""The package, built once from the sources as they are: for tests and benchmarks, without an installation.

In: a Python with dovetail.  Out: `PLACE`, a folder to import rowlog from.

The extension is built into `.cache/rowlog` of the checkout, beside links to the package's own files: what is used is
what is in `python/rowlog`, and an editable install beside it is left alone. dovetail keeps the objects, so a second run
builds nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CHECKOUT = PROJECT.parents[1]
PACKAGE = PROJECT / "python" / "rowlog"
PLACE = CHECKOUT / ".cache" / "rowlog" / (sysconfig.get_config_var("SOABI") or "python")


class BuildError(Exception):
    """Says what the compiler said."""


def build() -> None:
    """Builds what is not built yet; other processes wait for it."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with open(PLACE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = PLACE / "built-from"
        fingerprint = fingerprint_sources()
        if not stamp.exists() or stamp.read_text() != fingerprint:
            stamp.unlink(missing_ok=True)
            command = [sys.executable, "-m", "dovetail", "build", "--quiet", "-o", str(PLACE)]
            done = subprocess.run(command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise BuildError(f"rowlog could not be built:\n{done.stdout}{done.stderr}")
            stamp.write_text(fingerprint)
        link_package()


def environment() -> dict[str, str]:
    return {"DOVETAIL_CACHE": str(PLACE.parent / "objects"), **os.environ}


def fingerprint_sources() -> str:
    """Of all that the extension is made of, dovetail included."""
    import dovetail

    digest = hashlib.sha256(sys.version.encode())
    tops = (PROJECT / "include", PROJECT / "src", Path(dovetail.__file__).parent)
    files = [PROJECT / "pyproject.toml", *(path for top in tops for path in sorted(top.rglob("*.*")))]
    for path in files:
        if path.suffix in (".h", ".cpp", ".py", ".toml"):
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def link_package() -> None:
    package = PLACE / "rowlog"
    for path in package.iterdir():
        if path.is_symlink() and not path.exists():
            path.unlink()
    for path in PACKAGE.iterdir():
        target = package / path.name
        if path.suffix in (".py", ".typed") and not target.is_symlink():
            target.symlink_to(path)
