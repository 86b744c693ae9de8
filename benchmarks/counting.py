"""Who counts best: a plain recurrent network, a GRU, this project's LSTM and PyTorch's, in one unit and by one recipe.

    uv run --with torch==2.13.0 python benchmarks/counting.py [--seeds N] [--steps N] [--out FOLDER]

They learn a^n b^n as `lstm-tui lab counting` has it (see `model/lab/counting.py`): the same batches in the same order,
the same optimiser, learning rate and clipping. PyTorch's LSTM begins with the very weights of this project's. Losses
are nats per sequence, and the least there can be is known, since only n is left to chance. Ends with 1 where the
gradients of the first batch are further apart than rounding explains: 1e-4 in single precision, 1e-9 in double.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from corpora import counted
from corpora.counted import Ids
from model.lab.counting import MEASURE_STEPS, NETWORKS, OPEN, STEPS, Counting, lessons, loss_per_sequence, measure
from model.lab.frames import Counter
from model.lab.pupil import Pupil
from model.objectives import CrossEntropy
from model.optimizers import make_optimizer
from model.parameters import Floats
from model.schedules import rate_at
from model.slices import Slices, finish
from model.threads import use_threads
from model.vector_network import Lesson, VectorNetwork

from learning_curve import write_curves

FARTHEST = 40
"""Greatest n that is asked for."""
DRIFT_STEPS = (100, 1000)
"""Where the losses of the two LSTMs are compared; at the end too."""
BOUNDS = {"float32": 1e-4, "float64": 1e-9}
"""Of the gradients' relative difference."""
OURS, PYTORCHS = OPEN, "PyTorch LSTM"
IN_DOUBLE = {OURS: f"{OURS} in double", PYTORCHS: f"{PYTORCHS} in double"}
"""The same two in double precision, by which rounding is told from a mistake."""
TOP = 4.0
"""Loss at the upper edge of the chart; the first ones are beyond."""


# ---------------------------------------------------------------------------------------------- networks


class InDouble(Pupil):
    """The same pupil in double precision."""

    def __init__(self, like: Pupil) -> None:
        """Begin with the weights of `like`."""
        network = like.network
        super().__init__(network.settings, like.settings, network.D, network.K, planned_steps=like.planned_steps)
        self.network = VectorNetwork(network.settings, network.D, network.K, np.float64)
        self.network.parameters.values[...] = network.parameters.values
        self._optimizer = make_optimizer(self.network.parameters, like.settings)


class PyTorchs(Pupil):
    """A pupil that is PyTorch's all the way: network, gradients and optimiser."""

    def __init__(self, torch: Any, like: Pupil) -> None:
        """Begin with the weights of `like`, an LSTM, in its precision."""
        network = like.network
        super().__init__(network.settings, like.settings, network.D, network.K, planned_steps=like.planned_steps)
        tensors, H = network.parameters.tensors, network.settings.hidden_size
        self.torch, self.dtype = torch, getattr(torch, network.parameters.values.dtype.name)
        self.recurrent = torch.nn.LSTM(network.D, H, network.settings.layers, dtype=self.dtype)
        self.decoder = torch.nn.Linear(H, network.K, dtype=self.dtype)
        self.named = {f"lstm.{name}": value for name, value in self.recurrent.named_parameters()}
        self.named |= {f"decoder.{name}": value for name, value in self.decoder.named_parameters()}
        assert self.named.keys() == tensors.keys()
        with torch.no_grad():
            for name, tensor in tensors.items():
                self.named[name].copy_(torch.from_numpy(tensor))
        self.optimizer = torch.optim.SGD(self.named.values(), lr=like.settings.learning_rate)

    def gradients(self, lesson: Lesson) -> Any:
        """The mean loss of a lesson; leaves the gradients in the parameters."""
        assert isinstance(lesson.objective, CrossEntropy) and isinstance(lesson.places, np.ndarray)
        self.optimizer.zero_grad()
        hidden, _ = self.recurrent(self.torch.from_numpy(lesson.x).to(self.dtype))  # (T, B, H)
        places, classes = self.torch.from_numpy(lesson.places), self.torch.from_numpy(lesson.objective.classes)
        logits = self.decoder(hidden.flatten(0, 1)[places])  # (N, K)
        loss = self.torch.nn.functional.cross_entropy(logits, classes)
        loss.backward()
        return loss

    def learn(self, lesson: Lesson) -> Slices[float]:
        """Make one step, in one slice; its loss, before the step."""
        loss = self.gradients(lesson)
        grads = [value.grad for value in self.named.values()]
        norm, most = float(self.torch.nn.utils.get_total_norm(grads)), self.settings.clip_norm
        # not clip_grad_norm_, which divides by the norm and a millionth
        if most and norm > most:
            for grad in grads:
                grad *= most / norm
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.settings, self.step, epochs=0.0, total_steps=self.planned_steps, drops=0)
        self.optimizer.step()
        self.step += 1
        yield
        return float(loss.item())

    def read(self, x: Floats, state: Floats | None = None) -> Floats:
        """What it says after each step of `x` (T, B, D), (T, B, K); each sequence from its beginning."""
        assert state is None
        with self.torch.no_grad():
            hidden, _ = self.recurrent(self.torch.from_numpy(x).to(self.dtype))
            outputs: Floats = self.decoder(hidden).numpy()
        return outputs


# ---------------------------------------------------------------------------------------------- learning


class Losses(NamedTuple):
    """Of a network, in nats per sequence."""

    learnt: float
    """On all sequences that are learnt from."""
    validation: float


class Course:
    """A network, and how far it got.

    Attributes:
        pupil: Learns.
        seconds: CPU time of learning alone.
        losses: By step; the first before all learning.
    """

    def __init__(self, pupil: Pupil) -> None:
        self.pupil, self.seconds, self.losses = pupil, 0.0, dict[int, Losses]()

    def learn(self, lessons: Sequence[Lesson]) -> None:
        """Make a step for each."""
        begin = time.process_time()
        for lesson in lessons:
            finish(self.pupil.learn(lesson))
        self.seconds += time.process_time() - begin

    def measure(self, learnt: Ids, validation: Ids) -> None:
        """Note the losses on these n."""
        pupil = self.pupil
        self.losses[pupil.step] = Losses(loss_per_sequence(pupil, learnt), loss_per_sequence(pupil, validation))


def run(courses: Sequence[Course], seed: int, steps: int) -> None:
    """Let all learn from the same lessons, in turns of `MEASURE_STEPS`."""
    learnt, validation = counted.parts()
    batches = lessons(seed, learnt)
    for course in courses:
        course.measure(learnt, validation)
    for turn, start in enumerate(range(0, steps, MEASURE_STEPS)):
        some = [next(batches) for _ in range(min(MEASURE_STEPS, steps - start))]
        # who begins alternates, so that no network has the caches always as the same other one left them
        first = turn % len(courses)
        for course in (*courses[first:], *courses[:first]):
            course.learn(some)
            course.measure(learnt, validation)


# ---------------------------------------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class Result:
    """What a network can do in the end."""

    counter: Counter
    above: float
    """How much the loss is above the least, as a share of it."""
    seconds: float
    """CPU time of learning alone."""


def result(name: str, course: Course, floor: float) -> Result:
    """Ask a network for all n up to `FARTHEST`."""
    counter = measure(name, course.pupil, *counted.parts(), FARTHEST)
    return Result(counter, counter.loss / floor - 1.0, course.seconds)


def gradient_difference(ours: Pupil, theirs: PyTorchs, lesson: Lesson) -> float:
    """The largest difference within a tensor over the largest magnitude there, of the worst tensor."""
    network, worst = ours.network, 0.0
    finish(network.gradients(lesson, network.workspace(*lesson.x.shape[:2])))
    theirs.gradients(lesson)
    for name, mine in network.parameters.grad_tensors.items():
        its = theirs.named[name].grad.numpy()
        worst = max(worst, float(np.abs(mine - its).max() / np.abs(its).max()))
    return worst


def drift(ours: Course, theirs: Course) -> dict[int, float]:
    """The relative difference of two networks' losses, at `DRIFT_STEPS` and at the end."""
    end = ours.pupil.step
    steps = (*(step for step in DRIFT_STEPS if step < end and step in ours.losses), end)
    return {step: abs(ours.losses[step].learnt / theirs.losses[step].learnt - 1.0) for step in steps}


# ---------------------------------------------------------------------------------------------- to be seen


def write_files(courses: Mapping[str, Course], floor: float, seed: int, out: Path) -> None:
    """Leave the curves of a seed in a folder, as a table and as a picture."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / f"counting-{seed}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", *(f"{name} {kind}" for name in courses for kind in Losses._fields)])
        for step in next(iter(courses.values())).losses:
            row = [loss for course in courses.values() for loss in course.losses[step]]
            writer.writerow([step, *(f"{loss:.6g}" for loss in row)])
    curves = {
        name: [(step, losses.learnt) for step, losses in course.losses.items()] for name, course in courses.items()
    }
    title = f"a^n b^n, seed {seed}: loss on all learnt sequences, nats per sequence"
    write_curves(curves, out / f"counting-{seed}.svg", floor, TOP, title)


def show(result: Result) -> str:
    """A line of the table."""
    counter = result.counter
    return (
        f"{counter.name:12} {counter.loss:13.4f} {result.above:14.2%} {counter.validation_loss:11.4f} "
        f"{counter.determined:14.1%} {counter.right_up_to:11} {result.seconds:12.2f}"
    )


def medians(results: Sequence[Result]) -> str:
    """All seeds of one network in a few words."""
    above, right_to, seconds = (
        statistics.median(values)
        for values in zip(*((r.above, r.counter.right_up_to, r.seconds) for r in results), strict=True)
    )
    return f"{results[0].counter.name} {above:.2%}, {right_to:g}, {seconds:.2f} s"


def one_seed(torch: Any, seed: int, steps: int, out: Path | None) -> tuple[list[Result], bool]:
    """Let all learn, and print what came of it.

    Returns:
        What is in the table, and whether all gradients agreed at the beginning.
    """
    (learnt, validation), pupils = counted.parts(), Counting(seed, steps).pupils
    assert pupils.keys() == NETWORKS.keys()
    pupils[PYTORCHS] = PyTorchs(torch, pupils[OURS])
    pupils[IN_DOUBLE[OURS]] = InDouble(pupils[OURS])
    pupils[IN_DOUBLE[PYTORCHS]] = PyTorchs(torch, pupils[IN_DOUBLE[OURS]])
    courses = {name: Course(pupil) for name, pupil in pupils.items()}
    floor, validation_floor = counted.floor(learnt, learnt), counted.floor(learnt, validation)
    print(f"seed {seed}; the least is {floor:.4f}, of validation about {validation_floor:.4f}")

    pairs, good = {"float32": (OURS, PYTORCHS), "float64": (IN_DOUBLE[OURS], IN_DOUBLE[PYTORCHS])}, True
    for dtype, (ours, theirs) in pairs.items():
        its = pupils[theirs]
        assert isinstance(its, PyTorchs)
        found = gradient_difference(pupils[ours], its, next(lessons(seed, learnt)))
        good = good and found < BOUNDS[dtype]
        print(f"gradients of the first batch, {dtype}: {found:.1e} apart, {BOUNDS[dtype]:g} is allowed", flush=True)

    run(list(courses.values()), seed, steps)
    shown = {name: course for name, course in courses.items() if name not in IN_DOUBLE.values()}
    results = [result(name, course, floor) for name, course in shown.items()]
    print("\nname         nats/sequence  above the least  validation  determined right  right to n  CPU seconds")
    print("\n".join(map(show, results)) + "\n")
    for dtype, (ours, theirs) in pairs.items():
        found_at = ", ".join(f"{apart:.1e} at {step}" for step, apart in drift(courses[ours], courses[theirs]).items())
        print(f"our loss and PyTorch's, {dtype}: {found_at}")
    print(flush=True)
    if out:
        write_files(shown, floor, seed, out)
    return results, good


def main() -> int:
    """Measure every seed."""
    parser = argparse.ArgumentParser(description="How well networks learn to count, one of them PyTorch's.")
    parser.add_argument("--seeds", type=int, default=1, help="of first weights and order (default: 1)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of learning (default: {STEPS})")
    parser.add_argument("--out", type=Path, help="a folder for the curves, as tables and pictures")
    options = parser.parse_args()
    try:
        torch = import_module("torch")
    except ImportError:
        print("This benchmark compares with PyTorch: run it by uv run --with torch==2.13.0", file=sys.stderr)
        return 1
    use_threads(1)
    torch.set_num_threads(1)
    print(f"numpy {np.__version__}, torch {torch.__version__}; {options.steps:,} steps, one thread\n")
    seeds = [one_seed(torch, seed, options.steps, options.out) for seed in range(options.seeds)]
    networks = zip(*(results for results, _ in seeds), strict=True)
    print("medians, above the least, right to n, CPU: " + "; ".join(map(medians, networks)))
    return 0 if all(good for _, good in seeds) else 1


if __name__ == "__main__":
    sys.exit(main())
