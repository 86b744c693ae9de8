"""All that can be said of a text before it is learnt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from corpora.info import Baselines, CorpusInfo
from corpora.portrait import Portrait
from tui import units
from tui.pickable import Pickable
from tui.sanitize import picture, sanitize_line
from tui.sentences import begun
from tui.treatments import TREATMENTS

EIGHTHS = " ▁▂▃▄▅▆▇█"
"""From nothing to a full cell."""
LOOKING = Content.styled("looking at it …", "$faint")


class TextPortrait(VerticalScroll, can_focus=False):
    """Its name and summary, how to get it where it is not there, its figures, and how it begins."""

    def __init__(self) -> None:
        super().__init__()
        self._portrait: Portrait | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom; what is known first stands first, so that nothing moves when more is."""
        for part in ("about", "figures", "frequent", "costs", "preview"):
            yield Static(id=f"portrait-{part}", markup=False)

    def show(
        self, pointed: Pickable | None, portrait: Portrait | None, *, problem: str = "", looking: bool = False
    ) -> None:
        """Show one text, or none.

        Args:
            pointed: The text.
            portrait: What is known of it by now.
            problem: Why there is no portrait.
            looking: Whether more will be known soon.
        """
        self._portrait = portrait
        info = portrait.info if portrait is not None else None
        self._put("about", about(pointed, info) if pointed is not None else Content())
        self._put("figures", figures(info, problem, looking))
        self._put("costs", costs(portrait.baselines if portrait is not None else None, looking and info is not None))
        lines = map(sanitize_line, info.preview.splitlines()) if info is not None else ()
        self._put("preview", Content("\n".join(lines)))
        self._show_frequent()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Show as many bars as there is room for."""
        self._show_frequent()

    def _show_frequent(self) -> None:
        known = self._portrait.frequent if self._portrait is not None else ()
        self._put("frequent", frequent_bars(known, self.scrollable_content_region.width))

    def _put(self, part: str, content: Content) -> None:
        shown = self.query_one(f"#portrait-{part}", Static)
        shown.update(content)
        shown.display = bool(content.plain)


def about(pointed: Pickable, info: CorpusInfo | None) -> Content:
    """What it is, where it is from, and the command that brings it where it is not there."""
    text = info or pointed.entry
    parts: list[Content | tuple[str, str]] = [(sanitize_line(pointed.label), "bold $page")]
    if text is not None:
        summary = sanitize_line(text.summary)
        parts += [("\n" + begun(summary), ""), ("\n" + sanitize_line(text.origin), "$faint")]
        parts += [("\n" + sanitize_line(text.licence), "$faint")]
    else:
        parts += [("\n" + sanitize_line(source), "$faint") for source in pointed.choice.sources]
    if pointed.choice.treatments:
        kinds = ", ".join(label for kind, label in TREATMENTS.items() if kind in pointed.choice.treatments)
        parts += [(f"\nRead with: {kinds}", "$faint")]
    if not pointed.present and pointed.entry is not None:
        parts += [("\n\nTo get it:\n", ""), (sanitize_line(pointed.entry.install or ""), "$accent")]
    elif not pointed.present:
        parts.append(("\n\nIt is no longer where it was.", ""))
    return Content.assemble(*parts)


def figures(info: CorpusInfo | None, problem: str, looking: bool) -> Content:
    """How long it is, or why that is not known."""
    if problem:
        return Content.styled(sanitize_line(problem), "$error")
    if info is None:
        return LOOKING if looking else Content()
    return Content(f"{info.characters:,} characters, {info.symbols:,} symbols")


def frequent_bars(frequent: Sequence[tuple[str, float]], width: int) -> Content:
    """The most frequent characters, as many as fit, each under a bar of its share."""
    most = max((share for _, share in frequent if math.isfinite(share)), default=0.0)
    if most <= 0.0:
        return Content()
    upper, lower, signs = "", "", Content()
    for character, share in frequent:
        sign = Content(picture(character) + " ")
        if signs.cell_length + sign.cell_length > width + 1:
            break
        level = min(max(round(16 * share / most), 1), 16) if math.isfinite(share) else 1
        upper += EIGHTHS[max(level - 8, 0)].ljust(sign.cell_length)
        lower += EIGHTHS[min(level, 8)].ljust(sign.cell_length)
        signs = signs + sign
    return Content.assemble((f"{upper}\n{lower}\n", "$primary"), signs)


def costs(baselines: Baselines | None, looking: bool) -> Content:
    """What it costs without a network; the compressor takes longest."""
    if baselines is None:
        return Content.styled("counting …", "$faint") if looking else Content()
    xz = "…" if baselines.xz is None else units.loss(baselines.xz)
    rows = [("nats", "chance", units.loss(baselines.uniform), "unigrams", units.loss(baselines.unigram))]
    floor = ("floor", units.loss(baselines.floor)) if baselines.floor is not None else ("", "")
    rows += [("", "bigrams", units.loss(baselines.bigram), *floor), ("bits", "xz", xz, "", "")]
    parts: list[tuple[str, str]] = []
    for unit, one, value, other, another in rows:
        parts += [
            (f"{unit:<6}{one:<8}", "$faint"),
            (f"{value:<8}", ""),
            (f"{other:<9}", "$faint"),
            (another + "\n", ""),
        ]
    return Content.assemble(*parts).rstrip()
