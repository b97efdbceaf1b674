"""What the benchmarks share: interpreters with private environments, timed compiles, interleaved measuring, tables.

Everything is the standard library; the rivals are installed from the package index into folders under `.cache/bench`.
"""
