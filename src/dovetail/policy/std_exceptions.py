"""The exceptions of the standard library, and the Python class that means the same.

In: a C++ name.  Out: the name of a builtin exception.  Must not know: exceptions of the headers.
"""

from __future__ import annotations

STD_EXCEPTIONS = {
    "std::exception": "RuntimeError",
    "std::runtime_error": "RuntimeError",
    "std::logic_error": "RuntimeError",
    "std::invalid_argument": "ValueError",
    "std::domain_error": "ValueError",
    "std::length_error": "ValueError",
    "std::out_of_range": "IndexError",
    "std::range_error": "ValueError",
    "std::overflow_error": "OverflowError",
    "std::underflow_error": "ArithmeticError",
    "std::bad_alloc": "MemoryError",
    "std::bad_cast": "TypeError",
    "std::bad_typeid": "TypeError",
    "std::bad_optional_access": "ValueError",
    "std::bad_variant_access": "ValueError",
    "std::system_error": "OSError",
    "std::ios_base::failure": "OSError",
    "std::filesystem::filesystem_error": "OSError",
}


def is_std_exception(name: str) -> bool:
    return name in STD_EXCEPTIONS or (name.startswith("std::") and name.endswith(("_error", "exception")))
