"""What a trainer tells of itself: frozen values, light to import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss at a step."""

    step: int
    loss: float
    """Nats per character."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a step did to the network."""

    gradient_norm: float = 0.0
    """L2 norm before it was bounded."""
    update_ratio: float = 0.0
    """Length of the step against the length of the weights; about 0.001 is healthy."""
    saturated: float = 0.0
    """Share of the sigmoid gates, at the window's last step, that are below 0.05 or above 0.95."""


@dataclass(frozen=True, slots=True)
class Progress:
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
    """The loss explodes again and again, or is no number; the weights are the last good ones."""
