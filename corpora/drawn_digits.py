"""Digits that the program draws itself, as a robot with a shaky hand would: there on every machine, no download.

Each digit is a few strokes in a unit square. For a picture they are bent, sheared, turned, stretched and shifted at
random, and drawn with a pen of random width.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpora.digits import KINDS, SIDE, Digits, Images, Labels

Floats = npt.NDArray[np.floating[Any]]
Points = list[tuple[float, float]]

HEIGHT: Final = 20.0
"""Pixels of the unit square."""
TURN: Final = np.radians(15.0)
SHEAR: Final = 0.2
SCALE: Final = (0.75, 1.1)
SHIFT: Final = 2.0
"""Pixels, either way."""
SHAKE: Final = 0.018
"""Standard deviation of each point's own displacement, in heights of the unit square."""
BEND: Final = 0.06
"""Greatest displacement by the wave that bends all strokes together."""
PEN: Final = (0.5, 1.25)
"""Half the width of the pen, in pixels."""
SOFT: Final = 1.0
"""Pixels over which ink fades at the edge of a stroke."""
MARGIN: Final = 2.0
"""Pixels at each side which no ink reaches."""
CHUNK: Final = 64
"""Pictures drawn at a time: few enough that what is computed of them stays in the processor's cache."""


def _line(*corners: tuple[float, float]) -> Points:
    """Draw straight from corner to corner, with points in between at which it can bend."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        points += [(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (1 / 3, 2 / 3, 1.0)]
    return points


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Points:
    """Draw along an ellipse.

    Args:
        x: Its centre.
        y: Its centre, downwards.
        width: Half of it.
        height: Half of it.
        start: Degrees, clockwise from the right.
        end: Likewise; below `start` it runs anticlockwise.
    """
    angles = np.radians(np.linspace(start, end, 2 + round(abs(end - start) / 30)))
    return [(x + width * np.cos(a), y + height * np.sin(a)) for a in angles.tolist()]


_WAYS: Final[Sequence[Sequence[Sequence[Points]]]] = (
    # 0
    ([_arc(0.5, 0.5, 0.31, 0.46, -100, -460)],),
    # 1, bare and with a flag
    ([_line((0.5, 0.03), (0.5, 0.97))], [_line((0.36, 0.2), (0.52, 0.03), (0.52, 0.97))]),
    # 2
    ([_arc(0.49, 0.3, 0.27, 0.26, -170, 30) + _line((0.62, 0.55), (0.2, 0.95), (0.82, 0.95))],),
    # 3
    ([_arc(0.46, 0.27, 0.25, 0.23, -150, 80) + _arc(0.46, 0.72, 0.3, 0.24, -70, 150)],),
    # 4, open and closed
    (
        [_line((0.26, 0.08), (0.18, 0.58), (0.84, 0.58)), _line((0.68, 0.08), (0.66, 0.97))],
        [_line((0.62, 0.97), (0.62, 0.04), (0.16, 0.66), (0.86, 0.66))],
    ),
    # 5
    ([_line((0.76, 0.06), (0.32, 0.06), (0.27, 0.46)) + _arc(0.47, 0.67, 0.29, 0.27, -130, 150)],),
    # 6
    ([_arc(0.78, 0.68, 0.56, 0.66, -100, -180) + _arc(0.49, 0.7, 0.27, 0.25, -190, -540)],),
    # 7, plain and crossed
    (
        [_line((0.16, 0.06), (0.82, 0.06), (0.5, 0.97))],
        [_line((0.16, 0.06), (0.82, 0.06), (0.5, 0.97)), _line((0.44, 0.56), (0.82, 0.56))],
    ),
    # 8
    ([_arc(0.5, 0.27, 0.22, 0.22, 90, 450), _arc(0.5, 0.73, 0.28, 0.23, -90, 270)],),
    # 9, with a straight leg and with a bent one
    (
        [_arc(0.48, 0.3, 0.26, 0.26, 0, -360) + _line((0.74, 0.3), (0.66, 0.97))],
        [_arc(0.48, 0.3, 0.26, 0.26, 0, -360) + _arc(0.34, 0.5, 0.4, 0.46, 0, 100)],
    ),
)
"""Of each digit the ways to write it, of each way the strokes; x to the right, y downwards."""

_COLUMN, _ROW = (
    part.reshape(1, -1) + np.float32(0.5) for part in np.meshgrid(*[np.arange(SIDE, dtype=np.float32)] * 2)
)
"""Where the pixels' centres are, (1, 784)."""


def drawn(seed: int = 0, train: int = 12_000, test: int = 2_000) -> Digits:
    """Draw digits to learn from and others to be tested on."""
    rng = np.random.default_rng(seed)
    return Digits("drawn digits", *draw_digits(rng, train), *draw_digits(rng, test))


def draw_digits(rng: np.random.Generator, count: int) -> tuple[Images, Labels]:
    """Draw pictures of digits, each digit as likely as the others.

    Returns:
        Bright ink on black, (count, 28, 28), and which digits they are, (count,).
    """
    labels = rng.integers(0, KINDS, count)
    ways = rng.integers(0, np.array([len(ways) for ways in _WAYS])[labels])
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for label, strokes_of_ways in enumerate(_WAYS):
        for way, strokes in enumerate(strokes_of_ways):
            which = np.flatnonzero((labels == label) & (ways == way))
            for begin in range(0, len(which), CHUNK):
                some = which[begin : begin + CHUNK]
                images[some] = _draw(rng, strokes, len(some))
    return images, labels


def _draw(rng: np.random.Generator, strokes: Sequence[Points], count: int) -> Images:
    """Draw one way of writing a digit so many times, (count, 28, 28)."""
    pen = rng.uniform(*PEN, count)
    points = _written(rng, np.array([point for stroke in strokes for point in stroke]), pen)
    ends = np.cumsum([len(stroke) for stroke in strokes])
    inner = np.setdiff1d(np.arange(1, ends[-1]), ends)  # a point at which a stroke begins ends no segment
    distance = _distance(points[:, inner - 1], points[:, inner])  # (count, 784)
    ink = np.clip(1.0 - (distance - pen.astype(np.float32)[:, None]) / SOFT, 0.0, 1.0)
    images: Images = np.rint(255.0 * ink).astype(np.uint8).reshape(count, SIDE, SIDE)
    return images


def _written(rng: np.random.Generator, points: Floats, pen: Floats) -> Floats:
    """Write strokes, once for each pen, with all that a hand does to them.

    Args:
        rng: What moves the hand.
        points: Of the strokes in the unit square, (P, 2).
        pen: Half the width of the pens, (B,).

    Returns:
        Where the points come to lie, in pixels, (B, P, 2).
    """
    B = len(pen)
    wave, phase = rng.uniform(2.0, 6.0, (B, 1, 2)), rng.uniform(0.0, 2.0 * np.pi, (B, 1, 2))
    bend = rng.uniform(0.0, BEND, (B, 1, 2)) * np.sin(wave * points[:, ::-1] + phase)  # of x along y, of y along x
    written = points - 0.5 + bend + rng.normal(0.0, SHAKE, (B, *points.shape))  # (B, P, 2)

    angle = rng.uniform(-TURN, TURN, B)
    shear = np.tile(np.eye(2), (B, 1, 1))
    shear[:, 0, 1] = rng.uniform(-SHEAR, SHEAR, B)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]).transpose(2, 0, 1)
    scale = HEIGHT * rng.uniform(*SCALE, (B, 1, 2))
    written = (written * scale) @ (turn @ shear).transpose(0, 2, 1)

    return _framed(written, rng.uniform(-SHIFT, SHIFT, (B, 1, 2)), (pen + SOFT)[:, None, None])


def _framed(points: Floats, shift: Floats, reach: Floats) -> Floats:
    """Put strokes `shift` beside the middle of the picture, or as near to that as keeps their ink inside the margin.

    Args:
        points: (B, P, 2).
        shift: In pixels, (B, 1, 2).
        reach: How far ink goes from a stroke, in pixels, (B, 1, 1).
    """
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)  # (B, 1, 2)
    room = SIDE / 2 - MARGIN - reach  # from the middle of the picture
    half = (high - low) / 2
    shrink = np.minimum(1.0, (room / half).min(axis=2, keepdims=True))
    spare = room - half * shrink
    framed: Floats = (points - (low + high) / 2) * shrink + SIDE / 2 + np.clip(shift, -spare, spare)
    return framed


def _distance(begin: Floats, end: Floats) -> Floats:
    """Measure from each pixel's centre to the nearest of the segments.

    Args:
        begin: (B, S, 2).
        end: (B, S, 2).

    Returns:
        (B, 784), in pixels.
    """
    length = np.linalg.norm(end - begin, axis=2, keepdims=True)  # (B, S, 1)
    along = (end - begin) / np.maximum(length, 1e-6)  # (B, S, 2), of length 1
    # Half the bytes, twice the speed, and still a thousandth of a pixel.
    begin, along, length = (part.astype(np.float32) for part in (begin, along, length))
    nearest = np.full((len(begin), SIDE * SIDE), np.inf, np.float32)  # squared
    for s in range(begin.shape[1]):
        x, y = _COLUMN - begin[:, s, :1], _ROW - begin[:, s, 1:]  # (B, 784)
        u, v = along[:, s, :1], along[:, s, 1:]  # (B, 1)
        t = x * u + y * v
        t -= np.clip(t, 0.0, length[:, s])  # how far before the segment's begin or past its end
        across = x * v - y * u
        np.minimum(nearest, t * t + across * across, out=nearest)
    distance: Floats = np.sqrt(nearest)
    return distance
