"""The recording of the show: what a player is given, and what not."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pyte

from recording import ENTER, FRAMES, GROUNDS, LEAVE, Recording
from still import slim

DOCS = Path(__file__).parent.parent / "docs"


def recorded(*written: tuple[float, bytes]) -> list[tuple[float, str]]:
    """The events of a recording, without its header."""
    recording = Recording(40, 5, "a title")
    for seconds, text in written:
        recording.write(seconds, text)
    header, *events = map(json.loads, recording.lines())
    assert header["version"] == 2 and (header["width"], header["height"]) == (40, 5)
    assert {kind for _, kind, _ in events} == {"o"}
    return [(seconds, text) for seconds, _, text in events]


def seen(events: list[tuple[float, str]]) -> pyte.Screen:
    """What stands on a player's screen before it is left."""
    screen = pyte.Screen(40, 5)
    stream = pyte.Stream(screen)
    for _, text in events:
        if text != LEAVE:
            stream.feed(text)
    return screen


def test_what_a_player_shows_is_what_the_program_showed() -> None:
    written = (
        (0.0, b"\x1b[2J\x1b[2;3H\x1b[1;38;2;9;8;7mloss\x1b[0m 1.5"),
        (2.0, "\x1b[3;1H\x1b[4;31mcopied\x1b[0m \x1b[7m \x1b[0m \u6f22\u2502".encode()),
        (4.0, b"\x1b[2;8H2.5\x1b[4;1H\x1b[48;2;1;2;3mneurons\x1b[0m"),
        (9.0, b"\x1b[3;4H\x1b[92mx\x1b[0m"),
    )
    screen = pyte.Screen(40, 5)
    stream = pyte.ByteStream(screen)
    for _, text in written:
        stream.feed(text)
    shown = seen(recorded(*written))
    assert shown.display == screen.display
    assert [[shown.buffer[y][x] for x in range(40)] for y in range(5)] == [
        [screen.buffer[y][x] for x in range(40)] for y in range(5)
    ]


def test_what_comes_within_a_frame_is_one_event_and_time_begins_with_the_first() -> None:
    events = recorded((5.0, b"a"), (5.01, b"b"), (5.02, b"c"), (8.0, b"d"))
    assert [seconds for seconds, _ in events] == sorted({seconds for seconds, _ in events})
    assert events[0][0] == 0 and events[0][1].startswith(ENTER)
    assert len(events) <= 4 and events[-1][1] == LEAVE


def test_what_does_not_differ_is_not_kept() -> None:
    events = recorded((0.0, b"loss:1.5"), (2.0, b"\x1b[1;1Hloss:1.4"), (4.0, b"\x1b[1;1Hloss:1.4"), (6.0, b""))
    assert [re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", text) for _, text in events] == ["loss:1.5", "4", ""]


def test_grounds_come_less_often_but_at_last() -> None:
    flicker = [(n / FRAMES, f"\x1b[2;1H\x1b[48;2;{n};0;0m \x1b[0m\x1b[1;1H{n}".encode()) for n in range(40)]
    events = recorded(*flicker)
    assert len([text for _, text in events if "48;2" in text]) <= 10 * GROUNDS + 3
    assert seen(events).buffer[0][1].data == "9"


def test_what_asks_a_terminal_or_takes_its_mouse_is_left_out() -> None:
    asked = b"\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[?2026$p\x1b[>1u\x1b[c\x1b[6n\x1b]0;/home/someone\x07"
    (_, text), _ = recorded((0.0, asked[:20]), (0.1, asked[20:] + b"x"))
    assert text == f"{ENTER}\x1b[1;1Hx\x1b[0m"


def test_a_picture_is_the_same_in_fewer_bytes() -> None:
    text = '<text class="terminal-123-r4" x="12.2" clip-path="url(#terminal-123-line-0)">loss</text>'
    assert slim(f"<style>.terminal-123-r4 {{ }}</style>{text}").endswith('<text class="r4" x="12.2">loss</text>')


def test_the_recording_that_is_kept_can_be_played_and_tells_nothing_of_a_machine() -> None:
    whole = (DOCS / "demo.cast").read_text(encoding="utf-8")
    header, *events = map(json.loads, whole.splitlines())
    assert (header["version"], header["width"], header["height"]) == (2, 120, 40)
    assert set(header) <= {"version", "width", "height", "title", "env"}
    moments = [moment for moment, _, _ in events]
    assert moments[0] == 0 and all(earlier < later for earlier, later in pairwise(moments))
    assert {kind for _, kind, _ in events} == {"o"}
    assert events[0][2].startswith(ENTER) and events[-1][2] == LEAVE
    assert not re.search(r"/(?:home|root|tmp|Users|work)\b", whole)
    assert "hostname" not in whole


def test_no_picture_tells_anything_of_a_machine() -> None:
    for path in DOCS.rglob("*.svg"):
        assert not re.search(r"/(?:root|Users|work)\b|tmp\w{8}\b", path.read_text(encoding="utf-8")), path.name


def test_the_pages_show_all_pictures_and_no_others() -> None:
    for page, folder in (("gallery", "gallery"), ("gallery-light", "gallery/light"), ("demo", "demo")):
        shown = re.findall(r"^!\[.*\]\((.*)\)$", (DOCS / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(shown) == sorted(f"{folder}/{path.name}" for path in (DOCS / folder).glob("*.svg"))
