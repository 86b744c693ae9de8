"""Takes the pictures of `docs/lab.md`: each experiment of the lab, learnt to its end, without a terminal.

    uv run python docs/take_lab_pictures.py [--steps N] [--out FOLDER]

They go to `docs/lab/NAME-120x40.svg` and `docs/lab/NAME-80x24.svg`. A minute or two.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from functools import partial
from pathlib import Path

from corpora.digits import SIDE
from model.lab.catalogue import CATALOGUE
from model.lab.session import LabSession
from tui.lab_app import LabApp
from tui.widgets.digit_view import DigitView

from still import picture

HERE = Path(__file__).absolute().parent
SIZES = ((120, 40), (80, 24))


async def take(name: str, steps: int | None, out: Path, folder: Path) -> None:
    """Let an experiment learn, and save how it looks at each size."""
    app = LabApp(partial(LabSession.start, folder / "lab.log"), name, steps=steps)
    async with app.run_test(size=SIZES[0]) as pilot:
        screen = app.lab_screen
        while screen.answer is None or not screen.answer.frame.finished:
            await pilot.pause(0.1)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            view = screen.query_one(DigitView)
            while name == "digits" and view.row < SIDE:  # all of a picture was read
                await pilot.pause(0.05)
            await pilot.pause(0.2)
            (out / f"{name}-{size[0]}x{size[1]}.svg").write_text(picture(app, folder), encoding="utf-8")


def main() -> None:
    """Take all of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--steps", type=int, help="of each experiment; its own if left out")
    parser.add_argument("--out", type=Path, default=HERE / "lab")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for entry in CATALOGUE:
            asyncio.run(take(entry.name, options.steps, options.out, Path(folder)))


if __name__ == "__main__":
    main()
