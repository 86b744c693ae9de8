"""Characters a second of training, against PyTorch's LSTM, with as many threads or processes on each side.

    uv run --with torch==2.13.0 python benchmarks/training.py [TEXT]

Both sides do the same work on the same text: forward, full truncated back-propagation, clipping by norm and Adam, with
the state carried from window to window. They take turns in blocks in one process, and each row's ratio is the median
over neighbouring blocks, so that a machine that slows down slows both. Time is CPU time of this process with one
thread; with more it is wall time, and this project's are the processes that share a batch.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from corpora.corpus import Corpus
from model.batches import Batches
from model.config import NetworkSettings, TrainingSettings
from model.network import Network
from model.trainer import Trainer

from beside_torch import torch_and_text

GRID = ((32, 64, 128, 1), (64, 64, 256, 1), (50, 50, 128, 2), (64, 100, 512, 1), (1, 25, 100, 1))
"""B, T, H, layers of each row."""

BLOCK_SECONDS = 0.8
"""Of one turn, at least one step."""

Clock = Callable[[], float]
"""Tells the time in seconds."""

Steps = Callable[[int], object]
"""Trains for so many steps."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one shape."""

    shape: tuple[int, int, int, int]
    ours: float
    """Characters a second."""
    torch: float
    """Characters a second."""
    ratio: float
    """Of ours to PyTorch's, the median over neighbouring turns."""
    share: float
    """Of the sgemm peak, in [0, 1]."""
    peak: float
    """Operations a second of large matrix products, measured between the turns."""


class TrainingAlone(Trainer):
    """A trainer that never validates."""

    @property
    def validate_every(self) -> int:
        """Never."""
        return sys.maxsize


def ours(corpus: Corpus, shape: tuple[int, int, int, int], threads: int = 1) -> Steps:
    """This project's training, as the app runs it."""
    B, T, H, layers = shape
    network = Network(NetworkSettings(hidden_size=H, layers=layers), len(corpus.vocabulary))
    network.initialise(np.random.default_rng(0))
    settings = TrainingSettings(seq_length=T, batch_size=B, learning_rate=0.002)
    trainer = TrainingAlone(network, corpus, settings, threads=threads)
    trainer.parallel.wait()
    return lambda steps: trainer.increment(math.inf, steps)


def pytorchs(torch: Any, corpus: Corpus, shape: tuple[int, int, int, int]) -> Steps:
    """The same in PyTorch, the fastest natural way: fused Adam, the loss read only by the graph."""
    B, T, H, layers = shape
    V = len(corpus.vocabulary)
    lstm, decoder = torch.nn.LSTM(V, H, layers), torch.nn.Linear(H, V)
    parameters = [*lstm.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.002, fused=True)
    batches = Batches(corpus, T, B)
    one_hot = torch.eye(V)
    carried: list[Any] = [None]

    def train(steps: int) -> None:
        for _ in range(steps):
            window = batches.peek()
            inputs = torch.from_numpy(window.inputs.astype(np.int64))
            targets = torch.from_numpy(window.targets.astype(np.int64))
            state = None if window.first else carried[0]
            hidden, after = lstm(one_hot[inputs], state)  # (T, B, H)
            loss = torch.nn.functional.cross_entropy(decoder(hidden).reshape(-1, V), targets.reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            carried[0] = tuple(part.detach() for part in after)
            batches.advance()

    return train


def sgemm(clock: Clock, threads: int, size: int = 1024) -> Callable[[], float]:
    """Operations a second of one product of two square matrices."""
    rng = np.random.default_rng(0)
    a, b = (rng.random((size, size), np.float32) for _ in range(2))
    out = np.empty_like(a)

    def measure() -> float:
        with threadpool_limits(threads):
            begin = clock()
            for _ in range(5):
                np.matmul(a, b, out=out)
            return 5 * 2.0 * size**3 / (clock() - begin)

    return measure


def operations_per_character(V: int, H: int, layers: int) -> int:
    """Of forward and backward: 3 x 2 x the weights that a character meets; a one-hot input meets none to speak of."""
    return 6 * (4 * H * H * (2 * layers - 1) + V * H)


def steps_of_a_turn(train: Steps, clock: Clock) -> int:
    """Warm up; how many steps fill a turn."""
    train(2)
    begin = clock()
    train(1)
    return max(1, round(BLOCK_SECONDS / (clock() - begin)))


def measure(torch: Any, corpus: Corpus, shape: tuple[int, int, int, int], turns: int, threads: int = 1) -> Row:
    """Let both sides take turns."""
    B, T, H, layers = shape
    clock = time.process_time if threads == 1 else time.perf_counter
    sides = (ours(corpus, shape, threads), pytorchs(torch, corpus, shape))
    steps = [steps_of_a_turn(side, clock) for side in sides]
    peak_now, peaks = sgemm(clock, threads), []
    speeds: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        peaks.append(peak_now())
        # who begins alternates too
        for side in (0, 1) if turn % 2 == 0 else (1, 0):
            begin = clock()
            sides[side](steps[side])
            speeds[side].append(steps[side] * B * T / (clock() - begin))
    here, there = (statistics.median(speed) for speed in speeds)
    ratio = statistics.median(mine / theirs for mine, theirs in zip(*speeds, strict=True))
    peak = statistics.median(peaks)
    share = here * operations_per_character(len(corpus.vocabulary), H, layers) / peak
    return Row(shape, here, there, ratio, share, peak)


def show(row: Row) -> str:
    """A line of the table."""
    B, T, H, layers = row.shape
    return (
        f"{B:4} {T:4} {H:4} {layers:6} {row.ours:11,.0f} {row.torch:11,.0f} {row.ratio:7.2f} "
        f"{row.share:14.2f} {row.peak / 1e9:9.0f}"
    )


def kernels(torch: Any) -> str:
    """For which processor each side's kernels are written: a library that is held back is seen here."""
    blas = ", ".join(
        f"{library['internal_api']} for {library.get('architecture', 'any processor')}"
        for library in threadpool_info()
        if library["user_api"] == "blas"
    )
    # PyTorch's LSTM is oneDNN's, which obeys a variable of its own
    isa = os.environ.get("ONEDNN_MAX_CPU_ISA") or torch.backends.cpu.get_cpu_capability()
    return f"numpy {np.__version__} with {blas or 'a BLAS of its own'}; torch {torch.__version__} with {isa}"


def main() -> int:
    """Measure every row of the grid."""
    parser = argparse.ArgumentParser(description="Training speed against PyTorch, one thread each.")
    parser.add_argument("text", nargs="?", default="shakespeare", help="a file, or a name of `lstm-tui corpora`")
    parser.add_argument("--turns", type=int, default=9, help="turns of each side and row (default: 9)")
    parser.add_argument("--threads", type=int, default=1, help="of each side (default: 1)")
    options = parser.parse_args()
    torch, corpus = torch_and_text(options.text)

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    print(f"{corpus.info.name}: {corpus.info.characters:,} characters, V = {corpus.info.symbols}")
    time_taken = "one thread, CPU time" if options.threads == 1 else f"{options.threads} threads, wall time"
    print(f"{kernels(torch)}\n{time_taken}, medians of {options.turns} turns\n")
    print("   B    T    H layers      ours/s     torch/s   ratio  share of peak  GFLOP/s")
    with threadpool_limits(1):
        for shape in GRID:
            print(show(measure(torch, corpus, shape, options.turns, options.threads)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
