"""Paces a sampler, and keeps what it wrote until the next update takes it along."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpora.origins import RUN
from corpora.quotations import Quotations
from model.config import SamplingSettings
from model.hidden import HiddenTrace
from model.lookout import Lookout
from model.outlook import Outlook
from model.parameters import Floats
from model.protocol import MAIN, Mark, MarkKind, Written
from model.sampling import Draw, Sampler

BACKLOG = 4096
"""Characters that may wait for an update; then writing waits too."""

MAX_DEBT_SECONDS = 0.2
"""Characters that are overdue by more than this (the machine was busy) are not made up for in a rush."""


STEPS_BACK = 64
"""Characters that can be taken back."""


@dataclass(frozen=True, slots=True)
class Before:
    """A sampler as it was before it wrote a character."""

    state: Floats
    last: int | None
    draw: Draw | None


class Writer:
    """Writes with `sampler` at the rate of its settings.

    Attributes:
        sampler: Draws the characters.
        on: Whether it writes.
        quotations: Finds out what is copied; None where nobody can know.
    """

    def __init__(self, sampler: Sampler, clock: Callable[[], float], name: str = MAIN) -> None:
        self.sampler, self.clock, self.name = sampler, clock, name
        self.on = False
        self._next = clock()
        self._text: list[str] = []
        self._probabilities: list[float] = []
        self._draw: Draw | None = None
        self._marks: list[Mark] = []
        self._last_used: SamplingSettings | None = None
        self.quotations: Quotations | None = None
        self._watched = False
        self._lookout = Lookout(clock)
        self._place = 0  # grows with each character
        self._before: deque[Before] = deque(maxlen=STEPS_BACK)
        self._taken_back = 0  # characters that an update has taken along already

    @property
    def settings(self) -> SamplingSettings:
        """In force from the next character on."""
        return self.sampler.settings

    def steer(self, settings: SamplingSettings) -> None:
        """Use `settings` from the next character on; where they change what is drawn, the text gets a mark."""
        if settings.rate != self.settings.rate:
            self._next = self.clock()
        self.sampler.settings = settings
        if self._last_used is not None:
            self._mark("sampling", what_changed(self._last_used, settings))

    def change_sampler(self, sampler: Sampler, label: str) -> None:
        """Go on with another network, under the settings in force."""
        sampler.settings = self.settings
        self.sampler, self._draw = sampler, None
        self.watch(on=self._watched)
        self._lookout.forget()
        self._before.clear()
        if self.quotations is not None:
            self.quotations.begin()
        self._mark("network", label)

    def watch(self, *, on: bool) -> None:
        """Keep what the units hold as each character is drawn, from now on or no more."""
        self._watched = on
        if not on:
            self.sampler.trace = None
        elif self.sampler.trace is None:
            self.sampler.trace = HiddenTrace(self.sampler.network.settings.hidden_size)

    def start(self) -> None:
        """Write from now on."""
        if not self.on:
            self.on, self._next = True, self.clock()

    def restart(self, prime: str) -> tuple[str, ...]:
        """Begin anew after `prime`; returns the distinct characters of it that the vocabulary lacks."""
        read, unknown = self.sampler.restart(prime)
        self._mark("start", "a new text", given=len(read))
        self._text += read
        self._probabilities += [1.0] * len(read)
        self._draw = self._last_used = None
        self._lookout.forget()
        self._before.clear()
        if self.quotations is not None:
            self.quotations.begin(given=len(read))
        self.on, self._next = True, self.clock()
        return unknown

    @property
    def seconds_to_next(self) -> float:
        """Until a character is due; 0 if one is, infinite if none will be."""
        if not self.on or len(self._text) >= BACKLOG:
            return float("inf")
        return max(0.0, self._next - self.clock())

    def write_due(self, seconds: float) -> None:
        """Write the characters that are due, for at most about `seconds`."""
        begin = self.clock()
        while self.seconds_to_next <= 0.0:
            self._remember()
            self._write(self.sampler.draw())
            now = self.clock()
            self._next = max(self._next + 1.0 / self.settings.rate, now - MAX_DEBT_SECONDS)
            if now - begin >= seconds:
                break

    def choose(self, symbol: str) -> bool:
        """Write `symbol` as if it had been drawn; returns whether the network knows it."""
        known = len(symbol) == 1 and symbol in self.sampler.vocabulary.symbols
        if known:
            self._remember()
            self._write(self.sampler.choose(self.sampler.vocabulary.symbols.index(symbol)))
        return known

    def take_back(self) -> bool:
        """Undo the last character, so that another may come in its place; returns whether there was one to undo."""
        if not self._before:
            return False
        before = self._before.pop()
        self.sampler.state, self.sampler.last, self._draw = before.state, before.last, before.draw
        self._place += 1
        if self.quotations is not None:
            self.quotations.take_back()
        if self._text:
            del self._text[-1], self._probabilities[-1]
            if self.sampler.trace is not None:
                self.sampler.trace.take_back()
            self._marks = [replace(mark, offset=min(mark.offset, len(self._text))) for mark in self._marks]
        else:
            self._taken_back += 1
        return True

    def _remember(self) -> None:
        self._before.append(Before(self.sampler.state.copy(), self.sampler.last, self._draw))

    def outlook(self, weights: int) -> Outlook | None:
        """What may come next, told anew where a character came, settings changed or `weights` is another number."""
        drawn = self._draw.probability if self._draw is not None else None
        return self._lookout.look(self.sampler, place=self._place, weights=weights, drawn=drawn)

    def _write(self, draw: Draw) -> None:
        symbols = self.sampler.vocabulary.symbols
        self._text.append(symbols[draw.id])
        self._probabilities.append(draw.probability)
        if self.quotations is not None:
            self.quotations.write(draw.id)
        self._draw = draw
        self._place += 1
        self._last_used = self.settings

    def take(self) -> Written | None:
        """Hand out what was written since the last call; None if nothing was."""
        if not (self._text or self._marks or self._taken_back):
            return None
        symbols = self.sampler.vocabulary.symbols
        likeliest = self._draw.candidates if self._draw is not None else ()
        written = Written(
            text="".join(self._text),
            probabilities=tuple(self._probabilities),
            candidates=tuple((symbols[other], probability) for other, probability in likeliest),
            marks=tuple(self._marks),
            hidden=self.sampler.trace.take() if self.sampler.trace is not None else b"",
            taken_back=self._taken_back,
            copied=self.quotations.origins(len(self._text) + RUN - 1) if self.quotations is not None else b"",
            sampler=self.name,
        )
        self._text, self._probabilities, self._marks, self._taken_back = [], [], [], 0
        return written

    def _mark(self, kind: MarkKind, label: str, given: int = 0) -> None:
        """Leave a mark before the next character; of one kind at one place only the last stays, if it says anything."""
        here = len(self._text)
        self._marks = [mark for mark in self._marks if (mark.offset, mark.kind) != (here, kind)]
        if label:
            self._marks.append(Mark(here, kind, label, given))


def what_changed(old: SamplingSettings, new: SamplingSettings) -> str:
    """Name what another person should know of the change: `temperature 0.85, top-k 5`; empty if nothing."""
    changes = []
    if new.temperature != old.temperature:
        changes.append(f"temperature {new.temperature:.2f}")
    if new.top_k != old.top_k:
        changes.append(f"top-k {new.top_k}" if new.top_k else "top-k all")
    if new.top_p != old.top_p:
        changes.append(f"top-p {new.top_p:.2f}" if new.top_p < 1.0 else "top-p all")
    return ", ".join(changes)
