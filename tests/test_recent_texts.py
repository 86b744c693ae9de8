"""Texts that were learnt lately."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.choice import TextChoice
from corpora.info import Treatment
from tui.recent_texts import MOST, RecentTexts, vanished


@pytest.fixture
def recent(tmp_path: Path) -> RecentTexts:
    return RecentTexts(tmp_path / "state" / "recent.json")


def test_the_text_learnt_last_comes_first_and_each_is_there_once_as_it_was_read_last(recent: RecentTexts) -> None:
    names, book = TextChoice(("names",)), TextChoice(("/a/book",), frozenset({Treatment.LOWER}), "latin-1")
    for choice in (TextChoice(book.sources), names, book):
        recent.add(choice)
    assert recent.all() == (book, names)


def test_twelve_texts_are_remembered(recent: RecentTexts) -> None:
    for number in range(MOST + 3):
        recent.add(TextChoice((f"/{number}",)))
    assert [choice.sources for choice in recent.all()] == [(f"/{number}",) for number in range(14, 2, -1)]


@pytest.mark.parametrize("broken", ["", "{", "{}", "3", '["x", null, {"sources": []}]', '[{"sources": ["a"]}]'])
def test_a_broken_file_costs_no_more_than_the_memory(recent: RecentTexts, broken: str) -> None:
    recent.path.parent.mkdir()
    recent.path.write_text(broken)
    assert recent.all() == ()
    recent.add(TextChoice(("names",)))
    assert recent.all() == (TextChoice(("names",)),)


def test_where_nothing_can_be_written_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recent = RecentTexts(tmp_path / "file" / "recent.json")
    recent.add(TextChoice(("names",)))
    assert recent.all() == ()


def test_a_file_that_is_gone_has_vanished_and_a_corpus_never_has(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert not vanished(TextChoice((str(tmp_path / "a"),)))
    assert vanished(TextChoice((str(tmp_path / "a"), str(tmp_path / "b"))))
    assert vanished(TextChoice(("a\0b",)))
    assert not vanished(TextChoice(("names",)))
