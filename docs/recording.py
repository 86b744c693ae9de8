"""A recording of a terminal, in asciinema's second format: a header, then a line for what was written at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

A_SECOND = 8
"""Events that a second has at most: what is written in between is written at once."""

NOT_FOR_VIEWERS = re.compile(
    r"\x1b\[\?(?:1000|1002|1003|1004|1005|1006|1015|1016|2004|2031|2048)[hl]"  # mouse, focus, pasting, sizes, colours
    r"|\x1b\[\?[\d;]*\$p|\x1b\[[>=?]?\d*[cnq]"  # questions: a player's terminal would answer its shell
    r"|\x1b\[[<>=?][\d;]*u"  # the keyboard's own protocol
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, clipboard
    r"|\x1b[P_][^\x1b]*\x1b\\"  # pictures
)
UNFINISHED = re.compile(r"\x1b(?:\[[0-9;<>=?$]*|[\]P_][^\x07\x1b]*\x1b?)?\Z")
"""An escape code whose end is still to come."""


@dataclass
class Recording:
    """Takes what a program writes, with the seconds since it began to."""

    width: int
    height: int
    title: str
    events: list[tuple[float, str]] = field(default_factory=list)
    _decode: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"), repr=False
    )
    _rest: str = ""

    def write(self, seconds: float, written: bytes) -> None:
        """Add what was written, less what acts on a terminal in other ways than to show something."""
        text = self._rest + self._decode.decode(written)
        cut = UNFINISHED.search(text)
        self._rest = text[cut.start() :] if cut else ""
        text = NOT_FOR_VIEWERS.sub("", text[: cut.start()] if cut else text)
        if not text:
            return
        moment = int(seconds * A_SECOND) / A_SECOND
        if self.events and self.events[-1][0] == moment:
            text = self.events.pop()[1] + text
        self.events.append((moment, text))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        header = {"version": 2, "width": self.width, "height": self.height, "title": self.title}
        yield json.dumps({**header, "env": {"TERM": "xterm-256color"}})
        first = self.events[0][0] if self.events else 0.0
        for moment, text in self.events:
            yield json.dumps([round(moment - first, 3), "o", text], ensure_ascii=False)
