"""Other keys than the usual ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from model.protocol import Pause, Step
from tui.bindings import KEYS, OTHER_KEYS
from tui.keymap import keymap_of
from tui.screens.help import HelpScreen
from tui.settings import Settings, save_settings
from tui.widgets.key_bar import KeyBar
from tui.widgets.key_table import KeyTable

from scripted_session import playing

CLASH = "[keys] train and step cannot both be n; train is space as usual."


@pytest.mark.parametrize(
    ("wanted", "had"),
    [
        ({}, {}),
        ({"train": "f5"}, {"train": "f5"}),
        ({"help": "?, h"}, {"help": "question_mark,h"}),
        ({"train": "n", "step": "space"}, {"train": "n", "step": "space"}),  # which change places
        ({"later": "n"}, {"later": "n"}),  # the time machine has no such step
        ({"palette": "f9"}, {"palette": "f9"}),
    ],
)
def test_keys_that_are_free_can_be_had(wanted: dict[str, object], had: dict[str, str]) -> None:
    assert keymap_of(wanted) == (had, ())


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"trian": "x"}, "[keys] trian is nothing that has a key; did you mean train?"),
        ({"train": "n"}, CLASH),
        ({"train": "r"}, "[keys] train and restart cannot both be r; train is space as usual."),
        ({"play": "r"}, "[keys] play and other-passage cannot both be r; play is space as usual."),
        ({"go-on": "f1"}, "[keys] go-on and explain cannot both be f1; go-on is enter as usual."),
        ({"play": "ctrl+p"}, "[keys] play and palette cannot both be ctrl+p; play is space as usual."),
        ({"again": "f1"}, "[keys] again and explain cannot both be f1; again is r as usual."),
        ({"name-run": "ctrl+p"}, "[keys] name-run and palette cannot both be ctrl+p; name-run is n as usual."),
        ({"one-word": "f1"}, "[keys] one-word and explain cannot both be f1; one-word is tab as usual."),
        ({"train": "enter"}, "[keys] train and go-on cannot both be enter; train is space as usual."),
        ({"train": "spcae"}, "[keys] train is 'spcae'; 'spcae' is no key: x, space, f5 or ctrl+t are."),
        ({"train": "ctlr+t"}, "[keys] train is 'ctlr+t'; 'ctlr+t' is no key: x, space, f5 or ctrl+t are."),
        ({"train": "ctrl+q"}, "[keys] train is 'ctrl+q', but ctrl+q is taken; train is space as usual."),
        (
            {"palette": ":"},
            "[keys] palette is ':', but works in text fields too, where : is typed; palette is ctrl+p as usual.",
        ),
        ({"quit": "q"}, "[keys] quit is always ctrl+q, so that there is one way out."),
        (
            {"train": 5},
            '[keys] train is 5; it must be a key such as "space" or "ctrl+t", or several with commas between.',
        ),
    ],
)
def test_what_cannot_be_had_is_said_and_stays_as_usual(wanted: dict[str, object], said: str) -> None:
    assert keymap_of({**wanted, "events": "f6"}) == ({"events": "f6"}, (said,))


def test_of_two_that_want_the_same_the_first_has_it() -> None:
    said = "[keys] unit and ink cannot both be f6; unit is u as usual."
    assert keymap_of({"ink": "f6", "unit": "f6"}) == ({"ink": "f6"}, (said,))


def test_a_usual_key_that_comes_back_may_clash_with_one_that_was_given_away() -> None:
    keys, said = keymap_of({"train": "n", "step": "ctrl+q"})
    assert keys == {}
    assert len(said) == 2 and said[1] == CLASH


async def test_another_key_acts_and_the_usual_one_does_no_more(tmp_path: Path) -> None:
    settings = Settings(keys={"train": "f5", "step": "space"})
    async with playing(tmp_path, settings=settings) as (session, app, pilot):
        bar = app.main.query_one(KeyBar)
        assert str(bar.render()).startswith(" f5 Pause ")
        await pilot.press("f5", "space", "n")
        assert [type(command) for command in session.sent] == [Pause, Step]
        await pilot.pause()
        assert str(bar.render()).startswith(" f5 Train ")
        await pilot.press("2", "tab", "tab")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        assert "space" not in app.main.active_bindings


async def test_help_and_palette_show_the_keys_in_force(tmp_path: Path) -> None:
    settings = Settings(keys={"train": "f5", "palette": "f9", "earlier": "colon"})
    async with playing(tmp_path, settings=settings) as (_session, app, pilot):
        commands = {command.title: command.help for command in app.get_system_commands(app.main)}
        assert commands["Train"] == "f5 \u00b7 Train, or pause."
        assert commands["Warmer"].startswith("] \u00b7 ")
        await pilot.press("?")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        shown = {row.key.id: row.name for row in app.screen.query_one(KeyTable).rows if row.key is not None}
        assert [shown[each] for each in ("train", "palette", "earlier", "step")] == ["f5", "f9", ":", "n"]
        await pilot.press("escape", "f9")
        assert isinstance(app.screen, CommandPalette)


async def test_the_app_opens_with_keys_that_cannot_be_had_and_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path, settings=Settings(keys={"train": "n"}, quiet=True)) as (session, app, pilot):
        assert [notice.message for notice in app._notifications] == [f"settings.toml: {CLASH}"]
        await pilot.press("space")
        assert [type(command) for command in session.sent] == [Pause]


def test_the_file_lists_what_has_a_key(tmp_path: Path) -> None:
    save_settings(tmp_path / "settings.toml", Settings(keys={"train": "f5"}))
    text = (tmp_path / "settings.toml").read_text()
    assert '\ntrain = "f5"\n' in text and '# train = "space"' not in text
    for key in (*KEYS, *OTHER_KEYS):
        assert key.id in ("train", "quit") or f'# {key.id} = "{key.keys}"\n' in text
