"""Texts, as commands read them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from corpora.corpus import Corpus, Treatment
from corpora.library import load
from tui.commands.display import Display, finish_with
from tui.commands.options import ENCODING, TREAT


def asked_encoding(options: argparse.Namespace) -> str | None:
    """The encoding by flag or environment."""
    value = ENCODING.given(options)
    return None if value is None else str(value)


def asked_treatments(options: argparse.Namespace) -> frozenset[Treatment] | None:
    """The treatments by flag or environment, None where nothing was said."""
    value = TREAT.given(options)
    return None if value is None else frozenset(Treatment(name) for name in str(value).split(",") if name)


def read_text(
    sources: Sequence[str], encoding: str | None, treatments: frozenset[Treatment], display: Display
) -> Corpus:
    """Read a text, and show how far it is where that takes a while.

    Raises:
        CorpusError: If it cannot be read or used.
    """
    return finish_with(load(sources, encoding=encoding, treatments=treatments), display, "reading the text")
