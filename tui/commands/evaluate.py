"""`lstm-tui eval`: how well a trained network foresees a text."""

from __future__ import annotations

import argparse
import json
import math

import numpy as np

from corpora.vocabulary import Vocabulary
from model.checkpoint import load_checkpoint
from model.evaluation import one_stream_loss, slices_of
from model.threads import use_threads
from tui import units
from tui.commands.display import Display, finish_with
from tui.commands.errors import DONE, WorkError
from tui.commands.options import asked_encoding, asked_treatments
from tui.commands.texts import read_text
from tui.sanitize import sanitize_line


def run(options: argparse.Namespace) -> int:
    """Measure and tell; the exit code."""
    checkpoint = load_checkpoint(options.file)
    network = checkpoint.build_network()
    use_threads(1)
    treatments = asked_treatments(options)
    if treatments is None:
        treatments = checkpoint.corpus.treatment_set() if checkpoint.corpus else frozenset()
    with Display() as display:
        corpus = read_text(options.text, asked_encoding(options), treatments, display, to_learn=False)
        ids, unknown = Vocabulary(checkpoint.vocabulary).recode(corpus.ids, corpus.vocabulary)
        if len(ids) < 2:
            raise WorkError(
                f"{corpus.info.name}: the network knows {len(ids)} of its {corpus.info.characters:,} characters; "
                "at least 2 are needed, one to read and one to foresee"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            slices = slices_of(network, len(ids) - 1, 1)
            loss = finish_with(one_stream_loss(network, ids), display, "measuring", slices)
        if not math.isfinite(loss):
            raise WorkError(
                f"{options.file}: its loss on {corpus.info.name} is no number; its weights have gone astray"
            )
    if options.json:
        result = {
            "nats_per_char": loss,
            "bits_per_char": units.bits(loss),
            "characters": len(ids) - 1,
            "unknown": unknown.count,
            "unknown_symbols": "".join(unknown.characters),
            "file": str(options.file),
            "text": corpus.info.name,
            "step": checkpoint.step,
        }
        print(json.dumps(result))
        return DONE
    print(
        sanitize_line(
            f"{corpus.info.name}: {loss:.4f} nats a character, {units.bits(loss):.4f} bits, "
            f"perplexity {units.perplexity(loss):.2f}, over {len(ids) - 1:,} characters"
        )
    )
    if unknown:
        shown = ", ".join(map(repr, unknown.characters[:8])) + (", ..." if len(unknown.characters) > 8 else "")
        print(sanitize_line(f"left out: {unknown.count:,} characters that the network does not know ({shown})"))
    return DONE
