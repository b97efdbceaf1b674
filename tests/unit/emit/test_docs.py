"""The Markdown reference from plans built by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hand_plans import SPAN, accessor, class_, container, enum, function, method, overload, param, value

from dovetail.emit import docs
from dovetail.emit.markdown import code, code_block, one_line, prose, remark, table
from dovetail.plan import Alias, Call, Constant, Counts, Module, Protocol, Raised, Return, Skipped, Submodule


def render(**parts: Any) -> str:
    return docs.render(Module(name="lib", includes=("lib.h",), **parts)).text


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of any level."""
    after = text.split(f"\n{heading}\n", 1)[1]
    return after.split("\n#", 1)[0]


def test_the_file_is_named_after_the_module() -> None:
    assert docs.render(Module(name="pkg._core", includes=("a.h",))).name == "pkg._core.md"


def test_a_function_says_what_its_arguments_and_result_mean() -> None:
    f = overload(
        param("s", "Shape", kept_by="self"),
        param("sink", "Sink", transfers=True),
        param("p", "Shape", nullable=True),
        param("n", "int", out=True),
        gives="Shape | None",
        how=Return.BORROW,
        nullable=True,
        doc="Finds.\n\nSlowly.",
        cpp="lib::f(Shape&)",
        noexcept=True,
        release_gil=True,
        deprecated="use g",
    )
    text = section(render(functions=(function("f", f),)), "### `f`")
    assert "```python\nf(s: Shape, sink: Sink, p: Shape | None) -> Shape | None\n```" in text
    for line in (
        "**Deprecated.** use g",
        "Finds.\n\nSlowly.",
        "- `s` is kept alive as long as the object lives.",
        "- `sink` is taken over by C++: using it afterwards raises `ReferenceError`.",
        "- `p` may be `None`.",
        "- `n` is an output: part of the result, not an argument.",
        "- The result belongs to C++; it keeps the object it came from alive.",
        "- `None` where C++ gives a null pointer.",
        "- C++ raises nothing.",
        "- Other Python threads run meanwhile.",
        "`lib::f(Shape&)` from `shapes.h:7:3`",
    ):
        assert line in text


def test_every_way_of_returning_is_put_into_words() -> None:
    silent = {Return.NONE, Return.VALUE}
    for how in set(Return) - silent:
        text = section(render(functions=(function("f", overload(gives="X", how=how)),)), "### `f`")
        assert "\n- " in text, how


def test_a_class() -> None:
    shape = class_(
        "Shape",
        base="Base",
        doc="A shape.",
        methods=(method("area", gives="float", scope="Shape"), method("of", gives="Shape", call=Call.STATIC)),
        accessors=(accessor("x", "float", doc="Abscissa. More."), accessor("n", "int", read_only=True, static=True)),
        protocols=(Protocol.EQUAL, Protocol.ITERATE),
        iterates=value("int"),
        template="Box",
        arguments=("int",),
        subclassable=False,
    )
    text = render(classes=(class_("Base", constructors=None, no_constructor="`Base` is abstract"), shape))
    about = section(text, "### `Shape`")
    assert "A shape." in about
    assert "Derives from `Base`. Also reached as `Box[int]`. Cannot be subclassed." in about
    assert "It compares field by field, iterates over `int`." in about
    assert "| `x` | `float` | read, write | Abscissa. |" in about
    assert "| `n` | `int` | read-only, of the class |  |" in about
    assert "Shape()\n" in section(text, "#### `Shape()`")
    assert "-> None" not in section(text, "#### `Shape()`")
    assert "area() -> float" in section(text, "#### `Shape.area`")
    assert "Cannot be constructed from Python: `Base` is abstract." in section(text, "### `Base`")


def test_enums_containers_exceptions_and_values() -> None:
    text = render(
        enums=(enum("Color", "red", "green", scoped=False, exported=True),),
        containers=(container("Ints", "vector", "int", buffer="i"), container("Names", "set", "str")),
        raised=(Raised(name="Bad", scope="", cpp="lib::Bad", base="ValueError", message="", span=SPAN),),
        constants=(Constant(name="K", scope="", cpp="K", annotation="int", value=value("int"), literal=3, doc="A k."),),
        aliases=(Alias(name="Other", scope="", target="Ints"),),
    )
    assert "A plain `int` is accepted as well." in section(text, "### `Color`")
    assert "| `green` | 1 |  |" in section(text, "### `Color`")
    assert "numpy.asarray" in section(text, "### `Ints`")
    assert "numpy.asarray" not in section(text, "### `Names`")
    assert "Derives from `ValueError`." in section(text, "### `Bad`")
    assert "| `K` | `int` | `3` A k. |" in text
    assert "| `Other` | `Ints` | another name |" in text
    assert "[`Ints`](#ints) | container" in section(text, "## Summary")


def test_submodules_have_their_own_part() -> None:
    text = render(
        submodules=(Submodule(path="detail", doc="Inside."),),
        functions=(function("f", overload(), scope="detail"),),
        classes=(class_("P", scope="detail"),),
    )
    assert "Inside." in section(text, "## Submodule `detail`")
    assert "f() -> None" in section(text, "### `detail.f`")
    assert text.index("## Submodule `detail`") < text.index("### `detail.f`") < text.index("### `detail.P`")


def test_what_is_not_bound_is_grouped_by_reason() -> None:
    skipped = tuple(
        Skipped(cpp=f"lib::f{n}(int&)", kind="function", code=key, reason="`int &` may be an output", span=SPAN)
        for n, key in enumerate(["DV041", "DV030", "DV041"])
    )
    counts = Counts(callables_bound=1, callables=4, classes=0, enums=0, fields_bound=0, fields=0)
    text = render(skipped=skipped, counts=counts)
    assert "1 of 4 callables" in text
    assert text.index("### DV030: variadic function (1)") < text.index("### DV041: output parameter (2)")
    row = "| `lib::f0(int&)` | function | `int &` may be an output | `shapes.h:7:3` |"
    assert row in section(text, "### DV041: output parameter (2)")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, with commas (and brackets).", "plain text, with commas (and brackets)."),
        ("snake_case stays, _this_ not", "snake_case stays, \\_this\\_ not"),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("[x](javascript:y) ![i](z)", "\\[x\\](javascript:y) !\\[i\\](z)"),
        ("# no heading\n- an item\n1. first", "\\# no heading\n- an item\n1. first"),
        ("a\n===", "a\n\\==="),
        ("a\n---", "a\n\\---"),
        ("        code?", "   code?"),
        ("`x` **y** ~~z~~ a|b &amp; & $m$", "\\`x\\` \\*\\*y\\*\\* \\~\\~z\\~\\~ a\\|b \\&amp; & \\$m\\$"),
        ("\u202ehidden\x07", "\\u202ehidden\\x07"),
    ],
)
def test_prose_is_shown_as_it_is(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_code_keeps_backticks() -> None:
    assert code("a") == "`a`"
    assert code("a`b") == "``a`b``"
    assert code("`") == "`` ` ``"
    assert code("a\n\x1b") == "`a \\x1b`"


def test_fences_are_longer_than_what_they_hold() -> None:
    assert code_block(["```\nx"]) == ["````python", "```", "x", "````"]


def test_bars_do_not_end_cells() -> None:
    assert table(("A",), [(code("a|b"),), (prose("c|d"),)])[2:] == ["| `a\\|b` |", "| c\\|d |"]


def test_one_line_takes_the_first_sentence() -> None:
    assert one_line("First one. Second.\n\nThird.") == "First one."
    assert one_line("no end\nhere\n\nnext") == "no end here"
    assert one_line("version 1.5 of it. Then") == "version 1.5 of it."


def test_remarks_keep_their_code() -> None:
    assert remark("`int **` may <b>") == "`int **` may \\<b\\>"
    assert remark("odd ` tick") == "odd \\` tick"
