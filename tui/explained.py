"""What the part of the screen that is in use is for, in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.dom import DOMNode
from textual.screen import Screen

from tui.keymap import keys_in_force
from tui.setting import Setting
from tui.widgets.setting_field import SettingField


class Explanation(NamedTuple):
    """A part of the screen, and what it is for."""

    name: str
    meaning: str


PARTS: dict[str, Explanation] = {
    # the main screen
    "catalogue": Explanation(
        "Corpora",
        "What can be learnt. Enter starts a new run on the text under the cursor, with the settings filled in; "
        "{pick} has recent texts too and tells more of each.",
    ),
    "train": Explanation("Train or pause", "Starts the training, or holds it where it is; the writing goes on."),
    "one-step": Explanation("One step", "Trains on one batch, then pauses: to see what a single step changes."),
    "start-over": Explanation(
        "Start over",
        "Begins with a new network, of the settings that are filled in; {bring-back} brings the present one back.",
    ),
    "more-settings": Explanation("Recipe", "Opens all settings of network and training, and the presets."),
    "temperature": Explanation(
        "Temperature",
        "How daring it writes: at 0 always the likeliest character, at 1 by its own opinion, above that wilder. The "
        "arrows turn it, with shift in large steps; {temperature-down} and {temperature-up} do so from everywhere.",
    ),
    "top-k": Explanation("Top-k", "Only the k likeliest characters may be written; at the right end all of them."),
    "top-p": Explanation(
        "Top-p", "Only the likeliest characters that together reach this probability may be written; 1 leaves all in."
    ),
    "rate": Explanation("Rate", "Characters that are written in a second; at the right end as many as it can."),
    "loss": Explanation(
        "Loss",
        "How surprised the network is by the next character, step by step; lower is better. The lines are what the "
        "text costs without a network: by chance, by how frequent characters (unigrams) or pairs (bigrams) are, packed "
        "by xz or bzip2. The arrows move a cursor that reads out; {unit}, {log}, {zoom} and {gates} show it otherwise.",
    ),
    "sample": Explanation(
        "Sample",
        "What the network writes, character by character, as it is by now. Scroll up to read on in peace, end follows "
        "again; {begin} gives it words to begin with, {ink} colours it.",
    ),
    "next": Explanation(
        "Next",
        "What may be written next, and how likely: the bar under the settings in force, the mark at temperature 1. A "
        "digit or a click writes that one by hand, backspace takes it back.",
    ),
    "neurons": Explanation(
        "Neurons",
        "What the units of the last layer hold as each character is written, between -1 and +1. The arrows pick a "
        "unit, {find-neurons} finds those that follow quotes, names, lines or the like.",
    ),
    # dialogs
    "filter": Explanation(
        "Filter",
        "Type parts of a name or a summary. The arrows move through the list, Enter learns.",
    ),
    "texts": Explanation(
        "Texts",
        "What was learnt lately, then the catalogue; where the cursor rests, more is told. Enter learns.",
    ),
    "learn": Explanation("Learn it", "Starts a new run on the text that is pointed at."),
    "path": Explanation(
        "Path",
        "A text file, or a folder, whose text files are read as one text. Several paths with blanks between them are "
        "joined; quote those that have blanks themselves.",
    ),
    "folders": Explanation("Folders", "Enter opens a file, or a folder to look into it; the path above follows."),
    "lower": Explanation("Lower case", "Makes all letters small: fewer characters to learn, and no capitals written."),
    "collapse": Explanation("Collapse white space", "Makes one blank of each run of blanks and line ends."),
    "ascii": Explanation("Fold to ASCII", "Takes accents off, makes typographic marks plain, drops the rest."),
    "latin": Explanation("Read as Latin-1", "For old files that are not UTF-8: each byte is a character."),
    "open": Explanation("Open", "Starts a new run on the text whose path is filled in."),
    "prime": Explanation(
        "Begin with", "Words that the network reads before it writes on from there; they colour all that comes after."
    ),
    "recipe-start-over": Explanation(
        "Start over", "Begins with a new network, of the settings above; {bring-back} brings the present one back."
    ),
    "undo": Explanation("As it was", "Fills in again what is in force."),
    # whole screens, where nothing in them has words of its own
    "race": Explanation("Race", "Networks that learn the same text by turns; {go-on} goes on with the one that leads."),
    "runs": Explanation(
        "Earlier runs",
        "Networks of earlier days: {go-on-with} goes on with one, {mark-run} marks it; the marked are compared below.",
    ),
    "three": Explanation(
        "Three at once",
        "One network writes the same beginning with the same random numbers at three temperatures: only those differ.",
    ),
    "walk": Explanation("How it works", "Cards about what is on the screen; the arrows turn them, esc puts them away."),
    "duet": Explanation(
        "Write with it",
        "What is typed here the network reads; {one-word} lets it go on a little, {write-on} lets it write on alone.",
    ),
    "past": Explanation(
        "Time machine",
        "One passage as the network would have written it at earlier steps; {earlier} and {later} go through them.",
    ),
}
"""By the id of what has the focus, or of what is around it; keys stand there by their own ids."""

SCREENS: dict[str, Explanation] = {
    "RaceSetupScreen": Explanation(
        "Race", "Which networks race, and by what it is fair: the same time for each, or the same number of characters."
    ),
    "SettingsScreen": Explanation(
        "Settings", "What the app does, and how it looks: each acts at once and is kept. Left and right turn one."
    ),
    "SaveSampleScreen": Explanation(
        "Save a sample",
        "Writes a passage to a text file, with a recipe beside it by which the same is written again.",
    ),
    "PassageScreen": Explanation("A saved passage", "What was written to the file; y copies all of it."),
    "EventsScreen": Explanation("Events", "What has happened in this run, with the step at which it did; newest last."),
}
"""By the name of the screen's class: those that have no id."""


def explained(
    focused: DOMNode | None, screen: Screen[object], keys: Mapping[str, str] | None = None
) -> Explanation | None:
    """Return what is to be said of what has the focus, None where there is nothing.

    `keys` tells what is pressed for each key's id, None that these are the usual ones.

    What is not in the tables here may bring its own words, in Textual's `HELP`: a line for the name, then what it is.
    """
    nodes = (focused or screen).ancestors_with_self
    for node in nodes:
        if isinstance(node, SettingField):
            return _setting(node.setting)
        known = PARTS.get(node.id or "") or SCREENS.get(type(node).__name__)
        if known is not None:
            return known._replace(meaning=known.meaning.format_map(keys_in_force({}) if keys is None else keys))
    for node in nodes:
        if node.HELP:
            name, _, meaning = node.HELP.strip().partition("\n")
            return Explanation(name.strip("# "), " ".join(meaning.split()))
    return None


def _setting(setting: Setting) -> Explanation:
    """What it is, how it is turned, and when it acts."""
    turned = "Type it, or turn it by shift and \u2191 or \u2193." if setting.typed else "\u2190 and \u2192 turn it."
    if setting.name == "preset":
        acts = "\u2190 and \u2192 fill in all that one sets; Enter starts over with it."
    elif not setting.live:
        acts = f"{turned} Enter starts over with it, since it makes another network."
    elif setting.typed:
        acts = f"{turned} Enter lets it act while training goes on."
    else:
        acts = f"{turned} It acts at once while training goes on."
    return Explanation(setting.label, f"{setting.explanation} {acts}")
