"""The same passage at each snapshot: by the recital alone, and by the engine beside its training."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from msgspec.structs import replace

from corpora.corpus import Corpus
from corpora.info import CorpusInfo
from corpora.library import load
from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.engine import Engine
from model.evaluation import sampled_loss
from model.network import Network
from model.past import Past, Words
from model.protocol import (
    Acknowledge,
    LoadCorpus,
    NewNetwork,
    Pause,
    RunState,
    RunUpdate,
    ShowPast,
    StartSampling,
    Update,
)
from model.recital import Recital
from model.run import new_trainer
from model.sampling import Sampler
from model.slices import finish
from model.timeline import Timeline
from model.trainer import VALIDATION_CHARACTERS, Trainer
from model.words import CHUNK, words_in, words_of

NETWORK = NetworkSettings(hidden_size=6)
TRAINING = TrainingSettings(seq_length=8, batch_size=4)
SHORT = ShowPast(10, characters=40, seed=3)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    """A network that was looked at for fifty steps."""
    trainer = new_trainer(finish(load(("counting",))), NETWORK, TRAINING)
    trainer.timeline = Timeline(len(trainer.network.parameters))
    trainer.timeline.see(0, trainer.network.parameters.values)
    while trainer.step < 50:
        trainer.increment(1e6, steps=50 - trainer.step)
    return trainer


def recital(trainer: Trainer) -> Recital:
    assert trainer.timeline is not None
    clock = itertools.count()
    return Recital(trainer.timeline, NETWORK, trainer.corpus, lambda: float(next(clock)))


def told(recital: Recital) -> list[Past]:
    """All that it has to tell until it rests."""
    pages: list[Past] = []
    while recital.busy:
        pages += recital.turn(busy=False)
    return pages


def read(recital: Recital, wish: ShowPast) -> dict[int, Past]:
    recital.ask(wish)
    return {page.step: page for page in told(recital)}


def test_the_asked_passage_comes_first_and_only_its_neighbours_are_written_ahead(trainer: Trainer) -> None:
    reading = recital(trainer)
    reading.ask(SHORT)
    pages = [page for page in told(reading) if page.whole]
    assert (pages[0].step, pages[0].words, pages[0].loss) == (10, None, None)
    assert {page.step for page in pages} == {5, 10, 20}
    last = {page.step: page for page in pages}
    assert all(page.loss is not None and page.words is not None for page in last.values())


def test_the_same_seed_gives_the_same_passage_and_another_one_another(trainer: Trainer) -> None:
    first, second = read(recital(trainer), SHORT), read(recital(trainer), SHORT)
    assert first == second
    other = read(recital(trainer), ShowPast(10, characters=40, seed=4))
    assert other[10].text != first[10].text
    assert (other[10].seed, first[10].seed) == (4, 3)


def test_a_passage_is_what_the_network_of_that_step_writes(trainer: Trainer) -> None:
    wish = ShowPast(5, characters=30, seed=1, prime="aa", sampling=SamplingSettings(temperature=0.7, top_k=2))
    page = read(recital(trainer), wish)[5]
    assert trainer.timeline is not None
    then = Network(NETWORK, len(trainer.corpus.vocabulary))
    trainer.timeline.fill(5, then.parameters.values)
    sampler = Sampler(then, trainer.corpus.vocabulary, wish.sampling, np.random.default_rng(1))
    sampler.restart("aa")
    drawn = [trainer.corpus.vocabulary.symbols[sampler.draw().id] for _ in range(30)]
    assert page.text == "aa" + "".join(drawn)
    assert page.given == 2
    assert page.sampling == wish.sampling
    assert page.loss == finish(sampled_loss(then, trainer.corpus.validation, VALIDATION_CHARACTERS))


def test_a_step_between_two_snapshots_is_answered_by_the_nearer_one(trainer: Trainer) -> None:
    assert 20 in read(recital(trainer), ShowPast(31, characters=5))
    assert set(read(recital(trainer), ShowPast(10**9, characters=5))) == {20, 50}
    assert set(read(recital(trainer), ShowPast(-3, characters=5))) == {0, 1}


def test_a_passage_is_told_while_it_is_written(trainer: Trainer) -> None:
    reading = recital(trainer)
    reading.ask(SHORT)
    drafts = list(itertools.takewhile(lambda page: not page.whole, told(reading)))
    assert len(drafts) > 3
    assert {page.step for page in drafts} == {10}
    lengths = [len(page.text) for page in drafts]
    assert lengths == sorted(lengths)
    whole = read(recital(trainer), SHORT)[10].text
    assert all(whole.startswith(page.text) for page in drafts)


def test_what_is_asked_for_comes_before_what_was_begun(trainer: Trainer) -> None:
    reading = recital(trainer)
    reading.ask(SHORT)
    reading.turn(busy=False)
    reading.turn(busy=False)
    reading.ask(replace(SHORT, step=50))
    pages = [page.step for page in told(reading) if page.whole and page.words is None]
    assert pages[0] == 50 and 10 not in pages


def test_what_is_written_is_not_written_again_and_other_wishes_write_it_anew(trainer: Trainer) -> None:
    reading = recital(trainer)
    assert set(read(reading, SHORT)) == {5, 10, 20}
    assert set(read(reading, ShowPast(20, characters=40, seed=3))) == {50}
    warmer = ShowPast(20, characters=40, seed=3, sampling=SamplingSettings(temperature=1.5))
    pages = read(reading, warmer)
    assert set(pages) == {10, 20, 50}
    assert all(page.loss is not None for page in pages.values()), "which was measured before"


def test_without_a_step_it_rests_and_forgets(trainer: Trainer) -> None:
    reading = recital(trainer)
    reading.ask(SHORT)
    reading.turn(busy=False)
    reading.ask(ShowPast(None))
    assert not reading.busy
    assert reading.turn(busy=False) == []
    assert set(read(reading, SHORT)) == {5, 10, 20}


def test_a_snapshot_may_be_dropped_when_it_is_about_to_be_read(trainer: Trainer) -> None:
    size = len(trainer.network.parameters)
    timeline = Timeline(size, most=3)
    for step in (0, 1, 2):
        timeline.see(step, trainer.network.parameters.values)
    reading = Recital(timeline, NETWORK, trainer.corpus, lambda: 0.0)
    reading.ask(ShowPast(1, characters=5))
    assert reading.busy
    timeline.see(5, trainer.network.parameters.values)
    assert 1 not in timeline.steps
    assert {page.step for page in told(reading) if page.whole} >= {0, 2}


def test_a_network_that_went_astray_writes_nothing_and_has_no_loss(trainer: Trainer) -> None:
    timeline = Timeline(len(trainer.network.parameters))
    timeline.see(0, np.full(len(trainer.network.parameters), np.nan, np.float32))
    reading = Recital(timeline, NETWORK, trainer.corpus, lambda: 0.0)
    page = read(reading, ShowPast(0, prime="ab", sampling=SamplingSettings(top_p=0.9)))[0]
    assert (page.text, page.loss) == ("ab", None)


# ------------------------------------------------------------------------------------------------ words


def corpus_of(text: str) -> Corpus:
    vocabulary = Vocabulary.of(text)
    info = CorpusInfo("t", "", "", "", len(text), len(vocabulary), "", None, "", ("t",))
    return Corpus(info, vocabulary, vocabulary.encode(text)[0])


def test_a_word_across_two_slices_is_one_word() -> None:
    text = "x" * 7 + " " * (CHUNK - 10) + "wherefore" + " the" * CHUNK
    assert finish(words_of(corpus_of(text))) == {"xxxxxxx", "wherefore", "the"}


@pytest.mark.parametrize("before", [1, 2, 3, 8])
def test_no_part_of_a_word_is_taken_for_one_wherever_it_is_cut(before: int) -> None:
    text = " " * (CHUNK - before) + "wherefore" + " 's, us" * CHUNK
    assert finish(words_of(corpus_of(text))) == {"wherefore"}


def test_what_has_no_end_is_not_waited_for() -> None:
    text = "x" * (2 * CHUNK) + " the" * CHUNK
    words = finish(words_of(corpus_of(text)))
    assert "the" in words and max(map(len, words)) <= CHUNK


def test_words_of_a_text_are_found_whole_and_as_they_are_written() -> None:
    text = "to The lamp burNs lamps ROMEO Romeo"
    words = words_in(text, {"the", "lamp", "burns", "ROMEO"})
    assert words.count == 6
    assert [text[first:stop] for first, stop in words.known] == ["The", "lamp", "ROMEO"]
    assert words_in(text, {"lamp"}, given=len("to The lam")) == Words(4, ())


# ------------------------------------------------------------------------------------------- the engine


class Desk:
    """An engine, a clock that moves as it is looked at, and what it told."""

    def __init__(self) -> None:
        ticks = itertools.count()
        self.updates: list[Update] = []
        self.engine = Engine(self.updates.append, lambda: 1e-4 * next(ticks))
        self.engine.obey(LoadCorpus(("counting",), NETWORK, TRAINING))

    def turn(self, turns: int) -> None:
        for _ in range(turns):
            self.engine.turn()
            if self.updates:
                self.engine.obey(Acknowledge(self.updates[-1].number))

    @property
    def runs(self) -> list[RunUpdate]:
        return [run for update in self.updates for run in update.runs]

    @property
    def past(self) -> list[Past]:
        return [page for run in self.runs for page in run.past]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    while not desk.runs or desk.runs[-1].gauges.step < 12:
        desk.turn(1)
    return desk


def test_the_engine_tells_which_steps_there_are(desk: Desk) -> None:
    assert desk.runs[-1].gauges.snapshots == (0, 1, 2, 5, 10)


def test_the_past_is_written_while_training_goes_on(desk: Desk) -> None:
    desk.engine.obey(SHORT)
    step = desk.runs[-1].gauges.step
    for _ in range(4000):
        desk.turn(1)
        if {page.step for page in desk.past} >= {5, 10}:
            break
    assert desk.runs[-1].gauges.state is RunState.TRAINING
    assert desk.runs[-1].gauges.step > step


def test_the_past_is_written_while_training_rests_and_then_the_engine_rests_too(desk: Desk) -> None:
    desk.engine.obey(Pause())
    desk.engine.obey(SHORT)
    while desk.engine.patience == 0.0:
        desk.turn(1)
    latest = {page.step: page for page in desk.past}
    assert len(latest) >= 2
    assert all(page.loss is not None for page in latest.values())
    assert latest[10].words is not None


@pytest.mark.parametrize("looked_back", [False, True])
def test_what_is_read_of_the_past_changes_nothing_in_training(looked_back: bool, trainer: Trainer) -> None:
    desk = Desk()
    desk.engine.obey(StartSampling())
    while not desk.runs or desk.runs[-1].gauges.step < 50:
        desk.turn(1)
        if looked_back:
            desk.engine.obey(ShowPast(0, characters=10))
    live = desk.engine._runs["main"].trainer
    assert live is not None and live.timeline is not None and trainer.timeline is not None
    values = np.empty((2, len(live.network.parameters)), np.float32)
    live.timeline.fill(50, values[0])
    trainer.timeline.fill(50, values[1])
    assert np.array_equal(values[0], values[1])
    assert bool(desk.past) is looked_back


def test_a_new_network_has_a_new_past(desk: Desk) -> None:
    desk.engine.obey(SHORT)
    desk.engine.obey(NewNetwork(NETWORK, TRAINING, train=False))
    desk.updates.clear()
    desk.turn(50)
    assert desk.runs[-1].gauges.snapshots == (0,)
    assert desk.past == []


def test_without_a_network_there_is_no_past_and_nothing_happens() -> None:
    updates: list[Update] = []
    engine = Engine(updates.append, lambda: 0.0)
    engine.obey(SHORT)
    engine.turn()
    assert engine._runs["main"].gauges().snapshots == ()
