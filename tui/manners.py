"""Ways of writing by name: careful, balanced, wild."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from model.config import SamplingSettings


class Manner(Struct, frozen=True):
    """Sampling settings that belong together; how fast it writes is another matter."""

    name: str
    temperature: float
    top_p: float
    help: str
    """One sentence."""

    def applied(self, sampling: SamplingSettings) -> SamplingSettings:
        """Return `sampling` with this manner, at its own pace."""
        return replace(sampling, temperature=self.temperature, top_k=0, top_p=self.top_p)


MANNERS: Final = (
    Manner("careful", 0.5, 0.9, "Write carefully: temperature 0.5, and only what makes up nine tenths."),
    Manner("balanced", 0.8, 1.0, "Write as usual: temperature 0.8, and every character may come."),
    Manner("wild", 1.3, 1.0, "Write wildly: temperature 1.3, and every character may come."),
)
BY_NAME: Final = {manner.name: manner for manner in MANNERS}


def in_force(sampling: SamplingSettings) -> Manner | None:
    """Return the manner that these settings are, if they are one."""
    return next((manner for manner in MANNERS if manner.applied(sampling) == sampling), None)
