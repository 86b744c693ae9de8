"""A text that goes round in a circle is pointed out, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from model.config import SamplingSettings
from tui.loops import LONGEST, WINDOW, advice, period
from tui.widgets.sample_pane import SamplePane

from scripted_session import PLAY, playing, update, written

ROUND = "and the world of the world "
COOL = SamplingSettings(temperature=0.3)


@given(st.text("abc \n", min_size=1, max_size=LONGEST), st.text("abc \n", max_size=80))
def test_whatever_is_repeated_for_long_enough_is_found(piece: str, before: str) -> None:
    found = period(before + piece * (WINDOW // len(piece) + 2))
    assert found is not None and found <= len(piece)


@given(st.text("ab", min_size=0, max_size=WINDOW + 60))
def test_what_is_found_repeats(text: str) -> None:
    found = period(text)
    if found is not None:
        tail = text[-WINDOW:]
        assert all(tail[at] == tail[at - found] for at in range(found, WINDOW))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLAY * 3, None),
        ("a" * WINDOW, 1),
        ("a" * (WINDOW - 1), None),
        ("ab" * WINDOW, 2),
        (ROUND * 12, len(ROUND)),
        (ROUND * 12 + "x", None),
        ("".join(f"{number} " for number in range(90)), None),
        ("", None),
    ],
)
def test_a_period_is_found_only_where_all_repeats(text: str, expected: int | None) -> None:
    assert period(text) == expected


def test_the_advice_is_what_would_help() -> None:
    assert advice(ROUND * 12, COOL) == "It repeats itself: warm it up with ]"
    assert advice(ROUND * 12, replace(COOL, top_k=1)) == "It repeats itself: let more in with }"
    assert advice(ROUND * 12, replace(COOL, temperature=1.0)) == ""
    assert advice(PLAY, COOL) == ""
    assert advice(ROUND * 12, COOL, room=22) == "It repeats itself: ]"


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 12)])
async def test_it_stands_beside_the_title_and_goes_when_the_circle_is_left(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with playing(tmp_path, size=size, sampling=COOL) as (session, app, pilot):
        pane = app.main.query_one(SamplePane)
        assert str(pane.border_title) == "5 Sample"
        await session.play(update(texts=(written(ROUND * 12),)))
        await pilot.pause()
        row = app.screen._compositor.render_strips()[pane.region.y].text
        assert "5 Sample \u00b7 It repeats itself: " in row
        assert "]" in row and "\u2026" not in row
        await session.play(update(texts=(written("but"),)))
        assert str(pane.border_title) == "5 Sample"


async def test_warming_it_up_is_answered_at_once(tmp_path: Path) -> None:
    async with playing(tmp_path, sampling=replace(COOL, temperature=0.95)) as (session, app, pilot):
        await session.play(update(texts=(written(ROUND * 12),)))
        assert app.main.query_one(SamplePane).advice
        await pilot.press("]")
        assert not app.main.query_one(SamplePane).advice
