"""Which units of a network follow which simple properties of a text: correlations with all units at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from itertools import pairwise
from typing import TypeVar

import numpy as np

from model.network import Network
from model.neurons import Finding, Neurons
from model.parameters import Floats
from model.probes import PROBES, Numbers, Passage
from model.slices import SLICE_FLOPS, Slices
from model.softmax import Ids

CHARACTERS, FEWEST = 16_384, 4_096
"""Of the text, about, on which units are compared with probes; of a very large network the fewer."""

FLOPS = 6e10
"""What reading them may cost, roughly: a second or two."""

PASSAGES = 64
"""That are read side by side, at most, spread evenly over the text: a beginning may be one scene of one play."""

WARM_UP = 64
"""Characters that the network has read, uncounted, when a passage begins."""

CONTEXT = 2_000
"""Characters before a passage that probes look back over: a quotation can be long."""

WINDOW = 16
"""Characters of each passage between two products; it bears on speed and memory only."""

LEAST_PLACES = 20
"""A property that holds, or fails to hold, at fewer places says nothing of a unit."""

SAME = 0.99
"""Two properties that correlate like this are one in this text; the first in the list gives it its name."""

UNITS_NAMED = 5
"""Of each probe so many of the best units are told."""

STILL = 1e-6
"""A unit whose variance is below this does not move."""

Result = TypeVar("Result")


def find_neurons(
    network: Network, ids: Ids, symbols: str, step: int, probes: Mapping[str, Callable[[Passage], Numbers]] = PROBES
) -> Slices[Neurons]:
    """Compare every unit of the last layer with every probe.

    Args:
        network: Nobody changes it meanwhile.
        ids: A text, (N,), N at least 1.
        symbols: The vocabulary's characters in id order.
        step: Of the network, to be told.
        probes: By name.
    """
    S, length, warm_up = passages(network, len(ids))
    starts = np.linspace(0, len(ids) - warm_up - length, S).astype(np.intp)
    properties = yield from probe(ids, symbols, probes, starts + warm_up, length)
    kept = yield from telling(properties)
    if not kept:
        return Neurons(step, length * S, findings=(), names=())
    targets = np.stack([properties[name] for name in kept])  # (K, length, S)
    inputs = ids[starts + np.arange(warm_up + length)[:, None]]  # (warm_up + length, S)
    r = yield from correlations(network, inputs, targets)
    return neurons(kept, r, step, length * S)


def passages(network: Network, N: int) -> tuple[int, int, int]:
    """How many passages of a text of N characters are read, how long each is, and its warm-up."""
    H = network.settings.hidden_size
    flops = 8.0 * H * H  # of a step of one stream in one layer
    characters = min(CHARACTERS, max(FEWEST, int(FLOPS / (flops * network.settings.layers))))
    S = min(PASSAGES, max(4, int(SLICE_FLOPS / flops)), max(1, N // (8 * WARM_UP)))
    warm_up = min(WARM_UP, N // 4)
    return S, min(characters // S, N // S - warm_up), warm_up


def probe(
    ids: Ids, symbols: str, probes: Mapping[str, Callable[[Passage], Numbers]], begins: Ids, length: int
) -> Slices[dict[str, Floats]]:
    """Every probe on passages of `length` that begin at `begins` (S,), each (length, S)."""
    found = {name: np.empty((length, len(begins)), np.float32) for name in probes}
    for column, begin in enumerate(begins.tolist()):
        text = Passage(ids[max(0, begin - CONTEXT) : begin + length], symbols)
        for name, measure in probes.items():
            found[name][:, column] = measure(text)[-length:]
        yield
    return found


def telling(properties: Mapping[str, Floats]) -> Slices[list[str]]:
    """The names of those that vary, and of several that are the same here the first."""
    kept: list[str] = []
    for name, values in properties.items():
        _, counts = np.unique(values, return_counts=True)
        if values.size - counts.max() < LEAST_PLACES:
            continue
        same = (abs(np.corrcoef(values.ravel(), properties[other].ravel())[0, 1]) > SAME for other in kept)
        if not any(same):
            kept.append(name)
        yield
    return kept


def correlations(network: Network, inputs: Ids, targets: Floats) -> Slices[Floats]:
    """Pearson's r of each property with each unit while the network reads.

    Args:
        network: Reads.
        inputs: Characters, (W + T, S), of which the first W are read, uncounted.
        targets: Properties of the others, (K, T, S).

    Returns:
        (K, H); 0 for a unit that does not move.
    """
    (K, T, S), H = targets.shape, network.settings.hidden_size
    p = targets - targets.mean(axis=(1, 2), keepdims=True, dtype=np.float64).astype(np.float32)
    products, total, squares = np.zeros((K, H)), np.zeros(H), np.zeros(H)
    state = network.initial_state(S)
    work = network.workspace(WINDOW, S)
    W = len(inputs) - T
    cuts = [*range(0, W, WINDOW), *range(W, W + T, WINDOW), W + T]
    for start, stop in pairwise(cuts):
        if stop - start != work.T:
            work = network.workspace(stop - start, S)
        h = yield from network.read(np.ascontiguousarray(inputs[start:stop]), state, work)
        if start >= W:
            h = h.reshape(-1, H)
            products += p[:, start - W : stop - W].reshape(K, -1) @ h
            total += h.sum(axis=0)
            squares += np.einsum("nh,nh->h", h, h)
            yield
    n = T * S
    # sum((p - mean p) (h - mean h)) is sum((p - mean p) h)
    variance = np.maximum(squares / n - (total / n) ** 2, 0.0)
    scale = np.sqrt((p.reshape(K, -1).astype(np.float64) ** 2).sum(axis=1))[:, None] * np.sqrt(n * variance)
    r = np.divide(products, scale, out=np.zeros_like(products), where=variance > STILL)
    return np.asarray(np.clip(np.nan_to_num(r), -1.0, 1.0))


def neurons(names: list[str], r: Floats, step: int, characters: int) -> Neurons:
    """Tell the correlations r (K, H) of the K properties `names`, as far as they are of interest."""
    findings = []
    for name, row in zip(names, r, strict=True):
        best = np.argsort(-abs(row), kind="stable")[:UNITS_NAMED].tolist()
        findings.append(Finding(name, tuple((unit, float(row[unit])) for unit in best)))
    findings.sort(key=lambda finding: -abs(finding.r))
    best_probes = abs(r).argmax(axis=0).tolist()
    return Neurons(
        step=step,
        characters=characters,
        findings=tuple(findings),
        names=tuple((names[probe], float(r[probe, unit])) for unit, probe in enumerate(best_probes)),
    )


def bundled(
    work: Generator[None, None, Result], clock: Callable[[], float], seconds: float
) -> Generator[None, None, Result]:
    """The same work in slices of about `seconds`, where its own are much smaller."""
    begin = clock()
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        if clock() - begin >= seconds:
            yield
            begin = clock()
