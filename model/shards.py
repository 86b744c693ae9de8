"""A batch in parts: each process works out the gradient of some of the streams, and the gradients are added up.

Two threads of a matrix library gain little on the small products of a recurrent step, and lose much when another
process wants a core. Streams need nothing of each other between two steps of the optimiser, so a process for each part
of the batch is the better use of several cores (Dean et al. 2012 call it data parallelism). The others see the weights,
characters and memory of their streams in shared memory, and leave gradients there.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawArray
from typing import Any

import numpy as np
from msgspec import Struct

from model.batches import Window
from model.config import NetworkSettings
from model.dropout import Dropout, Shares
from model.network import Network, Workspace
from model.parameters import Floats
from model.slices import Slices, finish
from model.softmax import Ids
from model.threads import use_threads

PATIENCE_SECONDS = 0.001
"""Of one wait for a helper, after which other things may be done."""

GOODBYE_SECONDS = 1.0
"""Within which a helper ends that is no longer needed."""


class Shape(Struct, frozen=True):
    """All that a helper must know to lay out its memory."""

    network: NetworkSettings
    V: int
    T: int
    B: int
    """Streams of this part."""
    whole: int
    """Characters of a window of the whole batch, over which the loss is a mean."""


class Task(Struct, frozen=True):
    """What a helper cannot see in shared memory."""

    first: bool
    shares: Shares
    """Of dropout."""
    seed: tuple[int, ...]
    """Of the random numbers that dropout draws."""


class Result(Struct, frozen=True):
    """What a helper has to tell."""

    loss: float
    """Its part of the mean loss, in nats per character."""
    cpu_seconds: float
    """That it has worked since it began."""


class Shared:
    """Memory that two processes see.

    Attributes:
        values, grads: Of the network, (P,).
        state: Of the part's streams, before the window and then after it, (L, S, B, H).
        inputs, targets: (T, B).
    """

    def __init__(self, shape: Shape, buffers: Sequence[Any] | None = None) -> None:
        """Lay it out; with `buffers`, those that another process has made."""
        network = Network(shape.network, shape.V)
        state, P, characters = network.initial_state(shape.B), len(network.parameters), shape.T * shape.B
        if buffers is None:
            sizes = [("f", P), ("f", P), ("f", state.size), ("i", characters), ("i", characters)]
            buffers = [RawArray(kind, size) for kind, size in sizes]
        self.buffers = tuple(buffers)
        self.values, self.grads, flat = (np.frombuffer(buffer, np.float32) for buffer in self.buffers[:3])
        inputs, targets = (np.frombuffer(buffer, np.int32) for buffer in self.buffers[3:])
        self.state: Floats = flat.reshape(state.shape)
        self.inputs: Ids = inputs.reshape(shape.T, shape.B)
        self.targets: Ids = targets.reshape(shape.T, shape.B)


def work_out(network: Network, shared: Shared, work: Workspace, task: Task, whole: int) -> Slices[float]:
    """The gradient of one part, left in the network; its part of the mean loss."""
    dropout = Dropout(task.shares, np.random.default_rng(task.seed)) if task.shares else None
    return network.gradients(
        shared.inputs, shared.targets, shared.state, work, dropout=dropout, first=task.first, whole=whole
    )


class Part:
    """Some of the streams, and the process that is responsible for them.

    Attributes:
        shared: Where its characters, memory and gradients are.
        loss: Its part of the mean loss of the last window.
        cpu_seconds: Of work that was done in the other process.
    """

    def __init__(self, network: Network, shape: Shape, span: slice, *, helped: bool) -> None:
        """Lay out its memory; with `helped`, start a process for it and return while that is still importing."""
        self.shape, self.span, self.shared = shape, span, Shared(shape)
        self.loss = self.cpu_seconds = 0.0
        self._network = network
        self._work = None if helped else network.workspace(shape.T, shape.B)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._listens = False
        if helped:
            with contextlib.suppress(OSError):  # no room for one more process: its work is done here
                self._start()

    @property
    def work(self) -> Workspace:
        """Buffers for windows of it, where they are worked out here; of a part that is helped, when that is needed."""
        if self._work is None:
            self._work = self._network.workspace(self.shape.T, self.shape.B)
        return self._work

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.shape, self.shared.buffers), daemon=True)
        process.start()
        theirs.close()
        self._pipe, self._process = ours, process

    def fill(self, window: Window, state: Floats) -> None:
        """Take its streams' characters (T, B) and memory (L, S, B, H) from those of the whole batch."""
        np.copyto(self.shared.inputs, window.inputs[:, self.span], casting="same_kind")
        np.copyto(self.shared.targets, window.targets[:, self.span], casting="same_kind")
        np.copyto(self.shared.state, state[:, :, self.span])

    @property
    def helped(self) -> bool:
        """Whether another process is there that listens."""
        if self._pipe is None:
            return False
        if not self._listens:
            with self._losing():
                self._listens = self._pipe.poll() and bool(self._pipe.recv())
        return self._listens and self._pipe is not None

    @property
    def awaited(self) -> bool:
        """Whether another process is on its way."""
        return not self.helped and self._pipe is not None

    def give(self, task: Task) -> bool:
        """Let the other process work, if it is there; returns whether it does."""
        if not self.helped or self._pipe is None:
            return False
        np.copyto(self.shared.values, self._network.parameters.values)
        with self._losing():
            self._pipe.send(task)
        return self._pipe is not None

    def wait(self) -> Slices[bool]:
        """Wait until the other process is done; whether it was, or died instead."""
        with self._losing():
            while self._pipe is not None and not self._pipe.poll(PATIENCE_SECONDS):
                yield
            if self._pipe is not None:
                result: Result = self._pipe.recv()
                self.loss, self.cpu_seconds = result.loss, result.cpu_seconds
        return self._pipe is not None

    def work_here(self, task: Task) -> Slices[None]:
        """Do it in this process, with the same result."""
        self.loss = yield from work_out(self._network, self.shared, self.work, task, self.shape.whole)
        np.copyto(self.shared.grads, self._network.parameters.grads)

    def close(self) -> None:
        """Let the other process end."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(GOODBYE_SECONDS)
            if self._process.exitcode is None:
                self._process.kill()
            self._process = None

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        """Notice that the other process is gone: from then on its work is done here."""
        try:
            yield
        except (EOFError, OSError):
            self._pipe = None


class Shards:
    """Works out gradients in parts, the first one in this process.

    The result depends on the number of parts, since sums are rounded and each part draws its own dropout, but not on
    where a part is worked out: before its process is ready, or if that cannot be started or dies, it is done here.
    """

    def __init__(self, network: Network, T: int, B: int, count: int) -> None:
        """Cut windows of T steps and B streams into `count` parts, at most as many as there are streams.

        Raises:
            OSError, MemoryError: If there is no room for memory that processes share.
        """
        self._network = network
        borders = [B * part // min(count, B) for part in range(min(count, B) + 1)]
        self._parts = [
            Part(
                network,
                Shape(network.settings, network.V, T, stop - start, T * B),
                slice(start, stop),
                helped=start > 0,
            )
            for start, stop in itertools.pairwise(borders)
        ]

    @property
    def ready(self) -> bool:
        """Whether every part has a process of its own that listens."""
        return all(part.helped for part in self._parts[1:])

    @property
    def awaited(self) -> bool:
        """Whether a process is on its way that does not listen yet."""
        return any(part.awaited for part in self._parts[1:])

    @property
    def work(self) -> Workspace:
        """What the first part's last window has left."""
        return self._parts[0].work

    @property
    def cpu_seconds(self) -> float:
        """Of work that was done in other processes."""
        return sum(part.cpu_seconds for part in self._parts)

    def gradients(
        self, window: Window, state: Floats, *, shares: Shares, seed: tuple[int, ...], first: bool
    ) -> Slices[float]:
        """As `Network.gradients` has it; dropout is drawn from `seed`."""
        tasks = [Task(first, shares, (*seed, number)) for number in range(len(self._parts))]
        away: list[bool] = []
        for part, task in zip(self._parts, tasks, strict=True):
            part.fill(window, state)
            away.append(part.give(task))
        for part, task, given in zip(self._parts, tasks, away, strict=True):
            if not given:
                yield from part.work_here(task)
        for part, task, given in zip(self._parts, tasks, away, strict=True):
            if given and not (yield from part.wait()):
                part.fill(window, state)
                yield from part.work_here(task)
        grads = self._network.parameters.grads
        np.copyto(grads, self._parts[0].shared.grads)
        for part in self._parts[1:]:
            grads += part.shared.grads
        for part in self._parts:
            state[:, :, part.span] = part.shared.state
        return sum(part.loss for part in self._parts)

    def close(self) -> None:
        """Let all other processes end; the object must not be used any more."""
        for part in self._parts:
            part.close()


def serve(pipe: Connection, shape: Shape, buffers: Sequence[Any]) -> None:
    """Work out the gradient of one part whenever asked to, until nobody is there to ask."""
    # the terminal's interrupt is for the process that gives the tasks
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_threads(1)
    shared = Shared(shape, buffers)
    network = Network(shape.network, shape.V, memory=(shared.values, shared.grads))
    work = network.workspace(shape.T, shape.B)
    quiet = np.errstate(over="ignore", invalid="ignore")
    with contextlib.suppress(EOFError, OSError), quiet:
        pipe.send(True)
        while True:
            loss = finish(work_out(network, shared, work, pipe.recv(), shape.whole))
            pipe.send(Result(loss, time.process_time()))
