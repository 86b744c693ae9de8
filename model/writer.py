"""Paces a sampler, and keeps what it wrote until the next update takes it along."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from corpora.origins import RUN
from corpora.quotations import Quotations
from model.config import SamplingSettings
from model.hands import DRAWN, TYPED, UNREAD, Ending, Stretch
from model.hidden import HiddenTrace
from model.lookout import Lookout
from model.outlook import Outlook
from model.parameters import Floats
from model.protocol import MAIN, Mark, MarkKind, Written
from model.sampling import Draw, NoOpinionError, Sampler

HOLD_SECONDS, HOLD_RATE = 0.08, 1000.0
"""How long a due character may wait where nobody can see it sooner, at a rate of so many a second at most.

Several at once are less work: training leaves nothing of the weights that writing reads in the processor's cache.
"""

BACKLOG = 4096
"""Characters that may wait for an update; then writing waits too."""

MAX_DEBT_SECONDS = 0.2
"""Characters that are overdue by more than this (the machine was busy) are not made up for in a rush."""

ASTRAY_SECONDS = 0.2
"""Between two tries to write with weights that went astray; those they are rolled back to may come soon."""

STEPS_BACK = 256
"""Characters that can be taken back."""


class Before(Struct, frozen=True):
    """A sampler as it was before it wrote a character."""

    state: Floats
    last: int | None
    draw: Draw | None
    chance: Mapping[str, Any]
    """Of the random generator."""


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
        self._by_hand = bytearray()
        self._typed: deque[str] = deque()  # that waits to be written
        self._ending: Ending | None = None  # of a stretch that is being written
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
        self._let_go()
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
        self._ending = None
        if not self.on:
            self.on, self._next = True, self.clock()

    def rest(self) -> None:
        """Write no more, until it is asked to."""
        self.on, self._ending = False, None

    def go_on(self, stretch: Stretch) -> None:
        """Write a little, and rest."""
        self.on, self._ending, self._next = False, Ending(stretch), self.clock()

    def type(self, text: str) -> None:
        """Write what a person typed, as soon as there is time; whatever the network was about to say waits."""
        self._typed += text
        self._ending = None

    def _let_go(self) -> None:
        """Another text begins: nothing of the one before can be taken back, or is still to come."""
        self._before.clear()
        self._typed.clear()
        self._ending = None

    def restart(self, prime: str) -> tuple[str, ...]:
        """Begin anew after `prime`; returns the distinct characters of it that the vocabulary lacks."""
        read, unknown = self.sampler.restart(prime)
        self._mark("start", "a new text", given=len(read))
        self._text += read
        self._probabilities += [1.0] * len(read)
        self._by_hand += bytes([DRAWN]) * len(read)
        self._draw = self._last_used = None
        self._lookout.forget()
        self._let_go()
        if self.quotations is not None:
            self.quotations.begin(given=len(read))
        self.on, self._next = True, self.clock()
        return unknown

    def patience(self, *, awaited: bool) -> float:
        """Seconds that writing can wait for, infinite if there is nothing to write.

        Args:
            awaited: Whether an update is, which would take along what is written; what a person typed never waits.
        """
        seconds = self.seconds_to_next
        if awaited or self._typed or self.settings.rate > HOLD_RATE or seconds == float("inf"):
            return seconds
        return max(0.0, self._next + HOLD_SECONDS - self.clock())

    @property
    def seconds_to_next(self) -> float:
        """Until a character is due; 0 if one is, infinite if none will be."""
        if len(self._text) >= BACKLOG:
            return float("inf")
        if self._typed:
            return 0.0
        if not self.on and self._ending is None:
            return float("inf")
        return max(0.0, self._next - self.clock())

    def write_due(self, seconds: float) -> None:
        """Write the characters that are due, for at most about `seconds`."""
        begin = self.clock()
        while self.seconds_to_next <= 0.0:
            if self._typed:
                self._put(self._typed.popleft())
                now = self.clock()
            else:
                self._remember()
                try:
                    draw = self.sampler.draw()
                except NoOpinionError:
                    self._wait_for_better_weights(self.clock())
                    break
                now = self.clock()
                self._write(draw)
                self._next = max(self._next + 1.0 / self.settings.rate, now - MAX_DEBT_SECONDS)
                if self._ending is not None and self._ending.comes_with(self._text[-1]):
                    self._ending = None
            if now - begin >= seconds:
                break

    def _wait_for_better_weights(self, now: float) -> None:
        """Write nothing for a moment: the network's opinion is no number, nor is what it remembers."""
        if self.sampler.trace is not None:
            self.sampler.trace.take_back()
        self._before.clear()
        self._lookout.forget()
        self.sampler.restart()
        self._next = now + max(ASTRAY_SECONDS, 1.0 / self.settings.rate)

    def choose(self, symbol: str) -> bool:
        """Write `symbol` as if it had been drawn; returns whether the network knows it."""
        known = len(symbol) == 1 and symbol in self.sampler.vocabulary.symbols
        if known:
            self._ending = None
            while self._typed:
                self._put(self._typed.popleft())
            self._put(symbol)
        return known

    def _put(self, symbol: str) -> None:
        """Write a person's character; one that the vocabulary lacks leaves all but the page as it is."""
        self._remember()
        id_ = self.sampler.vocabulary.symbols.find(symbol)
        if id_ >= 0:
            self._write(self.sampler.choose(id_), TYPED)
            return
        self._text.append(symbol)
        self._probabilities.append(1.0)
        self._by_hand.append(UNREAD)
        if self.quotations is not None:
            self.quotations.begin(given=1)
        if self.sampler.trace is not None:
            self.sampler.trace.note(self.sampler.state)

    def take_back(self) -> bool:
        """Undo the last character, so that another may come in its place; returns whether there was one to undo."""
        self._ending = None
        if self._typed:
            self._typed.pop()
            return True
        if not self._before:
            return False
        before = self._before.pop()
        self.sampler.state, self.sampler.last, self._draw = before.state, before.last, before.draw
        self.sampler.rng.bit_generator.state = before.chance
        self._place += 1
        if self.quotations is not None:
            self.quotations.take_back()
        if self._text:
            del self._text[-1], self._probabilities[-1], self._by_hand[-1]
            if self.sampler.trace is not None:
                self.sampler.trace.take_back()
            self._marks = [replace(mark, offset=min(mark.offset, len(self._text))) for mark in self._marks]
        else:
            self._taken_back += 1
        return True

    def _remember(self) -> None:
        sampler = self.sampler
        self._before.append(Before(sampler.state.copy(), sampler.last, self._draw, sampler.rng.bit_generator.state))

    def outlook(self, weights: int) -> Outlook | None:
        """What may come next, told anew where a character came, settings changed or `weights` is another number."""
        drawn = self._draw.probability if self._draw is not None else None
        return self._lookout.look(self.sampler, place=self._place, weights=weights, drawn=drawn)

    def _write(self, draw: Draw, by: int = DRAWN) -> None:
        symbols = self.sampler.vocabulary.symbols
        self._text.append(symbols[draw.id])
        self._probabilities.append(draw.probability)
        self._by_hand.append(by)
        if self.quotations is not None:
            self.quotations.write(draw.id)
        self._draw = draw
        self._place += 1
        self._last_used = self.settings

    def take(self) -> Written | None:
        """Hand out what was written since the last call; None if nothing was.

        How the next character is drawn is told with it: until it comes, that may be turned back.
        """
        here = len(self._text)
        held = [mark for mark in self._marks if mark.kind == "sampling" and mark.offset == here]
        told = tuple(mark for mark in self._marks if mark not in held)
        if not (self._text or told or self._taken_back):
            return None
        written = Written(
            text="".join(self._text),
            probabilities=tuple(self._probabilities),
            marks=told,
            hidden=self.sampler.trace.take() if self.sampler.trace is not None else b"",
            taken_back=self._taken_back,
            copied=self.quotations.origins(len(self._text) + RUN - 1) if self.quotations is not None else b"",
            by_hand=bytes(self._by_hand) if any(self._by_hand) else b"",
            sampler=self.name,
        )
        self._text, self._probabilities, self._taken_back = [], [], 0
        self._marks = [replace(mark, offset=0) for mark in held]
        self._by_hand = bytearray()
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
