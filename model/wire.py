"""Messages through a pipe between the app and the engine it started: one pickle after the other.

Both ends are the same program on the same machine, and nobody else holds the pipe; files are never read this way.
"""

from __future__ import annotations

import pickle
from typing import BinaryIO


class WireClosed(Exception):  # noqa: N818 - not an error: this is how a conversation ends
    """The other end is gone."""


def send(pipe: BinaryIO, message: object) -> None:
    """Write one message.

    Raises:
        WireClosed: If nobody reads any more.
    """
    try:
        pipe.write(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
        pipe.flush()
    except (OSError, ValueError) as error:
        raise WireClosed from error


def receive(pipe: BinaryIO) -> object:
    """Wait for one message.

    Raises:
        WireClosed: If the other end is gone, even in the middle of a message.
    """
    try:
        return pickle.load(pipe)
    except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise WireClosed from error
