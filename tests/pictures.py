"""Pictures of the screen, compared with those that someone has looked at.

A picture is the SVG that Textual exports. It changes with every release of Textual, so compare with the pinned one.
After a change that is meant, renew the pictures and look at them:

    LSTM_TUI_RENEW_PICTURES=1 uv run pytest tests/test_app_pictures.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tui.app import LSTMApp

FOLDER = Path(__file__).parent / "pictures"
RENEW = "LSTM_TUI_RENEW_PICTURES"
MOST_BYTES = 512 * 1024


def compare(app: LSTMApp, name: str, scratch: Path) -> None:
    """Fail unless the screen looks like the picture `name`; what it looks like now is then put in `scratch`."""
    now = normalised(app.export_screenshot())
    assert len(now.encode()) < MOST_BYTES
    picture = FOLDER / f"{name}.svg"
    if os.environ.get(RENEW):
        FOLDER.mkdir(exist_ok=True)
        picture.write_text(now, encoding="utf-8")
        return
    if picture.exists() and picture.read_text(encoding="utf-8") == now:
        return
    found = scratch / f"{name}.svg"
    found.write_text(now, encoding="utf-8")
    pytest.fail(
        f"The screen no longer looks like {picture}: open it beside {found} in a browser. If the new one is meant, "
        f"run the test again with {RENEW}=1 and commit the picture.",
        pytrace=False,
    )


def normalised(svg: str) -> str:
    """The picture without the ids that differ from one to the next."""
    return re.sub(r"terminal-\d+-", "terminal-", svg)
