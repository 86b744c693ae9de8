"""The app's own settings: one table, by which the file, its complaints, the flags, the screen and the README go."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from model.config import SettingsError
from tui.units import LossUnit

DEFAULT_THEME: Final = "lamplight"
REMEMBERED: Final = ("remembered",)
"""As a text to begin with: the one that was learnt last."""

Raw = str | bool | int | float | list[str]
"""A value as it stands in the file."""


class Preference(Struct, frozen=True):
    """A setting that any text can be; those that are more particular say so."""

    typed: ClassVar[bool] = False
    """Whether it is typed, and not only picked."""

    name: str
    """In the file, and as an attribute of `Settings`."""
    group: str
    label: str
    help: str
    """One sentence."""
    default: Any
    wanted: str
    """What a value must be, in words."""

    def read(self, raw: object, name: str = "") -> Any:
        """The value that the file, or a flag, has.

        Raises:
            SettingsError: If it is none; the message says what came for `name` and what is wanted.
        """
        value = self._value(raw)
        if value is None:
            raise SettingsError(f"{name or self.name} is {raw!r}; it must be {self.wanted}")
        return value

    def _value(self, raw: object) -> Any:
        return raw if isinstance(raw, str) and raw else None

    def raw(self, value: Any) -> Raw:
        """The value as it stands in the file."""
        raw: Raw = value
        return raw

    def shown(self, value: Any) -> str:
        """The value as people read it."""
        return str(self.raw(value))

    def parse(self, text: str) -> Any:
        """The value that was typed.

        Raises:
            SettingsError: If it is none.
        """
        return self.read(text)

    def choices(self) -> tuple[Any, ...]:
        """What can be picked, in order; a list that only the screen knows is empty here."""
        return ()

    def turn(self, value: Any, direction: int) -> Any:
        """The value one step on (1) or back (-1)."""
        return turned(value, direction, self.choices())


class Choice(Preference, frozen=True):
    """One of a few, each with a word."""

    words: Mapping[str, Any] = field(default_factory=dict)

    def _value(self, raw: object) -> Any:
        if isinstance(raw, str):
            return self.words.get(raw)
        among = () if isinstance(raw, bool) else self.words.values()  # which Python takes for numbers
        return next((value for value in among if value == raw), None)

    def raw(self, value: Any) -> Raw:
        """A number or a switch as such, unless it has a name."""
        word = self.shown(value)
        return value if isinstance(value, bool) or word[0].isdigit() else word

    def shown(self, value: Any) -> str:
        """Its word."""
        return next(word for word, each in self.words.items() if each == value)

    def choices(self) -> tuple[Any, ...]:
        """All of them."""
        return tuple(self.words.values())


class Switch(Choice, frozen=True):
    """Yes or no; true or false in the file."""

    words: Mapping[str, Any] = field(default_factory=lambda: {"no": False, "yes": True})

    def _value(self, raw: object) -> Any:
        return raw if isinstance(raw, bool) else None


class Number(Preference, frozen=True):
    """A number that is typed, or turned through a few stops."""

    typed: ClassVar[bool] = True

    least: float = 0.0
    most: float = 1.0
    stops: tuple[float, ...] = ()

    def _value(self, raw: object) -> Any:
        usable = isinstance(raw, (int, float)) and not isinstance(raw, bool) and self.least <= raw <= self.most
        return float(raw) if usable and isinstance(raw, (int, float)) else None

    def raw(self, value: Any) -> Raw:
        """Without a point where there is nothing behind it."""
        return int(value) if value == int(value) else float(value)

    def parse(self, text: str) -> Any:
        """The number that was typed.

        Raises:
            SettingsError: If it is none, or out of bounds.
        """
        try:
            return self.read(self.raw(float(text)))
        except (ValueError, OverflowError):  # no number, none in bounds, or none at all
            raise SettingsError(f"{self.name} is {text}; it must be {self.wanted}") from None

    def turn(self, value: Any, direction: int) -> Any:
        """The next stop, or the one before; at an end it stays."""
        place = bisect_left(self.stops, value) - 1 if direction < 0 else bisect_right(self.stops, value)
        return self.stops[min(max(place, 0), len(self.stops) - 1)]


class Count(Preference, frozen=True):
    """A whole number that is typed, or `auto`, which is 0 here."""

    typed: ClassVar[bool] = True
    AUTO: ClassVar[str] = "auto"

    most: int = 1

    def _value(self, raw: object) -> Any:
        if raw == self.AUTO:
            return 0
        usable = isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= self.most
        return raw if usable else None

    def raw(self, value: Any) -> Raw:
        """A number, or the word."""
        return int(value) or self.AUTO

    def parse(self, text: str) -> Any:
        """The number or the word that was typed.

        Raises:
            SettingsError: If it is neither.
        """
        return self.read(int(text) if text.isdecimal() else text)

    def turn(self, value: Any, direction: int) -> Any:
        """One more or less; below 1 is `auto`."""
        return min(max(0, value + direction), self.most)


class Texts(Preference, frozen=True):
    """One name, or some paths."""

    def _value(self, raw: object) -> Any:
        sources = [raw] if isinstance(raw, str) else raw
        if isinstance(sources, list) and sources and all(isinstance(source, str) and source for source in sources):
            return tuple(sources)
        return None

    def raw(self, value: Any) -> Raw:
        """One of them as such, several as a list."""
        return str(value[0]) if len(value) == 1 else list(value)

    def shown(self, value: Any) -> str:
        """The last part of a path, and how many more there are."""
        first = value[0].rstrip("/\\").replace("\\", "/").rpartition("/")[2] or value[0]
        return first if len(value) == 1 else f"{first} and {len(value) - 1} more"


def turned(value: Any, direction: int, among: Sequence[Any]) -> Any:
    """The one of `among` after `value` (1) or before it (-1), round and round."""
    if value not in among:
        return among[0] if among else value
    return among[(among.index(value) + direction) % len(among)]


INKS: Final = ("plain", "surprise", "neuron")
SHARES: Final = {"all": 1.0, "0.75": 0.75, "0.5": 0.5, "0.25": 0.25}


def _one_of(words: Mapping[str, Any]) -> str:
    return f"one of {', '.join(words)}"


LOOK, WORK, SCREEN = "Look", "Work", "Screen"

PREFERENCES: Final[tuple[Preference, ...]] = (
    Preference("theme", LOOK, "Theme", "The colours of the app.", DEFAULT_THEME, "the name of a theme"),
    Choice(
        "ink",
        LOOK,
        "Ink",
        "What the colour of the written text tells.",
        "plain",
        _one_of({ink: ink for ink in INKS}),
        {ink: ink for ink in INKS},
    ),
    Switch("mind", LOOK, "Next, neurons", "Show what may come next, and the neurons.", True, "true or false"),
    Choice(
        "loss_unit",
        LOOK,
        "Loss in",
        "What losses are shown in.",
        LossUnit.NATS,
        _one_of({unit.value: unit for unit in LossUnit}),
        {unit.value: unit for unit in LossUnit},
    ),
    Texts(
        "corpus",
        WORK,
        "Begin with",
        "The text to begin with when none is named.",
        REMEMBERED,
        "remembered, the name of a corpus, a path, or a list of paths",
    ),
    Choice(
        "share",
        WORK,
        "Core share",
        "How much of a core training may take: less stays cool.",
        1.0,
        _one_of(SHARES),
        SHARES,
    ),
    Count(
        "threads",
        WORK,
        "Processes",
        "How many share a training step, from the next start on.",
        0,
        "auto or a whole number from 1 to 64",
        64,
    ),
    Number(
        "fps",
        SCREEN,
        "Updates a second",
        "How often it draws at most; 5 suits a slow line.",
        15.0,
        "a number from 0.5 to 60",
        0.5,
        60.0,
        (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0),
    ),
    Switch("quiet", SCREEN, "Quiet", "Show no messages but errors.", False, "true or false"),
    Switch("hints", SCREEN, "Hints", "Show hints for who is new here.", True, "true or false"),
)
"""In the order of the file and of the screen."""

BY_NAME: Final = {preference.name: preference for preference in PREFERENCES}


def default_of(name: str) -> Any:
    """What a setting is until someone chooses."""
    return BY_NAME[name].default


def readme_table() -> str:
    """The settings as a Markdown table."""
    rows = ["| Setting | | Is | At first |", "| --- | --- | --- | --- |"]
    for preference in PREFERENCES:
        default = preference.raw(preference.default)
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        rows.append(f"| `{preference.name}` | {preference.help} | {preference.wanted} | `{shown}` |")
    return "\n".join(rows)
