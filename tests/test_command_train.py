"""`lstm-tui train`: what it prints, what it saves, and how it ends."""

import math
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from corpora.library import load_now
from model.checkpoint import Checkpoint, load_checkpoint
from model.config import NetworkSettings, TrainingSettings
from model.presets import PRESETS
from model.run import new_trainer
from tui.__main__ import main
from tui.commands.course import Goal
from tui.commands.display import Display
from tui.commands.train import usual_goal
from tui.run_shelf import RunShelf
from tui.settings import paths

from command_line import TINY, complaint, json_lines, start, trained, write_text

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]


def require_equal(one: Checkpoint, other: Checkpoint) -> None:
    assert one.step == other.step
    for ours, theirs in ((one.tensors, other.tensors), (one.state, other.state)):
        assert ours.keys() == theirs.keys()
        for name in ours:
            np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    timeless = one.progress.keys() - {"training_seconds", "validation_seconds"}
    assert {name: one.progress[name] for name in timeless} == {name: other.progress[name] for name in timeless}


def test_the_last_line_has_what_scripts_rely_on(tmp_path: Path, capsys: Captured) -> None:
    out = trained(tmp_path, "--json", steps=12)
    last = json_lines(capsys.readouterr().out)[-1]
    assert last["event"] == "done"
    assert last["step"] == 12
    assert last["out"] == str(out)
    for name in ("train_loss", "val_loss", "chars_per_second", "chars_per_cpu_second", "seconds"):
        assert math.isfinite(last[name]) and last[name] > 0, name


def test_of_a_folder_is_said_what_was_read(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    write_text(folder)
    (folder / "old.txt").write_bytes("café".encode("latin-1"))
    words = ["train", str(folder), "--out", str(tmp_path / "net.safetensors"), *TINY, "--steps", "2", "--json"]
    assert main(words) == 0
    assert "lstm-tui: texts: a text of your own; left out: 1 in another encoding\n" in capsys.readouterr().err


def test_measuring_tells_how_far_it_is_and_warns_of_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float | None] = []

    def show(_: Display, what: str, _note: object, share: float | None = None) -> None:
        if what.startswith("measuring"):
            assert np.geterr()["over"] == np.geterr()["invalid"] == "ignore"
            shares.append(share)

    monkeypatch.setattr(Display, "show", show)
    trained(tmp_path)
    assert shares and None not in shares


def test_without_json_the_last_line_is_a_sentence(tmp_path: Path, capsys: Captured) -> None:
    out = trained(tmp_path)
    printed, told = capsys.readouterr()
    assert printed.count("\n") == 1
    assert printed.startswith(f"{out}: step 20 ")
    assert "5,000 characters" in told


def test_validations_are_told_as_they_come(tmp_path: Path, capsys: Captured) -> None:
    trained(tmp_path, "--json", steps=110)
    first, *others = json_lines(capsys.readouterr().out)
    assert first["event"] == "begin"
    assert [line["event"] for line in others] == ["validation", "done"]
    assert 0 < others[0]["step"] < 110


def test_the_file_holds_the_settings_that_were_asked_for(tmp_path: Path) -> None:
    flags = ("--layers", "2", "--learning-rate", "0.005", "--clip-norm", "2", "--seed", "3", "--treat", "lower,ascii")
    saved = load_checkpoint(trained(tmp_path, *flags))
    assert (saved.network.hidden_size, saved.network.layers) == (8, 2)
    assert (saved.training.seq_length, saved.training.batch_size) == (8, 4)
    assert (saved.training.learning_rate, saved.training.clip_norm, saved.training.seed) == (0.005, 2.0, 3)
    assert saved.corpus is not None
    assert saved.corpus.treatments == ("ascii", "lower")
    assert saved.corpus.source == (str(tmp_path / "sea.txt"),)


def test_every_part_of_a_recipe_has_a_flag(tmp_path: Path) -> None:
    flags = "--cell gru --embedding-size 8 --tied --learned-state --init orthogonal --init-scale 0.2 --dropout 0.1"
    more = "--optimizer adamw --weight-decay 0.1 --schedule cosine --warmup 5 --average 0.9 --stop-after 3 --no-guard"
    saved = load_checkpoint(trained(tmp_path, *flags.split(), *more.split(), "--clip-value", "5"))
    assert saved.network == NetworkSettings(
        hidden_size=8,
        cell="gru",
        embedding_size=8,
        tied=True,
        learned_state=True,
        initialisation="orthogonal",
        init_scale=0.2,
    )
    assert saved.training == TrainingSettings(
        seq_length=8,
        batch_size=4,
        dropout=0.1,
        optimizer="adamw",
        weight_decay=0.1,
        schedule="cosine",
        warmup_steps=5,
        average=0.9,
        stop_after=3,
        guard=False,
        clip_value=5.0,
    )


def test_without_flags_a_network_is_the_plain_one(tmp_path: Path) -> None:
    out = tmp_path / "net.safetensors"
    assert main(["train", write_text(tmp_path), "--out", str(out), "--steps", "1"]) == 0
    saved = load_checkpoint(out)
    assert (saved.network, saved.training) == (NetworkSettings(), TrainingSettings())
    assert saved.network.cell == "lstm" and saved.network.embedding_size == 0 and saved.network.layers == 1
    assert saved.training.optimizer == "adam" and saved.training.schedule == "constant"
    assert (saved.training.dropout, saved.training.average, saved.training.clip_norm) == (0.0, 0.0, 1.0)


def test_a_preset_fills_in_everything_and_flags_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSTM_TUI_LAYERS", "3")
    out = tmp_path / "net.safetensors"
    words = ["train", write_text(tmp_path), "--out", str(out), "--preset", "polstm", "--hidden-size", "9"]
    assert main([*words, "--steps", "2"]) == 0
    saved, polstm = load_checkpoint(out), PRESETS["polstm"]
    assert saved.network == replace(polstm.network, hidden_size=9)
    assert (saved.training, saved.sampling) == (polstm.training, polstm.sampling)
    assert saved.corpus is not None and saved.corpus.treatments == ("collapse",)
    assert main([*words, "--treat", "none", "--steps", "2", "--overwrite"]) == 0
    corpus = load_checkpoint(out).corpus
    assert corpus is not None and corpus.treatments == ()


def test_a_preset_from_the_environment_leaves_room_for_other_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LSTM_TUI_PRESET", "min-char-rnn")
    monkeypatch.setenv("LSTM_TUI_INIT_SCALE", "0.05")
    monkeypatch.setenv("LSTM_TUI_GUARD", "no")
    saved = load_checkpoint(trained(tmp_path))
    assert saved.network == replace(PRESETS["min-char-rnn"].network, hidden_size=8, init_scale=0.05)
    assert saved.training.guard is False


def test_a_cosine_falls_over_the_steps_of_the_call(tmp_path: Path) -> None:
    saved = load_checkpoint(trained(tmp_path, "--schedule", "cosine", steps=40))
    assert saved.progress["planned_steps"] == 40
    # and a run that was interrupted goes on along it
    file = tmp_path / "net.safetensors"
    assert main(["train", "--resume", str(file), "--steps", "5"]) == 0
    assert load_checkpoint(file).progress["planned_steps"] == 40


def test_without_a_goal_a_recipe_is_trained_to_the_end_of_its_cosine(tmp_path: Path) -> None:
    out = tmp_path / "net.safetensors"
    words = ("train", write_text(tmp_path), "--out", str(out), *TINY, "--schedule", "cosine", "--schedule-steps", "30")
    assert main(words) == 0
    assert load_checkpoint(out).step == 30
    assert main([*words, "--steps", "12", "--overwrite"]) == 0
    assert main(["train", "--resume", str(out)]) == 0
    assert load_checkpoint(out).step == 30, "what is left of it"


def test_without_a_goal_and_an_end_there_are_two_thousand_steps(tmp_path: Path) -> None:
    corpus = load_now([write_text(tmp_path)])
    for training in (TrainingSettings(), TrainingSettings(schedule="cosine"), TrainingSettings(schedule_steps=7)):
        trainer = new_trainer(corpus, NetworkSettings(hidden_size=8), replace(training, seq_length=8, batch_size=4))
        assert usual_goal(trainer) == Goal(steps=2_000)
        trainer.planned_steps = 90
        assert usual_goal(trainer) == Goal(steps=90 if training.schedule == "cosine" else 2_000)


def test_a_cosine_over_some_seconds_is_planned_in_steps_once_and_said(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "net.safetensors"
    words = ["train", write_text(tmp_path), "--out", str(out), *TINY, "--schedule", "cosine", "--seconds", "0.5"]
    assert main([*words, "--json"]) == 0
    printed, told = capsys.readouterr()
    (plan,) = (line for line in json_lines(printed) if line["event"] == "plan")
    assert f"about step {plan['planned_steps']:,}" in told
    assert load_checkpoint(out).progress["planned_steps"] == plan["planned_steps"] > plan["step"] >= 25


def test_a_constant_rate_needs_no_plan(tmp_path: Path, capsys: Captured) -> None:
    saved = load_checkpoint(trained(tmp_path, "--json"))
    assert saved.progress["planned_steps"] is None
    assert "plan" not in {line["event"] for line in json_lines(capsys.readouterr().out)}


def test_training_stops_early_and_says_so(tmp_path: Path, capsys: Captured) -> None:
    trained(tmp_path, "--learning-rate", "0", "--stop-after", "1", "--json", steps=100_000)
    last = json_lines(capsys.readouterr().out)[-1]
    assert last["event"] == "done" and last["stopped_early"] is True
    assert 0 < last["step"] < 1000
    trained(tmp_path, "--learning-rate", "0", "--stop-after", "1", steps=100_000)
    assert "; stopped after 1 validations without a better one" in capsys.readouterr().out


def test_what_was_done_to_keep_a_run_alive_is_told(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.health.LOOK_STEPS", 5)
    monkeypatch.setattr("model.health.LOOK_CHARACTERS", 0)
    trained(tmp_path, "--learning-rate", "0", "--json", steps=25)
    printed, told = capsys.readouterr()
    incidents = [line for line in json_lines(printed) if line["event"] == "incident"]
    assert incidents and "started over after step" in incidents[0]["text"]
    assert incidents[0]["text"] in told


def test_the_same_seed_trains_the_same_network(tmp_path: Path) -> None:
    one = load_checkpoint(trained(tmp_path, "--seed", "5"))
    other = load_checkpoint(trained(tmp_path, "--seed", "5"))
    require_equal(one, other)


def test_resuming_is_as_if_there_had_been_no_pause(tmp_path: Path) -> None:
    whole = load_checkpoint(trained(tmp_path, steps=230))
    parts = trained(tmp_path, steps=101)
    assert main(["train", "--resume", str(parts), "--steps", "129"]) == 0
    require_equal(load_checkpoint(parts), whole)


def test_resuming_into_another_file_leaves_the_first_alone(tmp_path: Path) -> None:
    first = trained(tmp_path)
    before = first.read_bytes()
    out = tmp_path / "more.safetensors"
    assert main(["train", "--resume", str(first), "--steps", "3", "--out", str(out)]) == 0
    assert first.read_bytes() == before
    assert load_checkpoint(out).step == 23


def test_a_run_of_the_app_is_gone_on_with_by_its_name_and_stays_as_it_is(tmp_path: Path, capsys: Captured) -> None:
    file, shelf = trained(tmp_path), RunShelf(paths().last_run.parent)
    shelf.folder.mkdir(parents=True)
    kept = file.rename(shelf.folder / "sea-1.safetensors")
    shelf.rename(shelf.find("sea-1"), "the good one")
    before, out = kept.read_bytes(), tmp_path / "more.safetensors"
    capsys.readouterr()
    assert main(["train", "--resume", "the good one", "--steps", "3"]) == 2
    assert complaint(capsys).startswith("the good one is a run of the app, which stays as it is; say with --out FILE")
    assert main(["train", "--resume", "see-1", "--steps", "3", "--out", str(out)]) == 1
    assert complaint(capsys) == "see-1: no such file, and no run of that name; `lstm-tui runs` lists what is kept"
    assert main(["train", "--resume", "the good one", "--steps", "3", "--out", str(out)]) == 0
    assert kept.read_bytes() == before
    assert load_checkpoint(out).step == 23


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_name_that_is_no_utf_8_can_be_told(tmp_path: Path, capsys: Captured) -> None:
    out = os.fsdecode(os.fsencode(tmp_path) + b"/net\xff.safetensors")
    assert main(["train", write_text(tmp_path), "--out", out, *TINY, "--steps", "3"]) == 0
    assert "/net\ufffd.safetensors: step 3 in" in capsys.readouterr().out
    assert load_checkpoint(Path(out)).step == 3


def test_steps_count_from_where_the_file_stands(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path)
    capsys.readouterr()
    assert main(["train", "--resume", str(file), "--steps", "7", "--json"]) == 0
    last = json_lines(capsys.readouterr().out)[-1]
    assert (last["step"], last["steps"]) == (27, 7)


@pytest.mark.parametrize(
    "flag",
    [
        ("--hidden-size", "9"),
        ("--cell", "gru"),
        ("--dropout", "0.5"),
        ("--learning-rate", "0.5"),
        ("--treat", "lower"),
        ("--encoding", "latin-1"),
    ],
)
def test_a_flag_that_contradicts_the_file_is_refused(tmp_path: Path, capsys: Captured, flag: tuple[str, str]) -> None:
    file = trained(tmp_path)
    capsys.readouterr()
    assert main(["train", "--resume", str(file), *flag]) == 2
    assert complaint(capsys).startswith(f"{flag[0]} {flag[1]} contradicts {file}, which has ")


def test_a_switch_or_a_preset_does_not_go_with_a_saved_network(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path)
    capsys.readouterr()
    assert main(["train", "--resume", str(file), "--no-guard"]) == 2
    assert complaint(capsys).startswith(f"--guard no contradicts {file}, which has yes")
    assert main(["train", "--resume", str(file), "--preset", "vpj"]) == 2
    assert complaint(capsys).startswith(f"--preset does not go with {file}")


def test_a_flag_that_agrees_with_the_file_is_welcome(tmp_path: Path) -> None:
    file = trained(tmp_path)
    assert main(["train", "--resume", str(file), "--hidden-size", "8", "--steps", "1"]) == 0


def test_the_environment_does_not_contradict_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = trained(tmp_path)
    monkeypatch.setenv("LSTM_TUI_HIDDEN_SIZE", "9")
    assert main(["train", "--resume", str(file), "--steps", "1"]) == 0
    assert load_checkpoint(file).network.hidden_size == 8


def test_resuming_finds_a_text_that_has_moved_if_it_is_named(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path)
    moved = tmp_path / "moved.txt"
    (tmp_path / "sea.txt").rename(moved)
    capsys.readouterr()
    assert main(["train", "--resume", str(file), "--steps", "1"]) == 1
    assert "sea.txt: no such file" in complaint(capsys)
    assert main(["train", str(moved), "--resume", str(file), "--steps", "1"]) == 0


def test_resuming_on_another_text_is_refused(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path)
    other = write_text(tmp_path, "other.txt", 4_000)
    capsys.readouterr()
    assert main(["train", other, "--resume", str(file)]) == 2
    assert f"other.txt is not the text that {file} was trained on" in complaint(capsys)


def test_seconds_end_training_too(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "net.safetensors"
    words = ["train", write_text(tmp_path), "--out", str(out), *TINY, "--seconds", "0.2", "--json"]
    assert main(words) == 0
    last = json_lines(capsys.readouterr().out)[-1]
    assert last["seconds"] >= 0.2
    assert load_checkpoint(out).step == last["step"] > 0


def test_the_best_loss_counts_the_last_one(tmp_path: Path, capsys: Captured) -> None:
    trained(tmp_path, "--json", steps=2)
    last = json_lines(capsys.readouterr().out)[-1]
    assert last["best_val_loss"] == last["val_loss"] > 0


def test_the_best_network_is_kept_beside_a_worse_last_one(tmp_path: Path, capsys: Captured) -> None:
    # at this rate the network falls apart between two validations, and does not find back
    out = trained(tmp_path, "--learning-rate", "0.3", "--json", steps=700)
    last = json_lines(capsys.readouterr().out)[-1]
    best = tmp_path / "net.best.safetensors"
    assert last["best"] == str(best)
    assert last["best_val_loss"] < last["val_loss"]
    load_checkpoint(best).build_network()
    # a new training to the same file in which the last is the best
    assert main(["train", write_text(tmp_path), "--out", str(out), *TINY, "--steps", "2", "--overwrite"]) == 0
    assert not best.exists()


def test_ctrl_c_saves_and_says_where(tmp_path: Path) -> None:
    out = tmp_path / "net.safetensors"
    words = ("train", write_text(tmp_path), "--out", str(out), *TINY, "--steps", "100000000", "--json")
    with start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"begin" in process.stdout.readline()
        assert b"validation" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=30)
    assert process.returncode == 130
    last = json_lines(printed.decode())[-1]
    assert last["event"] == "interrupted"
    assert last["step"] == load_checkpoint(out).step > 0
    assert told.decode().splitlines()[-1] == f"lstm-tui: interrupted at step {last['step']:,}; saved in {out}"


def test_a_closed_pipe_ends_training_quietly_and_saves(tmp_path: Path) -> None:
    out = tmp_path / "net.safetensors"
    words = ("train", write_text(tmp_path), "--out", str(out), *TINY, "--steps", "100000000", "--json")
    with start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(timeout=30) == 0
    assert "Traceback" not in told and "rror" not in told
    assert load_checkpoint(out).step > 0


def test_a_text_can_be_piped_in(tmp_path: Path) -> None:
    text = Path(write_text(tmp_path)).read_bytes()
    out = tmp_path / "net.safetensors"
    words = ("train", "-", "--out", str(out), *TINY, "--steps", "2")
    with start(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _, told = process.communicate(text, timeout=30)
    assert process.returncode == 0, told
    assert "standard input: 5,000 characters" in told.decode()
    saved = load_checkpoint(out)
    assert saved.corpus is not None and saved.corpus.source == ("-",)


def test_a_piped_text_has_to_be_piped_in_again(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "net.safetensors"
    text = Path(write_text(tmp_path))
    for words in (["-", "--out", str(out), *TINY], ["-", "--resume", str(out)]):
        with text.open() as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            assert main(["train", *words, "--steps", "2"]) == 0
    capsys.readouterr()
    assert main(["train", "--resume", str(out)]) == 2
    assert "pipe the same text in again" in complaint(capsys)


def test_a_terminal_gets_a_bar(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = ("train", write_text(tmp_path), "--out", str(tmp_path / "net.safetensors"), *TINY, "--steps", "40")
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    with start(*words, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while chunk := read_terminal(ours):
            shown += chunk
        assert process.stdout is not None
        printed = process.stdout.read().decode()
    os.close(ours)
    assert process.returncode == 0
    assert "step 40" in printed and "\x1b" not in printed
    assert "step " in shown.decode() and " left" in shown.decode()


def read_terminal(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # what Linux says when the other side is closed
        return b""


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ((), 2, "train wants a TEXT to learn"),
        (("TEXT",), 2, "train wants --out FILE"),
        (("TEXT", "--out", "OUT", "--steps", "1", "--seconds", "1"), 2, "choose one"),
        (("TEXT", "--out", "OUT", "--steps", "0"), 2, "--steps is 0; it must be a whole number from 1"),
        (("TEXT", "--out", "OUT", "--hidden-size", "0"), 2, "hidden size is 0"),
        (("TEXT", "--out", "OUT", "--hidden-size", "many"), 2, "'many' is not a whole number"),
        (("TEXT", "--out", "OUT", "--learning-rate", "nan"), 2, "learning rate is nan"),
        (("TEXT", "--out", "OUT", "--cell", "qrnn"), 2, "cell is 'qrnn'; it must be one of lstm, gru, rnn"),
        (("TEXT", "--out", "OUT", "--tied"), 2, "tied weights need an embedding size equal to the hidden size"),
        (("TEXT", "--out", "OUT", "--preset", "charrnn"), 2, "'charrnn' is not a preset; did you mean char-rnn?"),
        (("TEXT", "--out", "OUT", "--treat", "upper"), 2, "'upper' is not a treatment"),
        (("TEXT", "--out", "OUT", "--frobnicate"), 2, "--frobnicate"),
        (("TEXT", "--out", "TEXT"), 2, "is the text itself"),
        (("TEXT", "--out", "."), 2, "is a folder"),
        (("TEXT", "--out", "nowhere/at/all"), 1, "there is no folder nowhere/at"),
        (("missing.txt", "--out", "OUT"), 1, "missing.txt: no such file"),
        (("TEXT", "--out", "OUT", "--seq-length", "4096", "--encoding", "klingon"), 1, "no text encoding"),
        (("TEXT", "--out", "OUT", "--seq-length", "4096", "--treat", "collapse,lower"), 1, "too short"),
        (("--resume", "TEXT"), 1, "not a safetensors file"),
        (("--resume", "missing.safetensors"), 1, "missing.safetensors: "),
    ],
)
def test_bad_input_is_one_sentence(
    tmp_path: Path, capsys: Captured, words: tuple[str, ...], code: int, sentence: str
) -> None:
    text = write_text(tmp_path, characters=4_000)
    stand_ins = {"TEXT": text, "OUT": str(tmp_path / "net.safetensors"), ".": str(tmp_path)}
    assert main(["train", *(stand_ins.get(word, word) for word in words)]) == code
    assert sentence in complaint(capsys)
    assert not (tmp_path / "net.safetensors").exists()
    assert Path(text).stat().st_size == 4_000


def test_the_result_does_not_take_the_place_of_a_text_in_a_folder(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    text = Path(write_text(folder))
    before = text.read_bytes()
    assert main(["train", str(folder), "--out", str(text), *TINY, "--steps", "1"]) == 2
    assert "the text itself" in complaint(capsys)
    assert text.read_bytes() == before
    assert main(["train", str(folder), "--out", str(folder / "net.safetensors"), *TINY, "--steps", "1"]) == 0


def test_the_result_takes_the_place_of_no_file_but_a_saved_network(tmp_path: Path, capsys: Captured) -> None:
    text, diary, empty = write_text(tmp_path), tmp_path / "diary.txt", tmp_path / "made-by-mktemp"
    diary.write_text("my diary")
    assert main(["train", text, "--out", str(diary), *TINY, "--steps", "1"]) == 2
    assert f"{diary} is there, and is no saved network; it would be overwritten" in complaint(capsys)
    assert diary.read_text() == "my diary"
    empty.touch()
    assert main(["train", text, "--out", str(empty), *TINY, "--steps", "1"]) == 0
    capsys.readouterr()
    (tmp_path / "net.best.safetensors").write_text("my diary")
    assert main(["train", text, "--out", str(tmp_path / "net.safetensors"), *TINY, "--steps", "1"]) == 2
    assert "net.best.safetensors is there, and is no saved network" in complaint(capsys)


@pytest.mark.parametrize("taken", ["net.safetensors", "net.best.safetensors"])
def test_a_saved_network_is_replaced_only_when_asked(tmp_path: Path, capsys: Captured, taken: str) -> None:
    text, out = write_text(tmp_path), tmp_path / "net.safetensors"
    words = ["train", text, "--out", str(out), *TINY, "--steps", "2"]
    assert main(words) == 0
    out.rename(tmp_path / taken)
    before = (tmp_path / taken).read_bytes()
    capsys.readouterr()
    assert main(words) == 2
    assert f"{tmp_path / taken} is there, a network that was saved before" in complaint(capsys)
    assert (tmp_path / taken).read_bytes() == before
    assert main([*words[:-1], "3", "--overwrite"]) == 0
    assert load_checkpoint(out).step == 3
    assert main(["train", "--resume", str(out), "--out", str(out), "--steps", "4"]) == 0  # it is its own
    assert load_checkpoint(out).step > 3


@pytest.mark.parametrize("out", ["", ".", "/"])
def test_a_result_wants_a_name(tmp_path: Path, capsys: Captured, out: str) -> None:
    assert main(["train", write_text(tmp_path), "--out", out, *TINY, "--steps", "1"]) == 2
    assert "is a folder; name a file in it" in complaint(capsys)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_the_result_takes_the_place_of_nothing_but_a_file(tmp_path: Path, capsys: Captured) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert main(["train", write_text(tmp_path), "--out", str(tmp_path / "pipe"), *TINY, "--steps", "1"]) == 2
    assert "no ordinary file" in complaint(capsys)


def test_what_cannot_be_kept_is_found_out_before_the_work(tmp_path: Path, capsys: Captured) -> None:
    text = write_text(tmp_path)
    (tmp_path / "b.best.safetensors").mkdir()
    for name, reason in (("b.safetensors", "is a folder"), ("a" * 250, "too long a name")):
        assert main(["train", text, "--out", str(tmp_path / name), *TINY, "--steps", "1"]) == 2
        assert reason in complaint(capsys)
    longest = "a" * 238  # and `.best.safetensors`
    assert main(["train", text, "--out", str(tmp_path / longest), *TINY, "--steps", "1"]) == 0


def test_a_run_that_stopped_early_goes_on_when_it_is_asked_to(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path, "--stop-after", "1", "--learning-rate", "1.0", steps=3_000)
    capsys.readouterr()
    stopped = load_checkpoint(file)
    assert stopped.step < 3_000
    assert main(["train", "--resume", str(file), "--steps", "5", "--json"]) == 0
    assert json_lines(capsys.readouterr().out)[-1]["step"] == stopped.step + 5


def test_a_cosine_that_has_ended_is_said(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path, "--schedule", "cosine")
    assert "ended" not in capsys.readouterr().err
    assert main(["train", "--resume", str(file), "--steps", "1"]) == 0
    assert "its cosine ended at step 20" in capsys.readouterr().err


def test_a_refusal_says_what_the_file_has(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path, "--treat", "lower")
    capsys.readouterr()
    for flag, value, said in (
        ("--seed", "3", "--seed 3 contradicts"),
        ("--treat", "none", "--treat none contradicts"),
        ("--learning-rate", "0.010000001", "--learning-rate 0.010000001 contradicts"),
    ):
        assert main(["train", "--resume", str(file), flag, value, "--steps", "1"]) == 2
        assert said in (sentence := complaint(capsys))
        assert "has none" not in sentence
    assert main(["train", "--resume", str(file), "--encoding", "UTF8", "--steps", "1"]) == 0


def test_an_output_that_knows_few_characters_shows_a_question_mark(tmp_path: Path) -> None:
    words = ("train", write_text(tmp_path), "--out", str(tmp_path / "net.safetensors"), *TINY, "--steps", "3")
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    process = start(*words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"?" in out


def test_a_text_that_is_too_short_for_all_streams_is_said_to_be(tmp_path: Path, capsys: Captured) -> None:
    text = write_text(tmp_path, characters=204)
    words = ["train", text, "--out", str(tmp_path / "net.safetensors"), *TINY, "--batch-size", "32", "--steps", "1"]
    assert main(words) == 0
    assert re.search(r"sea\.txt is short: \d+ streams fit, not 32\n", capsys.readouterr().err)
