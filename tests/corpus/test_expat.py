"""Ordinary use of Expat: parse text in one piece and in several, hear of it through handlers, and of what is wrong."""

import gc
import sys

import pytest

pytestmark = pytest.mark.corpus

DOCUMENT = '<?xml version="1.0"?><!-- häufig --><a xmlns:x="urn:x"><b/><?run fast?><x:c>text</x:c></a>'


@pytest.fixture(scope="module")
def expat(bind_library):
    return bind_library("expat", ruled=True)


@pytest.fixture
def heard(expat):
    """A parser, and what its handlers hear."""
    parser, seen = expat.XML_ParserCreate("UTF-8"), []
    expat.XML_SetEndElementHandler(parser, lambda data, name: seen.append(("end", name)))
    expat.XML_SetCommentHandler(parser, lambda data, text: seen.append(("comment", text)))
    expat.XML_SetProcessingInstructionHandler(parser, lambda data, target, text: seen.append((target, text)))
    return parser, seen


EXPECTED = [("comment", " häufig "), ("end", "b"), ("run", "fast"), ("end", "x:c"), ("end", "a")]


def test_parse_in_one_piece(expat, heard):
    parser, seen = heard
    assert expat.XML_Parse(parser, DOCUMENT, 1) is None
    assert seen == EXPECTED


def test_parse_in_pieces(expat, heard):
    parser, seen = heard
    data = DOCUMENT.encode()
    for start in range(0, len(data), 7):
        expat.XML_Parse(parser, memoryview(data)[start : start + 7], 0)
    expat.XML_Parse(parser, b"", 1)
    assert seen == EXPECTED
    assert expat.XML_GetCurrentByteIndex(parser) == len(data)


def test_namespaces(expat):
    parser, seen = expat.XML_ParserCreateNS("UTF-8", "|"), []
    expat.XML_SetStartNamespaceDeclHandler(parser, lambda data, prefix, uri: seen.append((prefix, uri)))
    expat.XML_SetEndElementHandler(parser, lambda data, name: seen.append(name))
    expat.XML_Parse(parser, DOCUMENT, 1)
    assert seen == [("x", "urn:x"), "b", "urn:x|c", "a"]


def test_attributes_and_text_with_a_length(expat):
    parser, seen = expat.XML_ParserCreate("UTF-8"), []
    expat.XML_SetElementHandler(
        parser,
        lambda data, name, attributes: seen.append((name, dict(zip(attributes[::2], attributes[1::2], strict=True)))),
        lambda data, name: seen.append(name),
    )
    expat.XML_SetCharacterDataHandler(parser, lambda data, text: seen.append(text))
    expat.XML_Parse(parser, '<a one="1" two="zwölf"><b/>text<c>more</c></a>', 1)
    assert seen == [("a", {"one": "1", "two": "zwölf"}), ("b", {}), "b", "text", ("c", {}), "more", "c", "a"]


def test_errors_have_expats_text(expat):
    parser = expat.XML_ParserCreate("UTF-8")
    with pytest.raises(expat.ExpatError, match="mismatched tag"):
        expat.XML_Parse(parser, "<a>\n</b>", 1)
    assert expat.XML_GetErrorCode(parser) == expat.XML_ERROR_TAG_MISMATCH
    assert expat.XML_GetCurrentLineNumber(parser) == 2


def test_an_exception_of_a_kept_handler_is_reported(expat, monkeypatch):
    """Expat holds the handler when another call runs it: there is no caller that it could be raised to."""
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda reported: seen.append(str(reported.exc_value)))

    def refuse(data, text):
        raise ValueError(text)

    parser = expat.XML_ParserCreate("UTF-8")
    expat.XML_SetCommentHandler(parser, refuse)
    expat.XML_Parse(parser, "<a><!-- no --></a>", 1)
    assert seen == [" no "]


def test_parsers_end(expat):
    parser = expat.XML_ParserCreate("UTF-8")
    parser.XML_ParserFree()
    with pytest.raises(ReferenceError):
        expat.XML_Parse(parser, "<a/>", 1)
    for _ in range(100):
        expat.XML_Parse(expat.XML_ParserCreate("UTF-8"), "<a/>", 1)
    gc.collect()


def test_wrong_arguments(expat):
    with pytest.raises(TypeError, match="XML_Parse"):
        expat.XML_Parse(None, "<a/>", 1)
    with pytest.raises(TypeError):
        expat.XML_SetCommentHandler(expat.XML_ParserCreate("UTF-8"), "no callable")
