"""What is told of a run that was kept: the summary beside its file, which is small and quickly read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field, structs

from model.config import NetworkSettings, SettingsError, TrainingSettings
from model.curve import Curve, few
from model.protocol import Gauges, LossPoint
from tui.draft import OWN, preset_name

KEY = "lstm_tui"
"""Of a checkpoint's header."""
MOST_HEADER = 100_000_000
"""Bytes; a file that says it has a longer one is none of ours."""
DAMAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What goes wrong in reading JSON that is not what was written."""


class EarlierRun(Struct, frozen=True):
    """A run that can be resumed."""

    path: Path | None
    """Its checkpoint; None for the run that is going on."""
    name: str
    """What people call it."""
    named: bool = False
    """Whether someone gave it that name: then it is never thrown away to make room."""
    corpus: str = ""
    source: tuple[str, ...] = ()
    """Of the text, as `LoadCorpus` takes it."""
    network: str = ""
    """In words: `LSTM 128`."""
    preset: str = OWN
    step: int = 0
    best_loss: float | None = None
    """The lowest validation loss, nats per character."""
    train_loss: float | None = None
    seconds: float = 0.0
    """Of training."""
    when: str = ""
    """It was saved, by the clock on the wall, ISO 8601."""
    curve: Curve = field(default_factory=Curve)
    of: tuple[int, int] = (0, 0)
    """Size and time of the checkpoint that this is of."""

    @property
    def loss(self) -> float | None:
        """What it is judged by: the best of validation, or before there is one the loss of training."""
        return self.best_loss if self.best_loss is not None else self.train_loss

    @property
    def key(self) -> str:
        """Which run it is, whatever it is called; empty for the one that is going on."""
        return self.path.stem if self.path is not None else ""

    def matches(self, words: str) -> bool:
        """Tell whether all of these words are somewhere in what is told of it."""
        told = f"{self.name} {self.corpus} {self.network} {self.preset}".casefold()
        return all(word in told for word in words.casefold().split())

    # --------------------------------------------------------------------------------------- on disk

    def summary(self) -> dict[str, Any]:
        """The summary as JSON has it, without what the file's own name says."""
        told = structs.asdict(self)
        del told["path"], told["curve"]
        return {**told, **self.curve.told()}

    @classmethod
    def of_summary(cls, path: Path, told: Mapping[str, Any]) -> EarlierRun:
        """Read it back.

        Raises:
            Exception: One of `DAMAGE`, where it is not what was written.
        """
        return cls(
            path=path,
            name=str(told["name"]),
            named=told["named"] is True,
            corpus=str(told["corpus"]),
            source=tuple(map(str, told["source"])),
            network=str(told["network"]),
            preset=str(told["preset"]),
            step=int(told["step"]),
            best_loss=_number(told["best_loss"]),
            train_loss=_number(told["train_loss"]),
            seconds=_number(told["seconds"]) or 0.0,
            when=str(told["when"]),
            curve=Curve.of(told),
            of=(int(told["of"][0]), int(told["of"][1])),
        )

    @classmethod
    def of_checkpoint(cls, path: Path) -> EarlierRun:
        """What a checkpoint tells of itself; none of its tensors is read.

        Raises:
            OSError: If it cannot be read.
            Exception: One of `DAMAGE`, where it is no checkpoint of ours.
        """
        header, stat = read_header(path), path.stat()
        progress, origin, settings = header.get("progress", {}), header.get("corpus") or {}, header["settings"]
        shape = settings["network"]
        return cls(
            path=path,
            name=path.stem,
            corpus=str(origin.get("name", "")),
            source=tuple(map(str, origin.get("source", ()))),
            network=network_in_words(str(shape["cell"]), int(shape["layers"]), int(shape["hidden_size"])),
            preset=_preset(settings),
            step=int(header.get("step", 0)),
            best_loss=_number(progress.get("best_validation_loss")),
            train_loss=_number(progress.get("train_loss")),
            seconds=(_number(progress.get("training_seconds")) or 0.0)
            + (_number(progress.get("validation_seconds")) or 0.0),
            when=datetime.fromtimestamp(stat.st_mtime).isoformat(timespec="seconds"),
            curve=Curve.of(progress),
            of=(stat.st_size, stat.st_mtime_ns),
        )

    @classmethod
    def of_gauges(cls, gauges: Gauges, losses: Iterable[LossPoint], validations: Iterable[LossPoint]) -> EarlierRun:
        """The run that is going on, to stand among those that were kept."""
        network, training = gauges.network, gauges.training
        return cls(
            path=None,
            name="now",
            corpus=gauges.corpus.name if gauges.corpus else "",
            source=gauges.corpus.source if gauges.corpus else (),
            network=network_in_words(network.cell, network.layers, network.hidden_size) if network else "",
            preset=preset_name(network, training) if network and training else OWN,
            step=gauges.step,
            best_loss=gauges.best_validation_loss,
            train_loss=gauges.train_loss,
            seconds=gauges.training_seconds,
            curve=Curve(few(losses), few(validations)),
        )


def read_header(path: Path) -> dict[str, Any]:
    """What a checkpoint says of itself, which stands before its tensors.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no safetensors file with a header of ours.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= min(MOST_HEADER, path.stat().st_size):
            raise ValueError(f"{path}: not a safetensors file")
        whole = json.loads(file.read(length))
    told = whole.get("__metadata__", {}).get(KEY) if isinstance(whole, dict) else None
    header = json.loads(told) if isinstance(told, str) else None
    if not isinstance(header, dict):
        raise ValueError(f"{path}: no checkpoint of ours")
    return header


def network_in_words(cell: str, layers: int, hidden_size: int) -> str:
    """Return a network's shape in few cells: `LSTM 2x128`."""
    return f"{cell.upper()} {hidden_size}" if layers == 1 else f"{cell.upper()} {layers}x{hidden_size}"


def _preset(settings: Mapping[str, Any]) -> str:
    try:
        return preset_name(NetworkSettings(**settings["network"]), TrainingSettings(**settings["training"]))
    except (SettingsError, TypeError, LookupError):
        return OWN  # of another version


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
