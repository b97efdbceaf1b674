"""Which files are read, and what happens with those that cannot be."""

from __future__ import annotations

import pytest
from small_headers import search_path

from dovetail.diagnostics import Severity, Sink
from dovetail.parse import Request, read_headers


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(module):
    return [function.name for function in module.functions]


def test_own_files_are_those_below_the_header_and_the_include_folders(tmp_path):
    write(
        tmp_path,
        {
            "inc/lib/main.h": '#include "sub/part.h"\n#include <other.h>\n#include <vendor.h>\nint main_();\n',
            "inc/lib/sub/part.h": "#pragma once\n#define PART 1\nint part();\n",
            "mine/other.h": "int other();\n",
            "system/vendor.h": "#define VENDOR 1\nint vendor();\nstruct Vendor {};\n",
        },
    )
    request = Request(
        headers=("lib/main.h",),
        include=(str(tmp_path / "inc"), str(tmp_path / "mine")),
        system_include=(str(tmp_path / "system"),),
    )
    module = read_headers(request, Sink())
    assert names(module) == ["part", "other", "main_"]
    assert [macro.name for macro in module.macros] == ["PART"]
    assert [path.rpartition("/")[2] for path in module.files] == ["main.h", "part.h", "other.h"]
    assert module.headers == ("lib/main.h",)


def test_in_a_system_folder_own_is_what_belongs_to_the_library(tmp_path):
    system = tmp_path / "usr"
    write(
        system,
        {
            "box.h": '#include "boxBase.h"\n#include <box/deep.h>\n#include <foreign.h>\nint box();\n',
            "boxBase.h": "int base();\n",
            "box/deep.h": "int deep();\n",
            "foreign.h": "int foreign();\n",
            "lib/a.h": '#include "lib/b.h"\n#include <foreign.h>\nint a();\n',
            "lib/b.h": "int b();\n",
        },
    )
    loose = read_headers(Request(headers=(str(system / "box.h"),), system_include=(str(system),)), Sink())
    assert names(loose) == ["base", "deep", "box"]
    nested = read_headers(Request(headers=("lib/a.h",), system_include=(str(system),)), Sink())
    assert names(nested) == ["b", "a"]


def test_what_is_included_inside_a_block_is_own_or_not_by_its_file(tmp_path):
    system = tmp_path / "usr"
    write(
        system,
        {
            "lib/a.h": 'extern "C" {\n#include <foreign.h>\n#include "b.h"\nint a();\n}\n',
            "lib/b.h": "int b();\n",
            "foreign.h": "int foreign();\n",
        },
    )
    found = read_headers(Request(headers=("lib/a.h",), system_include=(str(system),)), Sink())
    assert names(found) == ["b", "a"]


def test_a_header_that_is_not_found_says_where_it_was_searched(tmp_path):
    write(tmp_path, {"inc/lib/shapes.h": "int f();\n"})
    sink = Sink()
    module = read_headers(Request(headers=("lib/shape.h",), include=(str(tmp_path / "inc"),)), sink)
    (item,) = sink.errors
    assert item.code == "DV001"
    assert f"searched {tmp_path / 'inc'}" in item.notes
    assert "lib/shapes.h" in item.helps[0]
    assert module.functions == ()


def test_errors_of_the_user_stop_with_clangs_words_at_their_place(read, sink):
    module = read("int fine();\nint f(Nope n);\n", expect_errors=True)
    (item,) = sink.errors
    assert (item.code, item.span.line, item.span.column) == ("DV002", 2, 7)
    assert "unknown type name 'Nope'" in item.message
    assert module.functions == ()


def test_columns_count_characters(read, sink):
    read("/* \u00e9\u00e9 */ int f(Nope n);\n", expect_errors=True)
    assert sink.errors[0].span.column == 16


def test_an_error_in_a_system_header_is_a_note(tmp_path):
    write(tmp_path, {"system/odd.h": "int f(Nope n);\n", "h.hpp": "#include <odd.h>\nint mine();\n"})
    sink = Sink()
    module = read_headers(Request(headers=(str(tmp_path / "h.hpp"),), system_include=(str(tmp_path / "system"),)), sink)
    assert [(item.code, item.level) for item in sink.diagnostics] == [("DV004", Severity.NOTE)]
    assert names(module) == ["mine"]


def test_a_fatal_error_leaves_nothing(tmp_path):
    write(tmp_path, {"system/odd.h": "#include <gone.h>\n", "h.hpp": "int mine();\n#include <odd.h>\n"})
    sink = Sink()
    module = read_headers(Request(headers=(str(tmp_path / "h.hpp"),), system_include=(str(tmp_path / "system"),)), sink)
    assert [item.code for item in sink.errors] == ["DV002"]
    assert module.functions == ()


def test_a_flag_that_only_the_compiler_knows_is_passed_over(read):
    assert names(read("int f();", flags=("-fno-such-flag", "-DX=1"))) == ["f"]


def test_an_unknown_standard_is_an_error(read, sink):
    read("int f();", std="c++99", expect_errors=True)
    assert "-std=c++99" in sink.errors[0].notes[0]


def test_many_errors_are_cut_short(read, sink):
    read("nope x;\n" * 100, expect_errors=True)
    assert len(sink.errors) == 21
    assert sink.errors[-1].span.line <= 21


def test_several_headers_that_share_declarations(tmp_path):
    write(
        tmp_path,
        {
            "a.h": '#pragma once\n#include "b.h"\nint a();\n',
            "b.h": "#pragma once\nint b();\n",
            "c.h": "int a(); int c();\n",
        },
    )
    headers = tuple(str(tmp_path / name) for name in ("a.h", "b.h", "c.h"))
    module = read_headers(Request(headers=headers), Sink())
    assert names(module) == ["b", "a", "c"]
    assert module == read_headers(Request(headers=headers), Sink())


HOSTILE = {
    "nul": (b"int a;\0 int b();\n// \0\nint c();", False),
    "no newline": (b"int f(); // x", False),
    "open end": (b"int f()", True),
    "open comment": (b"int f(); /* x", True),
    "latin-1": (
        b'/// caf\xe9 \xff\nint f(const char* s = "\xe9");\n#define M "\xff"\nenum E { a /**< \xe9 */ };',
        False,
    ),
    "bytes in a name": (b"int f\xff\xfe();", True),
    "bidi in a name": ("int f\u202e();".encode(), True),
    "bidi in a comment": ('/// \u202e """ */ \\ %n\nint f();'.encode(), False),
    "every byte": (bytes(range(256)) * 20, True),
    "empty": (b"", False),
    "includes itself": (b'#include "h.hpp"\n', True),
    "deep namespaces": (b"namespace a" + b"::a" * 3000 + b" { int f(); }", False),
    "deep parentheses": (b"int x = " + b"(" * 50000 + b"1" + b")" * 50000 + b";", True),
    "long sum": (b"int x = 1" + b"+1" * 30000 + b";", False),
    "many stars": (b"int " + b"*" * 20000 + b" f();", False),
    "deep template": (b"template <class T> struct B {}; " + b"B<" * 500 + b"int" + b">" * 500 + b" f();", False),
    "error with bytes": (b'#error "\xff %s \\n"\n', True),
    "carriage returns": (b"/// doc\r\nint f(int a = 3,\r\n  int b = 4);\r\n#define V 3 \\\r\n + 4\r\n", False),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_headers_end_in_diagnostics(read, sink, case):
    text, fails = HOSTILE[case]
    module = read(text, expect_errors=fails)
    if fails:
        assert {item.code for item in sink.errors} == {"DV002"}
        assert module.functions == ()
        assert all(item.message.isprintable() for item in sink.errors)


def test_text_that_is_not_utf8_is_not_passed_on_as_an_expression(read):
    module = read(b'int f(const char* s = "\xe9");')
    default = module.functions[0].params[0].default
    assert default is not None
    assert default.cpp is None


@pytest.mark.parametrize("header", ["a\nb.h", 'a"b.h', "a\0b.h", "."])
def test_impossible_names(header):
    sink = Sink()
    assert read_headers(Request(headers=(header,), system_include=search_path()), sink).functions == ()
    assert [item.code for item in sink.errors] == ["DV001"]
