"""The process that experiments run in: orders in, an answer for each that asks for one, and learning in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import BinaryIO

from corpora.digits import Digits
from corpora.info import CorpusError
from model import wire
from model.config import SettingsError
from model.lab.catalogue import begin, pictures_of
from model.lab.experiment import Experiment
from model.lab.orders import Answer, Ask, Begin, Go, Order, Trouble, TurnPage
from model.slices import Slices
from model.threads import use_threads


class Laboratory:
    """Holds one experiment, which learns a slice at a time."""

    def __init__(self, answer: Callable[[Answer | Trouble], None], clock: Callable[[], float] = time.monotonic) -> None:
        """Be ready for orders.

        Args:
            answer: Takes what was asked for.
            clock: Tells the time in seconds.
        """
        self._answer, self._clock = answer, clock
        self._begun = Begin("")
        self._experiment: Experiment | None = None
        self._trouble = "no experiment was begun"
        self._step: Slices[None] | None = None
        self._seconds, self._going = 0.0, False
        self._pictures: tuple[str | None, Digits] | None = None

    @property
    def idle(self) -> bool:
        """Whether there is nothing to learn at present."""
        return self._experiment is None or not self._going or (self._experiment.finished and self._step is None)

    def obey(self, order: Order) -> None:
        """Do what is said, at once."""
        match order:
            case Begin():
                self._begin(order)
            case Go():
                self._going = order.going
            case TurnPage():
                if self._experiment is not None:
                    self._experiment.turn_page()
            case Ask():
                self._tell()

    def turn(self) -> None:
        """Learn a slice."""
        if self.idle or self._experiment is None:
            return
        start = self._clock()
        self._step = self._step or self._experiment.learn()
        try:
            next(self._step)
        except StopIteration:
            self._step = None
        self._seconds += self._clock() - start

    def _begin(self, order: Begin) -> None:
        self._begun, self._experiment, self._step = order, None, None
        self._seconds, self._going = 0.0, True
        try:
            self._experiment = begin(order.name, order.seed, self._get_pictures, order.planned_steps, order.cell)
        except (CorpusError, SettingsError, OSError, MemoryError) as error:
            self._trouble = str(error) or "there is not enough memory for this"
            if isinstance(error, OSError) and error.strerror:
                self._trouble = f"{error.filename}: {error.strerror.lower()}"

    def _get_pictures(self) -> Digits:
        """Those that the order names, again if it is the same file as before."""
        file = self._begun.file
        if self._pictures is None or self._pictures[0] != file:
            self._pictures = file, pictures_of(None if file is None else Path(file))
        return self._pictures[1]

    def _tell(self) -> None:
        begun = self._begun
        if self._experiment is None:
            self._answer(Trouble(begun.number, self._trouble))
        else:
            frame = self._experiment.frame()
            going = self._going and not frame.finished
            self._answer(Answer(begun.number, frame, self._seconds, going))


def listen(pipe: BinaryIO, inbox: SimpleQueue[Order | None]) -> None:
    """Put orders into `inbox` as they come; None when nobody gives any more."""
    try:
        while True:
            inbox.put(wire.receive(pipe))  # type: ignore[arg-type]
    except wire.WireClosed:
        inbox.put(None)


def waiting(inbox: SimpleQueue[Order | None], *, patient: bool) -> list[Order | None]:
    """Return all orders that have come; a patient one waits for the first."""
    found: list[Order | None] = []
    try:
        while True:
            found.append(inbox.get(block=patient and not found))
    except Empty:
        return found


def still_wanted(orders: Sequence[Order | None]) -> list[Order]:
    """Leave out what a later beginning makes void; a question is answered, but only after that."""
    begins = [index for index, order in enumerate(orders) if isinstance(order, Begin)]
    last = begins[-1] if begins else 0
    questions = [order for order in orders[:last] if isinstance(order, Ask)]
    kept = [order for order in orders[last:] if order is not None]
    return [*kept[:1], *questions, *kept[1:]]


def serve(orders: BinaryIO, answers: BinaryIO) -> None:
    """Obey until nobody gives orders any more."""
    inbox: SimpleQueue[Order | None] = SimpleQueue()
    threading.Thread(target=listen, args=(orders, inbox), daemon=True).start()
    laboratory = Laboratory(lambda answer: wire.send(answers, answer))
    try:
        while True:
            orders_so_far = waiting(inbox, patient=laboratory.idle)
            if None in orders_so_far:
                return
            for order in still_wanted(orders_so_far):
                laboratory.obey(order)
            laboratory.turn()
    except wire.WireClosed:
        return


def main() -> None:
    """Serve who is at the other end of standard input and output; whatever prints goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the app, which closes the pipe when it leaves
    orders, answers = os.fdopen(os.dup(sys.stdin.fileno()), "rb"), os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    use_threads(1)
    serve(orders, answers)
    sys.stderr.flush()
    os._exit(0)  # the listening thread may still wait


if __name__ == "__main__":
    main()
