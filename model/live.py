"""What of the training settings can be changed while training goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from model.config import TrainingSettings

if TYPE_CHECKING:  # the app asks what can be changed, and has no numpy
    from model.trainer import Trainer

FIXED: Final = {
    "seq_length": "sequence length",
    "batch_size": "batch size",
    "optimizer": "optimiser",
    "decay_rate": "decay rate",
    "initial_sum": "initial sum",
    "average": "average",
    "shifted": "shifted epochs",
    "seed": "seed",
}
"""What only a new network takes, and its name in words."""


def steer(trainer: Trainer, wanted: TrainingSettings) -> tuple[str, ...]:
    """Let a trainer use `wanted` from now on, as far as that goes.

    Another learning rate is a person's choice: what rollbacks have taken from the old one is forgotten, and a run that
    was given up may try again. So is another schedule: what `plateau` would have taken by now is not taken in one go.

    Returns:
        What stays as it is, in words.
    """
    settings, fixed = trainer.settings, []
    for name, word in FIXED.items():
        kept = getattr(settings, name)
        # a short text has fewer streams than were asked for, and that is what is shown
        same = (kept, trainer.batches.B) if name == "batch_size" else (kept,)
        if getattr(wanted, name) not in same:
            fixed.append(word)
        wanted = replace(wanted, **{name: kept})
    if wanted.learning_rate != settings.learning_rate:
        trainer.rate_factor = 1.0
        trainer.try_again()
    if wanted.schedule != settings.schedule:
        trainer.watch = replace(trainer.watch, waited=0, drops=0)
    trainer.settings = wanted
    return tuple(fixed)
