"""Ordinary use of muparser: evaluate formulas with constants, ask about them, and be told what is wrong."""

import array
import copy
import math

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def mu(bind_library):
    return bind_library("muparser", ruled=True)


@pytest.fixture
def parser(mu):
    return mu.Parser()


def test_evaluate(parser):
    parser.SetExpr("sin(_pi / 2) + 2^3 * 4")
    assert parser.Eval() == 33
    assert parser.GetExpr().strip() == "sin(_pi / 2) + 2^3 * 4"


def test_constants_are_the_parameters_of_a_formula(parser):
    parser.DefineConst("gravity", 9.81)
    parser.SetExpr("gravity * time^2 / 2")
    fallen = []
    for time in (0.0, 1.0, 2.0):
        parser.DefineConst("time", time)
        fallen.append(parser.Eval())
    assert fallen == pytest.approx([0, 4.905, 19.62])
    assert dict(parser.GetConst())["gravity"] == 9.81
    parser.ClearConst()
    assert "gravity" not in parser.GetConst()


def test_string_constants_and_settings(parser):
    parser.DefineStrConst("label", "ten")
    parser.SetDecSep(",")
    parser.SetArgSep(";")
    parser.SetExpr("max(1,5; 2,5)")
    assert parser.Eval() == 2.5
    parser.ResetLocale()


def test_optimiser_switch_does_not_change_results(parser):
    for on in (True, False):
        parser.EnableOptimizer(on)
        parser.SetExpr("1 + 2 * 3 - _e")
        assert parser.Eval() == pytest.approx(7 - math.e)


def test_errors_say_what_and_where(mu, parser):
    parser.SetExpr("1 + nonsense")
    with pytest.raises(mu.ParserError) as caught:
        parser.Eval()
    assert caught.value.GetCode() == mu.ecUNASSIGNABLE_TOKEN
    assert caught.value.GetToken() == "nonsense"
    assert "nonsense" in caught.value.GetMsg()


def test_a_parser_survives_errors(mu, parser):
    for wrong in ("1 +", "nonsense(1)", "(2", "1 2"):
        parser.SetExpr(wrong)
        with pytest.raises(mu.ParserError):
            parser.Eval()
    parser.SetExpr("1 + 1")
    assert parser.Eval() == 2


def test_version(mu, parser):
    assert parser.GetVersion().startswith("2.")
    assert parser.GetVersion(mu.pviBRIEF) in parser.GetVersion()


def test_copies_are_independent(parser):
    parser.SetExpr("40 + 2")
    other = copy.copy(parser)
    parser.SetExpr("0")
    assert (other.Eval(), parser.Eval()) == (42, 0)


def test_wrong_types_are_type_errors(parser):
    with pytest.raises(TypeError, match="SetExpr"):
        parser.SetExpr(3)
    with pytest.raises(TypeError, match="DefineConst"):
        parser.DefineConst("x", "y")


def test_errors_are_made_in_python(mu):
    error = mu.ParserError(mu.ecDIV_BY_ZERO, 3, "/")
    assert (error.GetCode(), error.GetPos(), error.GetToken()) == (mu.ecDIV_BY_ZERO, 3, "/")
    with pytest.raises(mu.ParserError, match="^broken$") as caught:
        raise mu.ParserError("broken")
    assert caught.value.GetMsg() == "broken"


def test_operators_of_ones_own(parser):
    parser.DefineOprt("plus", lambda a, b: a + b)
    parser.DefinePostfixOprt("k", lambda value: 1000 * value)
    parser.DefineInfixOprt("~", lambda value: -value)
    parser.SetExpr("(1 plus 2) * 2k + ~1")
    assert parser.Eval() == 5999


def test_errors_of_an_operator_pass_through_the_parser(parser):
    error = ZeroDivisionError("in an operator")

    def fail(value):
        raise error

    parser.DefinePostfixOprt("fails", fail)
    parser.SetExpr("3 fails + 1")
    with pytest.raises(ZeroDivisionError) as caught:
        parser.Eval()
    assert caught.value is error


def test_functions_are_told_apart_by_their_parameters(parser):
    parser.DefineFun("seven", lambda: 7)
    parser.DefineFun("root", math.sqrt)
    parser.DefineFun("add", lambda a, b: a + b)
    parser.DefineFun("clamp", lambda value, low, high: min(max(value, low), high))
    factors = {"now": 2}
    parser.DefineFunUserData("scaled", lambda value: factors["now"] * value, a_bAllowOpt=False)
    parser.SetExpr("seven() + root(16) + add(1, 2) + clamp(20, 0, 10) + scaled(5)")
    assert parser.Eval() == 7 + 4 + 3 + 10 + 10
    factors["now"] = 3
    assert parser.Eval() == 39


def test_variables_are_memory_of_python(parser):
    speed = array.array("d", [2.0])
    parser.DefineVar("speed", speed)
    parser.SetExpr("speed * 3, speed = speed + 1")
    values, count = parser.EvalMulti()
    assert (values.tolist(), count) == ([6.0, 3.0], 2)
    assert speed[0] == 3.0
    assert parser.GetVar() == {"speed": 3.0}
    assert parser.GetUsedVar() == {"speed": 3.0}
    assert parser.Eval() == 4.0
    parser.SetExpr("speed^2")
    assert parser.Diff(speed, 5.0) == pytest.approx(10.0)
    with pytest.raises(BufferError):
        speed.append(1.0)  # the parser has its address
    with pytest.raises(ValueError, match="expected 1 element"):
        parser.DefineVar("other", array.array("d", [1.0, 2.0]))
    with pytest.raises(TypeError):
        parser.DefineVar("other", [1.0])


def test_functions_of_any_number_of_arguments(mu, parser):
    largest = mu.ParserCallback(max, True)
    assert largest.IsOptimizable()
    assert "+" in parser.GetOprtDef()
