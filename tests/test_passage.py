"""Saved passages: written by the engine, written again by the command line, to the letter."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace
from test_app_runs import said
from test_left_behind import Desk
from textual.widgets import Input, Static

from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.passage import Passage
from model.protocol import NewNetwork, OpenCheckpoint, RunUpdate, Stop, Train, Update, WritePassage
from tui.__main__ import main
from tui.passage_file import PassageRecipe, encoded, save_passage
from tui.screens.passage import SHOWN, PassageScreen
from tui.screens.save_sample import SaveSampleScreen
from tui.widgets.sample_pane import AT_REST, SamplePane

from command_line import complaint, start
from scripted_session import GAUGES, PLAY, disk_answered, playing, until, written

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]

SAMPLING = SamplingSettings(temperature=1.3, top_k=3, top_p=0.95)
NET = "counting-8.safetensors"
"""What the network is called that wrote the passage of a recipe."""


def wish(folder: Path, **changes: object) -> WritePassage:
    plain = WritePassage(str(folder), 300, 7, "ab\u00e9", SAMPLING)
    return replace(plain, **changes)


def answered(desk: Desk) -> Passage:
    """The passage, once it is there."""
    while not (found := [run.passage for update in desk.updates for run in update.runs if run.passage is not None]):
        desk.turn()
    desk.updates.clear()
    return found[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "runs")
    desk.load()
    desk.train_to(8)
    return desk


@pytest.fixture
def recipe(desk: Desk, tmp_path: Path) -> Path:
    """Of a passage that was saved."""
    desk.say(wish(tmp_path))
    _, recipe = save_passage(answered(desk), tmp_path)
    return recipe


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_passage_is_written_again_to_the_letter(tmp_path: Path, average: float) -> None:
    desk = Desk()
    desk.load()
    desk.say(NewNetwork(NetworkSettings(24, layers=2), TrainingSettings(seq_length=8, batch_size=4, average=average)))
    desk.train_to(8)
    desk.say(Train(), wish(tmp_path))  # while the weights go on changing
    text, recipe = save_passage(answered(desk), tmp_path)
    desk.say(Stop())
    with start("sample", "--recipe", str(recipe), stdout=subprocess.PIPE) as process:
        again, _ = process.communicate(timeout=60)
        assert process.returncode == 0
    assert again == text.read_bytes()
    assert again.startswith(b"ab") and len(again) == 302


def test_a_folder_with_recipe_and_network_can_be_moved(recipe: Path, tmp_path: Path, capsys: Captured) -> None:
    text = recipe.with_suffix(".txt").read_text()
    other = tmp_path / "elsewhere"
    other.mkdir()
    for path in (recipe, tmp_path / NET):
        path.rename(other / path.name)
    assert main(["sample", "--recipe", str(other / recipe.name)]) == 0
    assert capsys.readouterr().out == text


def test_a_recipe_says_all_that_went_into_the_passage(recipe: Path, tmp_path: Path) -> None:
    told = json.loads(recipe.read_text())
    assert recipe.name == "counting-8-sample.json"
    assert (told["corpus"], told["step"], told["checkpoint"]) == ("counting", 8, NET)
    assert (told["prime"], told["length"], told["seed"]) == ("ab\u00e9", 300, 7)
    assert (told["temperature"], told["top_k"], told["top_p"]) == (1.3, 3, 0.95)
    assert PassageRecipe.load(recipe).file_beside(recipe) == tmp_path / NET


def test_another_network_in_its_place_is_one_sentence(
    desk: Desk, recipe: Path, tmp_path: Path, capsys: Captured
) -> None:
    desk.train_to(9)
    desk.save(tmp_path / "other").rename(tmp_path / NET)
    assert main(["sample", "--recipe", str(recipe)]) == 1
    assert f"{NET}: not the network that wrote this passage" in complaint(capsys)


def test_a_text_that_differs_is_said(recipe: Path, capsys: Captured) -> None:
    recipe.write_text(recipe.read_text().replace('"seed": 7', '"seed": 8'))
    assert main(["sample", "--recipe", str(recipe)]) == 1
    assert "this is another text than the one that was saved" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "length": "x"}', "[" * 5000, "\x00"]
)
def test_what_is_no_recipe_is_one_sentence(tmp_path: Path, content: str, capsys: Captured) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    assert main(["sample", "--recipe", str(path)]) == 1
    assert "other.json" in complaint(capsys)


@pytest.mark.parametrize("name", ["temperature", "sha256", "prime", "seed", "length"])
def test_a_recipe_with_a_wrong_value_is_one_sentence(recipe: Path, name: str, capsys: Captured) -> None:
    told = json.loads(recipe.read_text())
    recipe.write_text(json.dumps({**told, name: -5}))
    assert main(["sample", "--recipe", str(recipe)]) == 1
    assert recipe.name in complaint(capsys)


def test_a_missing_network_or_recipe_is_one_sentence(recipe: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / NET).unlink()
    assert main(["sample", "--recipe", str(recipe)]) == 1
    assert f"{NET}: no such file" in complaint(capsys)
    assert main(["sample", "--recipe", "none.json"]) == 1
    assert "none.json: no such file" in complaint(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ("net.safetensors",),
        ("--prime", "a"),
        ("--seed", "1"),
        ("--length", "3"),
        ("--temperature", "1"),
        ("--ink", "plain"),
    ],
)
def test_a_recipe_takes_nothing_else(recipe: Path, words: tuple[str, ...], capsys: Captured) -> None:
    assert main(["sample", "--recipe", str(recipe), *words]) == 2
    assert "--recipe" in complaint(capsys)


# ---------------------------------------------------------------------------------------- in the engine


def test_weights_that_are_in_a_file_of_ones_own_are_not_saved_again(desk: Desk, tmp_path: Path) -> None:
    mine, other = desk.save(tmp_path / "mine"), tmp_path / "counting-9.safetensors"
    desk.say(wish(tmp_path))
    assert answered(desk).checkpoint == str(mine)
    assert not list(tmp_path.glob("counting*"))
    desk.train_to(9)
    desk.say(wish(tmp_path))
    assert answered(desk).checkpoint == str(other)
    other.write_bytes(mine.read_bytes() + b"\0")  # someone wrote another there
    desk.say(wish(tmp_path))
    assert answered(desk).checkpoint == str(tmp_path / "counting-9-2.safetensors")


def test_a_network_from_the_shelf_gets_a_file_of_its_own(desk: Desk, tmp_path: Path) -> None:
    desk.train_to(105)
    desk.say(NewNetwork(NetworkSettings(6), TrainingSettings(seq_length=8, batch_size=4), train=False))
    (kept,) = desk.kept()
    desk.say(OpenCheckpoint(str(kept)))
    desk.settle()
    desk.say(wish(tmp_path))
    passage = answered(desk)
    assert passage.checkpoint == str(tmp_path / f"counting-{passage.step}.safetensors")


def test_where_it_cannot_be_saved_no_passage_is_written(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk.say(wish(tmp_path / "file"))
    desk.turn(30)
    assert any("could not save" in notice for notice in desk.notices)
    assert all(run.passage is None for update in desk.updates for run in update.runs)


def test_without_a_network_there_is_nothing_to_write(tmp_path: Path) -> None:
    desk = Desk()
    desk.say(wish(tmp_path))
    desk.turn()
    assert desk.notices == ["there is no network yet that could write"]


def test_others_may_read_a_passage_as_far_as_umask_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        saved = save_passage(PASSAGE, tmp_path)
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in saved] == [0o640, 0o640]


def test_a_lone_surrogate_outlives_the_files(tmp_path: Path) -> None:
    passage = Passage("a\udc80\r\n", "\udc80", 3, 0, SAMPLING, "/n.safetensors", "0" * 64, "x", 1)
    text, recipe = save_passage(passage, tmp_path)
    assert text.read_bytes() == encoded(passage.text)
    assert PassageRecipe.load(recipe).prime == "\udc80"
    again, other = save_passage(passage, tmp_path)
    assert (again.name, other.name) == ("n-sample-2.txt", "n-sample-2.json")


# ------------------------------------------------------------------------------------------- on the screen

PASSAGE = Passage("[b]Once\nmore\x1b", "", 12, 0, SAMPLING, "/n.safetensors", "0" * 64, "x", 1)


async def test_ctrl_t_asks_how_long_and_shows_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+t")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, SaveSampleScreen)
        screen.query_one("#seed", Input).value = "x"
        await pilot.press("enter")
        assert "The seed is a whole number" in str(screen.query_one("#passage-about").render())
        screen.query_one("#seed", Input).value = "12"
        await pilot.press("enter")
        await pilot.pause()
        assert session.told(WritePassage) == [WritePassage(str(tmp_path), 2_000, 12, "", app.main.sampling)]
        await session.play(Update(0, (RunUpdate(GAUGES, passage=PASSAGE),)))
        await disk_answered(app, pilot)
        assert isinstance(app.screen, PassageScreen)
        assert (tmp_path / "n-sample.txt").read_text() == PASSAGE.text
        assert f"Saved {tmp_path / 'n-sample.txt'}" in said(app)
        shown = str(app.screen.query_one("#passage-text").render())
        assert shown == "[b]Once\nmore\u241b"
        await pilot.press("y")
        assert app.clipboard == shown
        await pilot.press("escape")
        assert app.screen.id == "main"


async def test_a_passage_that_comes_late_opens_over_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("p")
        recipe = app.screen
        await session.play(Update(0, (RunUpdate(GAUGES, passage=PASSAGE),)))
        await until(pilot, lambda: "Saved" in said(app))
        await pilot.pause()
        assert app.screen is recipe


async def test_a_passage_is_copied_with_its_tabs(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        passage = replace(PASSAGE, text="a\tb\r\n\x1b")
        app.push_screen(PassageScreen(passage, tmp_path / "passage.txt", tmp_path / "passage.toml"))
        await pilot.pause()
        await pilot.press("y")
        assert app.clipboard == "a\tb\r\n\u241b"


async def test_where_a_network_rests_a_cleared_page_does_not_wait_for_one(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        assert app.main.query_one(SamplePane).ready
        await pilot.press("w", "ctrl+l")
        await pilot.pause()
        rows = app.screen._compositor.render_strips()
        assert any(AT_REST in row.text for row in rows) and not any("as soon as" in row.text for row in rows)


async def test_a_passage_that_cannot_be_saved_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with playing(tmp_path) as (session, app, pilot):
        monkeypatch.setattr("tui.passage_file.whole_file", full)
        await session.play(Update(0, (RunUpdate(GAUGES, passage=PASSAGE),)))
        await disk_answered(app, pilot)
        assert "Could not save the passage" in said(app) and "No space left" in said(app)


async def test_capital_y_copies_all_of_the_written_text(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("Y")
        assert app.clipboard == app.main.query_one(SamplePane).text == written(PLAY).text
        assert f"{len(PLAY)} characters copied." in said(app)
        await pilot.press("ctrl+l", "Y")
        assert "nothing to copy yet" in said(app)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (120, 40)])
async def test_the_question_has_room_in_every_window(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        await pilot.press("ctrl+t")
        await pilot.pause()
        await pilot.press("backspace", "backspace", "backspace", "backspace", "enter")
        await pilot.pause()
        for name in ("#length", "#seed", "#write", "#passage-about", ".passage-field Static"):
            region = app.screen.query(name).first().region
            assert region.area and app.screen.query_one(".dialog").content_region.contains_region(region), name


async def test_of_a_long_passage_the_beginning_is_shown(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        passage = replace(PASSAGE, text="word " * 40_000)
        screen = PassageScreen(passage, tmp_path / "a.txt", tmp_path / "a.json")
        await app.push_screen(screen)
        await pilot.pause()
        shown = str(screen.query_one("#passage-text", Static).content)
        assert len(shown) <= SHOWN + 1
        assert "200,000" in str(screen.query_one("#passage-more", Static).content)


def test_a_network_whose_name_no_file_can_have_is_one_sentence(recipe: Path, capsys: Captured) -> None:
    told = json.loads(recipe.read_text())
    recipe.write_text(json.dumps({**told, "checkpoint": "a\0b"}))
    assert main(["sample", "--recipe", str(recipe)]) == 1
    assert "no file has such a name" in complaint(capsys)
