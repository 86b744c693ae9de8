"""The facts of one text, in a few lines."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from corpora.entry import Entry
from corpora.info import CorpusInfo
from tui.sanitize import sanitize_line


class CorpusDetails(Vertical):
    """What it is, how large, where from, and how it begins; or how to get it."""

    def compose(self) -> ComposeResult:
        """The parts from top to bottom; the last ones may have no room."""
        for part in ("about", "facts", "source", "preview"):
            yield Static(id=f"details-{part}", markup=False)

    def show(self, entry: Entry, present: bool, info: CorpusInfo | None, problem: str, *, looking: bool) -> None:
        """Show one text.

        Args:
            entry: What the catalogue says.
            present: Whether it is on this machine.
            info: Its facts, once they have been read.
            problem: Why they could not be read.
            looking: Whether they are being read now.
        """
        summary = sanitize_line(entry.summary)
        self._put("about", Content(summary[:1].upper() + summary[1:]))
        self._put("facts", _facts(entry, present, info, problem, looking))
        self._put("source", Content(f"{sanitize_line(entry.origin)}\n{sanitize_line(entry.licence)}"))
        self._put("preview", Content("\n".join(preview(info)) if info else ""))

    def _put(self, part: str, content: Content) -> None:
        self.query_one(f"#details-{part}", Static).update(content)


def _facts(entry: Entry, present: bool, info: CorpusInfo | None, problem: str, looking: bool) -> Content:
    """How large it is, or why that is not known."""
    if not present:
        return Content.assemble("To get it:\n", (sanitize_line(entry.install or ""), "$accent"))
    if problem:
        return Content.styled(sanitize_line(problem), "$error")
    if looking:
        return Content.styled("counting its characters …", "$faint")
    return Content(f"{info.characters:,} characters, {info.symbols} symbols" if info else "")


def preview(info: CorpusInfo) -> list[str]:
    """The first lines that have something on them."""
    return [sanitize_line(line) for line in info.preview.splitlines() if line.strip()]
