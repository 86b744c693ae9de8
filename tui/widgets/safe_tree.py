"""A tree of folders in which names are data, and which waits for no disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from rich.text import Text
from textual.widgets import DirectoryTree
from textual.widgets.directory_tree import DirEntry
from textual.widgets.tree import TreeNode

from tui.beside import beside
from tui.sanitize import sanitize_line


class SafeTree(DirectoryTree):
    """Names are neither markup nor escape codes; hidden files stay hidden.

    Textual's tree answers no key while it reads a folder, and cannot be closed: of one that a disk never answers for
    the app would not be left. Here a folder is read beside the screen, and what is a folder is asked once, with that.
    """

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def process_label(self, label: str | Text) -> Text:
        """Show a name as it is, on one line."""
        return Text(sanitize_line(str(label)), no_wrap=True)

    async def watch_path(self) -> None:
        """Read the folder that the tree begins with."""
        self.reset_node(self.root, str(self.path), DirEntry(self.PATH(self.path)))
        self._read(self.root)

    async def _on_tree_node_expanded(self, event: DirectoryTree.NodeExpanded[DirEntry]) -> None:
        event.stop()
        event.prevent_default()
        self._read(event.node)

    async def _on_tree_node_selected(self, event: DirectoryTree.NodeSelected[DirEntry]) -> None:
        event.stop()
        event.prevent_default()
        if event.node.allow_expand:
            event.node.toggle()
        elif event.node.data is not None:
            self.post_message(self.FileSelected(event.node, event.node.data.path))

    def _read(self, node: TreeNode[DirEntry]) -> None:
        """Read the folder at a node, the first time."""
        if node.data is not None and not node.data.loaded:
            node.data.loaded = True
            read: Callable[[], Awaitable[None]] = partial(self._list, node, node.data.path)
            self.run_worker(read, name="folder", group="folder")

    async def _list(self, node: TreeNode[DirEntry], folder: Path) -> None:
        found = await beside(_content, folder)
        cursor = self.cursor_node
        for path, is_folder in found:
            node.add(path.name, data=DirEntry(path), allow_expand=is_folder)
        if found:
            node.expand()
            if cursor is not None and self.last_line > 0:  # for which the lines are counted anew
                self.move_cursor(cursor, animate=False)


def _content(folder: Path) -> list[tuple[Path, bool]]:
    """What is in a folder and not hidden, and whether that is a folder; folders first. Nothing if it cannot be read."""
    try:
        paths = [path for path in folder.expanduser().resolve().iterdir() if not path.name.startswith(".")]
    except (OSError, RuntimeError):
        return []
    found = [(path, _is_folder(path)) for path in paths]
    return sorted(found, key=lambda each: (not each[1], each[0].name.lower()))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
