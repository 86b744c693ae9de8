"""The first weights of a network."""

from __future__ import annotations

import numpy as np

from model.config import NetworkSettings
from model.parameters import Floats, Parameters

GATES = {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}
"""The blocks of each cell's tensors; g, n and h are candidates, the others sigmoid gates."""


def draw_weights(parameters: Parameters, settings: NetworkSettings, rng: np.random.Generator) -> None:
    """Fill all tensors: weights as the settings say, biases with zero but for the forget gate's.

    Matrices are filled in the order of their names' layout, so the same seed draws the same network.
    """
    scale = settings.init_scale or settings.hidden_size**-0.5
    uniform = settings.initialisation == "uniform"
    gates = GATES[settings.cell]
    for name, tensor in parameters.tensors.items():
        if "weight" not in name:
            tensor[...] = 0.0
            continue
        tensor[...] = rng.uniform(-scale, scale, tensor.shape) if uniform else rng.normal(0.0, scale, tensor.shape)
        if "weight_hh" in name and settings.initialisation == "orthogonal":
            for block in np.split(tensor, len(gates)):
                block[...] = orthogonal(len(block), rng)
        elif name.startswith(f"{settings.cell}."):
            for gate, block in zip(gates, np.split(tensor, len(gates)), strict=True):
                block += settings.gate_mean if gate not in "gnh" else 0.0
    if settings.cell == "lstm":
        H = settings.hidden_size
        for layer in range(settings.layers):
            parameters.tensors[f"lstm.bias_ih_l{layer}"][H : 2 * H] = settings.forget_bias


def orthogonal(size: int, rng: np.random.Generator) -> Floats:
    """A random orthogonal matrix, (size, size), uniform over all of them (Saxe et al. 2014; Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.normal(size=(size, size)))
    # the signs of R's diagonal make Q unique, and with that uniform
    result: Floats = q * np.sign(np.diag(r))
    return result
