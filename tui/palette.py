"""The command palette, in the order of the keys and not of the alphabet."""

from __future__ import annotations

from textual.command import DiscoveryHit, Hits
from textual.system_commands import SystemCommandsProvider


class TableProvider(SystemCommandsProvider):
    """Offers the commands as the app gives them, what belongs together side by side; finds them as Textual does."""

    async def discover(self) -> Hits:
        """Yield all commands, before anything is typed."""
        for command in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(command.title, command.callback, help=command.help)
