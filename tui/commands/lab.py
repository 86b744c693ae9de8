"""`lstm-tui lab`: experiments on what recurrent networks can do beside text."""

from __future__ import annotations

import argparse
import json
import sys
import time

from model.config import CELLS, require_whole
from model.lab.catalogue import CATALOGUE, begin, pictures_of
from model.lab.experiment import Experiment
from model.lab.frames import CountingFrame, DigitsFrame, Frame, SineFrame
from model.slices import finish
from model.threads import use_threads
from tui import lab_words, units
from tui.commands.display import Display
from tui.commands.errors import DONE, UsageError


def run(options: argparse.Namespace) -> int:
    """Open the lab, or learn without a screen; the exit code."""
    if options.file is not None and options.name != "digits":
        raise UsageError(f"{options.file}: only `lstm-tui lab digits` reads a file, of pictures")
    if options.cell is not None and options.name == "counting":
        raise UsageError("`lstm-tui lab counting` has all cells side by side; --cell is for the others")
    require_whole("seed", options.seed, 0, 2**32 - 1)
    if options.steps is not None:
        require_whole("steps", options.steps, 1, 10**9)
    screen = sys.stdout.isatty() and sys.stdin.isatty() and not (options.json or options.no_screen)
    if screen:
        from tui.lab_app import open_lab

        return open_lab(options.name, options.seed, options.file, options.steps, options.cell or CELLS[0])
    if options.name is None and (options.no_screen or options.steps is not None):
        names = ", ".join(entry.name for entry in CATALOGUE)
        raise UsageError(f"no experiment is named; there are {names}")
    if options.name is None:
        for entry in CATALOGUE:
            told = json.dumps({"name": entry.name, "summary": entry.summary, "about": entry.about})
            print(told if options.json else f"{entry.name:<10}{entry.summary}")
        return DONE
    return learn(options)


def learn(options: argparse.Namespace) -> int:
    """Let an experiment learn to its end and print what was found; the exit code."""
    use_threads(1)
    with Display() as display:
        display.begin()
        cell = options.cell or CELLS[0]
        experiment = begin(options.name, options.seed, lambda: pictures_of(options.file), options.steps, cell)
        seconds = _learn_all(experiment, display)
        frame = experiment.frame()
    if options.json:
        print(json.dumps({**told(options.name, options.seed, frame), "seconds": seconds}))
    else:
        found = lab_words.findings(frame)
        steps = "1 step" if frame.step == 1 else f"{frame.step:,} steps"
        print(f"{options.name}: {steps}, {units.characters(frame.parameters)} weights, {seconds:.1f} s")
        print("\n".join([*lab_words.lines(found), found.note]))
    return DONE


def _learn_all(experiment: Experiment, display: Display) -> float:
    """Learn to the end; the seconds that took."""
    start = time.monotonic()
    while not experiment.finished:
        finish(experiment.learn())
        share = experiment.step / experiment.planned_steps
        display.show(f"step {experiment.step:,} of {experiment.planned_steps:,}", str, share)
    return time.monotonic() - start


def told(name: str, seed: int, frame: Frame) -> dict[str, object]:
    """Return a result as JSON has it."""
    facts: dict[str, object] = {
        "experiment": name,
        "cell": frame.curves[0].name.lower() if len(frame.curves) == 1 else None,
        "seed": seed,
        "steps": frame.step,
        "parameters": frame.parameters,
    }
    match frame:
        case SineFrame():
            facts |= {
                "next_rmse": frame.next_error,
                "free_rmse": frame.free_error,
                "repeat_next_rmse": frame.repeat_error,
                "repeat_free_rmse": frame.repeat_free_error,
                "windows": frame.windows,
            }
        case CountingFrame():
            facts |= {
                "floor": frame.floor,
                "validation_floor": frame.validation_floor,
                "networks": [
                    {
                        "cell": counter.name.lower(),
                        "nats_per_sequence": counter.loss,
                        "validation_nats_per_sequence": counter.validation_loss,
                        "determined_right": counter.determined,
                        "right_n": [n for n, right in enumerate(counter.right, 1) if right],
                    }
                    for counter in frame.counters
                ],
            }
        case DigitsFrame():
            facts |= {
                "data": frame.data,
                "pictures": frame.pictures,
                "validation_accuracy": frame.accuracy,
                "test_accuracy": frame.test_accuracy,
                "tested": frame.tested,
            }
    return facts
