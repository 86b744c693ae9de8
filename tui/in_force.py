"""The app's settings as they are at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpora.catalogue import CATALOGUE
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

    def __init__(self, app: LSTMApp, settings: Settings, keeper: Keeper) -> None:
        self._app, self._keeper = app, keeper
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
            here = [(entry.name,) for entry in CATALOGUE if entry.available()]
            present: tuple[str, ...] = self._values[name]
            return tuple(dict.fromkeys((REMEMBERED, *here, present)))
        return BY_NAME[name].choices()
