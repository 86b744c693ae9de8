"""Single neurons at work: what they hold as the text is written, and what they are about."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from model.config import NetworkSettings
from model.neurons import Finding, Neurons
from model.protocol import Gauges, Written
from tui import units
from tui.keymap import shown_keys
from tui.seldom import Seldom
from tui.sight import is_covered
from tui.widgets import neuron_list
from tui.widgets.neuron_list import NeuronList
from tui.widgets.neuron_raster import NeuronRaster
from tui.widgets.shades import LEVELS
from tui.widgets.unit_trace import UnitTrace
from tui.widgets.ways import way

CLEAR = 0.3
"""A correlation below this gives a unit no name."""
WIDE = neuron_list.WIDTH + 46
"""Columns from which on the list stands beside the raster."""
HIGH = 18
"""Rows from which on it stands below, where it has no room beside."""
ROLLINGS_PER_SECOND = 8
"""Of the raster, which is the most that is ever painted: hundreds of cells, each in colours of its own."""
OLD = 2
"""What was found is looked for anew when the network has made so many times the steps."""


class NeuronPanel(Container):
    """The raster with a line that names the picked unit, and the list of what was found."""

    DEFAULT_CSS = """
    NeuronPanel {
        layout: horizontal;
        & #neuron-view { width: 1fr; height: 100%; }
        & #neuron-name { height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $foreground; }
        & NeuronList { display: none; margin-left: 2; }
        &.-wide NeuronList { display: block; }
        &.-high {
            layout: vertical;
            & #neuron-view { width: 100%; height: 1fr; }
            & NeuronList { display: block; width: 100%; max-width: 60; margin: 1 0 0 0; }
        }
    }
    """

    class Asked(Message):
        """Someone wants to know what the units follow."""

    class Shown(Message):
        """The panel came into view, or went out of it."""

    class LookedAt(Message):
        """Another unit is looked at, or more is known of this one."""

    def __init__(self, *, id: str | None = None, strain: Callable[[], float] = lambda: 1.0) -> None:  # noqa: A002
        """Show nothing yet.

        Args:
            id: Of the widget.
            strain: As `Pace.strain` has it: the values of all units are what costs a slow line most.
        """
        super().__init__(id=id)
        self.shown = False
        """Whether the panel is in view."""
        self.trace = UnitTrace()
        self._raster = NeuronRaster(self.trace, id="neuron-raster")
        self._rolling = Seldom(self, self._roll, ROLLINGS_PER_SECOND, strain)
        self._list = NeuronList()
        self._words = Static(id="neuron-name", markup=False)
        self._neurons: Neurons | None = None
        self._finding: Finding | None = None  # the one that is looked at
        self._visited = 0  # of the findings
        self._looking = False
        self._steps = 0  # that the network has made
        self._has_text = False

    def compose(self) -> ComposeResult:
        """Put the list beside the raster, or below."""
        with Container(id="neuron-view"):
            yield self._words
            yield self._raster
        yield self._list

    @property
    def unit(self) -> int:
        """The picked one."""
        return self._raster.unit

    # ---------------------------------------------------------------------------------- what comes in

    def reset(self) -> None:
        """Another network: what was found does not hold for it."""
        self._neurons = self._finding = self._list.neurons = None
        self._looking = False
        self._tell()

    def see(self, gauges: Gauges, neurons: Neurons | None) -> None:
        """Take in where the run stands, and what was found."""
        self._steps, self._has_text = gauges.step, gauges.corpus is not None
        H = gauges.network.hidden_size if gauges.network is not None else 0
        if H != self.trace.H:
            self.trace.count_units(H)
            self._raster.unit = min(self._raster.unit, max(0, H - 1))
            self._tell()
        if neurons is not None:
            self.found(neurons)

    def append(self, written: Written) -> None:
        """Go on with what was written."""
        self.trace.extend(written)
        if self.shown:
            self._rolling.ask()

    def _roll(self) -> None:
        if not is_covered(self.screen):
            self._raster.refresh_trace()

    def shades(self, characters: int | None = None) -> bytes:
        """Return the shade that the unit gives to each of the last characters, or to all whose values are kept."""
        stop = len(self.trace)
        first = 0 if characters is None else max(0, stop - characters)
        return self.trace.column(self.unit, first, stop).translate(LEVELS)

    def clear(self) -> None:
        """Forget the written text."""
        self.trace.clear()
        self._raster.refresh_trace()

    def found(self, neurons: Neurons) -> None:
        """Take in what was found, and look at the best if someone waits for it."""
        self._neurons = self._list.neurons = neurons
        self._visited = 0
        self._finding = None
        if self._looking:
            self._looking = False
            self._visit_next()
        self._tell()

    # ------------------------------------------------------------------------------------------- hands

    def wait_no_more(self) -> None:
        """Nothing comes of what was asked for; it can be asked for again."""
        if self._looking:
            self._looking = False
            self._tell()

    def find(self) -> None:
        """Look at the winner of the next property; look for winners anew after the last, or where they are old."""
        if self._looking:
            return  # the answer is on its way
        found = self._neurons
        if found is None or self._visited >= len(clear(found)) or self._steps > OLD * found.step + 100:
            # Without a text nothing will be found, which the engine says.
            self._looking = self._has_text
            self.post_message(self.Asked())
        else:
            self._visit_next()
        self._tell()

    def step_by(self, steps: int) -> None:
        """Look at a neighbour."""
        self._raster.action_step(steps)

    def _visit_next(self) -> None:
        if self._neurons is not None and self._visited < len(found := clear(self._neurons)):
            self._look_at(found[self._visited])
            self._visited += 1

    def _look_at(self, finding: Finding) -> None:
        self._finding = finding
        self._raster.unit = finding.unit
        self._tell()

    def on_neuron_raster_picked(self, message: NeuronRaster.Picked) -> None:
        """Name it."""
        message.stop()
        self._finding = None
        self._tell()

    def on_neuron_list_picked(self, message: NeuronList.Picked) -> None:
        """Look at the unit."""
        message.stop()
        self._look_at(message.finding)

    def on_show(self) -> None:
        """Someone looks."""
        self.shown = True
        self._raster.refresh_trace()
        self.post_message(self.Shown())

    def on_hide(self) -> None:
        """Nobody does."""
        self.shown = False
        self.post_message(self.Shown())

    def on_mount(self) -> None:
        """Say how to begin."""
        self._tell()

    def on_resize(self) -> None:
        """Show the list where there is room."""
        wide = self.size.width >= WIDE
        self.set_class(wide, "-wide")
        self.set_class(not wide and self.size.height >= HIGH, "-high")
        self._list.styles.height = "100%" if wide else self.size.height // 2 - 2
        self._tell()

    # ------------------------------------------------------------------------------------------- words

    def _tell(self) -> None:
        """Name the picked unit, and say how things stand."""
        self._words.update(Content(self._fitting()), layout=False)
        self._raster.refresh()
        self.post_message(self.LookedAt())
        probe = self._finding.probe if self._finding is not None else self._known[0]
        self._list.picked = (probe, self.unit)
        found = self._neurons
        if found is not None:
            self.border_subtitle = f"found at step {units.whole(found.step)}"
        else:
            find = f"{shown_keys(self)['find-neurons']} finds what they follow"
            self.border_subtitle = way(find, "screen.find_neurons") if self.trace.H else ""

    @property
    def _known(self) -> tuple[str, float]:
        """What the picked unit follows, and r; empty where that is not known."""
        if self._finding is not None:
            return self._finding.probe, self._finding.r
        names = self._neurons.names if self._neurons is not None else ()
        return names[self.unit] if self.unit < len(names) else ("", 0.0)

    def _fitting(self) -> str:
        """Return what there is to say, in the room that there is."""
        sentence = self.sentence
        return sentence if len(sentence) <= self.size.width else sentence.removeprefix("unit ")

    @property
    def sentence(self) -> str:
        """What there is to say about the picked unit."""
        if self._looking:
            return "reading the validation text ..."
        if not self.trace.H:
            return ""
        unit, (probe, r) = f"unit {self.unit}", self._known
        if self._neurons is None:
            return f"{unit} of {self.trace.H}"
        if not probe:
            return f"{unit}: this text has nothing that was looked for"
        if abs(r) < CLEAR:
            return f"{unit}: nothing clear ({probe}, r = {r:.2f})"
        return f"{unit}: {probe}, r = {r:.2f}"


def clear(neurons: Neurons) -> tuple[Finding, ...]:
    """Return the findings that give their unit a name, or the best where none does."""
    return tuple(finding for finding in neurons.findings if abs(finding.r) >= CLEAR) or neurons.findings[:1]


if __name__ == "__main__":
    import math

    from textual.app import App

    class Demo(App[None]):
        """The panel alone, with units that swing at their own pace."""

        def compose(self) -> ComposeResult:
            """Show the panel."""
            yield NeuronPanel()

        def on_mount(self) -> None:
            """Write fifteen times a second."""
            panel = self.query_one(NeuronPanel)
            panel.see(Gauges(network=NetworkSettings(hidden_size=128)), None)
            line, self.at = "All the world's a stage, and all the men and women merely players. ", 0
            self.set_interval(1 / 15, lambda: panel.append(self.write(line)))

        def write(self, line: str) -> Written:
            """Return the next two characters."""
            self.at += 2
            places = (self.at, self.at + 1)
            hidden = bytes(round(127 * math.sin(at * unit / 60)) % 256 for at in places for unit in range(128))
            return Written("".join(line[at % len(line)] for at in places), (0.5, 0.5), hidden=hidden)

    Demo().run()
