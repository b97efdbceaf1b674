"""The command `rowlog`: looks into logs, checks, mends, converts and makes them.

Data goes to stdout, progress and what is wrong to stderr. Exit codes: 0 fine, 1 damage or a file that is no log, 2
usage, 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import rowlog
from rowlog._plot import plot
from rowlog._progress import PlainBar, Told, default_bar

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = make_parser().parse_args(arguments)
    run: Run = chosen.run
    try:
        return run(chosen)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read has seen enough. What is left must not be flushed into the closed pipe at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (rowlog.FormatError, OSError, ValueError, KeyError, ImportError) as error:
        text = error.args[0] if isinstance(error, KeyError) else error
        start_of_line = "\r\033[K" if sys.stderr.isatty() else ""  # where a bar may be
        print(f"{start_of_line}rowlog: {text}", file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rowlog", description="Looks into binary row logs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Run, help: str, files: str = "+") -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        if files:
            command.add_argument("files", nargs=files, metavar="FILE")
        return command

    for name, run, help in (
        ("cat", show_rows, "print all rows, a line for each"),
        ("head", show_rows, "print the first rows"),
    ):
        command = add(name, run, help)
        add_reading(command)
        default = 10 if name == "head" else None
        command.add_argument("-n", "--rows", type=natural, default=default, help="at most so many rows")
        command.add_argument("--format", choices=("text", "csv", "json"), default="text", help="how (default: text)")
        if name == "cat":
            command.add_argument("-f", "--follow", action="store_true", help="go on as the files grow, until Ctrl-C")
    command = add("stat", show_facts, "say what is in a log: names, counts, times")
    add_reading(command)
    command = add("verify", check, "read and check files; exit code 1 if one is damaged or incomplete")
    command = add("repair", mend, "write what is good in a log as a whole one", files="")
    command.add_argument("source")
    command.add_argument("target", nargs="?", help="default: in place of the source")
    add("index", add_index, "end files whose writers did not")
    command = add("convert", convert, "write logs as one sealed file, or as what the target's ending says", files="")
    command.add_argument("sources", nargs="+")
    command.add_argument("target", help="ends in .csv, .parquet, .arrow, .records, or anything else: a sealed log")
    command.add_argument("--rows-per-chunk", type=natural, default=0, help="0: all in one (default)")
    add_reading(command)
    command = add("generate", make_example, "write an example of trades and quotes", files="")
    command.add_argument("target")
    command.add_argument("-n", "--rows", type=natural, default=1_000_000, help="default: 1000000, which are 168 MB")
    command.add_argument("--seed", type=natural, default=1)
    command.add_argument("--records", action="store_true", help="nothing but records, without names")
    add_plot(command)
    return parser


def add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument("--where", action="append", default=[], metavar="NAME__gt=1.2", help="rows that fulfil it")
    command.add_argument("--names", metavar="A,B", help="these names only")
    command.add_argument("--by-time", action="store_true", help="merge several files by the times of their rows")
    command.add_argument("--skip-damage", action="store_true", help="leave out what is damaged, and say so")
    command.add_argument("--example-names", action="store_true", help="what `generate --records` calls its ids")
    add_plot(command)


def add_plot(command: argparse.ArgumentParser) -> None:
    command.add_argument("--plot", metavar="NAME", help="write a picture of a column over time")
    command.add_argument("--plot-to", metavar="FILE", help="default: NAME.png")


def natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def bar() -> Told:
    """On a terminal alone: elsewhere it would be noise."""
    return default_bar() if sys.stderr.isatty() else PlainBar(sys.stderr)


# ---- reading -------------------------------------------------------------------------------------------------------


def open_log(chosen: argparse.Namespace, files: Sequence[str], follow: bool = False) -> rowlog.Log:
    log = rowlog.open(
        files[0] if len(files) == 1 else files,
        follow=follow,
        on_error="report" if chosen.skip_damage else "raise",
        progress=bar(),
        order="time" if chosen.by_time else "file",
        names=rowlog.example_names() if chosen.example_names else (),
    )
    tell_damage(log.damage)
    return log


def tell_damage(damage: Iterable[rowlog.Damage]) -> None:
    for each in damage:
        print(
            f"rowlog: {each.path}: at byte {each.offset}: {each.reason}; {each.length} bytes left out", file=sys.stderr
        )


def choose_rows(chosen: argparse.Namespace, log: rowlog.Log) -> rowlog.Log | rowlog.View:
    conditions: dict[str, Any] = {}
    for text in chosen.where:
        key, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"--where {text}: expected NAME__gt=NUMBER, or time=START:STOP")
        conditions[key] = read_value(key, value)
    return log.where(**conditions) if conditions else log


def read_value(key: str, text: str) -> Any:
    if key == "time":
        start, _, stop = text.partition(":")
        return slice(int(start) if start else None, int(stop) if stop else None)
    if key.endswith("__has"):
        return text.lower() in ("1", "true", "yes")
    if key.endswith("__between"):
        low, _, high = text.partition(",")
        return read_number(low), read_number(high)
    return read_number(text)


def read_number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def choose_names(chosen: argparse.Namespace, log: rowlog.Log) -> list[str]:
    if not chosen.names:
        return [name for name in log.names if name != "timestamp"]
    names: list[str] = chosen.names.split(",")
    for name in names:
        log.count(name)  # NoSuchName
    return names


def show_rows(chosen: argparse.Namespace) -> int:
    follow = getattr(chosen, "follow", False)
    if follow and chosen.where:
        raise ValueError("--follow shows all rows: it does not go with --where")
    log = open_log(chosen, chosen.files, follow)
    names = choose_names(chosen, log)
    rows = islice(choose_rows(chosen, log), chosen.rows)
    lines = {"text": text_lines, "csv": csv_lines, "json": json_lines}[chosen.format](log, rows, names)
    for line in lines:
        print(line, flush=follow)
    return draw(chosen, log)


def items_of(log: rowlog.Log, rows: Iterable[rowlog.Row], names: list[str]) -> Iterator[tuple[int, list[Any]]]:
    """Times, and what the rows have of these names as (name, value)."""
    wanted = set(names)
    called: dict[int, str] = {}
    for row in rows:
        items = []
        for item in row.items():
            name = called.get(item.id)
            if name is None:
                name = called[item.id] = log.get_id_name(item.id)
            if name in wanted:
                items.append((name, item.value()))
        yield row.time, items


def text_lines(log: rowlog.Log, rows: Iterable[rowlog.Row], names: list[str]) -> Iterator[str]:
    for time, items in items_of(log, rows, names):
        yield f"{time} " + " ".join(f"{name}={value!r}" for name, value in items)


def csv_lines(log: rowlog.Log, rows: Iterable[rowlog.Row], names: list[str]) -> Iterator[str]:
    """A line for each item."""
    import csv
    import io

    buffer = io.StringIO()
    out = csv.writer(buffer, lineterminator="")
    for line in (("time", "name", "value"),):
        out.writerow(line)
        yield take(buffer)
    for time, items in items_of(log, rows, names):
        for name, value in items:
            out.writerow((time, name, value))
            yield take(buffer)


def take(buffer: Any) -> str:
    text: str = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def json_lines(log: rowlog.Log, rows: Iterable[rowlog.Row], names: list[str]) -> Iterator[str]:
    """An object for each row."""
    import json

    for time, items in items_of(log, rows, names):
        found: dict[str, list[Any]] = {}
        for name, value in items:
            found.setdefault(name, []).append(value)
        yield json.dumps({"time": time, **found})


def show_facts(chosen: argparse.Namespace) -> int:
    log = open_log(chosen, chosen.files)
    rows = choose_rows(chosen, log)
    size = sum(os.path.getsize(path) for path in log.paths)
    print(f"{len(log.paths)} file{'s' * (len(log.paths) != 1)}, {size / 1e6:,.1f} MB", end="")
    print("" if log.is_complete else ", not closed by the writer")
    print(f"{len(log):,} rows, {log.record_count:,} records")
    if log.time_range:
        first, last = log.time_range
        print(f"from {as_text(first)} to {as_text(last)}")
    if rows is not log:
        print(f"{len(rows):,} rows fulfil the conditions")
    names = choose_names(chosen, log)
    width = max(map(len, names), default=0)
    for name in names:
        column = rows[name]
        values = column.values
        facts = f"{name:<{width}}  {len(column):>12,} {values.dtype}"
        if len(values):
            facts += f"  {values.min():>14.6g} … {values.max():<14.6g} mean {values.mean():.6g}"
        print(f"{facts} {column.unit}".rstrip())
    return draw(chosen, log)


def as_text(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    try:
        date = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    except (OverflowError, ValueError, OSError):
        return f"{nanoseconds} ns"
    return f"{date:%Y-%m-%d %H:%M:%S}.{rest:09d}"


def draw(chosen: argparse.Namespace, log: rowlog.Log) -> int:
    if chosen.plot:
        target = Path(chosen.plot_to or f"{chosen.plot}.png")
        rows = choose_rows(chosen, log) if getattr(chosen, "where", None) else log
        plot(rows[chosen.plot], target)
        print(f"wrote {target}", file=sys.stderr)
    return 0


# ---- whole files ---------------------------------------------------------------------------------------------------


def check(chosen: argparse.Namespace) -> int:
    good = True
    for path in chosen.files:
        report = rowlog.verify(path, bar())
        state = "good" if report.good else "damaged" if report.damage else "not closed by its writer"
        kind = "sealed" if report.sealed else report.layout.name
        print(f"{path}: {state}, {kind}, {report.rows:,} rows, {report.records:,} records, {report.chunks:,} chunks")
        tell_damage(report.damage)
        good = good and report.good
    return 0 if good else 1


def mend(chosen: argparse.Namespace) -> int:
    report = rowlog.repair(chosen.source, chosen.target, bar())
    tell_damage(report.damage)
    print(f"{chosen.target or chosen.source}: {report.rows:,} rows, {report.records:,} records")
    return 0


def add_index(chosen: argparse.Namespace) -> int:
    for path in chosen.files:
        report = rowlog.index(path)
        tell_damage(report.damage)
        print(f"{path}: {report.rows:,} rows in {report.chunks:,} chunks")
    return 0


def convert(chosen: argparse.Namespace) -> int:
    ending = Path(chosen.target).suffix
    if ending in WRITERS:
        log = open_log(chosen, chosen.sources)
        WRITERS[ending](chosen, log)
        return draw(chosen, log)
    if chosen.where or chosen.names:
        raise ValueError("--where and --names do not go with a sealed log: it has all rows as they are")
    rowlog.convert(
        chosen.sources,
        chosen.target,
        rows_per_chunk=chosen.rows_per_chunk,
        order="time" if chosen.by_time else "file",
        on_error="report" if chosen.skip_damage else "raise",
        names=rowlog.example_names() if chosen.example_names else (),
        progress=bar(),
    )
    return draw(chosen, rowlog.open(chosen.target)) if chosen.plot else 0


def write_csv(chosen: argparse.Namespace, log: rowlog.Log) -> None:
    with open(chosen.target, "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in csv_lines(log, choose_rows(chosen, log), choose_names(chosen, log)))


def write_parquet(chosen: argparse.Namespace, log: rowlog.Log) -> None:
    import pyarrow.parquet

    batches = read_batches(chosen, log)
    with pyarrow.parquet.ParquetWriter(chosen.target, batches.schema) as out:
        for batch in batches:
            out.write_batch(batch)


def write_arrow(chosen: argparse.Namespace, log: rowlog.Log) -> None:
    import pyarrow.ipc

    batches = read_batches(chosen, log)
    with pyarrow.ipc.new_file(chosen.target, batches.schema) as out:
        for batch in batches:
            out.write_batch(batch)


def read_batches(chosen: argparse.Namespace, log: rowlog.Log) -> Any:
    import pyarrow

    table = choose_rows(chosen, log).table(names=choose_names(chosen, log), batch_rows=1 << 18)
    return pyarrow.RecordBatchReader.from_stream(table)


def write_records(chosen: argparse.Namespace, log: rowlog.Log) -> None:
    if chosen.where or chosen.names:
        raise ValueError("--where and --names do not go with records: they are all that the log has")
    rowlog.export_records(log.paths, chosen.target, bar())


WRITERS: dict[str, Callable[[argparse.Namespace, rowlog.Log], None]] = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".arrow": write_arrow,
    ".records": write_records,
}


def make_example(chosen: argparse.Namespace) -> int:
    layout = "records" if chosen.records else "log"
    rowlog.generate(
        chosen.target, chosen.rows, seed=chosen.seed, layout="records" if chosen.records else "log", progress=bar()
    )
    print(f"{chosen.target}: {chosen.rows:,} rows, {os.path.getsize(chosen.target) / 1e6:,.1f} MB, {layout}")
    if chosen.plot:
        return draw(chosen, rowlog.open(chosen.target, names=rowlog.example_names() if chosen.records else ()))
    return 0
