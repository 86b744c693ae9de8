"""How fast this machine is: training, writing, and the matrix products that training cannot outrun."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct

from corpora.corpus import Corpus, CorpusInfo
from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.learner import Learner
from model.network import Network
from model.sampling import Sampler
from model.slices import finish

SIZES = (128, 256, 512)
"""H of the networks that are measured, with one layer and the default settings."""

V = 65
"""Distinct characters, as in tiny-shakespeare."""

SHAKESPEARE = 1_115_394
"""Characters of tiny-shakespeare."""

READINGS = 5.0
"""Passes over it that a network gets in its minute. Of several sizes with the default settings, the one that had come
so far after a minute was the best: larger ones had read too little, smaller ones had little left to learn with."""

TURNS = 5
"""Of which each speed is the median, taken in turns with the others so that a busy moment slows all of them."""

PEAK_SIZE = 1024
"""Rows and columns of the matrices whose product is the peak."""


class TrainingSpeed(Struct, frozen=True):
    """Of one size."""

    hidden_size: int
    chars_per_second: float
    share: float
    """Of the peak, in [0, 1]."""


class SamplingSpeed(Struct, frozen=True):
    """Of one size."""

    hidden_size: int
    microseconds: float
    """A character."""


class Speed(Struct, frozen=True):
    """All that is measured, on one thread."""

    peak: float
    """Operations a second of large single-precision matrix products."""
    training: tuple[TrainingSpeed, ...]
    sampling: tuple[SamplingSpeed, ...]

    @property
    def recommended(self) -> int:
        """The largest H, a multiple of 16, that reads Shakespeare `READINGS` times in a minute."""
        wanted = READINGS * SHAKESPEARE / 60.0
        fitting = [H for H in range(16, 1025, 16) if self.chars_per_second(H) >= wanted]
        return max(fitting, default=16)

    def chars_per_second(self, H: int) -> float:
        """Of training a network of size H: between and beyond those measured, on straight lines of log to log."""
        sizes = [math.log(speed.hidden_size) for speed in self.training]
        speeds = [math.log(speed.chars_per_second) for speed in self.training]
        place = min(max(int(np.searchsorted(sizes, math.log(H))), 1), len(sizes) - 1)
        slope = (speeds[place] - speeds[place - 1]) / (sizes[place] - sizes[place - 1])
        return math.exp(speeds[place] + slope * (math.log(H) - sizes[place]))


def measure_speed(seconds: float, *, clock: Callable[[], float] = time.perf_counter) -> Iterator[Speed | None]:
    """Measure for about `seconds`; yields None after each piece of work, and at last what was found."""
    learners, samplers = [learner_of(H) for H in SIZES], [sampler_of(H) for H in SIZES]
    each = seconds / (TURNS * (3 * len(SIZES) + 1))
    peaks: list[float] = []
    learning: list[list[float]] = [[] for _ in SIZES]
    writing: list[list[float]] = [[] for _ in SIZES]
    for learner in learners:  # the first step warms caches and makes buffers
        finish(learner.learn())
        yield None
    for _ in range(TURNS):
        peaks.append(2.0 * PEAK_SIZE**3 * per_second(product(), each, clock))
        yield None
        for size in range(len(SIZES)):
            characters = learners[size].batches.B * learners[size].batches.T
            learning[size].append(characters * per_second(step_of(learners[size]), 2.0 * each, clock))
            yield None
            writing[size].append(per_second(samplers[size].draw, each, clock))
            yield None
    peak = statistics.median(peaks)
    speeds = [statistics.median(each) for each in learning]
    yield Speed(
        peak=peak,
        training=tuple(
            TrainingSpeed(H, speed, speed * operations(H) / peak) for H, speed in zip(SIZES, speeds, strict=True)
        ),
        sampling=tuple(SamplingSpeed(H, 1e6 / statistics.median(each)) for H, each in zip(SIZES, writing, strict=True)),
    )


def operations(H: int) -> int:
    """Of learning from a character: 3 x 2 x the weights that it meets; a one-hot input meets none to speak of."""
    return 6 * (4 * H * H + V * H)


def per_second(work: Callable[[], object], seconds: float, clock: Callable[[], float]) -> float:
    """How often `work` is done in a second, tried for about `seconds` and at least once."""
    begin, count = clock(), 0
    while True:
        work()
        count += 1
        passed = clock() - begin
        if passed >= seconds:
            return count / max(passed, 1e-9)


def product() -> Callable[[], object]:
    """One product of two large square matrices."""
    rng = np.random.default_rng(0)
    a, b = (rng.random((PEAK_SIZE, PEAK_SIZE), np.float32) for _ in range(2))
    out = np.empty_like(a)
    return lambda: np.matmul(a, b, out=out)


def step_of(learner: Learner) -> Callable[[], object]:
    """One training step."""
    return lambda: finish(learner.learn())


def learner_of(H: int) -> Learner:
    """A network of size H that learns with the default settings."""
    network = network_of(H)
    return Learner(network, noise(), TrainingSettings(), time.perf_counter)


def sampler_of(H: int) -> Sampler:
    """A network of size H that writes with the default settings, as `lstm-tui sample` does."""
    network = network_of(H)
    network.rest()
    return Sampler(network, noise().vocabulary, SamplingSettings(), np.random.default_rng(0))


def network_of(H: int) -> Network:
    """A fresh network of size H."""
    network = Network(NetworkSettings(hidden_size=H), V)
    network.initialise(np.random.default_rng(0))
    return network


def noise(length: int = 100_000) -> Corpus:
    """A text of V characters that takes as long to learn from as any other."""
    vocabulary = Vocabulary("".join(map(chr, range(33, 33 + V))))
    ids = np.random.default_rng(0).integers(0, V, length).astype(np.uint8)
    info = CorpusInfo("noise", "", "", "", length, V, "", math.log(V), "", ())
    return Corpus(info, vocabulary, ids)
