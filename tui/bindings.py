"""Every key in one table: the footer, the help screen, the command palette and the README are made from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from msgspec import Struct
from textual.binding import ActiveBinding, Binding, BindingType
from textual.keys import key_to_character


class Key(Struct, frozen=True):
    """One thing that can be done by key."""

    id: str
    keys: str
    """As Textual names them, separated by commas."""
    shown: str
    """As people write them."""
    label: str
    """One or two words, for the footer and the palette."""
    help: str
    """One sentence, for the help screen and the README."""
    group: str
    action: str

    @property
    def palette(self) -> bool:
        """Whether it is worth a line in the command palette; nobody searches for the arrow to where they are."""
        return not self.action.startswith("app.") and self.id != "back"


KEYS: tuple[Key, ...] = (
    Key("train", "space", "space", "Train", "Train, or pause.", "Training", "toggle_training"),
    Key("step", "n", "n", "One step", "Train exactly one step, then pause.", "Training", "one_step"),
    Key(
        "start-over",
        "ctrl+n",
        "ctrl+n",
        "Start over",
        "Start over with a new network of the recipe filled in.",
        "Training",
        "start_over",
    ),
    Key(
        "bring-back",
        "ctrl+z",
        "ctrl+z",
        "Bring back",
        "Bring back the run that was left behind: by starting over, or for another text.",
        "Training",
        "bring_back",
    ),
    Key("recipe", "p", "p", "Recipe", "All settings of network and training, and presets.", "Training", "recipe"),
    Key("events", "e", "e", "Events", "What has happened in this run, step by step.", "Training", "events"),
    Key(
        "save",
        "ctrl+s",
        "ctrl+s",
        "Save",
        "Save the network to a new file in the current folder.",
        "Training",
        "save",
    ),
    Key(
        "temperature-down",
        "left_square_bracket",
        "[",
        "Cooler",
        "Turn the temperature down by 0.05: more careful.",
        "Writing",
        "turn('temperature', -1)",
    ),
    Key(
        "temperature-up",
        "right_square_bracket",
        "]",
        "Warmer",
        "Turn the temperature up by 0.05: bolder.",
        "Writing",
        "turn('temperature', 1)",
    ),
    Key(
        "top-k-down",
        "left_curly_bracket",
        "{",
        "Fewer candidates",
        "Lower top-k: draw among fewer of the likeliest characters.",
        "Writing",
        "turn('top_k', -1)",
    ),
    Key(
        "top-k-up",
        "right_curly_bracket",
        "}",
        "More candidates",
        "Raise top-k; past the highest, every character may come.",
        "Writing",
        "turn('top_k', 1)",
    ),
    Key(
        "top-p-down",
        "left_parenthesis",
        "(",
        "Less probability",
        "Lower top-p: draw among the likeliest that together reach it.",
        "Writing",
        "turn('top_p', -1)",
    ),
    Key(
        "top-p-up",
        "right_parenthesis",
        ")",
        "More probability",
        "Raise top-p; at 1, every character may come.",
        "Writing",
        "turn('top_p', 1)",
    ),
    Key("slower", "minus", "-", "Slower", "Write more slowly.", "Writing", "turn('rate', -1)"),
    Key(
        "faster",
        "plus,equals_sign",
        "+",
        "Faster",
        "Write faster, up to as fast as it goes.",
        "Writing",
        "turn('rate', 1)",
    ),
    Key("write", "w", "w", "Write or rest", "Stop writing, or go on.", "Writing", "toggle_writing"),
    Key(
        "restart",
        "r",
        "r",
        "New page",
        "Write from a fresh start, with the same opening words.",
        "Writing",
        "restart_writing",
    ),
    Key("begin", "b", "b", "Begin", "Choose the words that it begins with.", "Writing", "begin_with"),
    Key(
        "write-with",
        "y",
        "y",
        "Write with it",
        "Write together: what you type it reads, and it goes on when you ask it to.",
        "Writing",
        "write_with",
    ),
    Key("ink", "i", "i", "Ink", "Colour the written text by surprise, or by a neuron.", "Writing", "next_ink"),
    Key(
        "save-sample",
        "ctrl+t",
        "ctrl+t",
        "Save a sample",
        "Write a passage to a file, with a recipe that writes the same passage again.",
        "Writing",
        "save_sample",
    ),
    Key("copy-sample", "Y", "Y", "Copy", "Copy all of the written text to the clipboard.", "Writing", "copy_sample"),
    Key("clear", "ctrl+l", "ctrl+l", "Clear", "Clear the written text from the screen.", "Writing", "clear"),
    Key("unit", "u", "u", "Unit", "Show losses in nats, in bits, or as perplexity.", "Loss", "look('unit')"),
    Key("log", "l", "l", "Log axis", "Use a logarithmic axis for the loss, or a linear one.", "Loss", "look('axis')"),
    Key("zoom", "z", "z", "Zoom", "Show all steps, the last third, or the last tenth.", "Loss", "look('zoom')"),
    Key("gates", "g", "g", "Gates", "Show gates and health, or the numbers.", "Loss", "look('page')"),
    Key(
        "past",
        "t",
        "t",
        "Time machine",
        "Read the same passage as the network would have written it at earlier steps, from noise on.",
        "Time machine",
        "past",
    ),
    Key(
        "three",
        "m",
        "m",
        "Three at once",
        "Let it write at three temperatures side by side, by the same random numbers.",
        "Three at once",
        "three",
    ),
    Key("race", "ctrl+r", "ctrl+r", "Race", "Let two or three networks race on this text.", "Race", "race"),
    Key("runs", "R", "R", "Earlier runs", "Go on with an earlier run, play it, or compare some.", "Runs", "runs"),
    Key(
        "find-neurons",
        "f",
        "f",
        "Find neurons",
        "Find the unit that follows quotes, names or the like; again for the next one.",
        "Neurons",
        "find_neurons",
    ),
    Key("unit-before", "comma", ",", "Unit before", "Look at the unit before.", "Neurons", "step_unit(-1)"),
    Key("unit-after", "full_stop", ".", "Unit after", "Look at the unit after.", "Neurons", "step_unit(1)"),
    Key(
        "pick",
        "c",
        "c",
        "Choose a text",
        "Choose what it learns: recent texts and the catalogue, with the losses that simple models have on each.",
        "Screen",
        "pick_text",
    ),
    Key("open", "o", "o", "Open", "Open a text of your own.", "Screen", "open_text"),
    Key("settings", "s", "s", "Settings", "Settings of the app, which stay.", "Screen", "settings"),
    Key("jump-corpora", "1", "1", "Corpora", "Go to the corpora.", "Screen", "jump('corpora')"),
    Key("jump-training", "2", "2", "Training", "Go to the training settings.", "Screen", "jump('training')"),
    Key("jump-sampling", "3", "3", "Sampling", "Go to the sampling settings.", "Screen", "jump('sampling')"),
    Key("jump-loss", "4", "4", "Loss", "Go to the loss.", "Screen", "jump('loss')"),
    Key("jump-sample", "5", "5", "Sample", "Go to the written text.", "Screen", "jump('sample')"),
    Key(
        "jump-next",
        "6",
        "6",
        "Next",
        "Go to what may come next: there, 1 to 9 or a click writes one, backspace takes one back.",
        "Screen",
        "jump('next')",
    ),
    Key("jump-neurons", "7", "7", "Neurons", "Go to the neurons.", "Screen", "jump('neurons')"),
    Key(
        "next",
        "v",
        "v",
        "Show what goes on",
        "Show or hide what may come next, and the neurons.",
        "Screen",
        "toggle_next",
    ),
    Key(
        "alone",
        "M",
        "M",
        "Maximise",
        "Give the whole window to the panel in use, or give it back; the keys of the others then show those.",
        "Screen",
        "toggle_alone",
    ),
    Key(
        "back", "escape", "esc", "Back", "Leave a field, back to the written text; or show all again.", "Screen", "back"
    ),
    Key(
        "walk",
        "x",
        "x",
        "What am I seeing?",
        "Eight cards over the live screen: how the network works, from one character to back-propagation.",
        "Screen",
        "walk",
    ),
    Key("help", "question_mark", "?", "Help", "All keys, and what the numbers mean.", "Screen", "help"),
    Key(
        "explain",
        "f1",
        "f1",
        "Explain",
        "What the panel or field in use is for, above all keys; in a dialog ? does so too, unless it is typed.",
        "Screen",
        "app.explain",
    ),
    Key(
        "palette",
        "ctrl+p",
        "ctrl+p",
        "Commands",
        "Find a command by its name; also themes and screenshots.",
        "Screen",
        "app.command_palette",
    ),
    Key("quit", "ctrl+q", "ctrl+q", "Quit", "Save the run and leave; works everywhere.", "Screen", "app.quit"),
)

RACE_KEYS: tuple[Key, ...] = (
    Key(
        "go-on",
        "enter",
        "enter",
        "Go on",
        "In a race: go on with the network that leads; the run before is kept in a file.",
        "Race",
        "go_on",
    ),
    Key(
        "end-race",
        "escape",
        "esc",
        "End the race",
        "In a race: end it, after a question once it is a long one, and go on where you were.",
        "Race",
        "end",
    ),
)
"""What only the screen of a race has."""
RACE_TOO = frozenset({"train", "help", *(key.id for key in KEYS if key.action.startswith("turn("))})
"""What that screen has of the others: there it acts on all racers."""
RACE_FOOTER = ("train", "go-on", "temperature-down", "temperature-up", "end-race", "help", "quit")

PAST_KEYS: tuple[Key, ...] = (
    Key("earlier", "left", "\u2190", "Earlier", "In the time machine: one snapshot back.", "Time machine", "step(-1)"),
    Key("later", "right", "\u2192", "Later", "In the time machine: one snapshot on.", "Time machine", "step(1)"),
    Key("earliest", "home", "home", "First", "In the time machine: to the first snapshot.", "Time machine", "go(0)"),
    Key("latest", "end", "end", "Latest", "In the time machine: to the latest snapshot.", "Time machine", "go(-1)"),
    Key(
        "play",
        "space",
        "space",
        "Play",
        "In the time machine: play all snapshots one after the other, or stop.",
        "Time machine",
        "play",
    ),
    Key(
        "other-passage",
        "r",
        "r",
        "Another passage",
        "In the time machine: another passage, by other random numbers.",
        "Time machine",
        "other_passage",
    ),
    Key("leave-past", "escape,t", "esc", "Back", "In the time machine: back to the present.", "Time machine", "leave"),
)
"""What only the time machine has."""
PAST_TOO = frozenset({"help", "unit", "log", "zoom", *(key.id for key in KEYS if key.action.startswith("turn('t"))})
"""What that screen has of the others: all that changes how a passage is drawn, or how the loss is looked at."""
PAST_FOOTER = ("earlier", "later", "play", "leave-past", "temperature-down", "temperature-up", "help", "quit")

RUN_KEYS: tuple[Key, ...] = (
    Key(
        "go-on-with",
        "enter",
        "enter",
        "Go on",
        "Among earlier runs: go on with this one, optimiser and all.",
        "Runs",
        "go_on",
    ),
    Key("play-run", "p", "p", "Play", "Among earlier runs: open this one and let it write only.", "Runs", "play"),
    Key("mark-run", "space", "space", "Mark", "Among earlier runs: mark two or more to compare them.", "Runs", "mark"),
    Key("find-run", "slash", "/", "Find", "Among earlier runs: type words of a name, text or network.", "Runs", "find"),
    Key(
        "name-run",
        "n",
        "n",
        "Name",
        "Among earlier runs: give this one a name; it is never thrown away, and goes on under that name.",
        "Runs",
        "name",
    ),
    Key("delete-run", "delete,d", "d", "Delete", "Among earlier runs: throw this one away.", "Runs", "delete"),
    Key("leave-runs", "escape,R", "esc", "Back", "Among earlier runs: back to the present one.", "Runs", "leave"),
)
"""What only the screen of earlier runs has."""
RUNS_TOO = frozenset({"help", "unit", "log"})
"""What that screen has of the others: how losses are looked at."""
RUNS_FOOTER = ("go-on-with", "play-run", "mark-run", "find-run", "name-run", "delete-run", "leave-runs", "help", "quit")

RECIPE_TOO = frozenset({"start-over"})
"""What the recipe's own screen has of the others; it closes with that."""

DUET_KEYS: tuple[Key, ...] = (
    Key(
        "one-word",
        "tab",
        "tab",
        "A word",
        "While you write with it: let it write to the end of a word.",
        "Writing",
        "go_on('word')",
    ),
    Key(
        "one-character",
        "right",
        "\u2192",
        "A character",
        "While you write with it: let it write one character.",
        "Writing",
        "go_on('character')",
    ),
    Key(
        "one-line",
        "end",
        "end",
        "A line",
        "While you write with it: let it write to the end of the line.",
        "Writing",
        "go_on('line')",
    ),
    Key(
        "take-back",
        "backspace",
        "\u232b",
        "Undo",
        "While you write with it: take the last character back, whoever wrote it.",
        "Writing",
        "take_back",
    ),
    Key(
        "cooler-meanwhile",
        "down",
        "\u2193",
        "Cooler",
        "While you write with it: turn the temperature down by 0.05.",
        "Writing",
        "screen.turn('temperature', -1)",
    ),
    Key(
        "warmer-meanwhile",
        "up",
        "\u2191",
        "Warmer",
        "While you write with it: turn the temperature up by 0.05.",
        "Writing",
        "screen.turn('temperature', 1)",
    ),
    Key(
        "write-on",
        "escape",
        "esc",
        "Let it write",
        "While you write with it: lay down the pen; it writes on from there.",
        "Writing",
        "leave",
    ),
)
"""What is not typed while someone writes with the network."""
WALK_FOOTER = (
    "card-before",
    "next-card",
    "close-cards",
    "temperature-down",
    "temperature-up",
    "train",
    "help",
    "quit",
)
"""While cards are shown."""
DUET_FOOTER = (
    "one-word",
    "one-character",
    "one-line",
    "take-back",
    "cooler-meanwhile",
    "warmer-meanwhile",
    "write-on",
    "explain",
    "quit",
)

THREE_KEYS: tuple[Key, ...] = (
    Key(
        "page-before",
        "left",
        "\u2190",
        "Page before",
        "In three at once: turn to the page before; the keys of writing are for the page that is lit.",
        "Three at once",
        "other_page(-1)",
    ),
    Key(
        "page-after",
        "right",
        "\u2192",
        "Page after",
        "In three at once: turn to the next page.",
        "Three at once",
        "other_page(1)",
    ),
    Key(
        "again",
        "r",
        "r",
        "Again",
        "In three at once: begin anew, by other random numbers.",
        "Three at once",
        "again",
    ),
    Key(
        "write-so",
        "enter",
        "enter",
        "Write so",
        "In three at once: go back, and write on with this page's settings.",
        "Three at once",
        "write_so",
    ),
    Key("leave-three", "escape,m", "esc", "Back", "In three at once: back to one.", "Three at once", "leave"),
)
"""What only three pages have."""
THREE_TOO = frozenset({"train", "help", *(key.id for key in KEYS if key.action.startswith("turn("))})
"""What that screen has of the others: there it acts on the page that is lit."""
THREE_FOOTER = (
    "train",
    "temperature-down",
    "temperature-up",
    "page-before",
    "page-after",
    "write-so",
    "leave-three",
    "help",
    "again",
    "quit",
)
PAGE = Binding.Group("Page", compact=True)
"""Two keys with one label in its footer."""

OTHER_KEYS = (*DUET_KEYS, *THREE_KEYS, *RACE_KEYS, *PAST_KEYS, *RUN_KEYS)
"""Those that work elsewhere than on all of the main screen."""

FOOTER = (
    "train",
    "temperature-down",
    "temperature-up",
    "help",
    "quit",
    "write-with",
    "past",
    "race",
    "runs",
    "ink",
    "restart",
    "begin",
    "pick",
    "open",
)
"""What the footer has, in order: in a narrow window the last ones are left out."""
OF_THE_ENGINE = frozenset(
    {
        "train",
        "temperature-down",
        "temperature-up",
        "write-with",
        "past",
        "race",
        "restart",
        "begin",
        "pick",
        "open",
        "go-on",
        "play",
        "go-on-with",
        "play-run",
        "again",
        "write-so",
    }
)
"""What of all footers does nothing without an engine."""
OF_A_RUN = frozenset({"go-on-with", "play-run", "mark-run", "name-run", "delete-run"})
"""What does nothing where no run is listed."""
KEPT = frozenset({"help", "explain", "end-race", "leave-past", "leave-runs", "write-on", "close-cards"})
"""What stays in the narrowest window: the way to all that is left out, and the way out where there is room for both."""
TEMPERATURE = Binding.Group("Temperature", compact=True)
"""Two keys with one label in the footer."""
STEP = Binding.Group("Step", compact=True)
"""Likewise, in the time machine."""

COMPACT = {
    ("temperature-down", "temperature-up"): TEMPERATURE,
    ("cooler-meanwhile", "warmer-meanwhile"): TEMPERATURE,
    ("earlier", "later"): STEP,
    ("page-before", "page-after"): PAGE,
}
EXPLAIN = Binding("question_mark", "app.explain", "Explain", show=False)
"""For dialogs, which have no list of keys of their own to show."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(key.group for key in KEYS))
"""In the order of the table."""

FOLLOW = Binding("end", "follow", "Follow the writing", show=False)
"""Not in the table: it is for panels that have no end of their own to go to."""


def named(key: str) -> str:
    """A key as Textual calls it: `question_mark` for `?`."""
    return next(iter(Binding.make_bindings([Binding(key.strip(), "")]))).key


CHARACTERS: dict[str, str] = {named(character): character for character in map(chr, range(33, 127)) if character != ","}
"""What the keys of a keyboard type, by Textual's names of them; a text field takes these for itself."""
CHARACTERS |= {"space": " ", "comma": ","}
SIGNS: dict[str, str] = {
    "space": "space",
    "escape": "esc",
    "left": "\u2190",
    "right": "\u2192",
    "up": "\u2191",
    "down": "\u2193",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "backspace": "\u232b",
    "delete": "del",
    "insert": "ins",
}
"""Keys that are written otherwise than Textual names them, and type nothing that could be seen."""


def typed(key: str) -> str:
    """The character that a key types, as a text field takes it for itself; empty where it types none."""
    character = CHARACTERS.get(key) or key_to_character(key) or ""
    return character if character.isprintable() else ""  # that of `delete` is none


def screen_bindings() -> list[BindingType]:
    """Bindings of the main screen."""
    return [FOLLOW, *(_binding(key) for key in KEYS if not key.action.startswith("app."))]


def race_bindings() -> list[BindingType]:
    """Bindings of the screen of a race."""
    return [_binding(key, RACE_FOOTER) for key in (*(key for key in KEYS if key.id in RACE_TOO), *RACE_KEYS)]


def past_bindings() -> list[BindingType]:
    """Bindings of the time machine."""
    return [_binding(key, PAST_FOOTER) for key in (*(key for key in KEYS if key.id in PAST_TOO), *PAST_KEYS)]


def runs_bindings() -> list[BindingType]:
    """Bindings of the screen of earlier runs."""
    return [_binding(key, RUNS_FOOTER) for key in (*(key for key in KEYS if key.id in RUNS_TOO), *RUN_KEYS)]


def recipe_bindings() -> list[BindingType]:
    """Bindings of the recipe's own screen, but for those of every dialog."""
    return [_binding(key) for key in KEYS if key.id in RECIPE_TOO]


def duet_bindings() -> list[BindingType]:
    """Bindings of the line that takes what is typed."""
    return [_binding(key, DUET_FOOTER) for key in DUET_KEYS]


def three_bindings() -> list[BindingType]:
    """Bindings of three pages at once."""
    return [_binding(key, THREE_FOOTER) for key in (*(key for key in KEYS if key.id in THREE_TOO), *THREE_KEYS)]


def app_bindings() -> list[BindingType]:
    """Bindings that work above every screen and every text field."""
    return [
        replace(_binding(key), action=key.action.removeprefix("app."), priority=True)
        for key in KEYS
        if key.action.startswith("app.")
    ]


def _binding(key: Key, footer: Sequence[str] = FOOTER) -> Binding:
    return Binding(
        key.keys,
        key.action,
        key.label,
        show=key.id in footer,
        key_display=key.shown,
        tooltip=key.help,
        id=key.id,
        group=next((group for ids, group in COMPACT.items() if key.id in ids), None),
    )


def working_bindings(
    active: dict[str, ActiveBinding],
    *,
    typing: bool,
    training: bool,
    alone: bool = False,
    idle: Collection[str] = (),
    footer: Sequence[str] = FOOTER,
) -> dict[str, ActiveBinding]:
    """Return the bindings that work now, in the order of the footer.

    Args:
        active: Those that Textual has found.
        typing: Whether a text field has the focus: it keeps the printable keys.
        training: Whether the space key pauses.
        alone: Whether one panel has the whole window.
        idle: What does nothing as things are; the footer does not offer it.
        footer: What the footer has.
    """
    working = dict(active)
    ids = {found.binding.id: key for key, found in reversed(working.items())}
    if alone and (back := ids.get("back")) in working:
        working[back] = _relabelled(working[back], "Show all")
    if typing:
        working = {key: found for key, found in working.items() if not (found.binding.id and typed(key))}
        if (back := ids.get("back")) in working:
            working[back] = _relabelled(working[back], "Show all" if alone else "Back")
    elif training and (key := ids.get("train") or ids.get("play")) in working:
        working[key] = _relabelled(working[key], "Pause")
    if "explain" in footer and (key := ids.get("explain")) in working:
        working[key] = _relabelled(working[key], "Help")  # where ? is typed
    for key, found in working.items() if idle else ():
        if found.binding.id in idle:
            working[key] = _relabelled(found, found.binding.description, show=False)
    footer = ("back", *footer) if alone else footer  # first, since the last ones may have no room
    return dict(sorted(working.items(), key=lambda item: _footer_place(item[1].binding.id, footer)))


def _relabelled(active: ActiveBinding, label: str, *, show: bool = True) -> ActiveBinding:
    return active._replace(binding=replace(active.binding, description=label, show=show))


def _footer_place(id: str | None, footer: Sequence[str]) -> int:  # noqa: A002
    """Where in the footer a key stands; what has no place there comes last."""
    return footer.index(id) if id in footer else len(footer)


def shown(key: str) -> str:
    """A key as people write it: `?` for `question_mark`, `ctrl+\u2190` for `ctrl+left`."""
    modifiers, plus, name = key.rpartition("+")
    return f"{modifiers}{plus}{SIGNS.get(name) or typed(name) or name}"


def readme_table() -> str:
    """The keys as a Markdown table, a heading row for each group."""
    rows = ["| Key | |", "| --- | --- |"]
    for group in GROUPS:
        rows.append(f"| **{group}** | |")
        rows += [f"| `{key.shown}` | {key.help} |" for key in (*KEYS, *OTHER_KEYS) if key.group == group]
    return "\n".join(rows)
