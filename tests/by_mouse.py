"""Clicks where a person would click: on words that stand on the screen, on a key at its foot, on a row of the help."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Region
from textual.pilot import Pilot

from tui.app import LSTMApp
from tui.widgets.key_bar import KeyBar
from tui.widgets.key_table import KeyTable


def lines(app: LSTMApp) -> list[str]:
    """What stands on the screen."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def place_of(app: LSTMApp, words: str, within: Region | None = None) -> tuple[int, int]:
    """Where words stand, the last of them where they do more than once."""
    region, shown = within or app.screen.region, lines(app)
    for y in reversed(range(region.y, region.bottom)):
        x = shown[y][: region.right].rfind(words, region.x)
        if x >= 0:
            return x, y
    raise AssertionError(f"{words!r} is not on the screen:\n" + "\n".join(lines(app)))


async def click_words(pilot: Pilot[None], words: str, within: Region | None = None) -> None:
    """Click the first character of words."""
    app = pilot.app
    assert isinstance(app, LSTMApp)
    await pilot.click(offset=place_of(app, words, within))
    await pilot.pause()


def place_in_bar(app: LSTMApp, id: str) -> tuple[int, int] | None:  # noqa: A002
    """Where the key of an id stands at the foot of the screen; None if it does not."""
    keys = {
        key for key, active in app.screen.active_bindings.items() if active.binding.id == id and active.binding.show
    }
    for bar in app.screen.query(KeyBar):
        for x in range(bar.region.x, bar.region.right):
            if app.screen.get_style_at(x, bar.region.y).meta.get("key") in keys:
                return x, bar.region.y
    return None


async def click_in_help(pilot: Pilot[None], id: str) -> None:  # noqa: A002
    """Open the help by its word at the foot, and click the row of a key's id."""
    app = pilot.app
    assert isinstance(app, LSTMApp)
    bar = app.screen.query_one(KeyBar).region
    await click_words(pilot, "Help", bar)
    await until_shown(pilot, lambda: bool(app.screen.query(KeyTable)))
    table = app.screen.query_one(KeyTable)
    region = table.region_of(table.place_of(id))
    table.room.scroll_to_region(region.translate(table.virtual_region.offset), animate=False, immediate=True)
    await pilot.pause()
    await pilot.click(KeyTable, offset=(region.x + 1, region.y))
    await pilot.pause()


async def until_shown(pilot: Pilot[None], shown: Callable[[], bool]) -> None:
    """Wait until the app has caught up."""
    for _ in range(10):
        if shown():
            return
        await pilot.pause()
    assert shown()
