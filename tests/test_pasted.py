"""Paths that are pasted, or dropped on the terminal."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from corpora.info import Treatment
from model.config import NetworkSettings, TrainingSettings
from model.protocol import LoadCorpus, OpenCheckpoint
from tui.app import LSTMApp
from tui.pasted import MOST, pasted_paths, typed_as
from tui.sanitize import excerpt
from tui.screens.open_text import OpenTextScreen

from scripted_session import disk_answered, playing, until

SETTINGS = NetworkSettings(), TrainingSettings()


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with two texts, one of which has a name with all that shells trip over."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("poem.txt", "it's a (new) book & 100% more.txt"):
        (folder / name).write_text("Shall I compare thee to a summer's day?\n" * 9)
    return folder


def written_as(path: Path) -> list[str]:
    escaped = "".join(f"\\{sign}" if sign in " '()&" else sign for sign in str(path))
    return [str(path), f"  {path}\n", shlex.quote(str(path)), f'"{path}"', escaped, path.as_uri(), f"{escaped} "]


def test_a_path_is_understood_however_it_was_written(texts: Path) -> None:
    for path in texts.iterdir():
        for written in written_as(path):
            assert pasted_paths(written) == (path,), written
    assert pasted_paths(str(texts)) == (texts,)
    assert pasted_paths(f"file://localhost{texts}") == (texts,)


def test_several_paths_stand_on_one_line_or_on_several(texts: Path) -> None:
    one, two = sorted(texts.iterdir())
    for written in (f"{one}\n{two}\n", f"{shlex.quote(str(one))} {two}", f"{one.as_uri()}\r\n{two.as_uri()}\r\n"):
        assert pasted_paths(written) == (one, two)
    assert pasted_paths(typed_as((one, two))) == (one, two)
    assert pasted_paths(f"{two}\n{two}") == (two,)


def test_what_is_no_path_is_nothing(texts: Path) -> None:
    one = next(texts.iterdir())
    nothing = ("", " \n ", "Shall I compare thee", f"{one}\nto a summer's day", "it's", "a\0b", "~nobody-here/x")
    for written in (*nothing, f"file://elsewhere{one}", "file://[", "/" * (MOST + 1)):
        assert pasted_paths(written) == (), written


def test_a_path_of_the_home_folder_and_one_from_here_are_found(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(texts))
    monkeypatch.chdir(texts)
    assert pasted_paths("~/poem.txt") == pasted_paths("poem.txt") == (texts / "poem.txt",)


def test_an_excerpt_is_short_and_on_one_line() -> None:
    assert excerpt("a\nb\x1b") == "a\u240ab\u241b"
    assert excerpt("x" * 30) == "x" * 30
    assert excerpt("x" * 31) == excerpt("x" * 10_000) == "x" * 29 + "…"


async def paste(app: LSTMApp, pilot: Pilot[None], text: str) -> None:
    """As the terminal does."""
    app.post_message(events.Paste(text))
    await pilot.pause()
    await until(pilot, lambda: not any(worker.group == "pasted" for worker in app.workers if worker.is_running))
    await pilot.pause()


@pytest.mark.parametrize("panel", "1345")
async def test_a_path_that_is_pasted_is_opened_with_its_treatments(tmp_path: Path, texts: Path, panel: str) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press(panel)
        await pilot.pause()
        await paste(app, pilot, f"'{texts / 'poem.txt'}' ")
        assert isinstance(app.screen, OpenTextScreen)
        assert app.screen.query_one("#path", Input).value == str(texts / "poem.txt")
        await pilot.click("#lower")
        app.screen.query_one("#path").focus()
        await pilot.press("enter")
        await disk_answered(app, pilot)
        sources = (str(texts / "poem.txt"),)
        assert session.sent == [LoadCorpus(sources, *SETTINGS, treatments=frozenset({Treatment.LOWER}))]


async def test_a_saved_network_that_is_pasted_is_played(tmp_path: Path, texts: Path) -> None:
    network = texts / "sea.safetensors"
    network.write_bytes(b"")
    async with playing(tmp_path) as (session, app, pilot):
        await paste(app, pilot, str(network))
        assert app.screen is app.main
        assert session.sent == [OpenCheckpoint(str(network))]


async def test_a_disk_that_fails_when_a_path_is_pasted_does_not_end_the_app(
    tmp_path: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> bool:
        raise OSError(5, "Input/output error")

    network = texts / "sea.safetensors"
    network.write_bytes(b"")
    async with playing(tmp_path) as (session, app, pilot):
        monkeypatch.setattr(Path, "is_file", fail)
        await paste(app, pilot, str(network))
        assert isinstance(app.screen, OpenTextScreen) and session.sent == []


async def test_several_files_are_opened_as_one_text(tmp_path: Path, texts: Path) -> None:
    one, two = sorted(texts.iterdir())
    async with playing(tmp_path) as (session, app, pilot):
        await paste(app, pilot, f"{one}\n{two}")
        await pilot.press("enter")
        await disk_answered(app, pilot)
        assert session.sent == [LoadCorpus((str(one), str(two)), *SETTINGS)]


async def test_what_is_no_path_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await paste(app, pilot, "[/b]Shall I compare\nthee to a summer's day?")
        assert app.screen is app.main
        (notice,) = app._notifications
        assert notice.message == (
            "'[/b]Shall I compare\u240athee to a…' is no path of a file or folder; one that is pasted here is opened."
        )
        assert session.sent == []


async def test_a_name_that_cannot_be_shown_is_not_filled_in(tmp_path: Path, texts: Path) -> None:
    path = texts / "\x1b[31mred"
    path.write_text("abc")
    async with playing(tmp_path) as (_session, app, pilot):
        await paste(app, pilot, str(path))
        assert app.screen is app.main
        assert "cannot show" in "".join(notice.message for notice in app._notifications)


async def test_a_field_keeps_what_is_pasted_into_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        field = app.main.query_one("#layers Input", Input)
        field.focus()
        await pilot.pause()
        await paste(app, pilot, "3")
        assert "3" in field.value
        assert not list(app._notifications)


@pytest.mark.parametrize("how", ["typed", "pasted"])
async def test_a_path_can_be_typed_or_pasted_as_soon_as_a_text_is_asked_for(tmp_path: Path, how: str) -> None:
    book = tmp_path / "nook.txt"
    book.write_text("abc\n" * 200)
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        await pilot.pause()
        if how == "typed":
            await pilot.press(*("slash" if letter == "/" else letter for letter in str(book)))
        else:
            app.post_message(events.Paste(str(book)))
        await pilot.pause()
        assert app.screen.query_one("#path", Input).value == str(book)
        await pilot.press("enter")
        await disk_answered(app, pilot)
        asked = session.told(LoadCorpus)[-1]
        assert isinstance(asked, LoadCorpus) and asked.sources == (str(book),)
