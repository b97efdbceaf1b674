#!/usr/bin/env python3
"""Measures rowlog beside others: `python run.py`, or `python run.py whole single`.

Each contestant has a process of its own, which lives through the run; they are asked in turn, round after round, so
that what else the machine does falls on all of them alike. CPU time counts (of all threads), and the median of the
rounds. The memory is the peak of a first run in that process above what it had when it was ready, pages of mapped files
included.

Writes results/rivals.json, and from it results/rivals.md and results/rivals.png. Contestants whose packages are not
installed are left out and named. Needs 2 GB in the folder of files (`--folder`), which are kept for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
ROWS = 1_000_000
PACKAGES = ("numpy", "pandas", "polars", "pyarrow", "databento-dbn", "numba")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/rowlog-benchmark"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        return work(chosen.folder, *chosen.work)
    find_rowlog()
    make_files(chosen.folder)
    found = measure(chosen.folder, chosen.tasks, chosen.rounds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "rivals.json").write_text(json.dumps(found, indent=1) + "\n")
    from render import render

    render(found, RESULTS)
    print((RESULTS / "rivals.md").read_text())
    return 0


def find_rowlog() -> None:
    """The one that is installed, or one that is built from the checkout."""
    try:
        import rowlog  # noqa: F401
    except ImportError:
        sys.path.insert(0, str(HERE.parent / "tests"))
        from rowlog_in_place import PLACE, build

        build()
        sys.path.insert(0, str(PLACE))
        os.environ["PYTHONPATH"] = os.pathsep.join([str(PLACE), *filter(None, [os.environ.get("PYTHONPATH")])])


# ---- files ---------------------------------------------------------------------------------------------------------


def make_files(folder: Path) -> None:
    """What is there is taken to be right: it is the same for the same seed."""
    import rowlog

    folder.mkdir(parents=True, exist_ok=True)
    for name, rows, seed in (("talk", ROWS, 1), ("talk2", ROWS, 2), ("talk3", ROWS, 3), ("small", ROWS // 10, 1)):
        path = folder / f"{name}.rlog"
        if not path.exists():
            rowlog.generate(path, rows, seed=seed)
    for name, link in (("talk", "talk1.rlog"),):
        if not (folder / link).exists():
            (folder / link).symlink_to(f"{name}.rlog")
    for name, target in (("talk", "plain.bin"), ("small", "small.bin")):
        if not (folder / target).exists():
            rowlog.export_records(folder / f"{name}.rlog", folder / target)
    if not (folder / "sealed.rlog").exists():
        rowlog.convert(folder / "talk.rlog", folder / "sealed.rlog")
    for name in ("talk1", "talk2", "talk3", "small"):
        make_old(folder / f"{name}.rlog", folder / f"{name}.old")
    make_arrow(folder)
    make_dbn(folder / "small.dbn")


def make_old(source: Path, target: Path) -> None:
    """In the format of examples/rows: a head of names, then the same records."""
    import rowlog

    if target.exists():
        return
    names = rowlog.open(source).schema.values()
    head = b"ROWLOG01" + len(names).to_bytes(4, "little")
    for each in names:
        name = each.name.encode()
        head += each.id.to_bytes(4, "little") + bytes([int(each.kind)]) + len(name).to_bytes(2, "little") + name
    plain = target.with_suffix(".tmp")
    rowlog.export_records(source, plain)
    target.write_bytes(head + plain.read_bytes())
    plain.unlink()


def make_arrow(folder: Path) -> None:
    try:
        import pyarrow
        import pyarrow.ipc
        import pyarrow.parquet
        import rowlog
    except ImportError:
        return
    if (folder / "long.parquet").exists():
        return
    table = pyarrow.table(rowlog.open(folder / "talk.rlog").table(batch_rows=1 << 16))
    for name, compression in (("long.arrow", None), ("long.lz4.arrow", "lz4")):
        options = pyarrow.ipc.IpcWriteOptions(compression=compression)
        with pyarrow.ipc.new_file(folder / name, table.schema, options=options) as out:
            out.write_table(table)
    pyarrow.parquet.write_table(table, folder / "long.parquet", compression="none")


def make_dbn(path: Path) -> None:
    try:
        import databento_dbn as dbn
    except ImportError:
        return
    if path.exists():
        return
    head = dbn.Metadata(
        dataset="GLBX.MDP3",
        start=0,
        stype_in=dbn.SType.INSTRUMENT_ID,
        stype_out=dbn.SType.INSTRUMENT_ID,
        schema=dbn.Schema.MBO,
        symbols=[],
        partial=[],
        not_found=[],
        mappings=[],
    )
    record = dbn.MBOMsg(
        publisher_id=1,
        instrument_id=1,
        ts_event=1,
        order_id=1,
        price=1,
        size=1,
        action=dbn.Action.ADD,
        side=dbn.Side.BID,
        ts_recv=1,
    )
    path.write_bytes(head.encode() + bytes(record) * 200_000)


# ---- measuring -----------------------------------------------------------------------------------------------------


def work(folder: Path, task: str, name: str) -> int:
    """The process of one contestant: a line in, a measured run, a line out."""
    from contestants import find

    run = find(task, name)(folder)
    before = peak()
    result = run()
    print(json.dumps({"result": result, "memory": peak() - before}), flush=True)
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        run()
        print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
    return 0


def peak() -> int:
    """Bytes of memory that the process ever had; pages of files that it maps count, too."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    facts = dict(line.split(":", 1) for line in status.splitlines())
    return int(facts["VmHWM"].split()[0]) * 1024


def measure(folder: Path, tasks: list[str], rounds: int) -> dict[str, Any]:
    from contestants import CONTESTANTS

    chosen = [each for each in CONTESTANTS if not tasks or each[0] in tasks]
    load = os.getloadavg()[0]
    found: list[dict[str, Any]] = []
    missing: list[str] = []
    for task in dict.fromkeys(task for task, _ in chosen):
        running: list[tuple[dict[str, Any], subprocess.Popen[str]]] = []
        for name in [name for of, name in chosen if of == task]:
            process = start(folder, task, name)
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                missing.append(f"{task}: {name}")
                process.wait()
                continue
            running.append(({"task": task, "name": name, **json.loads(line), "cpu": [], "wall": []}, process))
            print(f"{task}: {name} is ready", file=sys.stderr)
        for _ in range(rounds):
            for facts, process in running:
                took = ask(process)
                facts["cpu"].append(round(took["cpu"], 5))
                facts["wall"].append(round(took["wall"], 5))
        for facts, process in running:
            process.communicate()
            found.append(facts)
        check_agreement(task, [facts for facts, _ in running])
    return {
        "machine": describe_machine(load),
        "rounds": rounds,
        "missing": missing,
        "contestants": found,
        "sizes": {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if not path.is_symlink()},
    }


def check_agreement(task: str, group: list[dict[str, Any]]) -> None:
    """All have found the same; what its name says in brackets is less, or something else."""
    found = {each["name"]: each["result"] for each in group if "(" not in each["name"]}
    if len({f"{result:.9g}" for result in found.values()}) > 1:
        raise SystemExit(f"{task}: the contestants have found different things: {found}")


def start(folder: Path, task: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--folder", str(folder), "--work", task, name]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(process: subprocess.Popen[str]) -> dict[str, float]:
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    taken: dict[str, float] = json.loads(process.stdout.readline())
    return taken


def describe_machine(load: float) -> dict[str, Any]:
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {
        "processors": len(os.sched_getaffinity(0)),
        "model": next(
            (
                line.split(":", 1)[1].strip()
                for line in Path("/proc/cpuinfo").read_text().splitlines()
                if "model name" in line
            ),
            platform.machine(),
        ),
        "python": platform.python_version(),
        "load": round(load, 1),
        "versions": versions,
    }


def median(values: list[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    sys.exit(main())
