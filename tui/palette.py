"""The command palette, in the order of the keys and not of the alphabet."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hits
from textual.system_commands import SystemCommandsProvider
from textual.widgets import Input

from tui.sanitize import sanitize_line


class Palette(CommandPalette):
    """Textual's, in windows of any size, and for whatever is on the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+v", "paste_line", "Paste", show=False, priority=True)]

    def _action_command_list(self, action: str) -> None:
        """Move in the list; where it has no room Textual does not know its pages."""
        if self.query_one(CommandList).size:
            super()._action_command_list(action)

    def action_paste_line(self) -> None:
        """Paste the first line of what was copied in the app."""
        lines = self.app.clipboard.splitlines() or [""]
        self.query_one(Input).insert_text_at_cursor(sanitize_line(lines[0]))


class TableProvider(SystemCommandsProvider):
    """Offers the commands as the app gives them, what belongs together side by side; finds them as Textual does."""

    async def discover(self) -> Hits:
        """Yield all commands, before anything is typed."""
        for command in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(command.title, command.callback, help=command.help)
