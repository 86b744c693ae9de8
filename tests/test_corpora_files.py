"""A user's own text: what is read, and one clear sentence for what cannot be."""

import io
import os
import socket
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from corpora import files
from corpora.corpus import Corpus, CorpusError, Treatment
from corpora.library import load_now

LATIN = "naïve café\n".encode("latin-1")


def write(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def text_of(corpus: Corpus) -> str:
    return corpus.vocabulary.decode(corpus.ids)


def complaint(*sources: str, encoding: str | None = None) -> str:
    with pytest.raises(CorpusError) as caught:
        load_now(sources, encoding=encoding)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_known_by_its_mark(tmp_path: Path, encoding: str) -> None:
    corpus = load_now([write(tmp_path, "a.txt", "naïve 日本 café\r\nend".encode(encoding))])
    assert text_of(corpus) == "naïve 日本 café\nend"


def test_big_endian_utf_16_is_known_by_its_mark(tmp_path: Path) -> None:
    assert text_of(load_now([write(tmp_path, "a.txt", b"\xfe\xff" + "añb".encode("utf-16-be"))])) == "añb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "UTF8", "utf-16", "utf-16-le"])
def test_a_mark_is_no_character_when_the_encoding_is_named_too(tmp_path: Path, encoding: str) -> None:
    mark = b"\xff\xfe" if "16" in encoding else b"\xef\xbb\xbf"
    content = mark + "añb".encode("utf-16-le" if "16" in encoding else "utf-8")
    assert text_of(load_now([write(tmp_path, "a.txt", content)], encoding=encoding)) == "añb"


def test_latin_1_says_its_byte_and_the_flag(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", LATIN)
    assert complaint(path) == (f"{path}: not UTF-8 at byte 2; name its encoding, for western texts --encoding latin-1")
    assert text_of(load_now([path], encoding="latin-1")) == "naïve café\n"


@pytest.mark.parametrize("before", [0, 1, files.BLOCK - 2, files.BLOCK - 1, files.BLOCK, 3 * files.BLOCK + 5])
def test_the_failing_byte_is_counted_from_the_file_s_start(tmp_path: Path, before: int) -> None:
    assert f"at byte {before:,};" in complaint(write(tmp_path, "a.txt", b"x" * before + b"\xe9t\xe9"))
    marked = write(tmp_path, "b.txt", b"\xef\xbb\xbf" + b"x" * before + b"\xe2\x82")
    assert f"at byte {before + 3:,};" in complaint(marked)


def test_a_cut_utf_16_file_says_so(tmp_path: Path) -> None:
    assert "not UTF-16-LE at byte 4" in complaint(write(tmp_path, "a.txt", b"\xff\xfea\0b"))


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", ""])
def test_an_unheard_of_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    assert "no text encoding that Python knows" in complaint(write(tmp_path, "a.txt", b"ab"), encoding=encoding)


@pytest.mark.parametrize(
    "content", [b"\x7fELF\x02\x01\0\0", b"\x1f\x8b\x08\x01\x02\x03\x04\x05\x06\xff", b"ab\0cd", b"\x89PNG\r\n\x1a\n\0"]
)
def test_a_binary_file_is_called_binary(tmp_path: Path, content: bytes) -> None:
    assert "a.bin: binary" in complaint(write(tmp_path, "a.bin", content))
    if b"\0" in content:
        assert "a.bin: binary" in complaint(str(tmp_path / "a.bin"), encoding="latin-1")


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    assert complaint(write(tmp_path, "a.txt", b"")) == "a.txt: empty, it has no characters"
    assert complaint(write(tmp_path, "b.txt", b"\xef\xbb\xbf")) == "b.txt: empty, it has no characters"


def test_one_symbol_is_nothing_to_learn(tmp_path: Path) -> None:
    assert complaint(write(tmp_path, "a.txt", b"aaaa")) == ("a.txt: nothing to learn, all 4 characters are 'a'")


def test_a_text_shorter_than_a_window_says_what_is_wanted(tmp_path: Path) -> None:
    corpus = load_now([write(tmp_path, "a.txt", b"ab" * 20)])
    corpus.require_window(35)
    with pytest.raises(CorpusError, match="its training part has 36 characters and a sequence length of 36 needs 37"):
        corpus.require_window(36)
    with pytest.raises(CorpusError, match="10 characters leave 1 of the 2 that validation needs"):
        load_now([write(tmp_path, "b.txt", b"ab" * 5)]).require_window(3)


def test_several_files_are_joined_in_order(tmp_path: Path) -> None:
    one, two = write(tmp_path, "1", b"one\r"), write(tmp_path, "2", "\nzwei".encode("utf-16"))
    corpus = load_now([two, one])
    assert text_of(corpus) == "\nzweione\n"
    assert corpus.info.name == "2 and 1 more"
    assert corpus.info.summary == "2 files"
    assert corpus.info.source == (two, one)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_by_its_look(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "a.txt", "Wind and waves, 12 of them.\n".encode(encoding) * 50)
    assert complaint(path).endswith(f"UTF-16 without a byte order mark, it seems; --encoding {encoding} reads it")
    assert load_now([path], encoding=encoding).info.characters == 28 * 50


def test_a_folder_is_read_in_order_without_hidden_and_binary_files(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", b"two ")
    write(tmp_path, "a/z.txt", b"one ")
    write(tmp_path, "c.md", b"three")
    write(tmp_path, ".git/config", b"hidden")
    write(tmp_path, "a/.secret", b"hidden")
    write(tmp_path, "empty.txt", b"")
    write(tmp_path, "data.bin", b"a\0b")
    os.mkfifo(tmp_path / "pipe")
    corpus = load_now([str(tmp_path)])
    assert text_of(corpus) == "one two three"
    assert corpus.info.summary == "3 files; left out: 1 binary, 2 hidden, 1 special"
    assert corpus.info.name == tmp_path.name


def test_in_a_folder_what_is_in_another_encoding_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"one ")
    write(tmp_path, "b.txt", b"x" * files.BLOCK + LATIN)
    write(tmp_path, "c.txt", b"two")
    corpus = load_now([str(tmp_path)])
    assert text_of(corpus) == "one two"
    assert corpus.info.summary == "2 files; left out: 1 in another encoding"
    assert load_now([str(tmp_path)], encoding="latin-1").info.summary == "3 files"


def test_what_is_named_itself_is_never_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "folder/a.txt", b"one ")
    path = write(tmp_path, "b.txt", LATIN)
    assert complaint(str(tmp_path / "folder"), path).startswith(f"{path}: not UTF-8")


def test_a_folder_all_in_another_encoding_says_which_flag_reads_it(tmp_path: Path) -> None:
    first = write(tmp_path, "a.txt", LATIN)
    write(tmp_path, "b.txt", LATIN)
    assert complaint(str(tmp_path)) == (
        f"{first}: not UTF-8 at byte 2; name its encoding, for western texts --encoding latin-1"
    )


def test_a_folder_without_text_says_what_was_seen(tmp_path: Path) -> None:
    assert complaint(str(tmp_path)) == f"{tmp_path}: a folder without text files"
    write(tmp_path, "data.bin", b"a\0b")
    assert complaint(str(tmp_path)) == f"{tmp_path}: a folder without text files (1 binary left out)"


def test_special_files_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert f"{pipe}: a named pipe, not a text file" in complaint(str(pipe))
    assert "/dev/zero: a device, not a text file" in complaint("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert "a socket, not a text file" in complaint(str(tmp_path / "socket"))


def test_a_file_that_became_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CorpusError, match="a named pipe"):
        next(files.read(files.Found((str(pipe),), 1, Counter()), None))


def test_a_vanished_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="it has vanished"):
        next(files.read(files.Found((str(tmp_path / "gone"),), 1, Counter()), None))


def test_missing_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", b"abc")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)
    assert complaint(path) == f"{path}: may not be read, its permissions forbid it"


def test_a_failing_disk_is_said() -> None:
    if not Path("/proc/self/mem").exists():
        pytest.skip("needs a file that cannot be read")
    assert "/proc/self/mem: cannot be read (" in complaint("/proc/self/mem")


@pytest.mark.parametrize("name", ["", "no\0such", "x" * 5000, "/etc/passwd/below", "no such book.txt"])
def test_a_path_that_leads_nowhere_is_one_sentence(name: str) -> None:
    assert complaint(name)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("née\r\n".encode())))
    corpus = load_now(["-", write(tmp_path, "a.txt", b"more")])
    assert text_of(corpus) == "née\nmore"
    assert corpus.info.source[0] == "-"
    assert corpus.info.name == "standard input and 1 more"


def test_standard_input_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LATIN)))
    assert complaint("-").startswith("standard input: not UTF-8 at byte 2")
    assert "named twice" in complaint("-", "-")
    monkeypatch.setattr(sys, "stdin", None)
    assert "no standard input" in complaint("-")


def test_standard_input_must_not_be_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(ours), os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        assert complaint("-") == "-: standard input is the terminal; pipe a text into it"


def test_treatments_change_the_text_and_are_remembered(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "Ça\n\n va —  BIEN".encode())
    corpus = load_now([path], treatments=frozenset(Treatment))
    assert text_of(corpus) == "ca va -- bien"
    assert corpus.info.treatments == frozenset(Treatment)


def test_files_in_a_folder_are_texts_by_the_encoding_that_is_named(tmp_path: Path) -> None:
    write(tmp_path / "wide", "a.txt", "waves came in\n".encode("utf-16-le"))
    assert text_of(load_now([str(tmp_path / "wide")], encoding="utf-16-le")) == "waves came in\n"
    assert "1 binary left out" in complaint(str(tmp_path / "wide"))


def test_a_link_to_itself_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"waves came in\n")
    (tmp_path / "self").symlink_to("self")
    assert text_of(load_now([str(tmp_path)])) == "waves came in\n"


def test_standard_input_that_would_not_wait_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write_ = os.pipe()
    os.set_blocking(read, False)

    def finish() -> None:
        os.write(write_, b"went out\n")
        os.close(write_)

    with os.fdopen(read, encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        later = threading.Timer(0.1, finish)
        os.write(write_, b"waves came in\n")
        later.start()
        assert text_of(load_now(["-"])) == "waves came in\nwent out\n"
        later.join()
