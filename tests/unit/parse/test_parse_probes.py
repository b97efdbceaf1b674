"""What only probes tell: traits, defaults, members of template instantiations."""

from __future__ import annotations

import pytest
from small_headers import class_of, function_of

from dovetail.model import Access, FunctionKind
from dovetail.parse import Listed


def test_traits(read):
    module = read(
        "#include <memory>\n#include <vector>\n#include <functional>\n"
        "struct Plain { int a; bool operator==(const Plain&) const; };\n"
        "template <> struct std::hash<Plain> { std::size_t operator()(const Plain&) const; };\n"
        "struct Held { std::vector<std::unique_ptr<int>> v; }; struct Holder { Held h; };\n"
        "class Factory { ~Factory(); public: static Factory* make(); };\n"
        "struct Abstract { virtual void f() = 0; virtual ~Abstract(); }; struct Last final {};\n"
    )
    plain = class_of(module, "Plain").traits
    assert plain.aggregate
    assert plain.equality_comparable
    assert plain.hashable
    assert plain.trivially_copyable
    for name in ("Held", "Holder"):
        # The compiler claims a copy that it cannot compile.
        assert not class_of(module, name).traits.copy_constructible
        assert class_of(module, name).traits.move_constructible
    assert not class_of(module, "Factory").traits.destructible
    abstract = class_of(module, "Abstract").traits
    assert (abstract.abstract, abstract.polymorphic, abstract.virtual_destructor) == (True, True, True)
    assert not abstract.equality_comparable
    assert class_of(module, "Last").traits.final
    assert all(not item.qualified.startswith("std::") for item in module.classes)


@pytest.mark.parametrize(
    ("param", "text", "value", "cpp"),
    [
        ("int a = kMax + 1", "kMax + 1", 11, "11"),
        ("unsigned a = -1", "-1", 4294967295, "static_cast<unsigned int>(4294967295ll)"),
        (
            "long long a = -9223372036854775807LL - 1",
            None,
            -(2**63),
            "static_cast<long long>((-9223372036854775807ll - 1))",
        ),
        ("double a = .5", ".5", 0.5, "0.5"),
        ("float a = 1e-3f", "1e-3f", 0.001, "static_cast<float>(0.001)"),
        ("bool a = !false", "!false", True, "true"),
        ("char a = ','", "','", ",", "static_cast<char>(44)"),
        ("Mode a = Mode::fast", "Mode::fast", 1, "static_cast<lib::Mode>(1)"),
        ("const Mode& a = Mode::fast", "Mode::fast", 1, "lib::Mode::fast"),
        ('const char* a = "x\\",y"', '"x\\",y"', 'x",y', '"x\\",y"'),
        ('std::string a = "abc"', '"abc"', "abc", '"abc"'),
        ("Pt a = Pt{1, 2}", "Pt{1, 2}", None, "lib::Pt{1, 2}"),
        ("Pt a = {}", "{}", None, "lib::Pt{}"),
        ("std::string a = std::string(3, 'x')", "std::string(3, 'x')", None, "std::string(3, 'x')"),
        ("int a = helper(2)", "helper(2)", None, "lib::helper(2)"),
        ("Pt a = /* why */ Pt()", "Pt()", None, "lib::Pt()"),
        ("int a = MACRO(4)", "MACRO(4)", 5, "5"),
    ],
)
def test_default_arguments(read, param, text, value, cpp):
    module = read(
        "#include <string>\n#define MACRO(x) (x + 1)\n"
        "namespace lib { constexpr int kMax = 10; enum class Mode { slow, fast };\n"
        f"struct Pt {{ int x, y; }}; int helper(int); void f({param}, int last = 0); }}"
    )
    default = function_of(module, "lib::f").params[0].default
    assert default is not None
    assert text is None or default.text == text
    assert (default.value, default.cpp) == (value, cpp)
    assert not default.null


@pytest.mark.parametrize("text", ["nullptr", "0", "NULL", "{}"])
def test_null_defaults(read, text):
    module = read(f"#include <cstddef>\nvoid f(int* p = {text});")
    default = function_of(module, "f").params[0].default
    assert default is not None
    assert default.null
    assert default.cpp == "nullptr"


def test_a_default_that_is_valid_only_inside_is_not_proven(read):
    module = read("class A { struct Key {}; static Key key(); public: void f(Key k = key()); };")
    default = function_of(module, "A::f").params[0].default
    assert default is not None
    assert (default.text, default.cpp) == ("key()", None)


BOX = """
#include <vector>
namespace lib {
/// A box.
template <class T, int N = 3> class Box {
 public:
  Box();
  explicit Box(T first, int count = N);
  /// Element.
  const T& at(int i) const { return items[i]; }
  operator T() const;
  Box& self();
  template <class U> void put(U value);
  using value_type = T;
  struct Node { T value; Node* next; };
  Node* head();
  T items[N];
  static int made;
 protected:
  void kept();
};
template <class T, int N> Box<T, N>& Box<T, N>::self() { return *this; }
template <class T> struct Sub : Box<T> { using Box<T>::Box; using Box<T>::at; };
template <class T> T clamp(T value, T low, T high) { return value; }
"""


def test_instantiations_that_the_api_uses(read):
    module = read(BOX + "Box<double> make(const std::vector<Box<int, 4>>& all); }")
    assert [item.qualified for item in module.classes] == [
        "lib::Box<double>",
        "lib::Box<double>::Node",
        "lib::Box<int, 4>",
        "lib::Box<int, 4>::Node",
    ]
    box = class_of(module, "lib::Box<double>")
    assert (box.name, box.template, box.comment, box.span.line) == ("Box", "lib::Box", "/// A box.", 5)
    assert [(f.name, len(f.params), f.explicit) for f in box.constructors] == [("Box", 0, False), ("Box", 2, True)]
    assert box.constructors[1].params[0].type.canonical == "double"
    at = function_of(module, "lib::Box<double>::at")
    assert (at.returns.canonical, at.comment, at.inline) == ("const double &", "/// Element.", True)
    assert function_of(module, "lib::Box<double>::operator double").kind is FunctionKind.CONVERSION
    self_ = function_of(module, "lib::Box<double>::self")
    assert (self_.returns.canonical, self_.inline) == ("lib::Box<double> &", True)
    head = function_of(module, "lib::Box<double>::head")
    assert (head.returns.canonical, head.inline) == ("lib::Box<double>::Node *", False)
    assert function_of(module, "lib::Box<double>::kept").access is Access.PROTECTED
    fields = {field.name: (field.type.canonical, field.static) for field in box.fields}
    assert fields == {"items": ("double[3]", False), "made": ("int", True)}
    assert class_of(module, "lib::Box<int, 4>").size == 16
    node = class_of(module, "lib::Box<int, 4>::Node")
    assert node.aggregate_fields == ("value", "next")
    aliases = {alias.qualified: alias.type.canonical for alias in module.aliases}
    assert aliases["lib::Box<int, 4>::value_type"] == "int"
    assert module.unread == ()


def test_bases_and_inherited_constructors_of_instantiations(read):
    module = read(BOX + "Sub<long> make(); }")
    sub = class_of(module, "lib::Sub<long>")
    assert [(base.type.canonical, base.offset) for base in sub.bases] == [("lib::Box<long>", 0)]
    assert [(f.name, f.implicit, f.params[0].type.canonical) for f in sub.constructors] == [("Sub", True, "long")]
    assert [(f.name, f.implicit) for f in sub.methods] == [("at", True)]
    names = [item.qualified for item in module.classes]
    assert names.index("lib::Box<long>") < names.index("lib::Sub<long>")


def test_listed_instantiations(read):
    module = read(BOX + "}", instantiate=("lib::Box<char>", "lib::clamp<short>", "std::vector<int>"))
    assert class_of(module, "lib::Box<char>").size == 3
    clamp = function_of(module, "lib::clamp<short>")
    assert [param.type.canonical for param in clamp.params] == ["short"] * 3
    assert clamp.inline
    assert [part.canonical for part in clamp.template_arguments] == ["short"]
    assert [item.spelling for item in module.instantiations] == ["std::vector<int>"]


OVERLOADED = (
    "#include <cstddef>\nnamespace lib { struct Row {}; template <class T> struct Box { T item; };\n"
    "class Cell { public: template <class T> T as() const; template <class T> int at(const T&) const;"
    " template <class T> int at(const T&); };\n"
    "template <int N> int times(int v) { return N * v; } template <class T> void put(T a); "
    "template <class T> void put(T* a);"
    " namespace deep { template <class T> T only(T); } }"
)


@pytest.mark.parametrize(
    ("selector", "text", "qualified", "arguments"),
    [
        ("lib::Cell::as", "int", ["lib::Cell::as<int>"], ["int"]),
        ("Cell::as", "Row", ["lib::Cell::as<lib::Row>"], ["lib::Row"]),
        ("Cell::*", "Cell::as<Box<Row>>", ["lib::Cell::as<lib::Box<lib::Row>>"], ["lib::Box<lib::Row>"]),
        ("Cell::at", "short", ["lib::Cell::at<short>"] * 2, ["short"]),
        ("times", "3", ["lib::times<3>"], ["3"]),
        ("put", "char", ["lib::put<char>"] * 2, ["char"]),
        ("only", "int", ["lib::deep::only<int>"], ["int"]),
        ("", "only<int>", ["lib::deep::only<int>"], ["int"]),
        # Of all free functions, those that take the arguments: no `times<int>`.
        ("lib::*", "int", ["lib::deep::only<int>", "lib::put<int>", "lib::put<int>"], ["int"]),
    ],
)
def test_instantiations_in_few_words(read, selector, text, qualified, arguments):
    module = read(OVERLOADED, instantiate_for=(Listed(selector, text),))
    found = [*module.functions, *(m for c in module.classes for m in c.methods)]
    assert [f.qualified for f in found] == qualified
    for function in found:
        assert [a if isinstance(a, str) else a.canonical for a in function.template_arguments] == arguments


def test_arguments_that_parameters_imply(read):
    text = (
        "enum Q { high }; template <class T, Q q> struct V { T x; };"
        "template <class T, Q q> T dot(const V<T, q>&); template <class T, Q q> T only(V<T, high>);"
        "template <class T, Q q> V<T, q> operator+(const V<T, q>&, T);"
        "template <class T, Q q> V<T, q> operator+(T, V<T, q>);"
    )
    module = read(text, instantiate_for=tuple(Listed(name, "int, high") for name in ("dot", "only", "operator+")))
    assert [(f.name, f.implied) for f in module.functions] == [
        ("dot", True),
        ("only", False),
        ("operator+", True),
        ("operator+", True),
    ]


def test_enumerators_of_unnamed_enums_in_templates(read):
    module = read("template <int m, int n> struct Grid { enum { rows = m, area = m * n }; }; Grid<2, 3> make();")
    assert [(e.name, v.name, v.value) for e in module.enums for v in e.enumerators] == [
        ("", "rows", 2),
        ("", "area", 6),
    ]
    assert {e.scope for e in module.enums} == {"Grid<2, 3>"}


def test_arguments_alone_for_a_class_template(read):
    module = read(OVERLOADED, instantiate_for=(Listed("Box", "std::size_t"), Listed("Box", "Box<Row>")))
    assert [c.qualified for c in module.classes if c.template] == ["lib::Box<unsigned long>", "lib::Box<lib::Row>"]


def test_arguments_for_what_is_no_template(read, sink):
    read(OVERLOADED, instantiate_for=(Listed("Row", "int"),), expect_errors=True)
    assert [item.code for item in sink.errors] == ["DV010"]
    assert "no template of that name" in sink.errors[0].message


@pytest.mark.parametrize(
    ("listed", "code"),
    [("lib::Bax<int>", "DV010"), ("lib::Box<Nope>", "DV012"), ("lib::Box", "DV012"), ("lib::clamp<int, 3>", "DV012")],
)
def test_listed_instantiations_that_do_not_exist(read, sink, listed, code):
    read(BOX + "}", instantiate=(listed,), expect_errors=True)
    assert [item.code for item in sink.errors] == [code]


def test_specialisations_are_classes_of_their_own(read):
    module = read(
        "namespace lib { struct Local {}; template <class T> struct Conv { int general(); };\n"
        "template <> struct Conv<Local> { int special(); }; Conv<Local> f(const Conv<Local>& c); }"
    )
    assert [item.qualified for item in module.classes] == ["lib::Local", "lib::Conv<lib::Local>"]
    assert [f.name for f in module.classes[1].methods] == ["special"]
    function = function_of(module, "lib::f")
    assert function.returns.canonical == "lib::Conv<lib::Local>"
    assert function.params[0].type.canonical == "const lib::Conv<lib::Local> &"


def test_endless_instantiation_ends(read):
    module = read("template <int N> struct Next { Next<N + 1> next(); }; Next<0> start();")
    assert module.classes[0].qualified == "Next<0>"
    assert [item.template for item in module.instantiations] == ["Next"]


def test_friends_of_instantiations(read):
    module = read(
        "namespace lib { template <class T> struct Vec { T x;\n"
        "friend Vec operator+(const Vec& a, const Vec& b) { return a; }\n"
        "friend Vec<T> operator*(Vec<T> a, T s) { return a; } }; using V = Vec<double>; }"
    )
    friends = [f for f in class_of(module, "lib::Vec<double>").methods if f.kind is FunctionKind.FRIEND]
    assert [(f.qualified, [p.type.canonical for p in f.params]) for f in friends] == [
        ("lib::operator+", ["const lib::Vec<double> &", "const lib::Vec<double> &"]),
        ("lib::operator*", ["lib::Vec<double>", "double"]),
    ]
    assert all(f.inline for f in friends)


def test_partial_specialisations_and_packs(read):
    module = read(
        "template <class T> struct Part { void general(); }; template <class T> struct Part<T*> { T* get(); };\n"
        "template <class... Ts> struct Pack { Pack(Ts... all); };\n"
        "Part<int*> part(); Pack<int, double> pack();"
    )
    assert [f.name for f in class_of(module, "Part<int *>").methods] == ["get"]
    (constructor,) = class_of(module, "Pack<int, double>").constructors
    assert [param.type.canonical for param in constructor.params] == ["int", "double"]


def test_deduced_results(read):
    module = read(
        """
#include <utility>
namespace lib {
template <class T>
struct Box {
  T x;
  decltype(auto) get() const { return (x); }
  auto pair() { return std::make_pair(x, x); }
  auto* self() { return this; }
  static auto made() { return Box{T{}}; }
  auto broken() { return x.nothing(); }
};
Box<int> box();
}
"""
    )
    (box,) = (item for item in module.classes if item.template)
    assert {method.name: method.returns.canonical for method in box.methods} == {
        "get": "const int &",
        "pair": "std::pair<int, int>",
        "self": "lib::Box<int> *",
        "made": "lib::Box<int>",
    }
    assert [item.name for item in module.unread] == ["lib::Box<int>::broken"]


def test_members_of_final_templates(read):
    module = read(
        """
namespace lib {
template <class T>
class Sealed final {
 public:
  explicit Sealed(T value) : value_(value) {}
  T open() const { return value_; }
 private:
  T value_;
};
Sealed<int> seal();
}
"""
    )
    (sealed,) = (item for item in module.classes if item.template)
    assert [method.name for method in sealed.methods] == ["open"]
    assert len(sealed.constructors) == 1
    assert sealed.traits.final
