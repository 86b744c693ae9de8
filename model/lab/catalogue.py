"""The experiments by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from model.config import require_one_of

if TYPE_CHECKING:
    from model.lab.experiment import Experiment


class Entry(Struct, frozen=True):
    """What is said of an experiment before it begins."""

    name: str
    summary: str
    """A phrase."""
    about: str
    """What it is and where it comes from, in a few sentences."""


CATALOGUE: Final = (
    Entry(
        "sine",
        "an LSTM sees through a noisy sine, and goes on with it by itself",
        "An LSTM of 32 cells reads 30 samples of a sine with noise and says the clean value that comes next; then it "
        "reads what it says, and goes on for 30 more. After the notebook of 2015xli: same data, mended gradients.",
    ),
    Entry(
        "counting",
        "a plain recurrent network, a GRU and an LSTM learn a^n b^n",
        "Three networks of 50 units read as many b as there were a, n up to 9, and are asked for n up to 20. After the "
        "lab of the Technical University of Denmark: same sequences, one unit of loss, and the least there can be.",
    ),
    Entry(
        "digits",
        "an LSTM reads pictures of digits row by row",
        "An LSTM of 128 cells reads 28 rows of 28 pixels, and says at the end which digit that was. After the notebook "
        "of 2015xli; a FILE has MNIST, else the program draws digits of its own.",
    ),
)
BY_NAME: Final = {entry.name: entry for entry in CATALOGUE}


def begin(name: str, seed: int = 0, file: Path | None = None, planned_steps: int | None = None) -> Experiment:
    """An experiment at its beginning.

    Args:
        name: Of the catalogue.
        seed: Of all that is drawn at random.
        file: Pictures for `digits`: see `corpora.digits.read_digits`; None draws them.
        planned_steps: Length of the run; None is the experiment's own.

    Raises:
        SettingsError: If there is no such experiment.
        CorpusError: If the file has no such pictures.
    """
    require_one_of("experiment", name, tuple(BY_NAME))
    # each is imported only where it is wanted: the command line lists them without numpy
    if name == "sine":
        from model.lab import sine

        return sine.Sine(seed, planned_steps or sine.STEPS)
    if name == "counting":
        from model.lab import counting

        return counting.Counting(seed, planned_steps or counting.STEPS)
    from corpora.digits import read_digits
    from corpora.drawn_digits import drawn
    from model.lab.digits import DigitReading

    return DigitReading(drawn() if file is None else read_digits(file), seed, planned_steps)
