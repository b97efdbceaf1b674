"""What the codes mean that a build may report: libraries, compilers, their complaints.

In: nothing.  Out: `LINKING` and `TOOLCHAIN`, Markdown by code, for `explanations`.  Must not know: who reports what.
"""

from __future__ import annotations

from typing import Final

LINKING: Final = {
    "DV048": """
`void adopt(void* data, size_t size, void (*destroy)(void*))`: C keeps the pointer, and calls the function when it needs
the memory no longer. What C only reads (`const`, with a length or ended by a null) is copied for it, and a `void*`
without a length is user data: any Python object. This memory is neither: C may write to it, or nothing says how long it
is. A line in a header of your own that takes it as `const void*`, or has the library copy it, brings the function back.

A callback that only looks like a destructor is meant with `keeps = ["visit"]`, where its `void*` is user data.
""",
    "DV050": """
The header declares the function, the linked libraries were searched, and none defines it. Importing a module that
calls it would fail with an undefined symbol, so it is left out. Link the library that has it, or compile its source.

```toml
libs = ["shapes"]
library-dirs = ["build"]
sources = ["src/extra.cpp"]
```
""",
    "DV051": """
`libs` are names without `lib` and ending: `libs = ["z"]` links `libz.so` or `libz.a`, which the linker looks for in its
own folders and in `library-dirs`. Names in `pkg-config` must be known to `pkg-config --exists NAME`.
""",
    "DV052": """
Sources ending in `.pyx` and `.py` are translated by Cython, a Python package: `pip install "dovetail[cython]"`. A wheel
is built in an environment of its own, which has to be told:

```toml
[build-system]
requires = ["hatchling", "dovetail[cython]"]
build-backend = "hatchling.build"
```

Sources ending in `.rs` are compiled by `rustc`: the one that the environment variable `RUSTC` names, or the first on
the path. `dovetail doctor` says what was found.
""",
    "DV054": """
`#[no_mangle] pub extern "C" fn area(...)` defines a C function. It becomes part of the module by a header that declares
it, as any other C function does:

```cpp
extern "C" {
double area(double width, double height);
}
```

A function that only your C or C++ sources call needs none, and the warning may be ignored.
""",
    "DV055": """
A C function has no types for the linker: what the header says is what is called. A number of parameters or a type that
Rust defines in another way gives wrong numbers, or a crash. `i32` is `int32_t` (or `int`), `i64` is `int64_t`, `usize`
`size_t`, `f64` `double`, `bool` `bool`, `*const T` `const T*`, `*mut T` `T*`.
""",
    "DV056": """
What is bound is what headers declare. A source is compiled and linked into the module:

```console
$ dovetail build shapes.h --sources shapes.cpp
```

```toml
[tool.dovetail.modules.shapes]
headers = ["shapes.h"]
sources = ["shapes.cpp", "fast.pyx", "kernel.rs"]
```

A Cython source is a module inside of that one (`shapes.fast`), and needs a header all the same: the one with what it
calls.
""",
}

TOOLCHAIN: Final = {
    "DV060": """
A module is compiled code. Install a C++ compiler (Debian and Ubuntu: `g++`; macOS: `xcode-select --install`), name one
in the environment variable `CXX`, or use the one that comes as a Python package: `pip install "dovetail[zig]"`.
`dovetail doctor` says what was found.
""",
    "DV061": """
The header was read and understood, the code that dovetail wrote for it was refused. That is a fault of dovetail, or a
header that the compiler reads in another way than clang (a macro, a standard). The note is the compiler's first
message. Leave the declaration out meanwhile:

```toml
"Tree::root" = { skip = true }
```
""",
    "DV062": """
A file that `sources` names does not compile; the message is the compiler's. Check `include`, `define` and `std`: they
hold for sources as for headers.
""",
    "DV063": """
All was compiled and could not be put together: a library is missing, made for another machine, or not compiled as
position-independent code (`-fPIC`), which a static library in an extension needs.
""",
    "DV065": """
An extension for the limited API of 3.11 works in 3.11 and everything later, so it is built with the headers of 3.11 or
later. Free-threaded builds up to 3.14 have no limited API: build for these by their own version, without `abi3`.
""",
    "DV066": """
`static = ["yaml-cpp"]` links `libyaml-cpp.a` instead of `libyaml-cpp.so`. Development packages of distributions often
have the shared library alone, or an archive that is not position-independent. Build the library as you need it:

```console
$ cmake -S yaml-cpp -B build -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON
$ cmake --build build
```
""",
    "DV067": """
With `static-runtime` the module has its own `operator new`, locales and exception tables. A shared C++ library that it
uses has those of the process. Exceptions are still caught by name; but what one side hides from the other (a stream
that was opened there, a thread-local of the library) is there twice.
""",
    "DV068": """
An extension finds shared libraries by the paths that were written into it. A path of your machine means nothing on
others, so either the wheel carries the library (`auditwheel repair`, `delocate`), or the extension itself does:

```toml
[tool.dovetail.modules."mylib._core"]
library-dirs = ["build"]
static = ["mylib"]          # build/libmylib.a
```
""",
    "DV069": """
One extension for all versions can do nearly all that one for each can; the guide to packaging names the rest. Two
things are refused when the module is built. Modules that use each other's classes read one another's tables: all of
them are built with the same `abi3`, or all without. And a class with several bases, and all that is related to it, is
bound in one module: the room for its objects is made there.
""",
    "DV064": """
Headers are read by libclang, which comes as a Python package with a library inside. It can be missing (an install
without dependencies) or made for another machine. A libclang of the system will do as well.

```console
$ pip install --force-reinstall libclang
```
""",
}
