"""Eight cards from a character to what is learnt of it: what is computed, with the numbers of this moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from model.config import SamplingSettings
from model.protocol import Gauges
from tui import units
from tui.sanitize import picture
from tui.widgets.loss_vitals import scientific
from tui.widgets.next_panel import bits, figure

UNKNOWN = units.NOTHING


class Moment(Struct, frozen=True):
    """What the cards take their numbers from."""

    gauges: Gauges
    sampling: SamplingSettings
    unit: int = 0
    """The one that is looked at."""
    held: float | None = None
    """What it held last."""

    @property
    def cell(self) -> str:
        """The kind of the network's cells."""
        return self.gauges.network.cell if self.gauges.network is not None else "lstm"

    @property
    def hidden_size(self) -> int:
        """Units of a layer."""
        return self.gauges.network.hidden_size if self.gauges.network is not None else 0

    @property
    def symbols(self) -> int:
        """Characters of the vocabulary."""
        return len(self.gauges.vocabulary)

    def gate(self, name: str) -> str:
        """The mean of the gates of a kind."""
        vitals = self.gauges.vitals
        means = [gate.mean for gate in vitals.gates if gate.name == name] if vitals is not None else []
        return number(means[0] if means else None)


class Card(Struct, frozen=True):
    """One of the eight."""

    title: str
    panel: str
    """The one that shows it."""
    equation: Callable[[Moment], str]
    """One to four short lines."""
    numbers: Callable[[Moment], str]
    """Of this moment."""
    says: str
    """A sentence or two; keys stand there by their ids."""


def number(value: float | None, digits: int = 2) -> str:
    """Return a number, or a sign that there is none."""
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def by_cell(**equations: str) -> Callable[[Moment], str]:
    """Return the equation of the kind of cell that is at work."""
    return lambda moment: equations.get(moment.cell, equations["lstm"])


def _character(moment: Moment) -> str:
    outlook = moment.gauges.outlook
    if outlook is None or not outlook.after:
        return f"V = {moment.symbols} characters"
    place = moment.gauges.vocabulary.find(outlook.after)
    return f"now {picture(outlook.after)}: a 1 at place {place} of V = {moment.symbols}, and {moment.symbols - 1} zeros"


def _gates(moment: Moment) -> str:
    names = {"gru": ("reset", "update"), "rnn": ()}.get(moment.cell, ("input", "forget", "output"))
    means = "   ".join(f"{name} {moment.gate(name)}" for name in names)
    return f"H = {moment.hidden_size} of each" + (f"; on average {means}" if means else ": this kind has no gates")


def _memory(moment: Moment) -> str:
    gate = "update" if moment.cell == "gru" else "forget"
    mean = moment.gate(gate)
    if moment.cell == "rnn" or mean == UNKNOWN:
        return f"H = {moment.hidden_size} cells"
    return f"{gate} gate {mean} on average: half-forgotten after {half_life(float(mean))}"


def half_life(keeps: float) -> str:
    """Return in words after how many characters half is left of what a gate keeps so much of at each."""
    characters = 0.0 if keeps <= 0.0 else math.inf if keeps >= 1.0 else math.log(0.5) / math.log(keeps)
    if characters < 1.5:
        return "less than a character" if characters < 0.5 else "about one character"
    return f"about {characters:.0f} characters" if characters < 99.5 else "a hundred characters and more"


def _hidden(moment: Moment) -> str:
    return f"H = {moment.hidden_size}; unit {moment.unit} holds {number(moment.held)}, between -1 and +1"


def _softmax(moment: Moment) -> str:
    outlook = moment.gauges.outlook
    if outlook is None:
        return f"V = {moment.symbols} characters"
    likely = "   ".join(f"{picture(each.symbol)} {figure(each.raw)}" for each in outlook.candidates[:3])
    return f"{likely}   entropy {bits(outlook.raw_entropy)} bits"


def _temperature(moment: Moment) -> str:
    outlook = moment.gauges.outlook
    entropy = "" if outlook is None else f"   entropy {bits(outlook.raw_entropy)} \u2192 {bits(outlook.entropy)} bits"
    return f"T = {moment.sampling.temperature:.2f}{entropy}"


def _loss(moment: Moment) -> str:
    loss = moment.gauges.train_loss
    if loss is None or not math.isfinite(loss):
        return f"by chance ln {moment.symbols} = {number(math.log(max(1, moment.symbols)))}"
    return (
        f"L = {loss:.2f} nats = {units.bits(loss):.2f} bits: as if among {math.exp(min(loss, 20.0)):.1f} characters; "
        f"by chance ln {moment.symbols} = {math.log(max(1, moment.symbols)):.2f}"
    )


def _backward(moment: Moment) -> str:
    gauges, vitals = moment.gauges, moment.gauges.vitals
    back = gauges.training.seq_length if gauges.training is not None else 0
    told = f"{back} characters back, {units.whole(gauges.parameters)} weights"
    if vitals is None:
        return told
    norm, ratio = number(vitals.gradient_norm), scientific(vitals.update_ratio)
    return f"{told}; gradient {norm}, step {units.whole(gauges.step)} moved them by {ratio} of their length"


NOW, BEFORE = "\u209c", "\u209c\u208b\u2081"
"""Indices: of this character, and of the one before."""
SUM = "W x\u209c + U h\u209c\u208b\u2081 + b"
"""What a gate looks at."""
TIMES, SIGMA, PARTIAL, ETA = "\u2299", "\u03c3", "\u2202", "\u03b7"

CARDS: Final = (
    Card(
        "A character comes in",
        "sample",
        lambda _: f"x{NOW} = (0, \u2026, 0, 1, 0, \u2026, 0)",
        _character,
        "The network knows no letters. Each character is a row of zeros with a single one: it picks a row of the "
        "weights.",
    ),
    Card(
        "The gates open and close",
        "loss",
        by_cell(
            lstm=f"i, f, o = {SIGMA}({SUM})\ng = tanh({SUM})",
            gru=f"r, z = {SIGMA}({SUM})\nn = tanh(W x{NOW} + r {TIMES} (U h{BEFORE}) + b)",
            rnn=f"h{NOW} = tanh({SUM})",
        ),
        _gates,
        "From the character and from what it said before, each unit decides how far to open: 0 is shut, 1 is open. "
        "The {gates} key shows how many stand at an end.",
    ),
    Card(
        "The cell remembers",
        "loss",
        by_cell(
            lstm=f"c{NOW} = f {TIMES} c{BEFORE} + i {TIMES} g",
            gru=f"h{NOW} = (1 \u2212 z) {TIMES} n + z {TIMES} h{BEFORE}",
            rnn=f"no c{NOW}: h{NOW} is all the memory",
        ),
        _memory,
        "What is kept of the old, plus what is let in of the new. Where it is a sum, a memory can last, and be "
        "learnt from.",
    ),
    Card(
        "The hidden state speaks",
        "neurons",
        by_cell(
            lstm=f"h{NOW} = o {TIMES} tanh(c{NOW})",
            gru=f"h{NOW}, as it was remembered",
            rnn=f"h{NOW}, as it was computed",
        ),
        _hidden,
        "What each unit lets the others see: a row of the picture, a column for each character. "
        "{find-neurons} finds units that follow something.",
    ),
    Card(
        "An opinion on what comes next",
        "next",
        lambda _: f"z = W h{NOW} + b\np\u2096 = exp(z\u2096) / \u03a3\u2c7c exp(z\u2c7c)",
        _softmax,
        "A number for each character of the alphabet, made into probabilities: the marks on the bars.",
    ),
    Card(
        "The temperature, and dice",
        "sampling",
        lambda _: "p\u2096 = exp(z\u2096 / T) / \u03a3\u2c7c exp(z\u2c7c / T)",
        _temperature,
        "Below 1 the likely gets likelier, above 1 the odds even out. Press {temperature-down} and "
        "{temperature-up} now, and watch the bars. Then one is drawn, and comes in as the next character.",
    ),
    Card(
        "How wrong it was",
        "loss",
        lambda _: "L = \u2212 ln p(what really came)",
        _loss,
        "In training the text goes on by itself, and what counts is how surprised the network is by it. The curve is "
        "this.",
    ),
    Card(
        "Learning: the way back",
        "training",
        lambda _: f"W \u2190 W \u2212 {ETA} {PARTIAL}L/{PARTIAL}W",
        _backward,
        "Back through all the gates, character by character: which weight is how much to blame? Each gives way a "
        "little. That is all, some thousand times.",
    ),
)
