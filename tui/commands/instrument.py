"""`lstm-tui` without a command: the app.

The engine is started and told what to do before Textual is imported, so that the two get ready side by side.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from corpora.catalogue import BY_NAME
from model.session import EngineSession
from tui.commands.asked import asked_preset, asked_settings
from tui.commands.errors import DONE, UsageError, WorkError, say
from tui.commands.first_text import first_text
from tui.commands.named_run import is_file_name, run_named
from tui.commands.options import (
    ENCODING,
    FPS,
    NETWORK,
    PRESET,
    SAMPLING,
    SHARE,
    THREADS,
    TRAINING,
    TREAT,
    asked_treatments,
    misspelt_variables,
    preferred,
)
from tui.commands.saved_file import looks_saved
from tui.opening import Opening
from tui.rescue import Rescue
from tui.run_shelf import RunShelf
from tui.settings import Paths, Settings, load_settings, paths
from tui.whole_file import whole_file

STANDARD_INPUT = "-"

PAINTS_PER_SECOND = "120"
"""At most. Updates are far fewer, but what a key has changed is not to wait for long where one was just painted."""


WONDER_SECONDS = 1.0
"""That standard input may take before it is said that it is waited for."""


def run(options: argparse.Namespace) -> int:
    """Open the app, and come back when it has been left; the exit code."""
    user = paths()
    shelf = RunShelf(user.last_run.parent)
    shelf.recover()  # before it is asked for the last run
    opening = opening_of(options, user)
    # a show is the same wherever it plays
    settings = Settings() if options.demo else load_settings(user.settings)
    asked = asked_settings(options, settings)  # a bad environment variable is said before anything has begun
    preferences = {one.name: preferred(one, options, getattr(settings, one.name)) for one in (FPS, THREADS, SHARE)}
    greeting = ""
    if not (opening.sources or opening.checkpoint):
        opening, greeting = first_text(settings)
    encoding = ENCODING.given(options)
    treated = asked_preset(options) is not None or asked_treatments(options) is not None
    opening = replace(
        opening,
        network=asked.network,
        training=asked.training,
        sampling=asked.sampling,
        insisted={one.name: value for one in SAMPLING if (value := one.given(options)) is not None},
        treatments=asked.treatments if treated else opening.treatments,
        encoding=opening.encoding if encoding is None else str(encoding),
    )
    sources = terminal_input(opening.sources, user.standard_input)
    # a show's runs are nobody's: none of them is kept unless someone takes over, and quits
    rescue, trouble = (None, "") if options.demo else rescue_in(shelf.folder)
    session = EngineSession.start(
        Path(os.devnull) if trouble else user.state / "engine.log",
        threads=preferences["threads"] or None,
        rescue=None if rescue is None else rescue.path,
        shelf=None if rescue is None else shelf.folder,
        keep_open=() if rescue is None else (rescue.descriptor,),
    )
    opening = replace(opening, sources=sources, share=preferences["share"])
    for command in opening.commands():
        session.send(command)
    os.environ.setdefault("TEXTUAL_FPS", PAINTS_PER_SECOND)  # Textual asks for it once, when it is imported
    from tui.app import LSTMApp

    app = LSTMApp(
        session,
        network=opening.network,
        training=opening.training,
        sampling=opening.sampling,
        insisted=opening.insisted if opening.checkpoint else None,
        theme=settings.theme,
        ink=settings.ink,
        mind=settings.mind,
        hints=settings.hints,
        loss_unit=settings.loss_unit,
        fps=preferences["fps"],
        demo=options.demo,
        settings=replace(settings, **preferences),
        greetings=(greeting, trouble, *misspelt_variables()),
        rescue=rescue,
        settled=settle,
    )
    app.run()
    code = app.return_code or DONE
    if app.farewell:
        print(app.farewell, file=sys.stdout if code == DONE else sys.stderr)
    return code


def rescue_in(shelf: Path) -> tuple[Rescue | None, str]:
    """Where the run is kept while the app is open, and a sentence where that cannot be."""
    try:
        return Rescue(shelf), ""
    except OSError as error:
        return None, f"No run can be kept: {error.filename or shelf}: {error.strerror or error}."


def settle() -> None:
    """Let the garbage collector begin, and never look at what the app is made of, which stays to the end.

    Going through that again and again would take a fifth of the time to the first frame, and later stop all else for a
    tenth of a second every few seconds, to find that nothing of it has gone.
    """
    gc.enable()
    gc.collect()
    gc.freeze()


def opening_of(options: argparse.Namespace, user: Paths) -> Opening:
    """Return what to begin with; a wrong name is said here, before there is a screen.

    Raises:
        UsageError: If the words do not go together.
        WorkError: If there is no such run.
        CorpusError: If there is no such text.
    """
    texts: list[str] = options.text
    if options.demo and options.resume is not None:
        raise UsageError("--demo begins with a new network; leave --resume out")
    if options.resume is not None:
        if texts:
            raise UsageError(f"--resume goes on with a saved run and its text; leave {texts[0]} out")
        _require_no_settings(options, "--resume")
        return Opening(checkpoint=_saved_run(options.resume, user), resume=True)
    saved = [text for text in texts if text.endswith(".safetensors") or looks_saved(Path(text))]
    if not saved:
        _require_texts(texts)
        return Opening(sources=tuple(texts))
    if options.demo:
        raise UsageError(f"--demo begins with a new network; leave {saved[0]} out, or name a text")
    if len(texts) > 1:
        raise UsageError(f"{saved[0]} is a saved network; it is opened alone")
    _require_no_settings(options, saved[0])
    return Opening(checkpoint=_existing(Path(saved[0])))


def _saved_run(name: str, user: Paths) -> Path:
    if name and is_file_name(name):
        return _existing(Path(name))
    if name:
        return run_named(name, user)
    if not user.last_run.is_file():
        raise WorkError(f"there is no last run to go on with yet; leaving the app saves it as {user.last_run}")
    return RunShelf(user.last_run.parent).worth_going_on()


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise WorkError(f"{path}: no such file")
    if not looks_saved(path):
        raise WorkError(f"{path}: not a safetensors file")
    return path.absolute()


def _require_no_settings(options: argparse.Namespace, file: str) -> None:
    for setting in (PRESET, *NETWORK, *TRAINING, ENCODING, TREAT):
        if getattr(options, setting.name) is not None:
            raise UsageError(f"{setting.flag} does not go with {file}: a saved network brings its settings along")


def _require_texts(texts: Sequence[str]) -> None:
    """Find out about names that are nowhere; what is wrong inside a file, the app will say."""
    for text in texts:
        if text == STANDARD_INPUT:
            continue
        if os.path.lexists(text):
            if not Path(text).is_file() and not Path(text).is_dir():
                from corpora.files import found_now

                found_now([text])  # says what it is
            continue
        if len(texts) == 1 and text in BY_NAME and BY_NAME[text].available():
            continue  # the engine reads it, while the screen is being built
        from corpora.info import CorpusError
        from corpora.library import load

        try:
            next(load([text] if len(texts) == 1 else texts), None)
        except CorpusError:
            from tui.commands.arguments import COMMANDS

            near = difflib.get_close_matches(text, COMMANDS, n=1, cutoff=0.75)
            if near:
                raise UsageError(f"{text}: no command, no file and no corpus; did you mean {near[0]}?") from None
            raise


@contextmanager
def told_if_slow(sentence: str) -> Iterator[None]:
    """Say what is waited for, once that has taken so long that one wonders."""
    timer = threading.Timer(WONDER_SECONDS, say, (sentence,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # it may have begun to speak


def terminal_input(sources: tuple[str, ...], kept: Path) -> tuple[str, ...]:
    """Make the terminal the app's input; standard input, where it is a text, is kept in the file `kept`.

    Returns:
        The sources, with that file in place of `-`: the run that learns it can go on another day.

    Raises:
        UsageError: If there is no terminal.
        CorpusError: If there is no standard input.
        OSError: If the text cannot be kept.
    """
    if not os.isatty(2):
        raise UsageError("the app needs a terminal, and standard error is none; `lstm-tui train` does without")
    if STANDARD_INPUT not in sources:
        if not os.isatty(0):
            raise UsageError("the app needs a terminal as its input; name - to learn what is piped in")
        return sources
    if sources.count(STANDARD_INPUT) > 1:
        raise UsageError("- was named twice; standard input can be read once")
    from corpora.files import standard_input

    text = standard_input()
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise UsageError("the app needs a terminal for its keys, and there is none; see `lstm-tui train`") from None
    with whole_file(kept) as file, told_if_slow("reading standard input to its end; ctrl+c gives up"):
        shutil.copyfileobj(text, file)
    os.dup2(terminal, 0)
    os.close(terminal)
    return tuple(str(kept) if source == STANDARD_INPUT else source for source in sources)
