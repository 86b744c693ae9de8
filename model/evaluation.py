"""Loss on a text that is only read: exactly, as one stream, or quickly, as many streams side by side."""

from __future__ import annotations

import numpy as np

from model.network import Network
from model.parameters import Floats
from model.slices import Slices
from model.softmax import Ids

WARM_UP = 256
"""Characters that each parallel stream has read, uncounted, when its part begins."""

PASSAGES = 32
"""Of which a sampled loss is the mean."""

PASSAGE_WARM_UP = 64
"""Characters read, uncounted, before each of them."""

WINDOW = 128
"""Characters between two looks at the loss; it bears on speed and memory only."""


def one_stream_loss(network: Network, ids: Ids) -> Slices[float]:
    """Nats per character on `ids` (N,), read as one stream with the state carried from the first to the last.

    The first character is only read: N - 1 of N are predicted.

    Raises:
        ValueError: If there are fewer than 2 characters.
    """
    require_two(ids)
    total = yield from _read(network, ids[:-1, None], ids[1:, None], network.initial_state())
    return total / (len(ids) - 1)


def parallel_loss(network: Network, ids: Ids) -> Slices[float]:
    """Nats per character on `ids` (N,), with its parts read side by side; several times as fast as one stream.

    The same N - 1 characters are predicted. Each part begins in the state that the `WARM_UP` characters before it
    leave; networks of the sizes trained here hardly look further back, so that the two losses agree closely.

    Raises:
        ValueError: If there are fewer than 2 characters.
    """
    require_two(ids)
    S = side_by_side(len(ids))
    length = (len(ids) - 1) // S
    inputs = ids[: S * length].reshape(S, length).T  # (length, S)
    targets = ids[1 : S * length + 1].reshape(S, length).T

    warm = network.initial_state(S)
    yield from _read(network, inputs[-WARM_UP:], targets[-WARM_UP:], warm)
    state = network.initial_state(S)
    state[:, :, 1:] = warm[:, :, :-1]

    total = yield from _read(network, inputs, targets, state)
    # what the division leaves over goes on from the last part
    rest = ids[S * length :, None]
    total += yield from _read(network, rest[:-1], rest[1:], state[:, :, -1:].copy())
    return total / (len(ids) - 1)


def side_by_side(N: int) -> int:
    """Into how many streams `parallel_loss` parts a text of N characters."""
    return min(64, max(1, N // (4 * WARM_UP)))


def slices_of(network: Network, N: int, B: int) -> int:
    """In about how many slices N characters of each of B streams are read, found out by reading one window."""
    ids = np.zeros((WINDOW, B), np.uint8)
    work = network.evaluate(ids, ids, network.initial_state(B), network.workspace(WINDOW, B))
    return -(-N // WINDOW) * sum(1 for _ in work)


def parallel_slices(network: Network, N: int) -> int:
    """In about how many slices `parallel_loss` reads a text of N characters."""
    S = side_by_side(N)
    return slices_of(network, WARM_UP + N // S, S)


def sampled_loss(network: Network, ids: Ids, characters: int) -> Slices[float]:
    """Nats per character on about `characters` of `ids` (N,): passages spread evenly over all of it.

    A beginning would not do: in a collection of plays it is one play. Each passage is read after the characters that
    stand before it. A text that is no longer than `characters` is read whole.

    Raises:
        ValueError: If there are fewer than 2 characters.
    """
    if len(ids) <= characters + PASSAGES * PASSAGE_WARM_UP:
        return (yield from parallel_loss(network, ids))
    length = characters // PASSAGES
    starts = np.linspace(PASSAGE_WARM_UP, len(ids) - 1 - length, PASSAGES).astype(np.intp)
    # (PASSAGE_WARM_UP + length + 1, PASSAGES)
    passages = ids[starts + np.arange(-PASSAGE_WARM_UP, length + 1)[:, None]]
    state = network.initial_state(PASSAGES)
    before, read = passages[: PASSAGE_WARM_UP + 1], passages[PASSAGE_WARM_UP:]
    yield from _read(network, before[:-1], before[1:], state)
    total = yield from _read(network, read[:-1], read[1:], state)
    return total / (length * PASSAGES)


def require_two(ids: Ids) -> None:
    """Raise `ValueError` unless there is a character to read and one to predict."""
    if len(ids) < 2:
        raise ValueError(f"a loss needs a text of at least 2 characters, not {len(ids)}")


def _read(network: Network, inputs: Ids, targets: Ids, state: Floats) -> Slices[float]:
    """Summed loss of (N, B) characters in nats; `state` (L, S, B, H) is carried through."""
    N, B = inputs.shape
    work = network.workspace(min(WINDOW, N), B)
    total = 0.0
    for start in range(0, N, WINDOW):
        x, y = inputs[start : start + WINDOW], targets[start : start + WINDOW]
        if len(x) != work.T:
            work = network.workspace(len(x), B)
        total += yield from network.evaluate(np.ascontiguousarray(x), np.ascontiguousarray(y), state, work)
    return total
