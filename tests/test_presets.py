"""Recipes by name."""

from __future__ import annotations

import numpy as np
import pytest

from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.network import Network
from model.optimizers import make_optimizer
from model.presets import PRESETS, Preset, describe
from model.products import in_panels
from model.sampling import distribution


def test_there_are_the_recipes_that_people_know() -> None:
    assert {"vpj", "vpj-mended", "min-char-rnn", "polstm", "char-rnn", "torch-rnn"} < {*PRESETS}
    assert {"nanogpt-cpu-beater", "best"} < {*PRESETS}
    assert all(preset.name == name for name, preset in PRESETS.items())


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_preset_can_be_built_and_says_what_it_is(preset: Preset) -> None:
    network = Network(preset.network, 60)
    network.initialise(np.random.default_rng(0))
    assert make_optimizer(network.parameters, preset.training).name == preset.training.optimizer
    assert preset.summary and "\n" not in preset.summary and preset.source.endswith(".")


def test_what_a_preset_sets_is_told_in_words() -> None:
    assert describe(PRESETS["polstm"]) == (
        ("hidden size", "25"),
        ("single bias", "yes"),
        ("initialisation", "normal"),
        ("init scale", "0.001"),
        ("forget bias", "0"),
        ("seq length", "25"),
        ("batch size", "1"),
        ("learning rate", "0.1"),
        ("clip norm", "5"),
        ("optimizer", "sgd"),
        ("loss sum", "yes"),
        ("reset every window", "yes"),
        ("temperature", "100"),
        ("top k", "10"),
        ("treatments", "collapse"),
    )


def test_the_defaults_set_nothing() -> None:
    assert describe(Preset("plain", "", "", NetworkSettings(), TrainingSettings(), SamplingSettings())) == ()


def test_vpj_s_gates_begin_half_open_and_its_candidates_do_not() -> None:
    network = Network(PRESETS["vpj"].network, 61)
    network.initialise(np.random.default_rng(0))
    for layer in network.layers:
        for W in (layer.W_ih, layer.W_hh):
            gates = in_panels(W, W.shape[1] // 4)
            np.testing.assert_allclose(gates.mean(axis=(1, 2)), [0.5, 0.5, 0.0, 0.5], atol=0.01)
            np.testing.assert_allclose(gates.std(axis=(1, 2)), 0.1, atol=0.01)
    assert not network.layers[0].b_ih.any()


@pytest.mark.parametrize("name", ["vpj", "vpj-mended", "min-char-rnn", "polstm", "torch-rnn"])
def test_recipes_of_programs_with_one_bias_for_each_gate_have_one(name: str) -> None:
    assert PRESETS[name].network.single_bias


def test_polstm_draws_from_the_ten_likeliest_as_good_as_evenly() -> None:
    logits = np.random.default_rng(0).normal(0.0, 3.0, 50)
    drawn = distribution(logits, PRESETS["polstm"].sampling)
    chosen = np.argsort(logits)[-10:]
    np.testing.assert_allclose(drawn[chosen], 0.1, rtol=0.05)
    assert drawn.sum() == pytest.approx(drawn[chosen].sum())
