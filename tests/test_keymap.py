"""Other keys than the usual ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from textual.command import CommandPalette
from textual.widget import Widget
from textual.widgets import Input

from model.protocol import Pause, Step
from tui import screens, widgets
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
        ({"train": "\u00e9"}, {"train": "\u00e9"}),
        ({"help": "?, h"}, {"help": "question_mark,h"}),
        ({"train": "n", "step": "space"}, {"train": "n", "step": "space"}),  # which change places
        ({"later": "n"}, {"later": "n"}),  # the time machine has no such step
        ({"palette": "f9"}, {"palette": "f9"}),
        # what lists and fields have no use for where that key works
        ({"earlier": "home", "earliest": "left"}, {"earlier": "home", "earliest": "left"}),
        ({"go-on": "escape", "end-race": "enter"}, {"go-on": "escape", "end-race": "enter"}),
        ({"play": "enter"}, {"play": "enter"}),
        ({"mark-run": "right"}, {"mark-run": "right"}),
        ({"one-word": "pageup"}, {"one-word": "pageup"}),
        ({"restart": "backspace"}, {"restart": "backspace"}),  # a field takes it for itself, as it does letters
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
        ({"go-on": "space"}, "[keys] go-on and train cannot both be space; go-on is enter as usual."),
        ({"train": "spcae"}, "[keys] train is 'spcae'; 'spcae' is no key: x, space, f5 or ctrl+t are."),
        ({"train": "ctlr+t"}, "[keys] train is 'ctlr+t'; 'ctlr+t' is no key: x, space, f5 or ctrl+t are."),
        ({"train": "ctrl+q"}, "[keys] train is 'ctrl+q', but ctrl+q is taken; train is space as usual."),
        *(
            (
                {"palette": key},
                f"[keys] palette is {key!r}, but works where text is typed, as {key} is; palette is ctrl+p as usual.",
            )
            for key in (":", "x", "colon", "space", "comma", "\u00e9", "\u00df", "\u044f", "\u20ac")
        ),
        (
            {"one-word": "x"},
            "[keys] one-word is 'x', but works where text is typed, as x is; one-word is tab as usual.",
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


@pytest.mark.parametrize(
    ("id", "key"),
    [
        *(("faster", key) for key in ("up", "enter", "pageup")),  # lists and pages
        *(("ink", key) for key in ("right", "shift+left", "shift+up")),  # sliders, numbers, the loss
        ("step", "end"),  # the writing is followed again
        *(("go-on", "end"), ("play", "pagedown"), ("again", "home"), ("mark-run", "up"), ("one-character", "enter")),
        *(("palette", key) for key in ("left", "enter", "escape", "delete", "ctrl+u", "ctrl+end")),
    ],
)
def test_what_lists_fields_and_dialogs_need_stays_theirs(id: str, key: str) -> None:  # noqa: A002
    keys, (said,) = keymap_of({id: key})
    assert keys == {}
    assert said.startswith(f"[keys] {id} is {key!r}, but {key} is for lists, fields and dialogs; {id} is ")


def test_the_question_mark_explains_where_the_recipe_is_open() -> None:
    keys, (said,) = keymap_of({"help": "h", "start-over": "?"})
    assert keys == {"help": "h"}
    assert said == "[keys] start-over is '?', but ? is for lists, fields and dialogs; start-over is ctrl+n as usual."


def test_no_key_above_all_can_be_one_that_a_part_of_any_screen_has() -> None:
    for package in (screens, widgets):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    parts, taken = [Widget], set()
    for part in parts:
        parts += part.__subclasses__()
        if not part.__module__.startswith(("tui.", "textual.")):
            continue
        bindings = part._merge_bindings().key_to_bindings
        taken |= {key for key, found in bindings.items() if not all(binding.id for binding in found)}
    assert {"pageup", "ctrl+u", "shift+up", "escape", "ctrl+v"} <= taken
    assert [key for key in sorted(taken) if keymap_of({"palette": key})[0]] == []


def test_of_two_that_want_the_same_the_first_has_it() -> None:
    said = "[keys] unit and ink cannot both be f6; unit is u as usual."
    assert keymap_of({"ink": "f6", "unit": "f6"}) == ({"ink": "f6"}, (said,))


@pytest.mark.parametrize("id", ["one-word", "quit", "faster", "leave-past", "delete-run"])
def test_a_usual_key_can_be_stated(id: str) -> None:  # noqa: A002
    usual = next(key.keys for key in (*KEYS, *OTHER_KEYS) if key.id == id)
    assert keymap_of({id: usual}) == ({id: usual}, ())


def test_all_usual_keys_can_be_stated_at_once() -> None:
    usual = {key.id: key.keys for key in (*KEYS, *OTHER_KEYS)}
    assert keymap_of(usual) == (usual, ())


def test_who_states_a_usual_key_keeps_it_though_another_wanted_it_first() -> None:
    assert keymap_of({"train": "n", "step": "n"}) == ({"step": "n"}, (CLASH,))


def test_a_usual_key_that_comes_back_may_clash_with_one_that_was_given_away() -> None:
    keys, said = keymap_of({"train": "n", "step": "ctrl+q"})
    assert keys == {}
    assert len(said) == 2 and said[1] == CLASH


async def test_another_key_acts_and_the_usual_one_does_no_more(tmp_path: Path) -> None:
    settings = Settings(keys={"train": "f5", "step": "space", "write": "\u00e9"})
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
        assert not {"space", "\u00e9"} & set(app.main.active_bindings)


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
