"""What the tab key completes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tui.__main__ import main

from command_line import COMMAND, ROOT


def completions(line: str, folder: Path) -> list[str]:
    """What the shell is answered where `line` has been typed so far."""
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run(COMMAND, env={**os.environ, **asked}, cwd=folder, check=True, capture_output=True)
    return [word.strip() for word in answer.read_text().split("\n")]


def test_the_first_word_may_be_a_command_a_corpus_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "bread.txt").write_text("flour\n")
    assert {"bench", "bible", "brackets", "bread.txt"} <= set(completions("lstm-tui b", tmp_path))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("lstm-tui train --hidden", {"--hidden-size"}),
        ("lstm-tui train shakespeare --cell ", {"lstm", "gru", "rnn"}),
        ("lstm-tui --preset char", {"char-rnn"}),
        ("lstm-tui --preset de", {"default"}),
        ("lstm-tui presets van", set()),
        ("lstm-tui presets tor", {"torch-rnn"}),
        ("lstm-tui corpora count", {"counting"}),
        ("lstm-tui completion f", {"fish"}),
        ("lstm-tui sample net.safetensors --ink s", {"surprise"}),
    ],
)
def test_commands_complete_their_own_flags_and_values(line: str, expected: set[str], tmp_path: Path) -> None:
    assert set(completions(line, tmp_path)) - {""} == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_told_of_lstm_tui(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "lstm-tui" in capsys.readouterr().out


def test_bash_understands_what_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    if (bash := shutil.which("bash")) is None:
        pytest.skip("there is no bash")
    main(["completion", "bash"])
    told = capsys.readouterr().out
    done = subprocess.run([bash, "-c", told + "complete -p lstm-tui"], capture_output=True, text=True, check=True)
    assert "lstm-tui" in done.stdout
