"""The writer: indentation, needs, nothing at the ends of lines."""

from __future__ import annotations

from dovetail.emit import Writer


def test_cpp_blocks() -> None:
    out = Writer()
    with out.block("int f()"):
        with out.block("if (x)"):
            out.line("return 1;\n\nreturn 2;")
        out.raw("#endif")
    with out.block("struct S", closing="};"):
        pass
    assert out.text() == "int f() {\n  if (x) {\n    return 1;\n\n    return 2;\n  }\n#endif\n}\nstruct S {\n};\n"


def test_python_blocks() -> None:
    out = Writer.python()
    with out.block("class A"):
        out.line("x: int")
    assert out.text() == "class A:\n    x: int\n"


def test_gaps_never_double() -> None:
    out = Writer()
    out.gap()
    out.line("a")
    out.gap()
    out.gap()
    out.line("b  ")
    out.gap()
    assert out.text() == "a\n\nb\n"
    assert Writer().text() == ""


def test_parts_share_needs_and_added_lines_are_indented() -> None:
    out = Writer()
    part = out.part()
    part.needs("b.h", "a.h", "b.h")
    part.line("x();")
    with out.block("void f()"):
        out.add(part)
    assert out.needed == ("a.h", "b.h")
    assert out.text() == "void f() {\n  x();\n}\n"
