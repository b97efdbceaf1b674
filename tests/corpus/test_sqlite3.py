"""Ordinary use of SQLite's C interface: tables, statements, columns, codes as exceptions with their text."""

import gc
import weakref

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def sqlite(bind_library):
    return bind_library("sqlite3", ruled=True)


@pytest.fixture
def run(sqlite):
    """`run(database, sql)`: all steps of one statement."""

    def run_(database, sql):
        statement, rest = sqlite.sqlite3_prepare_v2(database, sql)
        while sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW:
            pass
        return rest

    return run_


@pytest.fixture
def database(sqlite, run):
    database = sqlite.sqlite3_open(":memory:")
    run(database, "create table joint (id integer primary key, name text unique, angle real)")
    run(database, "insert into joint values (1, 'dovetail', 8.5), (2, 'mitre', 45.0), (3, 'grün', null)")
    return database


def test_insert(sqlite, run, database):
    assert sqlite.sqlite3_changes(database) == 3
    assert run(database, "insert into joint (name) values ('lap'); select 1") == " select 1"
    assert sqlite.sqlite3_last_insert_rowid(database) == 4


def test_step_through_columns(sqlite, database):
    statement, _ = sqlite.sqlite3_prepare_v2(database, "select id, angle, name from joint order by id")
    assert sqlite.sqlite3_column_count(statement) == 3
    assert [sqlite.sqlite3_column_name(statement, i) for i in range(3)] == ["id", "angle", "name"]
    assert sqlite.sqlite3_column_decltype(statement, 2).lower() == "text"
    rows = []
    while sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW:
        null = sqlite.sqlite3_column_type(statement, 1) == sqlite.SQLITE_NULL
        angle = None if null else sqlite.sqlite3_column_double(statement, 1)
        rows.append((sqlite.sqlite3_column_int(statement, 0), angle, sqlite.sqlite3_column_bytes(statement, 2)))
    assert rows == [(1, 8.5, 8), (2, 45.0, 5), (3, None, 5)]


def test_bound_numbers(sqlite, database):
    statement, _ = sqlite.sqlite3_prepare_v2(database, "select :low * 2, ?2")
    assert sqlite.sqlite3_bind_parameter_count(statement) == 2
    assert sqlite.sqlite3_bind_parameter_index(statement, ":low") == 1
    for low in (3, 2**40):
        assert sqlite.sqlite3_bind_int64(statement, 1, low) == sqlite.SQLITE_OK
        assert sqlite.sqlite3_bind_double(statement, 2, 0.5) == sqlite.SQLITE_OK
        assert sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW
        assert sqlite.sqlite3_column_int64(statement, 0) == low * 2
        assert sqlite.sqlite3_column_double(statement, 1) == 0.5
        assert sqlite.sqlite3_reset(statement) == sqlite.SQLITE_OK


def test_codes_are_exceptions_with_their_text(sqlite, run, database, tmp_path):
    with pytest.raises(sqlite.SqliteError, match="no such table: nowhere") as caught:
        sqlite.sqlite3_prepare_v2(database, "select * from nowhere")
    assert caught.value.code == sqlite.SQLITE_ERROR
    with pytest.raises(sqlite.SqliteError, match=r"UNIQUE constraint failed: joint\.name") as caught:
        run(database, "insert into joint (name) values ('mitre')")
    assert caught.value.code == sqlite.SQLITE_CONSTRAINT
    with pytest.raises(sqlite.SqliteError, match="unable to open database file"):
        sqlite.sqlite3_open(str(tmp_path / "absent" / "file.db"))


def test_a_file_is_there_after_closing(sqlite, run, tmp_path):
    path = str(tmp_path / "joints.db")
    database = sqlite.sqlite3_open(path)
    run(database, "create table joint (name)")
    database.close_v2()
    for use in (sqlite.sqlite3_changes, type(database).close, type(database).close_v2):
        with pytest.raises(ReferenceError):
            use(database)
    assert run(sqlite.sqlite3_open(path), "select * from joint") == ""


def test_statements_may_outlive_their_database(sqlite, database):
    statement, _ = sqlite.sqlite3_prepare_v2(database, "select 7")
    del database
    gc.collect()
    assert sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW
    assert sqlite.sqlite3_column_int(statement, 0) == 7


def test_bound_text_and_memory(sqlite, database):
    statement, _ = sqlite.sqlite3_prepare_v2(database, "select ?1 || 'e', length(?2), ?1 is null")
    memory = bytearray(b"a\0b")
    assert sqlite.sqlite3_bind_text(statement, 1, "gr\xfcn") == sqlite.SQLITE_OK
    assert sqlite.sqlite3_bind_blob(statement, 2, memory) == sqlite.SQLITE_OK
    memory[:] = b"something longer"  # SQLite has a copy of its own
    assert sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW
    assert sqlite.sqlite3_column_bytes(statement, 0) == len("gr\xfcne".encode())
    assert sqlite.sqlite3_column_int(statement, 1) == 3
    with pytest.raises(TypeError, match="sqlite3_bind_text"):
        sqlite.sqlite3_bind_text(statement, 1, None)


class Mark:
    """Something that weak references can watch."""


def test_objects_that_sqlite_keeps(sqlite, database):
    statement, _ = sqlite.sqlite3_prepare_v2(database, "select ?1")
    mark = Mark()
    watch = weakref.ref(mark)
    assert sqlite.sqlite3_bind_pointer(statement, 1, mark, "mark") == sqlite.SQLITE_OK
    del mark
    gc.collect()
    assert watch() is not None
    assert sqlite.sqlite3_clear_bindings(statement) == sqlite.SQLITE_OK
    gc.collect()
    assert watch() is None


def test_columns_are_text_and_bytes(sqlite, database):
    statement, _ = sqlite.sqlite3_prepare_v2(
        database, "select name, cast(name as blob), x'610062', null from joint where id = 3"
    )
    assert sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW
    assert sqlite.sqlite3_column_text(statement, 0) == "gr\xfcn"
    assert sqlite.sqlite3_column_text16(statement, 0) == "gr\xfcn"
    assert sqlite.sqlite3_column_blob(statement, 1) == "gr\xfcn".encode()
    assert sqlite.sqlite3_column_blob(statement, 2) == b"a\0b"
    assert (sqlite.sqlite3_column_text(statement, 3), sqlite.sqlite3_column_blob(statement, 3)) == (None, b"")


def test_utf_16(sqlite, run):
    database = sqlite.sqlite3_open16(":memory:")
    statement, rest = sqlite.sqlite3_prepare16_v2(database, "select 'gr\xfcn' as \u20ac; rest", -1)
    assert rest == " rest"
    assert sqlite.sqlite3_column_name16(statement, 0) == "\u20ac"
    assert sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW
    value = sqlite.sqlite3_column_value(statement, 0)
    assert [sqlite.sqlite3_value_text16be(value), sqlite.sqlite3_value_text16(value)] == ["gr\xfcn", "gr\xfcn"]
    assert sqlite.sqlite3_complete16("select 1;") == 1
    with pytest.raises(sqlite.SqliteError, match="syntax"):
        sqlite.sqlite3_prepare16_v2(database, "no sql", -1)


def test_exec_calls_back_for_every_row(sqlite, database):
    rows = []
    code, error = sqlite.sqlite3_exec(
        database,
        "select id, angle, name from joint order by id",
        lambda values, names: rows.append((values, names)) or 0,
    )
    assert (code, error) == (sqlite.SQLITE_OK, None)
    assert rows[0] == (("1", "8.5", "dovetail"), ("id", "angle", "name"))
    assert rows[2][0] == ("3", None, "gr\xfcn")
    code, error = sqlite.sqlite3_exec(database, "select nowhere", None)
    assert (code, error) == (sqlite.SQLITE_ERROR, "no such column: nowhere")
    with pytest.raises(ZeroDivisionError):
        sqlite.sqlite3_exec(database, "select 1", lambda values, names: 1 // 0)


def test_a_table_at_once(sqlite, database):
    code, cells, rows, columns, error = sqlite.sqlite3_get_table(database, "select id, angle from joint order by id")
    assert (code, rows, columns, error) == (sqlite.SQLITE_OK, 3, 2, None)
    assert cells == ("id", "angle", "1", "8.5", "2", "45.0", "3", None)


def value_of(sqlite, database, sql):
    statement, _ = sqlite.sqlite3_prepare_v2(database, sql)
    assert sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW
    return sqlite.sqlite3_column_text(statement, 0)


def test_functions_written_in_python(sqlite, database):
    kept = []

    def join(context, values):
        kept.append(values[0])
        separator = sqlite.sqlite3_user_data(context)
        sqlite.sqlite3_result_text(context, separator.join(sqlite.sqlite3_value_text(value) for value in values))

    separator = Separator("+")
    create = sqlite.sqlite3_create_function_v2
    assert create(database, "joined", -1, sqlite.SQLITE_UTF8, separator, join, None, None) == sqlite.SQLITE_OK
    assert value_of(sqlite, database, "select joined('a', 'b', 7)") == "a+b+7"
    with pytest.raises(ReferenceError):
        sqlite.sqlite3_value_text(kept[0])
    watch = weakref.ref(separator)
    del separator
    gc.collect()
    assert watch() is not None
    assert create(database, "joined", -1, sqlite.SQLITE_UTF8, None, None, None, None) == sqlite.SQLITE_OK
    gc.collect()
    assert watch() is None


class Separator(str):
    """Text that weak references can watch."""


def test_a_collation_written_in_python(sqlite, database):
    compared = Comparison()
    watch = weakref.ref(compared)
    create = sqlite.sqlite3_create_collation_v2
    assert create(database, "by_length", sqlite.SQLITE_UTF8, compared) == sqlite.SQLITE_OK
    del compared
    gc.collect()
    assert value_of(sqlite, database, "select name from joint order by name collate by_length limit 1") == "gr\xfcn"
    assert watch() is not None
    database.close_v2()
    gc.collect()
    assert watch() is None


class Comparison:
    def __call__(self, a, b):
        return len(a) - len(b)


def test_settings_with_varargs(sqlite, database):
    set_ = sqlite.sqlite3_db_config
    assert set_(database, sqlite.SQLITE_DBCONFIG_ENABLE_FKEY, 1) == (sqlite.SQLITE_OK, 1)
    assert set_(database, sqlite.SQLITE_DBCONFIG_ENABLE_FKEY, -1) == (sqlite.SQLITE_OK, 1)
    assert set_(database, sqlite.SQLITE_DBCONFIG_ENABLE_FKEY, 0) == (sqlite.SQLITE_OK, 0)


def test_printing(sqlite, database):
    text = sqlite.sqlite3_str_new(database)
    sqlite.sqlite3_str_appendf(text, "100%s")
    assert sqlite.sqlite3_str_value(text) == "100%s"
    room = bytearray(4)
    assert sqlite.sqlite3_snprintf(room, "%s%s") == "%s%"
    assert sqlite.sqlite3_str_finish(text) == "100%s"


def test_names_of_files(sqlite, database):
    name = sqlite.sqlite3_create_filename("joints.db", "", "", 1, ["mode", "ro"])
    assert name == "joints.db"
    with pytest.raises(ValueError, match="at least 4"):
        sqlite.sqlite3_create_filename("joints.db", "", "", 2, ["mode", "ro"])
    assert sqlite.sqlite3_drop_modules(database, []) == sqlite.SQLITE_OK


def test_wrong_arguments(sqlite, database):
    with pytest.raises(TypeError, match="sqlite3_step"):
        sqlite.sqlite3_step(database)
    with pytest.raises(TypeError, match="sqlite3_prepare_v2"):
        sqlite.sqlite3_prepare_v2(None, "select 1")
