"""The first moment: what is painted first, how the rest follows, and what quick hands do meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets._toast import Toast

from model.protocol import LoadCorpus
from tui.screens.open_text import OpenTextScreen
from tui.screens.panels import Panels
from tui.widgets.corpus_panel import CorpusPanel
from tui.widgets.page_tabs import PANELS, PageTabs
from tui.widgets.setting_field import SettingField

from scripted_session import CATALOGUE, ScriptedSession, playing, scripted_app, until


async def test_the_text_and_the_loss_are_painted_before_the_other_panels_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []
    paint = Compositor.render_full_update

    def panels() -> set[str]:
        return {widget.id for widget in app.main.query("*") if widget.id in PANELS}

    def note(self: Compositor, **how: bool) -> object:
        seen.append(panels())
        return paint(self, **how)

    monkeypatch.setattr(Compositor, "render_full_update", note)
    app = scripted_app(ScriptedSession(), tmp_path)
    async with app.run_test():
        await asyncio.wait_for(app.main.furnished.wait(), 10)
        assert panels() == set(PANELS)
    assert seen[0] == {"corpora", "loss", "sample"}


async def test_what_is_mounted_at_the_start_is_styled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    styled: Counter[int] = Counter()
    apply = Stylesheet.apply

    def note(self: Stylesheet, node: DOMNode, **how: Any) -> None:
        styled[id(node)] += 1
        apply(self, node, **how)

    monkeypatch.setattr(Stylesheet, "apply", note)
    app = scripted_app(ScriptedSession(), tmp_path)
    async with app.run_test():
        await asyncio.wait_for(app.main.furnished.wait(), 10)
        counts = [styled[id(field)] for field in app.main.query(SettingField)]
    # once alone and once with the panel around it, when that is mounted
    assert max(counts) <= 2


async def test_a_window_made_small_before_all_is_there_is_laid_out_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish = Panels._furnish

    async def later(panels: Panels) -> None: ...

    monkeypatch.setattr(Panels, "_furnish", later)
    app = scripted_app(ScriptedSession(), tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        app.main.call_later(furnish, app.main)
        await until(pilot, app.main.furnished.is_set)
        await pilot.pause()
        assert app.main.query_one("#strip").region.height == app.main.query_one(PageTabs).region.height == 1
        assert not app.main.query_one("#controls").region.area


def at_once(monkeypatch: pytest.MonkeyPatch, act: Callable[[Panels], object]) -> None:
    """Have something done as soon as the main screen is mounted, before it is painted."""
    mounted = Panels.on_mount

    def and_act(panels: Panels) -> None:
        mounted(panels)
        act(panels)

    monkeypatch.setattr(Panels, "on_mount", and_act)


async def test_a_text_that_is_chosen_at_once_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = CATALOGUE[0].name
    at_once(monkeypatch, lambda panels: panels.post_message(CorpusPanel.Chosen((name,))))
    session = ScriptedSession()
    async with scripted_app(session, tmp_path).run_test() as pilot:
        await until(pilot, lambda: any(isinstance(sent, LoadCorpus) for sent in session.sent))
    assert [sent.sources for sent in session.sent if isinstance(sent, LoadCorpus)] == [(name,)]


async def test_a_path_that_is_pasted_at_once_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "poem.txt"
    text.write_text("To be, or not to be", encoding="utf-8")
    at_once(monkeypatch, lambda panels: panels.post_message(events.Paste(str(text))))
    app = scripted_app(ScriptedSession(), tmp_path)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpenTextScreen))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("moment", ["compose", "on_mount", "_furnish"])
async def test_who_leaves_at_once_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, size: tuple[int, int]
) -> None:
    begun = getattr(Panels, moment)

    def leave_and_go_on(panels: Panels) -> object:
        panels.app.call_later(panels.app.action_quit)
        return begun(panels)

    monkeypatch.setattr(Panels, moment, leave_and_go_on)
    app = scripted_app(ScriptedSession(), tmp_path)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 0


@pytest.mark.parametrize("size", [(120, 40), (120, 24), (130, 30), (170, 30), (80, 24), (60, 20), (200, 60)])
async def test_a_window_is_laid_out_at_once_as_it_stays(tmp_path: Path, size: tuple[int, int]) -> None:
    def regions() -> dict[str | None, object]:
        return {widget.id: widget.region for widget in app.main.query("*") if widget.id}

    async with playing(tmp_path, size=size) as (_session, app, pilot):
        first = regions()
        app.main.update_node_styles()
        await pilot.pause()
        assert regions() == first


async def test_what_is_said_at_once_has_the_colour_of_what_it_is(tmp_path: Path) -> None:
    app = scripted_app(ScriptedSession(), tmp_path, theme="no such theme")
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: bool(app.main.query(Toast)))
        (_, color), *_ = [toast.styles.border_left for toast in app.main.query(Toast)]
        assert color.hex.lower() == app.theme_variables["accent"].lower()


async def test_the_hint_below_the_texts_lights_up_under_the_mouse(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        hint = app.main.query_one("#corpora-hint")
        dark = hint.styles.background
        await pilot.hover("#corpora-hint")
        await pilot.pause()
        assert hint.styles.background != dark
