"""`dovetail.load`: a header becomes a module, compiled on first use.

In: headers and settings of a call.  Out: the imported module.  Must not know: what the stages do.

Importing what is already built takes milliseconds: one look at the files from which it was made, one at the seal of the
extension; neither the stages nor libclang are imported for it.
"""

from __future__ import annotations

import glob
import hashlib
import importlib.machinery
import importlib.util
import json
import keyword
import os
import re
import shutil
import sys
import sysconfig
import time
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dovetail
from dovetail.build import cache, objects

Texts = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
_STAMP = "stamp.json"
_PACKAGE = Path(__file__).parent
_loaded: dict[str, tuple[str, types.ModuleType]] = {}


class LoadError(ImportError):
    """A header could not be turned into a module. The text is what the command line would print."""


def load(
    *headers: Texts,
    sources: Texts = (),
    include: Texts = (),
    libs: Texts = (),
    library_dirs: Texts = (),
    pkg_config: Texts = (),
    define: Texts = (),
    static: Texts = (),
    static_runtime: bool = False,
    abi3: str = "",
    std: str = "c++20",
    name: str | None = None,
    namespace: str | None = None,
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    cxxflags: Texts = (),
    ldflags: Texts = (),
    optimize: str = "",
) -> types.ModuleType:
    """Binds C++ headers and returns the module, which is compiled on first use and cached.

    Paths are relative to the calling file (in a prompt: to the current folder). The settings are those of
    `[tool.dovetail.modules]`; `rules` is a table by selector: `rules={"Tree::root": {"returns": "borrow"}}`.
    `name` is the module's name; by default that of the first header. A changed header, source, library, setting or
    compiler means a new build. What the call leaves out may come from the environment (`DOVETAIL_CXXFLAGS` …).
    Raises LoadError with the diagnostics.
    """
    names = tuple(text for header in headers for text in _texts(header))
    if not names:
        raise TypeError("load() needs at least one header")
    root = _calling_folder()
    settings: dict[str, Any] = {
        "headers": names,
        "sources": _texts(sources),
        "include": _texts(include),
        "libs": _texts(libs),
        "library_dirs": _texts(library_dirs),
        "pkg_config": _texts(pkg_config),
        "define": _texts(define),
        "static": _texts(static),
        "static_runtime": static_runtime,
        "abi3": abi3,
        "std": std,
        "namespace": namespace,
        "rules": {selector: dict(table) for selector, table in (rules or {}).items()},
        "cxxflags": _texts(cxxflags),
        "ldflags": _texts(ldflags),
        "optimize": optimize,
    }
    return load_settings(name or module_name(names[0]), settings, root)


def load_settings(name: str, settings: dict[str, Any], root: Path) -> types.ModuleType:
    """The module of these settings: from this process, from the cache, or built now."""
    key = _key(name, settings, root)
    trusted = cache.open_cache()
    if trusted is None:
        return _load_untrusted(key, name, settings, root)
    folder = trusted.entry(key)
    extension = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX') or '.so'}"
    stamp = _read_stamp(folder, extension)
    if stamp is None:
        with cache.locked(folder):
            stamp = _read_stamp(folder, extension)  # another process may have built it while this one waited
            if stamp is None:
                stamp = _build_into(folder, extension, name, settings, root)
    return _import(key, stamp, name, extension)


def _texts(value: Texts) -> tuple[str, ...]:
    if isinstance(value, (str, os.PathLike)):
        return (os.fspath(value),)
    return tuple(os.fspath(part) for part in value)


def _calling_folder() -> Path:
    """The folder of the file that called `load`, or the current one in a prompt."""
    file = sys._getframe(2).f_globals.get("__file__")
    return Path(file).resolve().parent if file and os.path.exists(file) else Path.cwd()


def module_name(header: str) -> str:
    """`include/row-log.hpp` is `row_log`."""
    name = re.sub(r"\W", "_", Path(header).stem, flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() or keyword.iskeyword(name) or not name else name


def _key(name: str, settings: dict[str, Any], root: Path) -> str:
    """Of everything that is known before any file is read."""
    compiler = os.environ.get("CXX", "").split() or ["c++"]
    found = shutil.which(compiler[0]) or shutil.which("g++") or shutil.which("clang++") or ""
    environment = {n: os.environ.get(n, "") for n in ("CXX", "CPATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH")}
    environment |= {n: os.environ[n] for n in os.environ if n.startswith("DOVETAIL_") and n != "DOVETAIL_CACHE"}
    facts = [
        name,
        settings,
        # A new file that a pattern matches is a change, though every file from which it was built is the same.
        [sorted(glob.glob(pattern, root_dir=root, recursive=True)) for pattern in settings.get("sources", ())],
        str(root),
        dovetail.__version__,
        _newest(_PACKAGE),
        sys.implementation.cache_tag,
        sysconfig.get_config_var("EXT_SUFFIX"),
        sysconfig.get_path("include"),
        [found, os.stat(os.path.realpath(found)).st_mtime_ns if found else 0],
        _other_compilers(settings.get("sources", ())),
        environment,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _other_compilers(sources: Sequence[str]) -> list[str]:
    """Those of Cython and Rust sources; their versions are among the files from which a module was made."""
    found = []
    if any(name.endswith((".pyx", ".py", "*")) for name in sources):
        spec = importlib.util.find_spec("Cython")
        found.append(spec.origin or "" if spec else "")
    if any(name.endswith((".rs", "*")) for name in sources):
        found.append(shutil.which(os.environ.get("RUSTC") or "rustc") or "")
        found += [os.environ.get(name, "") for name in ("RUSTUP_TOOLCHAIN", "RUSTFLAGS")]
    return found


def _newest(folder: Path) -> int:
    """When anything of dovetail itself changed last: another dovetail may write other code."""
    changed = 0
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            changed = max(changed, 0 if entry.name == "__pycache__" else _newest(Path(entry.path)))
        else:
            changed = max(changed, entry.stat().st_mtime_ns)
    return changed


def _read_stamp(folder: Path, extension: Path) -> str | None:
    """The digest of the extension if it is sealed and made from files that are still the same."""
    stamp = folder / _STAMP
    if not stamp.exists() or not cache.is_sealed(stamp):
        return None
    if time.time() - stamp.stat().st_mtime > 86400:
        os.utime(stamp)  # in use: not among what is removed
    content = json.loads(stamp.read_bytes())
    if not all(objects.is_same(row) for row in content["files"]):
        return None
    found: str = content["extension"]
    return found if found == cache.read_seal(extension) else None


def _build_into(folder: Path, extension: Path, name: str, settings: dict[str, Any], root: Path) -> str:
    """Builds, and seals the extension and the list of what it was made from."""
    import tempfile

    with tempfile.TemporaryDirectory(dir=folder, prefix="build-") as scratch:
        started = time.time_ns()
        built, dependencies = _build(name, settings, root, Path(scratch))
        rows = [objects.fingerprint(path) for path in dependencies]
        # What was saved while the compiler ran may not be what the compiler read: next time it is built again.
        rows = [(path, -1 if changed >= started else size, changed, digest) for path, size, changed, digest in rows]
        data = built.read_bytes()
        # The stamp last: without it there is no build.
        (folder / _STAMP).unlink(missing_ok=True)
        cache.write_sealed(extension, data)
        digest = hashlib.sha256(data).hexdigest()
        cache.write_sealed(folder / _STAMP, json.dumps({"extension": digest, "files": rows}).encode())
        return digest


def _build(name: str, settings: dict[str, Any], root: Path, output: Path) -> tuple[Path, tuple[Path, ...]]:
    # Only now: the stages take a tenth of a second to import.
    import logging

    from dovetail import config, pipeline
    from dovetail.diagnostics import Severity, Sink, Stopped, read_source, render_text

    sink = Sink()
    try:
        made = config.make_settings(name, sink=sink, **settings)
        defaults = {setting.name: setting.default for setting in config.settings_of(config.ModuleSettings)}
        around = config.read_environment(os.environ, sink)
        unsaid = {key: value for key, value in around.items() if getattr(made, key) == defaults[key]}
        made = config.override_settings(made, unsaid, sink)
        sink.stop_on_errors()
        built = pipeline.build(made, root, output, sink)
    except Stopped as stopped:
        text = render_text(stopped.diagnostics, read_source)
        raise LoadError(f"cannot load {', '.join(settings['headers'])}\n{text}") from None
    if warnings := [item for item in sink.diagnostics if item.level is Severity.WARNING]:
        # Once, when it is built. A program that configures logging decides what becomes of it.
        logging.getLogger("dovetail").warning("%s\n%s", name, render_text(warnings, read_source))
    return built.extension, built.dependencies


def _load_untrusted(key: str, name: str, settings: dict[str, Any], root: Path) -> types.ModuleType:
    """Without a cache: built for this process alone, in a private folder."""
    import tempfile

    output = Path(tempfile.mkdtemp(prefix="dovetail-"))
    try:
        extension, _ = _build(name, settings, root, output)
        return _import(key, cache.digest_of(extension), name, extension)
    finally:
        shutil.rmtree(output, ignore_errors=True)


def _import(key: str, digest: str, name: str, extension: Path) -> types.ModuleType:
    """The module of an extension; the same object as long as nothing changed."""
    known = _loaded.get(key)
    if known is not None and known[0] == digest:
        return known[1]
    if known is not None:
        # The system's loader knows a library by its path: a new build needs a new one to be seen.
        fresh = extension.with_name(f"{digest[:16]}-{extension.name}")
        if not fresh.exists():
            os.link(extension, fresh)
        extension = fresh
    loader = importlib.machinery.ExtensionFileLoader(name, str(extension))
    spec = importlib.util.spec_from_file_location(name, extension, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    # Pickling needs the name; a name that somebody else has, or will want (a header `json.h`), stays theirs.
    taken = name in sys.modules or name in sys.stdlib_module_names
    if not taken or (known is not None and sys.modules.get(name) is known[1]):
        sys.modules[name] = module
    _loaded[key] = digest, module
    return module
