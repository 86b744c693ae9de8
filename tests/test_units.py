import math

import pytest

from tui import units
from tui.units import LossUnit


def test_one_nat_is_1_44_bits() -> None:
    assert units.bits(math.log(2.0)) == 1.0
    assert units.bits(1.0) == pytest.approx(1.442695)


def test_perplexity_of_a_uniform_guess_is_the_number_of_symbols() -> None:
    assert units.perplexity(math.log(64)) == pytest.approx(64)
    assert units.perplexity(1e6) == math.inf


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (999.6, "1.00 k"),
        (9_994, "9.99 k"),
        (9_996, "10.0 k"),
        (98_412, "98.4 k"),
        (131_204, "131 k"),
        (999_600, "1.00 M"),
        (1_189_045, "1.19 M"),
        (3.2e9, "3.20 G"),
        (4.5e12, "4500 G"),
        (None, units.NOTHING),
        (math.nan, units.NOTHING),
    ],
)
def test_counts_have_three_digits(count: float | None, shown: str) -> None:
    assert units.characters(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0:00"), (7.9, "0:07"), (65, "1:05"), (3600, "1:00:00"), (-1, "0:00"), (None, units.NOTHING)],
)
def test_times_are_read_like_a_clock(seconds: float | None, shown: str) -> None:
    assert units.duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0 s"), (99.0, "99 s"), (101.0, "2 min"), (3_590.0, "60 min"), (86_000.0, "24 h")]
)
def test_times_that_are_guessed_have_two_digits(seconds: float, shown: str) -> None:
    assert units.roughly(seconds) == shown


def test_rates_losses_and_shares_are_short() -> None:
    assert units.rate(98_412.0) == "98.4 k/s"
    assert units.loss(1.72345) == "1.723"
    assert units.loss_bits(1.72345) == "2.49"
    assert units.percent(0.043) == "4 %"
    assert units.whole(12_204) == "12,204"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (9.9994, "9.999"),
        (9.9996, "10.00"),
        (16.1, "16.10"),
        (123.44, "123.4"),
        (2_885.0, "2885"),
        (9_999.6, "1.0e4"),
        (28_850.0, "2.9e4"),
        (3e12, "3e12"),
        (1e300, "1e300"),
        (0.0, "0.000"),
        (0.0006, "0.001"),
        (0.00042, "4e-4"),
        (1e-8, "1e-8"),
        (1e-300, "0.000"),
    ],
)
def test_a_loss_never_needs_more_than_five_cells(value: float, shown: str) -> None:
    assert units.loss(value) == shown
    assert len(units.loss_bits(value)) <= 5


def test_what_is_not_known_or_not_a_number_is_a_dash() -> None:
    shown = (units.rate(None), units.loss(math.nan), units.loss(None), units.loss_bits(math.inf))
    assert set(shown) == {units.NOTHING}
    assert units.percent(None) == units.whole(None) == units.duration(math.inf) == units.NOTHING


def test_a_loss_that_stands_by_itself_says_in_what_it_is() -> None:
    told = [unit.told(1.72345) for unit in LossUnit]
    assert told == ["loss 1.723 nats", "loss 2.486 bits", "perplexity 5.604"]
    assert LossUnit.PERPLEXITY.told(math.nan) == f"perplexity {units.NOTHING}"
