"""Writing a passage from a file's weights, so that whoever has the file writes the same one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from corpora.vocabulary import Vocabulary
from model.checkpoint import Checkpoint
from model.config import SamplingSettings
from model.passage import Passage
from model.sampling import NoOpinionError, Sampler
from model.slices import Slices

BLOCK = 1 << 20
"""Bytes that are hashed in one slice."""


def sampler_of(checkpoint: Checkpoint, sampling: SamplingSettings, seed: int) -> Sampler:
    """A sampler of a network that stays as it is; with one seed it always writes the same.

    Raises:
        CheckpointError: If the tensors do not fit the settings.
    """
    network = checkpoint.build_network()
    network.rest()
    return Sampler(network, Vocabulary(checkpoint.vocabulary), sampling, np.random.default_rng(seed))


def write_passage(
    checkpoint: Checkpoint, path: Path, *, prime: str, length: int, seed: int, sampling: SamplingSettings
) -> Slices[Passage]:
    """Write `length` characters after `prime`, a character a slice.

    Args:
        checkpoint: What the file holds.
        path: That file.
        prime: What is read first.
        length: Characters to draw.
        seed: Of the random numbers.
        sampling: How they are drawn.

    Raises:
        OSError: If the file cannot be read.
    """
    sha256 = yield from hash_of(path)
    sampler = sampler_of(checkpoint, sampling, seed)
    text, _ = sampler.restart(prime)
    symbols, signs = sampler.vocabulary.symbols, [text]
    for _ in range(length):
        try:
            signs.append(symbols[sampler.draw().id])
        except NoOpinionError:
            break
        yield
    corpus = checkpoint.corpus.name if checkpoint.corpus else ""
    return Passage("".join(signs), prime, length, seed, sampling, str(path), sha256, corpus, checkpoint.step)


def hash_of(path: Path) -> Slices[str]:
    """The SHA-256 of a file, in hexadecimal digits.

    Raises:
        OSError: If it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            yield
    return digest.hexdigest()
