"""Dask collections; a real cluster of two processes."""

from __future__ import annotations

import os

import pytest
import rowlog

dask = pytest.importorskip("dask", reason="Dask is not installed: pip install rowlog[dask]")
pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("default")  # of Dask's own


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dask")
    paths = [folder / f"{seed}.rlog" for seed in (1, 2, 3)]
    for seed, path in enumerate(paths, 1):
        rowlog.generate(path, 300, seed=seed)
    odd = folder / "odd.rlog"  # without most of the names, and with one of its own
    with rowlog.Writer(odd) as log:
        log.append(5, price=1.0, extra=3)
    return [*paths, odd]


def test_dataframe(files):
    frame = rowlog.dask(files)
    assert frame.npartitions == 4
    made = frame.compute(scheduler="synchronous")
    assert len(made) == 901
    assert dict(frame.dtypes) == dict(made.dtypes)
    assert made["extra"].sum() == 3
    log = rowlog.open(files)
    assert made["bid"].dropna().tolist() == log["bid"].values.tolist()
    assert str(made["order_size"].dtype) == "Int64"
    one = rowlog.dask(files[0], names="bid", rows_per_partition=100)
    assert one.npartitions == 3
    assert list(one.columns) == ["time", "bid"]
    assert one["bid"].sum().compute(scheduler="synchronous") == pytest.approx(rowlog.open(files[0])["bid"].values.sum())


def test_long_dataframe(files):
    made = rowlog.dask(files, shape="long").compute(scheduler="synchronous")
    log = rowlog.open(files)
    assert len(made) == log.record_count - len(log)
    assert made[made["name"] == "price"]["value"].tolist() == log["price"].values.tolist()
    lists = rowlog.dask(files[0], repeats="list").compute(scheduler="synchronous")
    assert sum(map(len, lists["price"])) == rowlog.open(files[0]).count("price")


def test_bag(files):
    bag = rowlog.dask(files, "bag", rows_per_partition=200)
    rows = bag.compute(scheduler="synchronous")
    assert len(rows) == 901
    assert rows[-1] == {"time": 5, "price": [1.0], "extra": [3]}
    assert [value for row in rows for value in row.get("price", [])] == rowlog.open(files)["price"].values.tolist()


def test_what_is_refused(files, tmp_path):
    with pytest.raises(ValueError, match="collection"):
        rowlog.dask(files, "array")
    with pytest.raises(KeyError, match="cost"):
        rowlog.dask(files, names="cost")
    with pytest.raises(ValueError, match="at least one"):
        rowlog.dask([])
    with pytest.raises(FileNotFoundError):
        rowlog.dask(tmp_path / "nothing")
    with rowlog.Writer(tmp_path / "other.rlog") as log:
        log.append(1, price=3)
    with pytest.raises(rowlog.FormatError, match="another kind"):
        rowlog.dask([files[0], tmp_path / "other.rlog"])


@pytest.mark.slow
def test_two_worker_processes(files):
    distributed = pytest.importorskip("distributed", reason="Dask's cluster is not installed: pip install rowlog[dask]")

    def process_of(partition):  # not of this module, which the workers cannot import
        return [os.getpid() for _ in partition][:1]

    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        frame = rowlog.dask(files, names=["bid", "price"])
        bag = rowlog.dask(files, "bag", rows_per_partition=50)
        bid = client.compute(frame["bid"].sum()).result(timeout=90)
        processes = client.compute(bag.map_partitions(process_of)).result(timeout=90)
        workers = {each["nanny"]: each for each in client.scheduler_info()["workers"].values()}
    assert len(workers) == 2
    assert bid == pytest.approx(rowlog.open(files)["bid"].values.sum())
    assert len(processes) == bag.npartitions
    assert len(set(processes)) == 2
    assert os.getpid() not in processes
