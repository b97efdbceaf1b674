"""Any Python file is a C++ stream for the length of a call."""

import contextlib
import copy
import gc
import io
import os
import sys
import threading
import weakref

import pytest


def test_text_and_bytes(streams):
    text, data = io.StringIO(), io.BytesIO()
    streams.print_to(text, streams.Vec(1, 2.5))
    streams.print_to(data, streams.Vec(1, 2.5))
    assert text.getvalue() == "Vec 1 2.5\n"
    assert data.getvalue() == b"Vec 1 2.5\n"


def test_the_stream_itself_is_no_result(streams):
    out = io.StringIO()
    assert streams.put(out, "日本") is None
    assert out.getvalue() == "日本"


def test_operators_with_the_stream_on_their_right(streams):
    out, vec = io.StringIO(), streams.Vec(1, 2)
    assert vec >> out is None
    assert out.getvalue() == "1 2"
    assert vec << io.StringIO("3 4.5") is None
    assert (vec.x, vec.y) == (3, 4.5)
    with pytest.raises(TypeError):
        vec >> 3


def test_an_error_that_nobody_raised(streams):
    error = streams.missing("here")
    assert isinstance(error, FileNotFoundError)
    assert "here" in str(error)


def test_files_on_disk(streams, tmp_path):
    path = tmp_path / "out"
    for mode, options in (("w", {"encoding": "utf-8"}), ("wb", {}), ("wb", {"buffering": 0})):
        with open(path, mode, **options) as out:
            out.write("a" if mode == "w" else b"a")
            streams.put(out, "ü")
            out.write("b" if mode == "w" else b"b")
        assert path.read_bytes() == "aüb".encode()


def test_standard_output(streams, capsys):
    print("first")
    streams.put(sys.stdout, "second\n")
    print("third")
    assert capsys.readouterr().out == "first\nsecond\nthird\n"


def test_much_is_written_in_pieces(streams):
    class Counting(io.StringIO):
        writes = 0

        def write(self, text):
            self.writes += 1
            return super().write(text)

    out = Counting()
    assert streams.put_many(out, 20_000) == 20_000
    assert out.getvalue() == "".join(f"{i} " for i in range(20_000))
    assert 1 < out.writes < 40


def test_characters_are_not_torn(streams):
    out = io.StringIO()
    text = "x" * 8191 + "日本" * 5000
    streams.put(out, text)
    assert out.getvalue() == text


def test_flush_reaches_the_file(streams):
    calls = []

    class Recorder:
        def write(self, text):
            calls.append(text)

        def flush(self):
            calls.append("flush")

    streams.put_flushed(Recorder(), "a", "b")
    assert calls == ["a", "flush", "b"]


def test_errors_of_the_file_arrive(streams):
    class Full:
        def write(self, text):
            raise OSError(28, "no space")

    with pytest.raises(OSError, match="no space"):
        streams.put(Full(), "x")
    with pytest.raises(OSError, match="no space"):
        streams.put_many(Full(), 10_000)
    closed = io.StringIO()
    closed.close()
    with pytest.raises(ValueError, match="closed"):
        streams.put(closed, "x")
    with pytest.raises(io.UnsupportedOperation):
        streams.put(io.TextIOWrapper(io.BufferedReader(io.BytesIO())), "x")


def test_what_was_written_before_an_error_is_there(streams):
    out = io.StringIO()
    with pytest.raises(RuntimeError, match="after"):
        streams.put_and_fail(out)
    assert out.getvalue() == "before"


def test_no_file(streams):
    for wrong in (None, "name", 3, [], b"x"):
        with pytest.raises(TypeError, match=r"must be IO\[str\] \| IO\[bytes\]"):
            streams.put(wrong, "x")
        with pytest.raises(TypeError, match=r"must be IO\[str\] \| IO\[bytes\]"):
            streams.word(wrong)


def test_pointers_and_defaults(streams):
    out = io.StringIO()
    streams.log_to()
    streams.log_to(None)
    streams.log_to(out)
    assert out.getvalue() == "logged"
    assert streams.greet() == streams.greet(out) == "hello"


def test_without_the_gil(streams):
    out = io.StringIO()
    threads = [threading.Thread(target=streams.put_slowly, args=(out, 200)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(out.getvalue().split()) == sorted(w for i in range(200) for w in ("line", str(i)) for _ in range(3))
    assert streams.sum(io.StringIO("1 2 3")) == 6


FILES = (
    io.StringIO,
    lambda text: io.BytesIO(text.encode()),
    lambda text: io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"),
)


@pytest.mark.parametrize("make", FILES)
def test_reading_leaves_the_rest(streams, make):
    file = make("größe two three\nnext line\n")
    assert streams.word(file) == "größe"
    assert streams.word(file) == "two"
    rest = file.read()
    assert (rest.decode() if isinstance(rest, bytes) else rest) == " three\nnext line\n"


def test_reading_a_file_on_disk(streams, tmp_path):
    path = tmp_path / "in"
    path.write_text("1 2 3\n" * 10_000 + "end", encoding="utf-8")
    with open(path, encoding="utf-8") as file:
        assert file.readline() == "1 2 3\n"
        assert streams.line(file) == "1 2 3"
        assert file.readline() == "1 2 3\n"
        assert streams.sum(file) == 6 * 9_997
    with open(path, "rb") as file:
        assert streams.size_of(file) == 60_003
        assert streams.last_three(file) == "end"


def test_reading_what_cannot_seek(streams):
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as out:
        out.write("one\ntwo words\nthree\n")
    with open(reader, encoding="utf-8") as file:
        assert streams.line(file) == "one"
        assert streams.word(file) == "two"
        assert file.readline() == "three\n"


def test_iterated_files_are_read_by_line(streams, tmp_path):
    path = tmp_path / "in"
    path.write_text("a\nb c\nd\n", encoding="utf-8")
    with open(path, encoding="utf-8") as file:
        assert next(file) == "a\n"
        assert streams.word(file) == "b"


def test_positions(streams):
    assert streams.size_of(io.BytesIO(b"12345")) == 5
    assert streams.go_before_start(io.BytesIO(b"12345")) is True
    file = io.BytesIO(b"12345")
    assert streams.last_three(file) == "345"


def test_reading_errors_arrive(streams):
    class Broken:
        def read(self, size):
            raise KeyError("broken")

    class Wrong:
        def read(self, size):
            return 3

    with pytest.raises(KeyError):
        streams.word(Broken())
    with pytest.raises(TypeError, match="str or bytes"):
        streams.word(Wrong())


def test_both_ways(streams):
    for file in (io.BytesIO(b"ping pong"),):
        assert streams.answer(file) is None
        assert file.getvalue() == b"ping pong<ping>"


def test_operators(streams):
    assert str(streams.Vec(1, 2)) == "1 2"
    vec = streams.Vec()
    assert vec.read_from(io.StringIO("3 4 tail")) is vec
    assert (vec.x, vec.y) == (3, 4)
    with pytest.raises(ValueError, match="does not read as a Vec"):
        vec.read_from(io.StringIO("x"))
    file = io.StringIO("1 2 3 4")
    assert [str(streams.Vec().read_from(file)) for _ in range(2)] == ["1 2", "3 4"]


def test_members(streams):
    journal = streams.Journal()
    assert (journal << "a" << "b") is journal
    out = io.StringIO()
    journal.save(out)
    assert out.getvalue() == "ab"
    journal.load(io.BytesIO(b"xyz"))
    assert journal.text() == "xyz"


def test_files_are_let_go(streams):
    class File(io.StringIO):
        pass

    file = File()
    before = sys.getrefcount(file)
    for _ in range(50):
        streams.put(file, "x")
        streams.word(file)
        with contextlib.suppress(RuntimeError):
            streams.put_and_fail(file)
    gc.collect()
    assert sys.getrefcount(file) == before


def test_printing_may_change_the_object(streams):
    counter = streams.Counter()
    assert [str(counter), str(counter)] == ["1", "2"]
    assert counter.printed == 2
    with pytest.raises(TypeError, match="const"):
        str(streams.Owner().counter())


def test_what_has_no_class_is_printed_to_a_file(streams):
    out, data = io.StringIO(), io.BytesIO()
    streams.print_to(out, [streams.Vec(1, 2), streams.Vec(3, 4)])
    streams.print_to(out, streams.Mode.fast)
    streams.print_to(data, streams.Track([streams.Vec(5, 6)]))
    assert out.getvalue() == "1 2;3 4;fast"
    assert data.getvalue() == b"5 6;"


def test_literals_are_functions(streams):
    assert streams.x(2.5) == streams.Vec(2.5, 0)
    assert streams.dozen(3) == 36
    assert streams.loud("so\0 be it") == "so\0 be it!"
    with pytest.raises(OverflowError):
        streams.dozen(-1)
    assert not hasattr(streams, "wide")


def test_an_object_keeps_its_file(streams):
    out = io.StringIO()
    writer = streams.Writer(out, "é")
    writer.write("one ").write("日本")
    assert out.getvalue() == "éone 日本"  # nothing waits for an end
    other = copy.copy(writer)
    del writer
    gc.collect()
    other.write("two")
    del other
    gc.collect()
    assert out.getvalue() == "éone 日本.two."


def test_files_that_objects_keep_are_let_go(streams):
    class File(io.BytesIO):
        pass

    out = File()
    gone = weakref.ref(out)
    writer = streams.Writer(out)
    del out
    gc.collect()
    writer.write("x")
    assert gone().getvalue() == b"x"
    del writer
    gc.collect()
    assert gone() is None


def test_exceptions_of_files_that_objects_keep_are_reported(streams):
    reported = []
    hook, sys.unraisablehook = sys.unraisablehook, lambda args: reported.append(args.exc_type)
    try:
        out = io.StringIO()
        writer = streams.Writer(out)
        out.close()
        assert writer.write_safely("x") is False
        assert reported == [ValueError]
        del writer
        gc.collect()
        with pytest.raises(TypeError):
            streams.Writer(5)
        with pytest.raises(TypeError):
            streams.Writer(None)
    finally:
        sys.unraisablehook = hook
    assert reported == [ValueError]  # the stream had failed before


def test_reading_from_a_file_that_the_object_keeps(streams, tmp_path):
    text = io.StringIO("one two three")
    words = streams.Words(text)
    assert text.read() == " two three"  # behind what the constructor took
    text.seek(3)
    assert [words.first(), words.next(), words.next(), words.next()] == ["one", "two", "three", ""]
    assert streams.Words().next() == streams.Words(None).next() == ""

    class Pipe:
        def __init__(self):
            self.lines = ["a b\n", "c\n"]

        def readline(self, size=-1):
            return self.lines.pop(0) if self.lines else ""

    words = streams.Words(Pipe())
    assert [words.first(), words.next(), words.next(), words.next()] == ["a", "b", "c", ""]


def test_files_of_c(streams, tmp_path):
    path = tmp_path / "text"
    for mode, before, after in (("w", "é", "ü"), ("wb", "é".encode(), "ü".encode())):
        with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
            file.write(before)
            assert streams.put_c(file, "日本") is True
            file.write(after)
        assert path.read_text(encoding="utf-8") == "é日本ü"
    with open(path, encoding="utf-8") as file:
        assert file.read(1) == "é"
        assert streams.get_c(file, 3) == "日"
        assert file.read() == "本ü"
        assert streams.get_c(file, 9) == ""
    with open(path, "r+b") as file:
        assert file.read(2) == "é".encode()
        assert streams.get_c(file, 3) == "日"
        streams.put_c(file, "=3=")
    assert path.read_text(encoding="utf-8") == "é日=3=ü"
    with open(path, "a", encoding="utf-8") as file:
        streams.put_c(file, "!")
    assert path.read_text(encoding="utf-8") == "é日=3=ü!"


def test_pipes_are_files_of_c(streams):
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        streams.put_c(file, "through")
        streams.put_c(file, " it")
    with os.fdopen(reading) as file:
        assert streams.get_c(file, 100) == "through it"


def test_what_is_no_file_of_c(streams, tmp_path):
    with pytest.raises(io.UnsupportedOperation):
        streams.put_c(io.StringIO(), "x")
    for bad in (3, "path", None, [], b""):
        with pytest.raises(TypeError):
            streams.put_c(bad, "x")
    with open(tmp_path / "empty", "w") as file:
        assert streams.is_open(file) is True
        assert streams.get_c(file, 5) == ""
    with pytest.raises(ValueError, match="closed"):
        streams.put_c(file, "x")
    assert streams.is_open() is streams.is_open(None) is False
    with open("/dev/full", "w") as full, pytest.raises(OSError, match="No space"):
        streams.put_c(full, "x")
    with pytest.raises(ValueError, match="closed"):
        streams.Logged(file)


def test_files_that_c_keeps(streams, tmp_path):
    path = tmp_path / "text"
    descriptors = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    with open(path, "w") as file:
        file.write("python\n")
        logged = streams.Logged(file)
        sink = streams.Sink()
        streams.start_log(sink, file)
        made = streams.Sink(file, out=(text := io.StringIO()))
    del file
    logged.put("logged\n")
    streams.put_to(sink, "sink\n")
    other = copy.copy(made)
    del made
    streams.put_to(other, "both\n")
    assert path.read_text() == "python\nlogged\nsink\nboth\n"
    assert text.getvalue() == "both\n"
    del logged, sink, other
    gc.collect()
    assert path.read_text().endswith("both\nend\n")
    if descriptors:
        assert len(os.listdir("/proc/self/fd")) == descriptors
    with pytest.raises(TypeError, match="not None"):
        streams.Logged(None)


def test_what_no_object_keeps_is_kept_for_good(streams, tmp_path):
    path = tmp_path / "text"
    with open(path, "w") as file:
        streams.keep_file(file)
    text = io.StringIO()
    for _ in range(3):
        streams.keep_stream(text)
    gc.collect()
    streams.put_to(streams.global_sink(), "late")
    assert path.read_text() == text.getvalue() == "late"
