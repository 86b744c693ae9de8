from __future__ import annotations

from collections import Counter

from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.changed_only import ChangedOnly


class Sign(Widget):
    """Two rows with a word, and a count of how often each was drawn."""

    DEFAULT_CSS = "Sign { height: 2; }"

    def __init__(self, word: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.word = word
        self.asked: Counter[str] = Counter()

    def render_lines(self, crop: object) -> list[Strip]:
        self.asked["lines"] += 1
        return super().render_lines(crop)  # type: ignore[arg-type]

    def render(self) -> str:
        return self.word


class FourScreen(Screen[None]):
    DEFAULT_CSS = "#left, #right { width: 1fr; } #aside { margin: 0 0 0 5; width: 9; }"

    def __init__(self) -> None:
        super().__init__()
        self._compositor = ChangedOnly()

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="left"):
                yield Sign("top", id="top")
                yield Sign("middle", id="middle")
                yield Sign("bottom", id="bottom")
            with Vertical(id="right"):
                yield Sign("aside", id="aside")


class FourApp(App[None]):
    def get_default_screen(self) -> Screen[None]:
        return FourScreen()


def say(app: FourApp, **words: str) -> str:
    """Give signs other words, and return what is sent to the terminal for it."""
    screen = app.screen
    for name, word in words.items():
        sign = screen.query_one(f"#{name}", Sign)
        sign.word = word
        sign.refresh()
    screen._compositor.update_widgets({screen.query_one(f"#{name}") for name in words})
    update = screen._compositor.render_partial_update()
    assert isinstance(update, ChopsUpdate)
    return update.render_segments(app.console)


async def test_what_lies_between_two_changes_is_not_gone_through() -> None:
    app = FourApp()
    async with app.run_test(size=(40, 10)):
        signs = {sign.id: sign for sign in app.screen.query(Sign)}
        for sign in signs.values():
            sign.asked.clear()
        sent = say(app, top="first", bottom="last")
        assert "first" in sent
        assert "last" in sent
        assert "middle" not in sent
        assert {name: sign.asked["lines"] for name, sign in signs.items()} == {
            "top": 1,
            "middle": 0,
            "bottom": 1,
            "aside": 0,
        }


async def test_the_first_update_after_another_arrangement_knows_where_all_widgets_begin() -> None:
    app = FourApp()
    async with app.run_test(size=(40, 10)):
        app.screen._compositor._cuts = None  # as an arrangement leaves it
        assert "first" in say(app, top="first")
        assert "second" in say(app, aside="second")


async def test_what_stands_on_what_has_changed_is_painted_again() -> None:
    app = FourApp()
    async with app.run_test(size=(40, 10)):
        left = app.screen.query_one("#left")
        left.refresh()
        app.screen._compositor.update_widgets({left})
        update = app.screen._compositor.render_partial_update()
        assert isinstance(update, ChopsUpdate)
        painted = update.render_segments(app.console)
        assert all(word in painted for word in ("top", "middle", "bottom"))
        assert "aside" not in painted


async def test_between_updates_all_widgets_are_in_sight() -> None:
    app = FourApp()
    async with app.run_test(size=(40, 10)):
        before = set(app.screen._compositor.visible_widgets)
        say(app, top="first")
        assert set(app.screen._compositor.visible_widgets) == before
        assert {"top", "middle", "bottom", "aside"} <= {widget.id for widget in before}


async def test_nothing_changed_is_no_update() -> None:
    app = FourApp()
    async with app.run_test(size=(40, 10)):
        assert app.screen._compositor.render_partial_update() is None
