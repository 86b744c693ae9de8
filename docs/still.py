"""Pictures of the screen as files: small, alike in every browser, and without a path of this machine."""

from __future__ import annotations

import re
from pathlib import Path

from textual.app import App

SHOWN = "/home/the-reader"
"""Stands for the folder in which pictures are taken."""


def picture(app: App[None], folder: Path) -> str:
    """Return the screen as SVG; `folder`, in which everything happens, has another name in it."""
    svg = app.export_screenshot()
    ground = app.get_css_variables()["background"]
    svg = svg.replace('fill="#292929" stroke="rgba(255,255,255,0.35)"', f'fill="{ground}" stroke="#808080"', 1)
    svg = svg.replace('-title" fill="#c5c8c6"', '-title" fill="#808080"', 1)
    # as many characters as before, since each piece of text has its place; a message may break its path
    for name, shown in ((str(folder), SHOWN), (folder.name, "the-reader")):
        svg = svg.replace(name, shown.ljust(len(name), "-")[: len(name)])
    return slim(svg)


def slim(svg: str) -> str:
    """Return the same picture in fewer bytes: short names, and once what is the same everywhere."""
    svg = re.sub(r"terminal-\d+-", "t-", svg)
    # a cut at the ends of rows is not to be seen: nothing stands there
    svg = re.sub(r'<clipPath id="t-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#t-line-\d+\)"', "", svg)
    svg = svg.replace(' shape-rendering="crispEdges"', "")
    svg = svg.replace("</style>", "    g rect { shape-rendering: crispEdges }\n    </style>", 1)
    svg = re.sub(r"(\d\.\d\d)\d{3,}", r"\1", svg)
    svg = re.sub(r"<text[^>]*>(?:&#160;)+</text>\s*", "", svg)
    return re.sub(r"t-(r\d+)\b", r"\1", svg)
