"""Ordinary use of LevelDB: open a database, write, write in batches, iterate, reopen, read.

What the header cannot say is who owns what `Open` and `NewIterator` hand out: the rules of the corpus say it.
"""

import gc

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def leveldb(bind_library):
    return bind_library("leveldb", ruled=True)


@pytest.fixture
def open_database(leveldb, tmp_path):
    def open_(create=True):
        options = leveldb.Options()
        options.create_if_missing = create
        status, database = leveldb.DB.Open(options, str(tmp_path / "database"))
        return status, database

    return open_


@pytest.fixture
def database(open_database):
    status, database = open_database()
    assert status.ok(), status.ToString()
    return database


def put(leveldb, database, items):
    for key, value in items.items():
        assert database.Put(leveldb.WriteOptions(), key, value).ok()


def walk(leveldb, database):
    iterator = database.NewIterator(leveldb.ReadOptions())
    iterator.SeekToFirst()
    found = {}
    while iterator.Valid():
        found[iterator.key().ToString()] = iterator.value().ToString()
        iterator.Next()
    assert iterator.status().ok()
    return found


def test_put_get_delete(leveldb, database):
    put(leveldb, database, {"joint": "dovetail"})
    status, value = database.Get(leveldb.ReadOptions(), "joint")
    assert (status.ok(), value) == (True, "dovetail")
    assert database.Delete(leveldb.WriteOptions(), "joint").ok()
    status, value = database.Get(leveldb.ReadOptions(), "joint")
    assert status.IsNotFound()
    assert "NotFound" in status.ToString()


def test_iterate_in_order(leveldb, database):
    put(leveldb, database, {"b": "2", "a": "1", "c": "3"})
    assert list(walk(leveldb, database).items()) == [("a", "1"), ("b", "2"), ("c", "3")]
    iterator = database.NewIterator(leveldb.ReadOptions())
    iterator.Seek("b")
    assert iterator.key().ToString() == "b"
    iterator.SeekToLast()
    iterator.Prev()
    assert iterator.value().ToString() == "2"


def test_batches_are_atomic(leveldb, database):
    put(leveldb, database, {"old": "1"})
    batch = leveldb.WriteBatch()
    batch.Delete("old")
    batch.Put("new", "2")
    assert walk(leveldb, database) == {"old": "1"}
    assert database.Write(leveldb.WriteOptions(), batch).ok()
    assert walk(leveldb, database) == {"new": "2"}
    batch.Clear()
    assert database.Write(leveldb.WriteOptions(), batch).ok()


def test_reopen(leveldb, open_database):
    _, database = open_database()
    put(leveldb, database, {f"key {i:03}": f"value {i}" for i in range(500)})
    status, second = open_database()
    assert second is None
    assert status.IsIOError()
    del database
    gc.collect()
    status, database = open_database(create=False)
    assert status.ok(), status.ToString()
    found = walk(leveldb, database)
    assert len(found) == 500
    assert found["key 042"] == "value 42"


def test_a_missing_database_is_a_status(leveldb, tmp_path):
    status, database = leveldb.DB.Open(leveldb.Options(), str(tmp_path / "absent"))
    assert database is None
    assert status.IsInvalidArgument()


def test_slices_compare(leveldb):
    a, b = leveldb.Slice("apple"), leveldb.Slice("banana")
    assert a.compare(b) < 0
    assert a != b
    assert a == leveldb.Slice("apple")
    assert a.starts_with(leveldb.Slice("app"))
    assert (a.size(), a.empty(), a[0]) == (5, False, "a")


def test_wrong_types_are_type_errors(leveldb, database):
    with pytest.raises(TypeError, match="Put"):
        database.Put(leveldb.WriteOptions(), 3, "x")
    with pytest.raises(TypeError, match="Open"):
        leveldb.DB.Open(None, "x")
    with pytest.raises(TypeError):
        leveldb.DB()
