"""Frozen, validated settings of the network, of its training and of sampling."""

from __future__ import annotations

from dataclasses import dataclass


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
        isinstance(value, (int, float)) and least <= value <= most,  # which no NaN is
        f"{name} is {value!r}; it must be a number from {least:g} to {most:g}",
    )


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """The network's shape. A change of any of these starts a new network."""

    hidden_size: int = 128
    """H, memory cells of each layer."""
    layers: int = 1
    """L, stacked recurrent layers."""

    def __post_init__(self) -> None:
        require_whole("hidden size", self.hidden_size, 1, 4096)
        require_whole("layers", self.layers, 1, 8)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is trained."""

    seq_length: int = 64
    """T, characters of one window; gradients do not flow past it, the state does."""
    batch_size: int = 32
    """B, streams that read different places of the text at once."""
    learning_rate: float = 0.01
    """Step size of Adam."""
    clip_norm: float = 1.0
    """The gradient is scaled down to this L2 norm where it is longer."""
    seed: int = 0
    """Of the initial weights, and of whatever else training draws."""

    def __post_init__(self) -> None:
        require_whole("sequence length", self.seq_length, 1, 4096)
        require_whole("batch size", self.batch_size, 1, 4096)
        require_number("learning rate", self.learning_rate, 0.0, 10.0)
        require_number("gradient clip", self.clip_norm, 1e-6, 1e6)
        require_whole("seed", self.seed, 0, 2**32 - 1)


@dataclass(frozen=True, slots=True)
class SamplingSettings:
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
        require(self.rate > 0.0, f"rate is {self.rate!r}; it must be above 0 characters a second")
