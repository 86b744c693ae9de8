"""The instrument's own look: a dark room, a warm lamp on the page, everything else in half-light."""

from __future__ import annotations

from textual.theme import Theme

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
        "border-blurred": "#2a2f3a",
        "scrollbar": "#2a2f3a",
        "scrollbar-hover": "#3a4150",
        "scrollbar-active": "#7f9cc4",
        "scrollbar-background": "#12141a",
        "scrollbar-background-hover": "#12141a",
        "scrollbar-background-active": "#12141a",
        "scrollbar-corner-color": "#12141a",
        # Our own: the page that is being written is the brightest thing on the screen.
        "page": "#f4efe6",
        "faint": "#7d8596",
        "rule": "#2a2f3a",
    },
)

OURS = {"page": "", "faint": " 60%", "rule": " 20%"}
"""The stylesheet's variables beyond Textual's, made of the foreground for themes that do not bring them."""


def with_our_variables(variables: dict[str, str]) -> dict[str, str]:
    """Return a theme's variables with `page`, `faint` and `rule` among them."""
    if OURS.keys() <= variables.keys():
        return variables
    made = {name: variables["foreground"] + strength for name, strength in OURS.items()}
    # the row under the cursor is a calm one there too: colours of their own in it are to be read
    cursor = {
        "block-cursor-background": variables["panel"],
        "block-cursor-foreground": variables["foreground"],
        "block-cursor-blurred-background": variables["panel"],
        "block-cursor-text-style": "none",
    }
    return {**variables, **cursor, **made}
