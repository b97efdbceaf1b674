"""Facts of declarations, each from a header of a few lines."""

from __future__ import annotations

import pytest
from small_headers import class_of, function_of

from dovetail.model import Access, FunctionKind, RefQualifier, TypeKind


def test_functions_say_how_they_are_declared(read):
    module = read(
        "namespace lib {\n"
        "struct Row {\n"
        "  explicit Row(int size);\n"
        "  Row(const Row&) = delete;\n"
        "  virtual int at(int i) const noexcept;\n"
        "  virtual void pure() = 0;\n"
        "  static Row* make();\n"
        "  constexpr int width() const { return 1; }\n"
        "  explicit operator bool() const;\n"
        "  int take() &&;\n"
        "  void print(const char* format, ...);\n"
        " protected: void hidden(); private: void secret();\n"
        "};\n"
        "struct Wide : Row { using Row::Row; int at(int) const noexcept override; void pure() final; };\n"
        "}\n"
    )
    row = class_of(module, "lib::Row")
    sized, copied = row.constructors
    assert (sized.explicit, sized.kind, sized.name) == (True, FunctionKind.CONSTRUCTOR, "Row")
    assert copied.deleted
    at = function_of(module, "lib::Row::at")
    assert (at.const, at.virtual, at.pure, at.noexcept, at.override) == (True, True, False, True, False)
    assert function_of(module, "lib::Row::pure").pure
    assert function_of(module, "lib::Row::make").kind is FunctionKind.STATIC
    assert function_of(module, "lib::Row::width").constexpr
    conversion = function_of(module, "lib::Row::operator bool")
    assert (conversion.kind, conversion.explicit) == (FunctionKind.CONVERSION, True)
    assert function_of(module, "lib::Row::take").ref_qualifier is RefQualifier.RVALUE
    assert function_of(module, "lib::Row::print").variadic
    assert function_of(module, "lib::Row::hidden").access is Access.PROTECTED
    assert function_of(module, "lib::Row::secret").access is Access.PRIVATE
    assert function_of(module, "lib::Wide::at").override
    assert function_of(module, "lib::Wide::pure").final
    inherited = [item for item in class_of(module, "lib::Wide").constructors if item.implicit]
    assert [(item.name, item.scope, len(item.params)) for item in inherited] == [("Wide", "lib::Wide", 1)]


def test_a_body_in_the_header_is_inline_wherever_it_stands(read):
    module = read(
        "#define BODY int from_macro() { return 1; }\n"
        "#define QUIET noexcept\n"
        "int out(); inline int in() { return 1; } int here() { return 2; }\n"
        "int with_macro() QUIET { return 1; }\nint without() QUIET;\n"
        "BODY\nnamespace n { int last(); }\n"
        "struct S { int later(); int inside() { return 1; } int never(); S() : a(1) {} int a; };\n"
        "inline int S::later() { return 3; }\n"
        "int early(); int early() { return 1; }\n"
    )
    inline = {function.name: function.inline for function in module.functions}
    assert inline == {
        "out": False,
        "in": True,
        "here": True,
        "with_macro": True,
        "without": False,
        "from_macro": True,
        "last": False,
        "early": True,
    }
    methods = {function.name: function.inline for function in class_of(module, "S").methods}
    assert methods == {"later": True, "inside": True, "never": False}
    assert class_of(module, "S").constructors[0].inline


def test_inline_without_a_body_anywhere_is_undefined(read):
    module = read(
        "#define QUIET noexcept\n"
        "inline int never() QUIET; inline int later(); inline int later() { return 1; } int elsewhere();\n"
        "struct S { inline int gone() const; inline int here() { return 1; } inline int below(); S() = default; };\n"
        "inline int S::below() { return 2; }\n"
    )
    functions = (*module.functions, *class_of(module, "S").methods)
    assert {function.name for function in functions if function.undefined} == {"never", "gone"}


def test_using_brings_methods_and_fields_of_a_base(read):
    module = read(
        "struct Base { void f(int); void f(double); protected: int kept; };\n"
        "struct Derived : private Base { using Base::f; using Base::kept; };\n"
    )
    derived = class_of(module, "Derived")
    assert [(f.name, f.implicit, f.access, f.scope) for f in derived.methods] == [
        ("f", True, Access.PUBLIC, "Derived")
    ] * 2
    assert derived.fields[0].name == "kept"
    assert derived.bases[0].access is Access.PRIVATE


def test_members_of_a_private_unnamed_union_are_private(read):
    module = read("class V { union { int i; struct { char a; }; }; public: union { double d; }; };")
    assert {field.name: field.access.value for field in module.classes[0].fields} == {
        "i": "private",
        "a": "private",
        "d": "public",
    }


def test_members_of_unnamed_unions_belong_to_the_class(read):
    module = read("struct V { int tag; union { int i; double d; struct { char a, b; }; }; struct { int z; } named; };")
    fields = {field.name: field for field in class_of(module, "V").fields}
    assert {name: field.anonymous_path for name, field in fields.items()} == {
        "tag": (),
        "i": ("union",),
        "d": ("union",),
        "a": ("union", "struct"),
        "b": ("union", "struct"),
        "named": (),
    }
    assert (fields["b"].offset, fields["d"].offset, fields["named"].offset) == (9, 8, 16)
    assert fields["named"].type.canonical == "decltype(V::named)"
    assert class_of(module, "V").aggregate_fields == ("tag", "i", "named")


def test_typedef_names_an_unnamed_struct(read):
    module = read(
        "typedef struct { int x; } Point; typedef enum { A, B = 5 } Kind; typedef struct node { node* n; } node;"
    )
    assert [item.qualified for item in module.classes] == ["Point", "node"]
    assert [item.qualified for item in module.enums] == ["Kind"]
    assert module.aliases == ()


def test_friends_declared_only_in_a_class(read):
    module = read(
        "namespace lib { struct M; void seen(const M&);\n"
        "struct M { friend M operator*(const M& a, const M& b); friend void seen(const M&); }; }"
    )
    friend = class_of(module, "lib::M").methods
    assert [(f.kind, f.qualified) for f in friend] == [(FunctionKind.FRIEND, "lib::operator*")]
    assert [f.qualified for f in module.functions] == ["lib::seen"]


def test_enums(read):
    module = read(
        "enum class Mode : unsigned char { slow, fast = 7 };\n"
        "enum Bits { one = 1, two = 2 };\n"
        "constexpr Bits operator|(Bits a, Bits b) { return Bits(int(a) | int(b)); }\n"
        "constexpr Bits operator&(Bits a, Bits b) { return Bits(int(a) & int(b)); }\n"
        "enum : unsigned long long { kHuge = ~0ull };\n"
    )
    mode, bits, unnamed = module.enums
    assert (mode.scoped, mode.underlying.canonical, mode.flags) == (True, "unsigned char", False)
    assert [(e.name, e.value) for e in mode.enumerators] == [("slow", 0), ("fast", 7)]
    assert bits.flags
    assert (unnamed.name, unnamed.enumerators[0].value) == ("", 2**64 - 1)


def test_bases_offsets_and_layout(read):
    module = read(
        "struct A { long a; }; struct B { virtual ~B(); int b; }; struct V {};\n"
        "struct C : A, protected B, virtual V { int c : 3; int d = 4; static const int e = 5; mutable int m; };\n"
    )
    item = class_of(module, "C")
    assert [(base.type.canonical, base.offset, base.virtual) for base in item.bases] == [
        ("A", 16, False),
        ("B", 0, False),
        ("V", None, True),
    ]
    fields = {field.name: field for field in item.fields}
    assert (fields["c"].bit_width, fields["c"].offset) == (3, None)
    assert fields["d"].has_default
    assert fields["m"].mutable
    assert (fields["e"].static, fields["e"].value, fields["e"].inline) == (True, 5, False)
    assert item.typeinfo == "_ZTI1C"
    assert class_of(module, "B").key_function == "_ZN1BD1Ev"


def test_inline_namespaces_do_not_appear_in_names(read):
    module = read("namespace lib { inline namespace v2 { struct A { A* next(); }; } }")
    assert [item.qualified for item in module.classes] == ["lib::A"]
    assert module.namespaces == ("lib",)
    assert function_of(module, "lib::A::next").returns.canonical == "lib::A *"


def test_each_declaration_once(read):
    module = read(
        "struct Late; Late* make(); Late* make(); struct Late { int x; }; struct Late;\n"
        "extern int count; int count = 1;\n"
        "struct Never; void take(Never*);"
    )
    assert [(item.qualified, item.complete) for item in module.classes] == [("Late", True), ("Never", False)]
    assert [function.name for function in module.functions] == ["make", "take"]
    assert len(module.variables) == 1


def test_constants_and_macros(read):
    module = read(
        "#ifndef GUARD\n#define GUARD\n"
        '#define COUNT (1 << 4)\n#define NAME "a" "b"  ///< its name\n#define LETTER \'x\'\n#define BIG ~0ull\n'
        "#define CALL(x) x\n#define WORD int\n#define TWO 1, 2\n#define SEMI 1; int evil = 2\n#define ON true\n"
        'constexpr int kMax = 10; const double kPi = 3.25; extern int counter; static const char* const kText = "t";\n'
        "#endif\n"
    )
    assert {macro.name: macro.value for macro in module.macros} == {
        "COUNT": 16,
        "NAME": "ab",
        "LETTER": "x",
        "BIG": 2**64 - 1,
        "ON": True,
    }
    assert module.macros[1].comment == "///< its name"
    variables = {item.name: item for item in module.variables}
    assert {name: item.value for name, item in variables.items()} == {
        "kMax": 10,
        "kPi": 3.25,
        "counter": None,
        "kText": "t",
    }
    assert [name for name, item in variables.items() if not item.inline] == ["counter"]
    assert variables["kMax"].constexpr


def test_comments(read):
    module = read(
        "/** @file\n * About the file. */\n\n"
        "/// Doc of f.\nint f();\n\n"
        "// Far away.\n\nint g();\n"
        "// Directly above.\nint h();\n"
        "int i(); // behind a function\n"
        "struct S { int a; ///< of a\n  int b; //!< of b\n  // above c\n  int c; };\n"
        "enum E { one, two /**< of two */ };\n"
        "// -------------\nint ruled();\n"
    )
    comments = {function.name: function.comment for function in module.functions}
    assert comments == {"f": "/// Doc of f.", "g": "", "h": "// Directly above.", "i": "", "ruled": ""}
    assert [field.comment for field in class_of(module, "S").fields] == ["///< of a", "//!< of b", "// above c"]
    assert [item.comment for item in module.enums[0].enumerators] == ["", "/**< of two */"]
    assert module.comment == "/** @file\n * About the file. */"


def test_annotations_and_deprecation(read):
    module = read(
        "#include <dovetail/annotate.h>\nDOVETAIL(release_gil) int f(int x DOVETAIL(out));\n"
        'struct DOVETAIL(skip) S {};\n[[deprecated("use f")]] int old(); [[deprecated]] int older();\n'
    )
    f = function_of(module, "f")
    assert (f.annotations, f.params[0].annotations, f.deprecated) == (("release_gil",), ("out",), None)
    assert class_of(module, "S").annotations == ("skip",)
    assert function_of(module, "old").deprecated == "use f"
    assert function_of(module, "older").deprecated == ""


def test_nullability_is_an_annotation(read):
    module = read(
        "struct S {};\n#ifdef __clang__\n#define MAYBE _Nullable\n#else\n#define MAYBE\n#endif\n"
        "int f(S* _Nullable a, const S* MAYBE b, S* _Nonnull c, S* d);\n"
    )
    found = [param.annotations for param in function_of(module, "f").params]
    assert found == [("nullable",), ("nullable",), (), ()]


def test_what_cannot_be_read_is_listed(read):
    module = read("namespace { int hidden(); }\ntemplate <class T> constexpr T zero = T(0);\nint f();")
    assert [(item.kind, item.span.line) for item in module.unread] == [("namespace", 1), ("template", 2)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("unsigned char", TypeKind.INTEGER),
        ("char", TypeKind.CHAR),
        ("char8_t", TypeKind.CHAR),
        ("long double", TypeKind.FLOAT),
        ("int S::*", TypeKind.MEMBER_POINTER),
        ("decltype(nullptr)", TypeKind.NULLPTR),
        ("const S&", TypeKind.LVALUE_REFERENCE),
        ("S&&", TypeKind.RVALUE_REFERENCE),
        ("E", TypeKind.ENUM),
        ("S", TypeKind.RECORD),
    ],
)
def test_type_kinds(read, text, kind):
    module = read(f"struct S {{}}; enum E {{ a }}; using T = {text}; void f(T t);")
    type_ = function_of(module, "f").params[0].type
    assert type_.kind is kind
    assert type_.alias == "T"


def test_types_keep_structure(read):
    module = read(
        "#include <string>\n#include <vector>\n"
        "namespace lib { struct Row {}; using Names = std::vector<std::string>;\n"
        "void f(const Names& names, const std::vector<Row>* rows, int (*call)(double, ...), char text[4]); }"
    )
    names, rows, call, text = (param.type for param in function_of(module, "lib::f").params)
    assert names.canonical == "const std::vector<std::basic_string<char>> &"
    assert names.target is not None
    assert (names.target.alias, names.target.declaration, names.target.const) == ("lib::Names", "std::vector", True)
    (element,) = names.target.arguments
    assert element.alias == "std::string"
    assert rows.target is not None
    assert rows.target.arguments[0].declaration == "lib::Row"
    assert call.target is not None
    assert (call.target.kind, call.target.variadic, len(call.target.parameters)) == (TypeKind.FUNCTION, True, 1)
    assert (text.kind, text.canonical, text.written) == (TypeKind.POINTER, "char *", "char[4]")


def test_templates_that_write_to_any_stream_write_to_those_of_char(read):
    module = read(
        "#include <ostream>\nnamespace lib { struct Row {};\n"
        "template <class C, class T> std::basic_ostream<C, T>& operator<<(std::basic_ostream<C, T>& os, const Row&)"
        " { return os; } }\n"
    )
    (found,) = module.functions
    assert (found.name, found.deduced) == ("operator<<", True)
    assert [param.type.bare for param in found.params] == ["std::basic_ostream<char> &", "lib::Row &"]
