"""A recipe in the making: what is filled in, and the recipe that it departs from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from model.config import NetworkSettings, SettingsError, TrainingSettings
from model.presets import DEFAULT, NAMED, Preset
from tui.recipe import BY_NAME, PRESET, SETTINGS
from tui.sentences import sentence
from tui.setting import NETWORK_NAMES, Setting, Value

OWN: Final = "own"
"""What the preset is called where it is none of them."""


class Draft(Struct, frozen=True):
    """Fields as they are filled in. All that is asked of it gives another draft or a plain value."""

    network: NetworkSettings
    """As last asked for."""
    training: TrainingSettings
    """As last asked for; a short text may be trained with fewer streams."""
    edits: Mapping[str, Value] = field(default_factory=dict)
    """What is filled in that is another than was asked for: values, or texts that cannot be used."""
    picked: Preset | None = None
    """Was picked since; it brings a way of writing too."""
    own: Mapping[str, Value] | None = None
    """What was filled in by hand when a preset was picked over it."""

    def value(self, setting: Setting) -> Value:
        """What is filled in."""
        return self.preset if setting is PRESET else self.edits.get(setting.name, self.asked(setting))

    def asked(self, setting: Setting) -> Value:
        """What was asked for last."""
        if setting is PRESET:
            return preset_name(self.network, self.training)
        value: Value = getattr(self.network if setting.name in NETWORK_NAMES else self.training, setting.name)
        return value

    def applies(self, setting: Setting) -> bool:
        """Whether a setting matters, given the others."""
        return setting.applies is None or setting.applies(lambda name: self.value(BY_NAME[name]))

    def choices(self, setting: Setting) -> tuple[str, ...]:
        """What can be picked."""
        if setting is not PRESET:
            return setting.choices
        own = (OWN,) if self.own is not None or self.preset == OWN else ()
        return (*NAMED, *own)

    # --------------------------------------------------------------------------------- filling it in

    def edit(self, setting: Setting, value: Value) -> Draft:
        """Fill in a value, or a text that is none."""
        if setting is PRESET:
            return self._pick(str(value))
        edits = {**self.edits, setting.name: value}
        if value == self.asked(setting):
            del edits[setting.name]
        return replace(self, edits=edits)

    def _pick(self, name: str) -> Draft:
        """Fill in a whole recipe; the seed is no part of it."""
        own = dict(self.edits) if self.preset == OWN else self.own
        if name == OWN:
            return self if own is None else replace(self, edits=own, picked=None)
        preset = NAMED[name]
        source = Draft(preset.network, preset.training)
        filled = {s.name: source.asked(s) for s in SETTINGS if s.name != "seed" and source.asked(s) != self.asked(s)}
        if "seed" in self.edits:
            filled["seed"] = self.edits["seed"]
        return replace(self, edits=filled, picked=None if preset is DEFAULT else preset, own=own)

    @property
    def turned(self) -> bool:
        """Whether a preset is filled in that was not asked for."""
        return self.preset not in (OWN, self.asked(PRESET))

    def unpick(self) -> Draft:
        """Fill in what stood there before a preset was turned to; the seed, which is no part of one, stays."""
        seed = {name: value for name, value in self.edits.items() if name == "seed"}
        return replace(self, edits={**(self.own or {}), **seed}, picked=None, own=None)

    def accept(self, setting: Setting) -> Draft:
        """Ask for what one field has, and leave the others a draft.

        Raises:
            SettingsError: If it cannot be used.
        """
        change: dict[str, Any] = {setting.name: self.value(setting)}
        edits = {name: value for name, value in self.edits.items() if name != setting.name}
        if setting.name in NETWORK_NAMES:
            return replace(self, network=replace(self.network, **change), edits=edits)
        return replace(self, training=replace(self.training, **change), edits=edits)

    def take(self) -> Draft:
        """Ask for all that is filled in.

        Raises:
            SettingsError: If something cannot be used.
        """
        network, training = self.recipe()
        return Draft(network, training)

    def undo(self) -> Draft:
        """Fill in what was asked for last."""
        return Draft(self.network, self.training)

    def mend(self) -> Draft:
        """Fill in what was asked for last where what is filled in cannot be used."""
        wrong = {setting.name for setting in self.wrong}
        if not wrong:
            return self
        mended = replace(self, edits={name: value for name, value in self.edits.items() if name not in wrong})
        return self.undo() if mended.wrong else mended  # tied weights may be wrong by what others have

    def follow(self, network: NetworkSettings | None, training: TrainingSettings | None) -> Draft:
        """Take over what another network brings, a checkpoint say; what is being edited stays."""
        training = self._in_full(training) if training is not None else self.training
        moved = replace(self, network=network or self.network, training=training)
        return replace(
            moved, edits={name: value for name, value in self.edits.items() if value != moved.asked(BY_NAME[name])}
        )

    def _in_full(self, training: TrainingSettings) -> TrainingSettings:
        """What is in force, with as many streams as were asked for: the text may be short, the next one may not be."""
        return replace(training, batch_size=max(training.batch_size, self.training.batch_size))

    def refused(self, network: NetworkSettings, training: TrainingSettings) -> Draft:
        """Fill in what was asked for, in vain, over what is in force."""
        in_force = replace(self, network=network, training=self._in_full(training))
        filled_in = ((setting, self.value(setting)) for setting in SETTINGS)
        edits = {setting.name: value for setting, value in filled_in if value != in_force.asked(setting)}
        return replace(in_force, edits=edits)

    # --------------------------------------------------------------------------------- looking at it

    def recipe(self) -> tuple[NetworkSettings, TrainingSettings]:
        """The settings as they are filled in.

        Raises:
            SettingsError: If something cannot be used.
        """
        network: dict[str, Any] = {name: value for name, value in self.edits.items() if name in NETWORK_NAMES}
        training: dict[str, Any] = {name: value for name, value in self.edits.items() if name not in NETWORK_NAMES}
        return replace(self.network, **network), replace(self.training, **training)

    def complaint(self, setting: Setting) -> str:
        """What is wrong with what is filled in for a setting, "" where nothing is."""
        if setting is PRESET:
            return ""
        names = [setting.name]
        if setting.name == "tied":  # the one setting that depends on others
            sizes = (BY_NAME["hidden_size"], BY_NAME["embedding_size"])
            if any(self.complaint(size) for size in sizes):
                return ""
            names += [size.name for size in sizes]
        changes: dict[str, Any] = {name: self.value(BY_NAME[name]) for name in names}
        try:
            replace(NetworkSettings() if setting.name in NETWORK_NAMES else TrainingSettings(), **changes)
        except SettingsError as error:
            return sentence(str(error))
        return ""

    @property
    def wrong(self) -> tuple[Setting, ...]:
        """What cannot be used as it is filled in."""
        return tuple(setting for setting in SETTINGS if self.complaint(setting))

    @property
    def changed(self) -> tuple[Setting, ...]:
        """What is filled in that is another than was asked for."""
        return tuple(setting for setting in SETTINGS if setting.name in self.edits)

    @property
    def preset(self) -> str:
        """The name of the preset that is filled in, or `own`."""
        try:
            return preset_name(*self.recipe())
        except SettingsError:
            return OWN


def preset_name(network: NetworkSettings, training: TrainingSettings) -> str:
    """The name of the preset that these settings are, whatever the seed; `own` where they are none."""
    training = replace(training, seed=0)
    same = (preset.name for preset in NAMED.values() if (preset.network, preset.training) == (network, training))
    return next(same, OWN)
