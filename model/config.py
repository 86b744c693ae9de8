"""Frozen, validated settings of the network, of its training and of sampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from msgspec import Struct


class SettingsError(ValueError):
    """A setting that cannot be used; the message says what came and what is wanted."""


def require(condition: bool, sentence: str) -> None:
    """Raise `SettingsError` with `sentence` unless `condition` holds."""
    if not condition:
        raise SettingsError(sentence)


def require_whole(name: str, value: object, least: int, most: int) -> None:
    """Raise `SettingsError` unless `value` is a whole number in [least, most]."""
    require(
        isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
        f"{name} is {value!r}; it must be a whole number from {least} to {most}",
    )


def require_number(name: str, value: object, least: float, most: float) -> None:
    """Raise `SettingsError` unless `value` is a finite number in [least, most]."""
    require(
        is_real(value) and least <= value <= most,  # which no NaN is
        f"{name} is {value!r}; it must be a number from {least:g} to {most:g}",
    )


def is_real(value: object) -> TypeGuard[float]:
    """Tell whether `value` is a number, and no switch, which Python counts as one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def require_one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise `SettingsError` unless `value` is among `choices`."""
    require(value in choices, f"{name} is {value!r}; it must be one of {', '.join(choices)}")


def require_switch(name: str, value: object) -> None:
    """Raise `SettingsError` unless `value` is True or False."""
    require(isinstance(value, bool), f"{name} is {value!r}; it must be true or false")


CELLS = ("lstm", "gru", "rnn")
INITIALISATIONS = ("uniform", "normal", "orthogonal")
OPTIMIZERS = ("adam", "adamw", "rmsprop", "adagrad", "sgd")
SCHEDULES = ("constant", "step", "cosine", "plateau")


class NetworkSettings(Struct, frozen=True):
    """The network's shape and its first weights. A change of any of these starts a new network."""

    hidden_size: int = 128
    """H, memory cells of each layer."""
    layers: int = 1
    """L, stacked recurrent layers."""
    cell: str = "lstm"
    """`lstm`, `gru` or `rnn`."""
    embedding_size: int = 0
    """D, learned numbers that stand for a character; 0 reads one-hot characters."""
    tied: bool = False
    """Decode with the embedding's own weights (Press and Wolf 2017); embedding and hidden size must be equal."""
    learned_state: bool = False
    """Learn the state in which streams begin, which else is zero."""
    single_bias: bool = False
    """One bias for each gate instead of two: the recurrent one stays 0. Two that learn take twice the step together."""
    initialisation: str = "uniform"
    """Of the weights: `uniform` in +-scale, `normal` with that deviation, or normal with `orthogonal` W_hh."""
    init_scale: float = 0.0
    """The scale of the first weights; 0 is 1 / sqrt(H)."""
    gate_mean: float = 0.0
    """Mean of the first weights that lead into sigmoid gates (vpj's notebook has 0.5)."""
    forget_bias: float = 1.0
    """First bias of an LSTM's forget gate; 1 remembers until told otherwise (Jozefowicz et al. 2015)."""

    def __post_init__(self) -> None:
        require_whole("hidden size", self.hidden_size, 1, 4096)
        require_whole("layers", self.layers, 1, 8)
        require_one_of("cell", self.cell, CELLS)
        require_whole("embedding size", self.embedding_size, 0, 4096)
        require_switch("tied", self.tied)
        require_switch("learned state", self.learned_state)
        require_switch("single bias", self.single_bias)
        require(
            not self.tied or self.embedding_size == self.hidden_size,
            f"tied weights need an embedding size equal to the hidden size {self.hidden_size}, "
            f"not {self.embedding_size}",
        )
        require_one_of("initialisation", self.initialisation, INITIALISATIONS)
        require_number("initial scale", self.init_scale, 0.0, 10.0)
        require_number("gate mean", self.gate_mean, -10.0, 10.0)
        require_number("forget bias", self.forget_bias, -10.0, 10.0)


class TrainingSettings(Struct, frozen=True):
    """How the network is trained."""

    seq_length: int = 64
    """T, characters of one window; gradients do not flow past it, the state does."""
    batch_size: int = 32
    """B, streams that read different places of the text at once."""
    learning_rate: float = 0.01
    """Step size of the optimiser, before the schedule."""
    clip_norm: float = 1.0
    """The gradient is scaled down to this L2 norm where it is longer; 0 leaves it."""
    seed: int = 0
    """Of the initial weights, and of whatever else training draws."""
    optimizer: str = "adam"
    """`adam`, `adamw`, `rmsprop`, `adagrad` or `sgd`."""
    momentum: float = 0.0
    """Of `sgd`."""
    decay_rate: float = 0.0
    """Memory of the mean square in `rmsprop` (its alpha), and of the squares in `adam` (its beta 2); 0 is the usual."""
    initial_sum: float = 0.0
    """What `adagrad`'s sums of squares begin with; 1e-8 is the epsilon under the root of the numpy notebooks."""
    weight_decay: float = 0.0
    """Decoupled, of `adamw`."""
    clip_value: float = 0.0
    """Each number of the gradient is cut to this magnitude; 0 leaves it."""
    loss_sum: bool = False
    """Differentiate the loss summed over a window, as the notebooks did, in place of its mean."""
    dropout: float = 0.0
    """Share of each layer's outputs that is silenced in training (Zaremba et al. 2014)."""
    locked_dropout: bool = False
    """Silence the same outputs at all time steps of a window (Gal and Ghahramani 2016)."""
    embedding_dropout: float = 0.0
    """Share of the embedding's numbers that is silenced, anew for each window.

    After Gal and Ghahramani (2016), who silence whole characters of it.
    """
    shifted: bool = False
    """Begin each epoch's streams at another place, so that no two have the same windows."""
    schedule: str = "constant"
    """Of the learning rate: `constant`, `step`, `cosine` or `plateau`."""
    schedule_steps: int = 0
    """Steps that a cosine falls over; 0 takes the length of the run where it is known."""
    warmup_steps: int = 0
    """Steps over which the learning rate rises from 0, with any schedule."""
    decay_after: float = 10.0
    """Epochs before the first decay of the `step` schedule."""
    decay_every: float = 1.0
    """Epochs between decays of the `step` schedule."""
    decay_factor: float = 0.5
    """What the learning rate is multiplied with by `step` and `plateau`."""
    final_rate: float = 0.0
    """Share of the learning rate that is left at the end of a `cosine`."""
    patience: int = 5
    """Validations without a better one that `plateau` waits for."""
    average: float = 0.0
    """Decay of the exponential mean of the weights that evaluation and sampling use; 0 uses the weights themselves."""
    stop_after: int = 0
    """Validations without a better one after which training stops; 0 never stops."""
    guard: bool = True
    """Roll back when the loss explodes, and start over when it is stuck above the bigram entropy."""
    reset_every_window: bool = False
    """Begin every window with a fresh state instead of the carried one (as polstm does)."""

    def __post_init__(self) -> None:
        require_whole("sequence length", self.seq_length, 1, 4096)
        require_whole("batch size", self.batch_size, 1, 4096)
        require_number("learning rate", self.learning_rate, 0.0, 10.0)
        require_number("gradient clip", self.clip_norm, 0.0, 1e6)
        require_whole("seed", self.seed, 0, 2**32 - 1)
        require_one_of("optimizer", self.optimizer, OPTIMIZERS)
        require_number("momentum", self.momentum, 0.0, 0.9999)
        require_number("decay rate", self.decay_rate, 0.0, 0.999999)
        require_number("initial sum", self.initial_sum, 0.0, 10.0)
        require_number("weight decay", self.weight_decay, 0.0, 10.0)
        require_switch("loss sum", self.loss_sum)
        require_switch("guard", self.guard)
        require_switch("reset every window", self.reset_every_window)
        require_number("gradient cut", self.clip_value, 0.0, 1e6)
        require_number("dropout", self.dropout, 0.0, 0.95)
        require_switch("locked dropout", self.locked_dropout)
        require_number("embedding dropout", self.embedding_dropout, 0.0, 0.95)
        require_switch("shifted", self.shifted)
        require_one_of("schedule", self.schedule, SCHEDULES)
        require_whole("schedule steps", self.schedule_steps, 0, 10**9)
        require_whole("warm-up steps", self.warmup_steps, 0, 10**9)
        require_number("epochs before decay", self.decay_after, 0.0, 1e6)
        require_number("epochs between decays", self.decay_every, 1e-6, 1e6)
        require_number("decay factor", self.decay_factor, 1e-6, 1.0)
        require_number("final rate", self.final_rate, 0.0, 1.0)
        require_whole("patience", self.patience, 1, 10**6)
        require_number("average", self.average, 0.0, 0.999999)
        require_whole("stop after", self.stop_after, 0, 10**6)


class SamplingSettings(Struct, frozen=True):
    """How characters are drawn; every field may change between two characters."""

    temperature: float = 0.8
    """Divides the logits before the softmax: 0 always takes the likeliest character, 1 is the network's own opinion."""
    top_k: int = 0
    """Draw among the k likeliest characters only; 0 keeps all."""
    top_p: float = 1.0
    """Draw among the likeliest characters that together reach this probability; 1 keeps all."""
    rate: float = 60.0
    """Characters a second; `math.inf` writes as fast as it goes."""

    def __post_init__(self) -> None:
        require_number("temperature", self.temperature, 0.0, 100.0)
        require_whole("top-k", self.top_k, 0, 1_000_000)
        require_number("top-p", self.top_p, 0.0, 1.0)
        require(self.top_p > 0.0, f"top-p is {self.top_p!r}; it must be above 0, and 1 keeps every character")
        require(
            is_real(self.rate) and self.rate > 0.0, f"rate is {self.rate!r}; it must be above 0 characters a second"
        )
