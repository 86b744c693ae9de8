import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.vocabulary import Unknown, Vocabulary, id_type


@given(st.text(min_size=1))
def test_decode_undoes_encode(text: str) -> None:
    vocabulary = Vocabulary.of(text)
    ids, unknown = vocabulary.encode(text)
    assert not unknown
    assert vocabulary.decode(ids) == text
    assert ids.dtype == vocabulary.dtype


def test_ids_follow_the_code_points() -> None:
    assert Vocabulary.of("hello wörld").symbols == " dehlorwö"


def test_unknown_characters_are_named_in_order_and_counted() -> None:
    ids, unknown = Vocabulary.of("hello").encode("hey, you, yes!")
    assert unknown == Unknown(("y", ",", " ", "u", "s", "!"), 10)
    assert Vocabulary.of("hello").decode(ids) == "heoe"


def test_a_text_without_unknown_characters_has_a_false_unknown() -> None:
    assert not Vocabulary.of("ab").encode("abba")[1]


@given(st.text(min_size=1), st.text(min_size=1))
def test_recode_is_encode_without_the_text(here: str, there: str) -> None:
    ours, theirs = Vocabulary.of(here), Vocabulary.of(there)
    ids, unknown = ours.recode(theirs.encode(there)[0], theirs)
    expected, lacking = ours.encode(there)
    assert (ids.tolist(), ids.dtype, unknown) == (expected.tolist(), expected.dtype, lacking)


def test_a_vocabulary_has_each_character_once() -> None:
    with pytest.raises(ValueError, match="only once"):
        Vocabulary("aba")
    with pytest.raises(ValueError, match="at least one"):
        Vocabulary("")


def test_ids_take_the_smallest_type() -> None:
    assert [id_type(V) for V in (1, 256, 257, 65536, 65537)] == [
        np.uint8,
        np.uint8,
        np.uint16,
        np.uint16,
        np.uint32,
    ]


def test_vocabularies_are_equal_by_their_symbols() -> None:
    assert Vocabulary("ab") == Vocabulary.of("ba")
    assert Vocabulary("ab") != Vocabulary("ba")
