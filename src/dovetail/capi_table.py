"""The table of a module's native signatures in memory, as docs/reference/native-table.md explains it.

In: nothing.  Out: layouts for ctypes.  Must not know: what is read of them.
"""

from __future__ import annotations

import ctypes


class Scope(ctypes.Structure):
    _fields_ = (
        ("path", ctypes.c_char_p),
        ("cpp", ctypes.c_char_p),
        ("type", ctypes.c_char_p),
        ("size", ctypes.c_uint32),
        ("alignment", ctypes.c_uint32),
        ("end", ctypes.c_void_p),
    )


class Row(ctypes.Structure):
    _fields_ = (
        ("text", ctypes.c_void_p),
        ("function", ctypes.c_void_p),
        ("scope", ctypes.c_uint16),
        ("number", ctypes.c_uint16),
        ("flags", ctypes.c_uint32),
    )


class Field(ctypes.Structure):
    _fields_ = (
        ("text", ctypes.c_void_p),
        ("scope", ctypes.c_uint32),
        ("offset", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
    )


class Sequence(ctypes.Structure):
    _fields_ = (
        ("element", ctypes.c_char_p),
        ("scope", ctypes.c_uint32),
        ("stride", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
    )


class Container(ctypes.Structure):
    _fields_ = (
        ("key", ctypes.c_char_p),
        ("element", ctypes.c_char_p),
        ("scope", ctypes.c_uint32),
        ("offset", ctypes.c_uint32),
        ("count", ctypes.c_void_p),
        ("find", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("make", ctypes.c_void_p),
    )


class Range(ctypes.Structure):
    _fields_ = (
        ("element", ctypes.c_char_p),
        ("scope", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("begin", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("leave", ctypes.c_void_p),
    )


class Base(ctypes.Structure):
    _fields_ = (("scope", ctypes.c_uint32), ("base", ctypes.c_uint32), ("offset", ctypes.c_uint32))


class Bare(ctypes.Structure):
    _fields_ = (("function", ctypes.c_void_p), ("row", ctypes.c_uint32))


class Bares(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_uint32),
        ("rows", ctypes.POINTER(Bare)),
        ("take", ctypes.c_void_p),
        ("personality", ctypes.c_void_p),
        ("unwinds", ctypes.c_void_p),
    )


class Table(ctypes.Structure):
    """`dovetail::NativeTable`, version 4.1. A module of version 4.0 ends before `give`."""

    _fields_ = (
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("row_size", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("rows", ctypes.c_void_p),
        ("scopes", ctypes.POINTER(Scope)),
        ("scope_count", ctypes.c_uint32),
        ("field_count", ctypes.c_uint32),
        ("fields", ctypes.POINTER(Field)),
        ("abi", ctypes.c_char_p),
        ("sequences", ctypes.POINTER(Sequence)),
        ("bases", ctypes.POINTER(Base)),
        ("sequence_count", ctypes.c_uint32),
        ("base_count", ctypes.c_uint32),
        ("is_const", ctypes.c_void_p),
        ("string", ctypes.c_void_p),
        ("containers", ctypes.POINTER(Container)),
        ("container_count", ctypes.c_uint32),
        ("bare", ctypes.POINTER(Bares)),
        ("give", ctypes.POINTER(ctypes.c_void_p)),
        ("ranges", ctypes.POINTER(Range)),
        ("range_count", ctypes.c_uint32),
    )
