"""Ordinary use of yaml-cpp: load a document and walk it, emit one, dump it."""

import copy
import io

import pytest

pytestmark = pytest.mark.corpus

SERVICE = """
name: joiner
ports: [80, 443]
limits: {memory: 1.5, quiet: true}
owner: ~
"""


@pytest.fixture(scope="module")
def yaml(bind_library):
    return bind_library("yaml-cpp")


@pytest.fixture
def service(yaml):
    return yaml.Load(SERVICE)


def test_kinds(yaml, service):
    assert service.IsMap()
    assert service.Type() == yaml.NodeType.Map
    assert service.size() == 4
    assert service.Mark().line == 1


def test_walk(yaml, service):
    values = {item.first.Scalar(): item.second for item in service}
    assert values["name"].Scalar() == "joiner"
    ports = values["ports"]
    assert [port.Scalar() for port in ports] == ["80", "443"]
    assert all(isinstance(port, yaml.Node) for port in ports)
    assert list(values) == ["name", "ports", "limits", "owner"]
    limits = {item.first.Scalar(): item.second.Scalar() for item in values["limits"]}
    assert limits == {"memory": "1.5", "quiet": "true"}
    nested = yaml.Load("[[1, 2], [3]]")
    assert [[each.Scalar() for each in row] for row in nested] == [["1", "2"], ["3"]]
    kept = list(nested)
    del nested
    assert yaml.Dump(yaml.Node(kept[0])) == "[1, 2]"


def test_exceptions_are_made_in_python(yaml):
    mark = yaml.Load("a").Mark()
    with pytest.raises(yaml.Exception, match="line 1, column 1: no such thing") as caught:
        raise yaml.ParserException(mark, "no such thing")
    assert caught.value.msg == "no such thing"
    assert caught.value.mark.column == 0
    with pytest.raises(yaml.BadPushback):
        raise yaml.BadPushback()


def test_build_a_sequence(yaml):
    ports = yaml.Node(yaml.NodeType.Sequence)
    for port in (80, 443):
        ports.push_back(yaml.Load(str(port)))
    assert (ports.size(), len(ports)) == (2, 2)
    assert yaml.Dump(ports) == "- 80\n- 443"
    ports.SetStyle(yaml.EmitterStyle.Flow)
    assert yaml.Dump(ports) == "[80, 443]"


def test_copies_share_and_clones_do_not(yaml):
    ports = yaml.Load("[80]")
    same, clone = copy.copy(ports), yaml.Clone(ports)
    ports.push_back(yaml.Load("443"))
    assert same.is_(ports)
    assert not clone.is_(ports)
    assert (same.size(), clone.size()) == (2, 1)


def test_several_documents(yaml, tmp_path):
    assert [node.Scalar() for node in yaml.LoadAll("--- one\n--- two\n")] == ["one", "two"]
    path = tmp_path / "service.yaml"
    path.write_text(SERVICE)
    assert yaml.LoadFile(str(path)).size() == 4


def test_errors_keep_their_classes(yaml):
    with pytest.raises(yaml.ParserException, match="line 1") as caught:
        yaml.Load("[1, 2")
    assert isinstance(caught.value, yaml.Exception)
    with pytest.raises(yaml.BadFile):
        yaml.LoadFile("/no/such/file.yaml")


def test_emit(yaml):
    out = yaml.Emitter()
    out.SetLocalValue(yaml.BeginMap)
    out.SetLocalValue(yaml.Key).Write("name")
    out.SetLocalValue(yaml.Value).Write("joiner")
    out.SetLocalValue(yaml.Key).Write("quiet")
    out.SetLocalValue(yaml.Value).Write(True)
    out.SetLocalValue(yaml.EndMap)
    assert out.good()
    assert out.c_str() == "name: joiner\nquiet: true"
    assert out.size() == len(out.c_str())


def test_emitting_nonsense_is_reported(yaml):
    out = yaml.Emitter()
    out.SetLocalValue(yaml.BeginMap)
    out.SetLocalValue(yaml.EndSeq)
    assert not out.good()
    assert "unmatched group tag" in out.GetLastError()


def test_dump(yaml, service):
    text = yaml.Dump(service)
    assert "ports: [80, 443]" in text
    assert yaml.Dump(yaml.Load(text)) == text


def test_wrong_types_are_type_errors(yaml, service):
    with pytest.raises(TypeError, match="Load"):
        yaml.Load(3)
    with pytest.raises(TypeError):
        service[None]


@pytest.mark.slow
def test_listed_instantiations(bind_library):
    listed = {
        "Node::as": {"instantiate": ["int", "double", "bool", "std::string", "std::vector<int>"]},
        "Node::operator[]": {"instantiate": ["std::string"]},
    }
    yaml = bind_library("yaml-cpp", rules=listed)
    service = yaml.Load(SERVICE)
    assert service["name"].as_string() == "joiner"
    assert service["ports"].as_vector_int() == [80, 443]
    assert service["limits"]["memory"].as_double() == 1.5
    assert service["limits"]["quiet"].as_bool() is True
    with pytest.raises(yaml.BadConversion, match="bad conversion"):
        service["name"].as_int()


def test_emit_to_a_file(yaml):
    out = io.StringIO()
    emitter = yaml.Emitter(out)
    emitter.SetLocalValue(yaml.BeginSeq)
    emitter.Write("oak").Write("ash")
    emitter.SetLocalValue(yaml.EndSeq)
    assert out.getvalue() == "- oak\n- ash"
