"""Writing with the network: what is typed goes to it, and it is asked to go on; the line says what there is to say."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from model.hands import Stretch
from model.protocol import Command, Gauges, GoOn, TakeBack, Type
from tui.bindings import duet_bindings
from tui.keymap import shown_keys
from tui.sanitize import picture
from tui.widgets.next_panel import figure

MOST_PASTED = 4_000
"""Characters of the clipboard that are taken at once."""
YOURS = "\u270e"
LISTENING = " it reads as you type"
LISTENING_NARROW = " you write"


class DuetLine(Widget, can_focus=True):
    """Takes the keys while it has the focus. It shows none of what was typed: that comes onto the page, once read."""

    DEFAULT_CSS = """
    DuetLine {
        height: 1;
        text-wrap: nowrap;
        padding: 0 3;
        color: $foreground;
        &:focus { color: $foreground; }
    }
    """
    BINDINGS = duet_bindings()

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    problem: reactive[str] = reactive("")
    """What of the last that was typed the network cannot read, as signs."""

    class Told(Message):
        """Something is to be written, or undone."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    class Left(Message):
        """The network shall write on alone."""

    def __init__(self, seen: Callable[[], bool]) -> None:
        """Take `seen`, which tells whether what may come next stands somewhere else on the screen."""
        super().__init__(id="duet")
        self._seen = seen

    def on_mount(self) -> None:
        """Follow the run."""
        self.watch(self.screen, "gauges", self._follow)

    def _follow(self, gauges: Gauges) -> None:
        self.gauges = gauges

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Show what may come next."""
        if old.outlook != new.outlook:
            self.refresh()

    def render(self) -> Content:
        """Return who writes, what could not be read, and the likeliest characters to come, as much as has room."""
        width = self.content_size.width
        if self.problem:
            verb = "are" if len(self.problem.split()) > 1 else "is"
            wordings = (
                f" {self.problem} {verb} not in its text: struck out, not read",
                f" {self.problem} {verb} not read",
            )
            said = next((each for each in wordings if cell_len(each) < width), wordings[-1])
        elif not self.has_focus:
            said = f" {shown_keys(self)['write-with']} goes on with it"
        else:
            said = LISTENING if width >= cell_len(LISTENING) + 30 else LISTENING_NARROW
        content = Content.assemble((f"{YOURS}{said}", "bold $accent"))
        outlook = self.gauges.outlook
        for candidate in () if outlook is None or self._seen() else outlook.candidates[:5]:
            part = Content.assemble(
                "   ", (picture(candidate.symbol), "bold"), (f" {figure(candidate.probability)}", "$foreground-muted")
            )
            if content.cell_length + part.cell_length > width:
                break
            content += part
        return content

    # ------------------------------------------------------------------------------------------- hands

    def on_key(self, event: events.Key) -> None:
        """Type."""
        text = "\n" if event.key == "enter" else event.character if event.is_printable else None
        if text:
            event.stop()
            event.prevent_default()
            self.type(text)

    def on_paste(self, event: events.Paste) -> None:
        """Type all of it."""
        event.stop()
        self.type(event.text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_PASTED])

    def type(self, text: str) -> None:
        """Have it written, and say what the network does not know."""
        unknown = dict.fromkeys(character for character in text if character not in self.gauges.vocabulary)
        self.problem = " ".join(picture(character) for character in list(unknown)[:5])
        if text:
            self.post_message(self.Told(Type(text)))

    def action_go_on(self, stretch: Stretch) -> None:
        """Let the network write a little."""
        self.problem = ""
        self.post_message(self.Told(GoOn(stretch)))

    def action_take_back(self) -> None:
        """Undo the last character, whoever wrote it."""
        self.problem = ""
        self.post_message(self.Told(TakeBack()))

    def action_leave(self) -> None:
        """Let the network write on."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """Take the keys again."""
        event.stop()
        self.focus()
