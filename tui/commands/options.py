"""The settings that flags, environment variables and the settings file have in common.

A flag beats its environment variable (`--hidden-size`, `LSTM_TUI_HIDDEN_SIZE`), which beats the settings file, which
beats the default.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, structs

from corpora.info import Treatment
from model.config import (
    NetworkSettings,
    SamplingSettings,
    TrainingSettings,
    require_number,
    require_one_of,
    require_whole,
)
from tui.commands.errors import UsageError
from tui.preferences import BY_NAME, Count

Value = int | float | str
Section = TypeVar("Section", NetworkSettings, TrainingSettings, SamplingSettings)

PREFIX = "LSTM_TUI_"
"""Of the environment variables."""
TREATMENTS = tuple(treatment.value for treatment in Treatment)


def whole(text: str) -> int:
    """Parse a whole number.

    Raises:
        ArgumentTypeError: If `text` is none.
    """
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def number(text: str) -> float:
    """Parse a number.

    Raises:
        ArgumentTypeError: If `text` is none.
    """
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def file_name(text: str) -> Path:
    """Parse the name of a file that there shall be already.

    Raises:
        ArgumentTypeError: If `text` is empty, which would be the folder that one is in.
    """
    if not text:
        raise argparse.ArgumentTypeError("an empty name, where that of a file was wanted")
    return Path(text)


def switch(text: str) -> bool:
    """Parse `yes` or `no`, as an environment variable has it; a flag needs no value.

    Raises:
        ArgumentTypeError: If `text` is neither.
    """
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.lower() not in words:
        raise argparse.ArgumentTypeError(f"{text!r} is neither yes nor no")
    return words[text.lower()]


def treatments(text: str) -> str:
    """Parse `lower,ascii` or `none`; a canonical spelling of it comes back.

    Raises:
        ArgumentTypeError: If there is a treatment that is not known.
    """
    names = {name.strip() for name in text.split(",")} - {"none", ""}
    for name in sorted(names):
        if name not in TREATMENTS:
            known = f"{', '.join(TREATMENTS)}, or none"
            raise argparse.ArgumentTypeError(f"{name!r} is not a treatment; there are {known}")
    return ",".join(name for name in TREATMENTS if name in names)


def whole_or_auto(text: str) -> int | str:
    """Parse a whole number or `auto`.

    Raises:
        ArgumentTypeError: If `text` is neither.
    """
    return text if text == Count.AUTO else whole(text)


def number_or_all(text: str) -> float | str:
    """Parse a number or `all`.

    Raises:
        ArgumentTypeError: If `text` is neither.
    """
    return text if text == "all" else number(text)


class Setting(Struct, frozen=True):
    """A setting with a flag and an environment variable."""

    name: str
    """As in `model.config` and in the settings file, where it has a section there."""
    kind: Callable[[str], Value]
    """Parses it; raises `ArgumentTypeError`."""
    metavar: str
    help: str
    default: Value | None
    """For the help; None where that says it in words."""
    check: Callable[[Value], None] | None = None
    """Raises `SettingsError`; None where `model.config` checks it."""
    word: str = ""
    """What the flag is called, where that is not its name."""

    @property
    def flag(self) -> str:
        """`--hidden-size`."""
        return "--" + (self.word or self.name.replace("_", "-"))

    @property
    def variable(self) -> str:
        """`LSTM_TUI_HIDDEN_SIZE`."""
        return PREFIX + self.flag[2:].replace("-", "_").upper()

    def add_to(self, group: argparse._ActionsContainer) -> None:
        """Add the flag; where it is not given, its value is None."""
        if self.kind is switch:
            group.add_argument(self.flag, dest=self.name, action=argparse.BooleanOptionalAction, help=self.help)
            return
        default = f"{self.default:g}" if isinstance(self.default, (int, float)) else self.default
        text = self.help + ("" if default is None else f" (default {default})")
        group.add_argument(
            self.flag, dest=self.name, type=self.kind, metavar=self.metavar, help=text.replace("%", "%%")
        )

    def given(self, options: argparse.Namespace, *, environment: bool = True) -> Value | None:
        """The value of the flag, else of the environment variable unless that does not count, else None.

        Raises:
            UsageError: If the environment variable has no usable value.
            SettingsError: If the value is out of bounds.
        """
        value: Value | None = getattr(options, self.name, None)
        if value is None and environment and (text := os.environ.get(self.variable)):
            try:
                value = self.kind(text)
            except argparse.ArgumentTypeError as error:
                raise UsageError(f"{self.variable}: {error}") from None
        if value is not None and self.check is not None:
            self.check(value)
        return value

    def value(self, options: argparse.Namespace) -> Value:
        """The value that is given, else the default, which there must be."""
        value = self.given(options)
        if value is not None:
            return value
        assert self.default is not None
        return self.default


_network, _training, _sampling = NetworkSettings(), TrainingSettings(), SamplingSettings()
PRESET = Setting("preset", str, "NAME", "settings that belong together: `lstm-tui presets` lists them", None)
NETWORK = (
    Setting("cell", str, "CELL", "lstm, gru or rnn", _network.cell),
    Setting("hidden_size", whole, "H", "memory cells of each layer", _network.hidden_size),
    Setting("layers", whole, "L", "layers, one on top of the other", _network.layers),
    Setting("embedding_size", whole, "D", "learned numbers for a character; 0 is one-hot", _network.embedding_size),
    Setting("tied", switch, "", "decode with the embedding's weights", _network.tied),
    Setting("learned_state", switch, "", "learn the state in which streams begin", _network.learned_state),
    Setting("single_bias", switch, "", "one bias for each gate, not PyTorch's two", _network.single_bias),
    Setting(
        "initialisation", str, "HOW", "first weights: uniform, normal, orthogonal", _network.initialisation, word="init"
    ),
    Setting("init_scale", number, "X", "of the first weights; 0 is 1/sqrt(H)", _network.init_scale),
    Setting("forget_bias", number, "X", "first bias of an LSTM's forget gate", _network.forget_bias),
)
TRAINING = (
    Setting("seq_length", whole, "T", "characters that the gradient looks back", _training.seq_length),
    Setting("batch_size", whole, "B", "places of the text that are read at once", _training.batch_size),
    Setting("optimizer", str, "NAME", "adam, adamw, rmsprop, adagrad or sgd", _training.optimizer),
    Setting("learning_rate", number, "RATE", "step size of the optimiser", _training.learning_rate),
    Setting("momentum", number, "X", "of sgd", _training.momentum),
    Setting("weight_decay", number, "X", "of adamw", _training.weight_decay),
    Setting("schedule", str, "NAME", "of the rate: constant, step, cosine or plateau", _training.schedule),
    Setting("schedule_steps", whole, "N", "length of a cosine; 0 is the run's", _training.schedule_steps),
    Setting("warmup_steps", whole, "N", "steps in which the rate rises", _training.warmup_steps, word="warmup"),
    Setting("clip_norm", number, "NORM", "a longer gradient is shortened to this; 0 is off", _training.clip_norm),
    Setting("clip_value", number, "X", "each of its numbers is cut to this; 0 is off", _training.clip_value),
    Setting("dropout", number, "SHARE", "of a layer's outputs, silenced in training", _training.dropout),
    Setting("locked_dropout", switch, "", "silence the same ones through a window", _training.locked_dropout),
    Setting("embedding_dropout", number, "SHARE", "of the embedding's numbers", _training.embedding_dropout),
    Setting("shifted", switch, "", "begin each epoch's streams at another place", _training.shifted),
    Setting("average", number, "X", "decay of the weights' mean that writes; 0 is off", _training.average),
    Setting("stop_after", whole, "N", "validations without a better one end it; 0 is off", _training.stop_after),
    Setting("guard", switch, "", "mend a loss that explodes, leave a plateau (default yes)", _training.guard),
    Setting("seed", whole, "N", "of the first weights: the same seed, the same network", _training.seed),
)
SAMPLING = (
    Setting("temperature", number, "X", "0 is the likeliest, 1 as learnt, above is bolder", _sampling.temperature),
    Setting("top_k", whole, "K", "draw among the K likeliest only; 0 is all", _sampling.top_k),
    Setting("top_p", number, "P", "draw among the likeliest that together reach P", _sampling.top_p),
)
SAMPLING_SEED = Setting(
    "seed", whole, "N", "the same seed, the same text", 0, lambda n: require_whole("seed", n, 0, 2**32 - 1)
)
STEPS = Setting(
    "steps",
    whole,
    "N",
    "train for N steps; without it and a time, to the end of the recipe's cosine, or 2,000",
    None,
    lambda n: require_whole("--steps", n, 1, 10**12),
)
SECONDS = Setting(
    "seconds",
    number,
    "S",
    "train for S seconds of wall time instead; what is measured on the whole validation part comes on top",
    None,
    lambda s: require_number("--seconds", s, 1e-3, 1e9),
)
THREADS = Setting(
    "threads",
    whole_or_auto,
    "N",
    "processes that share a training step; auto, the default, is as many as are quickest",
    None,
    lambda n: BY_NAME["threads"].read(n, "--threads"),
)
SHARE = Setting(
    "share",
    number_or_all,
    "X",
    "of a core that training may take, in the background: 0.75, 0.5, 0.25 (default all)",
    None,
    lambda share: BY_NAME["share"].read(share, "--share"),
)
ENCODING = Setting("encoding", str, "NAME", "of the text's files, where it is not UTF-8: latin-1, say", None)
TREAT = Setting("treat", treatments, "LIST", f"what to do to the text first: any of {','.join(TREATMENTS)}", None)
LENGTH = Setting(
    "length", whole, "N", "characters to write after the prime", 500, lambda n: require_whole("--length", n, 0, 10**12)
)
INKS = ("plain", "surprise")
INK = Setting(
    "ink",
    str,
    "NAME",
    "what colour tells on a terminal: plain, or surprise, where the unlikely glows",
    "plain",
    lambda name: require_one_of("--ink", name, INKS),
)
FPS = Setting(
    "fps",
    number,
    "N",
    "updates a second; 5 suits a slow line",
    BY_NAME["fps"].default,
    lambda n: BY_NAME["fps"].read(n, "--fps"),
)


VARIABLES = frozenset(
    setting.variable
    for setting in (
        PRESET,
        *NETWORK,
        *TRAINING,
        *SAMPLING,
        SAMPLING_SEED,
        STEPS,
        SECONDS,
        THREADS,
        SHARE,
        ENCODING,
        TREAT,
        LENGTH,
        INK,
        FPS,
    )
)
"""The environment variables that set something."""


def misspelt_variables() -> tuple[str, ...]:
    """A sentence on each environment variable that looks like one of ours, and is none."""
    sentences = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in VARIABLES:
            import difflib  # which takes its time, and is seldom wanted

            known = [variable.removeprefix(PREFIX) for variable in VARIABLES]
            near = difflib.get_close_matches(name.removeprefix(PREFIX).upper(), known, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else "."
            sentences.append(f"{name} in the environment sets nothing{hint}")
    return tuple(sentences)


def preferred(setting: Setting, options: argparse.Namespace, remembered: Any) -> Any:
    """What a flag or the environment says of one of the app's own settings, else what is remembered.

    Raises:
        UsageError: If the environment variable has no usable value.
        SettingsError: If the value is out of bounds.
    """
    value = setting.given(options)
    return remembered if value is None else BY_NAME[setting.name].read(value)


def settled(
    section: Section, table: tuple[Setting, ...], options: argparse.Namespace, *, environment: bool = True
) -> Section:
    """Return `section`, which comes from a preset or the settings file, with what flags and environment say instead.

    Raises:
        UsageError: If an environment variable has no usable value.
        SettingsError: If a value is out of bounds.
    """
    changes: dict[str, Any] = {
        setting.name: value
        for setting in table
        if (value := setting.given(options, environment=environment)) is not None
    }
    return structs.replace(section, **changes)


def asked_encoding(options: argparse.Namespace) -> str | None:
    """The encoding by flag or environment."""
    value = ENCODING.given(options)
    return None if value is None else str(value)


def asked_treatments(options: argparse.Namespace, *, environment: bool = True) -> frozenset[Treatment] | None:
    """The treatments by flag, or environment where that counts; None where nothing was said."""
    value = TREAT.given(options, environment=environment)
    return None if value is None else frozenset(Treatment(name) for name in str(value).split(",") if name)
