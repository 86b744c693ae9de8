"""What is remembered from one time to the next, in a small TOML file that people may edit too."""

from __future__ import annotations

import dataclasses
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from tui.units import LossUnit
from tui.whole_file import whole_file

NAME = "lstm-tui"
DEFAULT_THEME = "lamplight"

Section = TypeVar("Section", NetworkSettings, TrainingSettings, SamplingSettings)


@dataclass(frozen=True, slots=True)
class Paths:
    """The only folders that are written to unasked."""

    config: Path
    state: Path
    cache: Path

    @property
    def settings(self) -> Path:
        """The remembered settings."""
        return settings_file(self.config)

    @property
    def last_run(self) -> Path:
        """The run that was under way at the last quit."""
        return last_run(self.state)

    @property
    def standard_input(self) -> Path:
        """The text that was piped in last: a run on it can go on for as long as no other text is piped in."""
        return self.state / "standard-input.txt"


def settings_file(config_dir: Path) -> Path:
    """Where the settings are remembered."""
    return config_dir / "settings.toml"


def last_run(state_dir: Path) -> Path:
    """Where quitting saves the run."""
    return state_dir / "runs" / "last.safetensors"


def recent_texts(state_dir: Path) -> Path:
    """Where the texts learnt lately are remembered."""
    return state_dir / "recent.json"


def paths() -> Paths:
    """The user's folders as the platform has them; `XDG_*_HOME` are obeyed. Nothing is created."""
    return Paths(
        config=platformdirs.user_config_path(NAME, appauthor=False),
        state=platformdirs.user_state_path(NAME, appauthor=False),
        cache=platformdirs.user_cache_path(NAME, appauthor=False),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is remembered."""

    theme: str = DEFAULT_THEME
    ink: str = "plain"
    """What the colour of the written characters tells."""
    mind: bool = True
    """Whether what may come next is shown."""
    loss_unit: LossUnit = LossUnit.NATS
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)


def load_settings(path: Path) -> Settings:
    """Read the remembered settings; what the file leaves out, or the whole file, is at its default.

    Raises:
        SettingsError: If the file cannot be read or has a value that cannot be used; the message names it.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    theme = table.get("theme", DEFAULT_THEME)
    if not isinstance(theme, str):
        raise SettingsError(f"{path}: theme is {theme!r}; it must be the name of a theme")
    ink, mind = table.get("ink", "plain"), table.get("mind", True)
    if not isinstance(ink, str):
        raise SettingsError(f"{path}: ink is {ink!r}; it must be the name of an ink, plain, surprise or neuron")
    if not isinstance(mind, bool):
        raise SettingsError(f"{path}: mind is {mind!r}; it must be true or false")
    return Settings(
        theme=theme,
        ink=ink,
        mind=mind,
        loss_unit=_loss_unit(path, table),
        network=_section(path, table, "network", NetworkSettings()),
        training=_section(path, table, "training", TrainingSettings()),
        sampling=_section(path, table, "sampling", SamplingSettings()),
    )


def _loss_unit(path: Path, table: Mapping[str, Any]) -> LossUnit:
    """What losses are shown in."""
    name = table.get("loss_unit", LossUnit.NATS.value)
    try:
        return LossUnit(name)
    except ValueError:
        names = ", ".join(unit.value for unit in LossUnit)
        raise SettingsError(f"{path}: loss_unit is {name!r}; it must be one of {names}") from None


def _section(path: Path, table: Mapping[str, Any], name: str, default: Section) -> Section:
    """The settings of one table of the file; keys of later versions are passed over."""
    values = table.get(name, {})
    if not isinstance(values, dict):
        raise SettingsError(f"{path}: [{name}] is {values!r}; it must be a table")
    known = {item.name for item in dataclasses.fields(default)}
    try:
        return dataclasses.replace(default, **{key: values[key] for key in values if key in known})
    except SettingsError as error:
        raise SettingsError(f"{path}: [{name}] {error}") from error


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings in one piece: a reader sees the old file or the new one, never half of one.

    Raises:
        OSError: If the folder or the file cannot be written.
    """
    with whole_file(path) as file:
        file.write(_toml(settings).encode())


def _toml(settings: Settings) -> str:
    lines = [f"{name} = {_value(getattr(settings, name))}" for name in ("theme", "ink", "mind")]
    lines.append(f"loss_unit = {_value(settings.loss_unit.value)}")
    for name in ("network", "training", "sampling"):
        lines += ["", f"[{name}]"]
        section = dataclasses.asdict(getattr(settings, name))
        lines += [f"{key} = {_value(value)}" for key, value in section.items()]
    return "\n".join(lines) + "\n"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML string too, but for the delete character, which JSON leaves as it is.
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "inf" if value == math.inf else repr(value)
