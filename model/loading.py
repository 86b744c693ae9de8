"""What is to be read before a network is there: texts and checkpoints, in slices."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from corpora.corpus import Corpus, CorpusError
from corpora.files import STANDARD_INPUT
from corpora.library import load
from model.checkpoint import CheckpointError, load_checkpoint
from model.left_behind import LeftBehind
from model.live_run import LiveRun
from model.protocol import Entrant, LoadCorpus, OpenCheckpoint

Loading = Generator[float, None, None]
"""Sliced work before a network is there: yields the share that is done, in [0, 1]."""


def line_up(racer: LiveRun, corpus: Corpus, entrant: Entrant) -> Loading:
    """Make the network of a racer; its loss is the first thing it tells."""
    yield 0.0
    racer.begin(corpus, entrant.network, entrant.training, train=True)


def load_and_begin(run: LiveRun, command: LoadCorpus) -> Loading:
    """Read a text, then start a new network on it."""
    corpus = yield from load(command.sources, encoding=command.encoding, treatments=command.treatments)
    run.begin(corpus, command.network, command.training, train=command.train)


def load_and_open(run: LiveRun, command: OpenCheckpoint, left: LeftBehind) -> Loading:
    """Read a checkpoint and the text it was trained on; where that cannot be had, the network is played only."""
    path = Path(command.path)
    yield 0.0
    left.finish()  # it may be one that is being written
    checkpoint = load_checkpoint(path)
    corpus: Corpus | None = None
    origin = checkpoint.corpus
    if origin is not None and STANDARD_INPUT in origin.source:
        run.say(f"{path.name} can be played but not trained further: its text came from standard input", "warning")
    elif origin is not None and checkpoint.state:
        try:
            treatments = origin.treatment_set()
            corpus = yield from load(origin.source, encoding=origin.encoding, treatments=treatments)
            run.open(checkpoint, corpus, path, train=command.train)
            left.note_file(run, path, checkpoint)
            return
        except (CorpusError, CheckpointError) as error:
            run.say(f"{path.name} can be played but not trained further: {error}", "warning")
    run.open(checkpoint, None, path, train=False)
    left.note_file(run, path, checkpoint)
