"""The facts of one text, in a few lines."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from corpora.entry import Entry
from corpora.info import CorpusInfo
from tui.sanitize import sanitize_line
from tui.sentences import begun


class CorpusDetails(Vertical):
    """What it is, how large, where from, and how it begins; or how to get it."""

    def compose(self) -> ComposeResult:
        """The parts from top to bottom; the beginning has the room that is left."""
        yield Summary(id="details-about")
        yield Static(id="details-facts", markup=False)
        yield Static(id="details-source", markup=False)
        yield Preview(id="details-preview")

    def show(
        self,
        text: Entry | CorpusInfo,
        info: CorpusInfo | None,
        *,
        install: str | None = None,
        problem: str = "",
        looking: bool = False,
    ) -> None:
        """Show one text.

        Args:
            text: What it is and where it comes from.
            info: Its facts, once they have been read.
            install: The command that brings it, where it is not on this machine.
            problem: Why its facts could not be read.
            looking: Whether they are being read now.
        """
        summary = sanitize_line(text.summary)
        self.query_one(Summary).text = begun(summary)
        self._put("facts", _facts(info, install, problem, looking))
        self._put("source", Content(f"{sanitize_line(text.origin)}\n{sanitize_line(text.licence)}"))
        self.query_one(Preview).lines = tuple(map(sanitize_line, info.preview.splitlines())) if info else ()

    def _put(self, part: str, content: Content) -> None:
        self.query_one(f"#details-{part}", Static).update(content)


def _facts(info: CorpusInfo | None, install: str | None, problem: str, looking: bool) -> Content:
    """How large it is, or why that is not known."""
    if install is not None:
        return Content.assemble("To get it:\n", (sanitize_line(install), "$accent"))
    if problem:
        return Content.styled(sanitize_line(problem), "$error")
    if looking:
        return Content.styled("counting its characters …", "$faint")
    return Content(f"{info.characters:,} characters, {info.symbols} symbols" if info else "")


class Summary(Widget):
    """A sentence of one row or more; where it has to end early, a sign says so."""

    DEFAULT_CSS = "Summary { height: auto; }"

    text: reactive[str] = reactive("", layout=True)
    """Sanitized."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """All rows that it would have; the stylesheet may leave it fewer."""
        return len(Content(self.text).wrap(max(1, width)))

    def render(self) -> Content:
        """The rows that there is room for."""
        rows = Content(self.text).wrap(max(1, self.size.width))
        room = max(1, self.size.height)
        return Content("\n").join([*rows[: room - 1], ellipsed(rows[room - 1 :], self.size.width)])


class Preview(Widget):
    """The first lines: whole where they fit, else each in one row, without those that are empty."""

    DEFAULT_CSS = "Preview { height: 1fr; }"

    lines: reactive[tuple[str, ...]] = reactive(())
    """Sanitized."""

    def render(self) -> Content:
        """As much as there is room for."""
        width, height = max(1, self.size.width), self.size.height
        whole = [row for line in self.lines for row in Content(line).wrap(width) or [Content("")]]
        if len(whole) > height:
            whole = [ellipsed(Content(line).wrap(width), width) for line in self.lines if line.strip()]
        return Content("\n").join(whole[:height])


def ellipsed(rows: list[Content], width: int) -> Content:
    """Return the first of these rows, with an ellipsis for those that come after it."""
    if len(rows) < 2:
        return Content("").join(rows)
    return Content.assemble(rows[0].rstrip(), " ", rows[1]).truncate(width, ellipsis=True)
