"""A disk that takes its time is waited for beside the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_app_runs import listed, said, shown
from test_passage import PASSAGE
from textual import events
from textual.widgets import Input, Static

from model.config import NetworkSettings, TrainingSettings
from model.protocol import LoadCorpus, OpenCheckpoint, RunUpdate, Update
from tui.app import LSTMApp
from tui.pasted import pasted_paths
from tui.run_shelf import RunShelf
from tui.screens.open_text import OpenTextScreen
from tui.screens.passage import PassageScreen
from tui.screens.run_name import NameRunScreen
from tui.widgets.safe_tree import SafeTree

from scripted_session import GAUGES, playing, shelf_seen, until

SETTINGS = NetworkSettings(), TrainingSettings()


class Slow:
    """A call that goes on when the test says so; the screen's own thread it would hold up for ever."""

    def __init__(self, call: Callable[..., Any], only: str = "") -> None:
        """Hold `call` up; only where its first argument has a certain text, if one is given."""
        self._call, self._only = call, only
        self.begun = 0
        self._go = threading.Event()
        self._over = threading.Semaphore(0)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._only not in str(args[0]):
            return self._call(*args, **kwargs)
        assert threading.current_thread().daemon  # neither the screen's own, nor one that quitting waits for
        self.begun += 1
        assert self._go.wait(20)
        try:
            return self._call(*args, **kwargs)
        finally:
            self._over.release()

    def finish(self) -> None:
        """Let all go on that have begun, and wait for them."""
        self._go.set()
        for _ in range(self.begun):
            assert self._over.acquire(timeout=20)

    def __get__(self, it: Any, _kind: type) -> Callable[..., Any]:
        return lambda *args, **kwargs: self(it, *args, **kwargs)


# ------------------------------------------------------------------------------------- to open a text


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "poem.txt").write_text("Shall I compare thee to a summer's day?\n")
    monkeypatch.chdir(folder)
    return folder / "poem.txt"


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Paths on a far disk are looked at slowly."""
    slow = Slow(pasted_paths, "far")
    monkeypatch.setattr("tui.screens.open_text.pasted_paths", slow)
    return slow


def asked(app: LSTMApp, typed: str) -> OpenTextScreen:
    """The dialog, with a path that is filled in."""
    assert isinstance(app.screen, OpenTextScreen)
    app.screen.query_one("#path", Input).value = typed
    app.screen.query_one("#path").focus()
    return app.screen


async def test_a_pasted_path_that_is_found_late_opens_over_nothing_else(
    tmp_path: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(pasted_paths, "poem")
    monkeypatch.setattr("tui.pasted.pasted_paths", slow)
    async with playing(tmp_path) as (_session, app, pilot):
        app.main.post_message(events.Paste(str(text)))
        await until(pilot, lambda: slow.begun == 1)
        await pilot.press("p")
        recipe = app.screen
        slow.finish()
        await until(pilot, lambda: "paste it again" in said(app))
        await pilot.pause()
        assert app.screen is recipe and recipe is not app.main


async def test_a_saved_network_that_is_found_late_takes_no_place_behind_another_screen(
    tmp_path: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = text.rename(text.with_name("poem.safetensors"))
    slow = Slow(pasted_paths, "poem")
    monkeypatch.setattr("tui.pasted.pasted_paths", slow)
    async with playing(tmp_path) as (session, app, pilot):
        app.main.post_message(events.Paste(str(network)))
        await until(pilot, lambda: slow.begun == 1)
        await pilot.press("p")
        slow.finish()
        await until(pilot, lambda: "paste it again" in said(app))
        assert not session.told(OpenCheckpoint)


async def test_a_text_that_is_found_while_help_is_open_is_opened_after_it(
    tmp_path: Path, text: Path, looked_at: Slow
) -> None:
    far = text.rename(text.with_name("far.txt"))
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        screen = asked(app, far.name)
        await pilot.press("enter", "f1")
        assert app.screen is not screen
        await until(pilot, lambda: looked_at.begun == 1)
        looked_at.finish()
        await until(pilot, lambda: not any(worker.group == "open" and worker.is_running for worker in app.workers))
        assert not session.told(LoadCorpus)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert len(session.told(LoadCorpus)) == 1


async def test_enter_twice_opens_a_text_on_a_slow_disk_once(tmp_path: Path, text: Path, looked_at: Slow) -> None:
    far = text.rename(text.with_name("far.txt"))
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        screen = asked(app, far.name)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: looked_at.begun == 2)
        await pilot.press("tab")  # is answered meanwhile
        assert app.screen is screen and app.focused is not screen.query_one("#path")
        looked_at.finish()
        await until(pilot, lambda: app.screen is app.main)
        await pilot.pause()
        assert session.sent == [LoadCorpus((str(far),), *SETTINGS)]


async def test_a_path_that_is_never_answered_for_keeps_nobody_from_another(
    tmp_path: Path, text: Path, looked_at: Slow
) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        screen = asked(app, "far.txt")
        await pilot.press("enter")
        await until(pilot, lambda: looked_at.begun == 1)
        asked(app, "nowhere.txt")
        await pilot.press("enter")
        await until(pilot, lambda: "no such file" in str(screen.query_one("#problem", Static).render()))
        asked(app, text.name)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        looked_at.finish()
        await pilot.pause()
        assert session.sent == [LoadCorpus((str(text),), *SETTINGS)]


@pytest.mark.parametrize("there", [True, False])
async def test_who_leaves_while_a_path_is_looked_at_has_opened_nothing(
    tmp_path: Path, text: Path, looked_at: Slow, there: bool
) -> None:
    far = text.with_name("far.txt")
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        asked(app, far.name)
        await pilot.press("enter")
        await until(pilot, lambda: looked_at.begun == 1)
        await pilot.press("escape")
        assert app.screen is app.main
        if there:
            text.rename(far)
        looked_at.finish()
        await pilot.pause()
        assert app.screen is app.main and session.sent == []


async def test_a_folder_that_is_never_answered_for_can_be_left_again(
    tmp_path: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = text.with_name("far")
    far.mkdir()
    read = Slow(Path.iterdir, "far")
    monkeypatch.setattr(Path, "iterdir", read)
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        screen, tree = app.screen, app.screen.query_one(SafeTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        await pilot.press("down", "enter")
        await until(pilot, lambda: read.begun == 1)
        await pilot.press("down")
        assert screen.query_one("#path", Input).value == str(text)
        await pilot.press("escape")
        assert app.screen is app.main
        await until(pilot, lambda: not tree.is_running)
        await pilot.press("ctrl+q")
        assert session.stopped
    read.finish()


async def test_what_is_in_a_folder_is_listed_below_it_when_that_has_been_read(
    tmp_path: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = text.with_name("far")
    (far / "b").mkdir(parents=True)
    for name in ("a.txt", ".hidden"):
        (far / name).write_text("To be, or not to be")
    read = Slow(Path.iterdir, "far")
    monkeypatch.setattr(Path, "iterdir", read)
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        tree = app.screen.query_one(SafeTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        await pilot.press("down", "enter", "down")
        await until(pilot, lambda: read.begun == 1)
        read.finish()
        await until(pilot, lambda: len(tree.root.children[0].children) == 2)
        assert [str(node.label) for node in tree.root.children[0].children] == ["b", "a.txt"]
        # the cursor stays where it was meanwhile
        await pilot.pause()
        assert app.screen.query_one("#path", Input).value == str(text)
        await pilot.press("up")
        assert app.screen.query_one("#path", Input).value == str(far / "a.txt")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert session.sent == [LoadCorpus((str(far / "a.txt"),), *SETTINGS)]


# ---------------------------------------------------------------------------------------- earlier runs


async def test_a_run_that_is_being_deleted_is_no_longer_listed_and_that_it_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = Slow(RunShelf.delete)
    monkeypatch.setattr(RunShelf, "delete", deleted)
    async with listed(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await pilot.press("d", "y")
        await until(pilot, lambda: deleted.begun == 1)
        screen._look()
        await shelf_seen(app, pilot)
        assert [row.split()[0] for row in shown(screen)[1:]] == ["lake-2", "sea-1"]
        await pilot.press("enter")  # goes on with the next
        await pilot.pause()
        assert session.told(OpenCheckpoint) == [
            OpenCheckpoint(str(tmp_path / "state" / "runs" / "lake-2.safetensors"), train=True)
        ]
        assert app.screen is app.main and "is deleted" not in said(app)
        deleted.finish()
        await until(pilot, lambda: "names-3 is deleted." in said(app))
    assert [run.name for run in RunShelf(tmp_path / "state" / "runs").runs()] == ["lake-2", "sea-1"]


async def test_a_run_that_could_not_be_deleted_is_listed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    deleted = Slow(fail)
    monkeypatch.setattr(RunShelf, "delete", deleted)
    async with listed(tmp_path) as (_session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await pilot.press("d", "y")
        await until(pilot, lambda: deleted.begun == 1)
        assert len(shown(screen)) == 3
        deleted.finish()
        await until(pilot, lambda: len(shown(screen)) == 4)
        assert "Could not delete names-3: Input/output error" in said(app)


async def test_enter_twice_names_a_run_on_a_slow_disk_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = Slow(RunShelf.rename)
    monkeypatch.setattr(RunShelf, "rename", renamed)
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("n")
        await pilot.pause()
        assert isinstance(screen.app.screen, NameRunScreen)
        field = screen.app.screen.query_one(Input)
        field.value = "the best"
        await pilot.press("enter")
        await until(pilot, lambda: renamed.begun == 1)
        field.value = "another"
        await pilot.press("enter")
        await pilot.pause()
        renamed.finish()
        await until(pilot, lambda: screen.app.screen is screen)
        assert renamed.begun == 1
        await until(pilot, lambda: "the best" in shown(screen)[1])


@pytest.mark.parametrize("name", ["the best", "sea-1"])
async def test_who_leaves_while_a_run_is_named_is_back_at_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    renamed = Slow(RunShelf.rename)
    monkeypatch.setattr(RunShelf, "rename", renamed)
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("n")
        await pilot.pause()
        screen.app.screen.query_one(Input).value = name
        await pilot.press("enter")
        await until(pilot, lambda: renamed.begun == 1)
        await pilot.press("escape")
        assert screen.app.screen is screen
        renamed.finish()
        await pilot.pause()
        assert screen.app.screen is screen


# ------------------------------------------------------------------------------------------ what is saved


async def test_two_passages_are_saved_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.passage_file import save_passage

    monkeypatch.chdir(tmp_path)
    saved = Slow(save_passage)
    monkeypatch.setattr("tui.passage_file.save_passage", saved)
    async with playing(tmp_path) as (session, app, pilot):
        for _ in range(2):
            await session.play(Update(0, (RunUpdate(GAUGES, passage=PASSAGE),)))
        await until(pilot, lambda: saved.begun == 1)
        await pilot.press("2")  # is answered meanwhile
        assert app.screen is app.main and app.main.panel == "training"
        saved.finish()
        await until(pilot, lambda: said(app).count("Saved") == 2)
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        assert app.screen_stack[:-1] == [app.main], "the first is read, and the second does not come over it"
        assert (tmp_path / "n-sample.txt").exists() and (tmp_path / "n-sample-2.txt").exists()


async def test_a_picture_is_written_beside_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written = Slow(Path.write_text, ".svg")
    monkeypatch.setattr(Path, "write_text", written)
    async with playing(tmp_path) as (_session, app, pilot):
        app._save_picture()
        await until(pilot, lambda: written.begun == 1)
        written.finish()
        await until(pilot, lambda: f"Saved {tmp_path / 'lstm-tui.svg'}" in said(app))


async def test_a_picture_that_a_disk_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Path:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr("tui.app.free_path", fail)
    async with playing(tmp_path) as (_session, app, pilot):
        app._save_picture()
        await until(pilot, lambda: "Stale file handle" in said(app))
