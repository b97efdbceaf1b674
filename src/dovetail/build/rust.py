"""Rust sources: each is a crate that `rustc` makes into an archive.

In: a `Job`, `.rs` files.  Out: `Crates`: archives, what they need of the system, what they export to C.
Must not know: headers, cargo.

A crate is one file with the modules that it names (`mod other;`), for edition 2021, with nothing but Rust's own
library. What uses packages is built by cargo, as a static library that the module links (`libs`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from dovetail.build.extension import Job, Progress
from dovetail.diagnostics import NO_SPAN, Sink, Span

HOW_TO_GET_ONE = (
    "install Rust: https://rustup.rs, or rustc with your system's package manager",
    "or name it: RUSTC=/path/to/rustc",
)
_LEVELS = {"": "3", "g": "1", "fast": "3"}
# The C++ compiler links these itself, as its own options say.
_OWN_LIBRARIES = ("-lc", "-lgcc_s", "-lgcc")
_EXPORTED = re.compile(
    r"#\[\s*(?:unsafe\s*\(\s*)?(?:no_mangle|export_name\s*=\s*\"(?P<other>\w+)\")\s*\)?\s*\]"
    r"(?:\s|#\[[^\]]*\]|//[^\n]*)*"
    r"(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?extern\s*(?:\"C(?:-unwind)?\"\s*)?fn\s+(?P<name>\w+)\s*(?:<[^>(]*>)?\s*\("
)
_RESULT = re.compile(r"\s*->\s*(?P<type>[^{]+?)\s*(?:\bwhere\b[^{]*)?\{")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A function that C may call, as the source spells it."""

    name: str
    params: tuple[str, ...]
    """Their types."""
    result: str
    """"" where there is none."""
    span: Span


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Crates:
    archives: tuple[Path, ...] = ()
    ldflags: tuple[str, ...] = ()
    exported: tuple[Exported, ...] = ()
    dependencies: tuple[Path, ...] = ()
    """The sources, and the compiler itself."""


def find_rustc() -> str | None:
    """What `RUSTC` names, else the first on the path."""
    return shutil.which(os.environ.get("RUSTC") or "rustc")


def read_version(rustc: str) -> str:
    """`rustc 1.63.0 (4b91a6ea7 2022-08-08)`; "" where it does not run."""
    told = _ask(rustc)
    return told.stdout.strip() if told.returncode == 0 else ""


def runs() -> bool:
    """Whether Rust can be compiled here: rustup's stand-in for rustc is there before a toolchain is."""
    rustc = find_rustc()
    return rustc is not None and read_version(rustc) != ""


def _ask(rustc: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([rustc, "--version"], capture_output=True, text=True, errors="replace", check=False)


def _why_none(rustc: str | None) -> tuple[str, tuple[str, ...]]:
    """What is wrong, and notes on it; "" where `rustc` runs."""
    if rustc is None:
        named = os.environ.get("RUSTC")
        return f"RUSTC names `{named}`, which is not on the path" if named else "rustc was not found", ()
    told = _ask(rustc)
    if told.returncode == 0:
        return "", ()
    return f"`{rustc}` does not run", tuple(told.stderr.strip().splitlines()[:1])


def compile_crates(job: Job, files: tuple[Path, ...], sink: Sink, progress: Progress) -> Crates:
    """The archives, in the order of the files. Complaints are reported at their places."""
    if not files:
        return Crates()
    rustc = find_rustc()
    what, notes = _why_none(rustc)
    if rustc is None or what:
        names = ", ".join(f"`{file.name}`" for file in files)
        sink.report(
            "DV052", f"{what}; it is needed for {names}", Span(str(files[0])), notes=notes, helps=HOW_TO_GET_ONE
        )
        return Crates()
    made = [_compile(job, rustc, file, sink, progress) for file in files]
    ldflags = dict.fromkeys(flag for each in made for flag in each.ldflags)
    return Crates(
        archives=tuple(path for each in made for path in each.archives),
        ldflags=tuple(ldflags),
        exported=tuple(each for crate in made for each in crate.exported),
        dependencies=(*(path for each in made for path in each.dependencies), *_compiler_files(rustc)),
    )


def rust_flags(optimize: str) -> tuple[str, ...]:
    """Those of every crate; `RUSTFLAGS` comes behind."""
    level = _LEVELS.get(optimize, optimize)
    return (
        "--edition=2021",
        "--crate-type=staticlib",
        f"-Copt-level={level}",
        "-Ccodegen-units=1",
        "-Crelocation-model=pic",
    )


def _compile(job: Job, rustc: str, file: Path, sink: Sink, progress: Progress) -> Crates:
    progress(f"compiling {file.name}")
    stem = re.sub(r"\W", "_", file.stem)
    archive = job.work / f"lib{stem}-{hashlib.sha256(str(file).encode()).hexdigest()[:12]}.a"
    rule = archive.with_suffix(".rule")
    command = [
        *(rustc, *rust_flags(job.optimize), f"--crate-name={stem}"),
        *(f"--remap-path-prefix={folder}={name}" for folder, name in job.origins),
        *("--error-format=json", "--print=native-static-libs", f"--emit=link={archive},dep-info={rule}"),
        *(*shlex.split(os.environ.get("RUSTFLAGS", "")), str(file)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    messages = [message for line in done.stderr.splitlines() if (message := _read_message(line)) is not None]
    if done.returncode:
        _report(messages, job, file, done.stderr, sink)
        return Crates()
    needed = next((m["message"] for m in messages if m["message"].startswith("native-static-libs:")), "")
    libraries = [word for word in needed.partition(":")[2].split() if word not in _OWN_LIBRARIES]
    files = tuple(path for path in _read_rule(rule, job.root) if path.is_file()) or (file,)
    exported = tuple(each for path in files if path.suffix == ".rs" for each in read_exported(path))
    return Crates(archives=(archive,), ldflags=tuple(libraries), exported=exported, dependencies=files)


def _read_message(line: str) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and isinstance(message.get("message"), str) else None


def _report(messages: list[dict[str, Any]], job: Job, file: Path, stderr: str, sink: Sink) -> None:
    errors = [m for m in messages if m.get("level") == "error" and m.get("spans")]
    for message in errors[:10]:
        main = next((span for span in message["spans"] if span.get("is_primary")), message["spans"][0])
        length = main["column_end"] - main["column_start"] if main["line_start"] == main["line_end"] else 1
        path = os.path.normpath(job.root / main["file_name"])  # it says where files are as the module will
        place = Span(path, main["line_start"], main["column_start"], max(length, 1))
        children = message.get("children", [])
        notes = tuple(child["message"] for child in children if child.get("level") == "note")
        helps = tuple(child["message"] for child in children if child.get("level") == "help")
        sink.report("DV062", message["message"], place, label=main.get("label") or "", notes=notes, helps=helps)
    if not errors:
        plain = [m["message"] for m in messages if m.get("level") == "error"] or stderr.splitlines()[-6:]
        sink.report("DV062", f"rustc failed on {file.name}", NO_SPAN, notes=tuple(plain))


def _read_rule(rule: Path, root: Path) -> tuple[Path, ...]:
    """The files of a crate: rustc writes a rule for make, the same for each thing that it has made."""
    try:
        text = rule.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    right = text.partition("\n")[0].partition(": ")[2]
    return tuple(root / word.replace("\\ ", " ") for word in re.split(r"(?<!\\) ", right) if word)


def _compiler_files(rustc: str) -> tuple[Path, ...]:
    """What changes when another compiler answers to the same name, as rustup lets it."""
    told = subprocess.run([rustc, "--print=sysroot"], capture_output=True, text=True, check=False).stdout.strip()
    settings = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup") / "settings.toml"
    found = (Path(told, "bin", "rustc"), settings)
    return tuple(path for path in found if told and path.is_file())


def read_exported(file: Path) -> Iterable[Exported]:
    """The functions of a source with `#[no_mangle]` and `extern "C"`."""
    text = file.read_text(encoding="utf-8", errors="replace")
    for match in _EXPORTED.finditer(text):
        at = match.start("name")
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        params, end = _split(text, match.end())
        result = _RESULT.match(text, end)
        yield Exported(
            name=match["other"] or match["name"],
            params=tuple(part.partition(":")[2].strip() for part in params),
            result=result["type"] if result else "",
            span=Span(str(file), line, column, len(match["name"])),
        )


def _split(text: str, start: int) -> tuple[list[str], int]:
    """What stands between the commas of the bracket that is open at `start`, and where it has ended."""
    parts, depth, at, current = [], 0, start, ""
    while at < len(text) and depth >= 0:
        skipped = re.compile(r"//[^\n]*|->").match(text, at)
        sign = skipped[0] if skipped else text[at]
        depth += (sign in tuple("([<{")) - (sign in tuple(")]>}"))
        if (sign == "," and not depth) or depth < 0:
            parts.append(current)
            current = ""
        elif not sign.startswith("//"):
            current += sign
        at += len(sign)
    return [part for part in parts if part.strip()], at
