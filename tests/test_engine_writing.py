"""What the engine writes: when, by which settings, for which sampler, and what may come next."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from model.config import SamplingSettings, SettingsError, TrainingSettings
from model.protocol import (
    MAIN,
    Acknowledge,
    Choose,
    GoOn,
    LoadCorpus,
    Pause,
    RunState,
    SetSampling,
    ShowPast,
    StartSampling,
    StartVoice,
    StopSampling,
    TakeBack,
    Type,
    Watch,
    WritePassage,
    Written,
)

from engine_desk import NETWORK, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_sampling_goes_on_while_training_is_paused(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(100)
    assert len(desk.text) > 5
    assert desk.step == 0


def test_characters_come_at_the_rate_that_was_asked_for(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(rate=100.0)), StartSampling())
    begin = desk.clock.now
    desk.turn(500)
    assert len(desk.text) == pytest.approx(100.0 * (desk.clock.now - begin), rel=0.05)


def test_a_character_is_never_late_by_more_than_a_turn_however_large_a_step_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of hundreds of slices; between two characters only a few turns of the engine may pass."""
    monkeypatch.setattr("model.cell.BLOCK", 1)  # a pause after each time step, as in a large network
    big = TrainingSettings(seq_length=200, batch_size=4)
    desk.say(LoadCorpus(("counting",), NETWORK, big))
    while desk.state in (RunState.EMPTY, RunState.LOADING):
        desk.turn()
    desk.say(SetSampling(SamplingSettings(rate=50.0)), StartSampling())
    arrivals = []
    for _ in range(150):
        before = len(desk.text)
        desk.turn()
        if len(desk.text) > before:
            arrivals.append(desk.clock.now)
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrivals)]
    assert desk.step < 150
    assert max(gaps) < 0.02 + 0.015
    assert min(gaps) > 0.02 - 0.015


def test_a_new_temperature_acts_on_the_next_character_and_is_marked_there(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=1.0)), StartSampling())
    desk.turn(100)
    written = len(desk.text)
    desk.say(SetSampling(SamplingSettings(temperature=0.85)))
    desk.turn(50)
    marks = [
        (offset + mark.offset, mark.label)
        for offset, part in _parts(desk)
        for mark in part.marks
        if mark.kind == "sampling"
    ]
    assert marks == [(written, "temperature 0.85")]


def _parts(desk: Desk) -> list[tuple[int, Written]]:
    parts: list[tuple[int, Written]] = []
    offset = 0
    for run in desk.runs:
        for written in run.written:
            parts.append((offset, written))
            offset += len(written.text)
    return parts


def test_turning_there_and_back_before_a_character_leaves_no_mark(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=1.0)), StartSampling())
    desk.turn(50)
    desk.say(SetSampling(SamplingSettings(temperature=1.5)), SetSampling(SamplingSettings(temperature=1.0)))
    desk.turn(50)
    assert desk.labels == []


def test_nor_does_turning_there_and_back_while_the_writing_rests(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=1.0)), StartSampling())
    desk.turn(50)
    desk.say(StopSampling(), SetSampling(SamplingSettings(temperature=1.5)))
    desk.turn(50)
    desk.say(SetSampling(SamplingSettings(temperature=1.0)), StartSampling())
    desk.turn(50)
    assert desk.labels == []


def test_probabilities_come_with_the_text(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(60)
    for _, written in _parts(desk):
        assert len(written.probabilities) == len(written.text)
        assert all(0.0 < probability <= 1.0 for probability in written.probabilities)


def test_restarting_after_a_prime_writes_the_prime_and_names_what_is_unknown(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling(prime="aaéb", restart=True))
    desk.turn(2)
    assert desk.text.startswith("aab")
    assert [mark.given for _, part in _parts(desk) for mark in part.marks if mark.kind == "start"] == [3]
    assert any("'é'" in notice for notice in desk.notices)


def test_stopping_the_sampler_silences_it(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(40)
    desk.say(StopSampling())
    desk.turn(1)
    length = len(desk.text)
    desk.turn(40)
    assert len(desk.text) == length > 0


def test_what_may_come_next_is_told_while_all_rests(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(40)
    before = desk.gauges.outlook
    assert before is not None
    assert [each.symbol for each in before.candidates] != []
    desk.say(SetSampling(SamplingSettings(temperature=0.0)))
    desk.turn(1)
    after = desk.gauges.outlook
    assert after is not None
    assert after.candidates[0].probability == 1.0
    assert after.entropy == 0.0
    assert after.raw_entropy == before.raw_entropy


def test_what_may_come_next_changes_as_the_network_learns_though_it_does_not_write(desk: Desk) -> None:
    desk.load()
    desk.turn(100)
    outlooks = {run.gauges.outlook for run in desk.runs[-40:]}
    assert len(outlooks) > 3
    assert desk.text == ""


def test_an_update_that_tells_nothing_new_is_not_sent_for_the_outlook(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(200)  # the baselines have been worked out by then
    sent = len(desk.updates)
    desk.turn(50)
    assert len(desk.updates) == sent


def test_a_chosen_character_is_written_whether_the_sampler_writes_or_rests(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(2)
    desk.say(Choose("b"), Choose("a"))
    desk.turn(2)
    assert desk.text == "ba"
    outlook = desk.gauges.outlook
    assert outlook is not None
    assert outlook.after == "a"
    desk.say(StartSampling(), Choose("b"))
    desk.turn(40)
    assert desk.text.startswith("bab")
    assert len(desk.text) > 4


def test_a_character_that_the_network_does_not_know_is_said_and_not_written(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(2)
    desk.say(Choose("é"))
    desk.turn(2)
    assert desk.text == ""
    assert any("'é'" in notice for notice in desk.notices)


def test_the_same_seed_writes_the_same_text_however_often_the_outlook_is_told() -> None:
    def text(every: int) -> str:
        desk = Desk()
        desk.load(train=False)
        desk.say(SetSampling(SamplingSettings(rate=1e9)), StartSampling())
        for turn in range(40):
            desk.engine.turn()
            if turn % every == 0:
                desk.engine.obey(Acknowledge(desk.updates[-1].number))
        desk.turn(2)
        return desk.text[:500]

    assert text(1) == text(7)


def test_writing_as_fast_as_it_goes_leaves_training_its_time(desk: Desk) -> None:
    desk.load()
    desk.say(SetSampling(SamplingSettings(rate=math.inf)), StartSampling())
    desk.turn(5)
    step, text = desk.step, len(desk.text)
    begin = desk.clock.now
    desk.turn(60)
    rushed = (desk.step - step) / (desk.clock.now - begin)
    assert len(desk.text) > text + 100

    desk.say(StopSampling())
    step, begin = desk.step, desk.clock.now
    desk.turn(60)
    alone = (desk.step - step) / (desk.clock.now - begin)
    assert rushed > 0.5 * alone


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_weights_that_went_astray_write_nothing_and_better_ones_write_on(desk: Desk, temperature: float) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=temperature)), StartSampling())
    desk.turn(100)
    values = desk.trainer.player.parameters.values
    good, written = values.copy(), len(desk.text)
    values[...] = np.nan
    desk.clock.now += 1.0
    with np.errstate(invalid="ignore"):
        desk.turn(100)
    assert len(desk.text) == written > 0
    values[...] = good
    desk.clock.now += 1.0
    desk.turn(100)
    assert len(desk.text) > written


def test_who_watches_is_sent_what_the_units_hold(desk: Desk) -> None:
    desk.say(Watch(hidden=True))
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(60)
    written = [part for run in desk.runs for part in run.written]
    assert written
    assert all(len(part.hidden) == len(part.text) * NETWORK.hidden_size for part in written)
    desk.say(Watch(hidden=False))
    desk.turn(60)
    assert desk.runs[-1].written[0].hidden == b""


def test_what_nobody_can_see_yet_is_written_a_little_later_and_together(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(rate=100.0)), StartSampling())
    desk.turn(20)
    run = desk.engine._runs["main"]
    while run.side.busy:
        desk.turn()
    writer = run.writer
    assert writer is not None
    told = len(desk.updates)
    while len(desk.updates) == told:  # one more is on its way, and is not taken in
        desk.engine.turn()
        desk.clock.now += 0.002
    desk.clock.now += 0.03
    desk.engine.turn()
    assert not writer._text and desk.engine.patience > 0.0
    desk.say(Type("a"))
    assert desk.engine.patience == 0.0
    desk.engine.turn()
    assert writer._text[:1] == ["a"]
    before = len(writer._text)
    desk.clock.now += 0.1
    desk.engine.turn()
    assert len(writer._text) >= before + 5


def test_what_is_typed_and_chosen_goes_to_the_sampler_that_is_named(desk: Desk) -> None:
    desk.load()
    desk.say(StartVoice("v", SamplingSettings(rate=1.0)), StopSampling(sampler="v"), Pause())
    desk.turn(3)
    desk.say(Type("ab", sampler="v"), Choose("b", sampler="v"), TakeBack(sampler="v"))
    desk.turn(3)
    written = [part for run in desk.runs for part in run.written]
    assert not any(part.text for part in written if part.sampler == MAIN)
    assert "".join(part.text for part in written if part.sampler == "v") == "ab"
    assert not desk.gauges.writing
    desk.say(StartSampling(sampler="v"), Watch(True, sampler="v"), GoOn("word", sampler="v"))
    desk.turn(300)
    assert not desk.gauges.writing
    voice = desk.engine._runs[MAIN].voices.get("v")
    assert voice is not None and voice.sampler.trace is not None


@pytest.mark.parametrize("seed", [-1, 2**80, 0.5])
def test_what_is_no_seed_is_refused(seed: int) -> None:
    for wrong in (
        lambda: StartVoice("v", SamplingSettings(), seed=seed),
        lambda: ShowPast(0, seed=seed),
        lambda: WritePassage("p", seed=seed),
    ):
        with pytest.raises(SettingsError, match="seed"):
            wrong()
