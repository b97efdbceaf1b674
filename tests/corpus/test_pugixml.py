"""Ordinary use of pugixml: parse a document and walk it, query it, build one and save it."""

import io

import pytest

pytestmark = pytest.mark.corpus

CATALOGUE = """<?xml version="1.0"?>
<catalogue>
  <book id="1" price="12.5"><title>Dovetails</title><author>A. Joiner</author></book>
  <book id="2" price="8"><title>Mortise &amp; Tenon</title></book>
  <!-- sold out -->
</catalogue>
"""


@pytest.fixture(scope="module")
def pugi(bind_library):
    return bind_library("pugixml", ruled=True)


@pytest.fixture
def document(pugi):
    document = pugi.xml_document()
    assert document.load_string(CATALOGUE).status == pugi.status_ok
    return document


def test_walk_by_name(document):
    catalogue = document.child("catalogue")
    assert catalogue.name() == "catalogue"
    book = catalogue.child("book")
    titles = []
    while not book.empty():
        titles.append(book.child_value("title"))
        book = book.next_sibling("book")
    assert titles == ["Dovetails", "Mortise & Tenon"]


def test_walk_by_iteration(pugi, document):
    kinds = [node.type() for node in document.child("catalogue")]
    assert kinds == [pugi.node_element, pugi.node_element]
    assert kinds[0] is pugi.xml_node_type.node_element
    assert [node.name() for node in document.child("catalogue").first_child()] == ["title", "author"]


def test_attributes(document):
    book = document.child("catalogue").child("book")
    assert book.attribute("id").as_int() == 1
    assert book.attribute("price").as_double() == 12.5
    assert book.attribute("price").value() == "12.5"
    assert book.attribute("absent").empty()
    assert book.attribute("absent").as_int(7) == 7


def test_nodes_outlive_the_names_that_found_them(pugi):
    def first_book():
        document = pugi.xml_document()
        document.load_string(CATALOGUE)
        return document, document.child("catalogue").child("book")

    document, book = first_book()
    assert book == document.child("catalogue").first_child()
    assert book != document.child("catalogue")
    assert book.parent().name() == "catalogue"


def test_a_broken_document_is_a_result(pugi):
    result = pugi.xml_document().load_string("<a><b></a>")
    assert result.status == pugi.status_end_element_mismatch
    assert result.offset == 8
    assert "mismatch" in result.description()


def test_xpath(pugi, document):
    found = document.select_nodes("//book[@price > 10]/title")
    assert found.size() == 1
    assert [each.node().child_value() for each in found] == ["Dovetails"]
    assert document.select_node("//book[@id='2']").node().attribute("price").as_int() == 8
    query = pugi.xpath_query("count(//book)")
    assert query.evaluate_number(pugi.xpath_node(document)) == 2
    assert query.evaluate_number(document) == 2
    with pytest.raises(pugi.xpath_exception, match="node test"):
        pugi.xpath_query("//book[")


def test_build_save_and_read_again(pugi, tmp_path):
    document = pugi.xml_document()
    root = document.append_child("settings")
    for name, value in {"width": 640, "depth": 24}.items():
        entry = root.append_child("entry")
        assert entry.append_attribute("name").set_value(name)
        assert entry.append_attribute("value").set_value(value)
    root.append_child(pugi.node_comment).set_value("written by a test")
    assert root.first_child().text().set("body")

    path = str(tmp_path / "settings.xml")
    assert document.save_file(path)
    again = pugi.xml_document()
    assert again.load_file(path).status == pugi.status_ok
    entries = list(again.child("settings").children("entry"))
    assert [entry.attribute("value").as_int() for entry in entries] == [640, 24]
    assert entries[0].text().get() == "body"
    assert 'name="depth"' in (tmp_path / "settings.xml").read_text()


def test_remove(document):
    catalogue = document.child("catalogue")
    assert catalogue.remove_child(catalogue.first_child())
    assert not catalogue.remove_child("absent")
    assert [book.attribute("id").as_int() for book in catalogue.children("book")] == [2]


def test_wrong_types_are_type_errors(pugi, document):
    with pytest.raises(TypeError, match="child"):
        document.child(3)
    with pytest.raises(TypeError, match="load_string"):
        pugi.xml_document().load_string(None)


def test_handles_find_the_same_node(pugi, document):
    book = document.select_node("//book[@id='2']").node()
    handle = book.internal_object()
    assert pugi.xml_node(handle) == book
    assert document.select_node("//book[@id='2']").node().internal_object() is handle
    assert pugi.xml_node().internal_object() is None


def test_writing_to_a_file_that_the_writer_keeps(pugi, document):
    out = io.StringIO()
    writer = pugi.xml_writer_stream(out)
    document.child("catalogue").child("book").print(writer)
    assert "<title>Dovetails</title>" in out.getvalue()


def test_text_into_a_buffer(pugi, document):
    buffer = bytearray(8)
    assert pugi.xpath_query("string(//title)").evaluate_string(buffer, document) == len("Dovetails") + 1
    assert buffer == b"Dovetai\0"
