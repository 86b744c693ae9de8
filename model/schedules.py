"""The learning rate as a function of how far training is, and nothing else: so a resumed run goes on exactly."""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from model.config import TrainingSettings


def rate_at(settings: TrainingSettings, step: int, epochs: float, total_steps: int | None, drops: int) -> float:
    """The learning rate of the next step.

    Args:
        settings: The schedule, and the learning rate that it begins with.
        step: Steps made so far.
        epochs: Passes over the training part so far.
        total_steps: Length of the run, which a cosine falls over unless its own length is set; None is unknown, and
            the cosine then stays at its beginning.
        drops: How often `plateau` has found that nothing gets better.

    Returns:
        What the optimiser multiplies its step with.
    """
    rate = settings.learning_rate * warm_up(settings, step)
    if settings.schedule == "step":
        return rate * settings.decay_factor ** decays(settings, epochs)
    if settings.schedule == "cosine":
        return rate * cosine(settings, step, settings.schedule_steps or total_steps)
    if settings.schedule == "plateau":
        return rate * settings.decay_factor**drops
    return rate


def warm_up(settings: TrainingSettings, step: int) -> float:
    """A straight line up to 1, which the last of the warm-up's steps reaches."""
    return min(1.0, (step + 1) / settings.warmup_steps) if settings.warmup_steps else 1.0


def decays(settings: TrainingSettings, epochs: float) -> int:
    """How often the `step` schedule has decayed: as `decay_after` passes, and every `decay_every` from there."""
    if epochs < settings.decay_after:
        return 0
    return 1 + math.floor((epochs - settings.decay_after) / settings.decay_every)


def cosine(settings: TrainingSettings, step: int, length: int | None) -> float:
    """Half a cosine from 1 after the warm-up to `final_rate` after `length` steps (Loshchilov and Hutter 2017)."""
    if length is None or step < settings.warmup_steps:
        return 1.0
    falling = max(1, length - settings.warmup_steps)
    share = min(1.0, (step - settings.warmup_steps) / falling)
    return settings.final_rate + (1.0 - settings.final_rate) * 0.5 * (1.0 + math.cos(math.pi * share))


class PlateauWatch(Struct, frozen=True):
    """What the `plateau` schedule remembers of the validations: three numbers, to be saved with the run."""

    best: float = math.inf
    """The lowest loss so far, nats per character."""
    waited: int = 0
    """Validations since the best, or since the last drop."""
    drops: int = 0
    """How often the learning rate fell."""

    def see(self, loss: float, patience: int) -> PlateauWatch:
        """Return what is remembered after one more validation; after `patience` without a better one a drop is due."""
        if loss < self.best:
            return replace(self, best=loss, waited=0)
        if self.waited + 1 >= patience:
            return replace(self, waited=0, drops=self.drops + 1)
        return replace(self, waited=self.waited + 1)
