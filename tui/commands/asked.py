"""The settings that a command line asks for: a preset or what is remembered, with flags and environment on top."""

from __future__ import annotations

import argparse
import difflib

from msgspec import Struct

from corpora.info import Treatment
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.presets import NAMED, Preset
from tui.commands.errors import UsageError
from tui.commands.options import (
    NETWORK,
    PRESET,
    SAMPLING,
    SHARE,
    THREADS,
    TRAINING,
    asked_treatments,
    preferred,
    settled,
)
from tui.settings import Settings, load_settings, paths


class Asked(Struct, frozen=True):
    """All settings of a new network."""

    network: NetworkSettings
    training: TrainingSettings
    sampling: SamplingSettings
    treatments: frozenset[Treatment]


def asked_settings(options: argparse.Namespace, remembered: Settings | None = None) -> Asked:
    """Return what is asked for. A preset by flag fills in everything, and only other flags change that.

    Args:
        options: Of the command line.
        remembered: What holds where nothing is said; None for what the settings file has.

    Raises:
        UsageError: If there is no such preset, or an environment variable has no usable value.
        SettingsError: If a value is out of bounds.
    """
    preset = asked_preset(options)
    base: Preset | Settings = preset or remembered or load_settings(paths().settings)
    environment = getattr(options, PRESET.name, None) is None
    treatments = asked_treatments(options, environment=environment)
    if treatments is None:
        treatments = preset.treatments if preset else frozenset()
    return Asked(
        network=settled(base.network, NETWORK, options, environment=environment),
        training=settled(base.training, TRAINING, options, environment=environment),
        sampling=settled(base.sampling, SAMPLING, options, environment=environment),
        treatments=treatments,
    )


def asked_threads(options: argparse.Namespace) -> int | None:
    """How many processes shall share a training step; None for as many as are quickest.

    Raises:
        UsageError: If the environment variable has no usable value.
        SettingsError: If the number is out of bounds.
    """
    return preferred(THREADS, options, load_settings(paths().settings).threads) or None


def asked_share(options: argparse.Namespace) -> float:
    """How much of a core training may take; 1 is all there is.

    Raises:
        UsageError: If the environment variable has no usable value.
        SettingsError: If it is no share.
    """
    return float(preferred(SHARE, options, load_settings(paths().settings).share))


def asked_preset(options: argparse.Namespace) -> Preset | None:
    """The preset by flag or environment.

    Raises:
        UsageError: If there is none of that name.
    """
    name = PRESET.given(options)
    return None if name is None else preset_named(str(name))


def preset_named(name: str) -> Preset:
    """The preset of a name.

    Raises:
        UsageError: If there is none.
    """
    if name not in NAMED:
        near = difflib.get_close_matches(name, NAMED, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMED)}"
        raise UsageError(f"{name!r} is not a preset; {hint}")
    return NAMED[name]
