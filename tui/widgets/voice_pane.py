"""What one of several samplers writes, under its temperature, and how surprising that is."""

from __future__ import annotations

import math
from collections import deque

from textual.content import Content
from textual.reactive import reactive

from model.config import SamplingSettings
from model.protocol import Written
from tui.widgets.sample_pane import SamplePane
from tui.widgets.sampling_panel import meaning

RECENT = 400
"""Characters that the surprise is the mean of."""
FEWEST = 20
"""Characters before which there is nothing to be said of it."""


class VoicePane(SamplePane):
    """A page with its own way of writing."""

    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, repaint=False)
    """How it is written."""

    def __init__(self, sampler: str, sampling: SamplingSettings, *, id: str) -> None:  # noqa: A002
        super().__init__(capacity=50_000, id=id)
        self.sampler = sampler
        self._surprises: deque[float] = deque(maxlen=RECENT)
        self._begun = False
        self._shown = ""  # in the title
        self.set_reactive(VoicePane.sampling, sampling)
        self.set_reactive(VoicePane.ready, True)  # else it would not be open

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrows that a page has no use for to the screen."""
        return action not in ("scroll_left", "scroll_right") and super().check_action(action, parameters)

    def append(self, written: Written) -> None:
        """Add what was written, from the first fresh start on: before it, that was someone else's."""
        self._begun = self._begun or any(mark.kind == "start" for mark in written.marks)
        if self._begun:
            super().append(written)
            given = {mark.offset + place for mark in written.marks for place in range(mark.given)}
            drawn = (each for place, each in enumerate(written.probabilities) if place not in given)
            self._surprises.extend(-math.log2(each) for each in drawn if 0.0 < each <= 1.0)
            self._entitle()

    def on_mount(self) -> None:
        """Say how it will write."""
        self._entitle()

    def watch_sampling(self) -> None:
        """Say how it writes now; what was surprising before does not count."""
        if self.is_mounted:
            self._surprises.clear()
            self._entitle()

    def _entitle(self) -> None:
        """Write over the page what has room, the bits that a character tells first."""
        sampling, parts = self.sampling, []
        if len(self._surprises) >= FEWEST:
            parts.append(f"{sum(self._surprises) / len(self._surprises):.1f} bits")
        if sampling.top_k:
            parts.append(f"top-k {sampling.top_k}")
        if sampling.top_p < 1.0:
            parts.append(f"top-p {sampling.top_p:.2g}")
        parts.append(meaning(sampling.temperature))
        title = f"temperature {sampling.temperature:.2f}"
        room = self.outer_size.width - 6
        for part in parts:
            if len(title) + 3 + len(part) <= room:
                title += f" \u00b7 {part}"
        if title != self._shown:
            self._shown = title
            self.border_title = Content(title)
