"""All keys, and what the numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.bindings import GROUPS, KEYS, OTHER_KEYS

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


class HelpScreen(ModalScreen[None]):
    """First what is in use, where that was asked for, then all keys; closes with escape, `?` or q."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q", "dismiss", "Close")]

    def __init__(self, about: Explanation | None = None) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """What is in use, the table of keys, then the words."""
        shown = cast("LSTMApp", self.app).shown_keys
        with VerticalScroll(classes="dialog -tall") as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "↓ all keys, esc closes" if self._about else "esc closes"
            if self._about is not None:
                yield Static(self._about.name, id="help-about-name", markup=False)
                yield Static(self._about.meaning, id="help-about", markup=False)
            for group in GROUPS:
                yield Static(group, classes="help-heading", markup=False)
                for key in (*KEYS, *OTHER_KEYS):
                    if key.group == group:
                        yield HelpRow(shown[key.id], key.help)
            yield Static("Words", classes="help-heading", markup=False)
            for term, meaning in TERMS:
                yield HelpRow(term, meaning)

    def on_mount(self) -> None:
        """Let the arrow keys scroll at once."""
        self.query_one(VerticalScroll).focus()


class HelpRow(Horizontal):
    """A name, and what it means."""

    def __init__(self, name: str, meaning: str) -> None:
        super().__init__()
        self._texts = name, meaning

    def compose(self) -> ComposeResult:
        """The name in a column of its own."""
        name, meaning = self._texts
        yield Static(name, classes="help-name", markup=False)
        yield Static(meaning, classes="help-meaning", markup=False)
