"""The shelf of earlier runs: what is kept, what it is called, and what is thrown away."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from model.checkpoint import Checkpoint, CorpusOrigin, save_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.curve import Curve
from model.network import Network
from model.protocol import LossPoint
from tui.earlier_run import EarlierRun
from tui.run_shelf import LONGEST_NAME, MOST, RunNameError, RunShelf
from tui.since import since
from tui.widgets.trend import trend

NETWORK = NetworkSettings(hidden_size=4, layers=2, cell="gru")
CURVE = Curve(tuple(LossPoint(step, round(4.0 - step / 100, 2)) for step in range(1, 201)), (LossPoint(200, 2.5),))


def checkpoint(step: int = 500, **progress: object) -> Checkpoint:
    network = Network(NETWORK, 3)
    network.initialise(np.random.default_rng(0))
    told = {
        **CURVE.told(),
        "best_validation_loss": 2.25,
        "train_loss": 2.0,
        "training_seconds": 61.0,
        "validation_seconds": 4.0,
        **progress,
    }
    origin = CorpusOrigin("sea.txt", "0" * 64, ("/texts/sea.txt",))
    return Checkpoint(
        "\nab", NETWORK, TrainingSettings(), SamplingSettings(), network.named_tensors, step=step, progress=told,
        corpus=origin,
    )  # fmt: skip


def put(shelf: RunShelf, name: str, step: int = 500, *, at: float = 1_000_000_000.0, **progress: object) -> Path:
    path = shelf.folder / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_checkpoint(checkpoint(step, **progress), path)
    os.utime(path, (at, at))
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> RunShelf:
    return RunShelf(tmp_path / "runs")


def names(shelf: RunShelf) -> list[str]:
    return [run.name for run in shelf.runs()]


def test_a_shelf_that_is_not_there_is_empty(shelf: RunShelf) -> None:
    assert shelf.runs() == []
    shelf.adopt_last()
    shelf.prune()
    assert not shelf.folder.exists()


def test_a_run_is_summed_up_beside_its_file(shelf: RunShelf) -> None:
    path = put(shelf, "sea-0514-142310")
    (run,) = shelf.runs()
    assert (run.corpus, run.source, run.network) == ("sea.txt", ("/texts/sea.txt",), "GRU 2x4")
    assert (run.preset, run.step, run.best_loss, run.seconds) == ("own", 500, 2.25, 65.0)
    assert run.when == datetime.fromtimestamp(1_000_000_000).isoformat()
    assert run.curve == CURVE
    told = json.loads(path.with_suffix(".json").read_text())
    assert {"name", "corpus", "source", "network", "preset", "step", "best_loss", "seconds", "when"} <= told.keys()
    assert len(told["losses"]) == 200
    assert shelf.runs() == [run]


def test_a_summary_is_read_in_place_of_the_file_until_that_changes(shelf: RunShelf) -> None:
    path = put(shelf, "sea")
    shelf.runs()
    beside = path.with_suffix(".json")
    beside.write_text(beside.read_text().replace('"GRU 2x4"', '"as summed up"'))
    assert shelf.runs()[0].network == "as summed up"
    put(shelf, "sea", 600, at=1_000_000_060.0)
    assert (shelf.runs()[0].network, shelf.runs()[0].step) == ("GRU 2x4", 600)


def test_what_has_not_changed_is_not_read_again(shelf: RunShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    of_summary = EarlierRun.of_summary

    def counting(path: Path, told: dict[str, object]) -> EarlierRun:
        read.append(path.stem)
        return of_summary(path, told)

    monkeypatch.setattr(EarlierRun, "of_summary", counting)
    for name in ("lake", "sea"):
        put(shelf, name)
    (shelf.folder / "other.safetensors").write_bytes(b"of another program")
    before = [shelf.runs() for _ in range(3)][-1]
    read.clear()
    with monkeypatch.context() as unread:
        unread.setattr("tui.earlier_run.read_header", lambda _: pytest.fail("a file that has not changed is read"))
        assert shelf.runs() == before and read == []
    RunShelf(shelf.folder).rename(before[0], "the best")  # as another app does
    assert {run.name for run in shelf.runs()} == {"the best", before[1].name} and read[-1:] == [before[0].key]
    shelf.runs()
    read.clear()
    assert len(shelf.runs()) == 2 and read == []


@pytest.mark.parametrize("summary", ["", "{", "[]", "{}", '{"name": 1, "of": []}', "\udcff", "[" * 5000])
def test_a_damaged_summary_is_made_anew(shelf: RunShelf, summary: str) -> None:
    path = put(shelf, "sea")
    path.with_suffix(".json").write_text(summary, errors="surrogateescape")
    assert names(shelf) == ["sea"]
    assert json.loads(path.with_suffix(".json").read_text())["step"] == 500


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x02" + b"\0" * 7 + b"{}", b"\x02" + b"\0" * 7 + b"[]"])
def test_what_is_no_run_is_passed_over(shelf: RunShelf, content: bytes) -> None:
    put(shelf, "sea")
    (shelf.folder / "other.safetensors").write_bytes(content)
    (shelf.folder / "notes.txt").write_text("mine")
    (shelf.folder / "folder.safetensors").mkdir()
    assert names(shelf) == ["sea"]


def test_the_newest_stands_first(shelf: RunShelf) -> None:
    for name, at in (("a", 3e8), ("b", 5e8), ("c", 4e8)):
        put(shelf, name, at=at)
    assert names(shelf) == ["b", "c", "a"]


# ------------------------------------------------------------------------------------- the last one


def test_the_run_of_the_last_quit_is_kept_among_the_others(shelf: RunShelf) -> None:
    last = put(shelf, "last", kept_as="sea-0514-142310")
    shelf.adopt_last()
    assert names(shelf) == ["sea-0514-142310"]
    assert last.exists()
    assert (shelf.folder / "sea-0514-142310.json").exists()
    # the same one, further on
    put(shelf, "last", 700, at=1.1e9, kept_as="sea-0514-142310")
    shelf.adopt_last()
    assert [run.step for run in shelf.runs()] == [700]
    # another one: the first stays
    put(shelf, "last", 300, kept_as="other")
    shelf.adopt_last()
    assert {run.name: run.step for run in shelf.runs()} == {"sea-0514-142310": 700, "other": 300}


def test_a_shelf_that_knows_more_of_a_run_keeps_it(shelf: RunShelf) -> None:
    put(shelf, "sea", 900)
    put(shelf, "last", 700, kept_as="sea")
    shelf.adopt_last()
    assert [run.step for run in shelf.runs()] == [900]


def test_where_a_file_has_one_name_only_it_is_copied(shelf: RunShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", no)
    put(shelf, "last", kept_as="sea", at=7e8)
    shelf.adopt_last()
    (run,) = shelf.runs()
    assert (run.name, run.when) == ("sea", datetime.fromtimestamp(7e8).isoformat())


def test_a_last_run_of_an_earlier_version_gets_a_name(shelf: RunShelf) -> None:
    put(shelf, "last", at=1_000_000_000.0)
    shelf.adopt_last()
    assert names(shelf) == [f"sea-{datetime.fromtimestamp(1_000_000_000):%m%d-%H%M%S}"]


@pytest.mark.parametrize("kept_as", ["../../mine", "last", "", 3])
def test_a_name_that_leads_elsewhere_is_not_believed(shelf: RunShelf, kept_as: object) -> None:
    put(shelf, "last", kept_as=kept_as)
    shelf.adopt_last()
    (name,) = names(shelf)
    assert name.startswith("sea-")
    assert sorted(path.name for path in shelf.folder.parent.iterdir()) == ["runs"]


def test_a_run_of_a_few_steps_is_not_kept(shelf: RunShelf) -> None:
    put(shelf, "last", 99, kept_as="sea")
    shelf.adopt_last()
    assert shelf.runs() == []


def test_two_that_were_left_in_the_same_second_are_both_kept(shelf: RunShelf) -> None:
    put(shelf, "last", 500, at=1e9)
    shelf.adopt_last()
    shelf.adopt_last()
    put(shelf, "last", 300, at=1e9 + 0.5)
    shelf.adopt_last()
    assert sorted(run.step for run in shelf.runs()) == [300, 500]


async def test_two_who_leave_at_once_do_so_one_after_the_other(shelf: RunShelf) -> None:
    shelf.folder.mkdir()
    said = []

    async def leave(step: int) -> None:
        mine = RunShelf(shelf.folder)
        async with mine.alone():
            put(mine, "last", step, kept_as=f"sea-{step}")
            await asyncio.sleep(0.02)
            mine.adopt_last()
            said.append(mine.farewell())

    await asyncio.gather(leave(500), leave(400))
    assert sorted(names(shelf)) == ["sea-400", "sea-500"]
    assert all(sum(f"step {step}:" in words for words in said) == 1 for step in (400, 500))


async def test_nobody_waits_for_ever_to_leave(shelf: RunShelf) -> None:
    async with shelf.alone(), RunShelf(shelf.folder).alone(patience=0.1):
        pass  # there is no folder
    shelf.folder.mkdir()
    async with shelf.alone(), RunShelf(shelf.folder).alone(patience=0.1):
        pass


# ------------------------------------------------------------------------------------- thrown away


def test_the_newest_twenty_are_kept_and_all_that_have_a_name(shelf: RunShelf) -> None:
    for number in range(MOST + 3):
        put(shelf, f"run-{number:02}", at=1e8 + number)
    shelf.rename(shelf.find("run-00"), "my first")
    shelf.prune()
    kept = names(shelf)
    assert len(kept) == MOST + 1
    assert kept[-1] == "my first"
    assert "run-02" not in kept and "run-03" in kept
    assert not (shelf.folder / "run-02.json").exists()


def test_large_runs_make_room_sooner(shelf: RunShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        put(shelf, f"run-{number}", at=1e8 + number)
    size = shelf.runs()[0].of[0]
    monkeypatch.setattr("tui.run_shelf.MOST_BYTES", 2 * size + 10)
    shelf.prune()
    assert names(shelf) == ["run-3", "run-2"]
    monkeypatch.setattr("tui.run_shelf.MOST_BYTES", 1)
    shelf.prune()
    assert names(shelf) == ["run-3"]


def test_what_is_deleted_does_not_come_back_from_the_last_quit(shelf: RunShelf) -> None:
    put(shelf, "last", kept_as="sea")
    shelf.adopt_last()
    shelf.delete(shelf.find("sea"))
    assert list(shelf.folder.glob("[!.]*")) == []
    put(shelf, "last", kept_as="other")
    put(shelf, "sea")
    shelf.runs()
    shelf.delete(shelf.find("sea"))
    assert [path.name for path in shelf.folder.glob("[!.]*")] == ["last.safetensors"]


async def test_the_last_quit_is_let_be_while_another_run_is_saved_there(shelf: RunShelf) -> None:
    put(shelf, "last", kept_as="sea")
    shelf.adopt_last()
    async with shelf.alone():
        RunShelf(shelf.folder).delete(shelf.find("sea"))
    assert names(shelf) == [] and shelf.last.exists()


def test_a_run_that_is_given_a_name_meanwhile_is_not_thrown_away(
    shelf: RunShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST + 1):
        put(shelf, f"run-{number:02}", at=1e8 + number)
    oldest, listed, changes = shelf.find("run-00"), shelf.runs, list[threading.Thread]()

    def slow() -> list[EarlierRun]:
        found = listed()
        if not changes:  # the one who names; who throws away begins now
            changes.append(threading.Thread(target=shelf.prune))
            changes[0].start()
            changes[0].join(0.1)
        return found

    monkeypatch.setattr(shelf, "runs", slow)
    shelf.rename(oldest, "my first")
    changes[0].join(20)
    assert shelf.find("my first").path == oldest.path


# ------------------------------------------------------------------------------------------- names


def test_a_name_is_kept_when_the_run_goes_on(shelf: RunShelf) -> None:
    put(shelf, "sea-1")
    shelf.rename(shelf.find("sea-1"), "  the   good one ")
    put(shelf, "sea-1", 900, at=1.1e9)
    (run,) = shelf.runs()
    assert (run.name, run.named, run.step, run.key) == ("the good one", True, 900, "sea-1")
    assert shelf.find("The Good One") == shelf.find("sea-1") == shelf.find("the g") == run


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1), "a\x1b[31m", "a/b", "last", "SEA-2", "taken"])
def test_a_name_that_cannot_be_given_is_said(shelf: RunShelf, name: str) -> None:
    put(shelf, "sea-1")
    put(shelf, "sea-2")
    put(shelf, "sea-3")
    shelf.rename(shelf.find("sea-3"), "taken")
    with pytest.raises(RunNameError):
        shelf.rename(shelf.find("sea-1"), name)


def test_a_run_may_keep_its_own_name(shelf: RunShelf) -> None:
    put(shelf, "sea-1")
    assert shelf.rename(shelf.find("sea-1"), "sea-1").named


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("sae-1", "did you mean sea-1"), ("sea", "several runs"), ("zzz", "`lstm-tui runs` lists")],
)
def test_a_name_that_no_run_has_is_answered(shelf: RunShelf, name: str, sentence: str) -> None:
    put(shelf, "sea-1")
    put(shelf, "sea-2")
    with pytest.raises(RunNameError, match=sentence):
        shelf.find(name)


# ------------------------------------------------------------------------------------- how it is told


def test_a_run_is_found_by_any_of_its_words() -> None:
    run = EarlierRun(None, "the good one", corpus="sea.txt", network="GRU 2x4", preset="char-rnn")
    assert all(run.matches(words) for words in ("", "GOOD", "gru sea", "char"))
    assert not run.matches("gru lake")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-05-14T12:00:00", "just now"),
        ("2026-05-14T12:30:00", "just now"),
        ("2026-05-14T11:55:00", "5 min ago"),
        ("2026-05-14T09:00:00", "3 h ago"),
        ("2026-05-13T23:00:00", "yesterday"),
        ("2026-05-10T12:00:00", "4 days ago"),
        ("2025-05-10T12:00:00", "2025-05-10"),
        ("2026-05-14T11:55:00+02:00", "5 min ago"),
        ("soon", "\N{EN DASH}"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(when: str, words: str) -> None:
    assert since(when, datetime(2026, 5, 14, 12, 0, 0)) == words


def test_a_trend_falls_as_the_losses_do() -> None:
    bars = trend(CURVE, 8)
    assert bars == "█▇▆▅▄▃▂▁"
    flat = Curve((LossPoint(1, 2.0), LossPoint(9, 2.0)))
    assert trend(flat, 4) == "▁▁▁▁"
    assert trend(Curve(), 4) == "    "
    assert trend(replace(CURVE, losses=()), 3) == "   "
    assert trend(CURVE, 0) == ""
