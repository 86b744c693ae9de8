"""`lstm-tui sample`: the same seed, the same text; exact in a pipe, harmless on a terminal."""

import contextlib
import io
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from model.checkpoint import load_checkpoint, save_checkpoint
from tui.__main__ import main
from tui.commands.glow import surprise_ink

from command_line import complaint, start, trained

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path, capsys: Captured) -> Path:
    path = trained(tmp_path)
    capsys.readouterr()
    return path


def written(capsys: Captured, file: Path, *flags: str) -> str:
    assert main(["sample", str(file), *flags]) == 0
    text, told = capsys.readouterr()
    assert told == ""
    return text


def test_the_same_seed_writes_the_same_text(file: Path, capsys: Captured) -> None:
    one = written(capsys, file, "--seed", "4", "--length", "60")
    assert written(capsys, file, "--seed", "4", "--length", "60") == one
    assert written(capsys, file, "--seed", "5", "--length", "60") != one
    assert len(one) == 60


def test_the_text_begins_with_the_prime(file: Path, capsys: Captured) -> None:
    text = written(capsys, file, "--prime", "waves", "--length", "10")
    assert text.startswith("waves")
    assert len(text) == 15


def test_at_temperature_zero_chance_has_no_say(file: Path, capsys: Captured) -> None:
    one = written(capsys, file, "--temperature", "0", "--seed", "1")
    assert written(capsys, file, "--temperature", "0", "--seed", "2") == one
    assert written(capsys, file, "--top-k", "1", "--seed", "3") == one


def test_unknown_characters_of_the_prime_are_named(file: Path, capsys: Captured) -> None:
    assert main(["sample", str(file), "--prime", "wéaßveés", "--length", "0"]) == 0
    text, told = capsys.readouterr()
    assert text == "waves"
    assert told == "lstm-tui: the network does not know 'é', 'ß'; left out of the prime\n"


def test_a_flag_beats_the_environment_which_beats_the_settings_file(
    file: Path, own_folders: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = written(capsys, file)
    likeliest = written(capsys, file, "--temperature", "0")
    hot = written(capsys, file, "--temperature", "50")
    assert len({default, likeliest, hot}) == 3
    settings = own_folders / "XDG_CONFIG_HOME" / "lstm-tui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[sampling]\ntemperature = 50.0\n")
    assert written(capsys, file) == hot
    monkeypatch.setenv("LSTM_TUI_TEMPERATURE", "0")
    assert written(capsys, file) == likeliest
    assert written(capsys, file, "--temperature", "0.8") == default


def with_symbols(file: Path, symbols: str) -> Path:
    """The same network with other characters in its vocabulary."""
    checkpoint = load_checkpoint(file)
    other = file.with_name("other.safetensors")
    save_checkpoint(replace(checkpoint, vocabulary=symbols + checkpoint.vocabulary[len(symbols) :]), other)
    return other


def test_a_pipe_gets_every_character_as_it_was_written(file: Path) -> None:
    symbols = "\x1b\r\né\N{GRINNING FACE}"
    words = ("sample", str(with_symbols(file, symbols)), "--prime", symbols, "--length", "0")
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    with start(*words, stdout=subprocess.PIPE, env=ascii_only) as process:
        text, _ = process.communicate(timeout=30)
    assert text.decode("utf-8") == symbols


def test_a_terminal_gets_no_control_characters(file: Path) -> None:
    ours, theirs = pty.openpty()
    words = ("sample", str(with_symbols(file, "\x1b")), "--prime", "a\x1ba", "--length", "0")
    with start(*words, stdout=theirs):
        os.close(theirs)
        shown = os.read(ours, 1_000)
        while b"\n" not in shown:
            shown += os.read(ours, 1_000)
    os.close(ours)
    assert shown.decode("utf-8") == "a\u241ba\r\n"


def on_a_terminal(*words: str, **environment: str) -> str:
    """What a terminal gets of `lstm-tui`."""
    ours, theirs = pty.openpty()
    shown = b""
    with start(*words, stdout=theirs, env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "", **environment}):
        os.close(theirs)
        with contextlib.suppress(OSError):  # which is how Linux says that the other end is closed
            while more := os.read(ours, 10_000):
                shown += more
    os.close(ours)
    return shown.decode("utf-8")


def test_in_ink_the_unlikely_glows_on_a_terminal(file: Path) -> None:
    words = ("sample", str(file), "--length", "30", "--prime", "a", "--temperature", "3")
    plain = on_a_terminal(*words)
    inked = on_a_terminal(*words, "--ink", "surprise", NO_COLOR="")
    assert "\x1b" not in plain
    assert "\x1b[" in inked
    assert re.sub(r"\x1b\[[0-9;]*m", "", inked) == plain
    assert inked[0] == "a"  # a prime surprises nobody


def test_without_colours_the_ink_is_bold_and_underlined_only(file: Path) -> None:
    words = ("sample", str(file), "--length", "60", "--temperature", "3", "--ink", "surprise")
    codes = set(re.findall(r"\x1b\[([0-9;]*)m", on_a_terminal(*words, NO_COLOR="1")))
    assert codes <= {"", "0", "1", "1;4"}


def test_a_pipe_gets_no_ink(file: Path) -> None:
    with start("sample", str(file), "--length", "30", "--ink", "surprise", stdout=subprocess.PIPE) as process:
        text, _ = process.communicate(timeout=30)
    assert b"\x1b" not in text


@pytest.mark.parametrize(("probability", "codes"), [(0.9, "90"), (0.4, ""), (0.05, "1;33"), (1e-9, "1;4;91")])
def test_a_shade_is_in_the_terminals_own_colours(
    probability: float, codes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    ink = surprise_ink(io.StringIO())
    assert ink("x", probability) == (f"\x1b[{codes}mx\x1b[0m" if codes else "x")
    assert ink("\n", probability) == "\n"
    assert ink("\u0301", probability) == "\u0301"


def test_a_closed_pipe_ends_it_quietly(file: Path) -> None:
    words = ("sample", str(file), "--length", "1000000000")
    with start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert len(process.stdout.read(10)) == 10
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ((), 2, "FILE"),
        (("missing.safetensors",), 1, "missing.safetensors"),
        (("NET", "--temperature", "-1"), 2, "temperature is -1.0; it must be a number from 0"),
        (("NET", "--temperature", "warm"), 2, "'warm' is not a number"),
        (("NET", "--top-p", "0"), 2, "top-p is 0.0"),
        (("NET", "--length", "-1"), 2, "--length is -1"),
        (("NET", "--ink", "red"), 2, "--ink is 'red'; it must be one of plain, surprise"),
        (("NET", "--seed", "-1"), 2, "seed is -1"),
        (("NET", "--seed", "1.5"), 2, "'1.5' is not a whole number"),
    ],
)
def test_bad_input_is_one_sentence(
    file: Path, capsys: Captured, words: tuple[str, ...], code: int, sentence: str
) -> None:
    assert main(["sample", *(str(file) if word == "NET" else word for word in words)]) == code
    assert sentence in complaint(capsys)


def test_a_bad_environment_variable_is_named(file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSTM_TUI_TEMPERATURE", "warm")
    assert main(["sample", str(file)]) == 2
    assert complaint(capsys) == "LSTM_TUI_TEMPERATURE: 'warm' is not a number"


@pytest.mark.parametrize("temperature", ["0", "0.8"])
def test_weights_that_are_too_large_to_write_with_are_said(file: Path, capsys: Captured, temperature: str) -> None:
    saved = load_checkpoint(file)
    for name in saved.tensors:
        saved.tensors[name][...] = 3e38
    save_checkpoint(saved, file)
    assert main(["sample", str(file), "--temperature", temperature]) == 1
    assert "its weights are too large to write with" in complaint(capsys)
