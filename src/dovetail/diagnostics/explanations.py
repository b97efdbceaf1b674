"""What each code means at length: why, an example, the lines to write.

In: nothing.  Out: `EXPLANATIONS`, Markdown by code; `codes` puts them behind the one-line texts.
Must not know: who reports what.
"""

from __future__ import annotations

from typing import Final

from dovetail.diagnostics.build_explanations import LINKING, TOOLCHAIN

_FILES: Final = {
    "DV001": """
The compiler that reads your header looks beside the project file and in the folders of `include`, as `#include` does.

```toml
[tool.dovetail.modules.shapes]
headers = ["shapes/shapes.h"]
include = ["include"]          # finds include/shapes/shapes.h
```

A library that is installed with a `.pc` file gives its folders by name: `pkg-config = ["tinyxml2"]`.
""",
    "DV002": """
dovetail reads a header as a compiler does, so the header has to compile on its own: with every `#include` it needs,
the macros it expects and the C++ standard it is written for. The message and the place are those of clang.

```toml
[tool.dovetail.modules.shapes]
headers = ["shapes.h"]
define = ["SHAPES_STATIC"]
std = "c++23"
```

A header that only makes sense after another one is listed after it: `headers = ["base.h", "shapes.h"]`.
""",
    "DV003": """
Only what the named headers (and headers of yours that they include) declare is bound: not the standard library, not
system headers. A header that consists of macros, of includes of system headers or of another namespace than the
chosen one gives an empty module.

```toml
namespace = "shapes"     # or leave it out: the outermost namespace of the headers is taken
```
""",
    "DV004": """
clang and the standard library of your compiler sometimes disagree about the newest corners of a standard. The
declarations of your headers are still read; only those that depend on the named place can be missing.

An older `std` often avoids it: `std = "c++20"`.
""",
}

_CONFIGURATION: Final = {
    "DV010": """
A rule that matches nothing is a rule that is not obeyed: a typing error, or a name that the header has changed.
Selectors are C++ names with or without the module's namespace, or globs.

```toml
[tool.dovetail.modules.shapes.rules]
"Tree::root" = { returns = "borrow" }       # one method, all its overloads
"Tree::*"    = { release-gil = true }       # all members
"detail::*"  = { skip = true }              # a namespace
```

`dovetail dump --model` lists every name that the headers declare.
""",
    "DV011": """
A key with a spelling mistake would otherwise be ignored in silence. Keys are written with hyphens: `library-dirs`,
`release-gil`. The reference of settings lists them all.
""",
    "DV012": """
The value has another type than the setting, or is not one of those allowed.

```toml
release-gil = true             # not "true", not 1
sources = ["src/*.cpp"]        # a list; a single string will do as well
std = "c++20"                  # c++17 or later
libs = ["z"]                   # names, not options: not "-lz"
```
""",
    "DV013": """
`DOVETAIL(...)` in a header takes the words of a rule, with underscores: a word alone is true.

```cpp
#include <dovetail/annotate.h>
DOVETAIL(release_gil, returns = "borrow") const Node* root() const;
```

Without dovetail the macro is empty: the compiler never sees it.
""",
    "DV014": """
A module is imported and a function is called by name, so both must be Python identifiers, and no keywords.

```toml
[tool.dovetail.modules."rowlog._core"]     # dotted: a module inside a package
[tool.dovetail.modules.rowlog.rules]
"import" = { rename = "import_" }
```
""",
    "DV015": """
Two declarations of one scope would get the same Python name: through a `rename`, through `names = "snake_case"`
(`getName` and `get_name`), or because C++ keeps a struct and a function of one name apart and Python cannot.

```toml
[tool.dovetail.modules.shapes.rules]
"getName" = { rename = "name_of" }
```
""",
    "DV016": """
A project says which headers make which module:

```toml
# pyproject.toml
[tool.dovetail.modules.shapes]
headers = ["include/shapes.h"]
sources = ["src/*.cpp"]
```

Without a project, name the header: `dovetail build include/shapes.h`.
""",
    "DV017": """
The file is there and could not be read as TOML in UTF-8. The place is where reading stopped; the mistake is often a
line above: a quote or a bracket that was not closed.
""",
}

_DECISIONS: Final = {
    "DV021": """
`Node* make_node()` may hand over a new object or lend one that lives elsewhere: C++ does not say. Until you decide,
the result is borrowed: nothing is freed twice, though memory may be lost.

```toml
[tool.dovetail.modules.shapes.rules]
"make_node" = { returns = "own" }        # Python deletes it
"find_node" = { returns = "borrow" }     # C++ keeps it
```

A `char*` without `const` is text that is copied; where it is yours, name what ends it. A glob says it of many.

```toml
"expand"      = { free = ["db_free"] }        # or ["free"], ["delete[]"]
"db_name"     = { returns = "borrow" }
"db_*printf"  = { returns = "own", free = ["db_free"] }
```

In your own headers, `std::unique_ptr<Node>` says the same thing to every reader.
""",
    "DV022": """
A rule `array` names a pointer and what says how many elements there are, both as the header calls them.

```toml
[tool.dovetail.modules.shapes.rules]
"mean"       = { array = ["values[n]"] }                 # (const double* values, int n)
"blur"       = { array = ["image[rows:stride, columns]"] }   # rows lie `stride` elements apart; `stride bytes`: bytes
"largest"    = { array = ["first..last"] }               # (const int* first, const int* last)
"norm"       = { array = ["v[3]"] }                      # always three
"Row::data"  = { array = ["return[size()]"] }            # const double* Row::data() const, and Row::size()
"Packet::at" = { array = ["at[length]"] }                # fields: uint8_t* at; int length;
```

The pointer must point to numbers, plain structs, bytes or `void`; pointers to const also to what is copied one by one,
as strings. A length is an integer that is passed by value; of results and fields also a field, a method without
arguments, or a product of such.
""",
    "DV023": """
`double*` may point to one number or to a million. Where something beside it says how many, a rule makes both of them
one array: any buffer (NumPy arrays, `array.array`, `memoryview`) as an argument, a NumPy array as a result.

```toml
[tool.dovetail.modules.shapes.rules]
"mean"         = { array = ["values[n]"] }               # mean(values)
"Signal::data" = { array = ["return[size()]"] }          # an array over the memory of the signal
```

In your own headers, `std::span<double>` says it to every reader.
""",
}

_DECLARATIONS: Final = {
    "DV024": """
`errors` makes exceptions of results that say whether a call worked. The result must be a number, an enum, a bool or a
pointer; `ok` lists numbers, constants of the headers and comparisons; `failed` and `message` name functions of one
parameter: the result, or an object that the call has.

```toml
"db_*" = { errors = "DbError", ok = ["DB_OK", "DB_ROW"], message = "db_errmsg" }
```
""",
    "DV025": """
`ufunc = true` makes a NumPy ufunc of a function: it takes arrays and goes over their elements. So every overload takes
numbers or bools by value, at least one, and returns one; it is no method, and lies in no submodule. Bind a function
with such a signature:

```cpp
inline double distance_to(double x, double y) { return Point(x, y).distance(home()); }
```

```toml
"geo::distance_to" = { ufunc = true }
```
""",
    "DV030": """
`int config(db*, int what, ...)` takes arguments of any number and type, and only its documentation says which. A rule
lists those with which Python calls it:

```toml
"config" = { varargs = ["int value", "int* old"], out = ["old"] }      # config(db, what, value) -> (int, old)
```

Functions like `printf` need no rule: they take finished text, which goes through `"%s"`. They are known by their name,
or by that of the parameter (`format`, `fmt`). For another one, or where the types differ from call to call, write an
inline function:

```cpp
inline void log_text(const std::string& text) { log("%s", text.c_str()); }
```
""",
    "DV031": """
A template is no code until its arguments are known. Every instantiation that the API itself uses is bound; others are
listed by you.

```toml
[tool.dovetail.modules.shapes.rules]
"Matrix" = { instantiate = ["float", "double"] }       # or "Matrix<float>", "lib::Matrix<float>"
"Node::as" = { instantiate = ["int", "std::string"] }  # as_int(), as_string()
```

Template arguments that no parameter mentions, which a C++ caller has to write, are part of the Python name.
""",
    "DV032": """
The class says `= delete`: C++ refuses the call, so Python has nothing to call. Nothing is lost and nothing is to do.
""",
    "DV033": """
A rule with `skip = true`, or `DOVETAIL(skip)` in the header, leaves it out. A more specific rule takes it back in:

```toml
"detail::*"     = { skip = true }
"detail::Point" = { skip = false }
```
""",
    "DV034": """
`Row take() &&` may only be called on an object about to vanish. From Python it is called on a copy; an object that
cannot be copied is taken over, and refuses to be used afterwards. Listed are the methods for which neither will do,
unless another overload gives the same of an object that lives on: `Row* get() &&` would point into the temporary, a
virtual one would be called on part of an object, and an operator or a conversion such as `str()` must not end it.
""",
    "DV035": """
Python looks for attributes in one order of all bases, and wants the order of every class to agree with those of its
bases. C++ allows what Python does not:

```cpp
struct Forth : Left, Right {};
struct Back : Right, Left {};
struct Torn : Forth, Back {};   // Left before Right, or after?
```

The Python class derives from as many of the bases as Python can order, the first ones first. The members of the others
are its own all the same; a parameter of such a base does not take it. For exceptions it may also be that two of
Python's own exceptions do not go together in one class.
""",
    "DV036": """
C++ allows it and it has a meaning in Python, but dovetail lacks it. The reason names the construct. A small free
function in a header of yours usually makes a bridge.
""",
    "DV037": """
`f(int)` and `f(long)` are one function to Python: both take an `int`. The closest conversion is called, and where there
is none the first declared; this overload would never be chosen. If it does something else, give it its own name.

```toml
"f(long)" = { rename = "f_long" }
```
""",
    "DV038": """
Private and protected members are not part of the interface. They are listed so that the count is honest.
""",
    "DV039": """
`struct { int x; } origin;` has a type without a name: emitted code cannot spell it. Give it one:
`struct Origin { int x; }`.
""",
}

_TYPES: Final = {
    "DV040": """
No row of the conversion table fits the type. The reason names the part that is missing: often one template argument.
Conversions of your own are C++ specialisations in a header of yours; or bind a function that takes a type that
converts, such as `std::string`, `std::vector<double>` or a struct.
""",
    "DV041": """
`bool read(int& count)` may read `count`, write it, or both. Python integers cannot change, so a rule must say that the
parameter is an output; it then becomes part of the result.

```toml
"read" = { out = ["count"] }        # read() -> tuple[bool, int]
"Element::Query*" = { out = ["*"] } # in all of these, every parameter that can be one
```

`dovetail check` writes the rules that it would take, one for each class. Beside a glob, names that a function does not
have or that cannot be outputs are passed over. No rule for a pointer that C++ keeps beyond the call: the variable
behind an output is gone then.
""",
    "DV042": """
A `std::function` is converted where it is passed by value or reference; a pointer to one is not, nor is a pointer to a
member, nor what takes C varargs. A small function with a `std::function` parameter is the way round.
""",
    "DV043": """
A `const void*` is memory that C++ reads, and only its length makes that safe. Where a number stands right behind it,
with a name such as `len`, `n`, `srcSize` or without any, both are one argument: anything with a buffer. A `void*` alone
is an address that Python only hands on, and so is a `const void*` result with a rule `returns = "borrow"`. User data
goes with its callback. For what is left, write a small function with real types around it, for instance one that takes
a `std::span<const std::byte>`.
""",
    "DV044": """
`class Impl;` without a body: its size, its members and its destructor are unknown. Pointers and references to it pass
through Python as handles; values, smart pointers and `returns = "own"` need the definition. Where the class is defined
in another header, name that one too.

```toml
headers = ["shapes.h", "shapes_impl.h"]
```
""",
    "DV045": """
`Node** nodes` may be an array of pointers, an output, or an owner that is replaced: C++ does not say. A function with
a `std::vector<Node*>`, or one that returns the pointer, can be bound.
""",
    "DV049": """
Which member of a union is alive follows from something else, often a tag beside it, that only the library and its users
know. Numbers, enums and plain structs of them can be read at any time: at worst they mean nothing. A pointer, a text or
a container that is not there would crash Python. A rule vouches that it is read only when it is there:

```toml
[tool.dovetail.modules.lib.rules]
"Value::text" = { returns = "borrow" }
```

A method of the library that looks at the tag first is safer.
""",
    "DV046": """
The type's own class is skipped by a rule, private, or could not be bound; so nothing can be passed as one. The list of
what is not bound has the class too, with the reason that counts.
""",
    "DV047": """
A result by value has to be copied or moved into the Python object, and the class allows neither. A reference or a
`std::unique_ptr` to it can be returned.
""",
}

_OUTPUT: Final = {
    "DV070": """
Compiled modules are loaded from the cache, so whoever can write there can run code as you. The folder must be yours
and closed to others; otherwise it is not used.

```console
$ chmod 700 ~/.cache/dovetail
```
""",
    "DV071": """
The folder does not exist, is not yours, is full, or the file is in use by a running Python. No file was written in
part.
""",
    "DV085": """
```cpp
struct Left : Top {};
struct Right : Top {};
struct Bottom : Left, Right {};   // has two objects of Top
```

Where a `Top` is wanted, C++ cannot tell which of the two is meant, and neither can Python: a parameter of type `Top&`
refuses a `Bottom`, and members of `Top` raise `TypeError` on it. `isinstance(bottom, Top)` is true. Conversions to
`Left` and `Right` work. With `struct Left : virtual Top {}`, and `Right` likewise, there is one `Top`, and nothing to
report.
""",
    "DV086": """
A module whose headers show classes of another one names it:

```toml
[tool.dovetail.modules.scene]
headers = ["scene.h"]
uses = ["shapes"]
```

`shapes` is a module of the same project, or one that is installed for the Python that runs dovetail. What it has bound
stands in `shapes.dovetail.json`, which lies beside its extension; a module built by an older dovetail has none.
""",
    "DV087": """
A member of a class template, or a function template, is C++ only for some arguments: `Box<Row>::less` where a `Row` has
no `operator<`. A C++ caller would get this error too. Everything else of the class is bound.

```cpp
template <class T> struct Box { T v; bool less(const Box& o) const { return v < o.v; } };
using RowBox = Box<Row>;      // fine, as long as nobody calls less()
```
""",
    "DV083": """
`std::function<const Row&()>` or `std::function<std::string_view()>`: what a Python function returns ends with the call,
unless Python keeps it; C++ would be left with a reference to nothing. Results by value, and smart pointers, are fine.
""",
    "DV018": """
A rule names a method or attribute that the class does not have, or one that cannot do what is asked: a constructor that
takes other arguments than `pickle` gives, a method for `async` that never says where the iteration ends.

```toml
"Vec" = { pickle = ["x", "y"] }      # needs a constructor Vec(x, y), and x and y as attributes or methods
"File" = { context = "close" }       # needs a method close() without arguments
```

Names are those of C++ or of Python; those of bases count too. A rule under a glob passes over classes that it does not
suit.
""",
    "DV019": """
```cpp
class Box {
 public:
  int size;                // a property of `getSize` would be `size` as well
  int getSize() const;
};
```

`rename` on one of them, or `property = "…"` on the getter, gives both a name.
""",
    "DV089": """
`a, b` makes a tuple in Python, and `&x` means nothing: no special method, and no name, could say the same. A named
function in C++ (`join(a, b)`) is bound as any other.
""",
    "DV084": """
`int each(int (*visit)(int, void*), void* data)` calls back while it runs; `void on_event(void (*f)(void*), void* data)`
keeps the callback and calls it later. C does not say which. Until you decide, the callable belongs to the call, and a
later call of C finds that it is over: a `RuntimeError`, which `sys.unraisablehook` gets where no call could raise it.

```toml
[tool.dovetail.modules.lib.rules]
"on_event" = { keeps = ["f"] }       # the object of a method keeps it; that of a function is kept for ever
```
""",
    "DV088": """
Eigen's expressions (`a + b`, `MatrixBase<Derived>`) are types of their own, which describe a computation. A result is
evaluated where its matrix is known; a parameter has to be a matrix, or an `Eigen::Ref` of one.

```cpp
template <class D> double norm(const Eigen::MatrixBase<D>& m);    // a rule lists it: instantiate = ["Eigen::MatrixXd"]
double norm(const Eigen::Ref<const Eigen::MatrixXd>& m);          // any array of doubles, without a copy
```
""",
    "DV091": """
A module for PyPy is a plain library of C functions and Python over it: numbers, text, objects, containers of these and
exceptions cross. Callables that C++ calls, overrides of virtual functions, outputs, streams and NumPy arrays as results
need an interpreter that C++ can call into; a module for CPython has them.

```cpp
void on_event(std::function<void(int)> f);     // CPython only
std::vector<int> events();                     // both
```
""",
    "DV090": """
Something that cannot happen did. The output is incomplete and was not kept. `--debug` shows the traceback; a small
header that shows it is the best report.
""",
}

_VIRTUALS: Final = {
    "DV080": """
A class written in Python can define a method of that name, but C++ keeps calling its own. The reason says what is in
the way: a parameter or result that cannot cross from C++ to Python, a number that C++ writes to (a rule `out` says
which), a function that is final, or one that is private without being pure, so that nobody outside of the class can
call C++'s own version where Python does not override it.
""",
    "DV081": """
The class has virtual functions, but C++ does not let a derived class be made for Python: its destructor is private, its
library does not export what a derived class needs, or Python could not override a pure virtual function. A Python
subclass of an abstract class cannot be constructed then; one of another class works as before, and C++ does not see
what it overrides.
""",
    "DV082": """
An override that returns `Shape*` hands an object of Python's to C++. By default it stays Python's: it is kept alive
until the function is called again or the object ends, and C++ must not delete it. Where C++ does delete it, as of a
factory, say so; the object is then taken over, as by a `unique_ptr`.

```toml
[tool.dovetail.modules.shapes.rules]
"Factory::make" = { returns = "own" }     # or "borrow": silences this
```
""",
}

EXPLANATIONS: Final[dict[str, str]] = {
    **_FILES,
    **_CONFIGURATION,
    **_DECISIONS,
    **_DECLARATIONS,
    **_TYPES,
    **LINKING,
    **TOOLCHAIN,
    **_OUTPUT,
    **_VIRTUALS,
}
