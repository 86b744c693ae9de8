"""The experiments by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from model.config import require_one_of

if TYPE_CHECKING:
    from corpora.digits import Digits
    from model.lab.experiment import Experiment


class Entry(Struct, frozen=True):
    """What is said of an experiment before it begins."""

    name: str
    summary: str
    """A phrase."""
    about: str
    """What it is and where it comes from, in a few sentences."""
    any_cell: bool = True
    """Whether its network can have any cell; else it has several of its own."""


CATALOGUE: Final = (
    Entry(
        "sine",
        "an LSTM sees through a noisy sine, and goes on with it by itself",
        "A network of 32 units reads 30 samples of a sine, all a little wrong, and says which value comes next. Then "
        "it reads what it has said, and so goes on by itself. The data are those of 2015xli's notebook on GitHub.",
    ),
    Entry(
        "counting",
        "four networks learn to write as many b as there were a",
        "Networks of 50 units read some a, and then must say as many b, and that this is the end. They learn with up "
        "to 9 of each, and are asked about up to 20. The open LSTM begins with its forget gate open, so that its cells "
        "add up what they read. The sequences are those of a lab at the Technical University of Denmark.",
        any_cell=False,
    ),
    Entry(
        "digits",
        "an LSTM reads pictures of digits row by row",
        "A network of 128 units reads a picture from the top, 28 rows of 28 pixels, and says at the end which digit "
        "that was. After 2015xli's notebook on GitHub. `lstm-tui lab digits FILE` reads MNIST's pictures; without a "
        "FILE the program draws some itself.",
    ),
)
BY_NAME: Final = {entry.name: entry for entry in CATALOGUE}


def begin(
    name: str, seed: int, pictures: Callable[[], Digits], planned_steps: int | None = None, cell: str = "lstm"
) -> Experiment:
    """An experiment at its beginning.

    Args:
        name: Of the catalogue.
        seed: Of all that is drawn at random.
        pictures: Gets them, for `digits`.
        planned_steps: Length of the run; None is the experiment's own.
        cell: Of the network; `counting` has all of them.

    Raises:
        SettingsError: If there is no such experiment, or no such cell.
        CorpusError: If there are no such pictures.
    """
    require_one_of("experiment", name, tuple(BY_NAME))
    # each is imported only where it is wanted: arguments are read without numpy
    if name == "sine":
        from model.lab import sine

        return sine.Sine(seed, planned_steps or sine.STEPS, cell)
    if name == "counting":
        from model.lab import counting

        return counting.Counting(seed, planned_steps or counting.STEPS)
    from model.lab.digits import DigitReading

    return DigitReading(pictures(), seed, planned_steps, cell)


def pictures_of(file: Path | None) -> Digits:
    """Pictures of digits: those of a file, see `corpora.digits.read_digits`, or such as are drawn here.

    Raises:
        CorpusError: If the file has none.
    """
    from corpora import digits, drawn_digits

    return drawn_digits.drawn() if file is None else digits.read_digits(file)
