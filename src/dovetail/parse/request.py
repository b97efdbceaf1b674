"""What to read and how: the input of `read_headers`.

In: nothing (records).  Out: `Request`, `Listed`.  Must not know: libclang, where the settings came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from dovetail.diagnostics import NO_SPAN, Span


@final
@dataclass(frozen=True, slots=True)
class Listed:
    """An instantiation that a rule asks for. With a selector, its arguments alone will do: `Listed("Box", "int")`."""

    selector: str
    text: str
    span: Span = NO_SPAN
    optional: bool = False
    """No rule, but the header: it is passed over where nobody could call it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Headers and the flags with which the user's compiler would see them."""

    headers: tuple[str, ...]
    """Paths, or names to be found on the include path: `include/shapes.h`, `yaml-cpp/yaml.h`."""
    include: tuple[str, ...] = ()
    """Folders of the user's: declarations in files below them are the user's own."""
    define: tuple[str, ...] = ()
    """`NAME` or `NAME=value`."""
    std: str = "c++20"
    system_include: tuple[str, ...] = ()
    """The compiler's own search path, in its order; nothing else is searched."""
    system_define: tuple[str, ...] = ()
    """Macros that the compiler defines beyond clang's own."""
    flags: tuple[str, ...] = ()
    """Further flags of the user's, passed on as they are."""
    used: frozenset[str] = frozenset()
    """Digests of headers that other modules have bound: read as own files are, so that their types are known."""
    instantiate: tuple[str, ...] = ()
    """Template instantiations to read although no declaration uses them: `lib::Box<int>`, `lib::clamp<short>`."""
    instantiate_for: tuple[Listed, ...] = ()
    """The same, each with the name of the template it is listed for."""
    foreign: tuple[str, ...] = ()
    """Folders of libraries, as an #include writes them, whose files are not the user's own unless a header is in them:
    their types are converted (`Eigen`)."""
