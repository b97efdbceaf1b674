"""Facts that headers state: the product of `parse`, the input of `policy`.

In: nothing (these are plain records).  Out: frozen dataclasses.
Must not know: clang, Python names, anything that is decided rather than read.
"""

from dovetail.model.declarations import (
    WITHOUT_SELF,
    Access,
    Base,
    Class,
    Default,
    Enum,
    Enumerator,
    Field,
    Function,
    FunctionKind,
    Instantiation,
    Macro,
    Module,
    OwnConversion,
    Param,
    RefQualifier,
    Template,
    Traits,
    TypeAlias,
    Unread,
    Variable,
)
from dovetail.model.dump import dump, load, to_json
from dovetail.model.scopes import is_private, split, unwrap
from dovetail.model.types import NO_TYPE, Type, TypeKind

__all__ = [
    "NO_TYPE",
    "WITHOUT_SELF",
    "Access",
    "Base",
    "Class",
    "Default",
    "Enum",
    "Enumerator",
    "Field",
    "Function",
    "FunctionKind",
    "Instantiation",
    "Macro",
    "Module",
    "OwnConversion",
    "Param",
    "RefQualifier",
    "Template",
    "Traits",
    "Type",
    "TypeAlias",
    "TypeKind",
    "Unread",
    "Variable",
    "dump",
    "is_private",
    "load",
    "split",
    "to_json",
    "unwrap",
]
