"""What `@param[out]` says is part of the result, without any rule."""

import pytest


def test_outputs(directions):
    curve = directions.Curve()
    assert curve.at(1.5) == (0.5, 1.5, 3.0, True)
    made, point = directions.make()
    assert (made, point.x) == (1, 7)
    assert directions.tell() == (12, True)


def test_what_goes_in_and_comes_out(directions):
    assert directions.step(4) == (5, 4)
    with pytest.raises(TypeError):
        directions.step()


def test_several_values_and_silence_are_no_outputs(directions):
    assert not hasattr(directions, "fill")
    assert not hasattr(directions, "count")
    assert not hasattr(directions, "ask")
    assert not hasattr(directions, "refuse")
