"""One layer of long short-term memory: forward and backward through a window of time.

For each time step t, with gates i, f, g, o stacked in the first axis:

    z = x W_ih + b_ih + h W_hh + b_hh                   # (4, B, H)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    c = f * c + i * g                                   # (B, H)
    h = o * tanh(c)

(Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.) Every gate is one contiguous block
("gate-major"), and sigmoid(z) = (tanh(z / 2) + 1) / 2 lets a single call of tanh serve all four.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model.parameters import Floats, Parameters, Shapes
from model.slices import Slices, blocks

GATES = 4
STATES = 2
"""A layer's state is h and c, stacked: (2, B, H)."""

# sigmoid(z) = tanh(z * SCALE) * SCALE + SHIFT for the gates i, f, o; for g it is tanh(z) itself
SCALE = np.array([0.5, 0.5, 1.0, 0.5]).reshape(GATES, 1, 1)
SHIFT = np.array([0.5, 0.5, 0.0, 0.5]).reshape(GATES, 1, 1)


def by_gate(tensor: Floats) -> Floats:
    """View PyTorch's (4H, D), a row for each output, as (4, D, H), a matrix to multiply with from the right."""
    return tensor.reshape(GATES, -1, tensor.shape[1]).transpose(0, 2, 1)


class Workspace:
    """What forward leaves for backward, for windows of one size.

    Attributes:
        gates: i, f, g, o of each step, (4, T, B, H); backward puts d(loss)/dz in their place.
        h: Hidden states with the initial one first, (T + 1, B, H).
        c: Memory cells with the initial one first, (T + 1, B, H).
        tanh_c: (T, B, H).
        dh: d(loss)/dh from above, (T, B, H); filled by the caller before backward.
        scaled: W_hh with the scale of the tanh folded in, (4, H, H).
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        self.gates: Floats = np.empty((GATES, T, B, H), dtype)
        self.h: Floats = np.zeros((T + 1, B, H), dtype)
        self.c: Floats = np.zeros((T + 1, B, H), dtype)
        self.tanh_c: Floats = np.empty((T, B, H), dtype)
        self.dh: Floats = np.empty((T, B, H), dtype)
        # laid out like W_hh itself, which the matrix product likes best
        self.scaled: Floats = by_gate(np.empty((GATES * H, H), dtype))
        # scratch of one time step
        self.product: Floats = np.empty((GATES, B, H), dtype)
        self.slope: Floats = np.empty((GATES, B, H), dtype)
        self.dh_t: Floats = np.empty((B, H), dtype)
        self.dc_t: Floats = np.empty((B, H), dtype)
        self.memory_slope: Floats = np.empty((B, H), dtype)

    def start(self, state: Floats) -> None:
        """Begin the next window with the state (2, B, H)."""
        self.h[0], self.c[0] = state

    def end(self) -> Floats:
        """The state after the window, (2, B, H), a copy."""
        return np.stack([self.h[-1], self.c[-1]])


class LSTM:
    """A layer whose tensors live in `parameters` under PyTorch's names and in PyTorch's layout.

    Here they are viewed gate by gate, so that x W_ih + h W_hh is what it says:
    W_ih (4, D, H), W_hh (4, H, H), b_ih (4, H), b_hh (4, H), and gradients alike.
    """

    def __init__(self, parameters: Parameters, layer: int) -> None:
        values, grads = parameters.tensors, parameters.grad_tensors
        self.W_ih, self.dW_ih = (by_gate(of[f"lstm.weight_ih_l{layer}"]) for of in (values, grads))
        self.W_hh, self.dW_hh = (by_gate(of[f"lstm.weight_hh_l{layer}"]) for of in (values, grads))
        self.b_ih, self.db_ih = (of[f"lstm.bias_ih_l{layer}"].reshape(GATES, -1) for of in (values, grads))
        self.b_hh, self.db_hh = (of[f"lstm.bias_hh_l{layer}"].reshape(GATES, -1) for of in (values, grads))
        dtype = self.W_hh.dtype
        self.scale, self.shift = SCALE.astype(dtype), SHIFT.astype(dtype)

    @staticmethod
    def shapes(layer: int, D: int, H: int) -> Shapes:
        """The layer's tensors, named and shaped as in `torch.nn.LSTM`."""
        return {
            f"lstm.weight_ih_l{layer}": (GATES * H, D),
            f"lstm.weight_hh_l{layer}": (GATES * H, H),
            f"lstm.bias_ih_l{layer}": (GATES * H,),
            f"lstm.bias_hh_l{layer}": (GATES * H,),
        }

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw the weights from U(-1/sqrt(H), 1/sqrt(H)); biases are zero but for the forget gate's."""
        H = self.b_hh.shape[1]
        bound = H**-0.5
        for weight in (self.W_ih, self.W_hh):
            weight[...] = rng.uniform(-bound, bound, weight.shape)
        self.b_ih[...] = self.b_hh[...] = 0.0
        # forget bias of 1: remember until told otherwise (Jozefowicz et al. 2015)
        self.b_ih[1] = 1.0

    # ---------------------------------------------------------------------------------------- one step

    def step(self, projection: Floats, state: Floats) -> None:
        """Advance `state` (2, B, H) in place by one character, for sampling.

        Args:
            projection: x W_ih + b_ih + b_hh, (4, B, H); overwritten.
            state: h and c, replaced by those after the step.
        """
        h, c = state
        z = projection
        z += np.matmul(h, self.W_hh)
        z *= self.scale
        np.tanh(z, out=z)
        z *= self.scale
        z += self.shift
        i, f, g, o = z
        c *= f
        c += i * g
        np.tanh(c, out=h)
        h *= o

    # --------------------------------------------------------------------------------------- a window

    def forward(self, work: Workspace) -> Slices[None]:
        """Run over a window whose scaled input projection SCALE * (x W_ih + b_ih + b_hh) stands in `work.gates`.

        Leaves h, c and the activated gates of each step in `work`; yields between time steps.
        """
        T = work.tanh_c.shape[0]
        np.multiply(self.W_hh, self.scale, out=work.scaled)
        product = work.product
        for t in range(T):
            gates = work.gates[:, t]  # (4, B, H)
            c, tanh_c = work.c[t + 1], work.tanh_c[t]

            # i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
            np.matmul(work.h[t], work.scaled, out=product)
            np.add(gates, product, out=gates)
            np.tanh(gates, out=gates)
            np.multiply(gates, self.scale, out=gates)
            np.add(gates, self.shift, out=gates)
            i, f, g, o = gates

            # c = f * c + i * g;  h = o * tanh(c)
            np.multiply(f, work.c[t], out=c)
            np.multiply(i, g, out=tanh_c)
            np.add(c, tanh_c, out=c)
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=work.h[t + 1])
            yield

    def backward(self, work: Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.gates`, and into the gradients of W_hh and the biases.

        Gradients are assigned, not accumulated. Those of W_ih are the caller's, who knows whether x was one-hot.
        Yields between time steps and between blocks of the weight gradient.
        """
        T, B, H = work.dh.shape
        slope, dh, dc, memory = work.slope, work.dh_t, work.dc_t, work.memory_slope
        product = work.product
        W_hh_T = self.W_hh.transpose(0, 2, 1)  # (4, H, H)
        dh[...] = 0.0
        dc[...] = 0.0
        for t in reversed(range(T)):
            gates = work.gates[:, t]  # (4, B, H)
            i, f, g, o = gates
            tanh_c = work.tanh_c[t]
            np.add(dh, work.dh[t], out=dh)

            # dc += dh * o * (1 - tanh(c)^2)
            np.multiply(tanh_c, tanh_c, out=memory)
            np.subtract(1.0, memory, out=memory)
            np.multiply(memory, o, out=memory)
            np.multiply(memory, dh, out=memory)
            np.add(dc, memory, out=dc)

            # dz_i = dc g i(1-i);  dz_f = dc c_prev f(1-f);  dz_g = dc i (1-g^2);  dz_o = dh tanh(c) o(1-o)
            di, df, dg, do = slope
            np.multiply(gates, gates, out=slope)
            np.subtract(gates, slope, out=slope)
            np.multiply(di, g, out=di)
            np.multiply(df, work.c[t], out=df)
            np.multiply(g, g, out=dg)
            np.subtract(1.0, dg, out=dg)
            np.multiply(dg, i, out=dg)
            np.multiply(do, tanh_c, out=do)
            np.multiply(do, dh, out=o)
            np.multiply(f, dc, out=memory)
            np.multiply(slope[:3], dc, out=gates[:3])

            # on to t - 1: dc = dc * f;  dh = sum over gates of dz W_hh^T
            dc, memory = memory, dc
            np.matmul(gates, W_hh_T, out=product)
            np.add.reduce(product, axis=0, out=dh)
            yield

        h = work.h[:T].reshape(T * B, H)
        for gate, dz in enumerate(work.gates.reshape(GATES, T * B, H)):
            for rows in blocks(H, 2.0 * T * B * H):
                np.matmul(dz[:, rows].T, h, out=self.dW_hh[gate, :, rows].T)
                yield
            np.add.reduce(dz, axis=0, out=self.db_ih[gate])
        self.db_hh[...] = self.db_ih
