"""Ordinary use of glm: vectors, matrices and quaternions of floats, through all the templates that it is made of.

Compiled are those of `float` alone: glm names over a hundred more types.
"""

import math

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

OF_FLOATS = ("vec<2, float>", "vec<3, float>", "vec<4, float>", "mat<3, 3, float>", "mat<4, 4, float>", "qua<float>")


@pytest.fixture(scope="module")
def glm(bind_library):
    kept = {f"*{name}*": {"skip": False} for name in OF_FLOATS}
    rules = {"glm::*": {"skip": True}, "perspective*": {"skip": False}, "*radians*": {"skip": False}, **kept}
    return bind_library("glm", rules, ruled=True)


def test_components_have_several_names(glm):
    v = glm.vec3(1, 2, 3)
    assert (v.x, v.y, v.z) == (v.r, v.g, v.b) == (v.s, v.t, v.p) == tuple(v) == (1, 2, 3)
    v.g = 5
    assert v.y == v[1] == v[-2] == 5
    v[0] = 7
    assert (v.x, len(v)) == (7, 3)
    with pytest.raises(IndexError):
        v[3]
    with pytest.raises(AttributeError):
        glm.vec2().z


def test_arithmetic(glm):
    v, one = glm.vec3(1, 2, 3), glm.vec3(1)
    assert v + one == glm.vec3(2, 3, 4)
    assert 2.0 * v == v * 2 == v + v
    assert -(v - one) == glm.vec3(0, -1, -2)
    v += one
    assert v / v == one
    with pytest.raises(TypeError):
        v + glm.vec2(1, 2)


def test_geometry(glm):
    x, y = glm.vec3(1, 0, 0), glm.vec3(0, 1, 0)
    assert glm.cross(x, y) == glm.vec3(0, 0, 1)
    assert glm.dot(x + y, x) == 1
    assert glm.length(glm.vec2(3, 4)) == glm.distance(glm.vec4(0), glm.vec4(3, 4, 0, 0)) == 5
    assert glm.normalize(glm.vec3(0, 0, 9)) == glm.vec3(0, 0, 1)
    assert glm.reflect(x, -x) == -x
    assert glm.mix(x, y, 0.5) == glm.vec3(0.5, 0.5, 0)
    assert math.isclose(glm.radians(180), math.pi, rel_tol=1e-6)


def test_matrices(glm):
    model = glm.translate(glm.mat4x4(1), glm.vec3(1, 2, 3))
    assert model * glm.vec4(0, 0, 0, 1) == glm.vec4(1, 2, 3, 1)
    assert glm.inverse(model)[3] == glm.vec4(-1, -2, -3, 1)
    assert glm.transpose(model)[0].w == 1
    assert glm.determinant(glm.scale(glm.mat4x4(1), glm.vec3(2))) == 8
    column = model[3]
    column.x = 9
    assert model[3][0] == 9
    with pytest.raises(IndexError):
        model[4]


def test_a_camera(glm):
    eye = glm.lookAt(glm.vec3(0, 0, 5), glm.vec3(0, 0, 0), glm.vec3(0, 1, 0))
    assert eye[3] == glm.vec4(0, 0, -5, 1)
    seen = glm.perspective(math.radians(90), 1.0, 0.1, 100) * eye * glm.vec4(1, 0, 0, 1)
    assert math.isclose(seen.x / seen.w, 0.2, rel_tol=1e-6)


def test_quaternions(glm):
    turn = glm.angleAxis(math.pi / 2, glm.vec3(0, 0, 1))
    turned = turn * glm.vec3(1, 0, 0)
    assert math.isclose(turned.y, 1, abs_tol=1e-6)
    assert math.isclose(glm.mat4_cast(turn)[0].y, 1, abs_tol=1e-6)
    assert math.isclose(glm.angle(turn * turn), math.pi, rel_tol=1e-5)
    half = glm.slerp(glm.quat(1, 0, 0, 0), turn, 0.5)
    assert math.isclose(glm.angle(half), math.pi / 4, rel_tol=1e-5)
