"""Other keys than those of the table, as a person wrote them; and a sentence for what cannot be."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import Final, NamedTuple

from textual.dom import DOMNode
from textual.keys import Keys

from tui.bindings import (
    CHARACTERS,
    DUET_KEYS,
    KEYS,
    PAST_KEYS,
    PAST_TOO,
    RACE_KEYS,
    RACE_TOO,
    RECIPE_TOO,
    RUN_KEYS,
    RUNS_TOO,
    THREE_KEYS,
    THREE_TOO,
    Key,
    named,
    shown,
    typed,
)

FIXED: Final = {"quit": "ctrl+q"}
"""Keys that stay: whoever is lost on a stage has one way out."""
_ABOVE_ALL_KEYS: Final = tuple(key for key in KEYS if key.action.startswith("app."))
ABOVE_ALL: Final = frozenset(key.id for key in _ABOVE_ALL_KEYS)
"""What works whatever has the focus, on every screen."""
_WHERE_TYPED: Final = ABOVE_ALL | {key.id for key in DUET_KEYS}
TAKEN: Final = frozenset({"ctrl+q", "ctrl+c", "super+c", "tab", "shift+tab"})
"""By what is in no table: leaving, copying, going from field to field."""

_READING: Final = frozenset({"up", "down", "pageup", "pagedown"})
_ENDS: Final = frozenset({"home", "end"})
_TURNING: Final = frozenset({"left", "right", "shift+left", "shift+right", "shift+up", "shift+down"})
_EDITING: Final = frozenset(
    {
        *("backspace", "ctrl+backspace", "alt+backspace", "super+backspace", "delete", "shift+space"),
        *(f"{shift}{key}" for shift in ("ctrl+", "ctrl+shift+") for key in ("left", "right", "a")),
        *(f"ctrl+{key}" for key in ("home", "end", "pageup", "pagedown", *"dekuvwx")),
        *("shift+home", "shift+end"),
    }
)

_NAMES: Final = frozenset(key.value for key in Keys)
_MODIFIERS: Final = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})


def _too(ids: Collection[str], *own: Key) -> tuple[Key, ...]:
    """The keys of a screen: what it has of the main one's, its own, and those above all."""
    return (*(key for key in KEYS if key.id in ids), *own, *_ABOVE_ALL_KEYS)


class _Place(NamedTuple):
    """Where keys work at the same time."""

    keys: tuple[Key, ...]
    kept: frozenset[str]
    """What lists, pages, fields and sliders there need; keys that only text fields have are theirs as letters are."""


_PLACES: Final = (
    _Place(KEYS, _READING | _ENDS | _TURNING | {"enter"}),
    _Place(_too(RACE_TOO, *RACE_KEYS), _READING | _ENDS),
    _Place(_too(PAST_TOO, *PAST_KEYS), _READING),
    _Place(_too(THREE_TOO, *THREE_KEYS), _READING | _ENDS),
    _Place(_too(RUNS_TOO, *RUN_KEYS), _READING | _ENDS),
    _Place(_too((), *DUET_KEYS), frozenset({"enter"})),
    _Place(_too(RECIPE_TOO), _READING | _ENDS | _TURNING | {"enter", "escape", "question_mark"}),
    _Place(_ABOVE_ALL_KEYS, _READING | _ENDS | _TURNING | _EDITING | {"enter", "escape"}),  # any dialog
)
_USUAL: Final = {key.id: key.keys.split(",") for place in _PLACES for key in place.keys}


def keymap_of(wanted: Mapping[str, object]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the keys that can be had, by id, and what is wrong with the others, a sentence each.

    Args:
        wanted: Keys by id, several separated by commas, as the settings file has them.
    """
    complaints: list[str] = []
    usable: dict[str, list[str]] = {}
    for id, keys in wanted.items():  # noqa: A001
        if complaint := _complaint(id, keys):
            complaints.append(complaint)
        else:
            usable[id] = [named(key) for key in str(keys).split(",")]
    while clash := _clash(usable):
        loser, complaint = clash
        complaints.append(complaint)
        del usable[loser]
    return {each: ",".join(keys) for each, keys in usable.items()}, tuple(complaints)


def _complaint(id: str, keys: object) -> str:  # noqa: A002
    """What is wrong with an entry by itself."""
    if id not in _USUAL:
        near = difflib.get_close_matches(id, _USUAL, n=1)
        return f"[keys] {id} is nothing that has a key; {f'did you mean {near[0]}?' if near else 'the file lists all.'}"
    if id in FIXED and keys != FIXED[id]:
        return f"[keys] {id} is always {FIXED[id]}, so that there is one way out."
    if not isinstance(keys, str) or not keys:
        return f'[keys] {id} is {keys!r}; it must be a key such as "space" or "ctrl+t", or several with commas between.'
    for key in keys.split(","):
        if not _is_key(key.strip()):
            return f"[keys] {id} is {keys!r}; {key.strip()!r} is no key: x, space, f5 or ctrl+t are."
        if named(key) in _USUAL[id]:
            continue
        if id in _WHERE_TYPED and typed(named(key)):
            return f"[keys] {id} is {keys!r}, but works where text is typed, as {key.strip()} is; {_instead(id)}"
        if named(key) in TAKEN:
            return f"[keys] {id} is {keys!r}, but {key.strip()} is taken; {_instead(id)}"
        if named(key) in _kept(id):
            return f"[keys] {id} is {keys!r}, but {key.strip()} is for lists, fields and dialogs; {_instead(id)}"
    return ""


def _kept(id: str) -> frozenset[str]:  # noqa: A002
    """What is needed where a key works, be it by a part of the screen that has no table."""
    return frozenset().union(*(place.kept for place in _PLACES if id in {key.id for key in place.keys}))


def _clash(usable: dict[str, list[str]]) -> tuple[str, str] | None:
    """The first entry, from the last one on, that shares a key with something else, and the sentence for it."""
    in_force = {**_USUAL, **usable}
    for loser in reversed(usable):
        for other, key in _shared(loser, in_force):
            if key in _USUAL[loser]:
                continue  # the other one came for it
            return loser, f"[keys] {loser} and {other} cannot both be {shown(key)}; {_instead(loser)}"
    return None


def _shared(id: str, in_force: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:  # noqa: A002
    for place in _PLACES:
        for one, other in combinations((key.id for key in place.keys), 2):
            if id in (one, other):
                for key in in_force[one]:
                    if key in in_force[other]:
                        yield (other if id == one else one), key


def _instead(id: str) -> str:  # noqa: A002
    return f"{id} is {keys_in_force({})[id]} as usual."


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+") if key != "+" else [key]
    if not set(modifiers) <= _MODIFIERS:
        return False
    return len(name) == 1 or name in _NAMES or name in CHARACTERS


def shown_keys(node: DOMNode) -> Mapping[str, str]:
    """What is shown for each key's id in the app that a widget is in; the usual ones where that has no others."""
    keys: Mapping[str, str] | None = getattr(node.app, "shown_keys", None)
    return keys_in_force({}) if keys is None else keys


def keys_in_force(keymap: Mapping[str, str]) -> dict[str, str]:
    """What is shown for each key's id, with these keys in place of the usual ones."""
    usual = {key.id: key.shown for place in _PLACES for key in place.keys}
    return {**usual, **{each: shown(keys.split(",")[0]) for each, keys in keymap.items()}}
