"""Eigen's dense types as NumPy arrays.

In: names of templates.  Out: rows.  Must not know: strides and shapes (the runtime checks them).

Matrices go in by copy, `Ref` and `Map` share the array. A matrix by non-const reference has no counterpart: an array
cannot be resized, and only `Ref` says that C++ leaves its size alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from dovetail.convert.records import Answer, Conversion, Converter, Passing, Refusal, Request, Use
from dovetail.model import Type, TypeKind

HEADERS = ("dovetail/library/eigen.h", "dovetail/library/eigen_checks.h")
LIBRARY = "Eigen"
ARRAYS = "numpy.ndarray | Buffer"
"""To type checkers, an array is a buffer from Python 3.12 on."""
PLAIN = ("Eigen::Matrix", "Eigen::Array", "Eigen::Transform")
VIEWS = ("Eigen::Ref", "Eigen::Map")
BASES = ("Eigen::MatrixBase", "Eigen::ArrayBase", "Eigen::DenseBase", "Eigen::EigenBase", "Eigen::PlainObjectBase")
EXPRESSIONS = (
    "Eigen::Block",
    "Eigen::VectorBlock",
    "Eigen::Diagonal",
    "Eigen::Transpose",
    "Eigen::Reshaped",
    "Eigen::Reverse",
    "Eigen::Replicate",
    "Eigen::Product",
    "Eigen::CwiseBinaryOp",
    "Eigen::CwiseUnaryOp",
    "Eigen::CwiseUnaryView",
    "Eigen::CwiseNullaryOp",
    "Eigen::CwiseTernaryOp",
    "Eigen::ArrayWrapper",
    "Eigen::MatrixWrapper",
)
NUMBERS = (TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.BOOL)
OTHERS = {
    "Eigen::Quaternion": "a quaternion is no array: whether w comes first, C++ does not say; return its `coeffs()`",
    "Eigen::SparseMatrix": "sparse matrices are not converted",
}


def answer_matrix(request: Request, row: Converter) -> Answer:
    """By value and by const reference: a copy in. Results by value move, references look at the matrix."""
    core = request.core
    scalar = find_scalar(core)
    if isinstance(scalar, Refusal):
        return scalar
    if request.passing in (Passing.POINTER, Passing.CONST_POINTER):
        return Refusal(code="DV040", reason=f"`{request.type.written}` does not say how many matrices it points to")
    if request.passing is Passing.REFERENCE and request.use is Use.TAKE:
        reason = f"`{request.type.written}` could be resized, which no array can: an `Eigen::Ref` is shared"
        return Refusal(code="DV041", reason=f"{reason}, and with a rule `out` the matrix is a result")
    vector = "1" in core.arguments[1:3] and "Transform" not in (core.declaration or "")
    return convert(request, row, number=find_number(request, scalar), vector=vector)


def answer_view(request: Request, row: Converter) -> Answer:
    """The array itself; of a const one, a copy where it does not fit."""
    target = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if target is None or target.declaration not in PLAIN:
        return Refusal(code="DV088", reason=f"`{request.core.written}` is no view of a dense matrix")
    scalar = find_scalar(target)
    if isinstance(scalar, Refusal):
        return scalar
    if request.use is Use.ELEMENT:
        return Refusal(code="DV040", reason=f"nobody would own the memory behind `{request.core.written}`")
    plain = (Passing.VALUE, Passing.CONST_REFERENCE, Passing.RVALUE)
    if request.use is Use.TAKE and request.passing not in plain:
        return Refusal(code="DV040", reason=f"`{request.type.written}` refers to a view that nobody keeps")
    number = find_number(request, scalar) if target.const else ""
    return convert(request, row, number=number, vector="1" in target.arguments[1:3], views=True)


def answer_base(request: Request, row: Converter) -> Answer:
    """`const MatrixBase<MatrixXd>&` takes what a MatrixXd is made of."""
    derived = next((a for a in request.core.arguments if isinstance(a, Type)), None)
    if derived is None or derived.declaration not in PLAIN or request.use is not Use.TAKE:
        return Refusal(code="DV088", reason=f"`{request.core.written}` is an expression that stands for no matrix")
    if request.passing is not Passing.CONST_REFERENCE:
        return Refusal(
            code="DV088", reason=f"`{request.type.written}` may be written to: only `Eigen::Ref` shares an array"
        )
    scalar = find_scalar(derived)
    if isinstance(scalar, Refusal):
        return scalar
    number, vector = find_number(request, scalar), "1" in derived.arguments[1:3]
    return convert(request, row, number=number, vector=vector, cpp=f"const {derived.bare} &")


def answer_expression(request: Request, row: Converter) -> Answer:
    """A result: what lies in memory is looked at, the rest is evaluated."""
    if request.use is not Use.GIVE or request.passing is not Passing.VALUE:
        return Refusal(
            code="DV088", reason=f"`{request.type.written}` is an expression template, which nothing in Python is"
        )
    scalar = next(find_scalars(request.core), None)
    if scalar is None:
        return Refusal(code="DV088", reason=f"`{request.type.written}` is an expression without a matrix of numbers")
    return convert(request, row, number="", vector=False)


def answer_other(request: Request, row: Converter) -> Answer:
    return Refusal(code="DV088", reason=OTHERS[request.core.declaration or ""])


def convert(
    request: Request, row: Converter, *, number: str, vector: bool, cpp: str = "", views: bool = False
) -> Conversion:
    rows = f"Iterable[{number}]" if vector else f"Iterable[Iterable[{number}]]"
    return Conversion(
        cpp=cpp or request.type.canonical,
        converter=row.name,
        takes=f"{ARRAYS} | {rows}" if number else ARRAYS,
        gives="numpy.ndarray",
        headers=HEADERS,
        views=views,
    )


def find_scalar(core: Type) -> Type | Refusal:
    scalar = next((a for a in core.arguments if isinstance(a, Type)), None)
    inner = next((a for a in scalar.arguments if isinstance(a, Type)), None) if scalar is not None else None
    complex_ = scalar is not None and scalar.declaration == "std::complex"
    number = inner if complex_ else scalar
    if scalar is None or number is None or number.kind not in NUMBERS or (number.size or 0) > 16:
        return Refusal(code="DV040", reason=f"the elements of `{core.written}` are no numbers that an array can hold")
    return scalar


def find_scalars(type_: Type) -> Iterator[Type]:
    """The scalars of all matrices in an expression."""
    if type_.declaration in PLAIN:
        found = find_scalar(type_)
        if isinstance(found, Type):
            yield found
    for argument in type_.arguments:
        if isinstance(argument, Type):
            yield from find_scalars(argument)


def find_number(request: Request, scalar: Type) -> str:
    found = request.find(scalar)
    return found.takes if isinstance(found, Conversion) else "float"


RECORDS = (
    Converter(name="matrix", matches=PLAIN, library=LIBRARY, special=answer_matrix),
    Converter(name="matrix", matches=VIEWS, library=LIBRARY, special=answer_view),
    Converter(name="matrix", matches=BASES, library=LIBRARY, special=answer_base),
    Converter(name="matrix", matches=EXPRESSIONS, library=LIBRARY, special=answer_expression),
    Converter(name="matrix", matches=tuple(OTHERS), library=LIBRARY, special=answer_other),
)
