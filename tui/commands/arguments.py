"""What the command line understands, and how each command explains itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from model.config import CELLS
from model.lab.catalogue import CATALOGUE
from tui.commands.formatter import Parser
from tui.commands.options import (
    ENCODING,
    FPS,
    INK,
    LENGTH,
    NETWORK,
    PRESET,
    SAMPLING,
    SAMPLING_SEED,
    SECONDS,
    SHARE,
    STEPS,
    THREADS,
    TRAINING,
    TREAT,
    Setting,
    file_name,
    whole,
)


class Command(Struct, frozen=True):
    """A word of the command line and what it stands for."""

    parser: Callable[[], argparse.ArgumentParser]
    module: str
    """Has `run(options) -> exit code`; imported when the options have been understood."""


def app_parser() -> argparse.ArgumentParser:
    """The app, which is what no command at all means."""
    parser = Parser(
        "lstm-tui",
        usage="[TEXT ...] [options]\n       lstm-tui corpora | train | sample | eval | ... [--help]",
        description=(
            "Trains a character-level LSTM, written in numpy, in front of your eyes, and\n"
            "streams what it writes while you turn the temperature. Without TEXT it begins\n"
            "with the text of the last time; at first with Shakespeare, or the best here.\n"
            "\n"
            "  lstm-tui corpora      the texts that can be picked by name\n"
            "  lstm-tui train        train without the screen\n"
            "  lstm-tui sample       let a trained network write\n"
            "  lstm-tui eval         measure a trained network on a text\n"
            "  lstm-tui runs         earlier runs that can be resumed\n"
            "  lstm-tui presets      whole recipes by name\n"
            "  lstm-tui bench        how fast this machine is\n"
            "  lstm-tui lab          what else such networks can do: sines, counting, digits\n"
            "  lstm-tui completion   let the tab key complete all this\n"
            "\n"
            "Each of them has a --help of its own. Flags can be given as environment variables:\n"
            "LSTM_TUI_HIDDEN_SIZE=256 is --hidden-size 256. A flag beats the variable, which\n"
            "beats the settings file, which beats the default. The file is settings.toml in\n"
            "lstm-tui's configuration folder; in the app, s shows what is in it."
        ),
        examples=(
            "  # watch it learn Shakespeare\n"
            "  lstm-tui\n"
            "  # your own text, in lower case, with a larger network\n"
            "  lstm-tui book.txt --treat lower --hidden-size 256\n"
            "  # whatever another program writes\n"
            "  git log | lstm-tui -\n"
            "  # play a network that was saved\n"
            "  lstm-tui hamlet.safetensors\n"
            "  # go on with the last run, or with an earlier one\n"
            "  lstm-tui --resume\n"
            "  lstm-tui --resume shakespeare-0514-142310\n"
            "  # a show that plays by itself\n"
            "  lstm-tui --demo"
        ),
    )
    text = parser.add_argument_group("What to learn")
    text.add_argument(
        "text",
        nargs="*",
        metavar="TEXT",
        help="a file, several, a folder, - for standard input, a corpus' name, or a saved network to play",
    )
    text.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="RUN",
        help="go on with the last run, or with RUN: a file, or a name that `lstm-tui runs` lists",
    )
    text.add_argument("--demo", action="store_true", help="play a show of two minutes, until a key is pressed")
    _add(text, ENCODING, TREAT)
    _add(parser.add_argument_group("The network"), PRESET, *NETWORK)
    _add(parser.add_argument_group("Its training"), *TRAINING, THREADS, SHARE)
    _add(parser.add_argument_group("Writing"), *SAMPLING)
    _finish(parser, FPS)
    return parser


def train_parser() -> argparse.ArgumentParser:
    """`lstm-tui train`."""
    parser = Parser(
        "lstm-tui train",
        usage="TEXT --out FILE [options]\n       lstm-tui train --resume FILE [--steps N | --seconds S] [--out FILE]",
        description=(
            "Trains a network without the screen and saves it as FILE; progress goes to\n"
            "standard error. Ctrl-C saves too, and says where. The last tenth of the text is\n"
            "never learnt from, only measured on: where the network was better there on its\n"
            "way than at its end, the better one is kept beside FILE as NAME.best.safetensors."
        ),
        examples=(
            "  # two minutes of Shakespeare\n"
            "  lstm-tui train shakespeare --out play.safetensors --seconds 120\n"
            "  # a recipe that learns fast, a little larger\n"
            "  lstm-tui train shakespeare --out play.safetensors --preset nanogpt-cpu-beater \\\n"
            "      --hidden-size 192\n"
            "  # go on for 5,000 steps more; at one number of --threads as if without a pause\n"
            "  lstm-tui train --resume play.safetensors --steps 5000\n"
            "  # for a script: one JSON object a line, the last one has the result\n"
            "  lstm-tui train book.txt --out book.safetensors --json | tail -1"
        ),
    )
    text = parser.add_argument_group("What to learn")
    _add_text(text)
    _add(text, ENCODING, TREAT)
    run = parser.add_argument_group("The run")
    run.add_argument("--out", type=Path, metavar="FILE", help="where to save; with --resume FILE, there if left out")
    run.add_argument("--overwrite", action="store_true", help="replace a network that was saved to --out before")
    run.add_argument(
        "--resume",
        type=file_name,
        metavar="FILE",
        help="go on with this network and all its settings; with --out, a name that `lstm-tui runs` lists will do",
    )
    _add(run, STEPS, SECONDS, THREADS, SHARE)
    _add(parser.add_argument_group("The network"), PRESET, *NETWORK)
    _add(parser.add_argument_group("Its training"), *TRAINING)
    _finish(parser, json="print progress and result as one JSON object a line on standard output")
    return parser


def sample_parser() -> argparse.ArgumentParser:
    """`lstm-tui sample`."""
    parser = Parser(
        "lstm-tui sample",
        usage="FILE [options]\n       lstm-tui sample --recipe FILE.json",
        description=(
            "Lets a trained network write to standard output, character by character. On a\n"
            "terminal, control characters are made visible; into a pipe or a file everything\n"
            "goes as it was written, in UTF-8."
        ),
        examples=(
            "  # a speech\n"
            '  lstm-tui sample play.safetensors --prime "ROMEO:"\n'
            "  # always the likeliest character\n"
            "  lstm-tui sample play.safetensors --temperature 0 --length 200\n"
            "  # a page, another one for every seed\n"
            "  lstm-tui sample play.safetensors --length 3000 --seed 7 > page.txt\n"
            "  # a passage that the app saved (ctrl+t), once more\n"
            "  lstm-tui sample --recipe shakespeare-1240-sample.json"
        ),
    )
    _add_network(parser, "?")
    writing = parser.add_argument_group("Writing")
    writing.add_argument("--prime", metavar="TEXT", help="what the network reads first, and goes on from")
    writing.add_argument(
        "--recipe",
        type=file_name,
        metavar="FILE",
        help="write a saved passage again, to the letter; takes nothing else",
    )
    _add(writing, LENGTH, *SAMPLING, SAMPLING_SEED, INK)
    _finish(parser)
    return parser


def evaluate_parser() -> argparse.ArgumentParser:
    """`lstm-tui eval`."""
    parser = Parser(
        "lstm-tui eval",
        usage="FILE TEXT [options]",
        description=(
            "Measures how well a trained network foresees a text, in nats and bits per\n"
            "character: the text is read as one stream, and the first character is only read.\n"
            "Characters that the network does not know are left out and counted."
        ),
        examples=(
            "  # on a text that it was not trained on\n"
            "  lstm-tui eval play.safetensors sonnets.txt\n"
            "  # for a script\n"
            "  lstm-tui eval play.safetensors bible --json"
        ),
    )
    _add_network(parser)
    text = parser.add_argument_group("What to measure it on")
    _add_text(text, "+")
    _add(text, ENCODING)
    text.add_argument(
        TREAT.flag,
        type=TREAT.kind,
        metavar=TREAT.metavar,
        help="what to do to the text first, or none; by default what was done to the text it was trained on",
    )
    _finish(parser, json="print one JSON object on standard output")
    return parser


def corpora_parser() -> argparse.ArgumentParser:
    """`lstm-tui corpora`."""
    parser = Parser(
        "lstm-tui corpora",
        usage="[NAME ...] [--json]",
        description="Lists the texts that can be picked by name, or tells all about those named.",
        examples=(
            "  # what is there\n  lstm-tui corpora\n  # one of them, with its first lines\n  lstm-tui corpora brackets"
        ),
    )
    what = parser.add_argument_group("Which")
    what.add_argument("names", nargs="*", metavar="NAME", help="tell all about these, with their first lines")
    _finish(parser, json="print one JSON object a corpus, one a line")
    return parser


def runs_parser() -> argparse.ArgumentParser:
    """`lstm-tui runs`."""
    parser = Parser(
        "lstm-tui runs",
        usage="[WORD ...] [--json]",
        description=(
            "Lists the earlier runs that the app has kept, the newest first: those it was left\n"
            "with, and those that another text or a new network took the place of. The newest\n"
            "20 are kept, and all that were given a name in the app (R, then n)."
        ),
        examples=(
            "  # what can be resumed\n"
            "  lstm-tui runs\n"
            "  # only those on Shakespeare with a GRU\n"
            "  lstm-tui runs shakespeare gru\n"
            "  # go on with one of them\n"
            "  lstm-tui --resume shakespeare-0514-142310"
        ),
    )
    what = parser.add_argument_group("Which")
    what.add_argument("words", nargs="*", metavar="WORD", help="only those whose name, text or network has these words")
    _finish(parser, json="print one JSON object a run, one a line, with its loss curve")
    return parser


def presets_parser() -> argparse.ArgumentParser:
    """`lstm-tui presets`."""
    parser = Parser(
        "lstm-tui presets",
        usage="[NAME ...] [--json]",
        description=(
            "Lists the recipes that --preset knows: what each sets, and where it comes from.\n"
            "What a recipe does not name is at its default."
        ),
        examples=(
            "  # all of them\n"
            "  lstm-tui presets\n"
            "  # the settings of one, for a script\n"
            "  lstm-tui presets char-rnn --json\n"
            "  # use it, but with a GRU\n"
            "  lstm-tui train shakespeare --out play.safetensors --preset char-rnn --cell gru"
        ),
    )
    what = parser.add_argument_group("Which")
    what.add_argument("names", nargs="*", metavar="NAME", help="tell of these only")
    _finish(parser, json="print one JSON object a preset, one a line")
    return parser


def bench_parser() -> argparse.ArgumentParser:
    """`lstm-tui bench`."""
    parser = Parser(
        "lstm-tui bench",
        usage="[--quick] [--json]",
        description=(
            "Measures this machine for about twenty seconds, with one thread: training and\n"
            "writing at three sizes, and large matrix products, which no training can be\n"
            "faster than. Then it names the size that learns Shakespeare in a minute here."
        ),
        examples="  # how fast is it?\n  lstm-tui bench\n  # for a script\n  lstm-tui bench --json",
    )
    how = parser.add_argument_group("How")
    how.add_argument("--quick", action="store_true", help="measure for a moment only; the numbers are rough")
    _finish(parser, json="print one JSON object a measurement, one a line")
    return parser


def lab_parser() -> argparse.ArgumentParser:
    """`lstm-tui lab`."""
    parser = Parser(
        "lstm-tui lab",
        usage="[NAME] [FILE] [options]",
        description=(
            "Experiments on what recurrent networks can do beside text, learnt before your\n"
            "eyes. Without a terminal, or with --no-screen or --json, they learn to the end\n"
            "and what was found is printed.\n"
            "\n" + "".join(f"  {entry.name:<10}{entry.summary}\n" for entry in CATALOGUE)
        ),
        examples=(
            "  # watch all of them\n"
            "  lstm-tui lab\n"
            "  # four networks learn to count\n"
            "  lstm-tui lab counting\n"
            "  # MNIST, as an .npz file or a folder of the original files\n"
            "  lstm-tui lab digits mnist.npz\n"
            "  # is an LSTM better than a plain recurrent network?\n"
            "  lstm-tui lab digits --cell rnn\n"
            "  # for a script\n"
            "  lstm-tui lab sine --seed 3 --json"
        ),
    )
    which = parser.add_argument_group("Which")
    names = tuple(entry.name for entry in CATALOGUE)
    which.add_argument("name", nargs="?", choices=names, metavar="NAME", help=f"{', '.join(names)}")
    which.add_argument(
        "file", nargs="?", type=file_name, metavar="FILE", help="pictures for digits; else it draws its own"
    )
    how = parser.add_argument_group("How")
    how.add_argument("--seed", type=whole, default=0, metavar="N", help="of all that is drawn at random (default 0)")
    how.add_argument(
        "--cell", choices=CELLS, metavar="CELL", help="lstm, gru or rnn, where there is one (default lstm)"
    )
    how.add_argument("--steps", type=whole, metavar="N", help="learn so many steps")
    how.add_argument("--no-screen", action="store_true", help="learn to the end, and print what was found")
    _finish(parser, json="print one JSON object on standard output")
    return parser


def completion_parser() -> argparse.ArgumentParser:
    """`lstm-tui completion`."""
    parser = Parser(
        "lstm-tui completion",
        usage="SHELL",
        description=(
            "Prints what a shell has to be told so that the tab key completes commands, flags\n"
            "and their values, and the names of corpora and presets."
        ),
        examples=(
            "  # bash: in ~/.bashrc\n"
            '  eval "$(lstm-tui completion bash)"\n'
            "  # zsh: in ~/.zshrc\n"
            '  eval "$(lstm-tui completion zsh)"\n'
            "  # fish\n"
            "  lstm-tui completion fish > ~/.config/fish/completions/lstm-tui.fish"
        ),
    )
    which = parser.add_argument_group("Which")
    which.add_argument("shell", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")
    _finish(parser)
    return parser


APP = Command(app_parser, "tui.commands.instrument")
COMMANDS = {
    "corpora": Command(corpora_parser, "tui.commands.corpora"),
    "train": Command(train_parser, "tui.commands.train"),
    "sample": Command(sample_parser, "tui.commands.sample"),
    "eval": Command(evaluate_parser, "tui.commands.evaluate"),
    "runs": Command(runs_parser, "tui.commands.runs"),
    "presets": Command(presets_parser, "tui.commands.presets"),
    "bench": Command(bench_parser, "tui.commands.bench"),
    "lab": Command(lab_parser, "tui.commands.lab"),
    "completion": Command(completion_parser, "tui.commands.completion"),
}


def _add(group: argparse._ActionsContainer, *settings: Setting) -> None:
    for setting in settings:
        setting.add_to(group)


def _add_text(group: argparse._ActionsContainer, count: str = "*") -> None:
    group.add_argument(
        "text",
        nargs=count,
        metavar="TEXT",
        help="a file, several, a folder, - for standard input, or a name that `lstm-tui corpora` lists",
    )


def _add_network(parser: argparse.ArgumentParser, count: str | None = None) -> None:
    network = parser.add_argument_group("The network")
    about = "a .safetensors file that the app or `train` saved"
    network.add_argument("file", nargs=count, type=file_name, metavar="FILE", help=about)


class _Version(argparse.Action):
    """Prints the version and leaves; the package's metadata is read only then."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(nargs=0, **settings)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"lstm-tui {version('lstm-tui')}")
        parser.exit()


def _finish(parser: argparse.ArgumentParser, *settings: Setting, json: str = "") -> None:
    """Add what every command has."""
    others = parser.add_argument_group("Other")
    _add(others, *settings)
    if json:
        others.add_argument("--json", action="store_true", help=json)
    others.add_argument("--version", action=_Version, dest=argparse.SUPPRESS, help="print the version and leave")
    others.add_argument("--help", "-h", action="help", help="print this and leave")
