"""The screen of settings: what is there, how it is changed, and that it acts and stays."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from model.protocol import Notice, SetShare
from tui.app import LSTMApp
from tui.preferences import PREFERENCES
from tui.screens.help import HelpScreen
from tui.screens.settings import SettingsScreen
from tui.settings import LastText, Settings, load_settings
from tui.units import LossUnit
from tui.widgets.preference_field import CHANGED, PreferenceField

from scripted_session import CATALOGUE, GAUGES, SHAKESPEARE, playing, until, update

SIZES = [(120, 40), (80, 24), (60, 20), (40, 12), (200, 60)]


def field(app: LSTMApp, name: str) -> PreferenceField:
    return app.screen.query_one(f"#preference-{name}", PreferenceField)


def hint(app: LSTMApp) -> str:
    return str(app.screen.query_one("#preference-hint", Static).render())


async def go_to(app: LSTMApp, pilot: Pilot[None], name: str) -> PreferenceField:
    found = field(app, name)
    for _ in range(len(PREFERENCES) + 2):  # and two buttons
        if app.focused is not found:
            await pilot.press("down")
    assert app.focused is found
    return found


async def test_s_shows_a_line_for_each_setting_with_its_sentence(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)
        fields = list(app.screen.query(PreferenceField))
        assert [field.preference for field in fields] == list(PREFERENCES)
        for each in fields:
            text = str(each.render())
            assert each.preference.label in text and each.preference.shown(each.preference.default) in text
            assert each.preference.help[:20] in text and CHANGED not in text
            assert app.focused is each
            assert hint(app).startswith(each.preference.help) and each.preference.wanted in hint(app)
            await pilot.press("down")
            await pilot.pause()
        await pilot.press("escape")
        assert app.screen.id == "main"


async def test_the_palette_leads_there(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        (command,) = [command for command in app.get_system_commands(app.main) if command.title == "Settings"]
        await command.callback()
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)


@pytest.mark.parametrize("keys", ["right", "space", "enter", "g", "left"])
async def test_a_theme_is_worn_and_marked(tmp_path: Path, keys: str) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("s", keys)
        await until(pilot, lambda: app.theme != "lamplight")
        assert keys != "g" or app.theme == "gruvbox"
        theme = field(app, "theme")
        assert theme.has_class("-changed") and CHANGED in str(theme.render()) and app.theme in str(theme.render())
        await pilot.press("delete")
        assert not theme.has_class("-changed")
        await until(pilot, lambda: app.theme == "lamplight")


async def test_whoever_goes_through_the_themes_is_not_kept_waiting_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.settings.THEME_SECONDS", 60)
    async with playing(tmp_path) as (_session, app, pilot):
        worn: list[str] = []
        app.theme_changed_signal.subscribe(app.main, lambda theme: worn.append(theme.name))
        await pilot.press("s", "right", "right", "right")
        shown = str(field(app, "theme").value)
        await pilot.press("escape")
        assert worn == [app.theme] == [shown] != ["lamplight"]
        assert app.in_force["theme"] == shown


async def test_each_change_acts_at_once_and_is_kept(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("s")
        for name in ("ink", "mind", "loss-unit", "corpus", "share", "threads", "fps", "quiet", "hints"):
            await go_to(app, pilot, name)
            await pilot.press("right")
        await pilot.pause()
        assert app.main.ink == "surprise"
        assert not app.main.mind and app.main.has_class("-mindless")
        assert app.main.loss_unit is LossUnit.BITS
        assert app.pace.most == 20.0
        assert session.told(SetShare) == [SetShare(0.75)]
        assert app.in_force["quiet"] and not app.in_force["hints"]
        first = app.in_force["corpus"]
        assert first in app.in_force.choices("corpus")[1:]
        await app.action_quit()
    kept = load_settings(tmp_path / "config" / "settings.toml")
    assert kept == Settings(
        ink="surprise",
        mind=False,
        loss_unit=LossUnit.BITS,
        corpus=first,
        share=0.75,
        threads=1,
        fps=20.0,
        quiet=True,
        hints=False,
    )


async def test_numbers_are_typed_and_what_is_none_is_said_and_does_not_act(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("s")
        fps = await go_to(app, pilot, "fps")
        await pilot.press("3", "0")
        await pilot.pause()
        assert app.pace.most == 30.0
        await pilot.press("0")
        await pilot.pause()
        assert hint(app) == "fps is 300; it must be a number from 0.5 to 60"
        assert fps.has_class("-wrong") and "300" in str(fps.render())
        assert app.pace.most == 30.0
        await pilot.press("backspace", "backspace", "x")
        await pilot.pause()
        assert "fps is 3x; it" in hint(app)
        await pilot.press("down", "up")
        await pilot.pause()
        assert not fps.has_class("-wrong") and "3 " in str(fps.render())
        assert app.pace.most == 3.0
        await go_to(app, pilot, "threads")
        await pilot.press("4", "enter")
        assert app.in_force["threads"] == 4
        await pilot.press(*"auto", "enter")
        assert app.in_force["threads"] == 0


async def test_as_it_was_takes_everything_back(tmp_path: Path) -> None:
    async with playing(tmp_path, theme="nord") as (session, app, pilot):
        await pilot.press("s", "right")
        await go_to(app, pilot, "share")
        await pilot.press("right", "right")
        await go_to(app, pilot, "fps")
        await pilot.press("5")
        await pilot.pause()
        await pilot.click("#settings-undo")
        await pilot.pause()
        assert (app.theme, app.pace.most, app.in_force["share"]) == ("nord", 15.0, 1.0)
        assert session.sent == [SetShare(0.75), SetShare(0.5), SetShare(1.0)]
        assert "nord" in str(field(app, "theme").render()) and "15" in str(field(app, "fps").render())
        await app.action_quit()
    assert load_settings(tmp_path / "config" / "settings.toml") == Settings(theme="nord")


async def test_the_mouse_turns_values(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("s")
        await pilot.pause()
        line = str(field(app, "quiet").render())
        await pilot.click("#preference-quiet", offset=(3, 0))
        assert app.focused is field(app, "quiet") and not app.in_force["quiet"]
        await pilot.click("#preference-quiet", offset=(line.index("\u25b8"), 0))
        await pilot.pause()
        assert app.in_force["quiet"]
        await pilot.click("#preference-fps", offset=(str(field(app, "fps").render()).index("\u25c2"), 0))
        await pilot.pause()
        assert app.in_force["fps"] == 10.0
        await pilot.click("#settings-close")
        assert app.screen.id == "main"


@pytest.mark.parametrize("size", SIZES)
async def test_all_of_it_can_be_reached_and_nothing_overlaps(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        await pilot.press("s")
        await pilot.pause()
        screen = app.screen
        for each in screen.query(PreferenceField):
            assert app.focused is each
            view = screen.query_one("#preferences").region
            assert view.contains_region(each.region) and each.region.height == 1
            text = str(each.render())
            assert each.preference.label in text and "\u25c2" in text and "\u25b8" in text
            await pilot.press("down")
            await pilot.pause()
        assert isinstance(app.focused, Button)
        dialog = screen.query_one(".dialog").region
        assert screen.region.contains_region(dialog)
        parts = [screen.query_one(name).region for name in ("#preferences", "#preference-hint", ".dialog-buttons")]
        for above, below in pairwise(parts):
            assert above.height > 0 and above.bottom <= below.y
        assert parts[-1].bottom < dialog.bottom


async def test_a_path_to_begin_with_that_was_turned_away_from_can_be_turned_back_to(tmp_path: Path) -> None:
    path = ("/home/me/sea.txt",)
    async with playing(tmp_path, settings=Settings(corpus=path)) as (_session, app, _pilot):
        here = app.in_force.choices("corpus")[1:-1]
        app.in_force["corpus"] = here[0]
        assert app.in_force.choices("corpus")[1:] == (*here, path)
        assert here == tuple((entry.name,) for entry in CATALOGUE if entry.available()), "of this app's catalogue"


async def test_a_hostile_file_name_is_only_text(tmp_path: Path) -> None:
    settings = Settings(corpus=("/tmp/[/]\x1b[31m[red].txt",))
    async with playing(tmp_path, settings=settings) as (_session, app, pilot):
        await pilot.press("s")
        await pilot.pause()
        text = str(field(app, "corpus").render())
        assert "[red].txt" in text and "\x1b" not in text


async def test_quiet_shows_nothing_but_errors(tmp_path: Path) -> None:
    async with playing(tmp_path, settings=Settings(quiet=True)) as (session, app, pilot):
        notices = (Notice("saved x"), Notice("rolled back", "warning"), Notice("went astray", "error"))
        await session.play(update(notices=notices))
        await pilot.press("ctrl+c")
        assert [notice.message for notice in app._notifications] == ["Went astray"]


async def test_what_is_kept_is_written_without_leaving(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    async with playing(tmp_path) as (_session, app, pilot):
        later: list[float] = []
        app._keeper._later = later.append
        await pilot.press("]", "u", "i", "v")
        assert len(later) == 1
        await app._write()
        kept = load_settings(path)
        assert kept.sampling == app.main.sampling and kept.loss_unit is LossUnit.BITS
        assert kept.ink == "surprise" and not kept.mind


async def test_a_file_that_cannot_be_kept_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    async with playing(tmp_path) as (_session, app, pilot):
        for _ in range(2):
            await pilot.press("]")
            await app._write()
        assert len([notice for notice in app._notifications if "Settings are not kept" in notice.message]) == 1


async def test_the_text_that_is_learnt_is_remembered(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        text = replace(SHAKESPEARE, source=("/tmp/sea.txt",), encoding="latin-1")
        await session.play(update(replace(GAUGES, corpus=text), fresh=True))
        odd = replace(SHAKESPEARE, source=("/tmp/\udcff.txt",))  # which no file of text can hold
        await session.play(update(replace(GAUGES, corpus=odd), fresh=True))
        await app.action_quit()
    kept = load_settings(tmp_path / "config" / "settings.toml")
    assert kept == Settings(text=LastText(("/tmp/sea.txt",), "latin-1"))


async def test_a_greeting_is_said(tmp_path: Path) -> None:
    async with playing(tmp_path, greetings=("[b] is no longer there.",)) as (_session, app, _pilot):
        assert [notice.message for notice in app._notifications] == ["[b] is no longer there."]


async def test_a_setting_that_there_is_not_is_named_and_the_others_hold(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('ink = "surprise"\nfoo = 1\n[sampling]\ntemprature = 0.2\ntop_k = 5\n[bogus]\na = 1\n')
    settings = load_settings(file)
    assert (settings.ink, settings.sampling.top_k) == ("surprise", 5)
    assert settings.unknown == ("foo", "[bogus]", "temprature in [sampling]")
    async with playing(tmp_path, settings=settings) as (_session, app, _pilot):
        (notice,) = app._notifications
        assert notice.message == (
            "settings.toml: there is no setting foo, [bogus], temprature in [sampling]; it sets nothing."
        )


async def test_hints_go_and_come(tmp_path: Path) -> None:
    async with playing(tmp_path, hints=True) as (_session, app, pilot):
        assert app.main.query("#hint")
        app.in_force["hints"] = False
        await until(pilot, lambda: not app.main.query("#hint"))
        app.in_force["hints"] = True
        await until(pilot, lambda: bool(app.main.query("#hint")))


async def test_a_question_mark_explains_in_every_dialog(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        for keys, name in ((("s",), "Settings"), (("ctrl+t",), "Save a sample")):
            await pilot.press(*keys)
            if isinstance(app.focused, Input):  # it would be typed
                app.screen.set_focus(None)
            await pilot.press("?")
            await pilot.pause()
            assert isinstance(app.screen, HelpScreen)
            assert app.screen._about is not None and app.screen._about.name == name
            await pilot.press("escape", "escape")
            await pilot.pause()
