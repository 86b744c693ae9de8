"""All keys, each of which can be done from here, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tui.bindings import GROUPS, KEYS, OTHER_KEYS
from tui.doer import doer
from tui.screens.dialog import Dialog
from tui.widgets.key_table import KeyTable, Row
from tui.widgets.ways import ways

if TYPE_CHECKING:
    from tui.app import LSTMApp
    from tui.explained import Explanation

TERMS = (
    ("Loss", "How surprised the network is by the next character: nats; divided by 0.693, bits."),
    ("Validation", "The loss on the last tenth of the text, which it never learns from: the honest number."),
    (
        "Baselines",
        "What simpler guessers lose: chance, letter frequencies, pairs of letters; and xz.",
    ),
    ("\u25b4 on the chart", "The loss was higher than the chart goes there; the number beside it says how high."),
    ("Perplexity", "Among how many equally likely characters the network hesitates."),
    ("Update ratio", "Length of a step against the length of the weights; about 1e-3 is healthy."),
    (
        "Gates",
        "Shut at 0, open at 1. A forget gate near 1 remembers; where nearly all are at an end, few learn.",
    ),
    ("Epoch", "One pass over the nine tenths that it learns from."),
    ("Temperature", "How daring it writes: 0 takes the likeliest character, 1 draws by its own opinion, 2 is wild."),
    ("Surprise", "Bits that a character tells: 0 where it was certain, 1 at even odds, 7 at one in 128."),
    ("Copied", "Underlined: 25 characters or more in a row that stand word for word in what it learns from."),
    ("Neuron", "A unit of the network, between -1 and +1; r tells how closely it follows something: 1 is exactly."),
    ("Top-k, top-p", "Draw among the k likeliest characters only, or those that together reach probability p."),
)
NOT_NOW = "that belongs elsewhere"


class HelpScreen(Dialog[None]):
    """First what is in use, where that was asked for, then all keys; closes with escape, `?` or q.

    Whoever picks a key goes back and has it done there: so the mouse reaches all that a key does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q", "dismiss", "Close")]
    AUTO_FOCUS = ""

    def __init__(self, about: Explanation | None = None) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """What is in use, the table of keys, then the words."""
        below = self._below
        idle = [key.id for key in (*KEYS, *OTHER_KEYS) if doer(key, below) is None]
        with VerticalScroll(classes="dialog -tall", can_focus=False) as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = ways(("esc closes", "screen.dismiss"), "click or enter does it")
            if self._about is not None:
                yield Static(self._about.name, id="help-about-name", markup=False)
                yield Static(self._about.meaning, id="help-about", markup=False)
            yield KeyTable(list(rows(cast("LSTMApp", self.app).shown_keys)), idle)

    def on_mount(self) -> None:
        """Let the arrow keys act on the table; what stands above it stays in sight."""
        self.query_one(KeyTable).focus(scroll_visible=False)

    @property
    def _below(self) -> Screen[Any]:
        """Where the keys act."""
        stack = self.app.screen_stack
        return stack[stack.index(self) - 1]

    def on_key_table_chosen(self, message: KeyTable.Chosen) -> None:
        """Go back, and do there as the key does; what is for another place is only said to be so."""
        message.stop()
        if not self.is_active:
            return  # it has been left already
        found = doer(message.key, self._below)
        if found is None:
            self.query_one(VerticalScroll).border_subtitle = ways(("esc closes", "screen.dismiss"), NOT_NOW)
        else:
            self.dismiss()
            self.app.call_later(found.do)


def rows(shown: Mapping[str, str]) -> Iterator[Row]:
    """Yield the keys by their groups, then the words.

    Args:
        shown: What is pressed for each key's id.
    """
    for group in GROUPS:
        yield Row(group)
        yield from (Row(shown[key.id], key.help, key) for key in (*KEYS, *OTHER_KEYS) if key.group == group)
    yield Row("Words")
    yield from (Row(term, meaning) for term, meaning in TERMS)
