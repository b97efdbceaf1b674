"""The increment without C++."""


def increment(i):
    return i + 1
