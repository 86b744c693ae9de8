"""Flag before environment before file before default, and the text that the app begins with."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from corpora.catalogue import BY_NAME
from corpora.info import Treatment
from model.config import NetworkSettings, SettingsError, TrainingSettings
from model.protocol import LoadCorpus, SetShare
from tui.commands import course
from tui.commands.arguments import app_parser
from tui.commands.asked import asked_settings, asked_share, asked_threads
from tui.commands.course import Course, Goal
from tui.commands.errors import UsageError
from tui.commands.first_text import first_text
from tui.commands.options import FPS, SHARE, THREADS, preferred
from tui.commands.saved_file import looks_saved
from tui.opening import Opening
from tui.settings import LastText, Settings, load_settings, paths, save_settings


def options(*words: str) -> argparse.Namespace:
    return app_parser().parse_intermixed_args(words)


@pytest.mark.usefixtures("own_folders")
def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked(*words: str) -> tuple[float, int | None, float]:
        given = options(*words)
        return asked_share(given), asked_threads(given), preferred(FPS, given, 9.0)

    assert asked() == (1.0, None, 9.0)
    save_settings(paths().settings, Settings(share=0.25, threads=3))
    assert asked() == (0.25, 3, 9.0)
    for setting, value in ((SHARE, "0.5"), (THREADS, "2"), (FPS, "7.5")):
        monkeypatch.setenv(setting.variable, value)
    assert asked() == (0.5, 2, 7.5)
    assert asked("--share", "all", "--threads", "auto", "--fps", "20") == (1.0, None, 20.0)
    assert asked("--share", "0.75", "--threads", "4") == (0.75, 4, 7.5)


@pytest.mark.usefixtures("own_folders")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--share", "0.6"), "--share is 0.6; it must be one of all, 0.75, 0.5, 0.25"),
        (("--threads", "0"), "--threads is 0; it must be auto or a whole number from 1 to 64"),
    ],
)
def test_a_flag_that_cannot_be_used_is_said_with_what_is_wanted(words: tuple[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        asked_share(options(*words))
        asked_threads(options(*words))
    assert str(caught.value) == said


@pytest.mark.usefixtures("own_folders")
def test_a_flag_that_is_no_number_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="'half' is not a number"):
        options("--share", "half")


def test_at_first_it_begins_with_the_best_text_here() -> None:
    assert first_text(Settings()) == (Opening(), "")


def test_it_begins_with_the_text_of_the_last_time_read_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "sea.txt").touch()
    text = LastText((str(tmp_path / "sea.txt"),), "latin-1", ("lower",))
    opening, greeting = first_text(Settings(text=text))
    assert greeting == ""
    assert opening == Opening(sources=text.sources, treatments=frozenset({Treatment.LOWER}), encoding="latin-1")


def test_a_text_that_was_picked_is_begun_with_whatever_came_last(tmp_path: Path) -> None:
    (tmp_path / "sea.txt").touch()
    settings = Settings(corpus=("counting",), text=LastText((str(tmp_path / "sea.txt"),), "latin-1"))
    assert first_text(settings) == (Opening(sources=("counting",)), "")


@pytest.mark.parametrize("corpus", [("remembered",), ("gone.txt",), ("here.txt", "gone.txt")])
def test_a_text_that_is_gone_is_said_and_the_usual_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").touch()
    opening, greeting = first_text(Settings(corpus=corpus, text=LastText(("gone.txt",))))
    assert opening == Opening()
    assert greeting == "gone.txt is no longer there: this is the text that comes first."


def test_a_corpus_whose_package_is_gone_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpora.entry.Entry.available", lambda _: False)
    assert "bible" in BY_NAME
    assert first_text(Settings(text=LastText(("bible",))))[1].startswith("bible is no longer there")


def test_the_engine_is_told_of_the_share_before_anything_else() -> None:
    assert [type(command) for command in Opening(sources=("counting",), share=0.5).commands()][:2] == [
        SetShare,
        LoadCorpus,
    ]
    assert not any(isinstance(command, SetShare) for command in Opening(sources=("counting",)).commands())


class Runner:
    """A trainer whose work takes the time that the test says."""

    validate_every, step = 10_000, 0
    diverged = finished = False

    def __init__(self) -> None:
        self.now = self.worked = 0.0
        self.parallel = argparse.Namespace(cpu_seconds=0.0)
        self.stopwatch = argparse.Namespace(training_seconds=0.0)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def increment(self, seconds: float, steps: int) -> None:
        assert steps > 0
        self.now += seconds
        self.worked += seconds
        self.step += 1


@pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
def test_training_without_the_screen_takes_its_share_too(share: float) -> None:
    runner = Runner()
    run = Course(runner, Goal(seconds=20.0), share=share, clock=runner.clock, sleep=runner.sleep)  # type: ignore[arg-type]
    while not run.over:
        run.advance()
    assert runner.worked == pytest.approx(20.0 * share, abs=2 * course.INCREMENT_SECONDS)
    assert runner.now == pytest.approx(20.0, abs=course.INCREMENT_SECONDS)


@pytest.mark.usefixtures("own_folders")
def test_a_preset_by_flag_beats_what_the_environment_says_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSTM_TUI_TREAT", "lower")
    assert asked_settings(options("--preset", "polstm")).treatments == {Treatment.COLLAPSE}
    assert asked_settings(options()).treatments == {Treatment.LOWER}


@pytest.mark.usefixtures("own_folders")
def test_the_default_can_be_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(paths().settings, Settings(network=NetworkSettings(hidden_size=64)))
    monkeypatch.setenv("LSTM_TUI_CELL", "gru")
    assert asked_settings(options()).network == NetworkSettings(hidden_size=64, cell="gru")
    asked = asked_settings(options("--preset", "default"))
    assert (asked.network, asked.training) == (NetworkSettings(), TrainingSettings())


def test_a_file_that_is_nested_too_deeply_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[keys]\nx = " + "[" * 5_000)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load_settings(tmp_path / "settings.toml")


def test_a_header_that_is_nested_too_deeply_is_no_saved_network(tmp_path: Path) -> None:
    (tmp_path / "deep.bin").write_bytes((200_000).to_bytes(8, "little") + b"[" * 200_000)
    assert not looks_saved(tmp_path / "deep.bin")
