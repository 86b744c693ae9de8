"""A run with everything there is to show, for pictures: made up, the same each time, and as such runs look."""

from __future__ import annotations

import math

from msgspec.structs import replace

from corpora.info import Baselines
from model.config import NetworkSettings
from model.neurons import FULL, Finding, Neurons
from model.outlook import Candidate, Outlook
from model.progress import Event, Gate, Vitals
from model.protocol import Gauges, Mark, Notice, RunState, RunUpdate, Update, Written

from scripted_session import GAUGES, PLAY, losses, validations

SIZES = ((40, 12), (60, 20), (80, 24), (120, 40), (200, 60))
TEMPERATURE = 0.85
TURNED = PLAY.index("I have not slept")

BASELINES = Baselines(uniform=4.159, unigram=3.312, bigram=2.452, floor=None, xz=2.86, bz2=2.41, compressed=1_000_000)
VITALS = Vitals(
    gradient_norm=0.412,
    update_ratio=0.0014,
    saturated=0.21,
    gates=(Gate("input", 0.24, 0.05), Gate("forget", 0.02, 0.38), Gate("output", 0.16, 0.11)),
)
EVENTS = (Event(420, "rate", "learning rate 0.001"), Event(1_010, "rollback", "back to good weights"))


def outlook(temperature: float = TEMPERATURE) -> Outlook:
    """What may come after an h."""
    raw = [0.38, 0.21, 0.13, 0.08, 0.055, 0.04, 0.03, 0.02, 0.015, 0.01, 0.006, 0.004]
    sharpened = [share ** (1 / temperature) for share in raw]
    shares = [share / sum(sharpened) for share in sharpened]
    candidates = tuple(map(Candidate, "eai ortuy\n,.", raw, shares))
    return Outlook(candidates, entropy=surprise(shares), raw_entropy=surprise(raw), after="h", drawn=0.83)


def surprise(shares: list[float]) -> float:
    """Entropy in nats."""
    return -sum(share * math.log(share) for share in shares)


def page(text: str, *, at: int = 0, marks: tuple[Mark, ...] = ()) -> Written:
    """Written text, each character as likely as its place says, with what 128 units held at the last of them."""
    chances = tuple(0.08 + 0.9 * abs(math.sin(2.1 * (at + place) + ord(sign))) for place, sign in enumerate(text))
    rows = range(max(0, len(text) - 160), len(text))
    hidden = bytes(held(text, row, unit) % 256 for row in rows for unit in range(128))
    return Written(text, chances, marks=marks, hidden=hidden)


def held(text: str, place: int, unit: int) -> int:
    """What a unit holds: some swing slowly, some follow words, some lines, the rest flutters."""
    column = place - text.rfind("\n", 0, place)
    match unit % 4:
        case 0:
            value = math.sin(place * (unit + 3) / 400)
        case 1:
            value = 0.9 if text[place - 1].isalpha() else -0.7
        case 2:
            value = math.tanh(column / 20 - 1)
        case _:
            value = 0.5 * math.sin(place * unit + ord(text[place]))
    return round(FULL * value)


FOUND = Neurons(
    step=1_200,
    characters=20_000,
    findings=(
        Finding("in a word", ((1, 0.91),)),
        Finding("column", ((2, 0.74),)),
        Finding("upper case", ((7, 0.46),)),
    ),
    names=(("spaces", 0.12), ("in a word", 0.91), ("column", 0.74), ("upper case", 0.46)) * 32,
)

TRAINING = replace(GAUGES, outlook=outlook(), vitals=VITALS, baselines=BASELINES, learning_rate=0.001)
STATES: dict[str, Gauges] = {
    "training": TRAINING,
    "paused": replace(TRAINING, state=RunState.PAUSED),
    "diverged": replace(TRAINING, state=RunState.DIVERGED),
}


def staged(gauges: Gauges) -> Update:
    """The news of all that run, at once."""
    run = RunUpdate(
        gauges,
        fresh=True,
        losses=losses(gauges.step),
        validations=validations(gauges.step),
        events=EVENTS,
        written=(
            page(PLAY + PLAY[:TURNED]),
            page(PLAY[TURNED:] + PLAY[:70], at=TURNED, marks=(Mark(0, "sampling", f"temperature {TEMPERATURE}"),)),
        ),
        notices=() if gauges.state is not RunState.DIVERGED else (Notice("step 1,240: the loss exploded", "warning"),),
        neurons=FOUND,
    )
    return Update(number=0, runs=(run,))


RACERS = {"RNN": 0.3, "GRU": 0.0, "LSTM": 0.1}
"""How much higher than the others each ends: GRU leads."""


def staged_race() -> Update:
    """The news of a race that has been going on for a quarter of a minute."""
    return Update(number=0, runs=tuple(racer(name, above) for name, above in RACERS.items()))


def racer(name: str, above: float, steps: int = 300) -> RunUpdate:
    """What one racer tells."""
    gauges = replace(
        GAUGES,
        network=NetworkSettings(cell=name.lower()),
        step=steps,
        training_seconds=steps / 20,
        train_loss=1.5 + above,
        validation_loss=1.6 + above,
    )
    return RunUpdate(
        gauges,
        fresh=True,
        losses=tuple(replace(point, loss=point.loss + above) for point in losses(steps)),
        validations=tuple(replace(point, loss=point.loss + above) for point in validations(steps)),
        written=(page(PLAY[: TURNED + 40]),),
        run=name,
    )
