"""What a text costs without a network: the marks that a loss is measured against."""

from __future__ import annotations

import bz2
import lzma
import math
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from corpora.corpus import Corpus
from corpora.info import Baselines
from corpora.vocabulary import Ids

READ = 2_000_000
"""Characters of a part that are looked at, so that a large text takes seconds and no more."""

PIECE = 16_384
"""Characters whose pairs are counted at once, a few milliseconds."""

DENSE = 512
"""Distinct characters up to which pairs are counted in a table of V^2, which is quicker."""

DENSE_PIECE = 200_000
"""Characters whose pairs are counted in such a table at once, likewise."""

ENCODED_PIECE = 200_000
"""Characters that are written as UTF-8 at once, likewise."""

PATIENCE = 0.001
"""Seconds of a slice in which packing is waited for."""

Floats = npt.NDArray[np.floating[Any]]
Counts = npt.NDArray[np.int64]
Slices = Generator["Baselines | None", None, "Baselines"]


def measure(corpus: Corpus) -> Slices:
    """Work out the baselines of a text, in slices of some milliseconds.

    Yields what is counted as soon as it is: compressing takes a hundred times as long.

    Raises:
        CorpusError: If a part of the text has fewer than 2 characters.
    """
    corpus.require_window(1)
    V = len(corpus.vocabulary)
    train = yield from count_pairs(corpus.train[:READ], V)
    validation = yield from count_pairs(corpus.validation[:READ], V)
    unigram, bigram = cross_entropies(train, validation, V)
    beginning = corpus.ids[:READ]
    counted = Baselines(
        uniform=math.log(V),
        unigram=unigram,
        bigram=bigram,
        floor=corpus.info.entropy_floor,
        xz=None,
        bz2=None,
        compressed=len(beginning),
    )
    yield counted
    pieces: list[bytes] = []
    for piece in utf8(corpus, beginning):
        pieces.append(piece)
        yield None
    sizes = yield from compressed_sizes(b"".join(pieces))
    if sizes is None:
        return counted
    xz, bz2_ = sizes
    bits = 8.0 / len(beginning)
    return replace(counted, xz=xz * bits, bz2=bz2_ * bits)


def bigram_entropy(corpus: Corpus) -> Generator[None, None, float]:
    """Nats per character of who knows what follows each character, counted and measured on the training part.

    It is what a network reaches that looks back one character: one that stays above it for long has learnt next to
    nothing. Quick, and in slices; of a long text the beginning is read.
    """
    V = len(corpus.vocabulary)
    pairs, counts = yield from count_pairs(corpus.train[: READ if V <= DENSE else DENSE_PIECE], V)
    first = np.bincount(pairs // V, weights=counts)  # c(a), (V,)
    return float(-(counts * np.log(counts / first[pairs // V])).sum() / counts.sum())


def count_pairs(ids: Ids, V: int) -> Generator[None, None, tuple[Counts, Counts]]:
    """Count how often b follows a in `ids` (N,).

    Returns:
        The pairs that occur as a V + b, rising, and how often each does.
    """
    piece = DENSE_PIECE if V <= DENSE else PIECE
    table: Counts = np.zeros(V * V if V <= DENSE else 0, dtype=np.int64)
    # where V is large, few of the V^2 pairs occur
    sparse: Counter[int] = Counter()
    for start in range(0, len(ids) - 1, piece):
        after = ids[start + 1 : start + piece + 1]
        pairs = ids[start : start + len(after)].astype(np.int64) * V + after
        if V <= DENSE:
            table += np.bincount(pairs, minlength=len(table))
        else:
            sparse.update(pairs.tolist())
        yield
    if V <= DENSE:
        found = np.flatnonzero(table)
        return found, table[found]
    found = np.sort(np.fromiter(sparse, np.int64, len(sparse)))
    return found, np.array([sparse[pair] for pair in found.tolist()], dtype=np.int64)


def cross_entropies(train: tuple[Counts, Counts], validation: tuple[Counts, Counts], V: int) -> tuple[float, float]:
    """What the validation part's characters cost by themselves, and each after the one before.

    Frequencies have one added to each count. Pairs fall back on them in proportion to the distinct followers that a
    character has had (Witten and Bell 1991): with c(a) pairs that begin with a, D(a) of them distinct,

        p(b | a) = (c(ab) + D(a) p(b)) / (c(a) + D(a)).

    Args:
        train: Pairs of the training part and their counts.
        validation: Pairs of the validation part and their counts.
        V: Distinct characters.

    Returns:
        Nats per character, of unigrams and of bigrams.
    """
    seen, counts = train
    followers = np.bincount(seen // V, minlength=V)  # D, (V,)
    first = np.bincount(seen // V, weights=counts, minlength=V)  # c, (V,)
    frequency = np.bincount(seen % V, weights=counts, minlength=V) + 1.0
    p = frequency / frequency.sum()  # (V,)

    pairs, share = validation[0], validation[1] / validation[1].sum()
    place = np.minimum(np.searchsorted(seen, pairs), len(seen) - 1)
    c_ab = np.where(seen[place] == pairs, counts[place], 0)
    a, p_b = pairs // V, p[pairs % V]
    # an a that the training part lacks says nothing of what follows
    known = first[a] > 0
    p_ab = np.where(known, (c_ab + followers[a] * p_b) / np.where(known, first[a] + followers[a], 1.0), p_b)
    return float(-(share * np.log(p_b)).sum()), float(-(share * np.log(p_ab)).sum())


def utf8(corpus: Corpus, ids: Ids) -> Iterator[bytes]:
    """Write `ids` (N,) as UTF-8, piece by piece."""
    for start in range(0, len(ids), ENCODED_PIECE):
        text = corpus.vocabulary.decode(ids[start : start + ENCODED_PIECE])
        yield text.encode("utf-8", "surrogatepass")


def compressed_sizes(data: bytes) -> Generator[None, None, tuple[int, int] | None]:
    """Bytes of the .xz and of the .bz2 file; None where there is no memory for packing.

    Packing takes a second or two and needs the interpreter for moments only, so it is done on a thread of its own: who
    trains meanwhile on another core is not kept waiting.
    """
    sizes: list[tuple[int, int]] = []

    def pack() -> None:
        with suppress(MemoryError):
            sizes.append((len(lzma.compress(data)), len(bz2.compress(data))))

    worker = threading.Thread(target=pack, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(PATIENCE)
        yield
    return sizes[0] if sizes else None
