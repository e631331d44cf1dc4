"""Keeps a process that handles many large pictures from holding on to memory it no longer uses (glibc).

Rule: a no-op on systems with another C library. Call `give_back` once, before threads are started.
"""

from __future__ import annotations

import ctypes

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # malloc.h
_ARENAS = 2  # by default eight for each processor, each keeping what its threads once needed
_MAPPED_BYTES = 4 << 20  # a screenshot has 8 MB; given back to the system the moment it is dropped


def give_back() -> bool:
    """Share few pools among all threads, and map pictures one by one; whether the C library took it."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, _ARENAS) and mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES))
