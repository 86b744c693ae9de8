"""Characters to ids and back; what is unknown is said, never silently dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.unsignedinteger[Any]]
"""Ids of characters, of the smallest unsigned type that holds the vocabulary."""

UNKNOWN = -1
"""What the lookup tables hold where there is no id."""


def id_type(symbols: int) -> np.dtype[np.unsignedinteger[Any]]:
    """Return the smallest unsigned type for ids below `symbols`: uint8, uint16 or uint32."""
    return np.dtype(np.min_scalar_type(max(symbols - 1, 0)))


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code point of each character of `text`, (N,)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def from_code_points(codes: npt.NDArray[np.uint32]) -> str:
    """Return the text with these code points, (N,)."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a vocabulary lacks of a text; false where it lacks nothing."""

    characters: tuple[str, ...] = ()
    """The distinct unknown characters in order of appearance."""
    count: int = 0
    """How many characters of the text they are."""

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The V distinct characters of a text; a character's place is its id."""

    symbols: str
    """The characters in id order; by code point where they were taken from a text."""
    _codes: npt.NDArray[np.uint32] = field(init=False, repr=False, compare=False)
    """Id to code point, (V,)."""
    _table: npt.NDArray[np.int32] = field(init=False, repr=False, compare=False)
    """Code point to id, `UNKNOWN` elsewhere; the last entry stands for all code points beyond it."""

    def __post_init__(self) -> None:
        """Build the lookup tables.

        Raises:
            ValueError: If there is no character, or one of them twice.
        """
        if not self.symbols or len(set(self.symbols)) != len(self.symbols):
            raise ValueError("a vocabulary needs at least one character, and each only once")
        codes = code_points(self.symbols)
        table = np.full(int(codes.max()) + 2, UNKNOWN, dtype=np.int32)
        table[codes] = np.arange(len(codes), dtype=np.int32)
        object.__setattr__(self, "_codes", codes)
        object.__setattr__(self, "_table", table)

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """Return the vocabulary of a whole text, ids in the order of the code points."""
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.symbols)

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        """The smallest unsigned type that holds every id."""
        return id_type(len(self))

    def encode(self, text: str) -> tuple[Ids, Unknown]:
        """Return the ids of the known characters of `text` in order, and what is unknown.

        Args:
            text: Any text; what the vocabulary lacks is left out of the ids and named.

        Returns:
            The ids, (N - unknown.count,), and the unknown characters.
        """
        codes = code_points(text)
        found = self._table[np.minimum(codes, len(self._table) - 1)]
        return self._known(found, codes)

    def recode(self, ids: Ids, other: Vocabulary) -> tuple[Ids, Unknown]:
        """Return `ids` of the vocabulary `other` as ids of this one, and what is unknown here.

        It is `self.encode(other.decode(ids))` without the text in between.
        """
        if other == self:
            return ids, Unknown()
        here = self._table[np.minimum(other._codes, len(self._table) - 1)]  # (V of other,)
        if bool((here != UNKNOWN).all()):
            return here.astype(self.dtype)[ids], Unknown()
        return self._known(here[ids], other._codes[ids])

    def decode(self, ids: npt.ArrayLike) -> str:
        """Return the characters of `ids`, (N,).

        Raises:
            IndexError: If an id is not below V.
        """
        return from_code_points(self._codes[np.asarray(ids, dtype=np.intp)])

    def _known(self, found: npt.NDArray[np.int32], codes: npt.NDArray[np.uint32]) -> tuple[Ids, Unknown]:
        """Part `found` (N,), the ids or `UNKNOWN` of `codes` (N,), into ids and what is unknown."""
        lacking = codes[found == UNKNOWN]
        if not len(lacking):
            return found.astype(self.dtype), Unknown()
        distinct = tuple(dict.fromkeys(from_code_points(lacking)))
        return found[found != UNKNOWN].astype(self.dtype), Unknown(distinct, len(lacking))
