"""An LSTM that only writes: the same step as in `lstm.py`, in nine calls of numpy."""

from __future__ import annotations

import numpy as np
from numpy import add, multiply, tanh

from model.parameters import Floats
from model.step_buffers import AtRest, Step, StepBuffers


def at_rest(W_ih: Floats, b: Floats, W_hh: Floats, gain: Floats) -> AtRest:
    """Weights whose gates i, f, g, o have been put in the order o, i, f, g, and how to read with them.

    g is then followed by c, and f * c + i * g are two products in one call. What the argument of the tanh is to be
    multiplied with is in the weights.

    Args:
        W_ih: (D, 4 H).
        b: The sum of both biases, (4 H,).
        W_hh: (H, 4 H).
        gain: tanh(gain z) gain + 1 - gain is the gate of a pre-activation z, (4 H,).
    """
    order = np.roll(np.arange(len(gain)), len(W_hh))
    gain = gain[order]
    offset = 1 - gain

    def step_in(at: StepBuffers) -> Step:
        H, room, z, recall, (h, c) = len(W_hh), at.room, at.z, at.recall, at.memory
        o, i_f, g_c = room[..., :H], room[..., H : 3 * H], room[..., 3 * H : 5 * H]
        terms = np.empty_like(i_f)
        i_g, f_c = terms[..., :H], terms[..., H:]

        def step(x: Floats) -> None:
            add(x, recall(), z)
            tanh(z, z)
            multiply(z, gain, z)
            add(z, offset, z)
            # c = f * c + i * g;  h = o * tanh(c)
            multiply(i_f, g_c, terms)
            add(i_g, f_c, c)
            tanh(c, h)
            multiply(h, o, h)

        return step

    # "take" leaves rows in one piece, which picking by index does not
    return AtRest(W_ih.take(order, 1) * gain, b[order] * gain, W_hh.take(order, 1) * gain, step_in)
