"""The first steps, one at a time: each line goes when its person has done what it says."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui.keymap import shown_keys

Deed = Literal["turn", "pause", "help"]


class Hint(Struct, frozen=True):
    """Something to try."""

    deed: Deed
    parts: tuple[tuple[str, str], ...]
    """Ids of keys, each with what is said of it."""


HINTS: Final = (
    Hint("turn", (("temperature-up", " warms it, "), ("temperature-down", " cools it: watch the text"))),
    Hint("pause", (("train", " pauses; while it rests, the bars still move"),)),
    Hint("help", (("help", " has all keys"),)),
)


class HintLine(Static):
    """Shows the first hint that is still to be followed; a click counts as having understood."""

    DEFAULT_CSS = """
    HintLine { height: 1; padding: 0 2; color: $foreground; text-wrap: nowrap; text-overflow: ellipsis; }
    HintLine:hover { background: $block-hover-background; }
    """
    ALLOW_SELECT = False

    done: reactive[frozenset[Deed]] = reactive(frozenset(), repaint=False)
    """What the person has done."""

    class Finished(Message):
        """There is nothing left to hint at."""

    def __init__(self) -> None:
        super().__init__(id="hint", markup=False)

    @property
    def hint(self) -> Hint | None:
        """The one that is shown."""
        return next((hint for hint in HINTS if hint.deed not in self.done), None)

    def on_mount(self) -> None:
        """Show the first."""
        self._show()

    def watch_done(self) -> None:
        """Show the next, or say that there is none."""
        if self.is_mounted:
            self._show()
            if self.hint is None:
                self.post_message(self.Finished())

    def on_click(self) -> None:
        """Go on to the next."""
        if self.hint is not None:
            self.done |= {self.hint.deed}

    def _show(self) -> None:
        hint = self.hint
        if hint is not None:
            place = f"  {HINTS.index(hint) + 1}/{len(HINTS)}"
            keys = shown_keys(self)
            said = [part for key, words in hint.parts for part in ((keys[key], "bold $accent"), (words, ""))]
            self.update(Content.assemble(("\u2192 ", "$accent"), *said, (place, "$foreground-muted")), layout=False)
