"""How low the losses of presets go, on a text of one's own.

    uv run python benchmarks/quality.py vpj TEXT
    uv run python benchmarks/quality.py fast TEXT
    uv run python benchmarks/quality.py best TEXT [--seed S] [--minutes M] [--out FOLDER]
    uv run python benchmarks/quality.py rivals TEXT [--minutes M]

`vpj` trains the presets vpj and vpj-mended on the first 100,000 characters for 5,000 windows of 25 and prints the
notebook's smooth loss, s = 0.999 s + 0.001 (loss of a window, summed), from 25 ln V: one row a seed. `fast` trains
nanogpt-cpu-beater on the first 90 % and prints the loss on the whole of the last 10 % against the time since the start,
evaluations included. Both use one thread. `best` trains the preset best on the first 90 % with two processes, reads
the whole of the last 10 % again and again, and keeps the weights that did best there; it leaves the curve, as a table
and as a picture, and those weights in FOLDER. `rivals` trains best and char-rnn for the same time, best with a cosine
that ends with it, and prints the lowest loss of each on the whole of the last 10 %. All end with 1 where the goal is
missed.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from corpora.corpus import Corpus, CorpusError
from corpora.library import load_now
from corpora.vocabulary import Vocabulary
from model.checkpoint import save_checkpoint
from model.evaluation import one_stream_loss
from model.network import Network
from model.presets import PRESETS, Preset
from model.run import best_checkpoint_of, checkpoint_of
from model.slices import finish
from model.trainer import Trainer

from learning_curve import Point, write_picture, write_table

VPJ_CHARACTERS, VPJ_STEPS = 100_000, 5000
STUCK = 55.0
"""A smooth loss above this has not learnt what follows what: pairs of characters alone give 60."""

NANOGPT = 1.8857
"""Validation loss of nanoGPT's recipe for processors on tiny-shakespeare, nats per character."""
FAST_SECONDS = 22.0
CURVE_STEPS = 100

HOUR = ((20.0, 1.4697), (60.0, 1.43))
"""Minutes, and the validation loss to be reached by then; the first is what nanoGPT's README states."""
LOOKS_PER_EPOCH = 1
"""At the whole validation part; and another one just before the time of each goal is up."""
LOOK_SECONDS = 8.0
"""That a look may take."""
SPEED_STEPS = 20
"""By which is found out how long a cosine fits into the time."""
RIVALS_LOOKS = 4
"""At the whole validation part; the time that they take counts."""


class TrainingAlone(Trainer):
    """A trainer that never validates."""

    @property
    def validate_every(self) -> int:
        """Never."""
        return sys.maxsize


def trainer_of(preset: Preset, corpus: Corpus, seed: int) -> Trainer:
    """A preset at its beginning; nobody starts it over where it is stuck."""
    network = Network(preset.network, len(corpus.vocabulary))
    network.initialise(np.random.default_rng(seed))
    return TrainingAlone(network, corpus, replace(preset.training, seed=seed, guard=False))


# -------------------------------------------------------------------------------------------------- vpj


def beginning_of(corpus: Corpus) -> Corpus:
    """A corpus whose training part is the first `VPJ_CHARACTERS`, and whose vocabulary is theirs.

    Nothing is held back there, so what is to be validated on is made up from the beginning.
    """
    text = corpus.vocabulary.decode(corpus.ids[:VPJ_CHARACTERS])
    vocabulary = Vocabulary.of(text)
    ids, _ = vocabulary.encode(text + text[: -(-len(text) // 9)])
    return Corpus(corpus.info, vocabulary, ids)


def smooth_loss(trainer: Trainer, V: int) -> float:
    """The notebook's, after all steps."""
    smooth = trainer.settings.seq_length * math.log(V)
    while trainer.step < VPJ_STEPS:
        for loss in trainer.increment(math.inf, 500).losses:
            smooth = 0.999 * smooth + 0.001 * trainer.settings.seq_length * loss.loss
    return smooth


def vpj(corpus: Corpus, seeds: int) -> bool:
    """Print the smooth losses of both presets; whether they are what they should be."""
    part = beginning_of(corpus)
    names = ("vpj", "vpj-mended")
    found: dict[str, list[float]] = {name: [] for name in names}
    print(f"first {len(part.train):,} characters, V = {len(part.vocabulary)}, {VPJ_STEPS:,} windows of 25\n")
    print("seed" + "".join(f"{name:>14}" for name in names))
    for seed in range(seeds):
        for name in names:
            found[name].append(smooth_loss(trainer_of(PRESETS[name], part, seed), len(part.vocabulary)))
        print(f"{seed:4}" + "".join(f"{found[name][-1]:14.2f}" for name in names), flush=True)
    moving = [loss for loss in found["vpj"] if loss < STUCK]
    mended = found["vpj-mended"]
    print(f"\nvpj         {min(moving):.2f} to {max(moving):.2f}, {seeds - len(moving)} of {seeds} stuck")
    print(f"vpj-mended  median {statistics.median(mended):.2f}, {min(mended):.2f} to {max(mended):.2f}")
    return min(moving) >= 46.0 and max(moving) <= 48.5 and statistics.median(mended) <= 45.0 and max(mended) <= 46.0


# ------------------------------------------------------------------------------------------------- fast


def curve(trainer: Trainer) -> Iterator[tuple[float, float, int, float]]:
    """Train to the end of the cosine.

    Yields:
        Seconds since the start, of them used by this process, steps, and the loss on the whole validation part.
    """
    begin, used = time.perf_counter(), time.process_time()
    while trainer.step < trainer.settings.schedule_steps:
        trainer.increment(math.inf, CURVE_STEPS)
        loss = finish(trainer.full_validation())
        yield time.perf_counter() - begin, time.process_time() - used, trainer.step, loss


def fast(corpus: Corpus, seeds: int) -> bool:
    """Print a curve for each seed; whether each was below nanoGPT's loss in time."""
    reached: list[float] = []
    for seed in range(seeds):
        trainer = trainer_of(PRESETS["nanogpt-cpu-beater"], corpus, seed)
        print(f"seed {seed}\n seconds     CPU  steps  validation", flush=True)
        first = math.inf
        for seconds, used, step, loss in curve(trainer):
            mark = ""
            if loss <= NANOGPT and math.isinf(first):
                first, mark = seconds, f"  below {NANOGPT}"
            print(f"{seconds:8.1f} {used:7.1f} {step:6} {loss:11.4f}{mark}", flush=True)
        exact = finish(one_stream_loss(trainer.network, corpus.validation))
        print(f"             read as one stream {exact:.4f}\n", flush=True)
        reached.append(first)
    print(f"{NANOGPT} after " + ", ".join(f"{seconds:.1f}" for seconds in reached) + " s")
    return max(reached) <= FAST_SECONDS


# ------------------------------------------------------------------------------------------------- best


def best(corpus: Corpus, seed: int, minutes: float, out: Path) -> bool:
    """Train until the cosine ends or the time is up; whether the goals of the time that has passed are reached."""
    network = Network(PRESETS["best"].network, len(corpus.vocabulary))
    network.initialise(np.random.default_rng(seed))
    training = replace(PRESETS["best"].training, seed=seed, guard=False)
    begin = time.perf_counter()
    trainer = TrainingAlone(network, corpus, training, threads=2)
    every = max(1, trainer.batches.windows_per_epoch // LOOKS_PER_EPOCH)
    points: list[Point] = []
    print(f"seed {seed}, {len(network.parameters):,} parameters\n seconds   steps  epochs    rate   train  validation")
    due = [60.0 * goal - LOOK_SECONDS for goal, _ in HOUR]
    while trainer.step < training.schedule_steps and (not points or points[-1].seconds < 60.0 * minutes):
        left = min(due, default=math.inf) - (time.perf_counter() - begin)
        trainer.increment(left, min(every - trainer.step % every, training.schedule_steps - trainer.step))
        trainer.settle()
        loss = finish(trainer.full_validation())
        due = [at for at in due if at > time.perf_counter() - begin]
        if trainer.best_validation_loss is None or loss < trainer.best_validation_loss:
            trainer.best_validation_loss, trainer.best_step = loss, trainer.step
            trainer.best = trainer.player.parameters.values.copy()
        seconds, train = time.perf_counter() - begin, trainer.train_loss or math.nan
        points.append(Point(seconds, trainer.step, trainer.batches.epochs, trainer.learning_rate, train, loss))
        at, rate = points[-1].epochs, points[-1].rate
        print(f"{seconds:8.1f} {trainer.step:7} {at:7.2f} {rate:7.4f} {train:7.4f} {loss:11.4f}", flush=True)
    trainer.close()
    out.mkdir(parents=True, exist_ok=True)
    write_table(points, out / f"best-{seed}.csv")
    title = f"{corpus.info.name}, seed {seed}: validation loss, nats per character"
    write_picture(points, out / f"best-{seed}.svg", [loss for _, loss in HOUR], title)
    whole = checkpoint_of(trainer, PRESETS["best"].sampling)
    kept = best_checkpoint_of(trainer, PRESETS["best"].sampling) or replace(whole, state={})
    save_checkpoint(kept, out / f"best-{seed}.safetensors")
    exact = finish(one_stream_loss(kept.build_network(), corpus.validation))
    print(f"best of them, of step {trainer.best_step}, read as one stream: {exact:.4f}")
    good = True
    for goal, loss in HOUR:
        reached = next((point.seconds / 60.0 for point in points if point.validation <= loss), math.inf)
        print(f"{loss} after {reached:.1f} min, goal {goal:g}")
        good = good and (reached <= goal or points[-1].seconds < 60.0 * goal)
    return good


# ------------------------------------------------------------------------------------------------ rivals


def rivals(corpus: Corpus, minutes: float) -> bool:
    """Train both presets for as long; whether best ends lower."""
    found: dict[str, float] = {}
    print("preset       steps  epochs   train  validation", flush=True)
    for name in ("best", "char-rnn"):
        preset = PRESETS[name]
        network = Network(preset.network, len(corpus.vocabulary))
        network.initialise(np.random.default_rng(0))
        training = replace(preset.training, seed=0, guard=False)
        trainer = TrainingAlone(network, corpus, training, threads=2)
        begin = time.perf_counter()
        if training.schedule == "cosine":
            trainer.increment(math.inf, SPEED_STEPS)
            pace = (time.perf_counter() - begin) / SPEED_STEPS
            trainer.settings = replace(training, schedule_steps=int(60.0 * minutes / pace))
        losses: list[float] = []
        for look in range(RIVALS_LOOKS):
            trainer.increment(begin + 60.0 * minutes * (look + 1) / RIVALS_LOOKS - time.perf_counter())
            losses.append(finish(trainer.full_validation()))
        trainer.close()
        found[name] = min(losses)
        train = trainer.train_loss or math.nan
        print(f"{name:9} {trainer.step:8} {trainer.batches.epochs:7.2f} {train:7.4f} {found[name]:11.4f}", flush=True)
    print(f"best is {found['char-rnn'] - found['best']:.4f} nats per character below char-rnn")
    return found["best"] < found["char-rnn"]


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="How low the losses of presets go.")
    parser.add_argument("what", choices=("vpj", "fast", "best", "rivals"))
    parser.add_argument("text", nargs="?", default="shakespeare", help="a file, or a name of `lstm-tui corpora`")
    parser.add_argument("--seeds", type=int, help="runs of each preset (default: 10 for vpj, 3 for fast)")
    parser.add_argument("--seed", type=int, default=0, help="of best (default: 0)")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="after which best ends, and each rival (default: 60)"
    )
    parser.add_argument("--out", type=Path, default=Path("quality"), help="where best leaves its files")
    options = parser.parse_args()
    try:
        corpus = load_now([options.text])
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{corpus.info.name}: {corpus.info.characters:,} characters; numpy {np.__version__}")
    with threadpool_limits(1):
        if options.what == "best":
            good = best(corpus, options.seed, options.minutes, options.out)
        elif options.what == "rivals":
            good = rivals(corpus, options.minutes)
        else:
            good = vpj(corpus, options.seeds or 10) if options.what == "vpj" else fast(corpus, options.seeds or 3)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
