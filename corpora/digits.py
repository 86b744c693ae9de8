"""Pictures of handwritten digits, as MNIST comes: one `.npz` file, or a folder with the four original IDX files.

Whatever else has that form, Fashion-MNIST for one, is read alike.
"""

from __future__ import annotations

import gzip
import math
import stat
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from corpora.files import status
from corpora.info import CorpusError

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

SIDE: Final = 28
"""Pixels of a picture, either way."""
KINDS: Final = 10

_KEYS = ("train_images", "train_labels", "test_images", "test_labels")
_KERAS_KEYS = ("x_train", "y_train", "x_test", "y_test")
_IDX_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_GZIP = b"\x1f\x8b"


class Digits(Struct, frozen=True):
    """Pictures to learn from and others to be tested on, bright ink on black."""

    name: str
    train_images: Images
    """(N, 28, 28), 0 to 255."""
    train_labels: Labels
    """(N,), 0 to 9."""
    test_images: Images
    """(M, 28, 28), 0 to 255."""
    test_labels: Labels
    """(M,), 0 to 9."""


class _Found(Struct, frozen=True):
    """An array and what to call it when it is not what it should be."""

    name: str
    array: Array


def read_digits(path: Path) -> Digits:
    """Read MNIST, or what has its form.

    Args:
        path: An `.npz` file with `train_images, train_labels, test_images, test_labels` or with
            `x_train, y_train, x_test, y_test`; or a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
            `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, or `.idx` in place of `-idx`, each perhaps gzipped.

    Raises:
        CorpusError: If it is missing, damaged or of another form.
    """
    found = status(str(path))
    if found is None:
        raise CorpusError(f"{path}: no such file or folder")
    if stat.S_ISDIR(found.st_mode):
        return _digits(path.resolve().name, *_from_folder(path))
    if not stat.S_ISREG(found.st_mode):
        raise _neither(path)  # a pipe would be waited for
    return _digits(path.resolve().stem, *_from_npz(path))


def _digits(name: str, *found: _Found) -> Digits:
    """Check the four arrays, in the order of `_KEYS`, and put them together."""
    images, labels, test_images, test_labels = found
    return Digits(
        name, _images(images), _labels(labels, images), _images(test_images), _labels(test_labels, test_images)
    )


def _images(found: _Found) -> Images:
    """Require pictures."""
    _require_shape(found.name, found.array.shape, (SIDE, SIDE))
    if found.array.dtype != np.uint8:
        raise CorpusError(f"{found.name}: numbers of type {found.array.dtype}, wanted uint8")
    return found.array


def _labels(found: _Found, images: _Found) -> Labels:
    """Require labels, as many as there are pictures."""
    labels = found.array
    _require_shape(found.name, labels.shape, ())
    if not np.issubdtype(labels.dtype, np.integer):
        raise CorpusError(f"{found.name}: labels of type {labels.dtype}, wanted whole numbers")
    if len(labels) != len(images.array):
        wanted = f"one for each of {len(images.array):,} pictures"
        raise CorpusError(f"{found.name}: {len(labels):,} labels, wanted {wanted}")
    strange = labels[(labels < 0) | (labels >= KINDS)]
    if strange.size:
        raise CorpusError(f"{found.name}: a label of {strange[0]}, wanted 0 to {KINDS - 1}")
    return labels.astype(np.int64)


def _require_shape(name: str, shape: tuple[int, ...], each: tuple[int, ...]) -> None:
    """Require an array of one or more of shape `each`."""
    if shape[1:] != each or not shape or not shape[0]:
        wanted = f"(N, {SIDE}, {SIDE})" if each else "(N,)"
        raise CorpusError(f"{name}: an array of shape {shape}, wanted {wanted} with N at least 1")


def _from_npz(path: Path) -> list[_Found]:
    """Read the four arrays of an archive."""
    with path.open("rb") as file:  # numpy would leave it open if it is damaged
        archive = _archive(path, file)
        keys = max(_KEYS, _KERAS_KEYS, key=lambda keys: len({*keys} & {*archive.files}))
        missing = [key for key in keys if key not in archive.files]
        if missing:
            wanted = " or ".join(", ".join(keys) for keys in (_KEYS, _KERAS_KEYS))
            raise CorpusError(f"{path}: an archive without {', '.join(missing)}, wanted {wanted}")
        return [_member(archive, path, key) for key in keys]


def _archive(path: Path, file: BinaryIO) -> np.lib.npyio.NpzFile:
    """Open an archive."""
    try:
        archive = np.load(file, allow_pickle=False)
    except OSError:
        raise  # the disk's business, not the file's
    except Exception:  # see `_member`
        raise _neither(path) from None
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise _neither(path)
    return archive


def _member(archive: np.lib.npyio.NpzFile, path: Path, key: str) -> _Found:
    """Read one array of an archive."""
    name = f"{path}: {key}"
    try:
        array = archive[key]
    # Damage shows at any layer and each has its own errors: the zip, what it is packed with, numpy's header, which is a
    # Python expression, or memory, if the header speaks of more than there is.
    except Exception:
        raise CorpusError(f"{name}: damaged or pickled, wanted an array of plain numbers") from None
    if not isinstance(array, np.ndarray):  # numpy hands out as bytes what is not its own
        raise CorpusError(f"{name}: not in numpy's format, wanted an array of plain numbers")
    return _Found(name, array)


def _neither(path: Path) -> CorpusError:
    """Say of a file that it cannot hold digits."""
    wanted = f"an .npz file or a folder with {_IDX_FILES[0]} and so on"
    return CorpusError(f"{path}: not a whole zip archive, wanted {wanted}")


def _from_folder(folder: Path) -> list[_Found]:
    """Read the four IDX files of a folder."""
    files = [_idx_file(folder, name) for name in _IDX_FILES]
    return [_Found(str(file), _idx(file, 3 if "-images" in file.name else 1)) for file in files]


def _idx_file(folder: Path, name: str) -> Path:
    """Find one of the files under any of the names that it goes by."""
    dotted = name.replace("-idx", ".idx")
    for spelling in (name, dotted, f"{name}.gz", f"{dotted}.gz"):
        if (folder / spelling).is_file():
            return folder / spelling
    raise CorpusError(f"{folder}: a folder without {name}, wanted it, {dotted} or either with .gz")


def _idx(file: Path, dimensions: int) -> Images:
    """Read bytes in as many dimensions: after LeCun's page, big-endian magic number and sizes, then the bytes."""
    data = _unpacked(file)
    start = 4 + 4 * dimensions
    if len(data) < start:
        raise CorpusError(f"{file}: ends after {len(data)} bytes, wanted a header of {start}")
    magic, *shape = struct.unpack_from(f">{1 + dimensions}I", data)
    wanted = 0x0800 + dimensions  # 08: unsigned bytes
    if magic != wanted:
        raise CorpusError(f"{file}: begins with the magic number 0x{magic:08x}, wanted 0x{wanted:08x}")
    _require_shape(str(file), tuple(shape), (SIDE, SIDE)[: dimensions - 1])
    if len(data) != start + math.prod(shape):
        expected = start + math.prod(shape)
        raise CorpusError(f"{file}: {len(data):,} bytes, wanted the {expected:,} of which its header speaks")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _unpacked(file: Path) -> bytes:
    """Return what a file holds; its first bytes tell whether it is gzipped, as its name may have been changed."""
    data = file.read_bytes()
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise CorpusError(f"{file}: damaged or cut short, wanted a whole gzip file") from None
