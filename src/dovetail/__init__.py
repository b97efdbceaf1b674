"""dovetail joins Python and C++: a C++ header in, a fast typed Python module out.

`dovetail.load("shapes.hpp")` compiles a header on first use and returns the module.
The command line, `dovetail build`, makes an extension and its stub.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dovetail.capi import NativeFunction, address, native, native_types
    from dovetail.loader import LoadError, load

__all__ = [
    "LoadError",
    "NativeFunction",
    "__version__",
    "address",
    "load",
    "load_ipython_extension",
    "native",
    "native_types",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Lazy, so that `import dovetail` costs nothing to those who only ask for its version or its include folder.
    if name in ("load", "LoadError"):
        from dovetail import loader

        return getattr(loader, name)
    if name in ("address", "native", "native_types", "NativeFunction"):
        from dovetail import capi

        return getattr(capi, name)
    raise AttributeError(f"module 'dovetail' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext dovetail`: the `%%dovetail` cell magic."""
    from dovetail.notebook import register

    register(shell)
