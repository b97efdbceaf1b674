"""What Python does with containers across plain C signatures.

In: `plan.Container`.  Out: `plan.PlainContainer`.  Must not know: how the methods are written in Python.

A sequence gives elements by their place, a mapping its values by key; keys and the elements of sets are copied.
"""

from __future__ import annotations

from dataclasses import replace

from dovetail import plan
from dovetail.plan import Form, PlainCall, PlainContainer, PlainParam, PlainValue
from dovetail.policy.plain_values import Types, find_form, path_of, protocol_of

_ELEMENTS = (
    Form.NUMBER,
    Form.BOOL,
    Form.CHAR,
    Form.ENUM,
    Form.TEXT,
    Form.OBJECT,
    Form.SHARED,
    Form.PACKED,
)
_KEYS = (Form.NUMBER, Form.BOOL, Form.ENUM, Form.TEXT, Form.PACKED)
_INDEX = PlainValue(form=Form.NUMBER, cpp="long long", c="long long")
_SIZE = PlainValue(form=Form.NUMBER, cpp="unsigned long", c="unsigned long")
_NONE = PlainValue(form=Form.NONE)
_YES = PlainValue(form=Form.BOOL, cpp="bool", c="int")
# The C types whose elements Python's buffers and `array` have, with their format.
_BUFFERS = frozenset({"signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int"}) | frozenset(
    {"long", "unsigned long", "long long", "unsigned long long", "float", "double"}
)

_Call = tuple[str, PlainCall]


def decide_container(container: plan.Container, types: Types) -> PlainContainer | str:
    """The container, or why there is none."""
    parts = [find_form(value.cpp, types) for value in container.elements]
    known = [part for part in parts if isinstance(part, PlainValue)]
    if len(known) < len(parts):
        return next(part for part in parts if isinstance(part, str))
    protocol = protocol_of(container)
    element = known[-1]
    wanted = _KEYS if protocol == "set" else _ELEMENTS
    if element.form not in wanted or element.mark or (not container.copyable and protocol != "sequence"):
        return f"elements of type `{container.elements[-1].cpp}` cannot cross without CPython's C API"
    if "view" in element.cpp or (protocol == "mapping" and (known[0].form not in _KEYS or "view" in known[0].cpp)):
        return f"keys of type `{container.elements[0].cpp}` cannot cross without CPython's C API"
    key = known[0] if protocol == "mapping" else None
    if key is not None:
        calls = _mapping_calls(container, key, element, types)
    elif protocol == "set":
        calls = _set_calls(container, element)
    else:
        calls = _sequence_calls(container, element, types)
    return PlainContainer(record=container, protocol=protocol, calls=tuple(calls), element=element, key=key)


def _call(container: plan.Container, method: str, expression: str, result: PlainValue, *params: PlainParam) -> _Call:
    const = method in ("__len__", "_at", "_data", "_has", "_keys", "_find", "_value")
    return method, PlainCall(
        symbol=f"{path_of(container).replace('.', '_')}_{method.strip('_')}",
        expression=expression,
        params=params,
        result=result,
        how=plan.Return.BORROW if result.form is Form.OBJECT else plan.Return.VALUE,
        receiver=container.cpp,
        const=const,
        noexcept=method in ("__len__", "_data"),
        cpp=f"{container.cpp}::{method.strip('_')}",
    )


def _param(name: str, value: PlainValue, takes: str) -> PlainParam:
    given = replace(value, mark="&", const=True) if value.form is Form.OBJECT else value
    items = value.form is Form.OBJECT and "Iterable" in takes
    return PlainParam(name=name, positional=True, value=given, takes=takes, items=items)


def _sequence_calls(container: plan.Container, element: PlainValue, types: Types) -> list[_Call]:
    index = _param("index", _INDEX, "int")
    value = _param("value", element, container.elements[0].takes)
    shown = replace(element, mark="&", const=True) if element.form is Form.OBJECT else element
    calls = [
        _call(container, "__len__", "{self}.size()", _SIZE),
        _call(container, "_at", "dovetail::plain::item({self}, {0})", shown, index),
    ]
    copied = element.form is not Form.OBJECT or _copyable(element, types)
    if copied:
        calls.append(_call(container, "_set", "dovetail::plain::item({self}, {0}) = {1}", _NONE, index, value))
    if container.kind != "array":
        calls.append(_call(container, "_erase", "dovetail::plain::erase({self}, {0})", _NONE, index))
        calls.append(_call(container, "clear", "{self}.clear()", _NONE))
        if copied:
            calls.append(_call(container, "append", "{self}.push_back({0})", _NONE, value))
            calls.append(_call(container, "_insert", "dovetail::plain::insert({self}, {0}, {1})", _NONE, index, value))
    if element.form is Form.NUMBER and container.kind != "deque" and element.c in _BUFFERS:
        data = replace(element, mark="*", const=True)
        calls.append(_call(container, "_data", "{self}.data()", data))
        if container.kind == "vector":
            span = PlainValue(form=Form.SPAN, cpp=f"dovetail::plain::Run<{element.c}>", c=element.c)
            given = PlainParam(name="values", positional=True, value=span, takes="Buffer")
            calls.append(_call(container, "_extend", "dovetail::plain::extend({self}, {0})", _NONE, given))
    return calls


def _copyable(element: PlainValue, types: Types) -> bool:
    held = types.classes.get(element.cpp) or types.containers.get(element.cpp)
    return held is not None and held.copyable


def _mapping_calls(container: plan.Container, given: PlainValue, element: PlainValue, types: Types) -> list[_Call]:
    key = _param("key", given, container.elements[0].takes)
    value = _param("value", element, container.elements[1].takes)
    keys = PlainValue(form=Form.PACKED, cpp=f"std::vector<{given.cpp}>", kind="list", parts=(given,))
    calls = [
        _call(container, "__len__", "{self}.size()", _SIZE),
        _call(container, "_has", "{self}.count({0}) != 0", _YES, key),
        _call(container, "_keys", "dovetail::plain::keys({self})", keys),
        _call(container, "_erase", "dovetail::plain::erase_key({self}, {0})", _YES, key),
        _call(container, "clear", "{self}.clear()", _NONE),
    ]
    shown = replace(element, mark="&", const=True) if element.form is Form.OBJECT else element
    calls.append(_call(container, "_at", "{self}.at({0})", shown, key))
    if element.form is not Form.OBJECT or _copyable(element, types):
        calls.append(_call(container, "_set", "{self}.insert_or_assign({0}, {1})", _NONE, key, value))
    return calls


def _set_calls(container: plan.Container, element: PlainValue) -> list[_Call]:
    value = _param("value", element, container.elements[0].takes)
    elements = PlainValue(form=Form.PACKED, cpp=f"std::vector<{element.cpp}>", kind="list", parts=(element,))
    return [
        _call(container, "__len__", "{self}.size()", _SIZE),
        _call(container, "_has", "{self}.count({0}) != 0", _YES, value),
        _call(container, "_keys", "dovetail::plain::keys({self})", elements),
        _call(container, "_erase", "{self}.erase({0}) != 0", _YES, value),
        _call(container, "add", "{self}.insert({0})", _NONE, value),
        _call(container, "clear", "{self}.clear()", _NONE),
    ]
