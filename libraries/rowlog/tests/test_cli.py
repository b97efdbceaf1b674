"""The command, called as a function and as a program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import rowlog
from rowlog.cli import main


def run(capsys, *arguments, code=0):
    assert main([str(each) for each in arguments]) == code
    return capsys.readouterr()


def test_cat_and_head(small, capsys):
    assert run(capsys, "cat", small).out.splitlines() == [
        "10 price=1.5 size=3",
        "20 price=2.5 size=4 size=5",
        "30 signal=-1.0",
    ]
    assert len(run(capsys, "head", "-n", 2, small).out.splitlines()) == 2
    lines = run(capsys, "cat", "--format", "json", small).out.splitlines()
    assert json.loads(lines[1]) == {"time": 20, "price": [2.5], "size": [4, 5]}
    csv = run(capsys, "cat", "--format", "csv", "--names", "size", small).out.splitlines()
    assert csv == ["time,name,value", "10,size,3", "20,size,4", "20,size,5"]
    assert run(capsys, "cat", "--where", "price__gt=2", small).out.splitlines() == ["20 price=2.5 size=4 size=5"]
    assert run(capsys, "cat", "--where", "time=15:30", small).out.startswith("20 ")
    assert len(run(capsys, "cat", "--by-time", small, small).out.splitlines()) == 6


def test_stat(example, capsys):
    out = run(capsys, "stat", example).out
    assert "1,000 rows" in out
    assert "from 2023-04-27 02:40:41.000000000 to" in out
    assert "USD" in out
    assert "fulfil" in run(capsys, "stat", "--where", "signal__gt=1", example).out


def test_verify_repair_index(tmp_path, example, capsys):
    assert ": good, log, 1,000 rows" in run(capsys, "verify", example).out
    data = bytearray(example.read_bytes())
    data[len(data) // 2] ^= 1
    bad, good = tmp_path / "bad.rlog", tmp_path / "good.rlog"
    bad.write_bytes(data)
    found = run(capsys, "verify", bad, code=1)
    assert "damaged" in found.out
    assert "at byte" in found.err
    assert "at byte" in run(capsys, "cat", bad, code=1).err
    assert "bytes left out" in run(capsys, "cat", "--skip-damage", bad).err
    assert "bytes left out" in run(capsys, "repair", bad, good).err
    run(capsys, "verify", good)
    torn = tmp_path / "torn.rlog"
    torn.write_bytes(example.read_bytes()[:-10])
    run(capsys, "verify", torn, code=1)
    run(capsys, "index", torn)
    run(capsys, "verify", torn)


def test_convert(tmp_path, small, capsys):
    sealed = tmp_path / "sealed.rlog"
    run(capsys, "convert", small, sealed)
    assert ": good, sealed" in run(capsys, "verify", sealed).out
    run(capsys, "convert", small, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines()[1] == "10,price,1.5"
    run(capsys, "convert", small, tmp_path / "a.records")
    assert (tmp_path / "a.records").stat().st_size == 9 * 12
    assert "go with" in run(capsys, "convert", "--names", "price", small, tmp_path / "b.rlog", code=1).err
    parquet = pytest.importorskip("pyarrow.parquet")
    run(capsys, "convert", "--where", "price__gt=2", small, tmp_path / "a.parquet")
    assert parquet.read_table(tmp_path / "a.parquet").column("value").to_pylist() == [2.5, 4.0, 5.0]
    run(capsys, "convert", small, tmp_path / "a.arrow")
    assert (tmp_path / "a.arrow").stat().st_size > 0


def test_generate_and_plot(tmp_path, capsys):
    path = tmp_path / "made.rlog"
    assert "500 rows" in run(capsys, "generate", "-n", 500, path).out
    assert len(rowlog.open(path)) == 500
    plain = tmp_path / "plain.bin"
    run(capsys, "generate", "-n", 500, "--records", plain)
    assert "price" in run(capsys, "head", "-n", 1, "--example-names", plain).out
    pytest.importorskip("matplotlib")
    picture = tmp_path / "bid.png"
    run(capsys, "stat", path, "--plot", "bid", "--plot-to", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "cost" in run(capsys, "head", "-n", 0, path, "--plot", "cost", code=1).err


def test_what_is_wrong(tmp_path, capsys):
    assert "No such file" in run(capsys, "cat", tmp_path / "nothing", code=1).err
    assert "directory" in run(capsys, "stat", tmp_path, code=1).err
    with pytest.raises(SystemExit) as caught:
        main(["cut"])
    assert caught.value.code == 2
    with pytest.raises(SystemExit):
        main(["head", "-n", "-1", "x"])


def test_closed_pipes_and_ctrl_c(tmp_path, example, child_environment):
    command = [sys.executable, "-m", "rowlog"]
    whole = subprocess.run(
        f"{sys.executable} -m rowlog cat {example} | head -n 1",
        shell=True,
        env=child_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(whole.stdout.splitlines()) == 1
    assert whole.stderr == ""
    growing = tmp_path / "growing.rlog"
    with rowlog.Writer(growing) as log:
        log.append(1, price=2.0)
        log.flush()
        with subprocess.Popen(
            [*command, "cat", "-f", str(growing)], env=child_environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout.readline() == "1 price=2.0\n"
            log.append(2, price=3.0)
            log.flush()
            assert process.stdout.readline() == "2 price=3.0\n"
            time.sleep(0.1)
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(60) == 130
