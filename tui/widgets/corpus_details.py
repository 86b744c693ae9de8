"""The facts of one text, in a few lines."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from corpora.corpus import CorpusInfo
from corpora.entry import Entry
from tui.sanitize import sanitize_line


class CorpusDetails(Static):
    """What it is, how large, where from, and how it begins; or how to get it."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, entry: Entry, present: bool, info: CorpusInfo | None, problem: str, *, looking: bool) -> None:
        """Show one text.

        Args:
            entry: What the catalogue says.
            present: Whether it is on this machine.
            info: Its facts, once they have been read.
            problem: Why they could not be read.
            looking: Whether they are being read now.
        """
        lines = [Content(sanitize_line(entry.summary))]
        if not present:
            lines += [
                Content.styled("Not on this machine. To get it:", "$faint"),
                Content.styled(sanitize_line(entry.install or ""), "$accent"),
            ]
        elif problem:
            lines.append(Content.styled(sanitize_line(problem), "$error"))
        elif looking:
            lines.append(Content.styled("counting its characters …", "$faint"))
        elif info is not None:
            lines.append(Content(f"{info.characters:,} characters, {info.symbols} symbols"))
        lines.append(Content.styled(f"{sanitize_line(entry.origin)}; {sanitize_line(entry.licence)}", "$faint"))
        if info is not None:
            lines += [Content(""), *(Content.styled(line, "$faint italic") for line in preview(info))]
        self.update(Content("\n").join(lines))


def preview(info: CorpusInfo) -> list[str]:
    """The first lines that have something on them."""
    return [sanitize_line(line) for line in info.preview.splitlines() if line.strip()]
