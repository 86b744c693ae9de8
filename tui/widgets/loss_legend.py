"""The words around the chart: what the loss is worth above it, what its signs mean and what can be switched below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from textual.content import Content
from textual.style import Style

from tui.units import LossUnit, short, whole
from tui.widgets.loss_baselines import Baseline, ahead, at_floor, verdict
from tui.widgets.loss_plot import BEST, DOT, EVENT_SIGNS, Reading
from tui.widgets.loss_view import LossView

SEPARATOR = " \u00b7 "


def title(
    name: str,
    loss: float | None,
    baselines: Sequence[Baseline],
    *,
    named: Collection[str],
    unit: LossUnit,
    width: int,
    passed: int | None = None,
) -> str:
    """Return what the loss is better than, and the baselines that have no room on the chart, most telling first.

    Args:
        name: Of the panel.
        loss: Of validation, nats per character; None before the first, as that of training may be of a text by heart.
        baselines: The easiest first.
        named: Those that stand on the chart.
        unit: What losses are shown in.
        width: Cells; what does not fit whole is left out.
        passed: The step of the best validation, where it is over.
    """
    told = name
    following = ahead(loss, baselines)
    following = None if following is None or following.name == "chance" else following
    over = "" if passed is None else f"validation no better since step {whole(passed)}"
    parts = [over, verdict(loss, baselines), f"next: {valued(following, unit)}" if following else ""]
    for part in filter(None, parts):
        if len(told) + len(SEPARATOR) + len(part) > width:
            return told
        told += SEPARATOR + part
    hidden = [one for one in baselines if one.name not in named and one is not following]
    beaten = [one for one in reversed(hidden) if loss is not None and one.nats > loss]
    further = [one for one in hidden if loss is not None and one.nats <= loss and not at_floor(loss, baselines)]
    for where, group in (("passed", beaten), ("ahead", further)):
        before = f"{SEPARATOR}{where}: "
        for one in group:
            if len(told) + len(before) + len(valued(one, unit)) > width:
                return told
            told += before + valued(one, unit)
            before = ", "
    return told


def valued(baseline: Baseline, unit: LossUnit) -> str:
    """Return a baseline with its loss, as it stands on the chart."""
    return f"{baseline.name} {short(unit.of(baseline.nats), 2)}"


def readout(name: str, reading: Reading, unit: LossUnit) -> str:
    """Return the numbers at the cursor."""
    parts = [name, f"step {whole(reading.step)}", f"train {unit.show(reading.train)}"]
    if reading.validation is not None:
        parts.append(f"validation {unit.show(reading.validation)}")
    parts += list(dict.fromkeys(event.label for event in reversed(reading.events)))[:2]
    return SEPARATOR.join(parts)


def legend(view: LossView, events: Collection[str], width: int, *, pages: bool, keys: Mapping[str, str]) -> Content:
    """Return the words that can be clicked, and the signs, as many as there is room for.

    Args:
        view: What is switched how.
        events: The kinds of events on the chart.
        width: Cells.
        pages: Whether numbers and gates take turns.
        keys: What is pressed for each key's id.
    """
    words = [
        switch(keys["unit"], view.unit.value, "switch('unit')"),
        switch(keys["log"], "log" if view.log else "linear", "switch('axis')"),
        switch(keys["zoom"], view.zoom.value, "switch('zoom')"),
    ]
    if pages:
        words.append(switch(keys["gates"], "gates" if view.vitals else "numbers", "switch('page')"))
    signs = [
        Content.assemble(("\u2501", "$primary"), " train"),
        Content.assemble((DOT, "$accent"), " validation"),
        Content.assemble((BEST, "$accent"), " best"),
    ]
    signs += [Content.assemble((sign, "bold"), f" {kind}") for kind, sign in EVENT_SIGNS.items() if kind in events]
    kept = list(words)
    for sign in signs:
        if sum(part.cell_length + 2 for part in [*kept, sign]) <= width:
            kept.append(sign)
    while len(kept) > 1 and sum(part.cell_length + 2 for part in kept) > width:
        kept.pop()
    return Content("  ").join(kept)


def switch(key: str, word: str, click: str) -> Content:
    """Return a word with its key, and with the action that a click on it does."""
    content = Content.assemble((key, "bold $accent"), f" {word}")
    return content.stylize(Style.from_meta({"@click": click}))
