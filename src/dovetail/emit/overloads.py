"""The order of overloads in a stub, and what a type checker would hold against them.

In: signatures in the order of declaration.  Out: their order for a checker (it takes the first that fits, the runtime
the closest), without those that could never be chosen; and where a complaint has to be silenced.
Must not know: how signatures are written.

    f(x: float), f(x: int)  ->  f(x: int), f(x: float)       # the other way round the second is never matched
"""

from __future__ import annotations

from collections.abc import Sequence

from dovetail.emit.annotations import Lattice, arms
from dovetail.emit.signatures import Signature


def order(signatures: Sequence[Signature], lattice: Lattice) -> list[int]:
    """Positions in the order to write them: what is more specific first, otherwise as declared."""
    left = list(range(len(signatures)))
    found: list[int] = []
    while left:
        chosen = next((i for i in left if not _hides_another(i, left, signatures, lattice)), left[0])
        left.remove(chosen)
        if not any(covers(signatures[i], signatures[chosen], lattice) for i in found):
            found.append(chosen)
    return found


def _hides_another(one: int, left: Sequence[int], signatures: Sequence[Signature], lattice: Lattice) -> bool:
    return any(
        covers(signatures[one], signatures[other], lattice) and not covers(signatures[other], signatures[one], lattice)
        for other in left
        if other != one
    )


def covers(wide: Signature, narrow: Signature, lattice: Lattice) -> bool:
    """Every call that fits `narrow` fits `wide`."""
    if wide.required > narrow.required or len(wide.arguments) < len(narrow.arguments):
        return False
    for ours, theirs in zip(wide.arguments, narrow.arguments, strict=False):
        by_name = not theirs.positional
        if by_name and (ours.positional or ours.name != theirs.name):
            return False
        if not lattice.within(theirs.annotation, ours.annotation):
            return False
    return True


def overlaps_unsafely(first: Signature, second: Signature, lattice: Lattice) -> bool:
    """A call that fits `first` by its value may fit `second` by its declared type, and gives something else."""
    if lattice.within(first.result, second.result, promote=False):
        return False
    if first.required > len(second.arguments) or second.required > len(first.arguments):
        return False
    given = [
        (ours, theirs)
        for ours, theirs in zip(first.arguments, second.arguments, strict=False)
        if ours.default is None or theirs.default is None
    ]
    # Under two names they are never the same argument.
    if any(ours.name != theirs.name and not ours.positional and not theirs.positional for ours, theirs in given):
        return False
    pairs = [(ours.annotation, theirs.annotation) for ours, theirs in given]
    # Of equal types, the declared one always says which is meant.
    if all(ours == theirs for ours, theirs in pairs):
        return False
    return all(_meet(ours, theirs, lattice) for ours, theirs in pairs)


_PROTOCOLS = ("Buffer", "Collection", "Iterable", "os.PathLike")


def _meet(first: str, second: str, lattice: Lattice) -> bool:
    """Some value of the first is one of the second. Any class may have a protocol that another arm asks for."""
    return any(
        lattice.within(ours, theirs, promote=False)
        or (ours.startswith(_PROTOCOLS) and lattice.within(theirs, ours, promote=False))
        for ours in arms(first)
        for theirs in arms(second)
    )
