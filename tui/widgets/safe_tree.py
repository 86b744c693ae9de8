"""A tree of folders in which names are data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text
from textual.widgets import DirectoryTree

from tui.sanitize import sanitize_line


class SafeTree(DirectoryTree):
    """Names are neither markup nor escape codes; hidden files stay hidden."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def process_label(self, label: str | Text) -> Text:
        """Show a name as it is, on one line."""
        return Text(sanitize_line(str(label)), no_wrap=True)

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out what begins with a dot."""
        return [path for path in paths if not path.name.startswith(".")]
