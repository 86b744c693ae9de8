"""How the app begins, ends, and outlives its engine."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from msgspec.structs import replace
from test_run_shelf import checkpoint
from textual._compositor import Compositor
from textual.widgets import Button, Input, OptionList, Static

from model.checkpoint import save_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import NewNetwork, Notice, Save, SetSampling, Update
from model.session import EngineError
from tui.app import LSTMApp
from tui.rescue import Rescue
from tui.run_shelf import RunShelf
from tui.settings import Settings, load_settings, save_settings
from tui.widgets.corpus_panel import CorpusPanel
from tui.widgets.key_bar import KeyBar
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, PLAY, ScriptedSession, disk_answered, playing, scripted_app, until, update, written


def notices(app: LSTMApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


@pytest.mark.parametrize("keys", ["", "o", "b", "?", "ctrl+p", "2 tab tab", "p", "p tab tab", "e"])
async def test_ctrl_q_saves_and_quits_from_any_screen(tmp_path: Path, keys: str) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        if keys.endswith("tab"):
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


async def test_where_the_run_cannot_be_saved_it_goes_on_until_it_is_left_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        session.trouble = "could not save last.safetensors: No space left on device"
        await pilot.press("ctrl+q")
        assert not session.stopped
        assert notices(app) == "Your run goes on. ctrl+s saves it where you are; ctrl+q once more leaves without it."
        await pilot.press("]")
        assert isinstance(session.sent[-1], SetSampling)
        await pilot.press("ctrl+q")  # too soon to have read that
        assert not session.stopped
        monkeypatch.setattr("tui.app.READ_SECONDS", 0.0)
        monkeypatch.setattr("tui.app.ASKED_SECONDS", 0.0)  # much later
        await pilot.press("ctrl+q")
        assert not session.stopped
        monkeypatch.setattr("tui.app.ASKED_SECONDS", 30.0)
        await pilot.press("ctrl+q")
        assert session.stopped
    assert app.return_code == 1
    assert app.farewell == "Your run is not saved: could not save last.safetensors: No space left on device."


async def test_the_copy_of_a_run_is_kept_until_that_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.app.READ_SECONDS", 0.0)
    rescue = Rescue(tmp_path / "state" / "runs")
    save_checkpoint(checkpoint(700), rescue.path)
    async with playing(tmp_path, rescue=rescue) as (session, app, pilot):
        session.trouble = "could not save last.safetensors: No space left on device"
        await pilot.press("ctrl+q", "ctrl+q")
        assert session.stopped
    assert rescue.path.exists()
    assert app.farewell.endswith("; `lstm-tui --resume` goes on with the last copy of it.")

    async with playing(tmp_path, rescue=rescue) as (_session, app, pilot):
        await pilot.press("ctrl+q")
    assert not rescue.path.exists()
    assert list(rescue.path.parent.glob("[!.]*")) == []
    # this session saved nothing, so it may be the only copy of what was learnt, and is kept among the others
    assert [run.step for run in RunShelf(tmp_path / "state" / "runs").runs()] == [700]


async def test_ctrl_c_tells_how_to_quit(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+c")
        assert notices(app) == "ctrl+q leaves; your run is saved."
        assert not session.stopped


async def test_the_engines_death_is_said_and_the_text_stays(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(EngineError("the engine was killed by signal 9"))
        await pilot.pause()
        said = "The engine was killed by signal 9. What was written stays here; ctrl+q leaves."
        assert notices(app) == said
        assert "engine ended" in str(app.main.query_one("#state", Static).render())
        assert app.main.query_one(SamplePane).text == PLAY
        await pilot.press("space", "]", "n", "r", "ctrl+n", "ctrl+s")
        await pilot.pause()
        assert session.sent == []
        assert notices(app) == said
        assert str(app.main.query_one("#train", Button).label) == "Train"
        assert app.main.active_bindings["space"].binding.description == "Train"
        assert " ".join(str(app.main.query_one(KeyBar).render()).split()) == "? Help ctrl+q Quit R Earlier runs i Ink"
        await pilot.press("ctrl+q")
        assert session.stopped
    assert app.return_code == 0


async def test_another_network_gets_a_fresh_loss_and_the_text_goes_on(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        await session.play(update(replace(GAUGES, step=1), fresh=True, steps=1, texts=(written("new"),)))
        assert app.main.query_one(SamplePane).text == PLAY + "new"


async def test_s_saves_beside_the_persons_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("ctrl+s")
        assert session.sent == [Save(str(tmp_path))]


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


async def test_the_shape_of_a_network_is_not_remembered(tmp_path: Path) -> None:
    async with playing(tmp_path, network=NetworkSettings(hidden_size=512)) as (session, app, pilot):
        app.main.query_one("#learning-rate Input", Input).focus()
        await pilot.press("shift+up", "enter", "ctrl+n", "escape", "ctrl+q")
        assert len(session.sent) == 2
    assert not (tmp_path / "config").exists()


async def test_what_a_saved_network_brings_is_shown(tmp_path: Path) -> None:
    brought = replace(
        GAUGES,
        network=NetworkSettings(hidden_size=77),
        training=TrainingSettings(batch_size=8),
        sampling=SamplingSettings(temperature=0.35, top_k=10),
    )
    async with playing(tmp_path, gauges=brought, resumed=True) as (session, app, pilot):
        assert app.main.sampling == brought.sampling
        fields = [app.main.query_one(f"#{name} Input", Input).value for name in ("hidden-size", "batch-size")]
        assert fields == ["77", "8"]
        await pilot.press("]")
        turned = app.main.sampling
        await session.play(update(brought, fresh=True))
        assert app.main.sampling == turned
        await pilot.press("ctrl+n")
        assert session.sent == [SetSampling(turned), NewNetwork(NetworkSettings(77), TrainingSettings(batch_size=8))]


@pytest.mark.parametrize("first", [update(fresh=True), update(notices=(Notice("no room", "error"),))])
async def test_what_comes_before_a_saved_network_does_not_hide_what_it_brings(tmp_path: Path, first: Update) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        app.main.load(CorpusPanel.Chosen(("names",)))
        await session.play(first)
        saved = SamplingSettings(temperature=0.35, top_k=10)
        await session.play(update(replace(GAUGES, sampling=saved), resumed=True))
        assert app.main.sampling == saved


async def test_a_flag_holds_against_what_a_saved_network_brings(tmp_path: Path) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path, insisted={"temperature": 1.2})
    async with app.run_test() as pilot:
        await session.play(update(replace(GAUGES, sampling=SamplingSettings(temperature=0.35, top_k=10)), resumed=True))
        await pilot.pause()
        wanted = SamplingSettings(temperature=1.2, top_k=10)
        assert session.sent == [SetSampling(wanted)]
        assert app.main.sampling == wanted
        await app.action_quit()
    assert not (tmp_path / "config").exists()


async def test_what_is_copied_is_counted(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        app.main.query_one(SamplePane).text_select_all()
        await pilot.press("ctrl+c")
        assert app.clipboard == PLAY.rstrip()
        assert notices(app) == f"{len(app.clipboard)} characters copied."


async def test_a_picture_is_saved_beside_the_persons_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lstm-tui.svg").touch()
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("ctrl+p", *"screenshot")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        picture = tmp_path / "lstm-tui-2.svg"
        await until(pilot, picture.exists)
        await disk_answered(app, pilot)
        assert notices(app) == f"Saved {picture}"
        assert "CommandPalette" not in picture.read_text() and "NURSE" in picture.read_text()


async def test_a_picture_that_cannot_be_saved_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    async with playing(tmp_path) as (_session, app, pilot):
        app._save_picture()
        await disk_answered(app, pilot)
        assert "No space left" in notices(app)


@pytest.mark.parametrize("key", ["ctrl+s", "o", "ctrl+t"])
async def test_a_folder_that_is_gone_is_no_reason_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.setenv("PWD", str(gone))
    async with playing(tmp_path) as (session, app, pilot):
        gone.rmdir()
        await pilot.press(key)
        await pilot.pause()
        assert app.is_running
        assert key != "ctrl+s" or session.sent == [Save(str(gone))]


async def test_end_follows_the_writing_from_a_button(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(texts=(written(PLAY * 5),)))
        await pilot.press("5", "home")
        await pilot.pause()
        sample = app.main.query_one(SamplePane)
        assert not sample.following
        app.main.query_one("#train", Button).focus()
        await pilot.press("end")
        await pilot.pause()
        assert sample.following


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


@pytest.mark.parametrize("key", ["m", "ctrl+r", "ctrl+t", "t"])
async def test_once_the_engine_has_ended_nothing_opens_that_it_would_have_to_fill(tmp_path: Path, key: str) -> None:
    async with playing(tmp_path, gauges=replace(GAUGES, snapshots=(0, 1))) as (session, app, pilot):
        await session.play(EngineError("the engine was killed by signal 9"))
        await pilot.press(key)
        await pilot.pause()
        assert app.screen is app.main
        assert "The engine has ended: nobody" in notices(app)


async def test_who_only_let_one_write_is_told_of_the_last_run(tmp_path: Path) -> None:
    runs = tmp_path / "state" / "runs"
    runs.mkdir(parents=True)
    save_checkpoint(checkpoint(700), runs / "last.safetensors")
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("ctrl+q")
    assert app.farewell.startswith("Your last run is kept, at step 700: ")


@pytest.mark.parametrize("key", ["p", "t", "m", "e"])
async def test_a_closed_screen_is_forgotten_though_nothing_comes(tmp_path: Path, key: str) -> None:
    async with playing(tmp_path, gauges=replace(GAUGES, snapshots=(0, 1))) as (_session, app, pilot):
        await pilot.press(key)
        gone = weakref.ref(app.screen)
        assert gone() is not app.main
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.main
        gc.collect()
        assert gone() is None
