"""Ordinary use of tinyobjloader: read a small model with its material."""

import io

import pytest

pytestmark = pytest.mark.corpus

MODEL = """mtllib wood.mtl
o wedge
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
usemtl oak
f 1/1 2/1 3/1 4/1
"""

MATERIAL = """newmtl oak
Kd 0.5 0.25 0.125
illum 2
"""


@pytest.fixture(scope="module")
def tinyobj(bind_library):
    return bind_library("tinyobjloader")


def read(tinyobj, text, **options):
    reader, config = tinyobj.ObjReader(), tinyobj.ObjReaderConfig()
    for name, value in options.items():
        setattr(config, name, value)
    return reader, reader.ParseFromString(text, MATERIAL, config)


def test_vertices(tinyobj):
    reader, read_well = read(tinyobj, MODEL)
    assert read_well
    assert reader.Valid()
    assert reader.Error() == ""
    assert list(reader.GetAttrib().vertices) == [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]


def test_vertices_are_an_array(tinyobj):
    numpy = pytest.importorskip("numpy")
    reader, _ = read(tinyobj, MODEL)
    vertices = numpy.asarray(reader.GetAttrib().vertices).reshape(-1, 3)
    assert vertices.dtype == numpy.float32
    assert vertices.max(axis=0).tolist() == [1, 1, 0]


def test_faces_are_triangles_when_asked(tinyobj):
    for triangulate, faces in ((False, [4]), (True, [3, 3])):
        reader, _ = read(tinyobj, MODEL, triangulate=triangulate)
        (shape,) = reader.GetShapes()
        assert shape.name == "wedge"
        assert list(shape.mesh.num_face_vertices) == faces
        assert len(shape.mesh.indices) == sum(faces)
        assert shape.mesh.indices[0].vertex_index == 0


def test_materials(tinyobj):
    reader, _ = read(tinyobj, MODEL)
    (oak,) = reader.GetMaterials()
    assert (oak.name, oak.illum) == ("oak", 2)
    assert list(oak.diffuse) == [0.5, 0.25, 0.125]


def test_a_missing_file_is_explained(tinyobj, tmp_path):
    reader = tinyobj.ObjReader()
    assert not reader.ParseFromFile(str(tmp_path / "none.obj"))
    assert "none.obj" in reader.Error()


def test_wrong_types(tinyobj):
    with pytest.raises(TypeError):
        tinyobj.ObjReader().ParseFromString(1, 2)


def test_materials_from_a_file(tinyobj):
    reader = tinyobj.MaterialStreamReader(io.StringIO(MATERIAL))
    materials, places = tinyobj.VectorMaterialT(), tinyobj.MapStringInt()
    assert reader("wood.mtl", materials, places) == (True, "", "")
    assert list(places) == [material.name for material in materials] == ["oak"]
