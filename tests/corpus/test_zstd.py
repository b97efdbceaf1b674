"""Ordinary use of Zstandard: round trips, contexts and dictionaries that Python owns, codes as exceptions."""

import gc

import pytest

pytestmark = pytest.mark.corpus

DATA = b"dovetail joins header and module. " * 100
RULES = {
    **{f"ZSTD_create{kind}": {"returns": "own"} for kind in ("CCtx", "DCtx", "CDict", "DDict")},
    **{f"ZSTD_free{kind}": {"destructor-of": f"ZSTD_{kind}_s"} for kind in ("CCtx", "DCtx", "CDict", "DDict")},
    "ZSTD_*compress*": {"errors": "ZstdError", "failed": "ZSTD_isError", "message": "ZSTD_getErrorName"},
}


@pytest.fixture(scope="module")
def zstd(bind_library):
    return bind_library("zstd", RULES)


def compress(zstd, data, level=3):
    dest = bytearray(zstd.ZSTD_compressBound(len(data)))
    return bytes(dest[: zstd.ZSTD_compress(dest, data, level)])


def test_round_trip(zstd):
    frame = compress(zstd, DATA)
    assert len(frame) < len(DATA) // 10
    assert zstd.ZSTD_getFrameContentSize(frame) == len(DATA)
    back = bytearray(len(DATA))
    assert zstd.ZSTD_decompress(back, frame) == len(DATA)
    assert back == DATA


def test_nothing_makes_a_round_trip(zstd):
    assert zstd.ZSTD_decompress(bytearray(1), compress(zstd, b"")) == 0


def test_codes_are_exceptions_with_their_names(zstd):
    with pytest.raises(zstd.ZstdError, match="too small"):
        zstd.ZSTD_compress(bytearray(4), DATA, 3)
    with pytest.raises(zstd.ZstdError, match="Unknown frame descriptor") as caught:
        zstd.ZSTD_decompress(bytearray(100), b"no frame at all")
    assert zstd.ZSTD_isError(caught.value.code)


def test_contexts(zstd):
    context, reader = zstd.ZSTD_createCCtx(), zstd.ZSTD_createDCtx()
    parameter = zstd.ZSTD_cParameter.ZSTD_c_checksumFlag
    assert not zstd.ZSTD_isError(zstd.ZSTD_CCtx_setParameter(context, parameter, 1))
    for size in (10, len(DATA)):
        dest, back = bytearray(zstd.ZSTD_compressBound(size)), bytearray(size)
        used = zstd.ZSTD_compress2(context, dest, DATA[:size])
        assert zstd.ZSTD_decompressDCtx(reader, back, memoryview(dest)[:used]) == size
        assert back == DATA[:size]


def test_dictionaries_outlive_the_bytes_they_came_from(zstd):
    words = bytearray(DATA)
    writing, reading = zstd.ZSTD_createCDict(words, 3), zstd.ZSTD_createDDict(words)
    words[:] = bytes(len(words))
    del words
    gc.collect()
    dest, back = bytearray(200), bytearray(70)
    used = zstd.ZSTD_compress_usingCDict(zstd.ZSTD_createCCtx(), dest, DATA[:70], writing)
    assert used < len(compress(zstd, DATA[:70]))
    zstd.ZSTD_decompress_usingDDict(zstd.ZSTD_createDCtx(), back, dest[:used], reading)
    assert back == DATA[:70]


def test_wrong_arguments(zstd):
    with pytest.raises(TypeError, match="ZSTD_compress"):
        zstd.ZSTD_compress(bytearray(10), "text", 3)
    with pytest.raises(BufferError):
        zstd.ZSTD_compress(bytes(100), DATA, 3)
    with pytest.raises(TypeError, match="ZSTD_compressCCtx"):
        zstd.ZSTD_compressCCtx(None, bytearray(100), DATA, 3)
