"""What a trainer tells of itself: frozen values, light to import."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Loss(Struct, frozen=True):
    """A loss at a step."""

    step: int
    loss: float
    """Nats per character."""


EventKind = Literal["rate", "temperature", "rollback", "restart"]
"""Another learning rate, another temperature, back to the last good weights, or new weights."""


class Event(Struct, frozen=True):
    """Something that happened to a run at a step, to be marked on its loss curve."""

    step: int
    kind: EventKind
    label: str
    """For people, a few words: `learning rate 0.001`."""


class Gate(Struct, frozen=True):
    """How far the sigmoid gates of one kind go to their ends, at the window's last step."""

    name: str
    """As in the papers: `input`, `forget`, `output`, `reset` or `update`."""
    shut: float
    """Share below 0.05, in [0, 1]."""
    open: float
    """Share above 0.95, in [0, 1]."""
    mean: float | None = None
    """Of all, in [0, 1]; None where nobody has worked it out."""


class Vitals(Struct, frozen=True):
    """What a step did to the network."""

    gradient_norm: float = 0.0
    """L2 norm before it was bounded."""
    update_ratio: float = 0.0
    """Length of the step against the length of the weights; about 0.001 is healthy."""
    saturated: float = 0.0
    """Share of the first layer's sigmoid gates, at the window's last step, that are below 0.05 or above 0.95; where
    several processes share the batch, in the first part of it."""
    gates: tuple[Gate, ...] = ()
    """The same, told apart, of the first layer; none where a cell has none."""


class Progress(Struct, frozen=True):
    """Where training stands after an increment."""

    step: int
    """Optimiser steps so far."""
    epochs: float
    """Passes over the training part."""
    losses: tuple[Loss, ...]
    """Of each step that this increment completed."""
    validations: tuple[Loss, ...]
    """Measured in this increment."""
    incidents: tuple[str, ...]
    """What was done to keep the run alive, and why; a sentence each."""
    train_loss: float | None
    """Smoothed over the last steps, nats per character."""
    validation_loss: float | None
    """The latest."""
    best_validation_loss: float | None
    learning_rate: float
    """Of the next step, as the schedule has it."""
    vitals: Vitals | None
    """Measured every few steps; None before."""
    chars_per_second: float | None
    """Of training steps alone, over the last seconds."""
    step_seconds: float | None
    """What one step takes, over the last seconds."""
    validation_share: float
    """Of the training time, in [0, 1]."""
    seconds: float
    """Spent in training, validation included."""
    finished: bool
    """Validation has not got better for as long as the settings wait: there is nothing more to do."""
    diverged: bool
    """Loss or gradient explode again and again, or are no numbers; the weights are the last good ones."""
    events: tuple[Event, ...] = ()
    """What befell the weights in this increment."""
