"""How many processor threads the matrix products use."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits


def use_threads(count: int) -> None:
    """Let BLAS use `count` threads from now on, in this process.

    Its own choice is one for each core, which on small machines is several times slower than one thread as soon as
    another process is busy.

    Args:
        count: At least 1. A BLAS that cannot be told (Apple's Accelerate) is left as it is.
    """
    # the library that numpy has loaded is what the limit applies to
    assert np.__version__
    threadpool_limits(limits=count, user_api="blas")
