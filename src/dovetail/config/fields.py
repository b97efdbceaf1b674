"""What a settings record accepts, read from its type annotations: the one source for TOML keys, options and variables.

In: `Rule` or `ModuleSettings`.  Out: `Setting` rows.  Must not know: TOML, argparse, where a value comes from.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from dataclasses import dataclass
from typing import Any, Literal, final

from dovetail.config.settings import ModuleSettings, Rule

_NOT_KEYS = frozenset({"selector", "span", "rules", "name"})


class Shape(enum.Enum):
    """The form of a value; the text is what messages say was expected."""

    FLAG = "true or false"
    TEXT = "a string"
    TEXTS = "a list of strings"
    VALUES = "a list of numbers and strings"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    name: str
    """The field: `library_dirs`."""
    shape: Shape
    choices: tuple[str, ...]
    """All that a TEXT may be; () for any text."""
    default: object
    """`dataclasses.MISSING` where it must be given."""

    @property
    def key(self) -> str:
        """As TOML spells it: `library-dirs`."""
        return self.name.rstrip("_").replace("_", "-")

    @property
    def option(self) -> str:
        """As the command line spells it: `--library-dirs`."""
        return f"--{self.key}"

    @property
    def environment(self) -> str:
        """As the environment spells it: `DOVETAIL_LIBRARY_DIRS`."""
        return f"DOVETAIL_{self.name.rstrip('_').upper()}"


def settings_of(record: type[Rule] | type[ModuleSettings]) -> tuple[Setting, ...]:
    """The settings of a record, in order; what is not set by a value of its own (selector, span, rules) is left out."""
    hints = typing.get_type_hints(record)
    return tuple(
        _setting(field.name, hints[field.name], field.default)
        for field in dataclasses.fields(record)
        if field.name not in _NOT_KEYS
    )


def _setting(name: str, hint: Any, default: object) -> Setting:
    hint = _without_none(hint)
    if typing.get_origin(hint) is Literal:
        return Setting(name=name, shape=Shape.TEXT, choices=typing.get_args(hint), default=default)
    if typing.get_origin(hint) is tuple:
        shape = Shape.TEXTS if typing.get_args(hint)[0] is str else Shape.VALUES
        return Setting(name=name, shape=shape, choices=(), default=default)
    return Setting(name=name, shape=Shape.FLAG if hint is bool else Shape.TEXT, choices=(), default=default)


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (arm for arm in typing.get_args(hint) if arm is not types.NoneType)
    return hint
