"""Microseconds a character of writing, one thread: one stream and many, beside PyTorch's LSTM step by step.

    uv run --with torch==2.13.0 python benchmarks/sampling.py

One stream is what `Sampler.draw` does: a step of the network, then a character drawn at the default temperature.
`living` reads with weights that may change before the next character, as in the app while it trains; `at rest` is a
network that is only played, as by `lstm-tui sample`. Both are compared with a product of the recurrent weights
(4 H x H) with a vector, and with `torch.nn.LSTM`, `torch.nn.Linear`, softmax and `multinomial`. All take turns in one
process; times are CPU time, in medians. Other programs on the machine can only add to a turn: the quickest tenth of
the turns tells what it can do.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from model.config import NetworkSettings, SamplingSettings
from model.network import Network
from model.sampling import Sampler
from model.speed import noise

SIZES = (128, 256, 512)
V = 65
STREAMS = (1, 4, 16, 64)
TEMPERATURE = SamplingSettings().temperature

GOAL_MICROSECONDS = 20.0
"""A character at H = 128."""
GOAL_RATIO = 1.3
"""Of a character at H = 512 to the product alone."""

Write = Callable[[], object]


def network_of(H: int, *, at_rest: bool) -> Network:
    """A fresh network."""
    network = Network(NetworkSettings(hidden_size=H), V)
    network.initialise(np.random.default_rng(0))
    if at_rest:
        network.rest()
    return network


def one_stream(H: int, *, at_rest: bool) -> Write:
    """Write a character."""
    network = network_of(H, at_rest=at_rest)
    return Sampler(network, noise().vocabulary, SamplingSettings(), np.random.default_rng(0)).draw


def many_streams(H: int, B: int) -> Write:
    """Write a character of each of B streams."""
    network, rng = network_of(H, at_rest=True), np.random.default_rng(0)
    reader = network.reader(network.initial_state(B))
    ids = np.zeros(B, int)

    def write() -> None:
        logits = reader.read(ids if B > 1 else int(ids[0])).reshape(B, V).astype(np.float64)
        odds = np.exp((logits - logits.max(axis=1, keepdims=True)) / TEMPERATURE)
        cumulative = odds.cumsum(axis=1)
        ids[...] = (cumulative <= rng.random((B, 1)) * cumulative[:, -1:]).sum(axis=1)

    return write


def product(H: int) -> Write:
    """The product of a matrix (4 H, H) with a vector."""
    rng = np.random.default_rng(0)
    W, h, out = rng.random((4 * H, H), np.float32), rng.random(H, np.float32), np.empty(4 * H, np.float32)
    return lambda: np.dot(W, h, out)


def pytorchs(torch: Any, H: int) -> Write:
    """Write a character with PyTorch, step by step."""
    lstm, decoder = torch.nn.LSTM(V, H), torch.nn.Linear(H, V)
    one_hot = torch.eye(V)[:, None, None]  # (V, 1, 1, V)
    carried: list[Any] = [0, None]

    def write() -> None:
        with torch.inference_mode():
            hidden, carried[1] = lstm(one_hot[carried[0]], carried[1])
            odds = torch.softmax(decoder(hidden[0, 0]) / TEMPERATURE, 0)
            carried[0] = int(torch.multinomial(odds, 1))

    return write


def in_turns(writers: dict[str, Write], turns: int, seconds: float = 0.05) -> dict[str, list[float]]:
    """Microseconds of each call, by turn."""
    found: dict[str, list[float]] = {name: [] for name in writers}
    counts = {}
    for name, write in writers.items():
        begin = time.process_time()
        for _ in range(50):
            write()
        counts[name] = max(1, int(50 * seconds / max(time.process_time() - begin, 1e-6)))
    for turn in range(turns):
        # who begins alternates
        for name in list(writers) if turn % 2 == 0 else reversed(list(writers)):
            begin = time.process_time()
            for _ in range(counts[name]):
                writers[name]()
            found[name].append(1e6 * (time.process_time() - begin) / counts[name])
    return found


def ratio(over: list[float], under: list[float]) -> float:
    """The median over turns."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def main() -> int:
    """Measure every size, then many streams."""
    parser = argparse.ArgumentParser(description="Writing speed against PyTorch, one thread.")
    parser.add_argument("--turns", type=int, default=25, help="turns of each side (default: 25)")
    turns = parser.parse_args().turns
    try:
        torch: Any = import_module("torch")
    except ImportError:
        sys.exit("This benchmark compares with PyTorch: run it by uv run --with torch==2.13.0")
    torch.set_num_threads(1)

    print(f"numpy {np.__version__}, torch {torch.__version__}; V = {V}, one layer, one thread, CPU time")
    print(f"medians of {turns} turns, in microseconds a character\n")
    print("   H   living  at rest    torch  product  torch / living  living / product  at rest / product")
    with threadpool_limits(1):
        for H in SIZES:
            writers = {
                "living": one_stream(H, at_rest=False),
                "at rest": one_stream(H, at_rest=True),
                "torch": pytorchs(torch, H),
                "product": product(H),
            }
            found = in_turns(writers, turns)
            columns = "".join(f"{statistics.median(found[name]):9.1f}" for name in writers)
            print(
                f"{H:4}{columns}{ratio(found['torch'], found['living']):16.1f}"
                f"{ratio(found['living'], found['product']):18.2f}{ratio(found['at rest'], found['product']):19.2f}",
                flush=True,
            )
            quick = "".join(f"{float(np.quantile(found[name], 0.1)):9.1f}" for name in writers)
            print(f"    {quick}   the quickest tenth", flush=True)
        print(f"\nGoals: at most {GOAL_MICROSECONDS:g} at H = 128, and {GOAL_RATIO:g} times the product at H = 512.")
        print("\nMany streams at once, at rest: microseconds a character, and speed against one stream\n")
        print("   H" + "".join(f"{f'B = {B}':>16}" for B in STREAMS))
        for H in SIZES:
            found = in_turns({str(B): many_streams(H, B) for B in STREAMS}, turns)
            row = ""
            for B in STREAMS:
                each = [turn / B for turn in found[str(B)]]
                row += f"{statistics.median(each):9.1f} x{ratio(found['1'], each):<6.1f}"
            print(f"{H:4}{row}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
