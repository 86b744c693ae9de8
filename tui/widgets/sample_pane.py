"""What a network writes, while it writes: a page that grows at its end, to be read, selected and copied."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from model.protocol import Mark, Written
from tui import units
from tui.sanitize import sanitize, sanitize_line
from tui.widgets.text_buffer import TextBuffer
from tui.widgets.wrap import CHIP, RULE

EMPTY = "Writing begins as soon as there is a network."


class SamplePane(ScrollView, can_focus=True):
    """Shows the text of one sampler, follows its end, and holds still for a reader who has scrolled up."""

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sample-pane--prime",
        "sample-pane--chip",
        "sample-pane--rule",
        "sample-pane--cursor",
        "sample-pane--empty",
    }
    DEFAULT_CSS = """
    SamplePane {
        background: $surface;
        color: $foreground;
        padding: 0 0 0 1;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .sample-pane--prime { color: $text-secondary; text-style: italic; }
        & > .sample-pane--chip { color: $text-accent; background: $accent-muted; }
        & > .sample-pane--rule { color: $text-accent; text-style: dim; }
        & > .sample-pane--cursor { color: $primary; }
        & > .sample-pane--empty { color: $text-muted; text-style: italic; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Line up", show=False),
        Binding("down,j", "scroll_down", "Line down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Oldest text", show=False),
        Binding("end", "scroll_end", "Follow the writing", show=False),
    ]

    following: reactive[bool] = reactive(True)
    """Whether the view keeps to the end of the text; so it does until someone scrolls up."""
    writing: reactive[bool] = reactive(False)
    """Whether to show the cursor at the end of the text. `append` sets it; who stops the sampler unsets it."""

    def __init__(
        self,
        *,
        capacity: int = 200_000,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._buffer = TextBuffer(capacity)
        self._primes: deque[tuple[int, int]] = deque()  # (first, behind the last) offset of each prime
        self._priming = False
        self._unread = 0

    @property
    def text(self) -> str:
        """The text that is kept, without labels."""
        return self._buffer.text()

    def append(self, written: Written) -> None:
        """Add what was written, with its marks."""
        before = self._buffer.text(self._buffer.end - 8)
        text = sanitize(written.text, before)
        position = 0
        for mark in sorted(written.marks, key=lambda mark: mark.offset):
            offset = min(max(mark.offset, position), len(text))
            self._write(text[position:offset], written.probabilities[position:offset])
            self._mark(mark)
            position = offset
        self._write(text[position:], written.probabilities[position:])
        self.writing = True
        self._settle(len(text))

    def clear(self) -> None:
        """Forget all text and follow again."""
        self._buffer.clear()
        self._primes.clear()
        self._priming = False
        self._unread = 0
        self._place(0)
        self.following = True
        self._tell_unread()
        self.refresh()

    # ------------------------------------------------------------------------------------------ text in

    def _write(self, text: str, probabilities: tuple[float, ...]) -> None:
        """Append a run of text between two marks."""
        if not text:
            return
        if self._priming:
            # A prime was not drawn, so its characters have probability 1; the first that was drawn ends it.
            primed = next((i for i, p in enumerate(probabilities) if p < 1.0), len(text))
            self._priming = primed == len(text)
            if primed:
                self._primes.append((self._buffer.end, self._buffer.end + primed))
        self._buffer.write(text)

    def _mark(self, mark: Mark) -> None:
        """Append the label of a mark."""
        self._priming = mark.kind == "start"
        self._buffer.label(sanitize_line(mark.label), alone=mark.kind != "sampling")

    def _settle(self, count: int) -> None:
        """Wrap what was appended, `count` characters, and move the view, or hold it, as it should be."""
        held = not self.following or self.text_selection is not None
        first = self._buffer.settle()
        dropped = self._buffer.trim(self.scroll_offset.y if held else None)
        while self._primes and self._primes[0][1] <= self._buffer.start:
            self._primes.popleft()
        if held:
            self._unread += count
            self._place(self.scroll_offset.y - dropped)
        else:
            self._place(self._last_scroll)
        self._tell_unread()
        self._refresh_from(first - dropped)

    @property
    def _last_scroll(self) -> int:
        """The scroll position that shows the end of the text."""
        return max(0, self._buffer.row_count - self.scrollable_content_region.height)

    def _place(self, y: int) -> None:
        """Take over the text's height, and show it from row `y` on.

        Assigning `virtual_size` would lay out the whole screen anew, which a page that scrolls in itself has no
        need of.
        """
        width = self.scrollable_content_region.width
        self.set_reactive(Widget.virtual_size, Size(width, self._buffer.row_count))
        y = min(max(0, y), self._last_scroll)
        moved = y != self.scroll_offset.y
        self.set_reactive(Widget.scroll_y, float(y))
        self.set_reactive(Widget.scroll_target_y, float(y))
        bar = self.vertical_scrollbar
        bar.window_virtual_size = self._buffer.row_count
        bar.window_size = self.scrollable_content_region.height
        bar.position = y
        if moved:
            self.refresh()

    def _refresh_from(self, row: int) -> None:
        """Draw the rows from `row` to the end of the view again."""
        height = self.scrollable_content_region.height
        top = max(0, row - self.scroll_offset.y)
        if top < height:
            self.refresh(Region(0, top, self.size.width, height - top))

    def _tell_unread(self) -> None:
        """Say below the page how much has come that is not in view."""
        if self.following and not self._unread:
            self.border_subtitle = None
        else:
            more = f"\u2193 {units.whole(self._unread)} new characters, " if self._unread else ""
            self.border_subtitle = Content(f"{more}End to follow")

    # --------------------------------------------------------------------------------------- scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow when the end has come into view, and stop following when it is left."""
        super().watch_scroll_y(old_value, new_value)
        self.following = round(new_value) >= self._last_scroll

    def watch_following(self) -> None:
        """Show the end, and nothing is unread."""
        if self.following:
            self._unread = 0
            self._place(self._last_scroll)
        self._tell_unread()

    def watch_writing(self) -> None:
        """Show or hide the cursor."""
        self._refresh_from(self._buffer.row_count - 1)

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection; without one, the page moves on."""
        if selection is None and self.following:
            self.watch_following()
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text as it was written: no line ends of wrapping, no labels."""
        first = None if selection.start is None else selection.start.x
        stop = None if selection.end is None else selection.end.x
        return self._buffer.text(first, stop), "\n"

    def on_resize(self, _event: events.Resize) -> None:
        """Set the text to the new width, and keep the same text at the top."""
        # One column stays free for the cursor, and for a space that hangs over the end of a row.
        width = max(2, self.scrollable_content_region.width - 1)
        top = self._buffer.row(min(self.scroll_offset.y, self._buffer.row_count - 1))[0]
        self._buffer.set_width(width)
        self._place(self._last_scroll if self.following else self._buffer.row_at(top))
        self.refresh()

    def action_scroll_end(self) -> None:
        """Follow the writing again."""
        self.following = True
        self._place(self._last_scroll)

    def action_scroll_home(self) -> None:
        """Show the oldest text."""
        self.scroll_to(y=0, animate=False)

    # -------------------------------------------------------------------------------------- text drawn

    def render_line(self, y: int) -> Strip:
        """Return row `y` of the view."""
        width = self.scrollable_content_region.width
        if self._buffer.end == self._buffer.start:
            return self._empty_line(y, width)
        row = y + self.scroll_offset.y
        style = self.rich_style
        if row >= self._buffer.row_count:
            rest = self._place_of(self._buffer.end)
            return Strip([Segment(" ", style + rest), Segment(" " * (width - 1), style)], width)
        start, text = self._buffer.row(row)
        if text == RULE:
            return self._rule(start, width)
        segments = self._segments(start, text)
        if self.writing and row == self._buffer.row_count - 1:
            segments.append(Segment("\u258c", self.get_component_rich_style("sample-pane--cursor")))
        elif not segments:
            segments.append(Segment(" ", style + self._place_of(start)))
        return Strip(segments).adjust_cell_length(width, style)

    def _segments(self, start: int, text: str) -> list[Segment]:
        """Return the row `text`, which begins at offset `start`, in its styles."""
        stop = start + len(text)
        prime = self.get_component_rich_style("sample-pane--prime")
        layers = [(first, last, prime) for first, last in self._primes if first < stop and last > start]
        if (selection := self.text_selection) is not None:
            selected = self.screen.get_component_rich_style("screen--selection")
            first = start if selection.start is None else selection.start.x
            last = stop if selection.end is None else selection.end.x
            layers.append((first, last, selected))
        cuts = {start, stop}
        for first, last, _ in layers:
            cuts.update(cut for cut in (first, last) if start < cut < stop)
        at = text.find(CHIP)
        while at >= 0:
            cuts.update((start + at, start + at + 1))
            at = text.find(CHIP, at + 1)
        segments = []
        places = sorted(cuts)
        for first, last in pairwise(places):
            run = text[first - start : last - start]
            if run == CHIP:
                segments.extend(self._chip(first))
                continue
            style = self.rich_style
            for begin, end, layer in layers:
                if begin <= first < end:
                    style += layer
            segments.append(Segment(run, style + self._place_of(first)))
        return segments

    def _chip(self, offset: int) -> list[Segment]:
        """Return the label that stands inside the text at `offset`."""
        label = self._buffer.labels.get(offset, "")
        if not label:
            return []
        style = self.get_component_rich_style("sample-pane--chip") + self._place_of(offset)
        # A segment for each character, since the mouse counts characters from the start of the one it is on.
        return [Segment(character, style) for character in f" {label} "]

    def _rule(self, offset: int, width: int) -> Strip:
        """Return the row of a label that stands alone."""
        style = self.get_component_rich_style("sample-pane--rule")
        line = f"\u2500\u2500 {self._buffer.labels.get(offset, '')} "
        head = Segment(line, style + self._place_of(offset))
        strip = Strip([head])
        room = width - 1 - strip.cell_length
        if room > 0:
            strip = Strip([head, Segment("\u2500" * room, style)])
        return strip.adjust_cell_length(width, self.rich_style)

    def _empty_line(self, y: int, width: int) -> Strip:
        """Return row `y` of the view while nothing has been written."""
        if y != (self.scrollable_content_region.height - 1) // 2:
            return Strip.blank(width, self.rich_style)
        style = self.get_component_rich_style("sample-pane--empty")
        return Strip([Segment(EMPTY.center(width)[:width], style)]).adjust_cell_length(width, self.rich_style)

    @staticmethod
    def _place_of(offset: int) -> Style:
        """Return the meta style by which a selection knows the character at `offset`.

        A selection's y is always 0 and its x is an offset into everything ever written, so it stays on its
        characters when text is dropped or wrapped anew.
        """
        return Style.from_meta({"offset": (offset, 0)})


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    class Demo(App[None]):
        """A page on which an untiring hand writes the same sentence."""

        def compose(self) -> ComposeResult:
            """Show the page alone."""
            yield SamplePane()

        def on_mount(self) -> None:
            """Write fifteen times a second."""
            line = "All the world's a stage, and all the men and women merely players. "
            written = Written(line, (0.5,) * len(line))
            self.set_interval(1 / 15, lambda: self.query_one(SamplePane).append(written))

    Demo().run()
