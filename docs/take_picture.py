"""Takes the README's picture: a real run of the app on Shakespeare, without a terminal.

To run it: `uv run python docs/take_picture.py [--seconds 60]`.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from model.session import EngineSession
from tui.app import LSTMApp
from tui.opening import Opening

OUT = Path(__file__).parent / "screen.svg"


async def take(seconds: float) -> None:
    """Train for `seconds`, turning the temperature on the way as a person would, and save what is on the screen."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        session = EngineSession.start(folder / "engine.log")
        for command in Opening().commands():
            session.send(command)
        app = LSTMApp(session, config_dir=folder, state_dir=folder, cache_dir=folder)
        async with app.run_test(size=(120, 40)) as pilot:
            await asyncio.sleep(seconds)
            await pilot.press("left_square_bracket", "left_square_bracket")
            await asyncio.sleep(6.0)
            app.clear_notifications()
            await pilot.pause()
            OUT.write_text(app.export_screenshot(), encoding="utf-8")
            await app.action_quit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take the picture of the README.")
    parser.add_argument("--seconds", type=float, default=60.0)
    asyncio.run(take(parser.parse_args().seconds))
