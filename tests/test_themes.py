"""Every theme can be read: each letter on the screen stands out from what it is written on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from textual.color import BLACK, WHITE, Color
from textual.theme import BUILTIN_THEMES, Theme

from model.protocol import Written
from tui.app import LSTMApp
from tui.contrast import TEXT, contrast, dimmed, softened, strengthened
from tui.theme import DAYLIGHT, INKS, LAMPLIGHT, LETTERS, OURS, PAGE, PANEL, readable, with_our_variables
from tui.widgets.loss_panel import LossPanel

from scripted_session import PLAY, ScriptedSession, scripted_app, until, update
from staged_run import STATES, staged

THEMES = {theme.name: theme for theme in (*OURS, *BUILTIN_THEMES.values()) if not theme.ansi}
SHOWN = [name for name, theme in THEMES.items() if not theme.dark or name in ("lamplight", "nord", "solarized-dark")]
"""Those that a screen is looked at in: all the light ones, and dark ones that need most."""
ON_PANEL, LEAST = 3.5, 3.1
"""Least contrasts: of inks in fields and in the row under the cursor, and of every letter on the screen."""

colors = st.builds(Color, *[st.integers(0, 255)] * 3)


def colours(theme: Theme) -> dict[str, Color]:
    """What a theme's variables are, ours among them."""
    worn = readable(theme)
    variables = with_our_variables({**worn.to_color_system().generate(), **worn.variables})
    names = ("background", "panel", "foreground", "page", "faint", *INKS)
    return {name: Color.parse(variables[name]) for name in names}


def letters(app: LSTMApp) -> Iterator[tuple[str, float]]:
    """Each piece of text on the screen that has a letter or digit in it, with the contrast to its ground.

    What is behind a dialog is in half-light on purpose, and left out.
    """
    seen = app.screen.query(".dialog, CommandList").first().region if app.screen.is_modal else app.screen.region
    for strip in app.screen._compositor.render_strips()[seen.y : seen.bottom]:
        for segment in strip.crop(seen.x, seen.right):
            style = segment.style
            if style is None or style.color is None or style.bgcolor is None:
                continue
            if any(sign.isalnum() and sign.isascii() for sign in segment.text):
                pair = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
                yield segment.text.strip(), contrast(*pair)


def pale(app: LSTMApp) -> dict[str, float]:
    """What cannot be read."""
    return {text: round(figure, 1) for text, figure in letters(app) if figure < LEAST}


def test_contrast_goes_from_1_to_21() -> None:
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == pytest.approx(21.0)
    assert contrast(Color(90, 90, 90), Color(90, 90, 90)) == 1.0


@given(colors, colors)
def test_a_strengthened_colour_can_be_read_on_any_ground(color: Color, ground: Color) -> None:
    assert contrast(strengthened(color, ground), ground) >= TEXT


@given(colors, colors)
def test_a_colour_that_can_be_read_stays_what_it_is(color: Color, ground: Color) -> None:
    if contrast(color, ground) >= TEXT:
        assert strengthened(color, ground) == color


@given(colors, colors, st.floats(1.1, 5.0))
def test_softened_and_dimmed_keep_their_bounds(color: Color, ground: Color, bound: float) -> None:
    assert contrast(softened(color, ground, 0.5, bound), ground) >= min(bound, contrast(color, ground))
    assert contrast(dimmed(color, ground, bound), ground) <= bound


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_inks_of_every_theme_can_be_read(theme: Theme) -> None:
    worn = colours(theme)
    ground, panel = worn["background"], worn["panel"]
    least = {name: contrast(worn[name], ground) for name in (*INKS, "foreground")}
    assert min(least.values()) >= TEXT, least
    assert contrast(worn["page"], ground) >= PAGE
    assert contrast(worn["faint"], ground) >= TEXT
    assert contrast(panel, ground) <= PANEL
    least = {name: contrast(worn[name], panel) for name in (*INKS, "foreground", "page")}
    assert min(least.values()) >= ON_PANEL, least


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_our_own_themes_are_readable_as_they_are(theme: Theme) -> None:
    assert readable(theme) is theme
    ground = Color.parse(str(theme.background))
    for name in INKS:
        assert contrast(Color.parse(getattr(theme, name)), ground) >= LETTERS, name
    assert contrast(Color.parse(str(theme.panel)), ground) <= PANEL


def test_what_is_written_stands_out_most_by_night_and_by_day() -> None:
    for theme in (LAMPLIGHT, DAYLIGHT):
        worn = colours(theme)
        figures = {name: contrast(color, worn["background"]) for name, color in worn.items()}
        assert max(figures, key=figures.__getitem__) == "page"


def test_a_theme_made_readable_is_made_once_and_stays() -> None:
    made = readable(BUILTIN_THEMES["textual-light"])
    assert readable(BUILTIN_THEMES["textual-light"]) is made
    assert readable(made) is made


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if theme.ansi])
def test_a_terminals_own_colours_are_left_alone(name: str) -> None:
    assert readable(BUILTIN_THEMES[name]) is BUILTIN_THEMES[name]


@pytest.mark.parametrize("ink", ["surprise", "neuron"])
async def test_every_letter_of_the_main_screen_can_be_read(tmp_path: Path, ink: str) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path, ink=ink)
    async with app.run_test(size=(120, 40)) as pilot:
        await session.play(staged(STATES["training"]))
        await session.play(update(texts=(Written(PLAY[:8], tuple(0.7 * 0.5**bits for bits in range(8))),)))
        await until(pilot, lambda: not app.main.query_one(LossPanel)._resting)
        for theme in SHOWN:
            app.theme = theme
            await pilot.pause()
            await pilot.pause()
            assert not pale(app), (theme, pale(app))


@pytest.mark.parametrize("theme", ["lamplight", "daylight", "textual-light", "atom-one-light", "solarized-light"])
async def test_every_letter_of_every_dialog_can_be_read(tmp_path: Path, theme: str) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path, theme=theme)
    async with app.run_test(size=(120, 40)) as pilot:
        await session.play(staged(STATES["training"]))
        for keys in ("p", "e", "s", "c", "b", "o", "R", "ctrl+r", "ctrl+t", "x", "y a b", "2 f1", "ctrl+p"):
            await pilot.press(*keys.split())
            await pilot.pause()
            await pilot.pause()
            assert list(letters(app))
            assert not pale(app), (keys, pale(app))
            while app.screen is not app.main:
                await pilot.press("escape")
                await pilot.pause()
            await pilot.press("escape")


@pytest.mark.parametrize("name", ["rule", "scrollbar", "scrollbar-hover", "border-blurred"])
def test_lines_are_grey_where_there_are_256_colours(name: str) -> None:
    color = Color.parse(LAMPLIGHT.variables[name]).rich_color.downgrade(ColorSystem.EIGHT_BIT)
    assert color.number is not None and color.number >= 232
