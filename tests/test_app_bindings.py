"""One table of keys, and all that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList, CommandPalette

from tui.bindings import FOOTER, KEYS, OTHER_KEYS, Key, readme_table, shown
from tui.screens.help import HelpScreen
from tui.screens.main import MainScreen
from tui.widgets.key_table import NAMES, KeyTable

from scripted_session import playing, until

README = Path(__file__).parent.parent / "README.md"


def test_the_readme_has_the_table_of_keys() -> None:
    text = README.read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- keys -->\n")
    table, end, _ = rest.partition("\n<!-- /keys -->")
    assert end, "README.md needs the markers <!-- keys --> and <!-- /keys -->"
    assert table == readme_table(), "put the output of tui.bindings.readme_table() between the markers"


def test_no_key_does_two_things() -> None:
    keys = [each for key in KEYS for each in key.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert len({key.id for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", [*KEYS, *OTHER_KEYS])
def test_a_key_of_the_table_is_written_as_one_that_a_person_chose(key: Key) -> None:
    assert key.shown in [shown(each) for each in key.keys.split(",")]


@pytest.mark.parametrize(
    ("key", "written"),
    [
        *(("delete", "del"), ("insert", "ins"), ("backspace", "\u232b"), ("escape", "esc"), ("enter", "enter")),
        *(("home", "home"), ("end", "end"), ("pageup", "pgup"), ("pagedown", "pgdn"), ("tab", "tab"), ("f12", "f12")),
        *(("up", "\u2191"), ("down", "\u2193"), ("left", "\u2190"), ("right", "\u2192"), ("space", "space")),
        *(("minus", "-"), ("plus", "+"), ("comma", ","), ("colon", ":"), ("\u00e9", "\u00e9"), ("euro_sign", "\u20ac")),
        *(("ctrl+left", "ctrl+\u2190"), ("ctrl+delete", "ctrl+del"), ("ctrl+right_square_bracket", "ctrl+]")),
    ],
)
def test_each_key_has_a_short_name_or_its_sign(key: str, written: str) -> None:
    assert shown(key) == written


@pytest.mark.parametrize("key", [key for key in KEYS if not key.action.startswith("app.")])
def test_every_action_exists(key: object) -> None:
    action = str(getattr(key, "action", "")).partition("(")[0]
    assert callable(getattr(MainScreen, f"action_{action}"))


async def test_no_panel_takes_a_key_of_the_table_for_itself(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        ours = {each for key in KEYS for each in key.keys.split(",")}
        for panel in "12345":
            await pilot.press(panel)
            await pilot.pause()
            assert app.focused is not None
            for node in app.focused.ancestors_with_self:
                if node is app.main:
                    break
                assert not ours.intersection(node._bindings.key_to_bindings), (panel, node)


async def test_only_where_characters_are_chosen_the_digits_lead_nowhere_else(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("6")
        await pilot.pause()
        assert app.focused is not None
        ours = {each for key in KEYS for each in key.keys.split(",")}
        assert ours.intersection(app.focused._bindings.key_to_bindings) == set("1234567")


@pytest.mark.parametrize("key", ["?", "f1"])
async def test_the_help_has_every_key(tmp_path: Path, key: str) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press(key)
        assert isinstance(app.screen, HelpScreen)
        await pilot.pause()
        table = app.screen.query_one(KeyTable)
        lines = [table.render_line(y).text for y in range(table.size.height)]
        told = " ".join(" ".join(line[NAMES:] for line in lines).split())
        for each in KEYS:
            assert any(line.startswith(f"{each.shown} ") for line in lines)
            assert each.help in told
        await pilot.press("escape")
        assert app.screen.id == "main"


async def test_the_footer_has_its_keys_in_order(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, _pilot):
        shown = [active.binding.id for active in app.main.active_bindings.values() if active.binding.show]
        assert tuple(dict.fromkeys(shown)) == FOOTER


async def test_the_palette_has_what_has_a_key_and_themes_and_a_picture(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        titles = [command.title for command in app.get_system_commands(app.main)]
        assert {"Theme", "Screenshot", "Quit", "Start over", "Warmer"} <= set(titles)
        assert len(titles) == len(set(titles))
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandPalette)
        offered = app.screen.query_one(CommandList)
        await until(pilot, lambda: offered.option_count == len(titles))
        assert [option.hit.text for option in offered.options] == titles  # type: ignore[attr-defined]
