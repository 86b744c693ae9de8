"""A show that plays by itself: two minutes of what the instrument can do, over and over, until a hand comes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from tui.sanitize import sanitize_line
from tui.widgets.caption import Caption

if TYPE_CHECKING:
    from tui.app import LSTMApp

WARMER = "screen.turn('temperature', 1)"
# in one go: each turn leaves a mark in the text
FAR_COOLER, FAR_WARMER, BACK = (f"screen.turn('temperature', {steps})" for steps in (-9, 18, -9))


class Act(NamedTuple):
    """A sentence that stands for some seconds, and what is done meanwhile."""

    caption: str
    seconds: float
    first: tuple[str, ...] = ()
    """As Textual names actions, all of them at once."""
    later: tuple[str, ...] = ()
    """One after the other, evenly over the time."""
    panel: str = "sample"
    """Of the main screen: it is spoken of, and a small window shows few at once. The loss goes with the sample."""


MOMENT = 0.5
"""Seconds."""
LONGEST_NAME = 30
"""Of a text, as it is said."""
YOURS = (
    "It is yours. {help} has all keys, {train} pauses, {temperature-down} and {temperature-up} turn the temperature."
)
REST, INK = "screen.toggle_writing", "screen.next_ink"
HOPS = 7
"""From noise to the present: a long past has more snapshots than a scene has seconds."""
ONWARD = tuple(f"screen.go_along({hop / HOPS})" for hop in range(1, HOPS + 1))
LATEST = "screen.go(-1)"

USUAL_TEXT = "Shakespeare"
SHOW = (
    Act("A network has just been born. It knows the alphabet, and nothing else: it writes noise.", 6),
    Act(f"It reads {USUAL_TEXT}. The loss falls: each next character surprises it a little less.", 12),
    Act("Spaces, then syllables, then words: nobody has told it that there are any.", 14),
    Act("Temperature down: it only dares what is likely.", 9, (FAR_COOLER,)),
    Act("Temperature up: everything may come, and sense dissolves.", 9, (FAR_WARMER,)),
    Act("Back to calm. The bars show what may come next, and how likely it is.", 8, (BACK,), panel="next"),
    Act(
        "The writing rests, the bars still move: this is all that temperature does.",
        9,
        (REST,),
        (WARMER,) * 9,
        panel="next",
    ),
    # warm for a while yet: there is more that glows
    Act("On it goes, in an ink that glows where it surprised itself.", 10, (REST, INK), (BACK,)),
    Act(
        "Single neurons follow something: a speaker's name, say, or a line's length.",
        10,
        (INK, "screen.find_neurons"),
        panel="neurons",
    ),
    Act(
        "Back in time: one passage, the same random numbers, from noise to now.",
        14,
        (INK, "screen.past"),
        (*ONWARD, LATEST),  # to be read, the present stands twice as long
    ),
    Act("A race: three kinds of memory learn the same text, in the same time.", 3, ("screen.leave", "screen.race")),
    Act("The plain one is quick; the gated ones remember longer. Who leads?", 16, ("focused.select",)),
    Act("And from the beginning. Press any key, and it is yours.", 4, ("screen.end",), ("screen.start_over",)),
)


class Demo:
    """Directs the app.

    Attributes:
        going: Whether the show goes on; it ends once and for all.
    """

    def __init__(self, app: LSTMApp, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Prepare a show.

        Args:
            app: Is played on.
            sleep: Lets seconds pass.
        """
        self._app, self._sleep = app, sleep
        self._pause: asyncio.Future[None] | None = None  # between two actions
        self.going = True

    async def play(self) -> None:
        """Play the show over and over, until `stop`."""
        acts = itertools.cycle(SHOW)
        while self.going:
            await self._play(next(acts))

    async def _play(self, act: Act) -> None:
        self._app.main.panel = act.panel  # the focus stays: a panel that has it tells of its keys
        seconds, caption = act.seconds / (1 + len(act.later)), self._caption(act)
        for actions in (act.first, *((action,) for action in act.later)):
            for action in actions:
                await self._do(action)
            self._say(caption)
            if seconds > 2 * MOMENT:
                # a screen that is opened may come a moment later
                await self._wait(MOMENT)
                self._say(caption)
            await self._wait(seconds - MOMENT if seconds > 2 * MOMENT else seconds)

    def _caption(self, act: Act) -> str:
        """What is said in an act, of the text that is read here."""
        corpus = self._app.main.gauges.corpus
        if corpus is None or corpus.name == USUAL_TEXT.lower():
            return act.caption
        return act.caption.replace(USUAL_TEXT, sanitize_line(corpus.name)[:LONGEST_NAME])

    async def _do(self, action: str) -> None:
        if self.going:
            await self._app.run_action(action)

    async def _wait(self, seconds: float) -> None:
        if not self.going:
            return
        self._pause = asyncio.ensure_future(self._sleep(seconds))
        try:
            await self._pause
        except asyncio.CancelledError:
            if self.going:  # it is the app that ends
                raise

    def stop(self) -> None:
        """Play no more."""
        self.going = False
        if self._pause is not None:
            self._pause.cancel()

    def end(self) -> None:
        """Leave the app to whoever has come."""
        self.stop()
        for screen in self._app.screen_stack:
            screen.query(Caption).remove()
        self._app.main.say(YOURS.format_map(self._app.shown_keys))

    def _say(self, caption: str) -> None:
        """Let a sentence stand on the screen that is seen, and on no other."""
        if not self.going:
            return
        for screen in self._app.screen_stack:
            for shown in screen.query(Caption):
                if screen is self._app.screen:
                    shown.update(caption)
                    return
                shown.remove()
        self._app.screen.mount(Caption(caption))
