"""Fixtures for tests that run commands."""

import os
from pathlib import Path

import pytest


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
