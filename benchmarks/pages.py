"""What a network writes, unedited, and how much of it stands in the text word for word.

    uv run python benchmarks/pages.py CHECKPOINT TEXT [--temperature X] [--length N] [--seeds N]

A passage for each seed, from a fresh start. Copied is what belongs to a run of 25 and more characters that stand in the
text; the share is that of all that is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from corpora.corpus import CorpusError
from corpora.library import load_now
from corpora.origins import COPIED
from corpora.passages import index_passages
from corpora.quotations import Quotations
from corpora.vocabulary import Vocabulary
from model.checkpoint import CheckpointError, load_checkpoint
from model.config import SamplingSettings
from model.sampling import Sampler
from model.slices import finish


def main() -> int:
    """Print the passages, and the share."""
    parser = argparse.ArgumentParser(description="Let a network write, and tell how much of it is copied.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("text", help="what it learnt: a file, or a name of `lstm-tui corpora`")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--length", type=int, default=600, help="characters of a passage (default: 600)")
    parser.add_argument("--seeds", type=int, default=3, help="passages (default: 3)")
    options = parser.parse_args()
    try:
        checkpoint, corpus = load_checkpoint(options.checkpoint), load_now([options.text])
    except (CheckpointError, CorpusError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    network, vocabulary = checkpoint.build_network(), Vocabulary(checkpoint.vocabulary)
    passages = finish(index_passages(corpus.ids))
    settings = SamplingSettings(temperature=options.temperature)
    copied = 0
    for seed in range(options.seeds):
        sampler = Sampler(network, vocabulary, settings, np.random.default_rng(seed))
        text = vocabulary.decode(np.array([sampler.draw().id for _ in range(options.length)]))
        quotations = Quotations(passages)
        for id_ in corpus.vocabulary.encode(text)[0].tolist():
            quotations.write(id_)
        copied += quotations.origins(options.length).count(COPIED)
        print(f"---------------------------------------- seed {seed}\n{text}")
    share = copied / (options.length * options.seeds)
    print(f"----------------------------------------\n{share:.1%} copied, at temperature {options.temperature:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
