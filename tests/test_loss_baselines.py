"""What a loss is worth, in words."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from corpora.info import Baselines
from model.protocol import Gauges
from tui.units import LossUnit
from tui.widgets.loss_baselines import ahead, baselines_of, verdict
from tui.widgets.loss_legend import title

KNOWN = Baselines(
    uniform=4.159, unigram=3.33, bigram=2.47, floor=None, xz=2.05 / math.log(2), bz2=2.02 / math.log(2), compressed=9
)
GAUGES = Gauges(vocabulary="".join(map(chr, range(32, 96))), baselines=KNOWN)


def test_chance_is_known_from_the_vocabulary_alone() -> None:
    (chance,) = baselines_of(replace(GAUGES, baselines=None))
    assert chance.name == "chance"
    assert chance.nats == pytest.approx(math.log(64))
    assert baselines_of(Gauges()) == ()


def test_baselines_are_nats_with_the_easiest_first_and_bz2_only_where_it_differs() -> None:
    assert [one.name for one in baselines_of(GAUGES)] == ["chance", "unigrams", "bigrams", "xz"]
    assert baselines_of(GAUGES)[-1].nats == pytest.approx(2.05)
    other = replace(GAUGES, baselines=replace(KNOWN, bz2=1.9 / math.log(2), floor=1.1))
    assert [one.name for one in baselines_of(other)][3:] == ["xz", "bz2", "floor"]


def test_a_baseline_that_is_no_number_is_left_out() -> None:
    broken = replace(GAUGES, baselines=replace(KNOWN, bigram=math.nan, xz=math.inf, bz2=math.nan))
    assert [one.name for one in baselines_of(broken)] == ["chance", "unigrams"]


@pytest.mark.parametrize(
    ("loss", "words", "following"),
    [
        (4.3, "no better than chance", "chance"),
        (3.9, "better than chance", "unigrams"),
        (3.0, "better than unigrams", "bigrams"),
        (2.2, "better than bigrams", "xz"),
        (1.5, "better than xz", None),
        (math.nan, "", None),
        (None, "", None),
    ],
)
def test_the_hardest_baseline_that_is_beaten_is_named_and_the_next(
    loss: float | None, words: str, following: str | None
) -> None:
    baselines = baselines_of(GAUGES)
    assert verdict(loss, baselines) == words
    found = ahead(loss, baselines)
    assert (found.name if found else None) == following


def test_the_floor_is_reached_and_not_beaten() -> None:
    baselines = baselines_of(replace(GAUGES, baselines=replace(KNOWN, floor=1.5)))
    assert verdict(1.8, baselines) == "better than xz"
    assert verdict(1.51, baselines) == verdict(1.49, baselines) == "at the floor: no model does better"
    assert ahead(1.51, baselines) is ahead(1.49, baselines) is None
    said = title("Loss", 1.51, baselines, named=(), unit=LossUnit.NATS, width=200)
    assert "at the floor" in said and "floor 1.50" not in said


def test_the_title_tells_what_is_not_on_the_chart_as_far_as_there_is_room() -> None:
    baselines = baselines_of(GAUGES)

    def told(width: int) -> str:
        return title("4 Loss", 2.2, baselines, named=["bigrams"], unit=LossUnit.NATS, width=width)

    parts = ["4 Loss", "better than bigrams", "next: xz 2.05", "passed: unigrams 3.33, chance 4.16"]
    assert told(200) == " \u00b7 ".join(parts)
    for width in range(6, 90):
        assert len(told(width)) <= width
        assert told(200).startswith(told(width))
        assert told(width)[-1] not in ",:\u00b7 "
