"""None for pointers: which parameters take it, and how a rule would allow it for the others.

In: a parameter with its function, default, comment and rules.  Out: whether None is taken; the rule to write.
Must not know: conversions, what a pointer points to.

C++ that is given a null pointer which it does not expect ends the process. So None is refused unless somebody says that
null is meant: a default of `nullptr`, `_Nullable` or `DOVETAIL(nullable)` at the parameter, a comment
(`@param parent may be null`, `@param log (optional)`), or a rule: `nullable = ["parent"]`, `["*"]` for every pointer.
`nullable = []` overrules defaults and comments.
"""

from __future__ import annotations

import re

from dovetail import model
from dovetail.policy.defaults import is_nothing
from dovetail.policy.documentation import strip_marks
from dovetail.policy.draft import Draft
from dovetail.policy.rules import View, template_of

ANY = "*"
"""In `nullable`: every pointer."""

WORDS = ("", "a", "A", "I")
"""Names that a sentence does not tell from its own words."""

NULL = r"(?:null(?:\s*ptr|\s*pointer)?|none|nil)\b(?!\s*-?\s*terminat)"
PERMITS = re.compile(
    rf"\b(?:can|could|may|might)\s+(?:also\s+|safely\s+)?be\s+(?:an?\s+|set\s+to\s+)?(?:{NULL}|omitted\b)"
    rf"|\bor\s+(?:an?\s+)?{NULL}"
    rf"|\b(?:if|when|unless|pass|passing|use)\s+(?:it\s+is\s+|this\s+is\s+|not\s+|an?\s+)?{NULL}"
    rf"|\b{NULL}\s+(?:is\s+(?:allowed|fine|ok|okay|permitted|valid|accepted)|if|for|to|means|when|where)\b"
    r"|\bnullable\b",
    re.IGNORECASE,
)
OPTIONAL = re.compile(r"\boptional\b|\[\s*optional\s*\]", re.IGNORECASE)
FORBIDS = re.compile(
    r"\b(?:must|can|may|should|shall|could|might|is|does)\s*(?:n't|not)\b|\bnever\b|\bnon-?null|\bundefined\b|\bcrash"
    r"|\basserts?\b|\bfails?\b|\berror\b|\bthrows?\b|\bnot\s+optional\b",
    re.IGNORECASE,
)
GENERAL = ("brief", "short", "details", "note", "remark", "remarks", "pre", "warning")
COMMAND = re.compile(r"^\s*[\\@](\w+)(?:\[[\w, ]*\])?\s*(.*)$")


def takes_none(function: model.Function, param: model.Param, view: View, *, usual: bool = False) -> bool:
    """None is null for this pointer. `usual`: it means something for every parameter of this kind."""
    names = view.rule.nullable
    if "nullable" in param.annotations or (names is not None and (param.name in names or ANY in names)):
        return True
    if names == ():
        return False
    default = param.default is not None and is_nothing(param.default, param.type)
    return usual or default or (param.name not in WORDS and says_null(function.comment, param.name))


def says_null(comment: str, name: str) -> bool:
    """The comment says that null is meant for the parameter: in its own paragraph, or in a sentence that names it."""
    if not comment or name not in comment:
        return False
    own, rest = split_comment(comment, name)
    if own:
        return bool(PERMITS.search(own) or OPTIONAL.search(own)) and not FORBIDS.search(own)
    sentences = re.split(r"(?<=[.;!?])\s+", rest)
    named = [s for s in sentences if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", s)]
    return any(PERMITS.search(s) and not FORBIDS.search(s) for s in named)


def split_comment(comment: str, name: str) -> tuple[str, str]:
    """What `@param NAME` says, and the text that belongs to no parameter; each as one line."""
    own: list[str] = []
    rest: list[str] = []
    target: list[str] | None = rest
    for line in strip_marks(comment):
        match, said = COMMAND.match(line), line
        if match and match.group(1) == "param":
            named, _, said = match.group(2).partition(" ")
            target = own if named.rstrip(",:") == name else None
        elif match:
            # What is returned or thrown may be null too.
            target = rest if match.group(1) in GENERAL else None
        elif not line.strip():
            target = rest
        if target is not None:
            target.append(said)
    return " ".join(own).strip(), " ".join(rest)


def rule_for(draft: Draft, function: model.Function, param: model.Param) -> str:
    """The line that allows it."""
    selector = draft.rules.shorten(template_of(function.qualified))
    return f'"{selector}" = {{ nullable = ["{param.name or ANY}"] }}'
