"""What is remembered from one time to the next."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from tui.settings import Settings, load_settings, paths, save_settings


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    settings = Settings(
        theme='a "quoted" \\ \x7f theme',
        network=NetworkSettings(hidden_size=77, layers=3, learned_state=True),
        training=TrainingSettings(learning_rate=1e-05, seed=2**32 - 1, guard=False),
        sampling=SamplingSettings(temperature=1.35, top_k=40, rate=math.inf),
    )
    save_settings(tmp_path / "deep" / "settings.toml", settings)
    assert load_settings(tmp_path / "deep" / "settings.toml") == settings
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["settings.toml"]


def test_without_a_file_everything_is_at_its_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_what_a_file_leaves_out_is_at_its_default_and_what_is_unknown_is_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("later = 1\n[network]\nlayers = 2\nlater = true\n")
    assert load_settings(path) == Settings(network=NetworkSettings(layers=2), unknown=("later", "later in [network]"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[network]\nlayers = 99", r"\[network\] layers is 99"),
        ("[network]\nlayers = 'two'", r"\[network\] layers is 'two'"),
        ("[sampling]\nrate = 'full speed'", r"\[sampling\] rate is 'full speed'"),
        ("[sampling]\nrate = []", r"\[sampling\] rate is \[\]"),
        ("[sampling]\ntemperature = true", r"\[sampling\] temperature is True"),
        ("network = 1", r"\[network\] is 1"),
        ("theme = 1", "theme is 1"),
        ("theme =", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"settings\.toml: " + said):
        load_settings(path)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not TOML"):
        load_settings(path)


def test_a_save_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        save_settings(tmp_path / "settings.toml", Settings())
    assert list(tmp_path.iterdir()) == []


def test_the_folders_are_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert paths().settings.name == "settings.toml"
    assert paths().last_run.parts[-2:] == ("runs", "last.safetensors")
