"""Takes the pictures of README and gallery: a real run of the app on Shakespeare, without a terminal.

    uv run python docs/take_pictures.py [--seconds 90] [--theme THEME] [--out FOLDER] [NAME ...]

Each scene goes to `docs/gallery/NAME-120x40.svg` and `docs/gallery/NAME-80x24.svg`, the first also to
`docs/screen.svg`; `docs/gallery.md` shows them all. With `--theme daylight` they go to `docs/gallery/light/` and
`docs/gallery-light.md`. With names, only those scenes are taken anew; with `--out`, all goes there and no page is made.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from model.session import EngineSession
from tui.app import LSTMApp
from tui.opening import Opening
from tui.settings import DEFAULT_THEME

from still import picture

HERE = Path(__file__).absolute().parent
SIZES = ((120, 40), (80, 24))
LITTLE = ((36, 10),)
FILES = ("hamlet.txt", "macbeth.txt", "sonnets.txt", "tales/grimm.txt")
"""What there is to be opened."""


class Scene(NamedTuple):
    """A view of the app; both ways are keys one after the other, `~2` waits for two seconds."""

    name: str
    title: str
    there: str
    """From the main screen."""
    back: str = "escape"
    sizes: tuple[tuple[int, int], ...] = SIZES
    messages: bool = False
    """Whether the messages at the top are of the picture."""

    def file(self, size: tuple[int, int]) -> str:
        """The name of a picture's file."""
        return f"{self.name}-{size[0]}x{size[1]}.svg"


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
    Scene("begin", "What it begins with (`b`)", "b ~1"),
    Scene("save-sample", "A passage to keep (`ctrl+t`)", "ctrl+t ~2"),
    Scene("three", "Three temperatures at once (`m`)", "m ~12"),
    Scene("walk-1", "What am I seeing? (`x`): a character comes in", "x ~1"),
    Scene("walk-2", "Gates", "x right ~1"),
    Scene("walk-3", "What it remembers", "x right right ~1"),
    Scene("walk-4", "What it shows", "x right right right ~1"),
    Scene("walk-5", "Softmax", "x right right right right ~1"),
    Scene("walk-6", "Temperature", "x right right right right right ~1"),
    Scene("walk-7", "Loss", "x right right right right right right ~1"),
    Scene("walk-8", "Backwards", "x right right right right right right right ~1"),
    Scene("past", "The time machine (`t`)", "t ~5 right right right right right right right right right right ~4"),
    Scene("race-setup", "Who races, and for what", "ctrl+r ~1"),
    Scene("race", "A race of three (`ctrl+r`)", "ctrl+r ~1 enter ~25"),
    Scene("picker", "Choosing what it learns (`c`)", "c ~4"),
    Scene("open", "A text of your own (`o`)", "o ~2 down"),
    Scene("runs", "Earlier runs (`R`)", "ctrl+n ~9 ctrl+z ~2 R ~2 down ~1"),
    Scene("run-name", "A name for one of them (`n`)", "R ~1 down n ~1", "escape escape"),
    Scene("run-delete", "Or away with it (`d`)", "R ~1 down d ~1", "escape escape"),
    Scene("settings", "Settings (`s`)", "s ~1"),
    Scene("help", "All keys (`?`)", "? ~1"),
    Scene("explain", "What the field in use is for (`f1`)", "2 ~1 f1 ~1", "escape escape"),
    Scene("palette", "Every command by its name (`ctrl+p`)", "ctrl+p ~2"),
    Scene("said", "What it says: saved (`ctrl+s`)", "ctrl+s ~2", messages=True),
    Scene("little", "Too little room", "", "", LITTLE),
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


async def take(seconds: float, wanted: Collection[str], theme: str, out: Path) -> None:
    """Train for `seconds`, then go from scene to scene and save what is on the screen at each size."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        furnish(folder)
        session = EngineSession.start(folder / "engine.log", shelf=folder / "runs")
        for command in Opening().commands():
            session.send(command)
        app = LSTMApp(session, theme=theme, config_dir=folder, state_dir=folder, cache_dir=folder)
        async with app.run_test(size=SIZES[0], notifications=True) as pilot:
            await asyncio.sleep(seconds)
            for scene in SCENES:
                if wanted and scene.name not in wanted:
                    continue
                await play(pilot, scene.there)
                for size in scene.sizes:
                    await pilot.resize_terminal(*size)
                    # so that what is written and drawn fills the new size; messages do not stay for long
                    await asyncio.sleep(0.5 if scene.messages else 2.0)
                    if not scene.messages:
                        app.clear_notifications()
                    await pilot.pause()
                    (out / scene.file(size)).write_text(picture(app, folder), encoding="utf-8")
                await pilot.resize_terminal(*SIZES[0])
                await play(pilot, scene.back)
                print(scene.name, flush=True)
            await app.action_quit()


def furnish(folder: Path) -> None:
    """Make a folder to be in, with a few texts."""
    for name in FILES:
        file = folder / "texts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("To be written.\n", encoding="utf-8")
    os.chdir(folder / "texts")


def gallery(title: str, about: str, folder: str) -> str:
    """The page with all pictures."""
    parts = [f"# {title}", about]
    for scene in SCENES:
        shown = [f"![{scene.title}, {w}x{h}]({folder}/{scene.file((w, h))})" for w, h in scene.sizes]
        parts += [f"## {scene.title}", *shown]
    return "\n\n".join(parts) + "\n"


PAGES = {
    DEFAULT_THEME: ("Gallery", "gallery", "By day: [the same in a light theme](gallery-light.md)."),
    "daylight": ("Gallery by day", "gallery/light", "By night: [the same in the usual theme](gallery.md)."),
}
"""The title, the folder and a sentence of the pages that are kept."""
TAKEN = "Real runs, taken by `uv run python docs/take_pictures.py{}`; below each, the same at 80x24."


def main() -> None:
    """Take what was asked for."""
    parser = argparse.ArgumentParser(description="Take the pictures of README and gallery.")
    parser.add_argument("names", nargs="*", choices=[[], *(scene.name for scene in SCENES)], metavar="NAME")
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--theme", default=DEFAULT_THEME)
    parser.add_argument("--out", type=Path, help="a folder for pictures of any theme, which no page shows")
    options = parser.parse_args()
    if options.out is None and options.theme not in PAGES:
        parser.error(f"the pages are of {' and '.join(PAGES)}; with {options.theme}, say --out")
    title, folder, other = PAGES.get(options.theme, PAGES[DEFAULT_THEME])
    out = (options.out or HERE / folder).absolute()
    asyncio.run(take(options.seconds, options.names, options.theme, out))
    if options.out is not None:
        return
    flag = "" if options.theme == DEFAULT_THEME else f" --theme {options.theme}"
    page = gallery(title, f"{TAKEN.format(flag)} {other}", folder)
    (HERE / f"{folder.replace('/', '-')}.md").write_text(page, encoding="utf-8")
    if options.theme == DEFAULT_THEME:
        (HERE / "screen.svg").write_bytes((out / SCENES[0].file(SIZES[0])).read_bytes())


if __name__ == "__main__":
    main()
