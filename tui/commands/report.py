"""What `train` tells: a bar or lines for people, JSON for scripts."""

from __future__ import annotations

import json
import math
from pathlib import Path

from model.config import NetworkSettings
from model.progress import Progress
from model.trainer import Trainer
from tui import units
from tui.commands.course import Course
from tui.commands.display import Display
from tui.sanitize import sanitize_line

JSON_SECONDS = 0.5
"""At least, between two validations that are told."""


class Report:
    """Tells of a training while it goes on, and of its result."""

    def __init__(self, display: Display, trainer: Trainer, out: Path, *, json_lines: bool) -> None:
        self._display, self._trainer, self._out, self._json = display, trainer, out, json_lines
        self._told_at = -math.inf

    def begin(self) -> None:
        """Tell what is going to be trained on what."""
        trainer = self._trainer
        network, info = trainer.network, trainer.corpus.info
        parameters = len(network.parameters)
        self._display.begin()
        self._display.say(
            f"{info.name}: {info.characters:,} characters, {info.symbols} symbols; "
            f"{_layers(network.settings)} of {network.settings.hidden_size} cells, {parameters:,} weights"
        )
        end = trainer.settings.schedule_steps or trainer.planned_steps
        if end is not None and 0 < end <= trainer.step and trainer.learning_rate == 0.0:
            self._display.say(f"its cosine ended at step {end:,}: the learning rate is 0, and nothing more is learnt")
        self._line(
            event="begin",
            corpus=info.name,
            characters=info.characters,
            symbols=info.symbols,
            cell=network.settings.cell,
            parameters=parameters,
            batch_size=trainer.batches.B,
            step=trainer.step,
        )

    def plan(self, course: Course, steps: int) -> None:
        """Tell over how many steps the schedule falls, where that was not asked for in steps."""
        if course.goal.steps is None:
            self._display.say(f"at this speed it will be about step {steps:,}; the learning rate falls until there")
        self._line(event="plan", step=self._trainer.step, planned_steps=steps)

    def progress(self, course: Course, progress: Progress) -> None:
        """Tell how far it is, if it is time to."""
        self._display.show(f"step {progress.step:,}", lambda: _note(course, progress), course.share)
        for incident in progress.incidents:
            self._display.say(incident)
            self._line(event="incident", step=progress.step, text=incident)
        if progress.validations and course.seconds >= self._told_at + JSON_SECONDS:
            self._told_at = course.seconds
            self._line(
                event="validation",
                step=progress.validations[-1].step,
                train_loss=progress.train_loss,
                val_loss=progress.validation_loss,
                epochs=progress.epochs,
                chars_per_second=progress.chars_per_second,
                seconds=course.seconds,
            )

    def end(self, event: str, course: Course, best: Path | None, loss: float | None = None) -> None:
        """Tell the result.

        Args:
            event: `done`, `interrupted` or `diverged`.
            course: Is over.
            best: Where the best network is, if it is not the last one.
            loss: On the whole validation part; None was not measured.
        """
        trainer = self._trainer
        measured = [one for one in (loss, trainer.best_validation_loss) if one is not None and math.isfinite(one)]
        self._display.clear()
        self._line(
            event=event,
            step=trainer.step,
            steps=course.steps,
            epochs=trainer.batches.epochs,
            train_loss=trainer.train_loss,
            val_loss=loss,
            best_val_loss=min(measured, default=None),
            chars_per_second=course.chars_per_second,
            chars_per_cpu_second=course.chars_per_cpu_second,
            seconds=course.seconds,
            stopped_early=trainer.finished,
            restarts=trainer.restarts,
            out=str(self._out),
            best=None if best is None else str(best),
        )
        if not self._json:
            print(sanitize_line(self._sentence(course, best, loss)))

    def _sentence(self, course: Course, best: Path | None, loss: float | None) -> str:
        trainer = self._trainer
        measured = "" if loss is None else f", {loss:.4f} on validation ({units.loss_bits(loss)} bits a character)"
        better = "it was better on its way, see" if loss is not None else "the best of its validations is in"
        kept = "" if best is None else f"; {better} {best}"
        early = f"; stopped after {trainer.waited} validations without a better one" if trainer.finished else ""
        train_loss = units.loss(trainer.train_loss)
        return (
            f"{self._out}: step {trainer.step:,} in {_time(course.seconds)}, loss {train_loss} nats "
            f"a character in training{measured}, {units.rate(course.chars_per_second)}{early}{kept}"
        )

    def _line(self, **fields: float | str | None) -> None:
        if self._json:
            # JSON knows no infinity and no not-a-number
            finite = {
                name: None if isinstance(value, float) and not math.isfinite(value) else value
                for name, value in fields.items()
            }
            print(json.dumps(finite, allow_nan=False), flush=True)


def _note(course: Course, progress: Progress) -> str:
    return (
        f"loss {units.loss(progress.train_loss)} · "
        f"validation {units.loss(progress.validation_loss)} · {units.rate(progress.chars_per_second)} · "
        f"{units.duration(course.seconds_left)} left"
    )


def _layers(network: NetworkSettings) -> str:
    return f"{network.layers} {network.cell.upper()} layer{'s' if network.layers > 1 else ''}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60.0 else units.duration(seconds)
