"""One safetensors file that holds a run: its weights under PyTorch's names, and all it needs to go on.

The named tensors are those of `torch.nn.LSTM` (prefix `lstm.`) and `torch.nn.Linear` (prefix `decoder.`), so that
PyTorch loads them strictly. What only training needs is under `state.`. The header's metadata has one key,
`lstm_tui`, with a JSON object: `format`, `vocabulary`, `settings`, `step`, and more. There is no pickle.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct, field
from msgspec.structs import asdict
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from corpora.info import Treatment
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings, require_whole
from model.network import Network
from model.parameters import Floats

FORMAT = 1
KEY = "lstm_tui"
STATE = "state."

WITHDRAWN = (("recurrent_dropout", 0.0),)
"""Settings that earlier versions had, each with the value at which it did nothing: a file that has that is read."""

DAMAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What goes wrong in reading JSON that is not what was written."""


class CheckpointError(ValueError):
    """A file that is no checkpoint or cannot be used as one; the message says what came and what was wanted."""


class CorpusOrigin(Struct, frozen=True):
    """Which text a network learnt, so that it can be found again and recognised."""

    name: str
    sha256: str
    source: tuple[str, ...]
    """What `corpora.library.load` takes."""
    treatments: tuple[str, ...] = ()
    encoding: str | None = None

    def treatment_set(self) -> frozenset[Treatment]:
        """The treatments as `corpora.library.load` takes them."""
        return frozenset(Treatment(value) for value in self.treatments)


class Checkpoint(Struct, frozen=True):
    """A run at rest.

    The weights that evaluation and sampling use are in `tensors` under PyTorch's names; `state` holds what else
    training goes on with: what the optimiser remembers, as `adam.m` and `adam.v` (P,), the streams' memory `stream`
    (L, S, B, H), the best weights `best` (P,), and where weights are averaged the raw ones, `raw` (P,).
    """

    vocabulary: str
    """The V characters in id order."""
    network: NetworkSettings
    training: TrainingSettings
    sampling: SamplingSettings
    tensors: Mapping[str, Floats]
    state: Mapping[str, Floats] = field(default_factory=dict)
    step: int = 0
    progress: Mapping[str, Any] = field(default_factory=dict)
    """Numbers of the trainer: where the streams stand, losses, seconds."""
    generators: Mapping[str, Any] = field(default_factory=dict)
    """States of the random generators by name, as numpy gives them."""
    corpus: CorpusOrigin | None = None

    def build_network(self) -> Network:
        """A network with these weights.

        Raises:
            CheckpointError: If a tensor is missing, is one too many, or has another shape than the settings say.
        """
        network = Network(self.network, len(self.vocabulary))
        fill(network, self.tensors)
        return network


def fill(network: Network, tensors: Mapping[str, Floats]) -> None:
    """Copy `tensors` into the network's parameters, strictly by name and shape.

    Raises:
        CheckpointError: If a tensor is missing, is one too many, has another shape or type, or is not finite.
    """
    wanted = network.named_tensors
    for name in sorted(wanted.keys() | tensors.keys()):
        if name not in tensors:
            raise CheckpointError(f"the tensor {name} is missing")
        if name not in wanted:
            raise CheckpointError(f"the tensor {name} has no place in a network of these settings")
        require_like(name, tensors[name], wanted[name])
        wanted[name][...] = tensors[name]


def require_like(name: str, tensor: Floats, wanted: Floats) -> None:
    """Check that `tensor` can take the place of `wanted`.

    Raises:
        CheckpointError: If it has another shape or type, or is not finite.
    """
    if tensor.shape != wanted.shape:
        raise CheckpointError(f"the tensor {name} has the shape {tensor.shape}; the settings ask for {wanted.shape}")
    if tensor.dtype != wanted.dtype:
        raise CheckpointError(f"the tensor {name} is of {tensor.dtype}; {wanted.dtype} is wanted")
    if not np.isfinite(tensor).all():
        raise CheckpointError(f"the tensor {name} holds numbers that are not finite")


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write `checkpoint` to `path`, whole or not at all; an existing file is replaced.

    Raises:
        OSError: If the file cannot be written.
    """
    header = {
        "format": FORMAT,
        "vocabulary": checkpoint.vocabulary,
        "settings": {
            "network": asdict(checkpoint.network),
            "training": asdict(checkpoint.training),
            # JSON has no infinity: a rate of null is as fast as it goes
            "sampling": asdict(checkpoint.sampling) | {"rate": finite(checkpoint.sampling.rate)},
        },
        "step": checkpoint.step,
        "progress": dict(checkpoint.progress),
        "generators": dict(checkpoint.generators),
        "corpus": asdict(checkpoint.corpus) if checkpoint.corpus else None,
    }
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in checkpoint.tensors.items()}
    tensors |= {STATE + name: np.ascontiguousarray(tensor) for name, tensor in checkpoint.state.items()}
    # non-ASCII characters are escaped, so that a lone surrogate of the vocabulary survives UTF-8
    write_atomically(path, save(tensors, metadata={KEY: json.dumps(header)}))


def finite(number: float) -> float | None:
    """Return `number`, or None where JSON has none for it."""
    return number if math.isfinite(number) else None


def write_atomically(path: Path, data: bytes) -> None:
    """Write a temporary file beside `path`, flush it to the disk, and rename it over `path`.

    Raises:
        OSError: If that fails; `path` is then as it was, and nothing is left beside it.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")  # short: the longest of names must do
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; every fault is found here and said in a sentence.

    Raises:
        CheckpointError: If the file cannot be read, is no safetensors file, has no header of ours, or does not fit
            together.
    """
    try:
        # the system says best why a file cannot be opened
        with path.open("rb"):
            pass
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except OSError as error:
        raise CheckpointError(f"{path}: {error.strerror or error}") from error
    except (SafetensorError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: not a safetensors file ({error})") from error
    if KEY not in metadata:
        raise CheckpointError(
            f"{path}: a safetensors file without the header {KEY!r}; it does not say which characters it knows"
        )
    try:
        checkpoint = _parse(json.loads(metadata[KEY]), tensors)
        checkpoint.build_network()
    except (CheckpointError, SettingsError) as error:
        raise CheckpointError(f"{path}: {error}") from error
    except DAMAGE as error:
        raise CheckpointError(f"{path}: its header is damaged ({type(error).__name__}: {error})") from error
    except MemoryError as error:
        raise CheckpointError(f"{path}: its network is larger than this machine's memory") from error
    return checkpoint


def _parse(header: dict[str, Any], tensors: Mapping[str, Floats]) -> Checkpoint:
    if header["format"] != FORMAT:
        raise CheckpointError(f"format {header['format']!r}; this version reads format {FORMAT}")
    vocabulary = header["vocabulary"]
    if not isinstance(vocabulary, str) or not vocabulary or len(set(vocabulary)) != len(vocabulary):
        raise CheckpointError("its vocabulary must be a string of distinct characters")
    # a network that another program trained has no step and no training settings of ours
    step, settings, corpus = header.get("step", 0), header["settings"], header.get("corpus")
    require_whole("step", step, 0, 2**63)
    return Checkpoint(
        vocabulary=vocabulary,
        network=_settings(NetworkSettings, settings["network"]),
        training=_settings(TrainingSettings, settings.get("training", {})),
        sampling=_sampling(settings.get("sampling", {})),
        tensors={name: tensor for name, tensor in tensors.items() if not name.startswith(STATE)},
        state={name.removeprefix(STATE): tensor for name, tensor in tensors.items() if name.startswith(STATE)},
        step=step,
        progress=dict(header.get("progress", {})),
        generators=dict(header.get("generators", {})),
        corpus=_corpus(corpus) if corpus else None,
    )


Settings = TypeVar("Settings", NetworkSettings, TrainingSettings, SamplingSettings)


def _settings(kind: type[Settings], values: dict[str, Any]) -> Settings:
    """Settings from JSON; a setting that this version does not know is an error, one that is missing is not."""
    values = {name: value for name, value in values.items() if (name, value) not in WITHDRAWN}
    for name in values:
        if name not in kind.__struct_fields__:
            raise CheckpointError(f"it was written with the setting {name!r}, which this version does not know")
    return kind(**values)


def _sampling(values: dict[str, Any]) -> SamplingSettings:
    if values.get("rate", 0) is None:
        values = values | {"rate": math.inf}
    return _settings(SamplingSettings, values)


def _corpus(values: dict[str, Any]) -> CorpusOrigin:
    origin = CorpusOrigin(
        name=str(values["name"]),
        sha256=str(values["sha256"]),
        source=tuple(map(str, values["source"])),
        treatments=tuple(map(str, values["treatments"])),
        encoding=None if values["encoding"] is None else str(values["encoding"]),
    )
    origin.treatment_set()
    return origin
