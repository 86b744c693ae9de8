"""Copies of runs whose apps ended without a goodbye, and those of apps that are still open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_run_shelf import checkpoint, names, put

from model.checkpoint import load_checkpoint, save_checkpoint
from tui import rescue
from tui.commands.instrument import rescue_in
from tui.rescue import Rescue, left_copies
from tui.run_shelf import RunShelf

HOLD = """
import pathlib, sys
from tui.rescue import Rescue
rescue = Rescue(pathlib.Path(sys.argv[1]))
print(rescue.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def shelf(tmp_path: Path) -> RunShelf:
    return RunShelf(tmp_path / "runs")


@contextmanager
def another_app(shelf: RunShelf) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """An app that is open, and where its copy goes."""
    command = [sys.executable, "-c", HOLD, str(shelf.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def left_copy(shelf: RunShelf, step: int, at: float, **progress: object) -> Path:
    """A copy by an app that was killed."""
    with another_app(shelf) as (_, path):
        save_checkpoint(checkpoint(step, **progress), path)
        os.utime(path, (at, at))
    return path


def test_each_app_has_a_file_of_its_own(shelf: RunShelf) -> None:
    mine = Rescue(shelf.folder)
    with another_app(shelf) as (_, path):
        assert path != mine.path
    mine.discard()


def test_the_copy_of_an_app_that_is_open_is_left_alone(shelf: RunShelf) -> None:
    put(shelf, "last", 300, at=1_000.0)
    with another_app(shelf) as (_, path):
        save_checkpoint(checkpoint(700), path)
        shelf.recover()
        assert path.exists()
        assert load_checkpoint(shelf.last).step == 300
        assert [run.step for run in shelf.runs()] == [300]


def test_the_copy_of_an_app_that_was_killed_is_the_run_to_go_on_with(shelf: RunShelf) -> None:
    put(shelf, "last", 300, at=1_000.0)
    path = left_copy(shelf, 700, 2_000.0)
    shelf.recover()
    assert load_checkpoint(shelf.last).step == 700
    assert [run.step for run in shelf.runs()] == [700, 300]
    assert list(path.parent.glob("[!.]*")) == []
    shelf.recover()
    assert [run.step for run in shelf.runs()] == [700, 300]


def test_one_that_is_older_than_the_last_quit_goes_among_the_others(shelf: RunShelf) -> None:
    path = left_copy(shelf, 700, 1_000.0, kept_as="sea-1127-010203")
    left_copy(shelf, 40, 1_500.0)  # hardly begun
    put(shelf, "last", 300, at=2_000.0)
    shelf.recover()
    assert load_checkpoint(shelf.last).step == 300
    assert [run.step for run in shelf.runs()] == [300, 700]
    assert "sea-1127-010203" in names(shelf)
    assert list(path.parent.glob("[!.]*")) == []


def test_a_last_run_that_cannot_be_read_is_not_lost_for_a_copy(shelf: RunShelf) -> None:
    shelf.folder.mkdir()
    shelf.last.write_bytes(b"damaged")
    os.utime(shelf.last, (1_000.0, 1_000.0))
    left_copy(shelf, 700, 2_000.0)
    shelf.recover()
    assert shelf.last.read_bytes() == b"damaged"
    assert [run.step for run in shelf.runs()] == [700]


def test_what_cannot_be_kept_elsewhere_stays(shelf: RunShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf, "last", 300, at=2_000.0)
    path = left_copy(shelf, 700, 1_000.0)

    def full(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui.run_shelf._link", full)
    shelf.recover()
    assert path.exists()
    monkeypatch.undo()
    shelf.recover()
    assert [run.step for run in shelf.runs()] == [300, 700]


def test_an_engine_that_still_saves_for_an_app_that_was_killed_is_waited_for(shelf: RunShelf) -> None:
    """A stand-in for the engine holds the app's lock, and writes the copy when the app is gone."""
    with another_app(shelf) as (app, path):
        save_checkpoint(checkpoint(700), path)
        lock = path.with_suffix(".lock")
        script = (
            "import fcntl, sys, time\n"
            "lock = open(sys.argv[1])\n"
            "print('ready', flush=True)\n"
            "fcntl.flock(lock, fcntl.LOCK_EX)\n"
            "print('mine', flush=True)\n"
            "time.sleep(0.3)\n"
        )
        engine = subprocess.Popen([sys.executable, "-c", script, str(lock)], stdout=subprocess.PIPE, text=True)
        assert engine.stdout is not None
        assert engine.stdout.readline() == "ready\n"
        app.send_signal(signal.SIGKILL)
        app.wait()
        assert engine.stdout.readline() == "mine\n"
        shelf.recover()
        engine.stdout.close()
        assert engine.wait() == 0
    assert load_checkpoint(shelf.last).step == 700


def test_of_two_that_began_in_the_same_second_both_are_kept(shelf: RunShelf) -> None:
    put(shelf, "last", 900, at=2_000.0, kept_as="sea-1127-010203", token="a")
    shelf.adopt_last()
    left_copy(shelf, 700, 3_000.0, kept_as="sea-1127-010203", token="b")
    shelf.recover()
    assert sorted(run.step for run in shelf.runs()) == [700, 900]
    # the one with the second file goes on, and has no third
    put(shelf, "last", 800, at=4_000.0, kept_as="sea-1127-010203", token="b")
    shelf.adopt_last()
    assert sorted(run.step for run in shelf.runs()) == [800, 900]


def test_what_is_deleted_does_not_come_back_from_a_copy(shelf: RunShelf) -> None:
    put(shelf, "sea-1127-010203", 700, kept_as="sea-1127-010203")
    mine = Rescue(shelf.folder)
    save_checkpoint(checkpoint(700, kept_as="sea-1127-010203"), mine.path)
    (run,) = shelf.runs()
    shelf.delete(run)
    assert shelf.has(mine.path)
    mine.discard()
    assert shelf.runs() == []


def test_a_copy_whose_lock_is_gone_is_found_too(shelf: RunShelf) -> None:
    path = left_copy(shelf, 700, 2_000.0)
    path.with_suffix(".lock").unlink()
    shelf.recover()
    assert load_checkpoint(shelf.last).step == 700
    assert not path.exists()


async def test_while_another_app_saves_its_run_copies_stay_where_they_are(shelf: RunShelf) -> None:
    put(shelf, "last", 300, at=1_000.0)
    path = left_copy(shelf, 700, 2_000.0)
    async with RunShelf(shelf.folder).alone():
        shelf.recover()
        assert path.exists()
        assert load_checkpoint(shelf.last).step == 300
    shelf.recover()
    assert load_checkpoint(shelf.last).step == 700


def test_nobody_waits_for_ever(shelf: RunShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue, "PATIENCE", 0.05)
    mine = Rescue(shelf.folder)
    mine.path.touch()
    mine.path.with_suffix(".lock").write_text("no number")  # so the app is taken to be gone, but the lock is held
    assert list(left_copies(shelf.folder)) == []
    mine.discard()


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    where, trouble = rescue_in(tmp_path / "runs")
    assert where is None
    assert trouble == f"No run can be kept: {tmp_path / 'runs' / 'open'}: Not a directory."
