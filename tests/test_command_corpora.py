"""`lstm-tui corpora`: the catalogue for people and for scripts."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from corpora.entry import Entry
from corpora.library import CATALOGUE
from tui.__main__ import main

from command_line import complaint, json_lines, start

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]

MISSING = Entry(
    name="lost-plays",
    summary="plays that nobody has",
    origin="the package lost-plays",
    licence="unknown",
    pieces=lambda: iter(()),
    present=lambda: False,
    requirement="lost-plays==1.0",
)


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Small texts, and one that is not on this machine."""
    entries = (*(entry for entry in CATALOGUE if entry.name in {"counting", "brackets"}), MISSING)
    monkeypatch.setattr("tui.commands.corpora.CATALOGUE", entries)
    return [entry.name for entry in entries]


def test_json_has_one_object_for_each_corpus(catalogue: list[str], capsys: Captured) -> None:
    assert main(["corpora", "--json"]) == 0
    lines = json_lines(capsys.readouterr().out)
    assert [line["name"] for line in lines] == catalogue
    counting, lost = lines[0], lines[-1]
    assert counting["available"] and counting["install"] is None
    assert (counting["characters"], counting["symbols"]) == (1_000_000, 3)
    assert 0 < counting["entropy_floor"] < 1
    assert not lost["available"] and "lost-plays==1.0" in lost["install"]
    assert lost["characters"] is None


def test_a_pipe_gets_a_plain_line_for_each_corpus(catalogue: list[str], capsys: Captured) -> None:
    assert main(["corpora"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == catalogue
    assert lines[0].split()[1:3] == ["1,000,000", "3"]
    assert "lost-plays==1.0" in lines[-1]


def test_all_about_one_ends_with_its_first_lines(catalogue: list[str], capsys: Captured) -> None:
    assert "brackets" in catalogue
    assert main(["corpora", "brackets"]) == 0
    printed = capsys.readouterr().out
    assert "origin" in printed and "nothing can do better" in printed
    assert "counting" not in printed
    assert set(printed.rstrip().splitlines()[-1].strip()) <= set("()[]{}<>")


def test_an_unknown_name_says_which_are_near(capsys: Captured) -> None:
    assert main(["corpora", "bracket"]) == 1
    assert "did you mean brackets?" in complaint(capsys)


def test_the_facts_are_remembered_in_the_cache_folder(catalogue: list[str], own_folders: Path) -> None:
    assert catalogue
    assert main(["corpora", "--json"]) == 0
    assert [path.name for path in own_folders.rglob("*") if path.is_file()] == ["corpora.json"]


def test_a_terminal_gets_a_table(own_folders: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "TERM": "xterm-256color"}
    with start("corpora", "counting", stdout=theirs, stderr=subprocess.PIPE, env=environment) as process:
        os.close(theirs)
        shown = b""
        while chunk := read_terminal(ours):
            shown += chunk
        assert process.stderr is not None
        process.stderr.read()
    os.close(ours)
    assert process.returncode == 0
    assert b"counting" in shown and b"\x1b[" in shown
    assert own_folders.exists()


def read_terminal(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # what Linux says when the other side is closed
        return b""
