"""What the tests of commands have in common: a small text, a tiny network, and `lstm-tui` as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui.__main__ import main

ROOT = Path(__file__).parents[1]
TINY = ("--hidden-size", "8", "--seq-length", "8", "--batch-size", "4")
COMMAND = (sys.executable, "-P", "-m", "tui")


def write_text(folder: Path, name: str = "sea.txt", characters: int = 5_000) -> str:
    """Write a text that can be learnt, and return its path."""
    path = folder / name
    lines = [f"{n} waves came in, and {n + 1} went out again;\n" for n in range(characters)]
    path.write_text("".join(lines)[:characters], encoding="utf-8")
    return str(path)


def trained(folder: Path, *flags: str, steps: int = 20) -> Path:
    """Train a tiny network in this process, and return its file."""
    out = folder / "net.safetensors"
    words = ["train", write_text(folder), "--out", str(out), *TINY, "--steps", str(steps), *flags]
    assert main([*words, "--overwrite"]) == 0
    return out


def start(*words: str, **pipes: Any) -> subprocess.Popen[bytes]:
    """Start `lstm-tui` as a process of its own."""
    return subprocess.Popen([*COMMAND, *words], cwd=ROOT, **pipes)


def json_lines(captured: str) -> list[dict[str, Any]]:
    """The objects that were printed, one a line."""
    return [json.loads(line) for line in captured.splitlines()]


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence on standard error; nothing may be on standard output."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("lstm-tui: ") and err.endswith("\n") and err.count("\n") == 1, err
    return err.removeprefix("lstm-tui: ").rstrip("\n")
