import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.sanitize import CARRIER, MOST_MARKS, sanitize, sanitize_line

ANY_TEXT = st.text(st.one_of(st.characters(), st.characters(categories=["Cc", "Cf", "Mn", "Me", "Cs", "Zl", "Zp"])))


@given(ANY_TEXT)
def test_nothing_that_steers_a_terminal_survives(text: str) -> None:
    for character in sanitize(text).replace("\n", ""):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@given(ANY_TEXT)
def test_every_character_becomes_exactly_one(text: str) -> None:
    assert len(sanitize(text)) == len(text)
    assert [c == "\n" for c in sanitize(text)] == [c == "\n" for c in text]


@given(ANY_TEXT)
def test_sanitizing_twice_changes_nothing(text: str) -> None:
    once = sanitize(text)
    assert sanitize(once) == once


@given(ANY_TEXT)
def test_a_combining_mark_never_stands_alone(text: str) -> None:
    run = MOST_MARKS
    for character in sanitize(text):
        run = run + 1 if unicodedata.category(character) == "Mn" else 0
        assert run <= MOST_MARKS


@given(ANY_TEXT, st.integers(0, 50))
@example("e" + "\u0300" * 5, 5)
@example("\u0300" * 2, 1)
@example("\u200b\u0300", 1)
def test_text_that_comes_in_pieces_is_sanitized_as_a_whole(text: str, cut: int) -> None:
    head = sanitize(text[:cut])
    assert head + sanitize(text[cut:], head) == sanitize(text)


@given(ANY_TEXT)
def test_a_name_is_one_line(text: str) -> None:
    assert "\n" not in sanitize_line(text)
    assert len(sanitize_line(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, and [not] markup", "plain, and [not] markup"),
        ("\x1b[31mred", "\u241b[31mred"),
        ("a\r\nb\tc\x00\x7f", "a\u240d\nb\u21e5c\u2400\u2421"),
        ("\x9b31m", "\ufffd31m"),
        ("abc\u202etxt.exe", f"abc{CARRIER}txt.exe"),
        ("e\u0301", "e\u0301"),
        ("\u0301e", f"{CARRIER}e"),
        (" \u0301", f" {CARRIER}"),
        ("e" + 5 * "\u0301", "e" + MOST_MARKS * "\u0301" + 2 * CARRIER),
        ("\udc80\ue000\uffff", 3 * "\ufffd"),
        ("a\u2028b", "a\u2424b"),
        ("\u6f22\u5b57 \u041c\u0438\u0440", "\u6f22\u5b57 \u041c\u0438\u0440"),
    ],
)
def test_each_kind_of_trouble_has_its_stand_in(text: str, shown: str) -> None:
    assert sanitize(text) == shown
