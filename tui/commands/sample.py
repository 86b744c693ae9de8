"""`lstm-tui sample`: a trained network writes to standard output."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable
from typing import TextIO

import numpy as np

from model.checkpoint import Checkpoint, load_checkpoint
from model.config import SamplingSettings
from model.passage_writer import sampler_of
from model.sampling import NoOpinionError
from model.threads import use_threads
from tui.commands.errors import DONE, UsageError, WorkError, say
from tui.commands.options import INK, LENGTH, SAMPLING, SAMPLING_SEED, settled
from tui.sanitize import sanitize
from tui.settings import load_settings, paths

FLUSH_SECONDS = 0.03


def run(options: argparse.Namespace) -> int:
    """Write; the exit code."""
    if options.recipe is not None:
        from tui.commands.rewrite import rewrite

        return rewrite(options)
    if options.file is None:
        raise UsageError("FILE is missing: a network that the app or `train` saved, or --recipe and a saved passage's")
    length, seed, ink = LENGTH.value(options), SAMPLING_SEED.value(options), INK.value(options)
    settings = settled(load_settings(paths().settings).sampling, SAMPLING, options)
    checkpoint = load_checkpoint(options.file)
    # a single stream's products are too small to share
    use_threads(1)
    write(options, checkpoint, settings, seed=int(seed), length=int(length), inked=ink == "surprise")
    return DONE


@np.errstate(over="ignore", invalid="ignore")
def write(
    options: argparse.Namespace,
    checkpoint: Checkpoint,
    settings: SamplingSettings,
    *,
    seed: int,
    length: int,
    inked: bool,
) -> None:
    """Write `length` characters after the prime.

    Raises:
        WorkError: If the network comes to an opinion that is no number.
    """
    sampler = sampler_of(checkpoint, settings, seed)
    prime, unknown = sampler.restart(options.prime or "")
    if unknown:
        names = ", ".join(repr(character) for character in unknown)
        say(f"the network does not know {names}; left out of the prime")
    page = Page(sys.stdout, inked=inked)
    page.write(prime)
    try:
        for _ in range(length):
            draw = sampler.draw()
            page.write(sampler.vocabulary.symbols[draw.id], draw.probability)
    except NoOpinionError as error:
        raise WorkError(f"{options.file}: {error}: its weights are too large to write with") from error
    finally:
        page.close()


class Page:
    """Standard output for a text as it comes: fit to be seen on a terminal, exact everywhere else."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic, *, inked: bool = False) -> None:
        self._out, self._clock = out, clock
        self._terminal = out.isatty()
        self._ink: Callable[[str, float], str] | None = None
        if inked and self._terminal:
            from tui.commands.glow import surprise_ink  # only here is it worth the import

            self._ink = surprise_ink(out)
        self._before = ""
        self._flushed = -1.0
        if isinstance(out, io.TextIOWrapper):
            if self._terminal:
                out.reconfigure(errors="replace")
            else:
                out.reconfigure(encoding="utf-8", errors="surrogatepass", newline="")

    def write(self, text: str, probability: float | None = None) -> None:
        """Write `text`; it is seen at once, or after a blink where it comes fast.

        Args:
            text: A prime, or a character.
            probability: Of the character as it was drawn, for the ink.
        """
        if self._terminal:
            text = sanitize(text, self._before)
            self._before = (self._before + text)[-8:]
            if self._ink is not None and probability is not None:
                text = self._ink(text, probability)
        self._out.write(text)
        now = self._clock()
        if now >= self._flushed + FLUSH_SECONDS:
            self._out.flush()
            self._flushed = now

    def close(self) -> None:
        """End; the terminal's prompt gets a line of its own."""
        if self._terminal:
            self._out.write("\n")
        self._out.flush()
