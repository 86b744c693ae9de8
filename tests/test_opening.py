"""What the engine is told when the app is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.info import Treatment
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import LoadCorpus, OpenCheckpoint, SetSampling, StartSampling
from tui.commands.first_text import first_text
from tui.opening import Opening
from tui.settings import Settings


def test_a_text_is_learnt_and_written_at_once() -> None:
    sampling = SamplingSettings(temperature=0.6)
    opening = Opening(
        sources=("a.txt", "b.txt"),
        treatments=frozenset({Treatment.LOWER}),
        encoding="latin-1",
        network=NetworkSettings(hidden_size=9),
        sampling=sampling,
    )
    assert opening.commands() == (
        LoadCorpus(
            ("a.txt", "b.txt"),
            NetworkSettings(hidden_size=9),
            TrainingSettings(),
            treatments=frozenset({Treatment.LOWER}),
            encoding="latin-1",
        ),
        SetSampling(sampling),
        StartSampling(),
    )


def test_without_a_text_it_begins_with_the_best_on_this_machine() -> None:
    load = Opening().commands()[0]
    assert isinstance(load, LoadCorpus)
    assert load.sources[0] in ("shakespeare", "python-docs", "unicode-names")


@pytest.mark.parametrize("resume", [False, True])
def test_a_checkpoint_is_opened_and_trained_on_only_when_resumed(resume: bool) -> None:
    opening = Opening(checkpoint=Path("/runs/a.safetensors"), resume=resume)
    assert opening.commands()[0] == OpenCheckpoint(str(Path("/runs/a.safetensors")), train=resume)


def test_a_remembered_name_that_no_file_can_have_is_passed_over() -> None:
    opening, sentence = first_text(Settings(corpus=("a\0b",)))
    assert opening == Opening()
    assert "no longer there" in sentence
