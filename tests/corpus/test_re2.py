"""Ordinary use of RE2: match, extract and replace."""

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def re2(bind_library):
    return bind_library("re2")


@pytest.fixture
def date(re2):
    return re2.RE2(r"(?P<year>\d{4})-(?P<month>\d\d)")


def search(re2, expression, text):
    """The text of the leftmost match, or None."""
    found = re2.StringPiece()
    if expression.Match(text, 0, len(text), re2.RE2.UNANCHORED, found, 1):
        return found.as_string()
    return None


def test_facts(date):
    assert date.ok()
    assert date.pattern() == r"(?P<year>\d{4})-(?P<month>\d\d)"
    assert date.NumberOfCapturingGroups() == 2
    assert date.NamedCapturingGroups() == {"year": 1, "month": 2}
    assert date.CapturingGroupNames()[2] == "month"
    assert date.ProgramSize() > 0


def test_match(re2, date):
    assert search(re2, date, "in 2026-11 or so") == "2026-11"
    assert search(re2, date, "never") is None
    assert not date.Match("in 2026-11", 0, 10, re2.RE2.ANCHOR_START, re2.StringPiece(), 0)


def test_replace(re2, date):
    assert re2.RE2.Replace("2026-11, 2027-01", date, r"\2/\1") == (True, "11/2026, 2027-01")
    assert re2.RE2.GlobalReplace("2026-11, 2027-01", date, r"\2/\1") == (2, "11/2026, 01/2027")
    assert re2.RE2.GlobalReplace("none", date, "x") == (0, "none")


def test_extract(re2, date):
    assert re2.RE2.Extract("in 2026-11", date, r"month \2 of \1") == (True, "month 11 of 2026")


def test_quote(re2):
    assert re2.RE2.QuoteMeta("1.5*x") == r"1\.5\*x"


def test_broken_expressions(re2):
    options = re2.RE2.Options()
    options.set_log_errors(False)
    broken = re2.RE2("(unclosed", options)
    assert not broken.ok()
    assert broken.error_code() == re2.RE2.ErrorMissingParen
    assert "missing" in broken.error()
    assert broken.error_arg() == "(unclosed"


def test_options(re2):
    options = re2.RE2.Options()
    options.set_case_sensitive(False)
    assert search(re2, re2.RE2("JOINT", options), "a joint") == "joint"
    assert options.case_sensitive() is False
    assert options.encoding() == re2.RE2.Options.EncodingUTF8


def test_sets(re2):
    joints = re2.RE2.Set(re2.RE2.Options(), re2.RE2.UNANCHORED)
    assert joints.Add("dove")[0] == 0
    assert joints.Add("tail$")[0] == 1
    assert joints.Compile()
    assert joints.Match("dovetail", None)
    assert not joints.Match("mortise", None)


def test_wrong_types_are_type_errors(re2, date):
    with pytest.raises(TypeError, match="RE2"):
        re2.RE2(3)
    with pytest.raises(TypeError, match="QuoteMeta"):
        re2.RE2.QuoteMeta(3)


def test_pieces_are_sequences(re2):
    piece = re2.StringPiece("abc")
    assert "".join(piece) == "abc"
    assert "".join(reversed(piece)) == "cba"
    assert (len(piece), piece[-1]) == (3, "c")
    with pytest.raises(IndexError):
        piece[3]


def test_what_is_only_declared_is_a_handle(re2, date):
    assert type(date.Regexp()) is re2.Regexp
    assert date.Regexp() is date.Regexp()


def test_groups_by_arrays_of_arguments(re2, date):
    pair = re2.RE2(r"(\d+)-(\d+)")
    assert re2.RE2.FullMatchN("2024-01", pair, [re2.RE2.Arg(), re2.RE2.Arg()]) is True
    assert re2.RE2.FullMatchN("2024-01", pair, [re2.RE2.Arg()] * 3) is False  # there are but two groups
    assert re2.RE2.PartialMatchN("in 2024-01 or so", pair, []) is True
    with pytest.raises(TypeError):
        re2.RE2.FullMatchN("2024-01-02", date, [3])
