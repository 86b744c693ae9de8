"""Pictures of digits: read from files as MNIST comes, or drawn; whatever is wrong with a file is told in a sentence."""

import gzip
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from corpora.digits import Digits, read_digits
from corpora.drawn_digits import draw_digits, drawn
from corpora.info import CorpusError

Array = npt.NDArray[Any]

OURS = ("train_images", "train_labels", "test_images", "test_labels")
KERAS = ("x_train", "y_train", "x_test", "y_test")
DASHED = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
DOTTED = tuple(name.replace("-idx", ".idx") for name in DASHED)


def some_arrays() -> tuple[Array, Array, Array, Array]:
    """Seven pictures to learn from and three to be tested on, of noise."""
    rng = np.random.default_rng(5)
    images = rng.integers(0, 256, (10, 28, 28), dtype=np.uint8)
    labels = np.arange(10, dtype=np.uint8)
    return images[:7], labels[:7], images[7:], labels[7:]


def write_npz(path: Path, keys: tuple[str, ...] = OURS, instead: Mapping[str, Any] = {}) -> Path:
    np.savez(path, **(dict(zip(keys, some_arrays(), strict=True)) | dict(instead)))
    return path


def idx(array: Array) -> bytes:
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes()


def write_idx(
    folder: Path,
    names: tuple[str, ...] = DASHED,
    packed: Callable[[bytes], bytes] = bytes,
    instead: Mapping[str, bytes] = {},
) -> Path:
    """Write the four files; `instead` replaces what is in one of them, under the name it has in an archive."""
    folder.mkdir()
    for key, name, array in zip(OURS, names, some_arrays(), strict=True):
        (folder / name).write_bytes(packed(instead.get(key, idx(array))))
    return folder


def assert_same(digits: Digits) -> None:
    for key, array in zip(OURS, some_arrays(), strict=True):
        np.testing.assert_array_equal(getattr(digits, key), array)
    assert digits.train_images.dtype == digits.test_images.dtype == np.uint8
    assert digits.train_labels.dtype == digits.test_labels.dtype == np.int64


def complaint(path: Path) -> str:
    """What is said of a file that cannot be read, after the folder that it is in."""
    with pytest.raises(CorpusError) as caught:
        read_digits(path)
    said = str(caught.value)
    assert said.startswith(str(path))
    assert "\n" not in said
    return said.removeprefix(f"{path.parent}{os.sep}")


@pytest.mark.parametrize("keys", [OURS, KERAS])
def test_an_archive_reads_back_under_either_set_of_keys(tmp_path: Path, keys: tuple[str, ...]) -> None:
    digits = read_digits(write_npz(tmp_path / "noise.npz", keys))
    assert digits.name == "noise"
    assert_same(digits)


@pytest.mark.parametrize("names", [DASHED, DOTTED])
@pytest.mark.parametrize(("packed", "suffix"), [(bytes, ""), (gzip.compress, ".gz")])
def test_a_folder_reads_back_under_all_names_of_its_files(
    tmp_path: Path, names: tuple[str, ...], packed: Callable[[bytes], bytes], suffix: str
) -> None:
    digits = read_digits(write_idx(tmp_path / "noise", tuple(name + suffix for name in names), packed))
    assert digits.name == "noise"
    assert_same(digits)


def test_a_gzipped_file_is_known_by_its_first_bytes_whatever_its_name(tmp_path: Path) -> None:
    assert_same(read_digits(write_idx(tmp_path / "noise", DASHED, gzip.compress)))


def test_a_folder_by_the_name_of_a_file_is_passed_over(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "noise", DOTTED)
    (folder / DASHED[0]).mkdir()
    assert_same(read_digits(folder))


def test_labels_may_be_whole_numbers_of_any_size(tmp_path: Path) -> None:
    assert_same(read_digits(write_npz(tmp_path / "a.npz", instead={"train_labels": np.arange(7, dtype=">i8")})))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert complaint(tmp_path / "a.npz") == "a.npz: no such file or folder"


NO_ARCHIVE = "a: not a whole zip archive, wanted an .npz file or a folder with train-images-idx3-ubyte and so on"


@pytest.mark.parametrize("content", [b"", b"To be, or not to be", b"PK\x03\x04 and no more", b"\x80\x04N."])
def test_a_file_that_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert complaint(tmp_path / "a") == NO_ARCHIVE


def test_a_single_array_is_no_archive(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        np.save(file, some_arrays()[0])
    assert complaint(tmp_path / "a") == NO_ARCHIVE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes by name here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    assert complaint(tmp_path / "a") == NO_ARCHIVE


def test_a_missing_key_is_named_from_the_set_that_is_nearer(tmp_path: Path) -> None:
    wanted = f"{', '.join(OURS)} or {', '.join(KERAS)}"
    np.savez(tmp_path / "a.npz", x_train=np.zeros(1), y_train=np.zeros(1), x_test=np.zeros(1), more=np.zeros(1))
    assert complaint(tmp_path / "a.npz") == f"a.npz: an archive without y_test, wanted {wanted}"
    np.savez(tmp_path / "b.npz", more=np.zeros(1))
    assert complaint(tmp_path / "b.npz") == f"b.npz: an archive without {', '.join(OURS)}, wanted {wanted}"


@pytest.mark.parametrize(
    ("key", "array", "said"),
    [
        ("train_images", np.zeros((7, 32, 30), np.uint8), "an array of shape (7, 32, 30), wanted (N, 28, 28)"),
        ("test_images", np.zeros((3, 784), np.uint8), "an array of shape (3, 784), wanted (N, 28, 28)"),
        ("test_images", np.zeros((0, 28, 28), np.uint8), "an array of shape (0, 28, 28), wanted (N, 28, 28)"),
        ("train_labels", np.eye(7, 10, dtype=np.uint8), "an array of shape (7, 10), wanted (N,)"),
        ("train_labels", np.uint8(3), "an array of shape (), wanted (N,)"),
        ("train_images", np.zeros((7, 28, 28), np.float32), "numbers of type float32, wanted uint8"),
        ("train_labels", np.zeros(7), "labels of type float64, wanted whole numbers"),
        ("train_labels", np.arange(4, 11), "a label of 10, wanted 0 to 9"),
        ("test_labels", np.array([1, -2, 3]), "a label of -2, wanted 0 to 9"),
        ("test_labels", np.arange(4), "4 labels, wanted one for each of 3 pictures"),
        ("test_labels", np.array([1, "two", None]), "damaged or pickled, wanted an array of plain numbers"),
    ],
)
def test_an_array_of_another_form_is_told(tmp_path: Path, key: str, array: Array, said: str) -> None:
    assert complaint(write_npz(tmp_path / "a.npz", instead={key: array})).removesuffix(" with N at least 1") == (
        f"a.npz: {key}: {said}"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no numpy", "not in numpy's format"),
        (b"\x93NUMPY\x01\x00\x10\x00{'descr': '|u1', ", "damaged or pickled"),
        (b"\x93NUMPY\x01\x00\x08\x00((((((((", "damaged or pickled"),
    ],
)
def test_a_damaged_member_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for key in KERAS:
            archive.writestr(f"{key}.npy", content)
    assert complaint(tmp_path / "a.npz") == f"a.npz: x_train: {said}, wanted an array of plain numbers"


def test_a_flipped_bit_is_told(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "a.npz")
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    assert complaint(path) == "a.npz: train_images: damaged or pickled, wanted an array of plain numbers"


def test_a_folder_without_the_files_is_told_which_it_lacks(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "noise")
    (folder / DASHED[3]).unlink()
    assert complaint(folder) == (
        "noise: a folder without t10k-labels-idx1-ubyte, wanted it, t10k-labels.idx1-ubyte or either with .gz"
    )
    assert complaint(tmp_path).endswith(
        "a folder without train-images-idx3-ubyte, wanted it, train-images.idx3-ubyte or either with .gz"
    )


IMAGES, LABELS = (idx(array) for array in some_arrays()[:2])


@pytest.mark.parametrize(
    ("key", "content", "said"),
    [
        ("train_images", b"", "ends after 0 bytes, wanted a header of 16"),
        ("train_images", IMAGES[:15], "ends after 15 bytes, wanted a header of 16"),
        ("train_labels", LABELS[:7], "ends after 7 bytes, wanted a header of 8"),
        ("train_images", IMAGES[:-1], "5,503 bytes, wanted the 5,504 of which its header speaks"),
        ("train_labels", LABELS + b"\0", "16 bytes, wanted the 15 of which its header speaks"),
        ("train_images", LABELS + b"\0", "begins with the magic number 0x00000801, wanted 0x00000803"),
        ("train_labels", IMAGES, "begins with the magic number 0x00000803, wanted 0x00000801"),
        ("train_images", struct.pack("<4I", 0x0803, 7, 28, 28), "begins with the magic number 0x03080000, wanted"),
        ("train_images", struct.pack(">4I", 0x0803, 7, 30, 32), "an array of shape (7, 30, 32), wanted (N, 28, 28)"),
        ("train_labels", struct.pack(">2I", 0x0801, 0), "an array of shape (0,), wanted (N,) with N at least 1"),
        ("train_labels", LABELS[:-1] + b"\x0a", "a label of 10, wanted 0 to 9"),
        ("train_labels", idx(np.zeros(5, np.uint8)), "5 labels, wanted one for each of 7 pictures"),
        ("train_images", gzip.compress(IMAGES)[:-9], "damaged or cut short, wanted a whole gzip file"),
        ("train_images", b"\x1f\x8b and no more", "damaged or cut short, wanted a whole gzip file"),
    ],
)
def test_a_damaged_idx_file_is_told(tmp_path: Path, key: str, content: bytes, said: str) -> None:
    file = Path("noise", DASHED[OURS.index(key)])
    assert complaint(write_idx(tmp_path / "noise", instead={key: content})).startswith(f"{file}: {said}")


def test_the_same_seed_draws_the_same_digits() -> None:
    first, again, other = drawn(3, 40, 20), drawn(3, 40, 20), drawn(4, 40, 20)
    for key in OURS:
        assert np.array_equal(getattr(first, key), getattr(again, key))
        assert not np.array_equal(getattr(first, key), getattr(other, key))


def test_drawn_digits_have_the_form_of_those_that_are_read(tmp_path: Path) -> None:
    digits = drawn(train=30, test=20)
    assert digits.name == "drawn digits"
    assert (digits.train_images.shape, digits.test_images.shape) == ((30, 28, 28), (20, 28, 28))
    again = read_digits(write_npz(tmp_path / "a.npz", instead={key: getattr(digits, key) for key in OURS}))
    for key in OURS:
        assert getattr(again, key).dtype == getattr(digits, key).dtype
        assert np.array_equal(getattr(again, key), getattr(digits, key))


def test_none_can_be_drawn() -> None:
    images, labels = draw_digits(np.random.default_rng(0), 0)
    assert (images.shape, labels.shape) == ((0, 28, 28), (0,))


def test_each_digit_is_drawn_about_as_often_and_never_the_same_twice() -> None:
    images, labels = draw_digits(np.random.default_rng(0), 1000)
    assert np.bincount(labels, minlength=10).min() > 60
    assert len(np.unique(images.reshape(1000, -1), axis=0)) == 1000


def test_ink_is_bright_in_the_middle_and_stays_inside_the_frame() -> None:
    images, _ = draw_digits(np.random.default_rng(1), 1000)
    assert np.all(images.max(axis=(1, 2)) > 200)
    assert not images[:, [0, 1, -2, -1]].any()
    assert not images[:, :, [0, 1, -2, -1]].any()


def test_edges_of_strokes_are_smooth() -> None:
    images, _ = draw_digits(np.random.default_rng(2), 100)
    between = (images > 0) & (images < 255)
    assert np.all(between.any(axis=(1, 2)))
    assert len(np.unique(images)) > 200


def test_the_mean_of_each_digit_tells_them_apart() -> None:
    digits = drawn(train=1000, test=500)
    means = np.stack([digits.train_images[digits.train_labels == label].mean(axis=0).ravel() for label in range(10)])
    pixels = digits.test_images.reshape(500, -1)
    nearest = (np.square(means).sum(axis=1) - 2.0 * pixels @ means.T).argmin(axis=1)
    assert np.mean(nearest == digits.test_labels) > 0.6
