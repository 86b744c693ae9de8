"""What a network writes, while it writes: a page that grows at its end, to be read, selected and copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style as TextualStyle
from textual.widget import Widget

from model.protocol import Written
from tui import units
from tui.sanitize import SPACING, sanitize, sanitize_line
from tui.widgets.ink import BOLD, INKS, ITALIC, NEURON, PLAIN, SHADES, fitted
from tui.widgets.sample_rows import Inks, SampleRows
from tui.widgets.shades import letters, palette
from tui.widgets.text_buffer import HANDS, ORIGINS, SPACES, TextBuffer
from tui.widgets.ways import way

BEFORE = 8
"""Characters that are looked at to see whether a combining mark has its letter."""
RECENT = 10_000
"""Characters of which it is said how many are copied."""
ANEW = frozenset({"start", "network"})
"""Marks of something that whoever asked for it wants to see: the page follows again."""
SEPARATOR = " \u00b7 "
EMPTY = "Writing begins as soon as there is a network."
EMPTY_NARROW = "Nothing is written yet."
AT_REST = "Writing rests, and nothing stands here."
"""Where there is a network: the page was cleared, or the run began so."""


class SamplePane(ScrollView, can_focus=True):
    """Shows the text of one sampler, follows its end, and holds still for a reader who has scrolled up."""

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sample-pane--prime",
        "sample-pane--chip",
        "sample-pane--rule",
        "sample-pane--cursor",
        "sample-pane--empty",
        "sample-pane--copied",
        "sample-pane--typed",
        "sample-pane--unread",
        "sample-pane--expected",
        "sample-pane--surprising",
        "sample-pane--startling",
        "sample-pane--low",
        "sample-pane--quiet",
        "sample-pane--high",
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
        &:ansi > .sample-pane--chip { color: ansi_black; background: ansi_yellow; }
        & > .sample-pane--rule { color: $text-accent; text-style: dim; }
        & > .sample-pane--cursor { color: $primary; }
        & > .sample-pane--copied { text-style: underline; }
        & > .sample-pane--typed { color: $accent; background: $accent 12%; text-style: bold; }
        &:ansi > .sample-pane--typed { color: ansi_yellow; background: ansi_default; }
        & > .sample-pane--unread { color: $foreground 50%; text-style: strike; }
        & > .sample-pane--empty { color: $text-muted; text-style: italic; }
        & > .sample-pane--expected { color: $foreground 55%; }
        & > .sample-pane--surprising { color: $warning; }
        & > .sample-pane--startling { color: $error; }
        & > .sample-pane--low { color: $primary; }
        & > .sample-pane--quiet { color: $foreground 50%; }
        & > .sample-pane--high { color: $accent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Line up", show=False),
        Binding("down", "scroll_down", "Line down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Oldest text", show=False),
        Binding("end", "scroll_end", "Follow the writing", show=False),
    ]

    following: reactive[bool] = reactive(True)
    """Whether the view keeps to the end of the text; so it does until someone scrolls up."""
    writing: reactive[bool] = reactive(True)
    """Whether more is to come: the cursor stands behind the text."""
    ready: reactive[bool] = reactive(False)
    """Whether there is a network that can write."""
    listening: reactive[bool] = reactive(False)
    """Whether what comes next is a person's: the cursor is theirs."""
    ink: reactive[str] = reactive(PLAIN.name)
    """What the colour of the characters tells: the name of one of `INKS`."""
    advice: reactive[str] = reactive("", repaint=False)
    """A sentence beside the title; empty where all is well."""
    resting: reactive[str] = reactive("", repaint=False)
    """What is said below while nothing is written; a click on it has the screen write on."""
    about: reactive[str] = reactive("", repaint=False)
    """What stands before the ink's legend, where that does not say it."""

    class Shown(Message):
        """The page came into view, or went out of it."""

    def __init__(
        self,
        *,
        capacity: int = 200_000,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._buffer = TextBuffer(capacity, [ink.name for ink in INKS.values() if ink.shades])
        self._rows = SampleRows(self._buffer)
        self._inks: Inks | None = None  # as mixed for the theme
        self._subtitle = Content("")
        self._copied = ""  # the share of the recent text, in words; empty while nobody knows it
        self._network_since = 0  # the offset where the present network's text begins
        self._width = 0  # of the rows, in cells
        self._unread = 0

    @property
    def text(self) -> str:
        """The text that is kept, without labels."""
        return self._buffer.text()

    @property
    def written(self) -> str:
        """The same for the clipboard: tabulators and line ends as they were written.

        Other control characters stay pictures: a clipboard is pasted into terminals too, which they would steer.
        """
        return self._buffer.written()

    @property
    def unread(self) -> int:
        """Characters that were written while the view held still."""
        return self._unread

    def append(self, written: Written) -> None:
        """Add what was written, with its marks."""
        if written.taken_back:
            self._buffer.take_back(written.taken_back)
            self._rows.forget()
        text = sanitize(written.text, self._buffer.text(self._buffer.end - BEFORE))
        shades = {ink.name: ink.shades(written) for ink in INKS.values() if ink.shades}
        shades[HANDS] = fitted(written.by_hand, text)
        if any(character in written.text for character in SPACING):
            shades[SPACES] = bytes(ord(raw) if raw in SPACING else 0 for raw in written.text)
        position = primed = 0
        for mark in sorted(written.marks, key=lambda mark: mark.offset):
            offset = min(max(mark.offset, position), len(text))
            self._write(text, shades, position, offset, primed)
            if self._buffer.label(sanitize_line(mark.label), alone=mark.kind != "sampling"):
                self._rows.forget()
            if mark.kind == "network":
                self._network_since = self._buffer.end
            position, primed = offset, mark.given
        self._write(text, shades, position, len(text), primed)
        since = self._underline(written.copied)
        if any(mark.kind in ANEW for mark in written.marks):
            self.follow()
        self._settle(len(text) - written.taken_back, since)

    def _write(self, text: str, shades: Mapping[str, bytes], first: int, stop: int, primed: int) -> None:
        values = {name: all_of_it[first:stop] for name, all_of_it in shades.items()}
        self._buffer.write(text[first:stop], primed=min(primed, stop - first), values=values)

    def _underline(self, copied: bytes) -> int:
        """Take over which of the last characters are copied; returns the offset of the first that is another now."""
        text = self._buffer.text(self._buffer.end - len(copied) - BEFORE)[-len(copied) :] if copied else ""
        if not text.isascii():
            copied = fitted(copied[-len(text) :], text)
        since = self._buffer.colour(ORIGINS, copied)
        share = self._buffer.copied(min(RECENT, self._buffer.end - self._network_since)) if copied else None
        words = "" if share is None else "<1 %" if 0.0 < share < 0.01 else units.percent(share)
        if words != self._copied:
            self._copied = words
            self._tell()
        return since

    def colour(self, ink: str, shades: bytes, *, anew: bool) -> None:
        """Give the last characters, as many as there are `shades`, other shades of an ink; with `anew`, draw them all.

        Without it they are drawn with what has just been appended.
        """
        self._buffer.colour(ink, shades)
        if anew:
            self._rows.forget()
            self.refresh()

    def clear(self) -> None:
        """Forget all text and follow again."""
        self._buffer.clear()
        self._rows.forget()
        self._copied = ""
        self.follow()
        self.refresh()

    def follow(self) -> None:
        """Go to the end and keep to it, whatever was selected or read."""
        if self.text_selection is not None:
            self.screen.clear_selection()
        self.following = True
        self._follow()

    def _settle(self, count: int, since: int) -> None:
        """Wrap what was appended, `count` characters, and move the view, or hold it, as it should be.

        What was there before looks otherwise from the offset `since` on.
        """
        held = not self.following or self.text_selection is not None
        first = self._buffer.settle()
        dropped = self._buffer.trim(self.scroll_offset.y if held else None)
        if held:
            self._unread = max(0, self._unread + count)
            # The same rows, fewer above them: there is nothing to paint unless they were dropped themselves.
            self._place(self.scroll_offset.y - dropped, paint=dropped > self.scroll_offset.y)
            self._tell()
        else:
            self._place(self._last_scroll)
        self._rows.forget(since)
        self._refresh_from(min(first - dropped, self._buffer.row_at(since)))

    def _refresh_from(self, row: int) -> None:
        """Draw the rows from `row` to the end of the view again."""
        height = self.scrollable_content_region.height
        top = max(0, row - self.scroll_offset.y)
        if top < height:
            self.refresh(Region(0, top, self.size.width, height - top))

    @property
    def _last_scroll(self) -> int:
        """The scroll position that shows the end of the text."""
        return max(0, self._buffer.row_count - max(1, self.scrollable_content_region.height))

    def _place(self, y: int, *, paint: bool = True) -> None:
        """Take over the text's height, and show it from row `y` on.

        Assigning `virtual_size` would lay out the whole screen anew, for which a page that scrolls in itself has
        no need.
        """
        rows, region = self._buffer.row_count, self.scrollable_content_region
        self.set_reactive(Widget.virtual_size, Size(region.width, rows))
        bar = self.vertical_scrollbar
        bar.window_virtual_size = rows
        bar.window_size = region.height
        y = min(max(0, y), self._last_scroll)
        if y != self.scroll_offset.y:
            self.set_reactive(Widget.scroll_y, float(y))
            self.set_reactive(Widget.scroll_target_y, float(y))
            bar.position = y
            if paint:
                self.refresh(self.size.region)

    def _follow(self) -> None:
        """Show the end; nothing is unread."""
        self._unread = 0
        self._place(self._last_scroll)
        self._tell()

    def _tell(self) -> None:
        """Say below the page how much has come that is not in view, or that nothing comes, or what the ink means.

        And how much is copied.
        """
        if not self.is_mounted:
            return
        subtitle = Content("")
        if self._unread:
            # Two digits: the page is painted anew with its border, which is too much for each character.
            count = units.whole(int(float(f"{self._unread:.2g}")))
            subtitle = way(f"\u2193 {count} new characters, End to follow", "scroll_end")
        elif not self.following:
            subtitle = way("End to follow", "scroll_end")
        elif self.resting and self.ready and not (self.writing or self.listening):
            subtitle = way(self.resting, "screen.toggle_writing")
        elif self.ink != PLAIN.name:
            subtitle = self._legend()
        if self._copied:
            copied = Content.assemble(f"{self._copied} ", ("copied", "underline"))
            both = Content(" \u00b7 ").join([subtitle, copied]) if subtitle else copied
            # where there is not room for all of it, what was there first goes without
            if both.cell_length <= self.outer_size.width - 6:
                subtitle = both
        if subtitle != self._subtitle:
            self._subtitle = subtitle
            self.border_subtitle = subtitle

    def _legend(self) -> Content:
        """Return what the ink's shades mean, each in its own."""
        head, *words = INKS[self.ink].legend
        head = head or f"{self.about} "
        styles = [TextualStyle.from_rich_style(style) for style in self._mixed().shades]
        return Content.assemble(
            head, *((f" {word} ", style) for word, style in zip(words, styles, strict=True) if word)
        )

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow when the end has come into view, and stop following when it is left."""
        super().watch_scroll_y(old_value, new_value)
        self.following = round(new_value) >= self._last_scroll

    def watch_following(self) -> None:
        """Show the end, or say that there is more."""
        if self.following:
            self._follow()
        self._tell()

    def watch_writing(self) -> None:
        """Show or hide the cursor."""
        self._refresh_from(self._buffer.row_count - 1)
        self._tell()

    def tail(self, characters: int) -> str:
        """Return the last characters."""
        return self._buffer.text(self._buffer.end - characters)

    def watch_advice(self, old: str, new: str) -> None:
        """Give it."""
        title = self._border_title
        if title is not None:
            name = Content(title.plain.removesuffix(f"{SEPARATOR}{old}") if old else title.plain)
            self.border_title = Content.assemble(name, SEPARATOR, (new, "$accent")) if new else name

    def watch_listening(self) -> None:
        """Show whose cursor it is."""
        self._inks = None
        self._refresh_from(self._buffer.row_count - 1)
        self._tell()

    def validate_ink(self, ink: str) -> str:
        """Write plainly with an ink that nobody knows."""
        return ink if ink in INKS else PLAIN.name

    def watch_ink(self) -> None:
        """Draw in it, what is there already too."""
        self._inks = None
        self._rows.forget()
        self.refresh()
        self._tell()

    def watch_resting(self) -> None:
        """Say it, or no more."""
        self._tell()

    def watch_about(self) -> None:
        """Say it."""
        self._tell()

    def on_show(self) -> None:
        """Someone reads."""
        self.post_message(self.Shown())

    def on_hide(self) -> None:
        """Nobody does."""
        self.post_message(self.Shown())

    def on_mount(self) -> None:
        """Explain the ink that was chosen before there was a screen."""
        self._tell()

    def on_resize(self, _event: events.Resize) -> None:
        """Set the text to the new width, and keep the same text at the top."""
        # One column stays free for the cursor, and for a space that hangs over the end of a row.
        width = self.scrollable_content_region.width - 1
        if width < 1:
            return  # hidden, or as good as hidden: wrapping can wait
        top = self._buffer.row(min(self.scroll_offset.y, self._buffer.row_count - 1))[0]
        if width != self._width:
            self._width = width
            self._tell()  # in as much room as there is now
            self._buffer.set_width(width)
            self._rows.forget()
        self._place(self._last_scroll if self.following else self._buffer.row_at(top))
        self.refresh()

    def action_scroll_end(self) -> None:
        """Follow the writing again, and let go of what was selected."""
        self.follow()

    def action_scroll_home(self) -> None:
        """Show the oldest text."""
        self.scroll_to(y=0, animate=False)

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection; when it is gone, the page moves on."""
        if selection is None and self.following:
            self._follow()
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text as `written` has it: no line ends of wrapping, no labels."""
        first, stop = self._selected(selection)
        return self._buffer.written(first, stop), "\n"

    def _selected(self, selection: Selection) -> tuple[int, int]:
        """Return the first offset of a selection, and the one behind its last."""
        first = self._buffer.start if selection.start is None else selection.start.x
        stop = self._buffer.end if selection.end is None else selection.end.x
        return first, stop

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._rows.forget()
        self._inks = None
        if self.is_mounted and self.ink != PLAIN.name:
            self._subtitle = Content("")  # the legend is in the old colours
            self.call_later(self._tell)  # which mixes the inks: from styles of which some are still to come

    def render_line(self, y: int) -> Strip:
        """Return row `y` of the view."""
        width = self.scrollable_content_region.width
        if self._buffer.end == self._buffer.start:
            said = self._said_of_nothing(width)
            text = said if y == (self.scrollable_content_region.height - 1) // 2 else ""
            style = self.get_component_rich_style("sample-pane--empty")
            return Strip([Segment(text.center(width)[:width], style)], width)
        selection = self.text_selection
        selected = None if selection is None else self._selected(selection)
        cursor = self.writing or self.listening
        return self._rows.strip(y + self.scroll_offset.y, width, self._mixed(), selected, cursor)

    def _said_of_nothing(self, width: int) -> str:
        """What an empty page says: why, in so many cells. Where it is written on in a moment there is no why."""
        if self.ready:
            return "" if self.writing or self.listening else AT_REST if len(AT_REST) <= width else EMPTY_NARROW
        return EMPTY if len(EMPTY) <= width else EMPTY_NARROW

    def _mixed(self) -> Inks:
        """Return the styles of the page, mixed where they are not yet."""
        if self._inks is None:
            self._inks = self._mix_inks()
        return self._inks

    def _mix_inks(self) -> Inks:
        """Return the styles of the page in the theme that is in force."""
        ink = self.get_component_rich_style
        selection = self.screen.get_component_rich_style("screen--selection")
        if self.screen.get_component_styles("screen--selection").color.a == 0:
            selection = Style(bgcolor=selection.bgcolor)  # most themes leave the text its colour
        return Inks(
            text=self.visual_style.rich_style,
            prime=ink("sample-pane--prime"),
            chip=ink("sample-pane--chip"),
            rule=ink("sample-pane--rule"),
            cursor=ink("sample-pane--typed" if self.listening else "sample-pane--cursor"),
            selection=selection,
            copied=self.get_component_rich_style("sample-pane--copied", partial=True),
            typed=ink("sample-pane--typed"),
            unread=ink("sample-pane--unread"),
            channel=self.ink if self.ink != PLAIN.name else "",
            shades=self._mix_shades() if self.ink != PLAIN.name else (),
        )

    def _mix_shades(self) -> tuple[Style, ...]:
        """Return the style of each shade: from half-light over the page's own ink to what glows."""
        names = ("sample-pane--expected", "", "sample-pane--surprising", "sample-pane--startling")
        plain = self.visual_style.rich_style
        if self.ink == NEURON.name:
            return letters(plain, palette(*(self._color(f"sample-pane--{name}") for name in ("low", "quiet", "high"))))
        inks = [self.get_component_rich_style(name) if name else plain for name in names]
        stops = [Color.from_rich_color(ink.color) for ink in inks]
        colors = [blended(stops, shade / (SHADES - 1)) for shade in range(SHADES)]
        return tuple(
            plain + Style(color=color.rich_color, bold=shade >= BOLD or None, italic=shade >= ITALIC or None)
            for shade, color in enumerate(colors)
        )

    def _color(self, name: str) -> Color:
        return Color.from_rich_color(self.get_component_rich_style(name).color)


def blended(stops: Sequence[Color], share: float) -> Color:
    """Return the colour at `share` of the way through `stops`; a terminal's own colours cannot be mixed."""
    place = share * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    left, right = stops[first], stops[first + 1]
    if left.ansi is not None or right.ansi is not None:
        return left if place - first < 0.5 else right
    return left.blend(right, place - first)


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
