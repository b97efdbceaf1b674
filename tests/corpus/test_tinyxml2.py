"""Ordinary use of tinyxml2: parse a document and walk it, build one, print it and save it."""

import pytest

pytestmark = pytest.mark.corpus

RECIPE = """<recipe name="bread" minutes="45">
  <flour grams="500"/>
  <water grams="350.5" hot="true"/>
  <step>Mix</step><step>Bake &lt;hot&gt;</step>
</recipe>"""


@pytest.fixture(scope="module")
def tinyxml2(bind_library):
    return bind_library("tinyxml2", ruled=True)


@pytest.fixture
def document(tinyxml2):
    document = tinyxml2.XMLDocument()
    assert document.Parse(RECIPE) == tinyxml2.XML_SUCCESS
    return document


def test_walk(document):
    root = document.RootElement()
    assert root.Name() == "recipe"
    steps = []
    step = root.FirstChildElement("step")
    while step is not None:
        steps.append(step.GetText())
        step = step.NextSiblingElement("step")
    assert steps == ["Mix", "Bake <hot>"]
    assert root.FirstChildElement("absent") is None
    assert root.FirstChildElement("flour").GetText() is None


def test_attributes(document):
    root = document.RootElement()
    assert root.Attribute("name") == "bread"
    assert root.Attribute("absent") is None
    assert root.Attribute("name", "cake") is None
    assert root.IntAttribute("minutes") == 45
    assert root.IntAttribute("absent", 7) == 7
    water = root.FirstChildElement("water")
    assert water.DoubleAttribute("grams") == 350.5
    assert water.BoolAttribute("hot") is True
    names, attribute = [], water.FirstAttribute()
    while attribute is not None:
        names.append(attribute.Name())
        attribute = attribute.Next()
    assert names == ["grams", "hot"]


def test_nodes_are_the_same_objects_of_their_own_class(tinyxml2, document):
    root = document.RootElement()
    assert isinstance(root, tinyxml2.XMLElement)
    assert root.FirstChild() is root.FirstChildElement("flour")
    text = root.FirstChildElement("step").FirstChild()
    assert isinstance(text, tinyxml2.XMLNode)
    assert text.ToText().Value() == "Mix"
    assert text.ToElement() is None
    assert text.Parent() is root.FirstChildElement("step")
    assert root.GetDocument() is document


def test_a_node_keeps_its_document(tinyxml2):
    def parse():
        document = tinyxml2.XMLDocument()
        document.Parse(RECIPE)
        return document.RootElement()

    assert parse().FirstChildElement("water").Attribute("hot") == "true"


def test_errors(tinyxml2):
    document = tinyxml2.XMLDocument()
    assert document.Parse("<a><b></a>") is tinyxml2.XMLError.XML_ERROR_MISMATCHED_ELEMENT
    assert document.Error() is True
    assert document.ErrorLineNum() == 1
    assert "XML_ERROR_MISMATCHED_ELEMENT" in document.ErrorStr()
    assert document.ErrorName() == "XML_ERROR_MISMATCHED_ELEMENT"
    assert document.RootElement() is None
    assert document.LoadFile("/no/such/file.xml") == tinyxml2.XML_ERROR_FILE_NOT_FOUND


def test_build_print_and_save(tinyxml2, tmp_path):
    document = tinyxml2.XMLDocument()
    root = document.NewElement("log")
    document.InsertFirstChild(root)
    for level, text in enumerate(["quiet", "loud"]):
        entry = document.NewElement("entry")
        entry.SetAttribute("level", level)
        entry.SetAttribute("kind", text)
        entry.SetText(text)
        root.InsertEndChild(entry)
    root.InsertEndChild(document.NewComment("end"))

    printer = tinyxml2.XMLPrinter()
    document.Print(printer)
    assert '<entry level="1" kind="loud">loud</entry>' in printer.CStr()
    assert "<!--end-->" in printer.CStr()

    path = str(tmp_path / "log.xml")
    assert document.SaveFile(path) == tinyxml2.XML_SUCCESS
    again = tinyxml2.XMLDocument()
    assert again.LoadFile(path) == tinyxml2.XML_SUCCESS
    assert again.RootElement().LastChildElement("entry").IntAttribute("level") == 1


def test_open_files(tinyxml2, document, tmp_path):
    with open(tmp_path / "recipe.xml", "w", encoding="utf-8") as file:
        file.write("<!--first-->")
        assert document.SaveFile(file) == tinyxml2.XML_SUCCESS
    again = tinyxml2.XMLDocument()
    with open(tmp_path / "recipe.xml", "rb") as file:
        assert again.LoadFile(file) == tinyxml2.XML_SUCCESS
        assert file.read() == b""
    assert again.FirstChild().Value() == "first"
    assert again.RootElement().Name() == document.RootElement().Name()


def test_pieces_of_the_parser(tinyxml2):
    assert tinyxml2.XMLUtil.SkipWhiteSpace(" \n\n x") == ("x", 2)
    text = bytearray(10)
    assert tinyxml2.XMLUtil.GetCharacterRef("&#x41;&lt;", text) == ("&lt;", 1)
    assert text[:1] == b"A"


def test_the_printer_as_a_visitor(tinyxml2, document):
    printer = tinyxml2.XMLPrinter()
    assert document.RootElement().Accept(printer) is True
    assert printer.CStr().startswith("<recipe")


def test_wrong_types_are_type_errors(tinyxml2, document):
    with pytest.raises(TypeError, match="Parse"):
        document.Parse(5)
    with pytest.raises(TypeError, match="SetAttribute"):
        document.RootElement().SetAttribute("x", object())
    with pytest.raises(TypeError):
        tinyxml2.XMLElement()
