"""A file that is written in one piece or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def _umask() -> int:
    """Permissions that new files do not get; the system tells it only to who sets it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def whole_file(path: Path, *, shared: bool = False) -> Iterator[BinaryIO]:
    """Write `path`, and its folder where there is none: a reader sees the old file or the new one, never half of one.

    Args:
        path: Where.
        shared: Whether others may read it, as far as the person's umask lets them.

    Raises:
        OSError: If the folder or the file cannot be written; nothing is left behind then, as after any other error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    if shared:  # as any other program would write it; a temporary file is for its owner alone
        with contextlib.suppress(OSError):
            Path(name).chmod(0o666 & ~_umask())
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
