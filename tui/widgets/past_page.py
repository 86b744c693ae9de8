"""A passage by the network as it was: words that the text has are lit, the rest steps back."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.past import Past
from tui.sanitize import sanitize

WAITING = "Being written \u2026"
NEVER = "Not written: the engine has ended."


class PastPage(VerticalScroll, inherit_bindings=False):
    """Shows one passage at a time, each from its beginning; the other arrows are for the snapshots."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Line up", show=False),
        Binding("down", "scroll_down", "Line down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
    ]

    DEFAULT_CSS = """
    PastPage {
        width: 100%;
        border: round $rule;
        border-title-color: $foreground;
        border-subtitle-color: $faint;
        padding: 0 1 0 2;
        scrollbar-size-vertical: 1;
        & #past-text { width: 100%; height: auto; }
        &:focus { border: round $primary 60%; }
    }
    """

    past: reactive[Past | None] = reactive(None, repaint=False)
    """What is shown; None while it is being written."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone: what is not there will never be."""

    def compose(self) -> ComposeResult:
        """The text alone."""
        yield Static(WAITING, id="past-text", markup=False)

    def on_mount(self) -> None:
        """Show what was given before there was a screen."""
        self.watch_past(None, self.past)

    def watch_past(self, old: Past | None, new: Past | None) -> None:
        """Show it."""
        if not self.is_mounted:
            return
        content = Content.styled(NEVER if self.ended else WAITING, "$faint italic") if new is None else lit(new)
        self.query_one("#past-text", Static).update(content)
        self.border_subtitle = Content("" if new is None else about(new))
        if old is None or new is None or old.step != new.step:
            self.scroll_home(animate=False)

    def watch_ended(self) -> None:
        """Wait no more."""
        self.watch_past(self.past, self.past)


def lit(past: Past) -> Content:
    """Return a passage in its inks; where there are no words at all, as in brackets, it is plain."""
    text = sanitize(past.text)
    dim = "$faint" if past.words is None or past.words.count else "$page"
    content = Content(text).stylize(dim, past.given)
    for first, stop in past.words.known if past.words else ():
        content = content.stylize("$page", first, stop)
    return content.stylize("$text-secondary italic", 0, past.given) if past.given else content


def about(past: Past) -> str:
    """Return how many words are right."""
    if past.words is None or not past.words.count:
        return ""
    right, count = len(past.words.known), past.words.count
    return f"{right} of {count} words are words of the text"


def share_right(past: Past) -> float | None:
    """Return the share of the words that are words of the text; None where that is not known, or there are none."""
    return len(past.words.known) / past.words.count if past.words and past.words.count else None
