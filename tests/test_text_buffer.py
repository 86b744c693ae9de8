from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.sanitize import sanitize
from tui.widgets.text_buffer import NEAR, TextBuffer
from tui.widgets.wrap import CHIP, RULE

TEXT = st.text(st.sampled_from("ab \n\u00e9\u6f22e\u0301\u25cc"), max_size=120).map(sanitize)
PIECES = st.lists(st.one_of(TEXT, st.sampled_from(["chip", "rule"])), max_size=12)


def buffer_of(text: str, width: int = 10, capacity: int = 1000) -> TextBuffer:
    buffer = TextBuffer(capacity)
    buffer.set_width(width)
    buffer.write(text)
    buffer.settle()
    return buffer


def rows(buffer: TextBuffer) -> list[str]:
    return [buffer.row(index)[1] for index in range(buffer.row_count)]


def test_rows_break_at_spaces() -> None:
    assert rows(buffer_of("the quick brown fox")) == ["the quick ", "brown fox"]


def test_a_space_may_hang_over_the_end_of_a_row() -> None:
    assert rows(buffer_of("exactlyten more")) == ["exactlyten ", "more"]


def test_a_word_longer_than_a_row_is_broken_anywhere() -> None:
    assert rows(buffer_of("abcdefghijklmnopqrstuvwxyz")) == ["abcdefghij", "klmnopqrst", "uvwxyz"]


def test_wide_characters_take_two_cells_and_break_anywhere() -> None:
    assert rows(buffer_of(6 * "\u6f22")) == [5 * "\u6f22", "\u6f22"]
    assert rows(buffer_of(6 * "\u6f22", width=3)) == 6 * ["\u6f22"]


def test_combining_marks_stay_with_their_letter() -> None:
    assert rows(buffer_of(12 * "e\u0301")) == [10 * "e\u0301", 2 * "e\u0301"]


def test_a_line_end_opens_an_empty_row() -> None:
    assert rows(buffer_of("a\n\nb\n")) == ["a", "", "b", ""]


def fill(buffer: TextBuffer, pieces: list[str], *, settle_each: bool) -> None:
    for piece in pieces:
        if piece in ("chip", "rule"):
            buffer.label(piece, alone=piece == "rule")
        else:
            buffer.write(piece)
        if settle_each:
            buffer.settle()
    buffer.settle()


@given(PIECES, st.integers(2, 30))
def test_wrapping_piece_by_piece_is_wrapping_the_whole(pieces: list[str], width: int) -> None:
    step_by_step, at_once = buffer_of("", width), buffer_of("", width)
    fill(step_by_step, pieces, settle_each=True)
    fill(at_once, pieces, settle_each=False)
    assert rows(step_by_step) == rows(at_once)
    at_once.set_width(width)
    assert rows(step_by_step) == rows(at_once)


@given(TEXT, st.integers(2, 30))
def test_every_row_fits_and_nothing_is_lost(text: str, width: int) -> None:
    buffer = buffer_of(text, width)
    assert "".join(rows(buffer)) == text.replace("\n", "")
    for row in rows(buffer):
        assert cell_len(row) <= width + row.endswith(" ")


@given(PIECES, st.integers(2, 30), st.integers(0, 60))
def test_a_place_keeps_its_character_when_text_is_dropped_and_wrapped(
    pieces: list[str], width: int, capacity: int
) -> None:
    everything, short = TextBuffer(), TextBuffer(capacity)
    short.set_width(width)
    for buffer in (everything, short):
        fill(buffer, pieces, settle_each=True)
    short.trim()
    assert everything.end == short.end
    assert everything.text(short.start) == short.text()
    assert len(short.text()) >= min(capacity - len(short.labels), len(everything.text()))
    for index in range(short.row_count):
        start, _ = short.row(index)
        assert short.row_at(start) == index or start == short.end


@example(["chip", "a", "aaa", "chip"], "a", 2, 3)
@given(PIECES, st.text(st.sampled_from("ab \n\u6f22"), max_size=40), st.integers(0, 60), st.integers(2, 30))
def test_what_is_taken_back_leaves_no_trace(pieces: list[str], more: str, count: int, width: int) -> None:
    buffer = buffer_of("", width)
    fill(buffer, pieces, settle_each=True)
    buffer.write(more)
    buffer.settle()
    whole = buffer.text()
    buffer.take_back(count)
    buffer.settle()
    assert buffer.text() == whole[: max(0, len(whole) - count)]
    kept = rows(buffer)
    buffer.set_width(width)
    assert rows(buffer) == kept
    if count <= len(more):  # labels stay where they are
        alone = buffer_of("", width)
        fill(alone, [*pieces, more[: len(more) - count]], settle_each=False)
        assert rows(alone) == kept


def test_old_rows_are_dropped_once_there_is_too_much() -> None:
    buffer = buffer_of("first line\nsecond line\nthird", width=20, capacity=16)
    assert buffer.trim() == 1
    assert buffer.text() == "second line\nthird"
    assert buffer.row(0) == (11, "second line")


def test_rows_that_are_being_read_are_spared_up_to_twice_the_capacity() -> None:
    buffer = buffer_of("one\ntwo\nthree\nfour", width=20, capacity=10)
    assert buffer.trim(reading=1) == 1
    assert buffer.text() == "two\nthree\nfour"
    buffer.write(20 * "\nmore")
    buffer.settle()
    assert buffer.trim(reading=0) > 0


def test_labels_stand_in_the_rows_but_not_in_the_text() -> None:
    buffer = buffer_of("before", width=40)
    buffer.label("temperature 0.85", alone=False)
    buffer.write("after")
    buffer.label("another network", alone=True)
    buffer.write("end")
    buffer.settle()
    assert rows(buffer) == [f"before{CHIP}after", RULE, "end"]
    assert buffer.text() == "beforeafterend"


def test_a_chip_takes_the_cells_of_its_label() -> None:
    buffer = buffer_of("1234", width=10)
    buffer.label("six", alone=False)
    buffer.write("5 7")
    buffer.settle()
    assert rows(buffer) == [f"1234{CHIP}5 ", "7"]


def test_a_knob_that_is_being_turned_leaves_one_label() -> None:
    buffer = buffer_of("some text")
    assert not buffer.label("temperature 0.85", alone=False)
    buffer.write("x" * (NEAR - 1))
    assert buffer.label("temperature 0.90", alone=False)
    buffer.write("x" * NEAR)
    assert not buffer.label("temperature 0.95", alone=False)
    buffer.label("top-k 5", alone=False)
    buffer.label("top-k all", alone=False)
    assert [label for label in buffer.labels.values() if label] == [
        "temperature 0.90",
        "temperature 0.95",
        "top-k all",
    ]


def test_clearing_leaves_one_empty_row() -> None:
    buffer = buffer_of("a\nb\nc")
    buffer.clear()
    assert rows(buffer) == [""]
    assert buffer.start == buffer.end == 5
    buffer.write("d")
    buffer.settle()
    assert buffer.text() == "d"
