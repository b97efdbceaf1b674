"""Files out of text: compilers, flags, exported symbols, the cache.

In: emitted text, sources, libraries, settings.  Out: extensions.  Must not know: what the C++ means.
"""
