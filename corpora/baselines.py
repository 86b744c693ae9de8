"""What a text costs without a network: the marks that a loss is measured against."""

from __future__ import annotations

import bz2
import lzma
import math
import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpora.corpus import Corpus
from corpora.vocabulary import Ids

READ = 2_000_000
"""Characters of a part that are looked at, so that a large text takes seconds and no more."""

PIECE = 16_384
"""Characters whose pairs are counted at once, a few milliseconds."""

COMPRESSED_PIECE = 4096
"""Characters that are compressed at once, likewise."""

Floats = npt.NDArray[np.floating[Any]]
Slices = Generator[None, None, "Baselines"]


@dataclass(frozen=True, slots=True)
class Baselines:
    """What simple models lose on a text, and how small compressors make it.

    Unigrams and bigrams are counted in the training part and measured on the validation part, as a network is: their
    losses can stand beside a validation loss. Of each part the first `READ` characters are read.
    """

    uniform: float
    """ln V, nats per character: every character is as likely."""
    unigram: float
    """Nats per character of who knows how frequent each character is."""
    bigram: float
    """Nats per character of who knows what follows each character."""
    floor: float | None
    """Nats per character that no model can go below, where it is known exactly."""
    xz: float
    """Bits per character of the text's beginning in UTF-8, as `xz` would write it."""
    bz2: float
    """Bits per character, likewise with `bzip2`."""
    compressed: int
    """Characters of that beginning, the whole text unless it is longer than `READ`."""


def measure(corpus: Corpus) -> Slices:
    """Work out the baselines of a text, in slices of some milliseconds.

    Raises:
        CorpusError: If a part of the text has fewer than 2 characters.
    """
    corpus.require_window(1)
    V = len(corpus.vocabulary)
    train = yield from count_pairs(corpus.train[:READ], V)
    validation = yield from count_pairs(corpus.validation[:READ], V)
    seen: list[int] = []
    for pairs in pieces(list(validation), PIECE):
        seen += [train[pair] for pair in pairs]
        yield
    unigram, bigram = cross_entropies(train, validation, np.array(seen), V)
    yield
    beginning = corpus.ids[:READ]
    xz = yield from xz_size(utf8(corpus, beginning))
    bz2_ = yield from bz2_size(utf8(corpus, beginning))
    bits = 8.0 / len(beginning)
    return Baselines(
        uniform=math.log(V),
        unigram=unigram,
        bigram=bigram,
        floor=corpus.info.entropy_floor,
        xz=xz * bits,
        bz2=bz2_ * bits,
        compressed=len(beginning),
    )


def count_pairs(ids: Ids, V: int) -> Generator[None, None, Counter[int]]:
    """Count how often b follows a in `ids` (N,), under the key a V + b: few of the V^2 pairs occur where V is large."""
    counts: Counter[int] = Counter()
    for piece in pieces(range(len(ids) - 1), PIECE):
        before = ids[piece[0] : piece[-1] + 1].astype(np.int64)
        after = ids[piece[0] + 1 : piece[-1] + 2]
        counts.update((before * V + after).tolist())
        yield
    return counts


def cross_entropies(
    train: Counter[int], validation: Counter[int], seen: npt.NDArray[np.integer], V: int
) -> tuple[float, float]:
    """What the validation part's characters cost by themselves, and each after the one before.

    Frequencies have one added to each count. Pairs fall back on them as far as a character is wont to have new
    followers (Witten and Bell 1991): with c(a) pairs that begin with a, D(a) of them distinct,

        p(b | a) = (c(ab) + D(a) p(b)) / (c(a) + D(a)).

    Args:
        train: Pairs of the training part.
        validation: Pairs of the validation part.
        seen: How often each of the latter occurs in the former, in the same order.
        V: Distinct characters.

    Returns:
        Nats per character, of unigrams and of bigrams.
    """
    keys, counts = arrays(train)
    followers = np.bincount(keys // V, minlength=V)  # D, (V,)
    pairs = np.bincount(keys // V, weights=counts, minlength=V)  # c, (V,)
    frequency = np.bincount(keys % V, weights=counts, minlength=V) + 1.0
    p_b = frequency / frequency.sum()  # (V,)

    keys, counts = arrays(validation)
    a, b = keys // V, keys % V
    # an a that the training part lacks says nothing of what follows
    known = np.maximum(pairs + followers, 1.0)[a]
    p_ab = np.where(pairs[a] > 0, (seen + followers[a] * p_b[b]) / known, p_b[b])
    share = counts / counts.sum()
    return float(-(share * np.log(p_b[b])).sum()), float(-(share * np.log(p_ab)).sum())


def arrays(counts: Counter[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the keys and what is counted under each."""
    return (
        np.fromiter(counts.keys(), np.int64, len(counts)),
        np.fromiter(counts.values(), np.int64, len(counts)),
    )


def utf8(corpus: Corpus, ids: Ids) -> Iterator[bytes]:
    """Write `ids` (N,) as UTF-8, piece by piece."""
    for start in range(0, len(ids), COMPRESSED_PIECE):
        text = corpus.vocabulary.decode(ids[start : start + COMPRESSED_PIECE])
        yield text.encode("utf-8", "surrogatepass")


def xz_size(data: Iterable[bytes]) -> Generator[None, None, int]:
    """Bytes of the .xz file."""
    compressor = lzma.LZMACompressor()
    size = 0
    for piece in data:
        size += len(compressor.compress(piece))
        yield
    return size + len(compressor.flush())


def bz2_size(data: Iterable[bytes]) -> Generator[None, None, int]:
    """Bytes of the .bz2 file; its blocks are too large for a slice, so they are sorted in a thread of their own."""
    sizes: list[int] = []
    whole = b"".join(data)
    worker = threading.Thread(target=lambda: sizes.append(len(bz2.compress(whole))), daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.002)
        yield
    return sizes[0]


def pieces(items: range | list[int], size: int) -> Iterator[range | list[int]]:
    """Cut a sequence into runs of at most `size` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
