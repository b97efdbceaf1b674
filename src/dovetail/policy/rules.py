"""Rules: which of them speak of a declaration, and what they say together.

In: rules of the settings, annotations of the header.  Out: `RuleIndex`, `View`; DV010, DV012, DV013.
Must not know: what any single rule means.

A selector is a qualified name, with or without the module's namespace and with or without the parameter list
(`Row::at`, `lib::Row::at(int) const`), or a glob over these. The more specific one wins, then the later.
`skip` and `names` of a class or namespace also hold for what is inside it.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from dataclasses import dataclass, field, fields, replace
from typing import Any, final

from dovetail import model
from dovetail.config import Rule
from dovetail.diagnostics import NO_SPAN, Sink, Span
from dovetail.model import split, unwrap

MERGED = tuple(f.name for f in fields(Rule) if f.name not in ("selector", "span", "instantiate"))
INHERITED = ("skip", "names", "keywords", "release_gil")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What all rules together say of one declaration, and where each word was written."""

    rule: Rule
    spans: dict[str, Span] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    """Words said by globs: of the many that one speaks to, those that it does not suit are passed over."""
    ended: str = ""
    """What ends the result once Python has a copy: the C++ expression of a function (`freed`)."""

    def span(self, word: str) -> Span:
        return self.spans.get(word, NO_SPAN)


NO_RULES = View(rule=Rule(selector=""))


def normalise(text: str) -> str:
    """One spelling for names that people space differently: `area(const Shape &,double)`."""
    text = re.sub(r"\s+", " ", text.strip()).removeprefix("::")
    return re.sub(r"\s*([&*,<>()])\s*", r"\1", text)


def pattern_of(qualified: str) -> str:
    """The name without template arguments at its end; the name itself where there are none."""
    if not qualified.endswith(">") or "operator" in qualified.rpartition("::")[2]:
        return qualified
    depth = 0
    for index in range(len(qualified) - 1, -1, -1):
        depth += (qualified[index] == ">") - (qualified[index] == "<")
        if depth == 0:
            return qualified[:index]
    return qualified


def template_of(qualified: str) -> str:
    """The name without any template arguments: `Vec::cast` of `Vec<float>::cast<int>`."""
    return "::".join(part if part.startswith("operator") else part.partition("<")[0] for part in split(qualified))


def is_glob(selector: str) -> bool:
    return "*" in re.sub(r"operator\s*(->\*|->|\*=|\*)|\w\s*\*(?=[,)])", "", selector) or "?" in selector


SILENT = Rule(selector="")
"""What a rule says that says nothing: an empty list is something where the default is none."""


@final
class RuleIndex:
    """Answers what rules say of a declaration. `namespace` may be left out in selectors."""

    def __init__(self, rules: tuple[Rule, ...], namespace: str, sink: Sink) -> None:
        self._sink = sink
        self._prefix = f"{normalise(namespace)}::" if namespace else ""
        self._cache: dict[tuple[str, str, tuple[str, ...]], View] = {}
        self._rules = sorted(rules, key=specificity)
        self._patterns = [compile_selector(r.selector) for r in self._rules]

    def matches(self, position: int, names: tuple[str, ...]) -> bool:
        return any(self._patterns[position].fullmatch(name) for name in names)

    def shorten(self, qualified: str) -> str:
        """The shortest selector for a name."""
        return qualified.removeprefix(self._prefix) if self._prefix else qualified

    def spellings(self, *names: str) -> tuple[str, ...]:
        full = [normalise(n) for name in names for n in dict.fromkeys((name, unwrap(name))) if n]
        return (*full, *(n.removeprefix(self._prefix) for n in full if self._prefix and n.startswith(self._prefix)))

    def view(
        self,
        qualified: str,
        signature: str = "",
        annotations: tuple[str, ...] = (),
        scope: str = "",
        span: Span = NO_SPAN,
    ) -> View:
        """Merged rules; annotations of the header (written at `span`) come first: the project can overrule them."""
        key = (qualified, signature, annotations)
        if key not in self._cache:
            self._cache[key] = self._merge(qualified, signature, annotations, scope, span)
        return self._cache[key]

    def _merge(self, qualified: str, signature: str, annotations: tuple[str, ...], scope: str, span: Span) -> View:
        rule, spans = Rule(selector=qualified), {}
        loose: set[str] = set()
        if scope:
            outer = self.view(scope, scope=scope.rpartition("::")[0])
            said = {w: getattr(outer.rule, w) for w in INHERITED if getattr(outer.rule, w) is not None}
            rule, spans = replace(rule, **said), {w: outer.span(w) for w in said}
        written = read_annotations(annotations, self._sink, span)
        rule, spans = replace(rule, **written), {**spans, **dict.fromkeys(written, span)}
        # What is said of a template holds for its instantiations: `Vec::as` for `Vec<float>::as<int>`.
        names = self.spellings(template_of(qualified), pattern_of(qualified), qualified, signature)
        for position, each in enumerate(self._rules):
            if not self.matches(position, names):
                continue
            said = {w: getattr(each, w) for w in MERGED if getattr(each, w) != getattr(SILENT, w)}
            rule = replace(rule, **said)
            spans = {**spans, **dict.fromkeys(said, each.span)}
            loose = loose | said.keys() if is_glob(normalise(each.selector)) else loose - said.keys()
        if not spans and rule == Rule(selector=qualified):
            return NO_RULES
        return View(rule=rule, spans=spans, loose=frozenset(loose))

    def check_selectors(self, names: list[str]) -> None:
        """Reports every rule that speaks of nothing (DV010), with the nearest name."""
        known = tuple(dict.fromkeys(s for name in names for s in self.spellings(name)))
        for position, rule in enumerate(self._rules):
            if self.matches(position, known):
                continue
            plain = normalise(rule.selector)
            near = difflib.get_close_matches(plain, [n for n in known if ("(" in n) == ("(" in plain)], n=1, cutoff=0.6)
            helps = (f"did you mean `{near[0]}`?",) if near else ("`dovetail dump --model` lists all names",)
            self._sink.report("DV010", f"selector matches nothing: `{rule.selector}`", rule.span, helps=helps)


def specificity(rule: Rule) -> tuple[int, int]:
    plain = normalise(rule.selector)
    return (0, sum(c not in "*?" for c in plain)) if is_glob(plain) else (1, len(plain))


def compile_selector(selector: str) -> re.Pattern[str]:
    plain = normalise(selector)
    if not is_glob(plain):
        return re.compile(re.escape(plain))
    return re.compile(fnmatch.translate(plain.replace("[", "[[]")))


LISTS = ("keeps", "out", "free", "varargs", "ok", "message", "nullable", "context", "pickle", "repr", "match")
FLAGS = ("skip", "ufunc", "release_gil", "exception", "keywords", "properties")
CHOICES = {
    "returns": ("own", "borrow", "copy"),
    "as_": ("list", "dict", "ndarray", "bytes"),
    "names": ("keep", "snake_case"),
    "lock": ("object",),
    "text": ("utf-8", "utf-16", "utf-16-le", "utf-16-be"),
    **dict.fromkeys(
        (
            "rename",
            "property",
            "async_",
            "awaitable",
            "method_of",
            "constructor_of",
            "destructor_of",
            "interrupt",
            "errors",
            "failed",
        ),
        (),
    ),
}
ANNOTATION = re.compile(r"\s*([\w-]+)\s*(?:[=(]\s*\"?([^\")]*)\"?\s*\)?)?\s*$")


def read_annotations(annotations: tuple[str, ...], sink: Sink, span: Span = NO_SPAN) -> dict[str, Any]:
    """`release_gil`, `returns = "own"`, `keeps(arg)`: the words of rules, written in the header."""
    said: dict[str, Any] = {}
    for text in annotations:
        for part in re.split(r",(?![^(]*\))", text):
            match = ANNOTATION.match(part)
            word = match.group(1).replace("-", "_") if match else ""
            value = match.group(2) if match else None
            word = f"{word}_" if f"{word}_" in CHOICES else word
            if word == "array" and value is not None:
                said[word] = tuple(re.findall(r"\w+\s*\[[^\]]*\]|\w+\s*\.\.\s*\w+", value))
            elif word in FLAGS and value in (None, "", "true", "false"):
                said[word] = value != "false"
            elif word in LISTS and value is not None:
                said[word] = tuple(v.strip(' "[]') for v in value.split(",") if v.strip(' "[]'))
            elif word in CHOICES and value and (not CHOICES[word] or value in CHOICES[word]):
                said[word] = value
            elif word != "instantiate":
                sink.report("DV013", f"annotation is not understood: `{part.strip()}`", span)
    return said


def signature_of(function: model.Function) -> str:
    """`lib::Row::at(int) const`: a function's name with the types of its parameters."""
    params = ", ".join(p.type.canonical for p in function.params) + (", ..." if function.variadic else "")
    tail = " const" if function.const else ""
    tail += f" {function.ref_qualifier.value}" if function.ref_qualifier.value else ""
    arguments = ", ".join(a if isinstance(a, str) else a.canonical for a in function.template_arguments)
    written = f"<{arguments}>" if arguments and not function.qualified.endswith(f"<{arguments}>") else ""
    return f"{function.qualified}{written}({params}){tail}"
