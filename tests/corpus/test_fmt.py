"""Ordinary use of {fmt}: values that are known at run time, buffers, numbers, and what formatting refuses."""

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


@pytest.fixture(scope="module")
def fmt(bind_library):
    return bind_library("fmt")


@pytest.fixture
def format_all(fmt):
    def apply(text, *values):
        store = fmt.values()
        for value in values:
            fmt.add(store, value)
        return fmt.vformat(text, fmt.format_args(store))

    return apply


def test_values(format_all):
    assert format_all("{} and {}", 1, "two") == "1 and two"
    assert format_all("{1:>6.2f}|{0:<4}|", True, 3.14159) == "  3.14|true|"
    assert format_all("{:#06x}", 255) == "0x00ff"
    assert format_all("{{{}}}", "grüße") == "{grüße}"
    assert format_all("{:*^9}", "mid") == "***mid***"


def test_what_does_not_fit_is_an_error(fmt, format_all):
    with pytest.raises(fmt.format_error, match="argument not found"):
        format_all("{} {}", 1)
    with pytest.raises(fmt.format_error):
        format_all("{:d}", "text")
    with pytest.raises(fmt.format_error):
        format_all("{")


def test_a_store_is_used_again(fmt):
    store = fmt.values()
    fmt.add(store, 2.5)
    args = fmt.format_args(store)
    assert fmt.vformat("{0} {0:e}", args) == "2.5 2.500000e+00"
    assert fmt.vformat("{:5}", args) == "  2.5"


def test_buffers(fmt):
    buffer = fmt.memory_buffer()
    for char in "tail":
        buffer.push_back(char)
    assert buffer.size() == 4
    assert fmt.to_string(buffer) == "tail"
    buffer.clear()
    assert fmt.to_string(buffer) == ""


def test_numbers(fmt):
    assert fmt.format_int(-42).str() == "-42"
    assert fmt.format_int(2**63 - 1).size() == 19


def test_views(fmt):
    assert fmt.string_view("dove").compare(fmt.string_view("tail")) < 0
    assert fmt.string_view("dove") == fmt.string_view("dove")


def test_printing_to_a_file(fmt, tmp_path):
    store = fmt.values()
    fmt.add(store, "joint")
    with open(tmp_path / "out.txt", "w") as file:
        fmt.vprint(file, "one {}\n", fmt.format_args(store))
    assert (tmp_path / "out.txt").read_text() == "one joint\n"
