"""The ink of a terminal without a screen: what is unlikely glows, in the terminal's own colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style

from tui.widgets.ink import surprise

SHADES = tuple(
    Style.parse(style)
    for style in (
        "bright_black",
        "none",
        "none",
        "yellow",
        "bold yellow",
        "bold dark_orange",
        "bold underline red",
        "bold underline bright_red",
    )
)
SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    "windows": ColorSystem.WINDOWS,
}


def surprise_ink(out: TextIO) -> Callable[[str, float], str]:
    """Return what inks a sanitized character by its probability, as far as the terminal and `NO_COLOR` allow."""
    console = Console(file=out)
    system = SYSTEMS.get(console.color_system or "")
    shades = [shade.without_color for shade in SHADES] if console.no_color else SHADES

    def inked(character: str, probability: float) -> str:
        if character == "\n" or get_character_cell_size(character) == 0:
            return character  # a mark belongs to the letter before it, in whatever shade that is
        return shades[surprise(probability)].render(character, color_system=system)

    return inked
