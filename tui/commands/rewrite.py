"""`lstm-tui sample --recipe`: a passage that was saved, once more."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from model.checkpoint import load_checkpoint
from model.config import SettingsError
from model.passage_writer import hash_of, write_passage
from model.slices import finish
from model.threads import use_threads
from tui.commands.errors import DONE, UsageError, WorkError
from tui.commands.options import INK, LENGTH, SAMPLING, SAMPLING_SEED
from tui.commands.sample import Page
from tui.passage_file import PassageRecipe, encoded


def rewrite(options: argparse.Namespace) -> int:
    """Write it again from the same network; the exit code.

    Raises:
        UsageError: If anything else was said.
        WorkError: If there is another network in its place, or what it writes is another text.
    """
    path: Path = options.recipe
    _require_nothing_else(options)
    try:
        recipe = PassageRecipe.load(path)
    except SettingsError as error:
        raise WorkError(str(error)) from None
    file = recipe.file_beside(path)
    if finish(hash_of(file)) != recipe.sha256:
        raise WorkError(f"{file}: not the network that wrote this passage; its SHA-256 is not the one in {path}")
    # a single stream's products are too small to share
    use_threads(1)
    work = write_passage(
        load_checkpoint(file),
        file,
        prime=recipe.prime,
        length=recipe.length,
        seed=recipe.seed,
        sampling=recipe.sampling,
    )
    text = finish(work).text
    page = Page(sys.stdout)
    page.write(text)
    page.close()
    if hashlib.sha256(encoded(text)).hexdigest() != recipe.text_sha256:
        raise WorkError("this is another text than the one that was saved: this machine rounds in another way")
    return DONE


def _require_nothing_else(options: argparse.Namespace) -> None:
    if options.file is not None:
        raise UsageError(f"--recipe names its network itself; leave {options.file} out")
    if options.prime is not None:
        raise UsageError("--prime does not go with --recipe, which says how the passage begins")
    for setting in (LENGTH, *SAMPLING, SAMPLING_SEED, INK):
        if getattr(options, setting.name) is not None:
            raise UsageError(f"{setting.flag} does not go with --recipe, which has its own")
