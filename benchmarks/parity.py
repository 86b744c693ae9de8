"""Whether this project computes what PyTorch computes: outputs, losses, gradients, and a hundred steps of training.

    uv run --with torch==2.13.0 python benchmarks/parity.py

Both sides get the same weights and the same characters. A number of the table is the largest difference within a
tensor over the largest magnitude in PyTorch's, of the worst tensor. Ends with 1 where one is beyond its bound: 1e-4 in
single precision, 1e-9 in double. AdaGrad is judged in double only, as PyTorch's own single precision drifts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from model.config import CELLS, NetworkSettings, TrainingSettings
from model.network import Network
from model.optimizers import make_optimizer
from model.parameters import Floats
from model.slices import finish
from model.softmax import Ids

V, H, T, B = 29, 24, 20, 8
STEPS = 100
BOUNDS = {"float32": 1e-4, "float64": 1e-9}
NOT_JUDGED = {("float32", "adagrad")}

OPTIMIZERS = {
    "adam": TrainingSettings(optimizer="adam", learning_rate=0.002),
    "adamw": TrainingSettings(optimizer="adamw", learning_rate=0.002, weight_decay=0.1),
    "rmsprop": TrainingSettings(optimizer="rmsprop", learning_rate=0.002),
    "sgd": TrainingSettings(optimizer="sgd", learning_rate=0.1, momentum=0.9),
    "adagrad": TrainingSettings(optimizer="adagrad", learning_rate=0.02),
}


def pytorchs_optimizer(torch: Any, parameters: list[Any], settings: TrainingSettings) -> Any:
    """The optimiser of PyTorch with the same settings."""
    rate = settings.learning_rate
    make: dict[str, Callable[[], Any]] = {
        "adam": lambda: torch.optim.Adam(parameters, lr=rate),
        "adamw": lambda: torch.optim.AdamW(parameters, lr=rate, weight_decay=settings.weight_decay),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, lr=rate),
        "sgd": lambda: torch.optim.SGD(parameters, lr=rate, momentum=settings.momentum),
        "adagrad": lambda: torch.optim.Adagrad(parameters, lr=rate),
    }
    return make[settings.optimizer]()


@dataclass(frozen=True, slots=True)
class Step:
    """What one window gives."""

    output: Floats
    """Hidden states of the last layer, (T, B, H)."""
    loss: float
    """Nats per character."""
    gradients: Mapping[str, Floats]


class Ours:
    """This project's network."""

    def __init__(self, settings: NetworkSettings, dtype: str) -> None:
        self.network = Network(settings, V, dtype)
        self.network.initialise(np.random.default_rng(1))
        # biases too, so that a mixed-up one shows
        rng = np.random.default_rng(2)
        self.network.parameters.values[...] += rng.normal(0.0, 0.1, len(self.network.parameters))
        self.work = self.network.workspace(T, B)

    def tensors(self) -> dict[str, Floats]:
        """The weights by name."""
        return {name: tensor.copy() for name, tensor in self.network.parameters.tensors.items()}

    def read(self, ids: Ids) -> Step:
        """One window (T + 1, B)."""
        loss = finish(self.network.gradients(ids[:-1], ids[1:], self.network.initial_state(B), self.work))
        gradients = {name: tensor.copy() for name, tensor in self.network.parameters.grad_tensors.items()}
        return Step(self.work.layers[-1].h[1:].copy(), loss, gradients)

    def train(self, windows: Ids, settings: TrainingSettings) -> None:
        """A step for each window."""
        optimizer = make_optimizer(self.network.parameters, settings)
        for ids in windows:
            self.read(ids)
            finish(optimizer.update(settings.learning_rate))


class PyTorchs:
    """The same network in PyTorch."""

    def __init__(self, torch: Any, settings: NetworkSettings, tensors: Mapping[str, Floats], dtype: str) -> None:
        self.torch = torch
        kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[settings.cell]
        self.recurrent = kind(V, H, settings.layers, dtype=getattr(torch, dtype))
        self.decoder = torch.nn.Linear(H, V, dtype=getattr(torch, dtype))
        self.one_hot = torch.eye(V, dtype=getattr(torch, dtype))
        self.named = {f"{settings.cell}.{name}": value for name, value in self.recurrent.named_parameters()}
        self.named |= {f"decoder.{name}": value for name, value in self.decoder.named_parameters()}
        assert self.named.keys() == tensors.keys()
        with torch.no_grad():
            for name, tensor in tensors.items():
                self.named[name].copy_(torch.from_numpy(tensor))

    def tensors(self) -> dict[str, Floats]:
        """The weights by name."""
        return {name: value.detach().numpy().copy() for name, value in self.named.items()}

    def read(self, ids: Ids) -> Step:
        """One window (T + 1, B)."""
        inputs, targets = self.torch.from_numpy(ids[:-1]), self.torch.from_numpy(ids[1:])
        for value in self.named.values():
            value.grad = None
        output, _ = self.recurrent(self.one_hot[inputs])
        logits = self.decoder(output).reshape(-1, V)
        loss = self.torch.nn.functional.cross_entropy(logits, targets.reshape(-1))
        loss.backward()
        gradients = {name: value.grad.numpy().copy() for name, value in self.named.items()}
        return Step(output.detach().numpy().copy(), loss.item(), gradients)

    def train(self, windows: Ids, settings: TrainingSettings) -> None:
        """A step for each window."""
        optimizer = pytorchs_optimizer(self.torch, list(self.named.values()), settings)
        for ids in windows:
            self.read(ids)
            optimizer.step()


def difference(ours: Floats, theirs: Floats) -> float:
    """The largest, relative to the largest magnitude."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def worst(ours: Mapping[str, Floats], theirs: Mapping[str, Floats]) -> float:
    """The largest difference of all tensors."""
    return max(difference(ours[name], theirs[name]) for name in theirs)


def compare(torch: Any, settings: NetworkSettings, dtype: str) -> dict[str, float]:
    """Every difference of one shape in one precision, by name."""
    windows = np.random.default_rng(3).integers(0, V, (STEPS, T + 1, B))
    here = Ours(settings, dtype)
    there = PyTorchs(torch, settings, here.tensors(), dtype)
    mine, its = here.read(windows[0]), there.read(windows[0])
    found = {
        "forward": difference(mine.output, its.output),
        "loss": abs(mine.loss - its.loss) / its.loss,
        "gradients": worst(mine.gradients, its.gradients),
    }
    for name, training in OPTIMIZERS.items():
        here = Ours(settings, dtype)
        there = PyTorchs(torch, settings, here.tensors(), dtype)
        here.train(windows, training)
        there.train(windows, training)
        found[name] = worst(here.tensors(), there.tensors())
    return found


def main() -> int:
    """Compare every cell, depth and precision."""
    try:
        torch = import_module("torch")
    except ImportError:
        print("This benchmark compares with PyTorch: run it by uv run --with torch==2.13.0", file=sys.stderr)
        return 1
    torch.set_num_threads(1)
    print(f"numpy {np.__version__}, torch {torch.__version__}; V = {V}, H = {H}, T = {T}, B = {B}, {STEPS} steps\n")
    names = ("forward", "loss", "gradients", *OPTIMIZERS)
    print("precision  cell  layers" + "".join(f"{name:>10}" for name in names))
    beyond = []
    for dtype, bound in BOUNDS.items():
        for cell in CELLS:
            for layers in (1, 2, 3):
                found = compare(torch, NetworkSettings(hidden_size=H, cell=cell, layers=layers), dtype)
                row = "".join(f"{found[name]:10.1e}" for name in names)
                print(f"{dtype:9}  {cell:4}  {layers:6}{row}", flush=True)
                beyond += [
                    f"{dtype} {cell} with {layers} layers: {name} differs by {value:.1e}, more than {bound:g}"
                    for name, value in found.items()
                    if not value <= bound and (dtype, name) not in NOT_JUDGED
                ]
    print("\n" + ("\n".join(beyond) or "All within 1e-4 in single and 1e-9 in double precision."))
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
