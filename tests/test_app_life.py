"""How the app begins, ends, and outlives its engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual._compositor import Compositor
from textual.widgets import Input, Static

from model.config import NetworkSettings, SamplingSettings
from model.session import EngineError
from tui.app import LSTMApp
from tui.settings import Settings, load_settings, save_settings
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, PLAY, playing, update, written


def notices(app: LSTMApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


@pytest.mark.parametrize("keys", ["", "o", "b", "?", "ctrl+p", "2 tab tab tab tab"])
async def test_ctrl_q_saves_and_quits_from_any_screen(tmp_path: Path, keys: str) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        if keys.startswith("2"):
            assert isinstance(app.focused, Input)
        await pilot.press("ctrl+q")
        assert session.stopped
        assert session.saved_to == str(tmp_path / "state" / "runs" / "last.safetensors")
        assert (tmp_path / "state" / "runs").is_dir()
    assert app.return_code == 0


async def test_ctrl_q_quits_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file"
    async with playing(folder) as (session, app, pilot):
        await pilot.press("]", "ctrl+q")
        assert session.stopped
    assert app.return_code == 0


async def test_ctrl_c_tells_how_to_quit(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+c")
        assert "ctrl+q" in notices(app)
        assert not session.stopped


async def test_the_engines_death_is_said_and_the_text_stays(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(EngineError("The engine was killed by signal 9."))
        await pilot.pause()
        assert "signal 9" in notices(app)
        assert "engine ended" in str(app.main.query_one("#state", Static).render())
        assert app.main.query_one(SamplePane).text == PLAY
        await pilot.press("space", "]", "n", "r", "ctrl+n", "ctrl+s")
        assert session.sent == []
        await pilot.press("ctrl+q")
        assert session.stopped
    assert app.return_code == 0


async def test_another_network_gets_a_fresh_loss_and_the_text_goes_on(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        await session.play(update(replace(GAUGES, step=1), fresh=True, steps=1, texts=(written("new"),)))
        assert app.main.query_one(SamplePane).text == PLAY + "new"


async def test_s_saves_beside_the_persons_files_and_overwrites_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("ctrl+s")
        (tmp_path / "shakespeare-1240.safetensors").touch()
        await pilot.press("ctrl+s")
        paths = [command.path for command in session.sent]  # type: ignore[union-attr]
        assert paths == [
            str(tmp_path / "shakespeare-1240.safetensors"),
            str(tmp_path / "shakespeare-1240-2.safetensors"),
        ]


async def test_what_was_changed_at_the_screen_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    save_settings(path, Settings(network=NetworkSettings(hidden_size=77)))
    async with playing(tmp_path, sampling=SamplingSettings(temperature=1.5)) as (_session, app, pilot):
        await pilot.press("]")
        app.theme = "nord"
        await pilot.press("ctrl+q")
    settings = load_settings(path)
    assert settings.sampling.temperature == 1.55
    assert settings.theme == "nord"
    assert settings.network.hidden_size == 77


async def test_flags_alone_are_not_remembered(tmp_path: Path) -> None:
    async with playing(tmp_path, network=NetworkSettings(hidden_size=9)) as (_session, _app, pilot):
        await pilot.press("ctrl+q")
    assert not (tmp_path / "config").exists()


async def test_settings_in_the_making_are_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    path.parent.mkdir()
    path.write_text("[sampling\ntemperature = 1")
    async with playing(tmp_path) as (_session, _app, pilot):
        await pilot.press("]", "ctrl+q")
    assert path.read_text() == "[sampling\ntemperature = 1"


async def test_an_unknown_theme_is_said_and_passed_over(tmp_path: Path) -> None:
    async with playing(tmp_path, theme="[bold]no such") as (_session, app, _pilot):
        assert app.theme == "lamplight"
        assert "[bold]no such" in notices(app)


async def test_every_theme_can_be_worn(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        for theme in app.available_themes:
            app.theme = theme
            await pilot.pause()


async def test_an_update_never_paints_the_whole_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.pause()
        painted: list[bool] = []
        monkeypatch.setattr(Compositor, "render_full_update", lambda *_, **__: painted.append(True))
        for step in range(3):
            await session.play(update(replace(GAUGES, step=2_000 + step), steps=3, texts=(written("x"),)))
            await pilot.pause()
        assert painted == []
