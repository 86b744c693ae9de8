"""The app's settings as they are at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpora.entry import Entry
from model.protocol import SetShare
from tui.keeper import Keeper
from tui.preferences import BY_NAME, PREFERENCES, REMEMBERED
from tui.settings import Settings

if TYPE_CHECKING:
    from tui.app import LSTMApp


class InForce:
    """Tells and changes them by name: a change acts at once, and is kept.

    What was said by a flag holds until someone chooses something else here, and is not kept.
    """

    def __init__(self, app: LSTMApp, settings: Settings, keeper: Keeper, catalogue: Sequence[Entry]) -> None:
        self._app, self._keeper = app, keeper
        self._catalogue, self._first_corpus = catalogue, settings.corpus
        self._values = {preference.name: getattr(settings, preference.name) for preference in PREFERENCES}

    def __getitem__(self, name: str) -> Any:
        """What a setting is."""
        app = self._app
        match name:
            case "theme":
                return app.theme
            case "ink" | "mind" | "loss_unit":
                return getattr(app.main, name)
            case "fps":
                return app.pace.most
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        """Let something else hold."""
        app = self._app
        self._values[name] = value
        match name:
            case "theme":
                app.theme = value
            case "ink" | "mind" | "loss_unit":
                setattr(app.main, name, value)
            case "fps":
                app.pace.most = value
            case "hints":
                app.main.run_worker(app.main.show_hints(value), group="hints", exclusive=True)
            case "share":
                app.main.send(SetShare(value))
        self._keeper.keep(name, value)

    def choices(self, name: str) -> tuple[Any, ...]:
        """What can be picked here; nothing where a value is typed only."""
        if name == "theme":
            return tuple(sorted(self._app.available_themes))
        if name == "corpus":
            here = [(entry.name,) for entry in self._catalogue if entry.available()]
            present: tuple[str, ...] = self._values[name]
            # a path can be typed in the file only: one that was turned away from can be turned back to
            return tuple(dict.fromkeys((REMEMBERED, *here, self._first_corpus, present)))
        return BY_NAME[name].choices()
