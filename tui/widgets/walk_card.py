"""A card that tells of what is seen on the screen, while the screen goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from tui.keymap import shown_keys
from tui.walk import CARDS, Moment


class WalkCard(VerticalScroll, can_focus=True):
    """Shows one of the cards; the arrows, or a click on a word below, go to the others."""

    DEFAULT_CSS = """
    WalkCard {
        layer: walk;
        border: round $accent 60%;
        border-title-color: $accent;
        border-subtitle-color: $faint;
        background: $background;
        padding: 1 2;
        scrollbar-size-vertical: 1;
        & Static { height: auto; }
        & #walk-equation { color: $page; text-style: bold; margin-bottom: 1; }
        & #walk-numbers { color: $accent; margin-bottom: 1; }
        & #walk-says { color: $foreground; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,enter", "go(1)", "Next card", key_display="\u2192", id="next-card"),
        Binding("left", "go(-1)", "Card before", key_display="\u2190", id="card-before"),
        Binding("escape", "close", "Enough", key_display="esc", id="close-cards"),
    ]

    place: reactive[int] = reactive(0, repaint=False)
    """Which card it is."""

    class Turned(Message):
        """Another card is shown."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    class Closed(Message):
        """The walk is over."""

    def __init__(self, moment: Callable[[], Moment]) -> None:
        """Take `moment`, which tells the numbers of now."""
        super().__init__(id="walk")
        self._moment = moment
        self._told: tuple[str, str] = "", ""

    def compose(self) -> ComposeResult:
        """The equation, its numbers, and what it means."""
        yield Static(id="walk-equation", markup=False)
        yield Static(id="walk-numbers", markup=False)
        yield Static(id="walk-says", markup=False)

    def on_mount(self) -> None:
        """Begin with the first, and follow what changes its numbers."""
        self._turn()
        for name in ("gauges", "sampling"):
            self.watch(self.screen, name, self.tell, init=False)

    def watch_place(self) -> None:
        """Show another."""
        if self.is_mounted:
            self._turn()
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the first card there is none."""
        return (action, *parameters) != ("go", -1) or self.place > 0

    def _turn(self) -> None:
        card = CARDS[self.place]
        self.border_title = Content(f"{self.place + 1}/{len(CARDS)} {card.title}")
        self.border_subtitle = self._ways()
        self.query_one("#walk-says", Static).update(card.says.format_map(shown_keys(self)))
        self.scroll_home(animate=False)
        self.tell()
        self.post_message(self.Turned(card.panel))

    def tell(self, _gauges: object = None) -> None:
        """Show the numbers of this moment."""
        card, moment = CARDS[self.place], self._moment()
        told = card.equation(moment), card.numbers(moment)
        if told != self._told:
            self._told = told
            self.query_one("#walk-equation", Static).update(told[0])
            self.query_one("#walk-numbers", Static).update(told[1])

    def _ways(self) -> Content:
        """Return the words that can be clicked."""
        words = [("\u2190 before", "go(-1)")] * (self.place > 0) + [("\u2192 next", "go(1)")]
        words = [*words[: -1 if self.place == len(CARDS) - 1 else None], ("esc enough", "close")]
        return Content("  ").join(Content(word).stylize(Style.from_meta({"@click": action})) for word, action in words)

    def action_go(self, cards: int) -> None:
        """Go on, or back; behind the last the walk is over."""
        if self.place + cards >= len(CARDS):
            self.action_close()
        else:
            self.place = max(0, self.place + cards)

    def action_close(self) -> None:
        """Put the cards away."""
        self.post_message(self.Closed())
