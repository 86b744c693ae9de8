"""Ready-made races: networks that differ from the present one in a single thing."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from model.config import NetworkSettings, TrainingSettings
from model.protocol import Entrant

RATES = {"adam": 0.01, "rmsprop": 0.005, "sgd": 1.0}
"""A good learning rate of each optimiser, found by trial on Shakespeare: with one rate for all, only one would do well.
SGD is given a momentum of 0.9."""

Line = Callable[[NetworkSettings, TrainingSettings], tuple[Entrant, ...]]


class ReadyRace(Struct, frozen=True):
    """A race that can be picked."""

    name: str
    about: str
    entrants: Line
    """Made of the settings in force."""


def cells(network: NetworkSettings, training: TrainingSettings) -> tuple[Entrant, ...]:
    """Three kinds of memory, all else alike."""
    return tuple(Entrant(cell.upper(), replace(network, cell=cell), training) for cell in ("rnn", "gru", "lstm"))


def two_cells(network: NetworkSettings, training: TrainingSettings) -> tuple[Entrant, ...]:
    """The plain one and the one with gates, all else alike."""
    return tuple(entrant for entrant in cells(network, training) if entrant.network.cell != "gru")


def sizes(network: NetworkSettings, training: TrainingSettings) -> tuple[Entrant, ...]:
    """Three sizes; tied weights, which bind the size to that of the embedding, are untied."""
    free = replace(network, tied=False)
    return tuple(Entrant(f"{size} cells", replace(free, hidden_size=size), training) for size in (64, 128, 256))


def layers(network: NetworkSettings, training: TrainingSettings) -> tuple[Entrant, ...]:
    """A flat one and a deep one."""
    names = {1: "1 layer", 2: "2 layers"}
    return tuple(Entrant(name, replace(network, layers=count), training) for count, name in names.items())


def optimizers(network: NetworkSettings, training: TrainingSettings) -> tuple[Entrant, ...]:
    """Three ways to go down, each at a good rate of its own; windows and streams are those in force."""
    usual = TrainingSettings(seq_length=training.seq_length, batch_size=training.batch_size, seed=training.seed)
    names = {"adam": "Adam", "sgd": "SGD", "rmsprop": "RMSProp"}
    return tuple(
        Entrant(
            name,
            network,
            replace(
                usual,
                optimizer=optimizer,
                learning_rate=RATES[optimizer],
                momentum=0.9 if optimizer == "sgd" else 0.0,
            ),
        )
        for optimizer, name in names.items()
    )


READY: tuple[ReadyRace, ...] = (
    ReadyRace("RNN \u00b7 GRU \u00b7 LSTM", "Three kinds of memory, all else alike.", cells),
    ReadyRace("64 \u00b7 128 \u00b7 256 cells", "What size is worth in the time there is.", sizes),
    ReadyRace("1 \u00b7 2 layers", "Whether a second layer pays.", layers),
    ReadyRace("Adam \u00b7 SGD \u00b7 RMSProp", "Three ways to learn, each at a good rate of its own.", optimizers),
    ReadyRace("RNN \u00b7 LSTM", "The plain one against the one with gates.", two_cells),
)
