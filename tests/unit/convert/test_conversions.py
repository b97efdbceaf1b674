"""The table of conversions, asked directly."""

from __future__ import annotations

import pytest

from dovetail import convert
from dovetail.convert import Conversion, Known, Refusal, Use
from dovetail.convert.families import fold_union
from dovetail.model import Type, TypeKind


class Names:
    """A module with one class, `lib::Row`, and one enum, `lib::Mode`."""

    def __init__(self, *, copyable: bool = True) -> None:
        self.copyable = copyable
        self.containers: list[str] = []

    def find_own(self, type_):
        return None

    def find_class(self, type_):
        if type_.bare == "lib::Row":
            return Known(path="Row", copyable=self.copyable, movable=True)
        return Refusal(code="DV040", reason="unknown")

    def find_enum(self, type_):
        return "Mode" if type_.declaration == "lib::Mode" else Refusal(code="DV040", reason="unknown")

    def find_grid(self, type_):
        return None

    def find_format(self, type_):
        return "d" if type_.kind in (TypeKind.INTEGER, TypeKind.FLOAT) else None

    def gives_objects(self):
        return False

    def name_container(self, type_, converter, elements, headers):
        self.containers.append(type_.bare)
        return f"C{len(self.containers)}"


def scalar(kind, name, **more):
    return Type(kind=kind, written=name, canonical=name, **more)


INT = scalar(TypeKind.INTEGER, "int", size=4, signed=True)
DOUBLE = scalar(TypeKind.FLOAT, "double", size=8)
CHAR = scalar(TypeKind.CHAR, "char", size=1)
WCHAR = scalar(TypeKind.CHAR, "wchar_t", size=4)
BYTE = scalar(TypeKind.ENUM, "std::byte", declaration="std::byte")
ROW = scalar(TypeKind.RECORD, "lib::Row", declaration="lib::Row")


def std(name, *arguments):
    text = ", ".join(a if isinstance(a, str) else a.canonical for a in arguments)
    return scalar(TypeKind.RECORD, f"std::{name}<{text}>", declaration=f"std::{name}", arguments=arguments)


def const(type_):
    return Type(**{**fields(type_), "const": True, "canonical": f"const {type_.canonical}"})


def fields(type_):
    return {name: getattr(type_, name) for name in Type.__dataclass_fields__}


def to(type_, kind, mark):
    return scalar(kind, f"{type_.canonical} {mark}", target=type_)


def ref(type_):
    return to(type_, TypeKind.LVALUE_REFERENCE, "&")


def ptr(type_):
    return to(type_, TypeKind.POINTER, "*")


STRING = std("basic_string", CHAR)


def found(type_, use=Use.TAKE, **names) -> Conversion:
    answer = convert.find(type_, Names(**names), use)
    assert isinstance(answer, Conversion), answer
    return answer


@pytest.mark.parametrize(
    ("type_", "takes", "gives"),
    [
        (INT, "int", "int"),
        (ref(const(DOUBLE)), "float", "float"),
        (CHAR, "str", "str"),
        (ptr(const(CHAR)), "str | bytes", "str"),
        (STRING, "str | bytes", "str"),
        (std("basic_string", WCHAR), "str", "str"),
        (std("basic_string_view", CHAR), "str | bytes", "str"),
        (scalar(TypeKind.ENUM, "lib::Mode", declaration="lib::Mode"), "Mode", "Mode"),
        (BYTE, "int", "int"),
        (ROW, "Row", "Row"),
        (ref(const(ROW)), "Row", "Row"),
        (std("optional", INT), "int | None", "int | None"),
        (std("optional", std("optional", INT)), "int | None", "int | None"),
        (std("pair", INT, STRING), "tuple[int, str | bytes]", "tuple[int, str]"),
        (std("tuple", INT, DOUBLE, STRING), "tuple[int, float, str | bytes]", "tuple[int, float, str]"),
        (std("variant", INT, STRING), "int | str | bytes", "int | str"),
        (std("vector", INT), "C1 | Iterable[int]", "C1"),
        (std("map", STRING, INT), "C1 | Mapping[str | bytes, int]", "C1"),
        (std("set", INT), "C1 | Iterable[int]", "C1"),
        (ref(std("vector", INT)), "C1", "C1"),
        (std("span", const(DOUBLE)), "Buffer | Iterable[float]", "numpy.ndarray"),
        (std("complex", DOUBLE), "complex", "complex"),
        (std("chrono::duration", INT), "datetime.timedelta", "datetime.timedelta"),
        (std("shared_ptr", ROW), "Row | None", "Row | None"),
    ],
)
def test_annotations(type_, takes, gives):
    assert found(type_).takes == takes
    if type_.kind is not TypeKind.POINTER:
        assert found(type_, Use.GIVE).gives == gives


def test_elements_name_containers_inside_out():
    names = Names()
    convert.find(std("vector", std("vector", INT)), names, Use.TAKE)
    assert names.containers == ["std::vector<int>", "std::vector<std::vector<int>>"]


def test_headers_are_those_of_all_parts():
    assert set(found(std("vector", std("optional", STRING))).headers) == {
        "dovetail/convert/sequence.h",
        "dovetail/convert/optional.h",
        "dovetail/convert/text.h",
    }


def test_what_points_into_python_objects_is_no_element():
    view = std("basic_string_view", CHAR)
    assert found(view).views
    assert isinstance(convert.find(std("vector", view), Names(), Use.TAKE), Refusal)


def test_ownership():
    assert found(std("unique_ptr", ROW)).transfers
    assert found(ROW, copyable=False).transfers
    assert not found(ROW).transfers
    assert found(ref(ROW)).shared
    assert found(ptr(const(ROW)), Use.GIVE).pointer


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        (ref(INT), "DV041"),
        (ptr(INT), "DV041"),
        (ptr(const(INT)), "DV023"),
        (ptr(CHAR), "DV041"),
        (ptr(const(scalar(TypeKind.VOID, "void"))), "DV043"),
        (ptr(ptr(ROW)), "DV045"),
        (ref(ptr(ROW)), "DV045"),
        (std("function", INT), "DV042"),
        (std("vector", ptr(ROW)), "DV036"),
        (std("unique_ptr", INT), "DV040"),
        (std("unique_ptr", ROW, ROW), "DV040"),
        (std("expected", INT, INT), "DV040"),
        (std("mutex"), "DV040"),
        (scalar(TypeKind.DEPENDENT, "T"), "DV031"),
        (Type(kind=TypeKind.INTEGER, written="volatile int", canonical="volatile int", volatile=True), "DV040"),
    ],
)
def test_refusals(type_, code):
    answer = convert.find(type_, Names(), Use.TAKE)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert answer.reason


def test_types_of_a_library_whose_own_headers_are_bound_are_classes():
    json = scalar(TypeKind.RECORD, "nlohmann::basic_json<>", declaration="nlohmann::basic_json")

    class Own(Names):
        def find_class(self, type_):
            return Known(path="json", copyable=True, movable=True)

    assert convert.find(json, Names(), Use.GIVE).converter == "json"
    assert convert.find(json, Own(), Use.GIVE).converter == "class"


def test_expected_is_a_result():
    assert found(std("expected", INT, INT), Use.GIVE).gives == "int"
    assert found(std("expected", scalar(TypeKind.VOID, "void"), INT), Use.GIVE).gives == "None"


def test_every_record_is_found_by_what_it_matches():
    keys = [key for row in convert.RECORDS for key in row.matches]
    assert len(keys) == len(set(keys))
    for row in convert.RECORDS:
        assert row.special or row.takes or row.gives, row.name


def test_unions_fold():
    assert fold_union("int | None | int") == "int | None"
    assert fold_union("tuple[int | str, int] | int | tuple[int | str, int]") == "tuple[int | str, int] | int"
