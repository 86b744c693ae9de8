"""The one table of the app's settings, and all that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.config import SettingsError
from tui.preferences import BY_NAME, INKS, PREFERENCES, readme_table
from tui.settings import LastText, Settings, load_settings, save_settings
from tui.units import LossUnit
from tui.widgets import ink

README = Path(__file__).parent.parent / "README.md"
OTHERS = {
    "theme": "nord",
    "ink": "surprise",
    "mind": False,
    "loss_unit": LossUnit.BITS,
    "corpus": ("/tmp/a b.txt", '/tmp/"\U0001f989".txt'),
    "share": 0.25,
    "threads": 3,
    "fps": 7.5,
    "quiet": True,
    "hints": False,
}
"""A value of each that is not its default."""


def test_each_setting_of_the_table_is_remembered_with_its_default() -> None:
    fields = list(Settings.__struct_fields__)
    assert [preference.name for preference in PREFERENCES] == fields[: len(PREFERENCES)]
    for preference in PREFERENCES:
        assert getattr(Settings(), preference.name) == preference.default


def test_each_has_one_sentence() -> None:
    for preference in PREFERENCES:
        assert preference.help.endswith(".") and preference.help.count(". ") == 0


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    assert set(OTHERS) == set(BY_NAME)
    settings = Settings(**OTHERS, text=LastText(("/tmp/\x7f\U0001f989",), "latin-1", ("lower",)), keys={"train": "n"})  # type: ignore[arg-type]
    save_settings(tmp_path / "settings.toml", settings)
    assert load_settings(tmp_path / "settings.toml") == settings


def test_the_file_explains_itself(tmp_path: Path) -> None:
    save_settings(tmp_path / "settings.toml", Settings())
    text = (tmp_path / "settings.toml").read_text()
    assert load_settings(tmp_path / "settings.toml") == Settings()
    for preference in PREFERENCES:
        assert f"# {preference.help} It is {preference.wanted}.\n{preference.name} = " in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ink = 'gold'", "ink is 'gold'; it must be one of plain, surprise, neuron"),
        ("mind = 1", "mind is 1; it must be true or false"),
        ("loss_unit = 'bytes'", "loss_unit is 'bytes'; it must be one of nats, bits, perplexity"),
        ("share = 0.6", "share is 0.6; it must be one of all, 0.75, 0.5, 0.25"),
        ("share = true", "share is True; it must be one of all, 0.75, 0.5, 0.25"),
        ("threads = 0", "threads is 0; it must be auto or a whole number from 1 to 64"),
        ("threads = 'many'", "threads is 'many'; it must be auto or a whole number from 1 to 64"),
        ("fps = 100", "fps is 100; it must be a number from 0.5 to 60"),
        ("fps = nan", "fps is nan; it must be a number from 0.5 to 60"),
        ("corpus = []", r"corpus is \[\]; it must be remembered, the name of a corpus, a path, or a list of paths"),
        ("corpus = ['a', 1]", r"corpus is \['a', 1\]; it must be remembered"),
        ("quiet = 'yes'", "quiet is 'yes'; it must be true or false"),
        ("hints = 0", "hints is 0; it must be true or false"),
        ("[text]\nsources = 'a'", r"\[text\] sources is 'a'; it must be a list of texts"),
        ("[text]\ntreatments = ['upper']", r"\[text\] treatments has \['upper'\]; there are lower, collapse, ascii"),
        ("keys = 1", r"\[keys\] is 1; it must be a table"),
    ],
)
def test_what_cannot_be_used_is_said_with_file_key_and_what_is_wanted(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=rf"settings\.toml: {said}"):
        load_settings(path)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("share = 'all'", "share", 1.0),
        ("share = 1", "share", 1.0),
        ("threads = 'auto'", "threads", 0),
        ("fps = 5", "fps", 5.0),
        ("corpus = 'counting'", "corpus", ("counting",)),
    ],
)
def test_words_and_numbers_are_both_understood(tmp_path: Path, text: str, name: str, value: object) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    assert getattr(load_settings(path), name) == value


def test_what_is_turned_goes_round_and_a_number_stops_at_its_ends() -> None:
    share, threads, fps, quiet = (BY_NAME[name] for name in ("share", "threads", "fps", "quiet"))
    assert [share.turn(value, 1) for value in (1.0, 0.25)] == [0.75, 1.0]
    assert [quiet.turn(value, 1) for value in (False, True)] == [True, False]
    assert [threads.turn(value, -1) for value in (2, 1, 0)] == [1, 0, 0]
    assert [fps.turn(value, 1) for value in (15.0, 16.0, 60.0)] == [20.0, 20.0, 60.0]
    assert [fps.turn(value, -1) for value in (15.0, 16.0, 0.5)] == [10.0, 15.0, 1.0]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("corpus", ("/home/me/sea.txt",), "sea.txt"),
        ("corpus", ("a/", "b", "c"), "a and 2 more"),
        ("threads", 0, "auto"),
        ("threads", 2, "2"),
        ("share", 1.0, "all"),
        ("fps", 15.0, "15"),
        ("fps", 7.5, "7.5"),
        ("mind", True, "yes"),
        ("loss_unit", LossUnit.BITS, "bits"),
    ],
)
def test_values_are_shown_in_words(name: str, value: object, shown: str) -> None:
    assert BY_NAME[name].shown(value) == shown


def test_the_inks_are_those_of_the_page() -> None:
    assert tuple(ink.INKS) == INKS


def test_the_readme_has_the_table_of_settings() -> None:
    text = README.read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- settings -->\n")
    table, end, _ = rest.partition("\n<!-- /settings -->")
    assert end, "README.md needs the markers <!-- settings --> and <!-- /settings -->"
    assert table == readme_table(), "put the output of tui.preferences.readme_table() between the markers"
