"""The catalogue: what can be learnt, and the facts of the text under the cursor."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from corpora.entry import Entry
from corpora.info import CorpusInfo, Treatment
from model.protocol import Gauges, RunState
from tui import units
from tui.describer import Describer
from tui.keymap import shown_keys
from tui.sanitize import sanitize_line
from tui.widgets.corpus_details import CorpusDetails

PATIENCE = 0.2
"""Seconds that the cursor rests on a text before its facts are read."""
METER_CELLS = 16
OWN = "/own"
"""Stands for the text that is not of the catalogue, where names are no paths."""


class CorpusPanel(Vertical):
    """Enter loads the text under the cursor; the one that is being learnt has a dot, and a line if it had none."""

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""

    class Chosen(Message):
        """A text is to be learnt; the attributes are those of `LoadCorpus`."""

        def __init__(
            self, sources: tuple[str, ...], treatments: frozenset[Treatment] = frozenset(), encoding: str | None = None
        ) -> None:
            super().__init__()
            self.sources = sources
            self.treatments = treatments
            self.encoding = encoding

    class Missing(Message):
        """A text was chosen that is not on this machine."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class Described(Message):
        """The facts of a text are there, or why they are not."""

        def __init__(self, name: str, info: CorpusInfo | None, problem: str) -> None:
            super().__init__()
            self.name = name
            self.info = info
            self.problem = problem

    def __init__(self, catalogue: Sequence[Entry], describe: Callable[[str], CorpusInfo]) -> None:
        super().__init__(id="corpora")
        self.border_title = "1 Corpora"
        self._entries = {entry.name: entry for entry in catalogue}
        self._present = {entry.name: entry.available() for entry in catalogue}
        self._own: CorpusInfo | None = None
        self._known: dict[str, CorpusInfo] = {}
        self._problems: dict[str, str] = {}
        self._current: str | None = None
        self._describer = Describer(describe, self._tell)

    def compose(self) -> ComposeResult:
        """The list above, the facts below."""
        yield OptionList(*(self._option(name) for name in self._entries), id="catalogue", markup=False)
        yield CorpusDetails()
        yield Static(id="corpora-hint", markup=False)

    def on_mount(self) -> None:
        """Say what the keys do."""
        self._show_hint()

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Move the dot to the text that is being learnt, and the cursor when it changes."""
        if new.corpus is not old.corpus and new.corpus != old.corpus:
            self._follow(new.corpus)
        if (old.state, old.loading) != (new.state, new.loading):
            self._show_hint()

    def _follow(self, corpus: CorpusInfo | None) -> None:
        before, self._current = self._current, self._key(corpus)
        if self._current == OWN and corpus != self._own:
            self._own = corpus
            self._list.clear_options().add_options([self._option(name) for name in (OWN, *self._entries)])
        if corpus is not None and self._current in self._entries and not corpus.treatments:
            self._known.setdefault(corpus.name, corpus)
        for changed in {before, self._current} - {None}:
            self._list.replace_option_prompt(str(changed), self._prompt(str(changed)))
        if self._current is not None:
            self._list.highlighted = self._list.get_option_index(self._current)
            self._show_details(self._current)

    def _key(self, corpus: CorpusInfo | None) -> str | None:
        """Return which line of the list is that of a text."""
        if corpus is None:
            return None
        return corpus.name if corpus.source == (corpus.name,) and corpus.name in self._entries else OWN

    def _is_present(self, name: str) -> bool:
        return name == OWN or self._present[name]

    def _tell(self, name: str, info: CorpusInfo | None, problem: str) -> None:
        """Called in the describer's thread."""
        with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
            self.post_message(self.Described(name, info, problem))

    @property
    def _list(self) -> OptionList:
        return self.query_one("#catalogue", OptionList)

    def _option(self, name: str) -> Option:
        return Option(self._prompt(name), id=name)

    def _prompt(self, name: str) -> Content:
        present = self._is_present(name)
        shown = self._own.name if name == OWN and self._own else name
        sign = "●" if name == self._current else " "
        return Content.assemble(
            (sign + " ", "$accent"),
            (sanitize_line(shown), "" if present else "$faint"),
            ("" if present else "  not installed", "$faint"),
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the text under the cursor, and read its facts once the cursor rests."""
        event.stop()
        name = event.option_id
        if name is None:
            return
        self._show_details(name)
        self._show_hint()
        self._wait_for(name)

    def on_descendant_focus(self) -> None:
        """Read the facts of the text that the cursor is on already."""
        if self._highlighted is not None:
            self._wait_for(self._highlighted)

    def _wait_for(self, name: str) -> None:
        """Read the facts of a text if someone rests on it; the engine tells those of its own text by itself."""
        if self._list.has_focus and self._is_present(name) and name not in {OWN, *self._known, *self._problems}:
            self.set_timer(PATIENCE, partial(self._look_at, name))

    def _look_at(self, name: str) -> None:
        if self._highlighted == name and name not in self._known:
            self._show_details(name, looking=True)
            self._describer.ask(name)

    @property
    def _highlighted(self) -> str | None:
        option = self._list.highlighted_option
        return option.id if option else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Load the text, or tell how to get it."""
        event.stop()
        name = event.option_id
        if name is None:
            return
        if name == OWN and self._own is not None:
            self.post_message(self.Chosen(self._own.source, self._own.treatments, self._own.encoding))
        elif self._present[name]:
            self.post_message(self.Chosen((name,)))
        else:
            self.post_message(self.Missing(self._entries[name]))

    def on_corpus_panel_described(self, message: Described) -> None:
        """Keep the facts, and show them if the cursor is still there."""
        message.stop()
        if message.info is not None:
            self._known[message.name] = message.info
        else:
            self._problems[message.name] = message.problem
        if self._highlighted == message.name:
            self._show_details(message.name)

    def _show_details(self, name: str, *, looking: bool = False) -> None:
        details = self.query_one(CorpusDetails)
        if name == OWN and self._own is not None:
            details.show(self._own, self._own)
            return
        entry = self._entries[name]
        install = None if self._present[name] else entry.install or ""
        # what is learnt may have been treated, and have fewer symbols than the text has
        info = self.gauges.corpus if name == self._current else self._known.get(name)
        details.show(entry, info, install=install, problem=self._problems.get(name, ""), looking=looking)

    async def on_click(self, event: events.Click) -> None:
        """Do what is clicked in the line below the facts: a link would have a colour of its own."""
        if (action := event.style.meta.get("do")) is not None:
            event.stop()
            await self.run_action(action)

    def action_learn(self) -> None:
        """Learn the text under the cursor, as enter does."""
        self._list.action_select()

    def _show_hint(self) -> None:
        """While a text is read, how far; else what Enter does."""
        hint = self.query_one("#corpora-hint", Static)
        if self.gauges.state is RunState.LOADING:
            share = min(max(self.gauges.loading or 0.0, 0.0), 1.0)
            full = round(share * METER_CELLS)
            hint.update(
                Content.assemble(
                    "Reading ",
                    ("━" * full, "$accent"),
                    ("━" * (METER_CELLS - full), "$rule"),
                    f" {units.percent(share)}",
                )
            )
        elif self._highlighted is not None and not self._is_present(self._highlighted):
            hint.update(_key("enter", "how to get it", "learn"))
        else:
            choose = _key(shown_keys(self)["pick"], "choose", "screen.pick_text")
            hint.update(Content("   ").join([_key("enter", "new run", "learn"), choose]))


def _key(key: str, words: str, action: str) -> Content:
    """Return a key and what it does, which a click does too."""
    return Content.assemble((key, "$accent"), f" {words}").stylize(Style.from_meta({"do": action}))
