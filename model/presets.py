"""Whole recipes by name: ours, and those of the programs that came before, as far as their settings go."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct, field

from corpora.info import Treatment
from model.config import NetworkSettings, SamplingSettings, TrainingSettings


class Preset(Struct, frozen=True):
    """Settings that belong together."""

    name: str
    summary: str
    """One line on what it is."""
    source: str
    """Where the settings come from, and what of the original they leave out."""
    network: NetworkSettings
    training: TrainingSettings
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    treatments: frozenset[Treatment] = frozenset()
    """What is done to the text first."""


def describe(preset: Preset) -> tuple[tuple[str, str], ...]:
    """What a preset sets that differs from the defaults: each setting's name in words, and its value."""
    pairs = (
        (preset.network, NetworkSettings()),
        (preset.training, TrainingSettings()),
        (preset.sampling, SamplingSettings()),
    )
    changed = [
        (name.replace("_", " "), in_words(getattr(chosen, name)))
        for chosen, usual in pairs
        for name in chosen.__struct_fields__
        if getattr(chosen, name) != getattr(usual, name)
    ]
    if preset.treatments:
        changed.append(("treatments", ", ".join(sorted(treatment.value for treatment in preset.treatments))))
    return tuple(changed)


def in_words(value: object) -> str:
    """Write a setting as the screen and the command line show it: `yes`, `0.05`, `adam`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


VPJ_TRAINING: Final = TrainingSettings(
    seq_length=25,
    batch_size=1,
    learning_rate=0.1,
    optimizer="adagrad",
    initial_sum=1e-8,
    clip_norm=0.0,
    clip_value=1.0,
    loss_sum=True,
)

VPJ: Final = Preset(
    name="vpj",
    summary="an LSTM from scratch in a notebook: 100 cells, one stream, AdaGrad",
    source="vpj, Vanilla LSTM with numpy (2017).",
    network=NetworkSettings(
        hidden_size=100,
        single_bias=True,
        initialisation="normal",
        init_scale=0.1,
        gate_mean=0.5,
        forget_bias=0.0,
    ),
    training=VPJ_TRAINING,
    sampling=SamplingSettings(temperature=1.0),
)

VPJ_MENDED: Final = Preset(
    name="vpj-mended",
    summary="the same from better first weights: a lower loss, and never stuck",
    source=(
        "vpj's recipe with orthogonal recurrent weights (Saxe et al. 2014), a forget gate that begins open "
        "(Jozefowicz et al. 2015), and wider weights elsewhere."
    ),
    network=NetworkSettings(hidden_size=100, single_bias=True, initialisation="orthogonal", init_scale=0.4),
    training=VPJ_TRAINING,
    sampling=SamplingSettings(temperature=1.0),
)

MIN_CHAR_RNN: Final = Preset(
    name="min-char-rnn",
    summary="a plain recurrent network in a hundred lines: 100 cells, one stream, AdaGrad",
    source="Andrej Karpathy, min-char-rnn (2015).",
    network=NetworkSettings(hidden_size=100, cell="rnn", single_bias=True, initialisation="normal", init_scale=0.01),
    training=TrainingSettings(
        seq_length=25,
        batch_size=1,
        learning_rate=0.1,
        optimizer="adagrad",
        initial_sum=1e-8,
        clip_norm=0.0,
        clip_value=5.0,
        loss_sum=True,
    ),
    sampling=SamplingSettings(temperature=1.0),
)

POLSTM: Final = Preset(
    name="polstm",
    summary="an LSTM in q: 25 cells, no memory from window to window, drawn evenly from the ten likeliest",
    source=(
        "Kumar Ramanathan, polstm.q (2017). Its softmax has no bias and its norm leaves the biases out; the exact "
        "gradient stands for its own, which skips a step and clamps. The temperature of 100, the highest, draws from "
        "the ten likeliest almost uniformly."
    ),
    network=NetworkSettings(
        hidden_size=25, single_bias=True, initialisation="normal", init_scale=0.001, forget_bias=0.0
    ),
    training=TrainingSettings(
        seq_length=25,
        batch_size=1,
        learning_rate=0.1,
        optimizer="sgd",
        clip_norm=5.0,
        loss_sum=True,
        reset_every_window=True,
    ),
    sampling=SamplingSettings(temperature=100.0, top_k=10),
    treatments=frozenset({Treatment.COLLAPSE}),
)

CHAR_RNN: Final = Preset(
    name="char-rnn",
    summary="the program that began it: 2 layers of 128, RMSProp, a learning rate that decays after ten epochs",
    source="Andrej Karpathy, char-rnn (2015), its defaults. It keeps 95 % of the text for training, here it is 90 %.",
    network=NetworkSettings(layers=2, init_scale=0.08),
    training=TrainingSettings(
        seq_length=50,
        batch_size=50,
        learning_rate=0.002,
        optimizer="rmsprop",
        decay_rate=0.95,
        clip_norm=0.0,
        clip_value=5.0,
        schedule="step",
        decay_factor=0.97,
    ),
    sampling=SamplingSettings(temperature=1.0),
)

TORCH_RNN: Final = Preset(
    name="torch-rnn",
    summary="char-rnn's faster successor: an embedding of 64, 2 layers of 128, Adam, halved every five epochs",
    source=(
        "Justin Johnson, torch-rnn (2016), its defaults. It draws embeddings with a deviation of 1 and begins Adam "
        "anew at each halving; here all weights have the deviation of its second layer, 1 / 16, and Adam goes on."
    ),
    network=NetworkSettings(layers=2, embedding_size=64, single_bias=True, initialisation="normal", init_scale=0.0625),
    training=TrainingSettings(
        seq_length=50,
        batch_size=50,
        learning_rate=0.002,
        clip_norm=0.0,
        clip_value=5.0,
        schedule="step",
        # it counts epochs from 1 and halves as the fifth begins
        decay_after=4.0,
        decay_every=5.0,
    ),
    sampling=SamplingSettings(temperature=1.0),
)

NANOGPT_CPU_BEATER: Final = Preset(
    name="nanogpt-cpu-beater",
    summary="ours, fast: as good in seconds as nanoGPT's recipe for a processor without a graphics card in minutes",
    source=(
        "Found by trial on tiny-shakespeare. nanoGPT (2022) with 4 layers of 128 reaches 1.88 nats per character "
        "there in about three minutes on a processor, by its README."
    ),
    # wide first weights and a high rate with a bound on the gradient: that is most of what makes it fast
    network=NetworkSettings(hidden_size=128, initialisation="orthogonal", init_scale=0.5),
    training=TrainingSettings(
        seq_length=32,
        batch_size=32,
        learning_rate=0.03,
        schedule="cosine",
        schedule_steps=1000,
        warmup_steps=50,
        final_rate=0.05,
    ),
)

BEST: Final = Preset(
    name="best",
    summary="ours, an hour for the best Shakespeare: 640 cells, and all that keeps them from learning it by heart",
    source=(
        "Locked dropout of outputs and embeddings after Gal and Ghahramani (2016), averaged weights after Polyak and "
        "Juditsky (1992), chosen by short runs on parts of tiny-shakespeare: docs/quality.md has them."
    ),
    network=NetworkSettings(hidden_size=640, embedding_size=128),
    training=TrainingSettings(
        seq_length=16,
        batch_size=128,
        learning_rate=0.005,
        optimizer="adamw",
        weight_decay=0.05,
        dropout=0.6,
        locked_dropout=True,
        embedding_dropout=0.1,
        shifted=True,
        average=0.999,
        schedule="cosine",
        schedule_steps=13_500,
        warmup_steps=100,
        final_rate=0.02,
    ),
)

_ALL = (NANOGPT_CPU_BEATER, BEST, VPJ, VPJ_MENDED, MIN_CHAR_RNN, POLSTM, CHAR_RNN, TORCH_RNN)

PRESETS: Final[Mapping[str, Preset]] = MappingProxyType({preset.name: preset for preset in _ALL})

DEFAULT: Final = Preset(
    name="default",
    summary="what a new network is unless you say otherwise: one layer of 128 LSTM cells, Adam",
    source="",
    network=NetworkSettings(),
    training=TrainingSettings(),
)
"""What is set where nothing is said; it is asked for by name where something else is remembered."""

NAMED: Final[Mapping[str, Preset]] = MappingProxyType({DEFAULT.name: DEFAULT, **PRESETS})
"""All that can be asked for."""
