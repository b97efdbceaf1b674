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
    assert zlib.gzclose(file) == zlib.Z_OK
    assert not hasattr(zlib, "deflateInit")
    stream = zlib.z_stream_s()
    assert zlib.deflateInit_(stream, 6, zlib.zlibVersion(), 112) == zlib.Z_OK
    assert zlib.deflateBound(stream, 1000) > 1000
    assert zlib.deflateEnd(stream) == zlib.Z_OK
    assert zlib.deflateEnd(stream) == zlib.Z_STREAM_ERROR


def test_a_missing_file_is_none(zlib, tmp_path):
    assert zlib.gzopen(str(tmp_path / "absent.gz"), "rb") is None
    with pytest.raises(TypeError, match="gzgetc"):
        zlib.gzgetc(None)
