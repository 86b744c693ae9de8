"""A saved passage: its text, and beside it the recipe from which the same text can be written again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from model.config import SamplingSettings, SettingsError, require_whole
from model.passage import Passage
from model.run_names import free_path
from tui.whole_file import whole_file

FORMAT = 1
MOST_LENGTH = 1_000_000
"""Characters that can be asked for at the screen."""


class PassageRecipe(Struct, frozen=True):
    """All that it takes to write a passage again."""

    checkpoint: str
    """The file of the network; beside the recipe where it is a bare name."""
    sha256: str
    prime: str
    length: int
    seed: int
    sampling: SamplingSettings
    text_sha256: str

    def file_beside(self, recipe: Path) -> Path:
        """Where the network is, given where the recipe is."""
        return recipe.absolute().parent / self.checkpoint

    @classmethod
    def load(cls, path: Path) -> PassageRecipe:
        """Read a recipe.

        Raises:
            OSError: If it cannot be read.
            SettingsError: If it is none, or has a value that cannot be used; the message names the file.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["format"] != FORMAT:
                raise SettingsError(f"format {told['format']!r}; this version reads format {FORMAT}")
            require_whole("length", told["length"], 0, 10**12)
            require_whole("seed", told["seed"], 0, 2**32 - 1)
            return cls(
                checkpoint=_words(told, "checkpoint"),
                sha256=_words(told, "sha256"),
                prime=_words(told, "prime"),
                length=told["length"],
                seed=told["seed"],
                sampling=SamplingSettings(told["temperature"], told["top_k"], told["top_p"]),
                text_sha256=_words(told, "text_sha256"),
            )
        except SettingsError as error:
            raise SettingsError(f"{path}: {error}") from error
        except (LookupError, RecursionError, TypeError, ValueError) as error:
            raise SettingsError(
                f"{path}: not the recipe of a passage, which is the .json file that is saved beside its text"
            ) from error


def _words(told: dict[str, Any], name: str) -> str:
    if not isinstance(told[name], str):
        raise SettingsError(f"{name} is {told[name]!r}; it must be a text")
    words: str = told[name]
    if name == "checkpoint" and "\0" in words:
        raise SettingsError(f"{name} is {words!r}; no file has such a name")
    return words


def save_passage(passage: Passage, folder: Path) -> tuple[Path, Path]:
    """Write the text and the recipe to `folder`, over no other file; returns their paths.

    Raises:
        OSError: If that cannot be done.
    """
    file = Path(passage.checkpoint)
    text = free_path(folder, f"{file.stem}-sample", ".txt")
    recipe = free_path(folder, text.stem, ".json")
    data = encoded(passage.text)
    told = {
        "format": FORMAT,
        "corpus": passage.corpus,
        "step": passage.step,
        # so that the folder can be moved as a whole
        "checkpoint": file.name if file.parent == folder else str(file),
        "sha256": passage.sha256,
        "prime": passage.prime,
        "length": passage.length,
        "seed": passage.seed,
        "temperature": passage.sampling.temperature,
        "top_k": passage.sampling.top_k,
        "top_p": passage.sampling.top_p,
        "text_sha256": hashlib.sha256(data).hexdigest(),
    }
    with whole_file(text, shared=True) as out:
        out.write(data)
    with whole_file(recipe, shared=True) as out:
        out.write(json.dumps(told, indent=2).encode() + b"\n")
    return text, recipe


def encoded(text: str) -> bytes:
    """A text as it stands in its file, and as it goes into a pipe."""
    return text.encode("utf-8", "surrogatepass")
