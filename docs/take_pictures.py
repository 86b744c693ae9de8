"""Takes the pictures of README and gallery: a real run of the app on Shakespeare, without a terminal.

    uv run python docs/take_pictures.py [--seconds 90] [NAME ...]

Each scene goes to `docs/gallery/NAME-120x40.svg` and `docs/gallery/NAME-80x24.svg`, the first also to
`docs/screen.svg`; `docs/gallery.md` shows them all. With names, only those scenes are taken anew.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from model.session import EngineSession
from tui.app import LSTMApp
from tui.opening import Opening

HERE = Path(__file__).parent
SIZES = ((120, 40), (80, 24))


class Scene(NamedTuple):
    """A view of the app; both ways are keys one after the other, `~2` waits for two seconds."""

    name: str
    title: str
    there: str
    """From the main screen."""
    back: str = "escape"


SCENES = (
    Scene("main", "A minute and a half of Shakespeare", "5"),
    Scene("careful", "Cooler (`[`): the same network, more careful", "[ [ [ [ [ [ [ [ ~9", "] ] ] ] ] ] ] ]"),
    Scene("wild", "Warmer (`]`): a moment later, bolder", "] ] ] ] ] ] ] ] ] ] ~9", "[ [ [ [ [ [ [ [ [ [ ~9"),
    Scene("surprise", "Ink of surprise (`i`): what was unlikely glows", "5 i ~1", "i i"),
    Scene("neuron", "A neuron with a name (`f`), and its ink", "5 f ~8 i i ~2", "i"),
    Scene("next", "Choosing by hand (`w`, `6`, then digits)", "w 6 1 1 2", "w escape"),
    Scene("loss", "Bits on a logarithmic axis (`u`, `l`)", "u l 4 left left ~1", "u u l escape"),
    Scene("gates", "Gates and health (`g`)", "g 4 ~1", "g escape"),
    Scene("recipe", "The whole recipe (`p`)", "p ~1"),
    Scene("events", "What has happened (`e`)", "e ~1"),
    Scene("duet", "Writing together (`y`)", "5 y T o space b e comma space ~1 tab tab ~1"),
    Scene("three", "Three temperatures at once (`m`)", "m ~12"),
    Scene("walk", "What am I seeing? (`x`)", "x right right ~1"),
    Scene("past", "The time machine (`t`)", "t ~5 right right right right right right right right right right ~4"),
    Scene("race", "A race of three (`ctrl+r`)", "ctrl+r ~1 enter ~25"),
    Scene("picker", "Choosing what it learns (`c`)", "c ~4"),
    Scene("runs", "Earlier runs (`R`)", "R ~1"),
    Scene("settings", "Settings (`s`)", "s ~1"),
    Scene("help", "All keys (`?`)", "? ~1"),
)

NAMED = {"[": "left_square_bracket", "]": "right_square_bracket", "?": "question_mark"}


async def play(pilot: Pilot[None], keys: str) -> None:
    """Press keys and wait, as a scene says."""
    for key in keys.split():
        if key.startswith("~"):
            await asyncio.sleep(float(key[1:]))
        else:
            await pilot.press(NAMED.get(key, key))
        await pilot.pause()


async def take(seconds: float, wanted: Collection[str]) -> None:
    """Train for `seconds`, then go from scene to scene and save what is on the screen at each size."""
    (HERE / "gallery").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        session = EngineSession.start(folder / "engine.log")
        for command in Opening().commands():
            session.send(command)
        app = LSTMApp(session, config_dir=folder, state_dir=folder, cache_dir=folder)
        async with app.run_test(size=SIZES[0]) as pilot:
            await asyncio.sleep(seconds)
            for scene in SCENES:
                if wanted and scene.name not in wanted:
                    continue
                await play(pilot, scene.there)
                for size in SIZES:
                    await pilot.resize_terminal(*size)
                    # so that what is written and drawn fills the new size
                    await asyncio.sleep(2.0)
                    app.clear_notifications()
                    await pilot.pause()
                    picture(scene, size).write_text(app.export_screenshot(), encoding="utf-8")
                await pilot.resize_terminal(*SIZES[0])
                await play(pilot, scene.back)
                print(scene.name, flush=True)
            await app.action_quit()


def picture(scene: Scene, size: tuple[int, int]) -> Path:
    """Where a picture is kept."""
    return HERE / "gallery" / f"{scene.name}-{size[0]}x{size[1]}.svg"


def gallery() -> str:
    """The page with all pictures."""
    parts = ["# Gallery", "Real runs, taken by `uv run python docs/take_pictures.py`; below each, the same at 80x24."]
    for scene in SCENES:
        shown = [f"![{scene.title}, {w}x{h}](gallery/{picture(scene, (w, h)).name})" for w, h in SIZES]
        parts += [f"## {scene.title}", *shown]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take the pictures of README and gallery.")
    parser.add_argument("names", nargs="*", choices=[[], *(scene.name for scene in SCENES)], metavar="NAME")
    parser.add_argument("--seconds", type=float, default=90.0)
    options = parser.parse_args()
    asyncio.run(take(options.seconds, options.names))
    (HERE / "screen.svg").write_bytes(picture(SCENES[0], SIZES[0]).read_bytes())
    (HERE / "gallery.md").write_text(gallery(), encoding="utf-8")
