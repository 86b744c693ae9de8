"""What can be said of a text before anything learns it, and who finds it out."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora import portrait, portray
from corpora.choice import TextChoice
from corpora.corpus import CorpusError, Treatment
from corpora.portrait import Portrait
from tui.portrayer import Portrayer, ProcessLook, facts_of

LINE = "the cat sat on the mat, and the hat sat on the cat\n"


@pytest.fixture
def poem(tmp_path: Path) -> TextChoice:
    """A text of one's own, long enough to be measured."""
    path = tmp_path / "poem.txt"
    path.write_text(LINE * 40)
    return TextChoice((str(path),))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_a_portrait_has_the_most_frequent_characters_and_then_what_the_text_costs(poem: TextChoice) -> None:
    begun, counted, measured = portray.portray(poem)
    assert begun.frequent[:2] == ((" ", LINE.count(" ") / len(LINE)), ("t", LINE.count("t") / len(LINE)))
    assert sum(share for _, share in begun.frequent) == pytest.approx(1.0)
    assert begun.baselines is None
    assert counted.baselines is not None
    assert counted.baselines.uniform > counted.baselines.unigram > counted.baselines.bigram
    assert not counted.finished
    assert measured.finished


def test_of_a_text_that_is_too_short_to_be_measured_there_are_the_facts(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("ab")
    (only,) = portray.portray(TextChoice((str(tmp_path / "short"),)))
    assert only.info.characters == 2


def test_a_text_that_is_much_to_read_is_not_read_for_a_look(poem: TextChoice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portray, "LARGEST", 100)
    with pytest.raises(CorpusError, match="much to read"):
        list(portray.portray(poem))


def test_a_portrait_is_remembered_until_the_file_changes(poem: TextChoice, cache: Path) -> None:
    *_, whole = portray.look(poem, cache)
    assert portrait.recall(cache, poem) == whole
    assert list(portray.look(poem, cache)) == [whole]
    assert portrait.recall(cache, TextChoice(poem.sources, frozenset({Treatment.LOWER}))) is None
    Path(poem.sources[0]).write_text(LINE * 39)
    assert portrait.recall(cache, poem) is None


def test_the_portraits_that_were_asked_for_longest_ago_go(
    poem: TextChoice, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portrait, "MOST_KEPT", 2)
    *_, whole = portray.portray(poem)
    choices = [TextChoice(poem.sources, encoding=name) for name in ("ascii", "utf-8", "latin-1")]
    for choice in choices:
        portrait.remember(cache, choice, whole, portrait.key(choice))
    assert [portrait.recall(cache, choice) is not None for choice in choices] == [False, True, True]


@pytest.mark.parametrize(
    "broken", ["{", "[]", '{"portrait": 3}', '{"info": {}, "frequent": [], "baselines": null}', "NaN"]
)
def test_a_broken_file_of_portraits_counts_as_none(poem: TextChoice, cache: Path, broken: str) -> None:
    *_, whole = portray.portray(poem)
    portrait.remember(cache, poem, whole, portrait.key(poem))
    path = cache / portrait.FILE
    (name,) = json.loads(path.read_text())
    kept = json.loads(path.read_text())[name]
    for content in (broken, f'{{{json.dumps(name)}: {{"key": {json.dumps(kept["key"])}, "portrait": {broken}}}}}'):
        path.write_text(content)
        assert portrait.recall(cache, poem) is None


def test_a_process_looks_at_a_text(poem: TextChoice, cache: Path) -> None:
    *_, whole = ProcessLook(poem, cache)
    assert whole == portrait.recall(cache, poem)


def test_a_process_tells_what_is_in_the_way(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(CorpusError, match="no such file or folder"):
        list(ProcessLook(TextChoice((str(tmp_path / "nothing"),)), cache))


def test_a_look_that_is_stopped_ends_without_a_word(poem: TextChoice, cache: Path) -> None:
    look = ProcessLook(poem, cache)
    look.stop()
    assert list(look) == []


def test_looking_leaves_numpy_out_of_the_app(cache: Path) -> None:
    code = (
        "import sys, tui.app\nfrom pathlib import Path\nfrom tui.portrayer import *\n"
        "cache = Path(sys.argv[1])\n"
        "for _ in range(2): assert facts_of('arithmetic', cache).symbols == 13\n"
        "*_, whole = ProcessLook(TextChoice(('arithmetic',)), cache)\n"
        "assert whole.finished and whole.info == facts_of('arithmetic', cache)\n"
        "print('numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(cache)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_the_facts_of_what_is_no_corpus_are_an_error(cache: Path) -> None:
    with pytest.raises(CorpusError, match="shakespear: no such"):
        facts_of("shakespear", cache)


class SlowLook:
    """A look that waits to be stopped."""

    def __init__(self, seen: Portrait) -> None:
        self.seen = seen
        self.begun = threading.Event()
        self.stopped = threading.Event()

    def __iter__(self) -> Iterator[Portrait]:
        """Yield what is seen, then wait."""
        yield self.seen
        self.begun.set()
        assert self.stopped.wait(10)

    def stop(self) -> None:
        """Wait no longer."""
        self.stopped.set()


def test_who_asks_for_another_text_ends_the_look_at_the_one_before(poem: TextChoice) -> None:
    seen, *_ = portray.portray(poem)
    looks = {name: SlowLook(seen) for name in ("one", "two")}
    told: list[str] = []
    portrayer = Portrayer(lambda choice: looks[choice.sources[0]], lambda choice, *_: told.append(choice.sources[0]))
    for name, look in looks.items():
        portrayer.ask(TextChoice((name,)))
        assert look.begun.wait(10)
    assert looks["one"].stopped.is_set()
    assert not looks["two"].stopped.is_set()
    portrayer.ask(None)
    assert looks["two"].stopped.is_set()
    assert told == ["one", "two"]


@pytest.mark.parametrize("within", [False, True])
def test_a_look_that_nobody_foresaw_fails_in_a_sentence_and_the_next_text_is_looked_at(
    poem: TextChoice, cache: Path, within: bool
) -> None:
    class Wrong(ProcessLook):
        def __iter__(self) -> Iterator[Portrait]:
            raise KeyError("wrong")

    def begin(choice: TextChoice) -> ProcessLook:
        if choice == poem:
            return ProcessLook(choice, cache)
        if within:
            return Wrong(choice, cache)
        raise KeyError("wrong")

    told: queue.SimpleQueue[tuple[TextChoice, str]] = queue.SimpleQueue()
    portrayer = Portrayer(begin, lambda choice, _portrait, problem: told.put((choice, problem)))
    other = TextChoice(("names",))
    portrayer.ask(other)
    assert told.get(timeout=20) == (other, "it could not be looked at: KeyError('wrong')")
    portrayer.ask(poem)
    assert told.get(timeout=60) == (poem, "")


def test_a_text_that_changed_while_it_was_looked_at_is_not_remembered(poem: TextChoice, cache: Path) -> None:
    looking = portray.look(poem, cache)
    next(looking)
    Path(poem.sources[0]).write_text(LINE * 60)
    assert [*looking][-1].finished
    assert portrait.recall(cache, poem) is None


def test_a_folder_is_looked_at_by_the_encoding_that_is_named(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    (folder / "poem.txt").write_bytes((LINE * 40).encode("utf-16-le"))
    choice = TextChoice((str(folder),), encoding="utf-16-le")
    assert [*portray.look(choice, cache)][-1].finished
    assert portrait.recall(cache, choice) is not None
