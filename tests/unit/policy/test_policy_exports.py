"""Which symbols a module may refer to."""

from __future__ import annotations

import pytest

from dovetail.policy.exports import is_standard, symbol_names


@pytest.mark.parametrize(
    ("mangled", "standard"),
    [
        ("_ZNSt13runtime_errorC1ERKNSt3__112basic_stringIcEE", True),
        ("_ZNKSt9exception4whatEv", True),
        ("_ZSt4cout", True),
        ("_ZN6shapes4StarC1Ev", False),
        ("_Z5Startv", False),
        ("Start", False),
    ],
)
def test_the_standard_library_is_always_there(mangled: str, standard: bool) -> None:
    assert is_standard(mangled) is standard


def test_either_symbol_of_a_constructor_will_do() -> None:
    assert set(symbol_names("_ZN5ShapeC1Ev")) == {"_ZN5ShapeC1Ev", "_ZN5ShapeC2Ev"}
    assert symbol_names("_ZNK5Shape4areaEv") == ("_ZNK5Shape4areaEv",)
