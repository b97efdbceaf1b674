"""Ordinary use of Box2D: a box falls on the ground and comes to rest."""

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def box2d(bind_library):
    return bind_library("box2d", ruled=True)


@pytest.fixture
def world(box2d):
    return box2d.b2World(box2d.b2Vec2(0, -10))


def make_ground(box2d, world):
    definition = box2d.b2BodyDef()
    definition.position.Set(0, -10)
    ground = world.CreateBody(definition)
    shape = box2d.b2PolygonShape()
    shape.SetAsBox(50, 10)
    ground.CreateFixture(shape, 0)
    return ground


def make_box(box2d, world, x=0.0, y=4.0):
    definition = box2d.b2BodyDef()
    definition.type = box2d.b2_dynamicBody
    definition.position = box2d.b2Vec2(x, y)
    body = world.CreateBody(definition)
    shape = box2d.b2PolygonShape()
    shape.SetAsBox(1, 1)
    fixture = body.CreateFixture(shape, 1)
    fixture.SetFriction(0.3)
    return body


def test_a_box_falls_until_it_rests(box2d, world):
    make_ground(box2d, world)
    body = make_box(box2d, world)
    assert body.GetMass() == pytest.approx(4)
    heights = []
    while body.IsAwake() and len(heights) < 600:
        world.Step(1 / 60, 6, 2)
        heights.append(body.GetPosition().y)
    assert heights[0] < 4
    assert heights[30] < heights[10] < heights[0]
    assert heights[-1] == pytest.approx(1.015, abs=0.02)
    assert not body.IsAwake()
    assert body.GetAngle() == pytest.approx(0, abs=1e-4)


def test_vectors(box2d):
    a, b = box2d.b2Vec2(1, 2), box2d.b2Vec2(3, 4)
    assert (a + b).x == 4
    assert (a - b).y == -2
    assert (2 * a).y == 4
    assert a == box2d.b2Vec2(1, 2)
    assert box2d.b2Dot(a, b) == 11
    assert box2d.b2Distance(a, a) == 0
    assert b.Length() == 5
    a += b
    assert (a.x, a.y) == (4, 6)
    assert -a == box2d.b2Vec2(-4, -6)


def test_bodies_are_found_again(box2d, world):
    ground = make_ground(box2d, world)
    boxes = [make_box(box2d, world, x) for x in (-5, 5)]
    found, body = [], world.GetBodyList()
    while body is not None:
        found.append(body)
        body = body.GetNext()
    assert found == [*reversed(boxes), ground]
    assert found[0] is boxes[1]
    assert world.GetBodyCount() == 3
    assert boxes[0].GetType() == box2d.b2_dynamicBody
    assert boxes[0].GetWorld() is world


def test_fixtures_and_shapes(box2d, world):
    body = make_box(box2d, world)
    fixture = body.GetFixtureList()
    assert fixture.GetNext() is None
    assert fixture.GetBody() is body
    shape = fixture.GetShape()
    assert isinstance(shape, box2d.b2PolygonShape)
    assert shape.m_count == 4
    assert fixture.TestPoint(body.GetWorldPoint(box2d.b2Vec2(0.5, 0.5)))
    assert not fixture.TestPoint(box2d.b2Vec2(40, 40))


def test_forces(box2d, world):
    body = make_box(box2d, world)
    body.SetLinearVelocity(box2d.b2Vec2(3, 0))
    body.ApplyLinearImpulse(box2d.b2Vec2(4, 0), body.GetWorldCenter(), True)
    assert body.GetLinearVelocity().x == pytest.approx(4)
    world.SetGravity(box2d.b2Vec2(0, 0))
    world.Step(0.5, 6, 2)
    assert body.GetPosition().x == pytest.approx(2)


def test_a_body_keeps_its_world(box2d):
    body = make_box(box2d, box2d.b2World(box2d.b2Vec2(0, -10)))
    body.GetWorld().Step(1 / 60, 6, 2)
    assert body.GetPosition().y < 4


def test_wrong_types_are_type_errors(box2d, world):
    with pytest.raises(TypeError, match="CreateBody"):
        world.CreateBody(3)
    with pytest.raises(TypeError, match="Step"):
        world.Step("now", 6, 2)


def test_stiffness(box2d, world):
    bodies = [world.CreateBody(box2d.b2BodyDef()) for _ in range(2)]
    stiffness, damping = box2d.b2LinearStiffness(2.0, 0.5, *bodies)
    assert stiffness >= 0
    assert damping >= 0
