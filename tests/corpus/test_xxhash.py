"""Ordinary use of xxHash: one shot, streams, canonical bytes."""

import functools
import sys

import pytest

pytestmark = pytest.mark.corpus

DATA = bytes(range(256)) * 40
OWN = {f"XXH{bits}_createState": {"returns": "own"} for bits in ("32", "64", "3")} | {
    f"XXH{bits}_freeState": {"destructor-of": f"XXH{bits}_state_s"} for bits in ("32", "64", "3")
}


@pytest.fixture(scope="module")
def xxhash(bind_library):
    return bind_library("xxhash", OWN, ruled=True)


def test_known_values(xxhash):
    assert xxhash.XXH32(b"", 0) == 0x02CC5D05
    assert xxhash.XXH64(b"", 0) == 0xEF46DB3751D8E999
    assert xxhash.XXH3_64bits(b"") == 0x2D06800538D394C2
    assert xxhash.XXH64(b"abc", 0) != xxhash.XXH64(b"abc", 1)


def test_streams_equal_one_shot(xxhash):
    state = xxhash.XXH64_createState()
    assert xxhash.XXH64_reset(state, 7) == xxhash.XXH_OK
    for start in range(0, len(DATA), 1000):
        assert xxhash.XXH64_update(state, memoryview(DATA)[start : start + 1000]) == xxhash.XXH_OK
    assert xxhash.XXH64_digest(state) == xxhash.XXH64(DATA, 7)
    small = xxhash.XXH32_createState()
    xxhash.XXH32_reset(small, 0)
    xxhash.XXH32_update(small, DATA)
    assert xxhash.XXH32_digest(small) == xxhash.XXH32(DATA, 0)


def test_a_copied_state_goes_on_by_itself(xxhash):
    state, other = xxhash.XXH64_createState(), xxhash.XXH64_createState()
    xxhash.XXH64_reset(state, 0)
    xxhash.XXH64_update(state, b"head")
    xxhash.XXH64_copyState(other, state)
    xxhash.XXH64_update(other, b"tail")
    assert xxhash.XXH64_digest(state) == xxhash.XXH64(b"head", 0)
    assert xxhash.XXH64_digest(other) == xxhash.XXH64(b"headtail", 0)


def test_128_bits_are_a_value(xxhash):
    state = xxhash.XXH3_createState()
    xxhash.XXH3_128bits_reset(state)
    xxhash.XXH3_128bits_update(state, DATA)
    streamed, whole = xxhash.XXH3_128bits_digest(state), xxhash.XXH3_128bits(DATA)
    assert (streamed.low64, streamed.high64) == (whole.low64, whole.high64)
    assert xxhash.XXH128_isEqual(streamed, whole)
    assert not xxhash.XXH128_isEqual(streamed, xxhash.XXH3_128bits(b"else"))


def test_values_in_order(xxhash):
    values = [xxhash.XXH3_128bits(text) for text in (b"", b"a", b"b", DATA)]
    memory = [value.low64.to_bytes(8, sys.byteorder) + value.high64.to_bytes(8, sys.byteorder) for value in values]
    ordered = sorted(memory, key=functools.cmp_to_key(xxhash.XXH128_cmp))
    pairs = sorted((value.high64, value.low64) for value in values)
    assert [(int.from_bytes(m[8:], sys.byteorder), int.from_bytes(m[:8], sys.byteorder)) for m in ordered] == pairs
    with pytest.raises(ValueError, match="16 elements"):
        xxhash.XXH128_cmp(b"short", memory[0])


def test_canonical_bytes(xxhash):
    canonical = xxhash.XXH64_canonical_t()
    xxhash.XXH64_canonicalFromHash(canonical, 0x0102030405060708)
    assert bytes(canonical.digest) == bytes(range(1, 9))
    assert xxhash.XXH64_hashFromCanonical(canonical) == 0x0102030405060708


def test_wrong_arguments(xxhash):
    with pytest.raises(TypeError, match="XXH64"):
        xxhash.XXH64("text", 0)
    with pytest.raises(OverflowError):
        xxhash.XXH32(b"", 2**32)
    with pytest.raises(TypeError, match="XXH64_digest"):
        xxhash.XXH64_digest(xxhash.XXH32_createState())
