"""Conversions of the header's own: what they must say, and that their types are no classes."""

import pytest
from hand_models import INT, class_, cref, function, plan_of, ptr, record, ref, span, vector

from dovetail.config import Rule
from dovetail.diagnostics import Sink
from dovetail.model import OwnConversion

MONEY = record("lib::Money")


def decide(*functions, takes="decimal.Decimal | int", gives="decimal.Decimal", type_=MONEY, **more):
    sink = Sink()
    own = OwnConversion(type=type_, takes=takes, gives=gives, span=span())
    made = plan_of(sink, classes=[class_("lib::Money")], functions=list(functions), conversions=[own], **more)
    return made, [d.message for d in sink.diagnostics]


def test_everywhere_and_no_class():
    made, found = decide(function("f", [cref(MONEY), vector(MONEY)], MONEY))
    overload = made.functions[0].overloads[0]
    assert [p.value.takes for p in overload.params] == [
        "decimal.Decimal | int",
        "VectorMoney | Iterable[decimal.Decimal | int]",
    ]
    assert overload.result.annotation == "decimal.Decimal"
    assert not made.classes
    assert made.foreign == ("decimal.Decimal", "int")
    assert not found


def test_by_value_only():
    made, _ = decide(function("f", [ptr(MONEY)]), function("g", [ref(MONEY)]), function("h", [], cref(MONEY)))
    assert [f.name for f in made.functions] == ["h"]
    assert [s.code for s in made.skipped] == ["DV040", "DV041"]


def test_outputs_by_rule():
    made, _ = decide(function("g", [ref(MONEY)]), rules=[Rule(selector="g", out=("*",))])
    assert [s.code for s in made.skipped] == ["DV041"]


def test_one_way():
    made, _ = decide(function("f", [MONEY]), function("g", [], MONEY), takes=None)
    assert [f.name for f in made.functions] == ["g"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"takes": None, "gives": None}, "has neither a `take` nor a `give`"),
        ({"takes": ""}, "has no annotation"),
        ({"gives": "Decimal |"}, "has an annotation that is no Python: `Decimal |`"),
        ({"gives": "Decimal"}, "has an annotation with `Decimal`, which needs its module: `module.Decimal`"),
        ({"type_": vector(INT)}, "does not count: dovetail converts that type itself"),
        ({"type_": INT}, "does not count"),
    ],
)
def test_faults(said, message):
    made, found = decide(function("f", [INT]), **said)
    assert message in found[0]
    assert made.classes
