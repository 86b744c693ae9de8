"""An app in the instrument's own looks."""

from __future__ import annotations

from textual.app import App
from textual.reactive import Reactive
from textual.theme import Theme

from tui.settings import DEFAULT_THEME
from tui.theme import BY_NAME, readable, with_our_variables


class ThemedApp(App[None]):
    """Knows Textual's themes and ours, all made readable, and stands still but for what it shows."""

    theme: Reactive[str] = Reactive(DEFAULT_THEME)  # in which Textual need not work out another first
    TITLE = "lstm-tui"

    def __init__(self, theme: str) -> None:
        """Wear `theme`; where there is none of that name, the default one."""
        super().__init__()
        self.animation_level = "none"
        self._put_on(theme if self.get_theme(theme) else DEFAULT_THEME)

    def _put_on(self, theme: str) -> None:
        """Wear a theme from the first frame on; changed while the app runs it would style every widget twice."""
        if theme == DEFAULT_THEME:
            return
        self.set_reactive(App.theme, theme)
        dark = self.current_theme.dark
        self.update_classes({"-dark-mode": dark, "-light-mode": not dark}, update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and ours, by name."""
        return super().available_themes | BY_NAME

    def get_theme(self, theme_name: str) -> Theme | None:
        """A theme by its name, with inks that can be read; Textual asks several times a widget, so ours are at hand."""
        theme = BY_NAME.get(theme_name) or super().get_theme(theme_name)
        return None if theme is None else readable(theme)

    def get_css_variables(self) -> dict[str, str]:
        """Textual's variables and ours, whichever theme is on."""
        return with_our_variables(super().get_css_variables())
