"""Ordinary use of yaml-cpp: load a document and walk it, emit one, dump it."""

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


def test_look_up(yaml, service):
    key = yaml.Load
    assert service[key("name")].Scalar() == "joiner"
    ports = service[key("ports")]
    assert ports.IsSequence()
    assert [ports[key(str(i))].Scalar() for i in range(ports.size())] == ["80", "443"]
    assert service[key("limits")][key("memory")].Scalar() == "1.5"
    assert service[key("owner")].IsNull()
    assert not service[key("absent")].IsDefined()


def test_nodes_share_their_document(yaml, service):
    ports = service[yaml.Load("ports")]
    ports.push_back(yaml.Load("8080"))
    assert service[yaml.Load("ports")].size() == 3
    assert ports.is_(service[yaml.Load("ports")])
    copy = yaml.Clone(service)
    ports.push_back(yaml.Load("8081"))
    assert copy[yaml.Load("ports")].size() == 3


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
    out.SetLocalValue(yaml.EndMap)
    assert not out.good()
    assert "unexpected end map" in out.GetLastError()


def test_dump(yaml, service):
    text = yaml.Dump(service)
    assert "ports: [80, 443]" in text
    assert yaml.Load(text)[yaml.Load("name")].Scalar() == "joiner"


def test_wrong_types_are_type_errors(yaml, service):
    with pytest.raises(TypeError, match="Load"):
        yaml.Load(3)
    with pytest.raises(TypeError):
        service[None]
