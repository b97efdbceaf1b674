"""Ordinary use of zlib: buffers of the caller's, checksums, streams whose memory C looks into, files."""

import gzip
import zlib as reference

import pytest

pytestmark = pytest.mark.corpus

DATA = b"dovetail joins header and module. " * 100


@pytest.fixture(scope="module")
def zlib(bind_library):
    return bind_library("zlib", ruled=True)


def test_compress_and_uncompress(zlib):
    dest = bytearray(zlib.compressBound(len(DATA)))
    used = zlib.compress(dest, DATA)
    assert 0 < used < len(DATA)
    assert reference.decompress(dest[:used]) == DATA
    back = bytearray(len(DATA) + 10)
    assert zlib.uncompress(back, dest[:used]) == len(DATA)
    assert back[: len(DATA)] == DATA
    best = bytearray(len(dest))
    assert zlib.compress2(best, DATA, zlib.Z_BEST_COMPRESSION) <= zlib.compress2(dest, DATA, zlib.Z_BEST_SPEED)


def test_codes_are_exceptions_with_zlibs_text(zlib):
    with pytest.raises(zlib.ZlibError, match="buffer error") as caught:
        zlib.compress(bytearray(3), DATA)
    assert caught.value.code == zlib.Z_BUF_ERROR
    with pytest.raises(zlib.ZlibError, match="data error") as caught:
        zlib.uncompress(bytearray(100), b"no compressed data")
    assert caught.value.code == zlib.Z_DATA_ERROR
    with pytest.raises(BufferError):
        zlib.compress(bytes(100), DATA)


def test_checksums(zlib):
    assert zlib.crc32(0, DATA) == reference.crc32(DATA)
    assert zlib.adler32(1, memoryview(DATA)) == reference.adler32(DATA)
    first = zlib.crc32(0, DATA[:50])
    assert zlib.crc32(first, DATA[50:]) == reference.crc32(DATA)
    assert zlib.crc32_combine(first, zlib.crc32(0, DATA[50:]), len(DATA) - 50) == reference.crc32(DATA)


def test_functions_with_macros_of_their_names(zlib, tmp_path):
    """`gzgetc` is a macro as well; `deflateInit` is a macro alone, that calls `deflateInit_`."""
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress(b"one\ntwo\n"))
    file = zlib.gzopen(str(path), "rb")
    assert chr(zlib.gzgetc(file)) == "o"
    assert zlib.gzgets(file, bytearray(20)) == "ne\n"
    assert zlib.gztell(file) == 4
    file.gzclose()
    for use in (zlib.gztell, type(file).gzclose, type(file).gzclose_r):
        with pytest.raises(ReferenceError):
            use(file)
    assert not hasattr(zlib, "deflateInit")
    stream = zlib.z_stream_s()
    assert zlib.deflateInit_(stream, 6, zlib.zlibVersion(), 112) == zlib.Z_OK
    assert zlib.deflateBound(stream, 1000) > 1000
    assert zlib.deflateEnd(stream) == zlib.Z_OK
    assert zlib.deflateEnd(stream) == zlib.Z_STREAM_ERROR


def test_dictionaries(zlib):
    stream = zlib.z_stream_s()
    assert zlib.deflateInit_(stream, 6, zlib.zlibVersion(), 112) == zlib.Z_OK
    assert zlib.deflateSetDictionary(stream, DATA[:34]) == zlib.Z_OK
    room = bytearray(32768)
    code, used = zlib.deflateGetDictionary(stream, room)
    assert (code, room[:used]) == (zlib.Z_OK, DATA[:34])
    with pytest.raises(ValueError, match="32768 elements"):
        zlib.deflateGetDictionary(stream, bytearray(34))
    assert zlib.deflateEnd(stream) == zlib.Z_OK


def test_a_window_stays_as_long_as_its_stream(zlib):
    stream, window = zlib.z_stream_s(), bytearray(32768)
    assert zlib.inflateBackInit_(stream, 15, window, zlib.zlibVersion(), 112) == zlib.Z_OK
    with pytest.raises(BufferError):
        window.append(0)
    assert zlib.inflateBackEnd(stream) == zlib.Z_OK


def test_writing_files(zlib, tmp_path):
    path = tmp_path / "text.gz"
    file = zlib.gzopen(str(path), "wb")
    assert zlib.gzprintf(file, "100%s\n") == 6
    assert zlib.gzfwrite(b"abcdef", 3, 2, file) == 2
    with pytest.raises(ValueError, match="at least 9"):
        zlib.gzfwrite(b"abcdef", 3, 3, file)
    file.gzclose()
    assert gzip.decompress(path.read_bytes()) == b"100%s\nabcdef"
    file, room = zlib.gzopen(str(path), "rb"), bytearray(12)
    assert zlib.gzfread(room, 4, 3, file) == 3
    assert room == b"100%s\nabcdef"
    file.gzclose()


def test_a_missing_file_is_none(zlib, tmp_path):
    assert zlib.gzopen(str(tmp_path / "absent.gz"), "rb") is None
    with pytest.raises(TypeError, match="gzgetc"):
        zlib.gzgetc(None)
