"""Help for the part of the screen that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.app import LSTMApp
from tui.explained import PARTS, explained
from tui.keymap import keys_in_force
from tui.recipe import BY_NAME
from tui.screens.help import HelpScreen
from tui.widgets.key_table import KeyTable

from scripted_session import playing


def said(app: LSTMApp) -> tuple[str, str]:
    assert isinstance(app.screen, HelpScreen)
    name, meaning = (app.screen.query_one(f"#help-about{part}", Static) for part in ("-name", ""))
    return str(name.render()), str(meaning.render())


async def asked(app: LSTMApp, pilot: Pilot[None], key: str = "f1") -> tuple[str, str]:
    """Ask what is in use, and close the answer."""
    await pilot.press(key)
    await pilot.pause()
    answer = said(app)
    await pilot.press("escape")
    await pilot.pause()
    return answer


async def test_f1_explains_the_panel_in_use_above_all_keys(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        # next comes last: there the digits write
        for key, part in zip("134576", ("catalogue", "temperature", "loss", "sample", "neurons", "next"), strict=True):
            await pilot.press(key)
            await pilot.pause()
            meaning = PARTS[part].meaning.format_map(app.shown_keys)
            assert await asked(app, pilot) == (PARTS[part].name, meaning)
        await pilot.press("f1")
        for _ in range(5):  # what has the focus may yet be brought into sight
            await pilot.pause()
        about = app.screen.query_one("#help-about").region
        table = app.screen.query_one(KeyTable)
        assert about.bottom <= table.region.y
        assert app.focused is table
        assert app.screen.query_one(VerticalScroll).region.contains_region(about)


async def test_f1_once_more_closes_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("f1", "f1")
        assert app.screen is app.main


async def test_each_field_says_what_it_is_and_when_it_acts(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        for name, acts in (
            ("learning_rate", "Enter lets it act"),
            ("layers", "starts over"),
            ("preset", "fill in all"),
        ):
            field = app.main.query_one("#" + name.replace("_", "-"))
            next(widget for widget in field.query("*") if widget.focusable).focus()
            await pilot.pause()
            label, meaning = await asked(app, pilot)
            if name in BY_NAME:
                assert label == BY_NAME[name].label
                assert BY_NAME[name].explanation in meaning
            assert acts in meaning


@pytest.mark.parametrize(
    ("keys", "key", "name"),
    [
        ("o", "question_mark", "Folders"),
        ("o", "f1", "Folders"),
        ("o shift+tab", "f1", "Path"),
        ("c", "f1", "Filter"),
        ("c tab", "question_mark", "Texts"),
        ("b", "f1", "Begin with"),
        ("e", "question_mark", "Events"),
        ("p", "question_mark", "Preset"),
        ("p tab", "question_mark", "Cell"),
        ("p tab tab", "f1", "Hidden size"),
        ("ctrl+r", "question_mark", "Race"),
    ],
)
async def test_in_a_dialog_f1_and_the_question_mark_explain_it(tmp_path: Path, keys: str, key: str, name: str) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        dialog = app.screen
        assert (await asked(app, pilot, key))[0] == name
        assert app.screen is dialog


async def test_where_text_is_typed_the_question_mark_is_typed(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("b", "question_mark")
        assert app.screen.query_one("#prime", Input).value == "?"


async def test_all_that_takes_the_focus_on_the_main_screen_and_in_dialogs_is_explained(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        for keys in ("", "o", "c", "b", "e", "p", "ctrl+r"):
            await pilot.press(*keys.split())
            await pilot.pause()
            closing = ("cancel", "close")
            lost = [
                node for node in app.screen.focus_chain if node.id not in closing and not explained(node, app.screen)
            ]
            assert lost == [], keys
            if keys:
                await pilot.press("escape")
                await pilot.pause()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("race", "f2 goes on with the one that leads."),
        ("runs", "f3 goes on with one, f4 marks it;"),
        ("duet", "f5 lets it go on a little, f6 lets it write on alone."),
        ("past", "f7 and f8 go through them."),
    ],
)
def test_what_is_said_of_a_screen_names_the_keys_that_are_bound(part: str, said: str) -> None:
    ids = ("go-on", "go-on-with", "mark-run", "one-word", "write-on", "earlier", "later")
    keys = keys_in_force({each: f"f{number}" for number, each in enumerate(ids, 2)})
    told = explained(Widget(id=part), None, keys)  # type: ignore[arg-type]
    assert told is not None and said in told.meaning


def test_a_widget_may_bring_its_own_words() -> None:
    class Dial(Widget):
        HELP = """
        # Dial
        Turns it,
        slowly.
        """

    assert explained(Dial(), None) == ("Dial", "Turns it, slowly.")  # type: ignore[arg-type]
