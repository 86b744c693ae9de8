"""What is worth a word of praise, and that it is said once."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from corpora.info import Baselines
from model.protocol import Gauges, RunUpdate
from tui.praise import Praise
from tui.units import LossUnit

from scripted_session import GAUGES, playing, update

COSTS = Baselines(uniform=4.16, unigram=3.3, bigram=2.46, floor=None, xz=2.2, bz2=2.6, compressed=10)
NEW = replace(GAUGES, baselines=COSTS, best_validation_loss=None)
PAIRS = "better than knowing what follows each character."


def at(loss: float | None) -> Gauges:
    return replace(NEW, best_validation_loss=loss)


def test_each_guesser_is_beaten_once_and_of_several_the_hardest_is_named() -> None:
    praise = Praise()
    assert praise.of(RunUpdate(NEW, fresh=True)) == ""
    said = [praise.of(RunUpdate(at(loss))) for loss in (4.2, 3.0, 2.9, 2.4, 2.4)]
    frequent = "Validation loss 3.000 nats: better than knowing how frequent each character is."
    assert said == ["", frequent, "", f"Validation loss 2.400 nats: {PAIRS}", ""]


def test_another_run_is_praised_anew() -> None:
    praise = Praise()
    for _ in range(2):
        assert praise.of(RunUpdate(at(None), fresh=True)) == ""
        assert PAIRS in praise.of(RunUpdate(at(2.4)))


def test_what_an_opened_network_beats_already_is_no_news() -> None:
    praise = Praise()
    opened = replace(at(2.4), baselines=None)
    assert praise.of(RunUpdate(opened, fresh=True)) == ""
    assert praise.of(RunUpdate(at(2.4))) == ""
    assert praise.of(RunUpdate(at(1.5))) == "Validation loss 1.500 nats: better than xz packs the text."


def test_the_loss_is_told_in_the_unit_that_is_looked_at() -> None:
    for unit, told in ((LossUnit.BITS, "loss 3.462 bits"), (LossUnit.PERPLEXITY, "perplexity 11.02")):
        praise = Praise()
        assert praise.of(RunUpdate(NEW, fresh=True), unit) == ""
        assert praise.of(RunUpdate(at(2.4)), unit) == f"Validation {told}: {PAIRS}"


async def test_it_is_said_on_the_screen(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=NEW) as (session, app, _pilot):
        await session.play(update(at(2.4)), update(at(2.39)))
        assert [notice.message for notice in app._notifications] == [f"Validation loss 2.400 nats: {PAIRS}"]
        app.main.loss_unit = LossUnit.BITS
        await session.play(update(at(1.5)))
        assert [notice.message for notice in app._notifications][1:] == [
            "Validation loss 2.164 bits: better than xz packs the text."
        ]
