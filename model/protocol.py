"""What crosses the border between the app and the engine: frozen commands one way, frozen updates the other.

Every command names its run, and where it concerns writing its sampler, so that one engine can hold several. At most
one update is in flight: the engine sends the next after an `Acknowledge`, and merges into it all that happened
meanwhile (losses and characters appended, gauges replaced).
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct, field

from corpora.info import Baselines, CorpusInfo, Treatment
from model.config import NetworkSettings, SamplingSettings, TrainingSettings, require, require_number, require_whole
from model.hands import Stretch
from model.neurons import Neurons
from model.outlook import Outlook
from model.passage import Passage
from model.past import Past
from model.progress import Event, Vitals

MOST_SEED = 2**63 - 1
"""Of random numbers."""

MAIN = "main"
"""The name of the run, and of its sampler, while there is one of each."""

# ---------------------------------------------------------------------------------------------- commands


class LoadCorpus(Struct, frozen=True):
    """Read a text and start a new network on it; until it is there, the run before writes on but does not learn."""

    sources: tuple[str, ...]
    """A name of the catalogue, or files and folders that are read one after the other."""
    network: NetworkSettings
    training: TrainingSettings
    treatments: frozenset[Treatment] = frozenset()
    encoding: str | None = None
    """None finds out by the byte order mark and else reads UTF-8."""
    train: bool = True
    """Begin training at once."""
    run: str = MAIN


class NewNetwork(Struct, frozen=True):
    """Start a new network on the same text; the run before is left behind, to be brought back."""

    network: NetworkSettings
    training: TrainingSettings
    train: bool = True
    run: str = MAIN


class OpenCheckpoint(Struct, frozen=True):
    """Open a saved network; its text is loaded too where it can be found, else the network can only be played."""

    path: str
    train: bool = False
    run: str = MAIN


class Train(Struct, frozen=True):
    """Go on training."""

    run: str = MAIN


class Pause(Struct, frozen=True):
    """Stop training; a step under way is resumed when training is. Sampling goes on."""

    run: str = MAIN


class Step(Struct, frozen=True):
    """Train exactly one step, then pause."""

    run: str = MAIN


class SetLearningRate(Struct, frozen=True):
    """Use another learning rate from the next update of the weights on."""

    learning_rate: float
    run: str = MAIN


class SetTraining(Struct, frozen=True):
    """Use other training settings from the next update of the weights on, as far as that goes.

    A `Notice` names those that only a new network takes.
    """

    training: TrainingSettings
    run: str = MAIN


class SetSampling(Struct, frozen=True):
    """Use other sampling settings from the next character on."""

    sampling: SamplingSettings
    run: str = MAIN
    sampler: str = MAIN


class StartSampling(Struct, frozen=True):
    """Write; with `restart`, from a fresh state that has read `prime`."""

    prime: str = ""
    restart: bool = False
    run: str = MAIN
    sampler: str = MAIN


class StopSampling(Struct, frozen=True):
    """Write no more until the next `StartSampling`."""

    run: str = MAIN
    sampler: str = MAIN


class StartVoice(Struct, frozen=True):
    """Let one sampler more write with the network of a run, from a fresh state that has read `prime`.

    Raises:
        SettingsError: If the seed is none.
    """

    sampler: str
    """Its name; one that there is already begins anew."""
    sampling: SamplingSettings
    prime: str = ""
    seed: int = 0
    """Of the random numbers."""
    run: str = MAIN

    def __post_init__(self) -> None:
        require_whole("seed", self.seed, 0, MOST_SEED)


class EndVoice(Struct, frozen=True):
    """Let that sampler go."""

    sampler: str
    run: str = MAIN


class Choose(Struct, frozen=True):
    """Write this character next, as if it had been drawn, whether the sampler writes or rests."""

    symbol: str
    run: str = MAIN
    sampler: str = MAIN


class Type(Struct, frozen=True):
    """Write what a person typed; what the vocabulary lacks comes onto the page too, and is not read."""

    text: str
    run: str = MAIN
    sampler: str = MAIN


class GoOn(Struct, frozen=True):
    """Write a little at the rate in force, and rest; whatever is typed or taken back meanwhile ends it."""

    stretch: Stretch
    run: str = MAIN
    sampler: str = MAIN


class TakeBack(Struct, frozen=True):
    """Take back the character that was written last; a few can be, one by one.

    All is then as it was before that came: what is remembered, and the random numbers to come.
    """

    run: str = MAIN
    sampler: str = MAIN


class Save(Struct, frozen=True):
    """Write a checkpoint into `folder`, named by its text and step; a `Notice` says that it is done, and where."""

    folder: str
    run: str = MAIN


class Entrant(Struct, frozen=True):
    """One of those that race."""

    name: str
    """Of its run, in commands and updates."""
    network: NetworkSettings
    training: TrainingSettings


Fairness = Literal["time", "characters"]
"""What all racers get the same of: seconds of training, or characters to learn from."""

FEWEST_RACERS, MOST_RACERS = 2, 4
"""In one race."""


class StartRace(Struct, frozen=True):
    """Let new networks race on the text of `run`, which rests meanwhile; each becomes a run of its own.

    Raises:
        SettingsError: If there are too few or too many, or two of one name.
    """

    entrants: tuple[Entrant, ...]
    fairness: Fairness = "time"
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    """How each of them writes, until it is told otherwise."""
    run: str = MAIN

    def __post_init__(self) -> None:
        names = [entrant.name for entrant in self.entrants]
        require(
            FEWEST_RACERS <= len(names) <= MOST_RACERS,
            f"{len(names)} networks cannot race; it takes {FEWEST_RACERS} to {MOST_RACERS}",
        )
        require(len({*names, self.run}) == len(names) + 1, f"racers need names of their own, not {', '.join(names)}")


class EndRace(Struct, frozen=True):
    """Give up the racers and go on with `run`; or with the `winner` in its place."""

    winner: str | None = None
    """A racer that becomes `run`; None leaves that as it was."""
    keep_in: str = ""
    """The folder that the earlier `run` is saved in before a winner takes its place; if it cannot, the race goes on."""
    run: str = MAIN


LEAST_SHARE = 0.05
"""Of a core, for training."""


class SetShare(Struct, frozen=True):
    """Let training take no more than a share of a core from now on, and in the background where that is not all.

    Raises:
        SettingsError: If the share is not one.
    """

    share: float
    """In [`LEAST_SHARE`, 1]; 1 takes all there is."""

    def __post_init__(self) -> None:
        require_number("share", self.share, LEAST_SHARE, 1.0)


class Acknowledge(Struct, frozen=True):
    """The update with this number was taken in; the next may come."""

    number: int


class Stop(Struct, frozen=True):
    """Save the run to `save_to`, where given and there is something to save, and end the process."""

    save_to: str | None = None
    anyway: bool = False
    """End it even if the run cannot be saved; else it goes on then, and says so."""


class Watch(Struct, frozen=True):
    """Send what the units hold with each written character from now on, or no more."""

    hidden: bool
    run: str = MAIN
    sampler: str = MAIN


class FindNeurons(Struct, frozen=True):
    """Find out which units follow which property of the text; the answer is the `neurons` of a later update."""

    run: str = MAIN


class ShowPast(Struct, frozen=True):
    """Write a passage with the network as it was after `step`, or at the snapshot nearest to that.

    Those at the snapshots beside it are written ahead. The answers are the `past` of later updates.

    Raises:
        SettingsError: If the seed is none.
    """

    step: int | None
    """None: no more of it."""
    characters: int = 500
    """That are drawn."""
    seed: int = 0
    """Of the random numbers, which are the same at each step."""
    prime: str = ""
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    run: str = MAIN

    def __post_init__(self) -> None:
        require_whole("seed", self.seed, 0, MOST_SEED)


class WritePassage(Struct, frozen=True):
    """Write a passage with the weights of this moment, to be kept; the answer is the `passage` of a later update.

    They are saved first, as `Save` does, unless they are in a file of the person's own already.

    Raises:
        SettingsError: If the seed is none.
    """

    folder: str
    length: int = 2_000
    seed: int = 0
    prime: str = ""
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    run: str = MAIN

    def __post_init__(self) -> None:
        require_whole("seed", self.seed, 0, MOST_SEED)


class BringBack(Struct, frozen=True):
    """Go on with the run that was left behind last, exactly where it was; a text that is being read is let be."""

    run: str = MAIN


Command = (
    LoadCorpus
    | NewNetwork
    | OpenCheckpoint
    | Train
    | Pause
    | Step
    | SetLearningRate
    | SetTraining
    | SetSampling
    | StartSampling
    | StopSampling
    | StartVoice
    | EndVoice
    | Choose
    | Type
    | GoOn
    | TakeBack
    | Save
    | StartRace
    | EndRace
    | Watch
    | FindNeurons
    | ShowPast
    | WritePassage
    | BringBack
    | SetShare
    | Acknowledge
    | Stop
)

# ----------------------------------------------------------------------------------------------- updates


class RunState(Enum):
    """What a run is doing."""

    EMPTY = "empty"
    """No network yet."""
    LOADING = "loading"
    """Reading a text."""
    TRAINING = "training"
    PAUSED = "paused"
    DIVERGED = "diverged"
    """The loss explodes again and again, or is no number; training has stopped with the last good weights."""


class Gauges(Struct, frozen=True):
    """Where a run stands now; each update replaces the last."""

    state: RunState = RunState.EMPTY
    corpus: CorpusInfo | None = None
    vocabulary: str = ""
    """The V characters in id order."""
    network: NetworkSettings | None = None
    training: TrainingSettings | None = None
    """With the learning rate and batch size in force (a short text admits fewer streams than were asked for)."""
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    """In force for the next character."""
    writing: bool = False
    """Whether the sampler writes."""
    outlook: Outlook | None = None
    """What may be written next, whether the sampler writes or rests; None before there is a network."""
    parameters: int = 0
    """Trainable numbers in the network."""
    loading: float | None = None
    """Share of the text that has been read, in [0, 1], while LOADING."""
    step: int = 0
    """Optimiser steps since the network was made."""
    epochs: float = 0.0
    """Passes over the training part."""
    train_loss: float | None = None
    """Smoothed over the last steps, nats per character."""
    validation_loss: float | None = None
    """The latest, nats per character."""
    best_validation_loss: float | None = None
    learning_rate: float | None = None
    """Of the next step, as the schedule has it."""
    vitals: Vitals | None = None
    """What a recent step did to the network; None before the first."""
    baselines: Baselines | None = None
    """What the text costs without a network; None until that has been worked out."""
    chars_per_second: float | None = None
    """Of training steps alone, over the last seconds."""
    step_seconds: float | None = None
    """What one training step takes."""
    validation_share: float = 0.0
    """Share of the training time that validation costs, in [0, 1]."""
    training_seconds: float = 0.0
    """Time spent in training, validation included, since the network was made."""
    snapshots: tuple[int, ...] = ()
    """Steps at which the network can still be seen as it was, rising; `model.timeline` bounds their number."""
    kept_as: str = ""
    """What the run is called on the shelf of earlier runs; empty before it is kept there."""
    left_behind: int = 0
    """Runs that can be brought back."""
    share: float = 1.0
    """Of a core that training may take; 1 is all there is."""


class LossPoint(Struct, frozen=True):
    """A loss at a step."""

    step: int
    loss: float
    """Nats per character; always finite."""


MarkKind = Literal["start", "sampling", "network"]
"""A fresh start with its prime, new sampling settings, or another network."""


class Mark(Struct, frozen=True):
    """Something that happened at a place in the written text."""

    offset: int
    """Index into the `text` of the same `Written`: the mark stands before this character."""
    kind: MarkKind
    label: str
    """For people: `temperature 0.85`."""
    given: int = 0
    """At a start: how many characters from here on are the prime, which was given and not drawn."""


class Written(Struct, frozen=True):
    """What a sampler has written since the last update."""

    text: str
    probabilities: tuple[float, ...]
    """Of each character of `text` at the moment it was drawn; 1 for the characters of a prime."""
    marks: tuple[Mark, ...] = ()
    hidden: bytes = b""
    """While they are watched, what the H units of the last layer held as each of the last characters of `text` was
    drawn, so after the character before it was read: n rows of H signed bytes, `FULL` for 1. n is at most
    `HIDDEN_ROWS`; of a prime the same."""
    taken_back: int = 0
    """How many characters of earlier updates were taken back before `text` was written."""
    copied: bytes = b""
    """For each of the last characters, those of `text` and some before it, whether it is copied from what is learnt:
    one of `corpora.origins`. It replaces what was told before: whether a run is long enough is known when it is. Empty
    while nobody looks."""
    by_hand: bytes = b""
    """Who wrote each character of `text`, one of `model.hands`; empty where the network wrote all."""
    sampler: str = MAIN


class Notice(Struct, frozen=True):
    """A sentence for the person at the screen."""

    text: str
    severity: Literal["information", "warning", "error"] = "information"


class RunUpdate(Struct, frozen=True):
    """What happened in one run since the last update."""

    gauges: Gauges
    fresh: bool = False
    """A new network or checkpoint took the place of the old: losses and text before this update were the old one's."""
    resumed: bool = False
    """It is fresh, and brings settings of its own: it was saved or left behind, and is back."""
    losses: tuple[LossPoint, ...] = ()
    """Mean training loss of each step, or of a few neighbouring steps where updates are taken slowly."""
    validations: tuple[LossPoint, ...] = ()
    events: tuple[Event, ...] = ()
    """What befell the run, oldest first."""
    written: tuple[Written, ...] = ()
    notices: tuple[Notice, ...] = ()
    neurons: Neurons | None = None
    """What was found since the last update."""
    refused: bool = False
    """The race that was wished for, or going on with a racer, could not be had; a notice says why."""
    past: tuple[Past, ...] = ()
    """Passages by the network as it was, of each step the latest news."""
    passage: Passage | None = None
    """One that was asked for."""
    again: int = 0
    """How many of the losses it had already when it took its place."""
    run: str = MAIN


class Update(Struct, frozen=True):
    """All that happened since the last update."""

    number: int
    runs: tuple[RunUpdate, ...] = field(default_factory=tuple)
    saving: bool = False
    """The engine was told to stop and is writing the run to disk."""
    stopped: bool = False
    """The engine is about to end; no update follows."""
    unsaved: bool = False
    """The run could not be saved, a notice says why; unless it was told to end anyway, the engine goes on."""
