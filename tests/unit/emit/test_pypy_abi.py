"""What cffi would have written for the same declarations."""

from __future__ import annotations

from dovetail.emit.plain import CField, CFunction
from dovetail.emit.pypy.abi import RUNTIME_FUNCTIONS, render_abi


class _Recorded:
    """Stands for the module of cffi's that the file imports."""

    def __init__(self, name: str, **tables: object) -> None:
        self.name, self.tables = name, tables


def read(functions: list[CFunction], structs: dict[str, tuple[CField, ...]]) -> dict[str, object]:
    text = render_abi("m", functions, structs).replace("import _cffi_backend\n", "")
    found: dict[str, object] = {"_cffi_backend": type("backend", (), {"FFI": _Recorded})}
    exec(text, found)
    ffi = found["ffi"]
    assert isinstance(ffi, _Recorded)
    return ffi.tables


def row(types: bytes, place: int) -> tuple[int, int]:
    """Operation and argument."""
    number = int.from_bytes(types[4 * place : 4 * place + 4], "big")
    return number & 0xFF, number >> 8


def test_functions_name_their_types() -> None:
    tables = read([CFunction(name="f", result="double", params=("int", "void *"))], {})
    types = tables["_types"]
    functions = tables["_globals"]
    assert isinstance(types, bytes)
    assert isinstance(functions, tuple)
    names = [each[4:].decode() for each in functions[::2]]
    assert names == sorted(["f", *(each.name for each in RUNTIME_FUNCTIONS)]), "cffi looks names up by halves"
    entry = next(each for each in functions[::2] if each[4:] == b"f")
    operation, place = int.from_bytes(entry[:4], "big") & 0xFF, int.from_bytes(entry[:4], "big") >> 8
    assert operation == 35, "found by dlsym"
    assert row(types, place)[0] == 13, "a function"
    assert row(types, row(types, place)[1]) == (1, 14), "that gives a double"
    (same, first), (_, second) = row(types, place + 1), row(types, place + 2)
    assert same == 17
    assert row(types, first) == (1, 7), "takes an int"
    operation, target = row(types, second)
    assert (operation, row(types, target)) == (3, (1, 0)), "and a void *"
    assert row(types, place + 3) == (15, 0)


def test_structs_have_their_fields_at_their_places() -> None:
    fields = (CField(name="f16", c="int", offset=16), CField(name="f0", c="double", offset=0))
    tables = read([], {"Row": fields, "Opaque": ()})
    structs = {each[0][8:].decode(): each for each in tables["_struct_unions"]}  # type: ignore[attr-defined]
    assert [each[4:].decode() for each in structs["Row"][1:]] == ["f0", "_8", "f16"]
    assert int.from_bytes(structs["Row"][0][4:8], "big") & 4, "packed: the gaps are there already"
    assert len(structs["Opaque"]) == 1
    assert int.from_bytes(structs["Opaque"][0][4:8], "big") == 16
