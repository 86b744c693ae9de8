"""An LSTM that only writes: the same step as in `lstm.py`, in as few calls of numpy as there can be."""

from __future__ import annotations

import numpy as np
from numpy import add, multiply, tanh

from model.activation import activation, by_tanh
from model.parameters import Floats
from model.step_buffers import Reading, Step, StepBuffers


def at_rest(W_ih: Floats, b: Floats, W_hh: Floats, scale: Floats, gain: Floats) -> Reading:
    """Weights whose gates i, f, g, o have been put in the order o, i, f, g, and how to read with them.

    Gates and memory then lie side by side as o i f g c h, and [i f] * [g c] is one product. The scale is in the
    weights.

    Args:
        W_ih: (D, 4 H).
        b: The sum of both biases, (4 H,).
        W_hh: (H, 4 H).
        scale: What pre-activations are multiplied with, (4 H,).
        gain: Of each gate, (4,): see `activation.py`.
    """
    H = len(W_hh)
    order = np.roll(np.arange(4 * H), H)
    # "take" leaves rows in one piece, which picking by index does not
    W_ih, b, W_hh = (weights.take(order, -1) * scale[order] for weights in (W_ih, b, W_hh))
    gain = np.roll(gain, 1)

    def step_in(at: StepBuffers, farthest: Floats) -> Step:
        """The step in the buffers `at`, for projections of which none is farther from 0 than `farthest`, (4 H,)."""
        z, (o, _, _, g), (h, c), (recall, recalled) = at.z, at.gates, at.memory, at.recall
        i_f, g_c = at.room[1:3], at.room[3:5]
        i_g, f_c = terms = np.empty_like(i_f)
        activate = activation(at.of_gates(gain))

        def step(projected: Floats) -> None:
            recall()
            add(projected, recalled, z)
            activate(z, g)
            # c = f * c + i * g;  h = o * tanh(c)
            multiply(i_f, g_c, terms)
            add(i_g, f_c, c)
            tanh(c, h)
            multiply(h, o, h)

        if by_tanh():
            return step
        # h is never farther from 0 than 1, unless it began there
        z_farthest = farthest + np.abs(W_hh).sum(axis=0) * max(1.0, float(np.abs(h).max()))
        if z_farthest.max() < np.log(np.finfo(z.dtype).max):
            return step
        # where exp may overflow, 1 / infinity is the limit; to say so takes a microsecond each time
        return np.errstate(over="ignore")(step)

    return Reading(W_ih, b, W_hh, step_in)
