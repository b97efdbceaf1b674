"""`make demo`: what dovetail does, in two minutes. Run by dev.py, which has made the environment.

Everything it makes goes to `.cache/demo`. Colours only on a terminal, and not with NO_COLOR.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".cache" / "demo"
ROWS = ROOT / "examples" / "rows"
DOVETAIL = Path(sys.executable).with_name("dovetail")
ROW_COUNT = 1_000_000

sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "corpus")]

out = Console(highlight=False, width=min(Console().width, 110) if sys.stdout.isatty() else 110)


def main() -> int:
    PLACE.mkdir(parents=True, exist_ok=True)
    out.print("[bold]dovetail[/]: a C++ header in, a fast typed Python module out")
    reader = bind_reader()
    show_stub()
    show_bound()
    log = write_log(reader)
    use_reader(reader, log)
    compare_calls()
    bind_library()
    section("Where to go from here")
    out.print("README.md, docs/tutorial.md, and the folders beside this script: examples/geometry, examples/primes")
    return 0


# --- a file format -----------------------------------------------------------------------------------------------


def bind_reader() -> ModuleType:
    section("A C++ library that reads binary logs, bound as it is")
    folder = PLACE / "rows"
    folder.mkdir(exist_ok=True)
    header, source = ROWS / "binary_reader.h", ROWS / "binary_reader.cpp"
    (folder / "dovetail.toml").write_text(
        f"[modules.binary_reader]\nheaders = [{json.dumps(str(header))}]\nsources = [{json.dumps(str(source))}]\n"
    )
    code = "[cyan]class[/] RowReader : [cyan]public[/] BinaryListener {\n  [dim]…[/]\n"
    out.print(f"{code}  [cyan]const[/] std::vector<Row>& getRows() [cyan]const[/];\n}};    [dim]{shown(header)}[/]\n")
    out.print("[green]$[/] dovetail build")
    with working("reading the header, writing the binding, compiling it"):
        run(DOVETAIL, "build", cwd=folder)
    sys.path.insert(0, str(next(folder.rglob("binary_reader*.so")).parent))
    return importlib.import_module("binary_reader")


def show_stub() -> None:
    stub = next((PLACE / "rows").rglob("binary_reader.pyi")).read_text()
    start = stub.index("class RowReader")
    lines = stub[start:].splitlines()
    end = next((i for i, line in enumerate(lines[1:], 1) if line and not line.startswith(" ")), len(lines))
    out.print(
        f"\nThe stub it wrote ({len(stub.splitlines())} lines), for editors and type checkers; the part of one class:"
    )
    out.print(Syntax("\n".join(lines[:end]).rstrip(), "python", theme="ansi_dark", background_color="default"))


def show_bound() -> None:
    facts = json.loads(run(DOVETAIL, "check", "--format", "json", cwd=PLACE / "rows", check=False))
    out.print(render_bound(facts))


def write_log(module: ModuleType) -> str:
    section(f"The loop that its users write, on a log of {ROW_COUNT:,} rows")
    log = PLACE / "rows.log"
    with working("writing the log"):
        module.writeExampleLog(str(log), ROW_COUNT)
    out.print(f"{shown(log)}: {log.stat().st_size / 1e6:.0f} MB")
    return str(log)


def use_reader(module: ModuleType, log: str) -> None:
    with working("RowReader(log), and getRows()"):
        reader = module.RowReader(log)
        rows = reader.getRows()
    print("Number of rows: " + str(len(rows)))
    for i, row in enumerate(islice(rows, 2)):
        print("Row " + str(i) + " is " + str(row))
        for item in row.items():
            print(f"    - {reader.getIdName(item.id)}:{item.value}")
    with working("[item.value for row in rows for item in row.items()]"):
        values = [item.value for row in rows for item in row.items()]
    out.print(f"{len(values):,} items reached one by one from Python; rows and items are those of C++, not copies")
    with working("getRowsWithSignalGreaterThan(1.2)"):
        found = reader.getRowsWithSignalGreaterThan(1.2)
    out.print(f"{len(found):,} rows found by C++")


# --- the cost of a call ----------------------------------------------------------------------------------------------


def compare_calls() -> None:
    section("What a call costs")
    from benchmarks.harness.interpreters import look_at
    from benchmarks.harness.loops import Statement, measure_times
    from benchmarks.talk.small import SMALL_ROUTES

    env = look_at(Path(sys.executable))
    folder = PLACE / "calls"
    folder.mkdir(exist_ok=True)
    rivals = install_rivals()
    built, statements = {}, []
    sys.path.insert(0, str(folder))
    for route, build in SMALL_ROUTES.items():
        if route not in ("dovetail", *rivals):
            continue
        with working(f"compiling one function with {route}"):
            built[route] = build(env, folder)
        function = importlib.import_module(built[route].module).increment
        statements.append(Statement(route, "increment", "f(41)", {"f": function}))
    statements.append(Statement("pure Python", "increment", "f(41)", {"f": lambda x: x + 1}))
    with working("measuring, interleaved"):
        times = measure_times(statements, rounds=300, slice_ms=0.4)
    table = Table("", "ns per call", "to make, CPU s", "size, KB", box=None, header_style="dim")
    for statement in statements:
        made = built.get(statement.route)
        cost = times[statement.key].p10 - times["loop/empty"].p10
        facts = (f"{made.generate_cpu_s + made.compile_cpu_s:.1f}", f"{made.size_kb:.0f}") if made else ("", "")
        table.add_row(
            statement.route, f"{cost:.1f}", *facts, style="bold green" if statement.route == "dovetail" else ""
        )
    for column in table.columns[1:]:
        column.justify = "right"
    out.print(table)
    out.print(
        "[dim]int increment(int); the empty loop is taken off, the core of nanobind not counted. More: make bench[/]"
    )


def install_rivals() -> list[str]:
    """Installed when the demo needs them, because nothing else does."""
    wanted = ["pybind11", "nanobind"]
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        with working(f"installing {' and '.join(missing)} to compare with"):
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1"]
            failed = subprocess.run([*pip, *missing], check=False, stderr=subprocess.DEVNULL).returncode
        importlib.invalidate_caches()
        if failed:
            out.print(f"[yellow]{' and '.join(missing)} could not be installed (offline?): left out of the table[/]")
    return [name for name in wanted if importlib.util.find_spec(name) is not None]


# --- a library from the system ---------------------------------------------------------------------------------------

DOCUMENT = (
    "<catalogue><book id='1'><title>Dovetails</title></book><book id='2'><title>Mortise</title></book></catalogue>"
)


def bind_library() -> None:
    section("A library from the system, unmodified and without a line of configuration")
    from libraries import read_library

    found = [read_library(name) for name in ("pugixml", "tinyxml2")]
    present = next((library for library in found if library.missing_header() is None), None)
    if present is None:
        packages = " or ".join(library.package for library in found)
        out.print(f"[yellow]Neither pugixml nor tinyxml2 is installed.[/] To see this part: apt-get install {packages}")
        return
    (header,) = present.settings["headers"]
    libs = present.settings["libs"]
    prompt(f"module = dovetail.load({header!r}, libs={libs!r})")
    import dovetail

    with working(f"binding and compiling {present.name}"):
        module = dovetail.load(header, libs=libs, name=present.module)
    if present.name == "pugixml":
        document = module.xml_document()
        document.load_string(DOCUMENT)
        titles = [book.child_value("title") for book in document.child("catalogue")]
        prompt("[book.child_value('title') for book in document.child('catalogue')]")
    else:
        document = module.XMLDocument()
        document.Parse(DOCUMENT)
        book = document.RootElement().FirstChildElement("book")
        titles = [book.FirstChildElement("title").GetText()]
        prompt("[book.FirstChildElement('title').GetText()]")
    out.print(escape(repr(titles)))
    out.print(render_bound(json.loads(run(DOVETAIL, "check", "--format", "json", cwd=present.folder, check=False))))


# --- showing ---------------------------------------------------------------------------------------------------------


def render_bound(facts: dict[str, Any]) -> Table:
    """What `dovetail check` says: how many of each, and why the others are not."""
    (module,) = facts["modules"]
    table = Table("what was bound", "", "not bound, and why", box=None, header_style="dim")
    # The same reason for another parameter is the same reason.
    said = (re.sub(r"^(parameter \S+|result): ", "", item["reason"]) for item in module["skipped"] if item["counts"])
    reasons = Counter(said)
    told = [f"{number} × {reason}" for reason, number in reasons.most_common(4)]
    if len(reasons) > len(told):
        told[-1] = (
            f"… {sum(reasons.values()) - sum(n for _, n in reasons.most_common(3))} more: dovetail check --skipped"
        )
    bound, callables = module["callables_bound"], module["callables"]
    rows = [
        ("callables", f"{bound} of {callables} ({bound / max(callables, 1):.0%})"),
        ("fields", f"{module['fields_bound']} of {module['fields']}"),
        ("classes", str(module["classes"])),
        ("enums", str(module["enums"])),
    ]
    for (name, number), reason in zip_longest(rows, told, fillvalue=""):
        table.add_row(name, number, escape(reason))
    return table


def prompt(code: str) -> None:
    out.print(f"[green]>>>[/] {escape(code)}")


def section(title: str) -> None:
    out.print()
    out.print(Rule(f"[bold]{title}[/]", align="left", style="dim"))


@contextmanager
def working(what: str) -> Iterator[None]:
    """Says what is going on, and afterwards how long it took."""
    start = time.perf_counter()
    with out.status(f"{what} …"):
        yield
    out.print(f"[dim]{time.perf_counter() - start:6.2f} s  {escape(what)}[/]")


def run(*command: Path | str, cwd: Path, check: bool = True) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, text=True, capture_output=True, check=False)
    if check and done.returncode != 0:
        out.print(escape(done.stdout + done.stderr))
        sys.exit(done.returncode)
    return done.stdout


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    if shutil.which("c++") is None and shutil.which("g++") is None:
        sys.exit("error: no C++ compiler found")
    sys.exit(main())
