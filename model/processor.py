"""What this machine's processor can do, by the name that numpy's BLAS has for it."""

from __future__ import annotations

from functools import cache

from threadpoolctl import threadpool_info

WITH_AVX512 = frozenset({"SkylakeX", "Cooperlake", "SapphireRapids"})
"""OpenBLAS's names for processors that have it; it takes Zen 4 and Zen 5 for one of these."""


@cache
def has_avx512() -> bool:
    """Whether it has AVX-512: what is quickest with it differs from what is quickest without.

    By a name and not by a clock, so that a machine always computes the same.
    """
    return any(library.get("architecture") in WITH_AVX512 for library in threadpool_info())
