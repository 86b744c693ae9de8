"""A setting as people meet it: what a field is made from."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from model.config import NetworkSettings
from model.live import FIXED
from model.presets import in_words

Value = int | float | str
"""What a field holds: a number, one of its choices, a switch; or a text that is none of these."""

Kind = Literal["whole", "number", "choice", "switch"]
Group = Literal["Recipe", "Network", "Learning", "Regularisation", "Care"]

NETWORK_NAMES: Final = frozenset(NetworkSettings.__struct_fields__)
SWITCH: Final = ("no", "yes")


Told = Callable[[str], Value]
"""Tells the value of a setting by its name."""


def where(name: str, *values: str) -> Callable[[Told], bool]:
    """A setting that matters only where another has one of these values."""
    return lambda told: told(name) in values


class Setting(Struct, frozen=True):
    """What a field is for. Its bounds are those of `model.config`, which is asked."""

    name: str
    """The attribute of the settings."""
    group: Group
    label: str
    explanation: str
    """One line."""
    kind: Kind = "whole"
    choices: tuple[str, ...] = ()
    factor: float = 2.0
    """The arrow keys multiply and divide a number by it,"""
    stops: tuple[float, ...] = ()
    """or go to the next of these where there are any,"""
    step: int = 0
    """or add and subtract this where it is set."""
    applies: Callable[[Told], bool] | None = None
    """Whether it matters, given the others; None is always."""

    @property
    def live(self) -> bool:
        """Whether it can be changed while training goes on."""
        return self.name not in NETWORK_NAMES and self.name not in FIXED and self.name != "preset"

    @property
    def typed(self) -> bool:
        """Whether it is a number to be typed in, else something to be picked."""
        return self.kind in ("whole", "number")

    def parse(self, text: str) -> Value:
        """The value that `text` says; what is none stays text, for the settings to complain about."""
        if self.kind == "switch":
            return {"no": False, "yes": True}.get(text, text)
        if self.kind == "choice":
            return text
        try:
            return int(text) if self.kind == "whole" else float(text)
        except ValueError:
            return text

    def write(self, value: Value) -> str:
        """The value as it stands in the field."""
        if isinstance(value, bool):
            return in_words(value)
        return str(value).removesuffix(".0")

    def turn(self, value: Value, direction: int) -> Value:
        """The value one step down (-1) or up (1); a text that is no number stays."""
        if isinstance(value, str) or value != value:
            return value
        if self.stops:
            place = bisect_left(self.stops, value) - 1 if direction < 0 else bisect_right(self.stops, value)
            return self.stops[min(max(place, 0), len(self.stops) - 1)]
        if self.step:
            return max(0 if self.name == "seed" else 1, round(value) + direction * self.step)
        turned = value * self.factor**direction
        if not math.isfinite(turned):
            return value
        return max(1, round(turned)) if self.kind == "whole" else float(f"{turned:.3g}")
