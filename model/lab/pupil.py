"""A network of vectors that learns, a lesson at a time."""

from __future__ import annotations

import numpy as np

from model.cell import CellWorkspace
from model.clipping import clip_by_norm
from model.config import NetworkSettings, TrainingSettings
from model.optimizers import make_optimizer
from model.parameters import Floats
from model.schedules import rate_at
from model.slices import Slices, finish
from model.vector_network import Lesson, VectorNetwork


class Pupil:
    """All that a step changes.

    Attributes:
        network: Learns.
        step: Steps made so far.
    """

    def __init__(
        self, network: NetworkSettings, training: TrainingSettings, D: int, K: int, *, planned_steps: int | None = None
    ) -> None:
        """Draw a network of D inputs and K outputs, as `training.seed` has it.

        Args:
            network: Its shape.
            training: How it learns: optimiser, learning rate, schedule, and the norm that gradients are clipped to.
            D: Numbers of an input.
            K: Numbers of an output.
            planned_steps: Length of the run, which a cosine schedule falls over.
        """
        self.network = VectorNetwork(network, D, K)
        self.network.initialise(np.random.default_rng(training.seed))
        self.settings, self.planned_steps, self.step = training, planned_steps, 0
        self._optimizer = make_optimizer(self.network.parameters, training)
        # apart: what is read between two slices of a step must leave alone what the step goes on with
        self._learning: dict[tuple[int, int], list[CellWorkspace]] = {}
        self._reading: dict[tuple[int, int], list[CellWorkspace]] = {}

    def learn(self, lesson: Lesson) -> Slices[float]:
        """Make one step; its loss, before the step."""
        loss = yield from self.network.gradients(lesson, self._workspace(self._learning, lesson.x))
        clip_by_norm(self.network.parameters.grads, self.settings.clip_norm)
        rate = rate_at(self.settings, self.step, epochs=0.0, total_steps=self.planned_steps, drops=0)
        yield from self._optimizer.update(rate)
        self.step += 1
        return loss

    def read(self, x: Floats, state: Floats | None = None) -> Floats:
        """What it says after each step of `x` (T, B, D), (T, B, K); `state` is advanced where it is given.

        It may be asked between two slices of a step, which notices nothing of it.
        """
        if state is None:
            state = self.network.initial_state(x.shape[1])
        return finish(self.network.read(x, state, self._workspace(self._reading, x)))

    def _workspace(self, made: dict[tuple[int, int], list[CellWorkspace]], x: Floats) -> list[CellWorkspace]:
        T, B, _ = x.shape
        if (T, B) not in made:
            made[T, B] = self.network.workspace(T, B)
        return made[T, B]
