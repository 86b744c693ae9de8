"""A recording of a terminal, in asciinema's second format: a header, then a line for what changes at a time.

What a program writes is put on a screen, and only the differences from frame to frame are kept, in the fewest codes.
Cells with a ground of their own, such as the neurons', change all at once with each character, and are kept less often.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyte

FRAMES, GROUNDS = 4, 0.5
"""A second: of what is written and drawn, and of cells with a ground of their own."""
ANOTHER = 0.15
"""The share of characters that differ in another view."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J", "\x1b[0m\x1b[?25h\x1b[?1049l"

UNREADABLE = re.compile(
    rb"\x1b\[[<>=?][\d;]*[umc]|\x1b\[\?[\d;]*\$p|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_][^\x1b]*\x1b\\"
)
"""What a program asks of the keyboard and the like, and titles: nothing that is shown."""
UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;<>=?$]*|[\]P_][^\x07\x1b]*\x1b?)?\Z")
"""An escape code whose end is still to come."""

NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
ATTRIBUTES = {"bold": 1, "italics": 3, "underscore": 4, "reverse": 7, "strikethrough": 9}

Cell = tuple[str, str, str, tuple[int, ...]]
"""A character, its ink, its ground and the numbers of what else it is."""
BLANK: Cell = (" ", "default", "default", ())


@dataclass
class Recording:
    """Takes what a program writes, with the seconds since it was started."""

    width: int
    height: int
    title: str
    written: list[tuple[float, bytes]] = field(default_factory=list)

    def write(self, seconds: float, written: bytes) -> None:
        """Add what was written."""
        self.written.append((seconds, written))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file; time begins with the first frame."""
        header = {"version": 2, "width": self.width, "height": self.height, "title": self.title}
        yield json.dumps({**header, "env": {"TERM": "xterm-256color"}})
        first, last = None, 0.0
        for seconds, change in self.frames():
            first = seconds if first is None else first
            last = seconds - first
            yield json.dumps([round(last, 2), "o", change if last else ENTER + change], ensure_ascii=False)
        yield json.dumps([round(last + 1 / FRAMES, 2), "o", LEAVE])

    def frames(self) -> Iterator[tuple[float, str]]:
        """Yield the seconds of each frame that differs from the one before, and the codes that make it of that."""
        screen = pyte.Screen(self.width, self.height)
        stream = pyte.ByteStream(screen)
        shown = [[BLANK] * self.width for _ in range(self.height)]
        rest, due, grounds_due = b"", 0.0, 0.0
        for seconds, written in [*self.written, (self.written[-1][0] + 1.0, b"")] if self.written else []:
            if seconds >= due:
                with_grounds = seconds >= grounds_due or another(shown, screen)
                if change := changes(shown, screen, with_grounds):
                    yield due, change
                due = int(seconds * FRAMES + 1) / FRAMES
                grounds_due = seconds + 1 / GROUNDS if with_grounds else grounds_due
            text = rest + written
            cut = UNFINISHED.search(text)
            text, rest = (text[: cut.start()], text[cut.start() :]) if cut else (text, b"")
            stream.feed(UNREADABLE.sub(b"", text))


def changes(shown: list[list[Cell]], screen: pyte.Screen, with_grounds: bool) -> str:
    """Return the codes that make the screen of what is shown, which is then the same; perhaps but for grounds."""
    codes: list[str] = []
    ink, ground = "default", "default"
    attributes: tuple[int, ...] = ()
    usual = screen.buffer[0][0].bg
    for y, row in enumerate(shown):
        at = -1
        for x, before in enumerate(row):
            char = screen.buffer[y][x]
            cell = char.data, char.fg, char.bg, tuple(n for name, n in ATTRIBUTES.items() if getattr(char, name))
            if cell == before or (not with_grounds and (before[2] != usual or cell[2] != usual)):
                continue
            row[x] = cell
            if not cell[0]:  # the right half of a wide character, which has been drawn with the left
                at = x + 1 if at == x else at
                continue
            if at != x:
                codes.append(f"\x1b[{x - at}C" if 0 <= at < x else f"\x1b[{y + 1};{x + 1}H")
            numbers: list[str] = []
            if cell[3] != attributes:
                numbers, ink, ground, attributes = ["0", *map(str, cell[3])], "default", "default", cell[3]
            # of a blank only its ground is seen
            if cell[1] != ink and (cell[0] != " " or cell[3]):
                numbers.append(colour(cell[1], 30))
                ink = cell[1]
            if cell[2] != ground:
                numbers.append(colour(cell[2], 40))
                ground = cell[2]
            codes.append(f"\x1b[{';'.join(numbers)}m{cell[0]}" if numbers else cell[0])
            at = x + 1
    return "".join(codes) + "\x1b[0m" if codes else ""


def another(shown: list[list[Cell]], screen: pyte.Screen) -> bool:
    """Tell whether so much differs that it is another view, of which nothing is to come later."""
    pairs = ((cell[0], screen.buffer[y][x].data) for y, row in enumerate(shown) for x, cell in enumerate(row))
    return sum(before != now for before, now in pairs) > ANOTHER * screen.columns * screen.lines


def colour(name: str, base: int) -> str:
    """Return the numbers of a colour as pyte has it: of ink from 30 on, of ground from 40 on."""
    if name == "default":
        return str(base + 9)
    if name.removeprefix("bright") in NAMES:
        return str(base + NAMES.index(name.removeprefix("bright")) + (60 if name.startswith("bright") else 0))
    return f"{base + 8};2;{int(name[:2], 16)};{int(name[2:4], 16)};{int(name[4:], 16)}"
