"""One file that holds a run: what is in it, what it takes to go on, and what is said when it is damaged."""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace
from safetensors.numpy import load, save, save_file

from corpora.corpus import Corpus, Treatment
from model.checkpoint import (
    Checkpoint,
    CheckpointError,
    CorpusOrigin,
    load_checkpoint,
    save_checkpoint,
    write_atomically,
)
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.network import Network
from model.progress import Loss
from model.run import best_checkpoint_of, checkpoint_of, new_trainer, resume_trainer
from model.trainer import Trainer

from text_helpers import TickingClock, corpus_of

TEXT = "the quick brown fox jumps over the lazy dog\n" * 12
SAMPLING = SamplingSettings(temperature=0.7, top_k=5, top_p=0.9, rate=30.0)
Header = dict[str, Any]


def trainer_of(corpus: Corpus | None = None, layers: int = 2) -> Trainer:
    shape = NetworkSettings(hidden_size=5, layers=layers)
    training = TrainingSettings(seq_length=6, batch_size=4, learning_rate=0.02, seed=3)
    return new_trainer(corpus or corpus_of(TEXT), shape, training, clock=TickingClock())


def trained(steps: int = 16) -> Trainer:
    trainer = trainer_of()
    trainer.increment(math.inf, steps=steps)
    return trainer


def to_be_played(vocabulary: str = "abc") -> Checkpoint:
    network = Network(NetworkSettings(hidden_size=2), len(vocabulary))
    return Checkpoint(
        vocabulary=vocabulary,
        network=network.settings,
        training=TrainingSettings(),
        sampling=SamplingSettings(),
        tensors=network.parameters.tensors,
    )


def header_of(path: Path) -> Header:
    """The safetensors header, read as the format's description says."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header: Header = json.loads(data[8 : 8 + length])
    return header


def ours(path: Path) -> Header:
    header: Header = json.loads(header_of(path)["__metadata__"]["lstm_tui"])
    return header


def rewrite(path: Path, change: Callable[[Header], None]) -> None:
    header = ours(path)
    change(header)
    path.write_bytes(save(load(path.read_bytes()), metadata={"lstm_tui": json.dumps(header)}))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "run.safetensors"
    save_checkpoint(checkpoint_of(trained(), SAMPLING), path)
    return path


# ------------------------------------------------------------------------------------------ what is in it


def test_all_that_is_saved_is_read_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    rng.random(3)
    checkpoint = checkpoint_of(trained(), SAMPLING, {"main": rng.bit_generator.state})
    path = tmp_path / "run.safetensors"
    save_checkpoint(checkpoint, path)
    again = load_checkpoint(path)

    for name in ("tensors", "state"):
        before, after = getattr(checkpoint, name), getattr(again, name)
        assert before.keys() == after.keys()
        for key in before:
            np.testing.assert_array_equal(before[key], after[key])
            assert before[key].dtype == after[key].dtype
    assert replace(again, tensors={}, state={}) == replace(checkpoint, tensors={}, state={})
    other = np.random.default_rng(0)
    other.bit_generator.state = again.generators["main"]
    assert other.random() == rng.random()


def test_names_and_shapes_are_those_of_pytorch(saved: Path) -> None:
    V, H, B = len(set(TEXT)), 5, 4
    parameters = 4 * H * (V + H + 2) + 4 * H * (H + H + 2) + V * H + V
    shapes = {name: tuple(entry["shape"]) for name, entry in header_of(saved).items() if name != "__metadata__"}
    assert shapes == {
        "lstm.weight_ih_l0": (4 * H, V),
        "lstm.weight_hh_l0": (4 * H, H),
        "lstm.bias_ih_l0": (4 * H,),
        "lstm.bias_hh_l0": (4 * H,),
        "lstm.weight_ih_l1": (4 * H, H),
        "lstm.weight_hh_l1": (4 * H, H),
        "lstm.bias_ih_l1": (4 * H,),
        "lstm.bias_hh_l1": (4 * H,),
        "decoder.weight": (V, H),
        "decoder.bias": (V,),
        "state.adam.m": (parameters,),
        "state.adam.v": (parameters,),
        "state.best": (parameters,),
        "state.snapshot.values": (parameters,),
        "state.snapshot.m": (parameters,),
        "state.snapshot.v": (parameters,),
        "state.snapshot.stream": (2, 2, B, H),
        "state.stream": (2, 2, B, H),
    }


def test_the_file_is_a_header_and_plain_numbers(saved: Path) -> None:
    data, header = saved.read_bytes(), header_of(saved)
    assert header.pop("__metadata__").keys() == {"lstm_tui"}
    assert {entry["dtype"] for entry in header.values()} == {"F32"}
    places = sorted(entry["data_offsets"] for entry in header.values())
    assert places[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(places))
    assert 8 + struct.unpack("<Q", data[:8])[0] + places[-1][1] == len(data)


def test_the_header_has_the_keys_that_others_rely_on(saved: Path) -> None:
    header = ours(saved)
    assert header.keys() == {
        "format",
        "vocabulary",
        "settings",
        "step",
        "progress",
        "generators",
        "corpus",
    }
    assert header["format"] == 1
    assert header["vocabulary"] == "".join(sorted(set(TEXT)))
    assert header["step"] == 16
    assert header["settings"] == {
        "network": asdict(NetworkSettings(hidden_size=5, layers=2)),
        "training": asdict(TrainingSettings(seq_length=6, batch_size=4, learning_rate=0.02, seed=3)),
        "sampling": {"temperature": 0.7, "top_k": 5, "top_p": 0.9, "rate": 30.0},
    }
    assert header["corpus"] == {
        "name": "small.txt",
        "sha256": corpus_of(TEXT).info.sha256,
        "source": ["/texts/small.txt"],
        "treatments": [],
        "encoding": None,
    }


@pytest.mark.parametrize("vocabulary", ["zya", "\n\x1b[/]\x7f", "aé漢😀🤖", "\ud800", "ab\udc80\udcff", "\u2028\ufeff"])
def test_every_character_of_the_vocabulary_keeps_its_id(tmp_path: Path, vocabulary: str) -> None:
    path = tmp_path / "odd.safetensors"
    save_checkpoint(to_be_played(vocabulary), path)
    assert load_checkpoint(path).vocabulary == vocabulary
    assert ours(path)["vocabulary"] == vocabulary


def test_writing_as_fast_as_it_goes_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "fast.safetensors"
    save_checkpoint(replace(to_be_played(), sampling=SamplingSettings(rate=math.inf)), path)
    assert load_checkpoint(path).sampling.rate == math.inf
    assert ours(path)["settings"]["sampling"]["rate"] is None


def test_the_text_is_remembered_with_its_treatments(tmp_path: Path) -> None:
    path = tmp_path / "treated.safetensors"
    origin = CorpusOrigin("book", "0" * 64, ("/a/book.txt", "/b"), ("ascii", "lower"), "latin-1")
    save_checkpoint(replace(to_be_played(), corpus=origin), path)
    again = load_checkpoint(path).corpus
    assert again == origin
    assert again.treatment_set() == {Treatment.ASCII, Treatment.LOWER}


def test_a_checkpoint_stays_as_it_was_taken_while_training_goes_on() -> None:
    trainer = trained()
    checkpoint = checkpoint_of(trainer, SAMPLING)
    before = {name: tensor.copy() for name, tensor in {**checkpoint.tensors, **checkpoint.state}.items()}
    trainer.increment(math.inf, steps=10)
    for name, tensor in {**checkpoint.tensors, **checkpoint.state}.items():
        np.testing.assert_array_equal(tensor, before[name])


def test_the_best_network_is_there_when_the_last_is_worse() -> None:
    trainer = trained(15)
    assert best_checkpoint_of(trainer, SAMPLING) is None
    weights = trainer.network.parameters.values.copy()
    trainer.settings = replace(trainer.settings, learning_rate=3.0)
    trainer.increment(math.inf, steps=15)
    best = best_checkpoint_of(trainer, SAMPLING)
    assert best is not None
    np.testing.assert_array_equal(best.build_network().parameters.values, weights)
    assert best.progress == {"validation_loss": trainer.best_validation_loss}


# ------------------------------------------------------------------------------------------------ going on


@pytest.mark.parametrize("ticks", [0, 1, 77, 150, 333, 1000, 1301, 2780, 3100])
def test_a_resumed_run_is_the_run_bit_for_bit(tmp_path: Path, ticks: int) -> None:
    trainer = trainer_of()
    before = trainer.increment(float(ticks))
    path = tmp_path / "run.safetensors"
    save_checkpoint(checkpoint_of(trainer, SAMPLING), path)
    resumed = resume_trainer(load_checkpoint(path), corpus_of(TEXT), clock=TickingClock())
    # saving may itself have finished a step
    assert resumed.step in (before.step, before.step + 1)

    after = resumed.step
    end = after + 25
    expected: list[Loss] = []
    while trainer.step < end:
        expected += trainer.increment(math.inf, steps=1).losses
    progress = resumed.increment(math.inf, steps=25)
    assert list(progress.losses) == [loss for loss in expected if loss.step > after]
    for name in ("step", "epochs", "train_loss", "validation_loss", "best_validation_loss"):
        assert getattr(progress, name) == getattr(trainer.progress(), name)
    here, there = checkpoint_of(resumed, SAMPLING), checkpoint_of(trainer, SAMPLING)
    for name, tensor in {**here.tensors, **here.state}.items():
        np.testing.assert_array_equal(tensor, {**there.tensors, **there.state}[name], err_msg=name)


def test_a_run_that_is_saved_while_it_validates_does_so_when_it_goes_on(tmp_path: Path) -> None:
    broken = trainer_of()
    steps = broken.validate_every + 2
    straight = trained(steps)
    while broken.step < broken.validate_every:
        broken.increment(0.0)
    broken.increment(0.0)
    assert broken.validation_loss is None, "the validation is under way"

    save_checkpoint(checkpoint_of(broken, SAMPLING), tmp_path / "run.safetensors")
    resumed = resume_trainer(load_checkpoint(tmp_path / "run.safetensors"), corpus_of(TEXT), clock=TickingClock())
    resumed.increment(math.inf, steps=steps - resumed.step)
    assert straight.validation_loss is not None
    assert resumed.validation_loss == straight.validation_loss
    np.testing.assert_array_equal(resumed.network.parameters.values, straight.network.parameters.values)


def test_a_run_is_not_resumed_on_another_text(saved: Path) -> None:
    with pytest.raises(CheckpointError, match=r"small\.txt is no longer the one it was trained on"):
        resume_trainer(load_checkpoint(saved), corpus_of(TEXT + "x"))


def test_a_network_that_was_saved_to_be_played_is_not_trained_on() -> None:
    with pytest.raises(CheckpointError, match="to be played only"):
        resume_trainer(to_be_played(), corpus_of("abcabcabcabc" * 20))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"position": 3}, "no window begins at position 3"),
        ({"position": 6_000_000}, "no window begins"),
        ({"position": 6.0}, "position is 6.0; it must be a whole number"),
        ({"epoch": -1}, "epoch is -1"),
        ({"epoch": "one"}, "epoch is 'one'"),
        ({"train_loss": "low"}, "'low' where a number was expected"),
        ({"best_validation_loss": math.nan}, "nan where a number was expected"),
        ({"guard": [1.0]}, "damaged"),
        ({"guard": [4.0, math.nan, 0.0]}, "the guard cannot remember"),
        ({"plateau": [None, 1]}, "damaged"),
        ({"rollbacks": -1}, "rollbacks is -1"),
        ({"snapshot": "none"}, "damaged"),
    ],
)
def test_damaged_numbers_of_the_training_state_are_said(saved: Path, change: Header, sentence: str) -> None:
    checkpoint = load_checkpoint(saved)
    with pytest.raises(CheckpointError, match=sentence):
        resume_trainer(replace(checkpoint, progress={**checkpoint.progress, **change}), corpus_of(TEXT))


def test_a_window_that_the_text_never_had_is_said(saved: Path) -> None:
    rewrite(saved, lambda header: header["settings"]["training"].update(seq_length=4096))
    with pytest.raises(CheckpointError, match="a sequence length of 4,096 needs 4,097"):
        resume_trainer(load_checkpoint(saved), corpus_of(TEXT))


@pytest.mark.parametrize("name", ["adam.m", "adam.v", "stream", "best", "snapshot.v"])
def test_damaged_tensors_of_the_training_state_are_said(saved: Path, name: str) -> None:
    checkpoint = load_checkpoint(saved)
    tensor = checkpoint.state[name]
    for damaged, sentence in (
        (tensor[:1], "has the shape"),
        (tensor.astype(np.float64), "is of float64"),
        (np.full_like(tensor, math.nan), "not finite"),
    ):
        with pytest.raises(CheckpointError, match=rf"state\.{name} .*{sentence}"):
            resume_trainer(replace(checkpoint, state={**checkpoint.state, name: damaged}), corpus_of(TEXT))


# ------------------------------------------------------------------------------------------ whole or not at all


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if failing == "fsync" else Path, failing, fail)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(to_be_played(), path)
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == ["run.safetensors"]
    assert path.read_bytes() == b"old"


def test_an_interrupted_write_leaves_nothing_beside_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "run", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        save_checkpoint(to_be_played(), tmp_path / "nowhere" / "run.safetensors")


@pytest.mark.skipif(os.name != "posix", reason="rights as on POSIX")
def test_a_written_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.write_bytes(b"")
    write_atomically(atomic, b"")
    assert atomic.stat().st_mode == plain.stat().st_mode


# ------------------------------------------------------------------------------------------------- damage


def refused(path: Path, sentence: str) -> None:
    with pytest.raises(CheckpointError, match=sentence) as caught:
        load_checkpoint(path)
    assert str(path) in str(caught.value)


def test_what_is_not_there_or_is_no_file_is_said(tmp_path: Path) -> None:
    refused(tmp_path / "none.safetensors", "No such file")
    refused(tmp_path, "directory")


@pytest.mark.parametrize("content", [b"", b"short", b"To be, or not to be" * 9, b"\x80\x04K\x01."])
def test_a_foreign_file_is_no_safetensors_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    refused(path, "not a safetensors file")


def test_a_truncated_file_is_refused_wherever_it_ends(saved: Path) -> None:
    data = saved.read_bytes()
    for end in range(0, len(data), 97):
        saved.write_bytes(data[:end])
        refused(saved, "not a safetensors file")


def test_safetensors_of_another_program_lack_the_header(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": np.zeros(3, np.float32)}, path)
    refused(path, "without the header 'lstm_tui'")


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "I64", "BOOL", "C64"])
def test_tensors_of_any_type_are_read_or_refused(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "typed.safetensors"
    size = {"BF16": 2, "F8_E4M3": 1, "I64": 8, "BOOL": 1, "C64": 8}[dtype]
    header = json.dumps({"x": {"dtype": dtype, "shape": [2], "data_offsets": [0, 2 * size]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(2 * size))
    refused(path, "safetensors file")


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int32, np.complex64, np.bool_])
def test_weights_of_another_type_are_refused(saved: Path, dtype: type) -> None:
    tensors, header = load(saved.read_bytes()), json.dumps(ours(saved))
    tensors["decoder.bias"] = tensors["decoder.bias"].astype(dtype)
    saved.write_bytes(save(tensors, metadata={"lstm_tui": header}))
    refused(saved, r"decoder\.bias is of .*; float32 is wanted")


def test_a_later_format_is_said(saved: Path) -> None:
    rewrite(saved, lambda header: header.update(format=2))
    refused(saved, "format 2; this version reads format 1")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vocabulary": "aa"}, "distinct characters"),
        ({"vocabulary": ["a", "b"]}, "must be a string"),
        ({"vocabulary": ""}, "distinct characters"),
        ({"vocabulary": "ab"}, "has the shape"),
        ({"step": -1}, "step is -1"),
        ({"step": math.inf}, "step is inf"),
        ({"settings": {}}, "header is damaged"),
        ({"settings": None}, "header is damaged"),
        ({"progress": 7}, "header is damaged"),
        ({"generators": ["x"]}, "header is damaged"),
        ({"corpus": {"name": "x"}}, "header is damaged"),
        ({"corpus": "shakespeare"}, "header is damaged"),
    ],
)
def test_a_damaged_header_is_said(saved: Path, change: Header, sentence: str) -> None:
    rewrite(saved, lambda header: header.update(change))
    refused(saved, sentence)


@pytest.mark.parametrize(
    ("group", "change", "sentence"),
    [
        ("network", {"hidden_size": 6}, "the settings ask for"),
        ("network", {"hidden_size": 0}, "hidden size is 0"),
        ("network", {"layers": 1}, "has no place in a network of these settings"),
        ("network", {"layers": 3}, r"lstm\.bias_hh_l2 is missing"),
        ("network", {"hidden_size": 4096, "layers": 8}, "the settings ask for|memory|missing"),
        ("network", {"cell": "gru"}, r"gru\.bias_hh_l0 is missing"),
        ("network", {"cell": "qrnn"}, "cell is 'qrnn'; it must be one of lstm, gru, rnn"),
        ("network", {"peepholes": True}, "setting 'peepholes', which this version does not know"),
        ("network", {"tied": "yes"}, "tied is 'yes'; it must be true or false"),
        ("training", {"recurrent_dropout": 0.3}, "setting 'recurrent_dropout', which this version does not know"),
        ("training", {"learning_rate": 10**400}, "learning rate is 1000"),
        ("training", {"learning_rate": math.nan}, "learning rate is nan"),
        ("training", {"batch_size": "many"}, "batch size is 'many'"),
        ("sampling", {"rate": 0}, "rate is 0"),
        ("sampling", {"top_p": 0}, "top-p is 0"),
    ],
)
def test_a_damaged_setting_is_said(saved: Path, group: str, change: Header, sentence: str) -> None:
    rewrite(saved, lambda header: header["settings"][group].update(change))
    refused(saved, sentence)


def test_a_setting_that_is_gone_and_did_nothing_is_passed_over(saved: Path) -> None:
    before = load_checkpoint(saved).training
    rewrite(saved, lambda header: header["settings"]["training"].update(recurrent_dropout=0.0))
    assert load_checkpoint(saved).training == before


def test_settings_that_an_older_file_lacks_take_their_defaults(saved: Path) -> None:
    def older(header: Header) -> None:
        del header["settings"]["training"]["clip_norm"], header["settings"]["sampling"], header["progress"]

    rewrite(saved, older)
    checkpoint = load_checkpoint(saved)
    assert checkpoint.training.clip_norm == TrainingSettings().clip_norm
    assert checkpoint.sampling == SamplingSettings()


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "7", "null", '"text"', "[" * 100_000, "\x00"])
def test_a_header_that_is_nonsense_is_refused(tmp_path: Path, nonsense: str) -> None:
    path = tmp_path / "nonsense.safetensors"
    path.write_bytes(save({}, metadata={"lstm_tui": nonsense}))
    refused(path, "header is damaged")


def test_weights_that_are_no_numbers_are_refused(saved: Path) -> None:
    tensors = load(saved.read_bytes())
    header = json.dumps(ours(saved))
    tensors["decoder.bias"][1] = np.nan
    saved.write_bytes(save(tensors, metadata={"lstm_tui": header}))
    refused(saved, r"decoder\.bias holds numbers that are not finite")


fuzz = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


def load_or_refuse(path: Path) -> None:
    """What can be loaded can be played and either trained on or refused."""
    try:
        resume_trainer(load_checkpoint(path), corpus_of(TEXT))
    except CheckpointError as error:
        assert str(error)


@fuzz
@given(data=st.data())
def test_whatever_bytes_change_nothing_but_a_checkpoint_error_comes(saved: Path, data: st.DataObject) -> None:
    whole = bytearray(saved.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # the header is where it hurts
        at = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, min(3000, len(whole) - 1)))
        whole[at] = data.draw(st.integers(0, 255))
    damaged = saved.with_name("damaged")
    damaged.write_bytes(whole)
    load_or_refuse(damaged)


@fuzz
@given(data=st.data())
def test_whatever_the_header_says_nothing_but_a_checkpoint_error_comes(saved: Path, data: st.DataObject) -> None:
    header: Any = ours(saved)
    place = header
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        place = data.draw(st.sampled_from(inner)) if inner else place
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(anything)
    damaged = saved.with_name("damaged")
    damaged.write_bytes(save(load(saved.read_bytes()), metadata={"lstm_tui": json.dumps(header)}))
    load_or_refuse(damaged)
