"""Documentation: comments of the header as clean text.

In: a raw comment with its marks and Doxygen commands.  Out: plain text, paragraphs kept.
Must not know: which declaration it belongs to, Python syntax (emitters escape).

`@param x the width` becomes a line `x: the width` under "Parameters:"; `@return`, `@throws` and `@note` become
sentences of their own; formatting commands (`\\c`, `\\b`, `\\p`) leave their word.
"""

from __future__ import annotations

import re
import unicodedata

MARKS = re.compile(r"^\s*(///<|//!<|///|//!|//|/\*\*<|/\*!<|/\*\*|/\*!|/\*|\*/|\*(?!\*))\s?")
COMMAND = re.compile(r"^\s*[\\@](\w+)(\[[\w, ]*\])?\s*(.*)$")
INLINE = re.compile(r"[\\@](?:c|b|p|e|em|a|ref|code|endcode|n|li|arg)\b\s*")
HEADINGS = {
    "param": "Parameters",
    "tparam": "Template parameters",
    "throw": "Raises",
    "throws": "Raises",
    "exception": "Raises",
}
LEADS = {
    "return": "Returns",
    "returns": "Returns",
    "result": "Returns",
    "note": "Note",
    "warning": "Warning",
    "remark": "Note",
    "remarks": "Note",
    "pre": "Requires",
    "post": "Ensures",
    "deprecated": "Deprecated",
    "see": "See",
    "sa": "See",
    "since": "Since",
    "todo": "",
}
DROPPED = frozenset(
    {"file", "author", "date", "version", "copyright", "ingroup", "defgroup", "addtogroup", "class", "struct", "fn"}
    | {"name", "internal", "var", "enum", "namespace", "verbatim", "endverbatim"}
)


def strip_marks(comment: str) -> list[str]:
    """Lines without comment marks and decoration."""
    lines = []
    for line in comment.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        text = MARKS.sub("", line, count=1)
        text = re.sub(r"\s*\*+/\s*$", "", text).rstrip()
        lines.append("" if re.fullmatch(r"[-=*/#~\s]+", text) else text)
    return lines


def clean(comment: str) -> str:
    """The text of a comment. Control and bidirectional marks are dropped: they could disguise what follows."""
    if not comment.strip():
        return ""
    paragraphs: list[list[str]] = [[]]
    sections: dict[str, list[str]] = {}
    target = paragraphs[-1]
    for raw in strip_marks("".join(c for c in comment if is_visible(c))):
        match = COMMAND.match(raw)
        line = INLINE.sub("", raw).strip() if not raw.startswith("    ") else INLINE.sub("", raw).rstrip()
        if match and match.group(1) in ("brief", "short", "details"):
            paragraphs.append([INLINE.sub("", match.group(3))])
            target = paragraphs[-1]
        elif match and match.group(1) in HEADINGS:
            name, _, rest = match.group(3).partition(" ")
            target = sections.setdefault(HEADINGS[match.group(1)], [])
            target.append(f"    {name}: {INLINE.sub('', rest).strip()}".rstrip())
        elif match and match.group(1) in LEADS:
            lead = LEADS[match.group(1)]
            text = INLINE.sub("", match.group(3)).strip()
            paragraphs.append([f"{lead}: {text}" if lead and text else text or lead])
            target = paragraphs[-1]
        elif (match and match.group(1) in DROPPED) or not line:
            paragraphs.append([])
            target = paragraphs[-1]
        else:
            target.append(f"        {line}" if target in sections.values() else line)
    blocks = ["\n".join(p) for p in paragraphs if any(p)]
    blocks += [f"{heading}:\n" + "\n".join(lines) for heading, lines in sections.items() if lines]
    return "\n\n".join(b.strip("\n") for b in blocks).strip()


def is_visible(char: str) -> bool:
    return char in "\n\t\r" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
