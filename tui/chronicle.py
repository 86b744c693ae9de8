"""What happened in a run, a sentence each: what the engine said, and what its numbers tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from model.presets import in_words
from model.protocol import Gauges, RunUpdate
from tui import units
from tui.recipe import BY_NAME, RATE
from tui.units import LossUnit
from tui.widgets.top_bar import describe_run

MOST: Final = 100
"""Events that are kept; the oldest go."""

DROPPING: Final = ("step", "plateau")
"""Schedules whose learning rate falls now and then, and not all the time."""


class Event(Struct, frozen=True):
    """Something that happened, or that was said."""

    step: int
    text: str
    severity: Literal["information", "warning", "error"] = "information"
    begins: bool = False
    """A new run begins here: steps count anew."""


def happened(before: Gauges, update: RunUpdate, brought: float | None = None) -> Iterator[Event]:
    """The events of an update, oldest first.

    Args:
        before: Where the run stood at the update before.
        update: What came since.
        brought: The best validation loss that the run had when it was opened: what that is better than is no news.
    """
    now = update.gauges
    if update.fresh:
        new = update.losses[update.again :]
        begun = new[0].step - 1 if new else now.step
        yield Event(begun, str(describe_run(now)) or "a new run", begins=True)
        before = Gauges(network=now.network, training=now.training, learning_rate=now.learning_rate)
    yield from (Event(now.step, notice.text, notice.severity) for notice in update.notices)
    yield from (
        Event(now.step, text)
        for text in (*_steered(before, now), *_dropped(before, now), *_beaten(before, now, brought))
    )


def _steered(before: Gauges, now: Gauges) -> Iterator[str]:
    """Training settings that someone changed while it trained."""
    old, new = before.training, now.training
    if old is None or new is None or old is new:
        return
    for name in new.__struct_fields__:
        was, is_now = getattr(old, name), getattr(new, name)
        if was != is_now:
            yield f"{BY_NAME[name].label.lower()} {in_words(is_now)}, was {in_words(was)}"


def _dropped(before: Gauges, now: Gauges) -> Iterator[str]:
    """A learning rate that went down by itself; a cosine's does so all the time, which is not worth saying."""
    old, new, training = before.learning_rate, now.learning_rate, now.training
    if old is None or new is None or training is None or training != before.training:
        return
    if training.schedule in DROPPING and new < old:
        yield f"{BY_NAME[RATE].label.lower()} {new:.3g} from here on"


def _beaten(before: Gauges, now: Gauges, brought: float | None) -> Iterator[str]:
    """What a text costs without a network, where the network has learnt to do better."""
    known = beaten(before) + beaten(replace(now, best_validation_loss=brought))
    for words in beaten(now):
        if words not in known:
            yield f"validation {LossUnit.NATS.told(now.best_validation_loss)}: better than {words}"


def beaten(gauges: Gauges) -> tuple[str, ...]:
    """What the best validation loss so far is better than."""
    loss, costs = gauges.best_validation_loss, gauges.baselines
    if loss is None or costs is None:
        return ()
    bounds = (
        (loss < costs.uniform, "chance"),
        (loss < costs.unigram, "knowing how frequent each character is"),
        (loss < costs.bigram, "knowing what follows each character"),
        (costs.bz2 is not None and units.bits(loss) < costs.bz2, "bzip2 packs the text"),
        (costs.xz is not None and units.bits(loss) < costs.xz, "xz packs the text"),
    )
    return tuple(words for better, words in bounds if better)
