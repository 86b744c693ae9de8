"""Pick what is learnt: a filter, the texts there are, and all about the one that is pointed at."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from corpora.choice import TextChoice
from corpora.entry import Entry
from corpora.info import CorpusInfo
from corpora.portrait import Portrait
from tui.bindings import EXPLAIN
from tui.pickable import Pickable, pickables
from tui.portrayer import Look, Portrayer
from tui.recent_texts import vanished
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.sanitize import sanitize, sanitize_line
from tui.screens.dialog import Dialog
from tui.widgets.line_button import LineButton
from tui.widgets.line_input import LineInput
from tui.widgets.text_portrait import TextPortrait
from tui.widgets.ways import ways

PATIENCE = 0.2
"""Seconds that the cursor rests on a text before it is looked at."""
ELSEWHERE = "elsewhere"
"""Stands for a text that is not in the list."""


class Elsewhere(Struct, frozen=True):
    """Another text is wanted than the list has."""

    typed: str
    """What was looked for in vain; it may be a path."""


class PickTextScreen(Dialog[TextChoice | Elsewhere | None]):
    """Typing filters, the arrow keys point, Enter learns; where the pointer rests, the text is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("down", "point('cursor_down')", "Next", show=False),
        Binding("up", "point('cursor_up')", "Before", show=False),
        Binding("pagedown", "point('page_down')", "Page on", show=False),
        Binding("pageup", "point('page_up')", "Page back", show=False),
        EXPLAIN,
    ]
    AUTO_FOCUS = "#filter"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    class Seen(Message):
        """More is known of a text, or why it is not."""

        def __init__(self, choice: TextChoice, portrait: Portrait | None, problem: str) -> None:
            super().__init__()
            self.choice = choice
            self.portrait = portrait
            self.problem = problem

    class Gone(Message):
        """Some texts are no longer where they were."""

        def __init__(self, choices: frozenset[TextChoice]) -> None:
            super().__init__()
            self.choices = choices

    def __init__(
        self,
        recent: Sequence[TextChoice],
        catalogue: Sequence[Entry],
        look: Callable[[TextChoice], Look],
        learnt: CorpusInfo | None,
    ) -> None:
        """Prepare the dialog.

        Args:
            recent: What was learnt lately, the newest first.
            catalogue: What can be picked by name.
            look: Begins a look at a text.
            learnt: What is being learnt now.
        """
        super().__init__()
        self._recent, self._rest = pickables(recent, catalogue)
        self._learnt = TextChoice.of(learnt) if learnt is not None else None
        self._listed: dict[str, Pickable] = {}
        self._portraits: dict[TextChoice, Portrait] = {}
        self._problems: dict[TextChoice, str] = {}
        self._portrayer = Portrayer(look, self._tell)

    def compose(self) -> ComposeResult:
        """The filter, the list, beside or below it the portrait."""
        self.add_class(*room_classes(self.app.size), update=False)
        with Vertical(classes="dialog -picker") as dialog:
            dialog.border_title = "Choose what it learns"
            dialog.border_subtitle = ways(
                ("enter begins a new run", "screen.learn"), ("esc leaves", "screen.dismiss(None)")
            )
            yield LineInput(placeholder="Type to filter", id="filter", compact=True)
            with Container(id="texts-room"):
                yield TextList(id="texts", markup=False)
                yield TextPortrait()
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("Learn it", id="learn", action="screen.learn")
                yield LineButton("Cancel", id="cancel", action="screen.dismiss(None)")

    def on_mount(self) -> None:
        """List all, and find out in a thread what has vanished: a disk may be far away."""
        self.query_one("#filter", Input).cursor_blink = False
        self._list()
        threading.Thread(target=self._find_gone, name="vanished", daemon=True).start()

    def on_unmount(self) -> None:
        """Look at nothing any more."""
        self._portrayer.ask(None)

    # --------------------------------------------------------------------------------------- the list

    @property
    def _texts(self) -> OptionList:
        return self.query_one("#texts", OptionList)

    @property
    def _typed(self) -> str:
        return self.query_one("#filter", Input).value.strip()

    def _list(self) -> None:
        """List what matches, under its headings, and point at the first of it."""
        words = self._typed.lower().split()
        lately = [each for each in self._recent if each.matches(words)]
        rest = [each for each in self._rest if each.matches(words)]
        self._listed = {str(place): each for place, each in enumerate((*lately, *rest))}
        options = [Option(self._prompt(each), id=place) for place, each in self._listed.items()]
        another = Option("  Open a file or folder…", id=ELSEWHERE)
        headed = [
            *_headed("Recent", options[: len(lately)]),
            *_headed("\nCatalogue" if lately else "Catalogue", options[len(lately) :]),
            *_headed("" if options else "Nothing has these words.", [another]),
        ]
        texts = self._texts
        texts.clear_options().add_options(headed)
        texts.action_first()
        self._show()

    def _prompt(self, each: Pickable) -> Content:
        entry = each.entry
        remark = each.folder if entry is None else "" if each.present else "not installed"
        remark = remark if entry is not None or each.present else "no longer there"
        sign = "● " if each.choice == self._learnt else "  "
        return Content.assemble(
            (sign, "$accent"),
            (sanitize_line(each.label), "" if each.present else "$faint"),
            (f"  {sanitize_line(remark)}", "$faint"),
        )

    def _find_gone(self) -> None:
        gone = frozenset(each.choice for each in self._recent if each.entry is None and vanished(each.choice))
        if gone:
            self._post(self.Gone(gone))

    def on_pick_text_screen_gone(self, message: Gone) -> None:
        """Show them faint."""
        message.stop()
        self._recent = tuple(
            replace(each, present=False) if each.choice in message.choices else each for each in self._recent
        )
        for place, each in self._listed.items():
            if each.choice in message.choices:
                self._listed[place] = replace(each, present=False)
                self._texts.replace_option_prompt(place, self._prompt(self._listed[place]))
        self._show()

    # ----------------------------------------------------------------------------------- the portrait

    @property
    def _pointed(self) -> Pickable | None:
        option = self._texts.highlighted_option
        return self._listed.get(option.id) if option is not None and option.id is not None else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what is known of it, and look at it once the pointer rests."""
        event.stop()
        self._show()
        pointed = self._pointed
        if pointed is not None and self._is_open(pointed):
            self.set_timer(PATIENCE, partial(self._look_at, pointed))

    def _is_open(self, pointed: Pickable) -> bool:
        """Tell whether there is more to be known of a text."""
        known = self._portraits.get(pointed.choice)
        return pointed.present and pointed.choice not in self._problems and (known is None or not known.finished)

    def _look_at(self, pointed: Pickable) -> None:
        if self._pointed == pointed and self._is_open(pointed):
            self._portrayer.ask(pointed.choice)

    def _show(self) -> None:
        pointed = self._pointed
        choice = pointed.choice if pointed is not None else TextChoice(())
        self.query_one(TextPortrait).show(
            pointed,
            self._portraits.get(choice),
            problem=self._problems.get(choice, ""),
            looking=pointed is not None and self._is_open(pointed),
        )

    def _tell(self, choice: TextChoice, portrait: Portrait | None, problem: str) -> None:
        """Called in the portrayer's thread."""
        self._post(self.Seen(choice, portrait, problem))

    def _post(self, message: Message) -> None:
        with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
            self.post_message(message)

    def on_pick_text_screen_seen(self, message: Seen) -> None:
        """Keep it, and show it if the pointer is still there."""
        message.stop()
        if message.portrait is not None:
            self._portraits[message.choice] = message.portrait
        else:
            self._problems[message.choice] = message.problem
        if self._pointed is not None and self._pointed.choice == message.choice:
            self._show()

    # ------------------------------------------------------------------------------- what people do

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter."""
        event.stop()
        self._list()

    def action_point(self, move: str) -> None:
        """Move the pointer while the filter keeps the focus."""
        if self._texts.size:  # in a window where it has no room Textual does not know its pages
            getattr(self._texts, f"action_{move}")()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Learn what is pointed at."""
        event.stop()
        self.action_learn()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Likewise."""
        event.stop()
        self.action_learn()

    def action_learn(self) -> None:
        """Learn what is pointed at; what is not there tells how to get it."""
        pointed = self._pointed
        if pointed is None:
            self.action_elsewhere()
        elif pointed.present:
            self.dismiss(pointed.choice)
        else:
            install = pointed.entry.install if pointed.entry is not None else None
            what = f"is not on this machine. To get it: {install}" if install else "is no longer where it was."
            self.notify(sanitize(f"{pointed.label} {what}"), severity="warning", timeout=12, markup=False)

    def action_elsewhere(self) -> None:
        """Ask for another text."""
        self.dismiss(Elsewhere("" if self._listed else self._typed))


class TextList(OptionList):
    """A click points at a text, and one more learns it: before a run is left behind, one should see for what."""

    def on_click(self, event: events.Click) -> None:
        """Point, where that is not done yet."""
        clicked = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            event.prevent_default()
            if not self.get_option_at_index(clicked).disabled:
                self.highlighted = clicked


def _headed(heading: str, options: Sequence[Option]) -> list[Option]:
    """Return options under a heading that cannot be picked; none where there are none."""
    return [Option(Content.styled(heading, "$faint"), disabled=True), *options] if options else []
