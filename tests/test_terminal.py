"""The installed program as a person meets it: in a terminal, with a real engine behind it."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.checkpoint import load_checkpoint

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

from terminal import Terminal

CTRL_Q = "\x11"
SLOW_MACHINE = 60.0


def program() -> str:
    """The command that installing the project has made."""
    path = shutil.which("lstm-tui", path=str(Path(sys.executable).parent)) or shutil.which("lstm-tui")
    assert path is not None, "lstm-tui is not installed; run the tests with `uv run pytest`"
    return path


def children(pid: int) -> list[int]:
    """The processes that `pid` started and that still run, or were started by them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    return {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE")}


@pytest.fixture
def terminal(folders: dict[str, str]) -> Iterator[Terminal]:
    with Terminal([program(), "counting", "--hidden-size", "16"], env=folders) as terminal:
        yield terminal


def text_of(screen: str) -> str:
    """What stands in the sample pane, which is the lower right of the screen."""
    rows = [row.rpartition("││")[2] for row in screen.splitlines() if "││" in row]
    return "".join(re.findall(r"[ab]+", "".join(rows[10:])))


def test_the_program_trains_writes_obeys_and_leaves_nothing_behind(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for(r"train +\d\.\d+", SLOW_MACHINE)
    step = int(terminal.wait_for(r"step +(\d+)", SLOW_MACHINE)[1])
    loss = terminal.wait_for(r"train +(\d\.\d+)")[1]
    written = text_of(terminal.text())

    def moved(screen: str) -> bool:
        now = re.search(r"step +([\d,]+)", screen), re.search(r"train +(\d\.\d+)", screen)
        if now[0] is None or now[1] is None:
            return False
        return int(now[0][1].replace(",", "")) > step and now[1][1] != loss and text_of(screen) != written

    deadline = time.monotonic() + SLOW_MACHINE
    while not moved(terminal.text()):
        assert time.monotonic() < deadline, f"loss and sample did not move:\n{terminal.text()}"
        time.sleep(0.02)

    terminal.wait_for(r"temperature 0\.80")
    terminal.press("]")
    terminal.wait_for(r"temperature 0\.85")
    terminal.press("[[")
    terminal.wait_for(r"temperature 0\.75")

    engines = children(terminal.process.pid)
    assert engines
    terminal.press(CTRL_Q)
    assert terminal.wait_for_end() == 0
    assert not [pid for pid in engines if Path(f"/proc/{pid}").exists()]
    assert load_checkpoint(tmp_path / "state" / "lstm-tui" / "runs" / "last.safetensors").step > step


def test_a_run_that_was_left_is_taken_up_again(terminal: Terminal, folders: dict[str, str]) -> None:
    terminal.wait_for(r"step +[1-9]", SLOW_MACHINE)
    terminal.press(CTRL_Q)
    assert terminal.wait_for_end() == 0
    state = Path(folders["XDG_STATE_HOME"]) / "lstm-tui" / "runs" / "last.safetensors"
    step = load_checkpoint(state).step
    with Terminal([program(), "--resume"], env=folders) as resumed:
        shown = int(resumed.wait_for(r"step +([\d,]+)", SLOW_MACHINE)[1].replace(",", ""))
        assert shown >= step
        resumed.press("2")
        resumed.wait_for(r"Hidden size +16", SLOW_MACHINE)
        resumed.press(CTRL_Q)
        assert resumed.wait_for_end() == 0


def test_a_run_whose_window_was_closed_is_taken_up_again(terminal: Terminal, folders: dict[str, str]) -> None:
    terminal.wait_for(r"step +[1-9]", SLOW_MACHINE)
    terminal.process.kill()
    terminal.process.wait()
    with Terminal([program(), "--resume"], env=folders) as resumed:
        resumed.wait_for("● training", SLOW_MACHINE)
        runs = Path(folders["XDG_STATE_HOME"]) / "lstm-tui" / "runs"
        assert load_checkpoint(runs / "last.safetensors").step > 0
        resumed.press(CTRL_Q)
        assert resumed.wait_for_end() == 0
        assert list((runs / "open").glob("[!.]*")) == []


def test_a_run_on_what_was_piped_in_goes_on_another_day(folders: dict[str, str], tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    text = tmp_path / "sea.txt"
    text.write_text("".join(f"{number} waves came in\n" for number in range(500)))
    environment = {**folders, "TMPDIR": str(temporary)}
    # who leads a session gets the first terminal that it opens for its own, which is then /dev/tty
    piped = ["sh", "-c", f": <>$(tty); cat '{text}' | '{program()}' - --hidden-size 16"]
    with Terminal(piped, env=environment) as terminal:
        terminal.wait_for(r"step +[1-9]", SLOW_MACHINE)
        assert list(temporary.iterdir()) == []
        terminal.press(CTRL_Q)
        assert terminal.wait_for_end() == 0
    with Terminal([program(), "--resume"], env=environment) as resumed:
        resumed.wait_for("● training", SLOW_MACHINE)
        resumed.press(CTRL_Q)
        assert resumed.wait_for_end() == 0
