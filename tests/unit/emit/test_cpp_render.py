"""Emitted C++ of plans built by hand: shapes that matter, determinism, order. Compilers test the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hand_plans import SPAN, class_, container, enum, function

from dovetail.emit import cpp
from dovetail.emit.cpp.natives import make_abi
from dovetail.emit.cpp.render import PART
from dovetail.plan import (
    Accessor,
    Call,
    Constant,
    DefaultValue,
    Function,
    Module,
    Overload,
    Param,
    Result,
    Return,
    Value,
)

INT = Value(cpp="int", converter="integer", takes="int", gives="int", headers=("dovetail/convert/numbers.h",))
TEXT = Value(cpp="const std::string &", converter="text", takes="str | bytes", gives="str")
SHAPE = Value(cpp="const lib::Shape &", converter="class", takes="Shape", gives="Shape")


def call(expression: str, *params: Param, gives: Value | None = None, **more: Any) -> Overload:
    result = more.pop(
        "result",
        Result(how=Return.VALUE if gives else Return.NONE, value=gives, annotation=gives.gives if gives else "None"),
    )
    more.setdefault("call", Call.FUNCTION)
    more.setdefault("cpp", "lib::f(int)")
    return Overload(expression=expression, params=params, result=result, span=SPAN, **more)


def module(**parts: Any) -> Module:
    return Module(name="lib", includes=("lib.h",), **parts)


def text_of(*functions: Function, **parts: Any) -> str:
    (file,) = cpp.render(module(functions=functions, **parts))
    assert file.name == "lib.cpp"
    return file.text


def test_calling_conventions_follow_from_the_signature() -> None:
    text = text_of(
        function("none", call("lib::none()", gives=INT)),
        function("one", call("lib::one({0})", Param(name="", value=INT))),
        function("named", call("lib::named({0})", Param(name="x", value=INT))),
    )
    assert '{"none", none, METH_NOARGS, none_doc}' in text
    assert '{"one", one, METH_O, one_doc}' in text
    assert "METH_FASTCALL | METH_KEYWORDS, named_doc}" in text
    assert "return dovetail::give(lib::none(), home);" in text
    assert '"x",' in text.partition("names[]")[2]


def test_what_comes_from_where_is_said() -> None:
    text = text_of(function("f", call("lib::f({0})", Param(name="", value=INT), cpp="lib::f(int) */ \\")))
    assert "// from shapes.h:7   lib::f(int) * /\n" in text


def test_functions_that_cannot_throw_have_no_try() -> None:
    bare = text_of(function("f", call("lib::f({0})", Param(name="", value=INT), gives=INT, noexcept=True)))
    assert "try {" not in bare
    for copied in (TEXT, replace(SHAPE, cpp="lib::Shape")):
        text = text_of(function("f", call("lib::f({0})", Param(name="", value=copied), noexcept=True)))
        assert "try {" in text, "copying an argument may throw"


def test_defaults_are_spelled_again_or_left_to_cpp() -> None:
    known = Param(name="a", value=INT, default=DefaultValue(python="3", cpp="lib::kThree"))
    unknown = Param(name="b", value=INT, default=DefaultValue(python="..."))
    last = Param(name="c", value=INT, default=DefaultValue(python="4", cpp="4"))
    text = text_of(function("f", call("lib::f({0}, {1}, {2})", known, unknown, last)))
    assert "if (!v[0]) a.set(lib::kThree);" in text
    assert "if (!v[1]) {\n      lib::f(a.get());" in text
    assert "f(): argument 'b' must be given too, where 'c' is" in text
    assert "lib::f(a.get(), b.get(), c.get());" in text


def test_objects_are_taken_after_what_may_run_python_and_self_last() -> None:
    shape = class_("Shape")
    overload = call(
        "{self}.f({0}, {1})", Param(name="s", value=SHAPE), Param(name="n", value=INT), call=Call.METHOD, const=False
    )
    shape = replace(shape, constructors=None, methods=(function("f", overload, scope="Shape"),))
    text = text_of(classes=(shape,))
    assert text.index("take_argument(n, ") < text.index("take_argument(s, ") < text.index("self_of<lib::Shape>(self, ")


def test_outputs_are_part_of_the_result() -> None:
    count = Param(name="count", value=INT, out=True)
    text = text_of(function("f", call("lib::f({0}, &{1})", Param(name="x", value=INT), count, gives=INT)))
    assert "int count{};" in text
    assert "dovetail::Ref result(dovetail::give(lib::f(x.get(), &count), home));" in text
    assert "dovetail::give_together(std::move(result), [&] { return dovetail::give(count, home); })" in text
    alone = text_of(function("f", call("lib::f({0}, &{1})", Param(name="x", value=INT), count)))
    assert "return dovetail::give(count, home);" in alone


def test_overloads_are_candidates() -> None:
    text = text_of(
        function(
            "f",
            call("lib::f({0})", Param(name="x", value=INT), cpp="lib::f(int)"),
            call("lib::f({0})", Param(name="s", value=TEXT), cpp="lib::f(const std::string&)"),
        )
    )
    assert "{&f_int_signature, f_int_ranks, f_int, false}," in text
    assert "dovetail::call_overload(f_candidates, 2, module, args, nargs, kwnames, home)" in text
    assert "f(*args, **kwargs)\\n--\\n\\n" in text


def test_deprecation_and_the_gil() -> None:
    text = text_of(function("f", call("lib::f()", gives=INT, deprecated='use "g"', release_gil=True)))
    assert 'PyErr_WarnEx(PyExc_DeprecationWarning, "f() is deprecated: use \\"g\\"", 1) < 0' in text
    assert "dovetail::without_gil([&]() -> decltype(auto) { return lib::f(); })" in text
    assert "#include <dovetail/gil.h>" in text


def test_bit_fields_refuse_what_does_not_fit() -> None:
    read = call("{self}.low", gives=INT, call=Call.READ)
    write = call("{self}.low = {0}", Param(name="value", value=INT), call=Call.WRITE, const=False)
    field = Accessor(name="low", cpp="lib::Bits::low", read=read, write=write, span=SPAN)
    text = text_of(classes=(class_("Bits", constructors=None, accessors=(field,)),))
    assert "return dovetail::give(static_cast<int>(it->low), home);" in text
    assert "PyExc_OverflowError" in text
    fixed = text_of(classes=(class_("Bits", constructors=None, accessors=(replace(field, offset=0),)),))
    assert "PyExc_OverflowError" not in fixed


def test_everything_is_declared_before_anything_is_defined() -> None:
    text = text_of(
        function("f", call("lib::f()", gives=INT)),
        classes=(class_("Shape", constructors=None),),
        containers=(container("Ints", "vector", "int"),),
        enums=(enum("Color", "red"),),
    )
    last = max(
        text.index(f"struct dovetail::Bound{what}")
        for what in ("<lib::Shape>", "<std::vector<int>>", "Enum<lib::Color>")
    )
    assert last < text.index("static PyObject*")
    assert "DOVETAIL_HIDDEN extern PyMethodDef Shape_methods[];" in text


def test_wrappers_never_hide_what_the_plan_spells() -> None:
    text = text_of(function("area", call("::area({0})", Param(name="shape", value=INT), gives=INT), scope=""))
    assert "static PyObject* area_(PyObject* module" in text


def test_the_hash_of_native_signatures_knows_what_compilers_keep() -> None:
    shape, mode = class_("Shape"), enum("Mode", "fast")
    limit = Constant(name="limit", scope="", cpp="lib::limit", annotation="int", value=INT, literal=3)
    plan = module(classes=(shape,), enums=(mode,), constants=(limit,))
    other = replace(mode.enumerators[0], value=mode.enumerators[0].value + 1)
    changed = (
        plan,
        replace(plan, classes=(replace(shape, size=24),)),
        replace(plan, enums=(replace(mode, size=1),)),
        replace(plan, enums=(replace(mode, enumerators=(other,)),)),
        replace(plan, constants=(replace(limit, literal=4),)),
    )
    assert len(set(map(make_abi, changed))) == len(changed)
    assert make_abi(replace(plan, doc="other words")) == make_abi(plan)


def test_a_module_that_binds_nothing_has_a_table() -> None:
    assert "static constexpr dovetail::ModuleTable table{" in text_of()


def test_output_is_deterministic() -> None:
    parts = {
        "functions": (function("f", call("lib::f()", gives=INT)),),
        "classes": (class_("Shape", constructors=None),),
    }
    assert cpp.render(module(**parts)) == cpp.render(module(**parts))


@pytest.mark.parametrize("count", [300, 301, 1000])
def test_large_modules_are_split(count: int) -> None:
    functions = tuple(function(f"f{i}", call(f"lib::f{i}()", gives=INT)) for i in range(count))
    files = cpp.render(module(functions=functions))
    if count <= 300:
        assert [file.name for file in files] == ["lib.cpp"]
        return
    assert [file.name for file in files[:2]] == ["lib.cpp", "lib_internal.h"]
    assert len(files) == 1 + -(-count // PART)
    whole = "".join(file.text for file in files)
    assert all(f"static PyObject* f{i}(" in whole for i in range(count))
    assert files[0].text.count('"", nullptr, functions') == len(files) - 1
    assert all('#include "lib_internal.h"' in file.text for file in files if file.name.endswith(".cpp"))
