"""`lstm-tui runs`, and `lstm-tui --resume NAME`."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_command_completion import completions
from test_command_line import app_options
from test_run_shelf import put

from model.curve import Curve
from model.protocol import LossPoint
from tui.__main__ import main
from tui.commands.instrument import opening_of
from tui.run_shelf import RunShelf
from tui.settings import paths

from command_line import complaint, json_lines

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def shelf(own_folders: Path) -> RunShelf:
    assert own_folders in paths().last_run.parents
    return RunShelf(paths().last_run.parent)


def test_without_runs_it_says_what_will_be_there(capsys: Captured) -> None:
    assert main(["runs"]) == 0
    assert complaint(capsys).startswith("no earlier run is kept yet")
    assert main(["runs", "--json"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_pipe_gets_a_line_for_each(shelf: RunShelf, capsys: Captured) -> None:
    put(shelf, "sea-1")
    put(shelf, "lake-22", 12_000, at=1.1e9)
    assert main(["runs"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:6] == ["lake-22", "sea.txt", "GRU", "2x4", "12,000", "2.250"]
    assert second.startswith("sea-1    sea.txt  GRU 2x4        500  2.250      1:05  2001-09-09")


def test_for_a_script_it_tells_all_of_each(shelf: RunShelf, capsys: Captured) -> None:
    path = put(shelf, "sea-1")
    assert main(["runs", "--json"]) == 0
    (facts,) = json_lines(capsys.readouterr().out)
    assert (facts["name"], facts["step"], facts["file"], facts["named"]) == ("sea-1", 500, str(path), False)
    points = Curve.of(facts)
    assert points.losses[0] == LossPoint(1, 3.99)


def test_words_choose_among_them(shelf: RunShelf, capsys: Captured) -> None:
    put(shelf, "sea-1")
    put(shelf, "lake-2")
    assert main(["runs", "gru", "lake"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["lake-2"]
    assert main(["runs", "lstm"]) == 0
    assert complaint(capsys) == "none of the 2 runs has these words"


def test_the_run_of_the_last_quit_is_among_them(shelf: RunShelf, capsys: Captured) -> None:
    put(shelf, "last", kept_as="sea-7")
    assert main(["runs"]) == 0
    assert capsys.readouterr().out.startswith("sea-7 ")


def test_what_steers_a_terminal_is_not_repeated_to_it(shelf: RunShelf, capsys: Captured) -> None:
    put(shelf, "a\x1b[31mb")
    assert main(["runs"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_resume_finds_a_run_by_its_name(shelf: RunShelf) -> None:
    path = put(shelf, "sea-1")
    put(shelf, "last", kept_as="other")
    shelf.rename(shelf.find("sea-1"), "the good one")
    for words in (("--resume", "The good one"), ("--resume", "sea-1"), ("--resume", str(path))):
        opening = opening_of(app_options(*words), paths())
        assert (opening.checkpoint, opening.resume) == (path, True)
    assert opening_of(app_options("--resume"), paths()).checkpoint == shelf.last


def test_resume_passes_over_a_run_that_had_hardly_begun(shelf: RunShelf) -> None:
    put(shelf, "last", 99)
    assert opening_of(app_options("--resume"), paths()).checkpoint == shelf.last  # there is no other
    put(shelf, "lake-2", at=1e9)
    newest = put(shelf, "sea-1", at=2e9)
    assert opening_of(app_options("--resume"), paths()).checkpoint == newest
    put(shelf, "last", 100)
    assert opening_of(app_options("--resume"), paths()).checkpoint == shelf.last
    shelf.last.write_bytes(b"damaged")
    assert opening_of(app_options("--resume"), paths()).checkpoint == shelf.last


def test_leaving_tells_what_is_kept_and_how_to_go_on(shelf: RunShelf) -> None:
    assert shelf.farewell() == ""
    put(shelf, "last", 1_341)
    assert shelf.farewell().startswith("Your run is kept, at step 1,341: `lstm-tui --resume` goes on with it")
    before = shelf.last_saved()
    assert shelf.farewell(before).startswith("Your last run is kept, at step 1,341: ")
    put(shelf, "last", 1_342, at=2e9)
    assert shelf.farewell(before).startswith("Your run is kept, at step 1,342: ")
    put(shelf, "last", 66)
    assert "kept, at step 66: `lstm-tui --resume` goes on with it" in shelf.farewell()  # there is no other
    put(shelf, "sea-1")
    assert shelf.farewell() == (
        "Your run had hardly begun, at step 66; `lstm-tui --resume` goes on with the one before."
    )
    assert shelf.farewell(shelf.last_saved()).startswith("Your last runs are kept: ")


def test_the_tab_key_completes_names_of_runs(shelf: RunShelf, tmp_path: Path) -> None:
    put(shelf, "sea-1")
    put(shelf, "lake-2")
    assert completions("lstm-tui --resume se", tmp_path) == ["sea-1"]


def test_a_file_of_that_name_comes_first(shelf: RunShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf, "sea")
    mine = put(RunShelf(tmp_path), "mine")
    mine.rename(tmp_path / "sea")
    monkeypatch.chdir(tmp_path)
    assert opening_of(app_options("--resume", "sea"), paths()).checkpoint == tmp_path / "sea"


def test_a_name_that_no_run_has_is_answered(shelf: RunShelf, capsys: Captured) -> None:
    put(shelf, "sea-1")
    assert main(["--resume", "see-1"]) == 1
    assert complaint(capsys) == "see-1: no such file, and no run of that name; did you mean sea-1?"
