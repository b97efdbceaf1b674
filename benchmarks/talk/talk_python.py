"""The increment without C++."""


def increment(i: int) -> int:
    return i + 1
