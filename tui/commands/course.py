"""The training of one call of `train`: how long, how far, how fast."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from msgspec import Struct

from model.progress import Progress
from model.throttle import Throttle
from model.trainer import VALIDATION_SHARE, Trainer

INCREMENT_SECONDS = 0.1
UNCOUNTED_STEPS = 5
"""The first steps warm caches and clocks, and do not count for speed."""

PLANNING_STEPS = 25
"""After which a run of some seconds is planned in steps, if also `PLANNING_SHARE` of the time has passed."""

PLANNING_SHARE = 0.02


class Goal(Struct, frozen=True):
    """When training is over: after some steps or after some time, both of this call."""

    steps: int | None = None
    seconds: float | None = None


class Course:
    """Trains by increments until the goal is reached.

    Attributes:
        trainer: Does the work.
        first_step: Where it stood.
    """

    def __init__(
        self,
        trainer: Trainer,
        goal: Goal,
        *,
        share: float = 1.0,
        clock: Callable[[], float] = time.perf_counter,
        cpu_clock: Callable[[], float] = time.process_time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin; time runs from now on. `share` is how much of a core may be taken, 1 all there is."""
        self.trainer, self.goal = trainer, goal
        self._clock, self._cpu_clock, self._sleep = clock, cpu_clock, sleep
        self._throttle = Throttle(clock, share)
        self.first_step = trainer.step
        self._begin = clock()
        self._end: float | None = None
        self._counted_from: tuple[int, float] | None = None
        """Step and training seconds after the first steps."""
        self._cpu_steps, self._cpu_seconds = 0, 0.0

    @property
    def steps(self) -> int:
        """Done in this call."""
        return self.trainer.step - self.first_step

    @property
    def seconds(self) -> float:
        """Wall time since the beginning, until `stop`."""
        return (self._clock() if self._end is None else self._end) - self._begin

    def stop(self) -> None:
        """Let no more time run."""
        self._end = self._clock()

    @property
    def share(self) -> float:
        """How much of the goal is reached, in [0, 1]."""
        if self.goal.steps is not None:
            return min(1.0, self.steps / self.goal.steps)
        assert self.goal.seconds is not None
        return min(1.0, self.seconds / self.goal.seconds)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to do."""
        return self.trainer.diverged or self.trainer.finished or self.share >= 1.0

    def plan(self) -> int | None:
        """Fix how many steps a schedule that needs to know falls over, once; the number, where it was just fixed.

        What changes weights goes by steps, never by the clock: of a run that lasts some seconds the speed is measured
        while the schedule has hardly begun, and from then on only the planned number counts.
        """
        trainer, settings = self.trainer, self.trainer.settings
        if trainer.planned_steps is not None or settings.schedule != "cosine" or settings.schedule_steps:
            return None
        if self.goal.steps is not None:
            trainer.planned_steps = self.first_step + self.goal.steps
            return trainer.planned_steps
        assert self.goal.seconds is not None
        if self.steps < PLANNING_STEPS or self.seconds < PLANNING_SHARE * self.goal.seconds:
            return None
        step_seconds = trainer.stopwatch.step_seconds
        if step_seconds is None:
            return None
        left = self._throttle.share * (1.0 - VALIDATION_SHARE) * (self.goal.seconds - self.seconds) / step_seconds
        trainer.planned_steps = trainer.step + max(1, int(left))
        return trainer.planned_steps

    @property
    def seconds_left(self) -> float | None:
        """About how long it still takes; None while that cannot be told."""
        if self.goal.seconds is not None:
            return max(0.0, self.goal.seconds - self.seconds)
        share = self.share
        return self.seconds * (1.0 - share) / share if share > 0.0 else None

    @property
    def chars_per_second(self) -> float | None:
        """Of training steps alone, by the clock on the wall; None before any counts."""
        if self._counted_from is None:
            return None
        step, seconds = self._counted_from
        return self._speed(self.trainer.step - step, self.trainer.stopwatch.training_seconds - seconds)

    @property
    def chars_per_cpu_second(self) -> float | None:
        """Of training steps alone, by the time that this process and its helpers were busy."""
        return self._speed(self._cpu_steps, self._cpu_seconds)

    def advance(self) -> Progress:
        """Train for a moment, and rest for as long as the share of a core asks for."""
        made: list[Progress] = []
        self._throttle.do(lambda: made.append(self._advance()))
        self._throttle.note_helpers(self.trainer.parallel.cpu_seconds)
        if rest := self._throttle.rest:
            left = math.inf if self.goal.seconds is None else max(0.0, self.goal.seconds - self.seconds)
            self._sleep(min(rest, left))
        return made[0] if made else self.trainer.progress()

    def _advance(self) -> Progress:
        trainer = self.trainer
        # a validation is done right after its step, so that step is done apart and does not count for speed
        until_validation = trainer.validate_every - trainer.step % trainer.validate_every
        validates = until_validation == 1
        steps = 1 if validates else until_validation - 1
        counts = self.steps >= UNCOUNTED_STEPS
        if not counts:
            steps = min(steps, UNCOUNTED_STEPS - self.steps)
        elif self._counted_from is None:
            self._counted_from = trainer.step, trainer.stopwatch.training_seconds
        seconds = INCREMENT_SECONDS
        if self.goal.steps is not None:
            steps = min(steps, self.goal.steps - self.steps)
        if self.goal.seconds is not None:
            seconds = min(seconds, max(0.0, self.goal.seconds - self.seconds))
        step, cpu = trainer.step, self._cpu_now()
        progress = trainer.increment(seconds, steps=steps)
        if counts and not validates:
            self._cpu_steps += trainer.step - step
            self._cpu_seconds += self._cpu_now() - cpu
        return progress

    def _cpu_now(self) -> float:
        return self._cpu_clock() + self.trainer.parallel.cpu_seconds

    def _speed(self, steps: int, seconds: float) -> float | None:
        batches = self.trainer.batches
        return steps * batches.B * batches.T / seconds if steps and seconds > 0.0 else None
