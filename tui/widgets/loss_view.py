"""How a loss is looked at: unit, axis, and how much of the run."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.units import LossUnit

Switch = Literal["unit", "axis", "zoom", "page"]
"""What can be switched by key, and by a click on its word."""


class Zoom(Enum):
    """Which part of the run is shown."""

    ALL = "all steps"
    THIRD = "last third"
    TENTH = "last 10 %"

    @property
    def share(self) -> float:
        """Of the steps so far."""
        return {Zoom.ALL: 1.0, Zoom.THIRD: 1 / 3, Zoom.TENTH: 0.1}[self]


class LossView(Struct, frozen=True):
    """What the keys of the loss panel switch."""

    unit: LossUnit = LossUnit.NATS
    log: bool = False
    """A logarithmic loss axis."""
    zoom: Zoom = Zoom.ALL
    vitals: bool = False
    """Gates and health in place of the numbers."""

    def switched(self, switch: Switch) -> LossView:
        """Return the view with one switch a step further."""
        match switch:
            case "unit":
                return replace(self, unit=self.unit.next)
            case "axis":
                return replace(self, log=not self.log)
            case "zoom":
                zooms = list(Zoom)
                return replace(self, zoom=zooms[(zooms.index(self.zoom) + 1) % len(zooms)])
            case "page":
                return replace(self, vitals=not self.vitals)
