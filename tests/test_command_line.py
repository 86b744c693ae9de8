"""`lstm-tui` as a whole: help, version, what the app is opened with, and how wrong use is answered."""

import argparse
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

import pytest

from model.config import NetworkSettings
from model.protocol import LoadCorpus
from tui.__main__ import main
from tui.commands import options as options_module
from tui.commands.arguments import APP, COMMANDS
from tui.commands.errors import WorkError
from tui.commands.instrument import opening_of, terminal_input, told_if_slow
from tui.commands.options import FPS, NETWORK, settled
from tui.commands.saved_file import looks_saved
from tui.opening import Opening
from tui.settings import paths

from command_line import ROOT, complaint, start, trained, write_text

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]

LOADED = """
import json, sys
from tui.__main__ import main
code = main(json.loads(sys.argv[1]))
print(json.dumps(sorted(sys.modules)))
"""


def app_options(*words: str) -> argparse.Namespace:
    return APP.parser().parse_intermixed_args(words)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_teaches_by_examples(command: str, capsys: Captured) -> None:
    assert main([*command.split(), "--help"]) == 0
    printed, told = capsys.readouterr()
    assert told == ""
    assert printed.startswith(f"usage: lstm-tui {command}".rstrip())
    assert "Examples:\n  # " in printed
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 82


def test_the_apps_help_names_every_command(capsys: Captured) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for command in COMMANDS:
        assert f"  lstm-tui {command} " in printed


def test_version(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    name, version = capsys.readouterr().out.split()
    assert name == "lstm-tui" and version[0].isdigit()


@pytest.mark.parametrize("words", [["--version"], ["train", "--version"]])
def test_nothing_slow_is_imported_before_it_is_needed(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(words)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {"textual", "rich", "numpy", "asyncio", "corpora.corpus", "model.network"}


def test_what_an_output_does_not_know_ends_no_work(tmp_path: Path) -> None:
    """As in the C locale, where Python would pass bytes through that it could not read."""
    text, out = tmp_path / "sea.txt", tmp_path / "net.safetensors"
    text.write_text("the rain came in over the hills\n" * 100)
    words = ["train", str(text), "--out", str(out), "--steps", "2", "--hidden-size", "4"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:surrogateescape", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "tui", *words], cwd=ROOT, env=environment, capture_output=True, timeout=60
    )
    assert done.returncode == 0
    assert b"?" in done.stdout and out.exists()


def test_help_into_a_closed_pipe_is_quiet() -> None:
    with start("--help", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--frobnicate",), 2, "--frobnicate; `lstm-tui --help` explains"),
        (("trian",), 2, "did you mean train?"),
        (("missing.txt",), 1, "missing.txt: no such file or folder, and no corpus of that name"),
        (("bracket",), 1, "did you mean brackets"),
        (("missing.safetensors",), 1, "missing.safetensors: no such file"),
        (("TEXT", "also-missing.txt"), 1, "also-missing.txt: no such file"),
        (("--resume",), 1, "there is no last run to go on with yet"),
        (("--resume", "missing.safetensors"), 1, "missing.safetensors: no such file"),
        (("--resume", "TEXT"), 1, "not a safetensors file"),
        (("TEXT", "--resume"), 2, "leave TEXT out"),
        (("--demo", "--resume"), 2, "--demo begins with a new network; leave --resume out"),
        (("--demo", "x.safetensors"), 2, "--demo begins with a new network; leave x.safetensors out"),
        (("--hidden-size", "0"), 2, "hidden size is 0"),
        (("--temperature", "-1"), 2, "temperature is -1.0"),
        (("--fps", "0"), 2, "--fps is 0"),
        (("-", "-"), 2, "standard input"),
    ],
)
def test_wrong_words_are_answered_before_there_is_a_screen(
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setattr("os.isatty", lambda _: True)
    text = write_text(tmp_path)
    assert main([text if word == "TEXT" else word for word in words]) == code
    assert sentence.replace("TEXT", text) in complaint(capsys)


def test_what_steers_a_terminal_is_not_repeated_to_it(capsys: Captured) -> None:
    assert main(["\x1b[31mmissing\n.txt"]) == 1
    assert "\x1b" not in complaint(capsys)


def test_a_saved_network_is_known_by_its_content(tmp_path: Path) -> None:
    file = trained(tmp_path)
    plain = file.rename(tmp_path / "network")
    assert opening_of(app_options(str(plain)), paths()) == Opening(checkpoint=plain)
    assert opening_of(app_options("--resume", str(plain)), paths()) == Opening(checkpoint=plain, resume=True)


def test_a_saved_network_takes_no_settings(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path)
    capsys.readouterr()
    assert main([str(file), "--hidden-size", "9"]) == 2
    assert complaint(capsys).startswith(f"--hidden-size does not go with {file}")


def test_several_texts_are_opened_together(tmp_path: Path) -> None:
    one, other = write_text(tmp_path), write_text(tmp_path, "other.txt")
    options = app_options(one, "--hidden-size", "9", other)
    assert opening_of(options, paths()) == Opening(sources=(one, other))
    assert settled(NetworkSettings(), NETWORK, options).hidden_size == 9


def test_a_flag_beats_the_environment_which_beats_the_settings_file(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = NetworkSettings(hidden_size=11)
    assert settled(remembered, NETWORK, app_options()).hidden_size == 11
    monkeypatch.setenv("LSTM_TUI_HIDDEN_SIZE", "22")
    assert settled(remembered, NETWORK, app_options()).hidden_size == 22
    assert settled(remembered, NETWORK, app_options("--hidden-size", "33")).hidden_size == 33
    monkeypatch.setenv("LSTM_TUI_FPS", "5")
    assert FPS.value(app_options()) == 5.0


def test_a_standard_input_that_is_slow_is_said_to_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said, sentences = threading.Event(), []

    def say(sentence: str) -> None:
        sentences.append(sentence)
        said.set()

    monkeypatch.setattr("tui.commands.instrument.say", say)
    with told_if_slow("at once"):
        pass
    monkeypatch.setattr("tui.commands.instrument.WONDER_SECONDS", 0.01)
    with told_if_slow("reading"):
        assert said.wait(60)
    assert sentences == ["reading"]


@pytest.mark.parametrize(("words", "argument"), [("sample", "FILE"), ("eval", "FILE"), ("sample --recipe", "--recipe")])
def test_an_empty_name_is_no_file(words: str, argument: str, capsys: Captured) -> None:
    assert main([*words.split(), "", *(["shakespeare"] if words == "eval" else [])]) == 2
    assert f"argument {argument}: an empty name, where that of a file was wanted" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["train NET --steps 1 --out OUT", "eval NET NET"])
def test_a_saved_network_is_no_text(tmp_path: Path, words: str, capsys: Captured) -> None:
    net = trained(tmp_path)
    capsys.readouterr()
    assert main(words.replace("NET", str(net)).replace("OUT", str(tmp_path / "out")).split()) == 2
    hint = "; --resume goes on with it" if words.startswith("train") else ""
    assert complaint(capsys) == f"{net}: a saved network, where a text was wanted{hint}"


def test_a_text_is_one_whatever_its_name(tmp_path: Path) -> None:
    text = tmp_path / "words.safetensors"
    text.write_text("some words and some more\n" * 20)
    assert main(["train", str(text), "--steps", "1", "--batch-size", "2", "--out", str(tmp_path / "out")]) == 0


def test_a_misspelt_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("LSTM_TUI_HIDEN_SIZE", "22")
    monkeypatch.setenv("LSTM_TUI_XYZZY", "1")
    monkeypatch.setenv("LSTM_TUI_length", "9")
    monkeypatch.setenv("LSTM_TUI_SEED", "3")
    monkeypatch.setenv("LSTM_TUI_TREAT", "lower")
    assert main(["presets", "vpj"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "lstm-tui: LSTM_TUI_HIDEN_SIZE in the environment sets nothing; did you mean LSTM_TUI_HIDDEN_SIZE?",
        "lstm-tui: LSTM_TUI_XYZZY in the environment sets nothing.",
        "lstm-tui: LSTM_TUI_length in the environment sets nothing; did you mean LSTM_TUI_LENGTH?",
    ]


def test_every_setting_has_a_variable_that_is_known() -> None:
    found = [value for value in vars(options_module).values() if isinstance(value, options_module.Setting)]
    tables = [*options_module.NETWORK, *options_module.TRAINING, *options_module.SAMPLING]
    assert {setting.variable for setting in (*found, *tables)} == options_module.VARIABLES


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize(
    ("words", "code"), [("presets char-rnn >&-", 0), ("sample NET --length 9 >&-", 0), ("presets charrnn >&- 2>&-", 2)]
)
def test_a_standard_output_that_is_closed_is_no_news(tmp_path: Path, words: str, code: int) -> None:
    line = words.replace("NET", str(trained(tmp_path)))
    shell = ["sh", "-c", f'exec "$0" -P -m tui {line}', sys.executable]
    done = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_a_named_pipe_is_said_to_be_one_and_not_waited_for(tmp_path: Path, capsys: Captured) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main([str(pipe)]) == 1
    assert complaint(capsys) == f"{pipe}: a named pipe, not a text file; a text from elsewhere can be piped in as -"
    assert not looks_saved(pipe)


@pytest.mark.parametrize(
    ("words", "hidden_size"), [(("--demo",), 128), ((), 77), (("--demo", "--hidden-size", "9"), 9)]
)
def test_a_show_is_the_same_wherever_it_plays(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], hidden_size: int
) -> None:
    file = own_folders / "XDG_CONFIG_HOME" / "lstm-tui" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[network]\nhidden_size = 77\n")
    sent: list[object] = []

    class Stage:
        def send(self, command: object) -> None:
            sent.append(command)
            raise WorkError("enough has been seen")

    monkeypatch.setattr("tui.commands.instrument.terminal_input", lambda sources, _: sources)
    monkeypatch.setattr("tui.commands.instrument.EngineSession.start", lambda *_, **__: Stage())
    assert main(["counting", *words]) == 1
    (load,) = sent
    assert isinstance(load, LoadCorpus) and load.network.hidden_size == hidden_size


def test_the_app_names_a_misspelt_variable_on_its_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    greetings: list[str] = []

    class Stage:
        def send(self, command: object) -> None:
            pass

    def app(_session: object, **options: Any) -> NoReturn:
        greetings.extend(options["greetings"])
        raise WorkError("enough has been seen")

    monkeypatch.setenv("LSTM_TUI_HIDEN_SIZE", "22")
    monkeypatch.setattr("tui.commands.instrument.terminal_input", lambda sources, _: sources)
    monkeypatch.setattr("tui.commands.instrument.EngineSession.start", lambda *_, **__: Stage())
    monkeypatch.setattr("tui.app.LSTMApp", app)
    assert main(["counting"]) == 1
    assert "LSTM_TUI_HIDEN_SIZE in the environment sets nothing; did you mean LSTM_TUI_HIDDEN_SIZE?" in greetings


def test_a_settings_file_that_cannot_be_used_is_named(own_folders: Path, capsys: Captured) -> None:
    file = own_folders / "XDG_CONFIG_HOME" / "lstm-tui" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[network]\nhidden_size = 0\n")
    assert main([]) == 2
    assert complaint(capsys).startswith(f"{file}: [network] hidden size is 0")


@pytest.mark.parametrize("words", [(), ("-",)])
def test_without_a_terminal_the_app_says_so(words: tuple[str, ...]) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(*words, **pipes, start_new_session=True) as process:
        printed, told = process.communicate(b"some text\n", timeout=30)
    assert process.returncode == 2
    assert printed == b""
    assert told.startswith(b"lstm-tui: the app needs a terminal") and told.count(b"\n") == 1


def test_a_text_that_is_not_piped_in_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.isatty", lambda _: True)
    assert terminal_input(("shakespeare",), tmp_path / "kept.txt") == ("shakespeare",)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_it_gets_ready_is_no_traceback() -> None:
    interrupted = """
import builtins, sys
whole = builtins.__import__

def interrupt(name, *rest, **more):
    if name == "tui.commands.options":
        raise KeyboardInterrupt
    return whole(name, *rest, **more)

builtins.__import__ = interrupt
from tui.__main__ import main
sys.exit(main(["corpora"]))
"""
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
