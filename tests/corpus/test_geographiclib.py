"""Ordinary use of GeographicLib: geodesics, map projections and grids, compared with published values.

Where a comment names no other source, the values are those of the library's own documentation and tests.
"""

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def geographic(bind_library):
    return bind_library("geographiclib")


@pytest.fixture
def earth(geographic):
    return geographic.Geodesic.WGS84()


def test_the_ellipsoid(earth):
    assert earth.EquatorialRadius() == 6378137
    assert 1 / earth.Flattening() == pytest.approx(298.257223563)
    # The area of the WGS84 ellipsoid in square kilometres.
    assert earth.EllipsoidArea() / 1e6 == pytest.approx(510065621.724, abs=0.01)


def test_direct(earth):
    # 5500 km to the northeast of Kennedy airport.
    arc, lat, lon, azimuth, *_ = earth.Direct(40.6, -73.8, 51, 5.5e6)
    assert (lat, lon) == (pytest.approx(51.884564505606761), pytest.approx(-1.141172861200829))
    assert azimuth == pytest.approx(107.189397162605886)
    assert arc == pytest.approx(49.475527463251467)


def test_inverse(earth):
    # From Kennedy airport to Changi.
    start, end = (
        (40 + 38 / 60 + 23 / 3600, -(73 + 46 / 60 + 44 / 3600)),
        (1 + 21 / 60 + 33 / 3600, 103 + 59 / 60 + 22 / 3600),
    )
    arc, distance, azimuth, *_ = earth.Inverse(*start, *end)
    assert distance == pytest.approx(15347628, abs=1)
    assert arc == pytest.approx(138.05, abs=0.1)
    assert azimuth == pytest.approx(3.3, abs=0.1)


def test_direct_and_inverse_agree(earth):
    _, lat, lon, *_ = earth.Direct(10, 20, 30, 4e6)
    _, distance, start, *_ = earth.Inverse(10, 20, lat, lon)
    assert (distance, start) == (pytest.approx(4e6), pytest.approx(30))


def test_points_on_a_line(earth):
    line = earth.InverseLine(40.1, 116.6, 37.6, -122.4)
    assert line.Distance() == pytest.approx(9513998, abs=1)
    _, lat, lon, *_ = line.Position(line.Distance())
    assert (lat, lon) == (pytest.approx(37.6), pytest.approx(-122.4))


def test_area_of_a_polygon(geographic, earth):
    # Antarctica, by its rough outline.
    corners = [
        (-63.1, -58), (-72.9, -74), (-71.9, -102), (-74.9, -102), (-74.3, -131), (-77.5, -163), (-77.4, 163),
        (-71.7, 172), (-65.9, 140), (-65.7, 113), (-66.6, 88), (-66.9, 59), (-69.8, 25), (-70.0, -4), (-71.0, -14),
        (-77.3, -33), (-77.9, -46), (-74.7, -61),
    ]  # fmt: skip
    polygon = geographic.PolygonArea(earth)
    for lat, lon in corners:
        polygon.AddPoint(lat, lon)
    count, perimeter, area = polygon.Compute(False, True)
    assert count == 18
    assert perimeter == pytest.approx(16831067.893, abs=0.01)
    assert area == pytest.approx(13662703680020.1, abs=1)


def test_utm_and_mgrs(geographic):
    zone, north, x, y, *_ = geographic.UTMUPS.Forward(33.3, 44.4)
    assert (zone, north) == (38, True)
    assert (x, y) == (pytest.approx(444140.545, abs=0.01), pytest.approx(3684706.36, abs=0.01))
    assert geographic.MGRS.Forward(zone, north, x, y, 5).startswith("38SMB44140847")
    zone, north, x, y, precision = geographic.MGRS.Reverse("38SMB4488")
    assert (zone, north, precision) == (38, True, 2)
    lat, lon, *_ = geographic.UTMUPS.Reverse(zone, north, x, y)
    assert (lat, lon) == (pytest.approx(33.33, abs=0.01), pytest.approx(44.4, abs=0.01))


def test_coordinates_as_text(geographic):
    point = geographic.GeoCoords("33.3N 44.4E")
    assert (point.Latitude(), point.Longitude()) == (33.3, 44.4)
    assert point.MGRSRepresentation(-3) == "38SMB4484"
    assert point.DMSRepresentation() == "33d18'00.0\"N 044d24'00.0\"E"
    assert geographic.Geohash.Forward(57.64911, 10.40744, 11) == "u4pruydqqvj"


def test_geocentric_coordinates(geographic):
    earth = geographic.Geocentric.WGS84()
    x, y, z = earth.Forward(27.99, 86.93, 8820)
    assert (x, y, z) == (
        pytest.approx(302271.4, abs=0.1),
        pytest.approx(5635928.4, abs=0.1),
        pytest.approx(2979666.1, abs=0.1),
    )
    assert earth.Reverse(x, y, z) == pytest.approx((27.99, 86.93, 8820))


def test_bad_input_is_an_exception(geographic):
    with pytest.raises(geographic.GeographicErr, match="not in"):
        geographic.UTMUPS.Forward(91, 0)
    with pytest.raises(geographic.GeographicErr):
        geographic.GeoCoords("somewhere")
    with pytest.raises(TypeError, match="Direct"):
        geographic.Geodesic.WGS84().Direct("north", 0, 0, 0)


def test_sine_transform(geographic):
    transform = geographic.DST(4)
    assert transform.N() == 4
    assert geographic.DST.eval(1.0, 0.0, [1.0, 0.0]) == pytest.approx(1.0)
    assert geographic.DST.integral(0.0, 1.0, [1.0]) == pytest.approx(-1.0)
