"""What is remembered from one time to the next, in a small TOML file that people may edit too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from msgspec import Struct, field, structs

from corpora.info import Treatment
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings, require
from tui.preferences import DEFAULT_THEME, PREFERENCES, default_of
from tui.units import LossUnit
from tui.whole_file import whole_file

__all__ = ["DEFAULT_THEME", "LastText", "Paths", "Settings", "load_settings", "paths", "save_settings"]

NAME = "lstm-tui"


class Paths(Struct, frozen=True):
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


class LastText(Struct, frozen=True):
    """The text that was learnt last, and how it was read.

    Raises:
        SettingsError: If a value is none.
    """

    sources: tuple[str, ...] = ()
    """As `LoadCorpus` takes them; none before there was any."""
    encoding: str = ""
    """As it was asked for; empty finds it out."""
    treatments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("sources", "treatments"):
            texts = getattr(self, name)
            require(
                isinstance(texts, (list, tuple)) and all(isinstance(text, str) and text for text in texts),
                f"{name} is {texts!r}; it must be a list of texts",
            )
            structs.force_setattr(self, name, tuple(texts))
        require(isinstance(self.encoding, str), f"encoding is {self.encoding!r}; it must be a text")
        known = [treatment.value for treatment in Treatment]
        wrong = [name for name in self.treatments if name not in known]
        require(not wrong, f"treatments has {wrong[:1]}; there are {', '.join(known)}")


Section = TypeVar("Section", NetworkSettings, TrainingSettings, SamplingSettings, LastText)


class Settings(Struct, frozen=True):
    """Everything that is remembered: the settings of `tui.preferences`, and a few tables beside them."""

    theme: str = default_of("theme")
    ink: str = default_of("ink")
    mind: bool = default_of("mind")
    loss_unit: LossUnit = field(default=default_of("loss_unit"))
    corpus: tuple[str, ...] = default_of("corpus")
    share: float = default_of("share")
    """1 is all."""
    threads: int = default_of("threads")
    """0 is auto."""
    fps: float = default_of("fps")
    quiet: bool = default_of("quiet")
    hints: bool = default_of("hints")
    text: LastText = field(default_factory=LastText)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Keys by what they do, as a person wrote them; what is wrong with them is for `tui.keymap` to say."""
    unknown: tuple[str, ...] = ()
    """What else the file has: it may be misspelled, or of a later version."""


SECTIONS = ("text", "network", "training", "sampling")


def load_settings(path: Path) -> Settings:
    """Read the remembered settings; what the file leaves out, or the whole file, is at its default.

    Raises:
        SettingsError: If the file cannot be read or has a value that cannot be used; the message names it.
    """
    try:
        written = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    import tomllib  # the first frame of the first day does without

    try:
        table = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    except RecursionError:
        raise SettingsError(f"{path}: its values are nested too deeply") from None
    values: dict[str, Any] = {}
    for preference in PREFERENCES:
        if preference.name in table:
            try:
                values[preference.name] = preference.read(table[preference.name])
            except SettingsError as error:
                raise SettingsError(f"{path}: {error}") from error
    default = Settings()
    for name in SECTIONS:
        values[name] = _section(name, _table(path, table, name), getattr(default, name), path)
    return Settings(**values, keys=_table(path, table, "keys"), unknown=_unknown(table, default))


def _unknown(table: Mapping[str, Any], default: Settings) -> tuple[str, ...]:
    """The names in the file that nobody asks for, as they stand there."""
    known = {*(preference.name for preference in PREFERENCES), *SECTIONS, "keys"}
    names = [name if not isinstance(table[name], dict) else f"[{name}]" for name in table if name not in known]
    for section in SECTIONS:
        fields = getattr(default, section).__struct_fields__
        names += [f"{name} in [{section}]" for name in table.get(section, {}) if name not in fields]
    return tuple(names)


def _table(path: Path, table: Mapping[str, Any], name: str) -> dict[str, Any]:
    values = table.get(name, {})
    if not isinstance(values, dict):
        raise SettingsError(f"{path}: [{name}] is {values!r}; it must be a table")
    return values


def _section(name: str, values: Mapping[str, Any], default: Section, path: Path) -> Section:
    """The settings of one table of the file; what is unknown there is passed over, see `_unknown`."""
    try:
        return structs.replace(default, **{key: values[key] for key in values if key in default.__struct_fields__})
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
    lines = ["# Written by lstm-tui when a setting changes; what you write here holds from its next start on."]
    for preference in PREFERENCES:
        lines += ["", f"# {preference.help} It is {preference.wanted}."]
        lines.append(f"{preference.name} = {_value(preference.raw(getattr(settings, preference.name)))}")
    for name in SECTIONS:
        section = structs.asdict(getattr(settings, name))
        lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in section.items())]
    lines += ["", "# Other keys for what is here, without the # before it; several have commas between them.", "[keys]"]
    lines += [f"{_key(name)} = {_value(value)}" for name, value in settings.keys.items()]
    lines += [f"# {name} = {_value(keys)}" for name, keys in usual_keys().items() if name not in settings.keys]
    return "\n".join(lines) + "\n"


def usual_keys() -> dict[str, str]:
    """The keys of the table by what they do; who only reads settings need not have what they are made of."""
    from tui.bindings import KEYS, OTHER_KEYS

    return {key.id: key.keys for key in (*KEYS, *OTHER_KEYS) if key.id != "quit"}


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: object) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML string too, but for the delete character, which JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + "}"
    return str(value)
