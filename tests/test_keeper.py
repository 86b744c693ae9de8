"""What was chosen is kept, whatever ends the program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from model.config import SamplingSettings
from tui.keeper import DELAY_SECONDS, Keeper
from tui.settings import Settings, load_settings, save_settings

KILLS = 25

CHOOSER = """
import itertools, sys
from pathlib import Path
from model.config import SamplingSettings
from tui.keeper import Keeper

keeper = Keeper(Path(sys.argv[1]), lambda _: None)
for rate in itertools.count(int(sys.argv[2])):
    keeper.keep("sampling", SamplingSettings(rate=float(rate)))
    assert keeper.write() == ""
    print(rate, flush=True)
"""


class Desk:
    """A keeper whose time comes when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "settings.toml"
        self.waits: list[float] = []
        self.keeper = Keeper(self.path, self.waits.append)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_many_changes_are_written_at_once_a_moment_after_the_first(desk: Desk) -> None:
    for temperature in (0.5, 0.6, 0.7):
        desk.keeper.keep("sampling", SamplingSettings(temperature=temperature))
    desk.keeper.keep("theme", "nord")
    assert desk.waits == [DELAY_SECONDS]
    assert not desk.path.exists()
    assert desk.keeper.write() == ""
    assert load_settings(desk.path) == Settings(theme="nord", sampling=SamplingSettings(temperature=0.7))
    desk.keeper.keep("theme", "gruvbox")
    assert desk.waits == [DELAY_SECONDS] * 2


def test_what_is_as_it_was_is_not_written(desk: Desk) -> None:
    desk.keeper.keep("quiet", True)
    desk.keeper.keep("quiet", False)
    assert desk.keeper.write() == ""
    assert not desk.path.exists()


def test_what_another_window_or_an_editor_has_changed_stays(desk: Desk) -> None:
    desk.keeper.keep("theme", "nord")
    save_settings(desk.path, Settings(fps=5.0, keys={"train": "f5"}))
    desk.keeper.write()
    assert load_settings(desk.path) == Settings(theme="nord", fps=5.0, keys={"train": "f5"})


def test_what_could_not_be_written_is_tried_again_with_the_next_change(desk: Desk) -> None:
    desk.path.write_text("theme =")
    desk.keeper.keep("quiet", True)
    assert "not TOML" in desk.keeper.write()
    assert desk.path.read_text() == "theme ="
    desk.path.unlink()
    desk.keeper.keep("hints", False)
    assert desk.keeper.write() == ""
    assert load_settings(desk.path) == Settings(quiet=True, hints=False)


def test_a_process_that_is_killed_in_the_middle_of_saves_loses_nothing_and_leaves_no_half_of_a_file(
    tmp_path: Path,
) -> None:
    path, rate = tmp_path / "settings.toml", 1
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", CHOOSER, str(path), str(rate)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(1 + 3 * kill % 7):
                told = int(process.stdout.readline())
            process.kill()  # it goes on saving meanwhile, and is anywhere in that
            told = max([told, *map(int, process.stdout.read().split())])
        kept = load_settings(path).sampling.rate
        assert kept in (told, told + 1)
        rate = int(kept) + 1
