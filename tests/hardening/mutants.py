"""Mutated headers through parse, policy and emit: `python tests/hardening/mutants.py --count 5000`.

In: small headers in `seeds/` and those of the cases.  Out: a line of counts; 1, and each fault with its header kept
under `.cache/mutants`, if anything was found.  Must not know: what a header means.

A mutant is accepted or refused with diagnostics. A fault is anything else: a hang, a crash, an exception, the report of
an internal error, a refusal that names no place, and emitted C++ that the compiler does not take for an accepted one.
A worker reads mutants until it is done; one that overstays its time or memory ends, and its mutant is a fault.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import select
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
KEPT = ROOT / ".cache" / "mutants"
RUNTIME = ROOT / "src" / "dovetail" / "include"
SECONDS = 20.0
MEMORY = 2 << 30
"""Of address space: libclang alone maps a quarter of it."""

SPICE = (
    "{", "}", "(", ")", "[", "]", "<", ">", ";", ",", "::", "...", "&&", "*", "&", "=", "= 0", "= default", "= delete",
    "template <class T>", "template <>", "template <class... T>", "typename", "operator", "operator()", "namespace x {",
    "class", "struct S", "union", "enum", "virtual", "static", "const", "constexpr", "consteval", "mutable", "friend",
    "inline", "explicit", "extern \"C\"", "using", "typedef", "decltype(auto)", "auto", "noexcept", "throw()", "final",
    "override", "public:", "private:", "requires true", "co_await", "__int128", "_Complex", "char8_t", "alignas(64)",
    "[[deprecated(\"\\\"\\n%n\")]]", "0xffffffffffffffffffff", "1e999", "'\\377'", "u8\"\\0\"", "R\"x(*/\"\"\")x\"",
    "/* \"\"\" %n */", "// \\\n", "/// \\param \u202e x", "#define A A", "#include \"absent.h\"", "#if", "#endif",
    "#pragma once", "__attribute__((packed))", "asm(\"\")", "None", "def", "class_", "self", "lambda", "\u0430", "\x00",
)  # fmt: skip
DEEP = ("{", "(", "[", "namespace n {", "struct A {", "A<", "-", "!", "int (*", "template <class T> ")


def mutate(text: str, dice: random.Random) -> str:
    """One to four changes of a header: tokens, lines, characters, depth."""
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4))):
        text = dice.choice(_CHANGES)(text, dice)
    return text


def _change_tokens(text: str, dice: random.Random) -> str:
    pieces = _tokens(text)
    at = dice.randrange(len(pieces))
    kind = dice.randrange(4)
    if kind == 0:
        del pieces[at]
    elif kind == 1:
        pieces.insert(at, dice.choice(pieces))
    elif kind == 2:
        pieces[at] = dice.choice(pieces)
    else:
        other = dice.randrange(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]
    return "".join(pieces) or " "


def _change_lines(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [" "]
    start = dice.randrange(len(lines))
    block = lines[start : start + dice.randrange(1, 6)]
    if dice.random() < 0.5:
        del lines[start : start + len(block)]
    else:
        where = dice.randrange(len(lines))
        lines[where:where] = block
    return "".join(lines) or " "


def _add_spice(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    return f"{text[:at]} {dice.choice(SPICE)} {text[at:]}"


def _change_byte(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) or 1)
    return (
        text[:at]
        + chr(dice.choice((0, 7, 10, 13, 34, 39, 92, 127, 0xFF, 0x202E, dice.randrange(32, 127))))
        + text[at + 1 :]
    )


def _rename(text: str, dice: random.Random) -> str:
    """One word becomes another one everywhere: keywords of Python, words of the runtime, names of this header."""
    words = sorted({piece for piece in _tokens(text) if piece.isidentifier()})
    if not words:
        return text
    new = dice.choice([*words, "self", "None", "dovetail", "PyObject", "module", "home", "int_", "class_", "x" * 3000])
    old = dice.choice(words)
    return "".join(new if piece == old else piece for piece in _tokens(text))


def _dig(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(DEEP) * dice.choice((10, 300, 3000)) + text[at:]


_CHANGES = (_change_tokens, _change_tokens, _change_tokens, _change_lines, _change_lines, _add_spice, _add_spice,
            _change_byte, _rename, _rename)  # fmt: skip
_RARE = (_dig,)


def _tokens(text: str) -> list[str]:
    pieces, word = [], ""
    for character in text:
        if character.isalnum() or character == "_":
            word += character
            continue
        if word:
            pieces.append(word)
            word = ""
        pieces.append(character)
    return [*pieces, word] if word else pieces or [" "]


def make_mutant(seeds: list[str], number: int, seed: int) -> str:
    dice = random.Random(f"{seed}/{number}")
    text = mutate(dice.choice(seeds), dice)
    return _dig(text, dice) if dice.random() < 0.02 else text


# ---- a worker: one line of JSON in, one out -------------------------------------------------------------------------


def work() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(judge(Path(order["header"]), Path(order["out"]))), flush=True)


def judge(header: Path, out: Path) -> dict[str, object]:
    """What became of one header: `accepted`, or `refused` with codes, or a `fault`."""
    import traceback

    from dovetail import pipeline
    from dovetail.config import make_settings
    from dovetail.diagnostics import Sink, Stopped, read_source, render_text

    sink = Sink()
    try:
        settings = make_settings("mutant", [header.name], sink=sink)
        bindings = pipeline.bind(settings, header.parent, sink, check_symbols=False)
        for file in bindings.stubs:
            compile(file.text, file.name, "exec")
    except Stopped:
        bindings = None
    except BaseException:
        return {"fault": traceback.format_exc()}
    try:
        render_text(sink.diagnostics, read_source)
    except BaseException:
        return {"fault": traceback.format_exc()}
    errors = sink.errors
    if any(found.code == "DV090" for found in errors):
        return {"fault": "internal error"}
    if bindings is None:
        if any(found.span.line or found.code == "DV003" for found in errors):
            return {"refused": sorted({found.code for found in errors})}
        return {"fault": "refused without a place"}
    for file in bindings.sources:
        (out / file.name).write_text(file.text, encoding="utf-8")
    return {"accepted": [file.name for file in bindings.sources]}


# ---- the other side -------------------------------------------------------------------------------------------------


class Worker:
    """A process that judges headers, replaced where it hangs or dies."""

    def __init__(self) -> None:
        self.process = start_worker()

    def ask(self, header: Path, out: Path) -> dict[str, object]:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the worker has no pipes")
        stdin.write(json.dumps({"header": str(header), "out": str(out)}) + "\n")
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], SECONDS)
        line = stdout.readline() if ready else ""
        if line:
            answer: dict[str, object] = json.loads(line)
            return answer
        self.process.kill()
        code = self.process.wait()
        self.process = start_worker()
        return {"fault": f"the process died: {code}" if ready else f"no answer within {SECONDS:.0f} s"}


def start_worker() -> subprocess.Popen[str]:
    command = [sys.executable, "-X", "faulthandler", str(Path(__file__).resolve()), "--worker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def check_compiles(folder: Path, names: list[str]) -> str:
    """The compiler's first complaint about emitted code, "" if there is none."""
    units = [str(folder / name) for name in names if name.endswith(".cpp")]
    command = [os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-w", f"-I{folder}", f"-I{RUNTIME}"]
    command += [f"-I{sysconfig.get_path('include')}", *units]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=120)
    complaints = [line for line in result.stderr.splitlines() if "error:" in line]
    return complaints[0] if complaints else ""


def compiles_beside_python(header: Path) -> bool:
    """Whether the compiler takes the header behind Python.h, whose names nobody else can have. clang takes more."""
    command = [os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-w", "-x", "c++", "-include", "Python.h"]
    command += [f"-I{sysconfig.get_path('include')}", str(header)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0


def read_seeds() -> list[str]:
    small = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("seeds/*.h"))]
    cases = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/cases/*/*.h"))]
    return small * max(1, 4 * len(cases) // len(small)) + cases


def run(count: int, seed: int, first: int, compile_each: int) -> Iterator[tuple[int, str, str]]:
    """(number, verdict, detail) of every mutant; the headers of faults are kept."""
    seeds, worker = read_seeds(), Worker()
    with tempfile.TemporaryDirectory(prefix="dovetail-mutants-") as folder:
        header, out = Path(folder, "mutant.h"), Path(folder)
        accepted = 0
        for number in range(first, first + count):
            header.write_bytes(make_mutant(seeds, number, seed).encode("utf-8", "surrogatepass"))
            answer = worker.ask(header, out)
            verdict, detail = next(iter(answer.items()))
            if verdict == "accepted":
                accepted += 1
                if accepted % compile_each == 0 and compiles_beside_python(header):
                    complaint = check_compiles(out, [str(name) for name in answer["accepted"]])  # type: ignore[attr-defined]
                    verdict, detail = ("fault", complaint) if complaint else ("compiled", "")
            if verdict == "fault":
                KEPT.mkdir(parents=True, exist_ok=True)
                (KEPT / f"{seed}-{number}.h").write_bytes(header.read_bytes())
            yield number, verdict, str(detail)
    worker.process.kill()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--compile-each", type=int, default=20, help="compile one of so many accepted mutants")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work()
        return 0
    counts: Counter[str] = Counter()
    started = time.monotonic()
    for number, verdict, detail in run(options.count, options.seed, options.first, options.compile_each):
        counts[verdict] += 1
        if verdict == "fault":
            print(f"\n{KEPT / f'{options.seed}-{number}.h'}: {detail[-1500:]}", flush=True)
        if number % 50 == 0 and sys.stderr.isatty():
            print(f"\r{sum(counts.values()):,} of {options.count:,}", end="", file=sys.stderr, flush=True)
    told = ", ".join(f"{counts[name]:,} {name}" for name in ("accepted", "compiled", "refused", "fault"))
    print(
        f"{sum(counts.values()):,} mutated headers (seed {options.seed}) in {time.monotonic() - started:.0f} s: {told}"
    )
    return int(counts["fault"] > 0)


if __name__ == "__main__":
    sys.exit(main())
