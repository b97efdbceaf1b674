"""The build backend of an sdist that carries its generated C++: compiles it and packs the wheel.

In: `_dovetail/build.json` and the files it names.  Out: a wheel.  Must not know: dovetail, libclang, other packages.

dovetail copies this file into the sdist as `_dovetail_build.py`: it needs Python's standard library and a C++ compiler,
nothing else. `CXX`, `CXXFLAGS` and `LDFLAGS` are respected.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
GENERATED = ROOT / "_dovetail"
Settings = dict[str, object]


def get_requires_for_build_wheel(config_settings: Settings | None = None) -> list[str]:
    return []


def get_requires_for_build_sdist(config_settings: Settings | None = None) -> list[str]:
    return []


def build_wheel(
    wheel_directory: str, config_settings: Settings | None = None, metadata_directory: str | None = None
) -> str:
    """PEP 517: the name of the wheel made in that folder."""
    plan = json.loads((GENERATED / "build.json").read_text(encoding="utf-8"))
    _check_machine(plan)
    contents: dict[str, tuple[bytes, int]] = {}
    for inside, file in plan["files"].items():
        contents[inside] = ((ROOT / file).read_bytes(), 0o644)
    with tempfile.TemporaryDirectory(prefix="dovetail-") as work:
        for module in plan["modules"]:
            made = _build_module(module, Path(work).resolve())
            contents[f"{module['package']}{made.name}"] = (made.read_bytes(), 0o755)
    tag = _tag([module["abi3"] for module in plan["modules"]])
    project = plan["project"]
    info = f"{project['file_name']}-{project['version']}.dist-info"
    contents[f"{info}/METADATA"] = ((ROOT / "PKG-INFO").read_bytes(), 0o644)
    wheel = f"Wheel-Version: 1.0\nGenerator: dovetail {project['dovetail']}\nRoot-Is-Purelib: false\nTag: {tag}\n"
    contents[f"{info}/WHEEL"] = (wheel.encode(), 0o644)
    if project["entry_points"]:
        contents[f"{info}/entry_points.txt"] = (project["entry_points"].encode(), 0o644)
    for file in project["licenses"]:
        contents[f"{info}/licenses/{file}"] = ((ROOT / file).read_bytes(), 0o644)
    name = f"{project['file_name']}-{project['version']}-{tag}.whl"
    _pack(Path(wheel_directory, name), contents, f"{info}/RECORD")
    return name


def build_sdist(sdist_directory: str, config_settings: Settings | None = None) -> str:
    """PEP 517: the same sdist again."""
    project = json.loads((GENERATED / "build.json").read_text(encoding="utf-8"))["project"]
    base = f"{project['file_name']}-{project['version']}"
    with tarfile.open(Path(sdist_directory, f"{base}.tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(ROOT.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".whl":
                archive.add(path, f"{base}/{path.relative_to(ROOT).as_posix()}", recursive=False)
    return f"{base}.tar.gz"


def _check_machine(plan: dict[str, Any]) -> None:
    """The C++ names the types of the system for which it was generated: on another, `int64_t` is another type."""
    here = {"system": sys.platform, "bits": 64 if sys.maxsize > 2**32 else 32}
    if here != plan["machine"]:
        made = plan["machine"]
        sys.exit(
            f"this sdist was generated for {made['system']} with {made['bits']} bits, and this is {here['system']} "
            f"with {here['bits']}: build the project from its repository, with dovetail"
        )
    for module in plan["modules"]:
        if module["abi3"] and tuple(map(int, module["abi3"].split("."))) > sys.version_info[:2]:
            sys.exit(f"{module['name']} needs Python {module['abi3']} or later")
        if module["abi3"] and sysconfig.get_config_var("Py_GIL_DISABLED"):
            sys.exit(f"{module['name']} is for the limited API, which free-threaded Python has not")


def _tag(versions: list[str]) -> str:
    machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if versions and all(versions):
        newest = max(versions, key=lambda version: tuple(map(int, version.split("."))))
        return f"cp{newest.replace('.', '')}-abi3-{machine}"
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}{getattr(sys, 'abiflags', '')}-{machine}"


def _compiler() -> list[str]:
    named = shlex.split(os.environ.get("CXX", ""))
    if named:
        return named
    found = next((path for name in ("c++", "g++", "clang++") if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("no C++ compiler was found: install g++ or clang++, or name one in CXX")
    return [found]


def _build_module(module: dict[str, Any], work: Path) -> Path:
    """The extension of one module."""
    cxx = _compiler()
    generated = GENERATED / module["folder"]
    packages = _packages(module["pkg_config"])
    include = [str(ROOT / folder) for folder in module["include"]]
    python = [sysconfig.get_path("include"), sysconfig.get_path("platinclude")]
    flags = [
        *module["flags"],
        f"-ffile-prefix-map={ROOT}=.",
        *(f"-iquote{ROOT / folder}" for folder in module["quote"]),
        f"-iquote{generated}",
        *(f"-I{folder}" for folder in include),
        f"-isystem{GENERATED / 'include'}",
        *(f"-isystem{folder}" for folder in dict.fromkeys(python)),
        *(f"-D{macro}" for macro in module["define"]),
        *(flag for flag in packages if not flag.startswith(("-l", "-L", "-Wl,"))),
        *module["cxxflags"],
        *shlex.split(os.environ.get("CXXFLAGS", "")),
    ]
    emitted = [f"-DPy_LIMITED_API={module['limited']}"] if module["limited"] else []
    inputs = [(ROOT / file, flags) for file in module["sources"]]
    inputs += [(generated / file, [*flags, *emitted]) for file in module["units"]]
    inputs += [(generated / file, [*flags, *emitted, "-w"]) for file in module["translated"]]
    jobs = [
        [*cxx, *_language(file, own), "-c", str(file), "-o", str(work / f"{module['name']}-{number}.o")]
        for number, (file, own) in enumerate(inputs)
    ]
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with ThreadPoolExecutor(usable or 1) as pool:
        list(pool.map(_run, jobs))
    crates = [_build_crate(module, ROOT / file, work) for file in module["rust"]]
    suffix = ".abi3.so" if module["abi3"] else sysconfig.get_config_var("EXT_SUFFIX")
    output = work / f"{module['name'].rpartition('.')[2]}{suffix}"
    folders = [str(ROOT / folder) for folder in module["library_dirs"]]
    _run(
        [
            *cxx,
            *_link_flags(module, work),
            *(job[-1] for job in jobs),
            *(word for crate in crates for word in crate),
            *(f"-L{folder}" for folder in folders),
            *_libraries(cxx, module, folders),
            *(flag for flag in packages if flag.startswith(("-l", "-L", "-Wl,"))),
            *module["ldflags"],
            *shlex.split(os.environ.get("LDFLAGS", "")),
            "-o",
            str(output),
        ]
    )
    return output


def _build_crate(module: dict[str, Any], file: Path, work: Path) -> list[str]:
    """The archive of a Rust source, and what it needs of the system."""
    rustc = shutil.which(os.environ.get("RUSTC") or "rustc")
    if rustc is None:
        sys.exit(f"rustc was not found, which {file.name} needs: install Rust, or name its compiler in RUSTC")
    crate = re.sub(r"\W", "_", file.stem)
    archive = work / f"lib{module['name']}-{crate}.a"
    command = [rustc, *module["rust_flags"], f"--crate-name={crate}", f"--remap-path-prefix={ROOT}=."]
    command += [
        "--print=native-static-libs",
        *shlex.split(os.environ.get("RUSTFLAGS", "")),
        "-o",
        str(archive),
        str(file),
    ]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stderr}this failed: {shlex.join(command)}")
    needed = re.search(r"native-static-libs: (.*)", done.stderr)
    libraries = needed[1].split() if needed else []
    return [str(archive), *(word for word in libraries if word not in ("-lc", "-lgcc_s", "-lgcc"))]


def _language(file: Path, flags: list[str]) -> list[str]:
    """C files are C: without the C++ standard."""
    if file.suffix != ".c":
        return flags
    return ["-x", "c", *(flag for flag in flags if not flag.startswith("-std="))]


def _link_flags(module: dict[str, Any], work: Path) -> list[str]:
    if sys.platform == "darwin":
        return ["-bundle", "-undefined", "dynamic_lookup", "-Wl,-exported_symbol,_PyInit_*"]
    exports = work / "exports.map"
    exports.write_text("{ global: PyInit_*; local: *; };\n", encoding="ascii")
    flags = ["-shared", "-s", "-Wl,--as-needed", "-Wl,--gc-sections", f"-Wl,--version-script={exports}"]
    flags += ["-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"]
    return [*flags, *(["-static-libstdc++", "-static-libgcc"] if module["static_runtime"] else [])]


def _libraries(cxx: list[str], module: dict[str, Any], folders: list[str]) -> list[str]:
    """Names for the linker; of those that are to be linked statically the archives."""
    found = []
    search = list(folders)
    if module["static"]:
        told = subprocess.run([*cxx, "--print-search-dirs"], capture_output=True, text=True, check=False).stdout
        lines = [line for line in told.splitlines() if line.startswith("libraries: =")]
        search += lines[0].removeprefix("libraries: =").split(os.pathsep) if lines else ["/usr/lib"]
    for name in dict.fromkeys([*module["libs"], *module["static"]]):
        if "/" in name:
            found.append(str(ROOT / name))
        elif name not in module["static"]:
            found.append(f"-l{name}")
        else:
            archives = [path for folder in search if (path := Path(folder, f"lib{name}.a")).is_file()]
            if not archives:
                sys.exit(f"lib{name}.a was not found, which is to be linked statically")
            found.append(str(archives[0]))
    return found


def _packages(names: list[str]) -> list[str]:
    if not names:
        return []
    tool = os.environ.get("PKG_CONFIG") or shutil.which("pkg-config") or shutil.which("pkgconf")
    if not tool:
        sys.exit(f"pkg-config was not found; it is needed for {', '.join(names)}")
    told = subprocess.run([tool, "--cflags", "--libs", *names], stdout=subprocess.PIPE, text=True, check=False)
    if told.returncode:
        sys.exit(f"pkg-config cannot give {', '.join(names)}: install the development packages")
    return shlex.split(told.stdout)


def _run(command: Iterable[str]) -> None:
    words = list(command)
    if subprocess.run(words, check=False).returncode:
        sys.exit(f"this failed: {shlex.join(words)}")


def _pack(path: Path, contents: dict[str, tuple[bytes, int]], record: str) -> None:
    """A wheel: the same bytes for the same contents."""
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "1580601600"))
    date = max(time.gmtime(epoch)[:6], (1980, 1, 1, 0, 0, 0))
    rows = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents, key=lambda name: (".dist-info/" in name, name)):
            data, mode = contents[name]
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}\n")
            _write(archive, name, data, mode, date)
        _write(archive, record, "".join([*rows, f"{record},,\n"]).encode(), 0o644, date)


def _write(archive: zipfile.ZipFile, name: str, data: bytes, mode: int, date: tuple[int, ...]) -> None:
    entry = zipfile.ZipInfo(name, (date[0], date[1], date[2], date[3], date[4], date[5]))
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)
