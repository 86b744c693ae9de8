"""What `train` is to do: a new network by the flags, or a saved one by its file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from corpora.corpus import Corpus, Treatment
from corpora.decoding import same_encoding
from corpora.files import STANDARD_INPUT, found_now
from model.checkpoint import CheckpointError, CorpusOrigin, load_checkpoint
from model.config import SamplingSettings
from model.presets import in_words
from model.run import new_trainer, resume_trainer
from model.trainer import Trainer
from tui.commands.asked import asked_settings, asked_threads
from tui.commands.errors import UsageError, WorkError
from tui.commands.named_run import is_file_name, run_named
from tui.commands.options import ENCODING, NETWORK, PRESET, TRAINING, TREAT, asked_encoding
from tui.commands.saved_file import looks_saved
from tui.settings import paths

LONGEST_NAME = 255
"""Bytes of a file name, on all common systems."""


class Plan(Struct, frozen=True):
    """Which text, which network, and where it goes."""

    sources: tuple[str, ...]
    out: Path
    trainer: Callable[[Corpus], Trainer]
    """Raises `CorpusError` or `CheckpointError` where the text does not suit."""
    encoding: str | None = None
    treatments: frozenset[Treatment] = frozenset()
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    """Goes into the file: how the network writes when it is played."""
    generators: Mapping[str, Any] = field(default_factory=dict)
    """Of the file that is gone on with; training draws from none of them."""


def plan_of(options: argparse.Namespace) -> Plan:
    """Return what the options of `train` ask for.

    Raises:
        UsageError: If they do not go together.
        SettingsError: If a setting is out of bounds.
        CheckpointError: If the file to go on with cannot be used.
        WorkError: If there is no such run, or the result could not be written.
    """
    file = None if options.resume is None else _file_of(options)
    plan = _new(options) if file is None else _resumed(options, file)
    _require_writable(plan)
    if not (options.overwrite or (file is not None and _same(plan.out, file))):
        _require_free(plan.out)
    return plan


def best_path(out: Path) -> Path:
    """Where the best network goes: `NAME.best.safetensors` beside `NAME.safetensors`."""
    return out.with_name(out.name.removesuffix(".safetensors") + ".best.safetensors")


def _new(options: argparse.Namespace) -> Plan:
    if not options.text:
        raise UsageError("train wants a TEXT to learn; `lstm-tui corpora` lists those that have a name")
    if options.out is None:
        raise UsageError("train wants --out FILE, where the network is saved")
    asked, threads = asked_settings(options), asked_threads(options)
    return Plan(
        sources=tuple(options.text),
        out=options.out,
        trainer=lambda corpus: new_trainer(corpus, asked.network, asked.training, threads=threads),
        encoding=asked_encoding(options),
        treatments=asked.treatments,
        sampling=asked.sampling,
    )


def _file_of(options: argparse.Namespace) -> Path:
    """What is gone on with. A run on the shelf is the app's: no other network takes its place there unasked."""
    word = str(options.resume)
    if is_file_name(word):
        return Path(word)
    file = run_named(word, paths())
    if options.out is None:
        raise UsageError(
            f"{word} is a run of the app, which stays as it is; say with --out FILE where to go on with it"
        )
    return file


def _resumed(options: argparse.Namespace, file: Path) -> Plan:
    if options.preset is not None:
        raise UsageError(f"{PRESET.flag} does not go with {file}: a saved network brings its settings along")
    checkpoint, threads = load_checkpoint(file), asked_threads(options)
    for table, section in ((NETWORK, checkpoint.network), (TRAINING, checkpoint.training)):
        for setting in table:
            _require_same(setting.flag, getattr(options, setting.name), getattr(section, setting.name), file)
    origin = checkpoint.corpus
    if origin is None:
        raise CheckpointError(f"{file}: it does not say which text it was trained on")
    # where none was named it is found out, which is UTF-8 unless a mark says otherwise
    if options.encoding is None or not same_encoding(options.encoding, origin.encoding or "utf-8"):
        _require_same(ENCODING.flag, options.encoding, origin.encoding, file)
    _require_same(TREAT.flag, options.treat, _spelled(origin), file)

    def trainer(corpus: Corpus) -> Trainer:
        if options.text and corpus.info.sha256 != origin.sha256:
            raise UsageError(
                f"{corpus.info.name} is not the text that {file} was trained on, {origin.name}; "
                "leave TEXT out, or train a new network without --resume"
            )
        try:
            resumed = resume_trainer(checkpoint, corpus, threads=threads)
        except CheckpointError as error:
            raise CheckpointError(f"{file}: {error}") from error
        resumed.wait_again()  # one that has stopped early is asked to go on all the same
        return resumed

    if not options.text and STANDARD_INPUT in origin.source:
        raise UsageError(f"{file} was trained on standard input; pipe the same text in again, and name - as TEXT")
    return Plan(
        sources=tuple(options.text) or origin.source,
        out=options.out or file,
        trainer=trainer,
        encoding=origin.encoding,
        treatments=origin.treatment_set(),
        sampling=checkpoint.sampling,
        generators=checkpoint.generators,
    )


def _spelled(origin: CorpusOrigin) -> str:
    """The treatments as the flag has them."""
    return str(TREAT.kind(",".join(origin.treatments)))


def _require_same(flag: str, given: object, kept: object, file: Path) -> None:
    if given is not None and given != kept:
        said, has = (in_words(value) if value not in (None, "") else "none" for value in (given, kept))
        if said == has:  # they differ in digits that are not shown
            said, has = str(given), str(kept)
        raise UsageError(
            f"{flag} {said} contradicts {file}, which has {has}; "
            "leave the flag out, or train a new network without --resume"
        )


def _require_writable(plan: Plan) -> None:
    """Find out before the work, and not after it, that its result cannot be kept."""
    out = plan.out
    if not out.name or out.is_dir():
        raise UsageError(f"--out {out} is a folder; name a file in it")
    best = best_path(out)
    if len(os.fsencode(best.name)) > LONGEST_NAME:
        raise UsageError(f"--out {out} is too long a name; {best.name} beside it may have {LONGEST_NAME} bytes at most")
    if best.is_dir():
        raise UsageError(f"{best} is a folder, and the best network may have to go there; name another --out")
    if out.exists() and not out.is_file():
        raise UsageError(f"--out {out} is no ordinary file, and a network is not to take its place; name another")
    if not out.parent.is_dir():
        raise WorkError(f"{out}: there is no folder {out.parent} to save it in")
    if not os.access(out.parent, os.W_OK):
        raise WorkError(f"{out}: the folder {out.parent} may not be written to")
    if out.exists() and _in_text(out, plan):
        raise UsageError(f"--out {out} is the text itself; it would be overwritten")
    for file in (out, best):
        if file.exists() and file.stat().st_size and not looks_saved(file):
            raise UsageError(f"{file} is there, and is no saved network; it would be overwritten: name another --out")


def _require_free(out: Path) -> None:
    """No network takes the place of another unasked: it may be the work of hours."""
    for file in (out, best_path(out)):
        if file.exists() and file.stat().st_size:
            raise UsageError(
                f"{file} is there, a network that was saved before: go on with it by --resume, "
                "name another --out, or replace it with --overwrite"
            )


def _in_text(file: Path, plan: Plan) -> bool:
    """Whether an existing file is a text that is learnt, by itself or with all of its folder."""
    for source in plan.sources:
        if source == STANDARD_INPUT:
            continue
        if _same(file, Path(source)):
            return True
        if not Path(source).is_dir() or not file.resolve().is_relative_to(Path(source).resolve()):
            continue
        if any(_same(file, Path(name)) for name in found_now([source], plan.encoding).names):
            return True
    return False


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False
