"""The instrument's own looks, a dark room with a lamp on the page and paper by day; all others are made readable."""

from __future__ import annotations

from dataclasses import replace

from textual.color import Color
from textual.theme import Theme

from tui.contrast import TEXT, dimmed, softened, strengthened

# Lines and scrollbars are so near to grey that terminals of 256 colours make them grey, and not navy.
LAMPLIGHT = Theme(
    name="lamplight",
    primary="#7f9cc4",
    secondary="#8a93a6",
    accent="#e0b072",
    warning="#e0b072",
    error="#d9806f",
    success="#93b98a",
    foreground="#cfd3dc",
    background="#12141a",
    surface="#171a21",
    panel="#1e222b",
    dark=True,
    variables={
        "block-cursor-background": "#2b3140",
        "block-cursor-foreground": "#f4efe6",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#1e222b",
        "block-hover-background": "#1e222b",
        "input-selection-background": "#7f9cc4 35%",
        "border": "#7f9cc4",
        "border-blurred": "#2b2f39",
        "scrollbar": "#2b2f39",
        "scrollbar-hover": "#3b414f",
        "scrollbar-active": "#7f9cc4",
        "scrollbar-background": "#12141a",
        "scrollbar-background-hover": "#12141a",
        "scrollbar-background-active": "#12141a",
        "scrollbar-corner-color": "#12141a",
        # Our own: the page that is being written is the brightest thing on the screen.
        "page": "#f4efe6",
        "faint": "#7d8596",
        "rule": "#2b2f39",
    },
)

DAYLIGHT = Theme(
    name="daylight",
    primary="#3b6294",
    secondary="#5c6577",
    accent="#95570d",
    warning="#95570d",
    error="#ab3b29",
    success="#3f6f37",
    foreground="#3a3d45",
    background="#f7f3ea",
    surface="#f1ecdf",
    panel="#e8e1d1",
    dark=False,
    variables={
        "block-cursor-background": "#e2d9c4",
        "block-cursor-foreground": "#14161b",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#ece6d8",
        "block-hover-background": "#ece6d8",
        "input-selection-background": "#3b6294 30%",
        "border": "#3b6294",
        "border-blurred": "#d6cebc",
        "scrollbar": "#d6cebc",
        "scrollbar-hover": "#bfb59f",
        "scrollbar-active": "#3b6294",
        "scrollbar-background": "#f7f3ea",
        "scrollbar-background-hover": "#f7f3ea",
        "scrollbar-background-active": "#f7f3ea",
        "scrollbar-corner-color": "#f7f3ea",
        # what is being written is the darkest thing on the paper
        "page": "#14161b",
        "faint": "#6d6a64",
        "foreground-muted": "#6d6a64",
        "rule": "#d6cebc",
    },
)

OURS = (LAMPLIGHT, DAYLIGHT)
BY_NAME = {theme.name: theme for theme in OURS}

INKS = ("primary", "secondary", "accent", "warning", "error", "success")
"""A theme's colours that letters and lines are in."""
LETTERS, PAGE = TEXT + 0.1, 7.0
"""Least contrast of inks, a little more than can be read since colours are rounded; and of what is being written."""
HALF_LIGHT = 0.6
"""How much of the foreground faint labels are, where that is enough."""
PANEL = 1.25
"""Most contrast of fields, buttons and the row under the cursor to what is around: letters stand on both."""

_readable: dict[str, tuple[Theme, Theme]] = {}
"""By their names, each with what it was made of."""


def readable(theme: Theme) -> Theme:
    """Return a theme whose inks can be read on its background; ours can, and a terminal's own colours are kept."""
    if BY_NAME.get(theme.name) is theme:
        return theme
    kept = _readable.get(theme.name)
    if kept is not None and any(theme is each for each in kept):
        return kept[1]
    variables = theme.to_color_system().generate()
    ground, panel = (Color.parse(variables[name]) for name in ("background", "panel"))
    made = theme
    if ground.ansi is None:
        given = {name: Color.parse(getattr(theme, name) or variables[name]) for name in INKS}
        ink = {name: strengthened(color, ground, LETTERS).hex for name, color in given.items()}
        made = replace(
            theme,
            primary=ink["primary"],
            secondary=ink["secondary"],
            accent=ink["accent"],
            warning=ink["warning"],
            error=ink["error"],
            success=ink["success"],
            panel=dimmed(ground + panel, ground, PANEL).hex,
        )
    _readable[theme.name] = theme, made
    return made


def with_our_variables(variables: dict[str, str]) -> dict[str, str]:
    """Return a theme's variables with `page`, `faint` and `rule` among them, made of its foreground if it has none."""
    if {"page", "faint", "rule"} <= variables.keys():
        return variables
    foreground, ground = Color.parse(variables["foreground"]), Color.parse(variables["background"])
    if ground.ansi is None and foreground.ansi is None:
        page = strengthened(foreground, ground, PAGE).hex
        faint = softened(foreground, ground, HALF_LIGHT, TEXT).hex
    else:
        page, faint = variables["foreground"], f"{variables['foreground']} {HALF_LIGHT:.0%}"
    # the row under the cursor is a calm one there too: colours of their own in it are to be read
    calm = {
        "block-cursor-background": variables["panel"],
        "block-cursor-foreground": variables["foreground"],
        "block-cursor-blurred-background": variables["panel"],
        "block-cursor-text-style": "none",
        "input-selection-background": f"{variables['primary']} 20%",
        "foreground-muted": faint,
    }
    return {**variables, **calm, "page": page, "faint": faint, "rule": f"{variables['foreground']} 20%"}
