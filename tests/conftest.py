"""Fixtures for tests that run commands."""

import gc
import math
import os
from pathlib import Path

import pytest
from hypothesis import settings

# how long an example takes is the machine's business
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# A screen is made of very many objects that stay until it ends, and most tests of the app make one: the collector
# would look through them again and again, for a quarter of the time.
gc.set_threshold(100_000)


def pytest_xdist_auto_num_workers() -> int:
    """Three processes for two cores: a test of a screen waits for it a third of its time."""
    return math.ceil(1.5 * (os.cpu_count() or 1))


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's config, state and cache folders lie in here, and no setting comes from the environment."""
    folder = tmp_path / "home"
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(folder / variable))
    for variable in list(os.environ):
        if variable.startswith("LSTM_TUI_"):
            monkeypatch.delenv(variable)
    return folder
