"""What the benchmarks that compare with PyTorch begin with."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from corpora.corpus import Corpus, CorpusError
from corpora.library import load_now


def torch_and_text(text: str) -> tuple[Any, Corpus]:
    """Import PyTorch, which the project does not need, and load a text; what is missing is said, with exit code 1."""
    try:
        torch = import_module("torch")
    except ImportError:
        sys.exit("This benchmark compares with PyTorch: run it by uv run --with torch==2.13.0")
    try:
        return torch, load_now([text])
    except CorpusError as error:
        sys.exit(str(error))
