"""`lstm-tui train`: the app's training without its screen."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from model.checkpoint import save_checkpoint
from model.evaluation import parallel_slices, sampled_loss
from model.priority import Priority
from model.run import best_checkpoint_of, checkpoint_of
from model.slices import finish
from model.threads import use_threads
from model.trainer import VALIDATION_CHARACTERS, Trainer, quiet
from tui.commands.asked import asked_share
from tui.commands.course import Course, Goal
from tui.commands.display import Display, finish_with
from tui.commands.errors import DONE, FAILED, INTERRUPTED, UsageError, say
from tui.commands.options import SECONDS, STEPS
from tui.commands.plan import Plan, best_path, plan_of
from tui.commands.report import Report
from tui.commands.texts import read_text

DEFAULT_STEPS = 2_000


def run(options: argparse.Namespace) -> int:
    """Train, save, measure, and tell; the exit code."""
    goal, share = goal_of(options), asked_share(options)
    use_threads(1)
    if share < 1.0:
        Priority().step_back(True)
    plan = plan_of(options)
    with Display() as display:
        corpus = read_text(plan.sources, plan.encoding, plan.treatments, display)
        trainer = plan.trainer(corpus)
        if trainer.shortage:
            say(trainer.shortage)
        report = Report(display, trainer, plan.out, json_lines=options.json)
        with interruption() as interrupted:
            try:
                course = _train(trainer, goal or usual_goal(trainer), share, report, interrupted)
            except OSError:
                # whoever was told of it has gone, a pipe or a terminal; the work is worth keeping all the same
                save(trainer, plan)
                raise
        save(trainer, plan)
        if interrupted:
            report.end("interrupted", course, save_best(trainer, plan))
            say(f"interrupted at step {trainer.step:,}; saved in {plan.out}")
            return INTERRUPTED
        loss, comparable = measure(trainer, display)
        report.end("diverged" if trainer.diverged else "done", course, save_best(trainer, plan, comparable), loss)
    if trainer.diverged:
        say(
            f"training diverged after step {trainer.step:,} and could not be mended; {plan.out} has the last good "
            "weights, and a smaller --learning-rate may do"
        )
        return FAILED
    return DONE


def goal_of(options: argparse.Namespace) -> Goal | None:
    """When to stop: what a flag says goes before what the environment says; None where neither says anything.

    Raises:
        UsageError: If there are two answers.
        SettingsError: If a number is out of bounds.
    """
    if options.steps is not None and options.seconds is not None:
        raise UsageError("--steps and --seconds were both given; choose one")
    steps = STEPS.given(options) if options.seconds is None else None
    seconds = SECONDS.given(options) if options.steps is None else None
    if steps is not None and seconds is not None:
        raise UsageError(f"{STEPS.variable} and {SECONDS.variable} are both set; choose one")
    if seconds is not None:
        return Goal(seconds=float(seconds))
    return None if steps is None else Goal(steps=int(steps))


def usual_goal(trainer: Trainer) -> Goal:
    """When to stop where nobody says: where a cosine ends whose end is known and to come, else after some steps."""
    settings = trainer.settings
    end = (settings.schedule_steps or trainer.planned_steps or 0) if settings.schedule == "cosine" else 0
    return Goal(steps=end - trainer.step if end > trainer.step else DEFAULT_STEPS)


def save(trainer: Trainer, plan: Plan) -> None:
    """Save the network as it is.

    Raises:
        OSError: If the file cannot be written.
    """
    save_checkpoint(checkpoint_of(trainer, plan.sampling, plan.generators), plan.out)


@quiet
def measure(trainer: Trainer, display: Display) -> tuple[float, float]:
    """The loss on the whole validation part, and on that part of it which validations in between read."""
    whole = trainer.corpus.validation
    slices = parallel_slices(trainer.player, len(whole))
    loss = finish_with(trainer.full_validation(), display, "measuring on the whole validation part", slices)
    if len(whole) <= VALIDATION_CHARACTERS:
        return loss, loss
    return loss, finish(sampled_loss(trainer.player, whole, VALIDATION_CHARACTERS))


def save_best(trainer: Trainer, plan: Plan, present: float | None = None) -> Path | None:
    """Save the best network beside the last one, if that is another.

    Args:
        trainer: Has kept it.
        plan: Says where.
        present: Loss of the last network as validations measure it; None was not measured.

    Returns:
        Where it is, None if there is none.

    Raises:
        OSError: If the file cannot be written.
    """
    path, best = best_path(plan.out), best_checkpoint_of(trainer, plan.sampling)
    least = trainer.best_validation_loss
    if best is None or (present is not None and least is not None and present <= least):
        # one that is left from an earlier training would be taken for this one's
        path.unlink(missing_ok=True)
        return None
    save_checkpoint(best, path)
    return path


class Interruption:
    """True once somebody wants the work to end."""

    def __init__(self) -> None:
        self._wanted = False

    def __bool__(self) -> bool:
        return self._wanted

    def ask(self, signal_number: int, frame: FrameType | None) -> None:
        """Take note; the next Ctrl-C is an ordinary one again."""
        del signal_number, frame
        self._wanted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def interruption() -> Iterator[Interruption]:
    """Turn Ctrl-C, and a terminal that goes away, into a wish, so that no step is cut in two."""
    wish = Interruption()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, wish.ask) for number in numbers}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _train(trainer: Trainer, goal: Goal, share: float, report: Report, interrupted: Interruption) -> Course:
    report.begin()
    course = Course(trainer, goal, share=share)
    while not (course.over or interrupted):
        if (steps := course.plan()) is not None:
            report.plan(course, steps)
        report.progress(course, course.advance())
    course.stop()
    trainer.close()
    return course
