"""Text of the outside world: it is shown, it never acts."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import OptionList

from corpora.corpus import CorpusInfo
from model.protocol import Notice
from model.run_names import free_path, network_stem
from model.session import EngineError
from tui.screens.open_text import OpenTextScreen
from tui.widgets.corpus_details import Summary
from tui.widgets.safe_tree import SafeTree

from scripted_session import GAUGES, SHAKESPEARE, describe, disk_answered, entry, playing, until, update, written

NAMES = ["[/foo]", "[bold]x", "[", "\x1b[2J\x1b]0;owned\x07", "a\nb", "\u202etxt.exe", "[@click=app.quit]go[/]"]


def escapes(text: str) -> bool:
    return "\x1b" in text or "\x07" in text or "\u202e" in text


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_shown_everywhere_and_never_acts(tmp_path: Path, name: str) -> None:
    def hostile(asked: str) -> CorpusInfo:
        return replace(describe(asked), preview=name, origin=name)

    own = f"/{name}"
    corpus = replace(
        SHAKESPEARE, name=name, summary=name, origin=name, licence=name, preview=f"{name}\n{name}", source=(own,)
    )
    catalogue = (entry(name, summary=name), entry(name + " missing", present=False, summary=name))
    gauges = replace(GAUGES, corpus=corpus)
    async with playing(tmp_path, gauges=gauges, catalogue=catalogue, describe_corpus=hostile, theme=name) as (
        session,
        app,
        pilot,
    ):
        notices = (Notice(name), Notice(name, "error"))
        await session.play(update(gauges, texts=(written(name, temperature=1.0),), notices=notices))
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("down", "enter", "up", "enter", "ctrl+s")
        await session.play(EngineError(name))
        await pilot.pause()
        picture = app.export_screenshot()
        assert not escapes(picture)
        option = app.main.query_one(OptionList).get_option_at_index(0)
        assert not escapes(str(option.prompt))
        if not escapes(name) and "\n" not in name:
            assert name in str(option.prompt)
            assert name in str(app.main.query_one("#details-about", Summary).render())
            assert any(notice.message == name for notice in app._notifications)
        assert app.is_running


async def test_file_names_are_shown_and_never_act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    names = [name for name in NAMES if "/" not in name]
    for name in names:
        (folder / name).write_text("abc")
    monkeypatch.chdir(folder)
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("o")
        assert isinstance(app.screen, OpenTextScreen)
        tree = app.screen.query_one(SafeTree)
        await until(pilot, lambda: len(tree.root.children) == len(names))
        for _ in names:
            await pilot.press("down")
            await pilot.pause()
        assert not escapes(app.export_screenshot())
        await pilot.press("enter")
        await disk_answered(app, pilot)
        opened = session.sent[-1].sources[0]  # type: ignore[union-attr]
        assert Path(opened).name in names


@pytest.mark.parametrize("name", [*NAMES, "../../etc/passwd", "", "\0", "-rf", "x" * 500])
def test_a_saved_network_gets_a_harmless_name(tmp_path: Path, name: str) -> None:
    path = free_path(tmp_path, network_stem(name, 1_240), ".safetensors")
    assert path.parent == tmp_path
    assert path.name.removesuffix(".safetensors").replace("-", "").replace("_", "").isalnum()
    assert len(path.name) < 100
