"""Buy till you die: published numbers, an independent library, the definition by integration, and odd populations."""

import warnings
from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from features.btyd import FEWEST_FITTED, BgNbd, GammaPoisson, fit_bg_nbd, fit_gamma_poisson

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
CASES = [(0, 0.0, 0.2), (0, 0.0, 38.9), (1, 5.0, 39.0), (2, 30.43, 38.86), (7, 3.0, 39.0), (26, 30.86, 31.0)]
"""Repeats, time of the last, age, in weeks."""


@pytest.fixture(scope="module")
def cdnow() -> tuple[np.ndarray, ...]:
    """The published CDNOW sample: repeats, last, age, 2357 customers, 39 weeks of calibration."""
    datasets = pytest.importorskip("lifetimes.datasets")
    table = datasets.load_cdnow_summary(index_col=[0])
    return tuple(table[name].to_numpy(float) for name in ("frequency", "recency", "T"))


@pytest.fixture(scope="module")
def fitted(cdnow) -> BgNbd:
    return fit_bg_nbd(*cdnow)


@pytest.fixture(scope="module")
def lifetimes(cdnow, fitted):
    """The independent library with our parameters."""
    library = pytest.importorskip("lifetimes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = library.BetaGeoFitter().fit(*cdnow)
    other.params_[:] = astuple(fitted)
    return other


def columns(cases=CASES) -> list[np.ndarray]:
    return [np.array(part, dtype=float) for part in zip(*cases, strict=True)]


# Published numbers (Fader, Hardie & Lee 2005, table 2)


@pytest.mark.parametrize("parameter", ["r", "alpha", "a", "b"])
def test_fit_to_cdnow_gives_the_published_parameters(fitted, parameter):
    assert round(getattr(fitted, parameter), 3) == getattr(PUBLISHED, parameter)


def test_fit_to_cdnow_gives_the_published_log_likelihood(fitted, cdnow):
    assert round(fitted.log_likelihood(*cdnow), 1) == -9582.4


def test_expected_purchases_of_the_papers_example():
    """Section "Computation": x = 2, t_x = 30.43, T = 38.86, 39 weeks ahead: 1.226."""
    assert PUBLISHED.expected(*columns([(2, 30.43, 38.86)]), 39.0) == pytest.approx(1.226, abs=5e-4)


def test_probability_alive_agrees_with_lifetimes(lifetimes, fitted, cdnow):
    np.testing.assert_allclose(fitted.alive(*cdnow), lifetimes.conditional_probability_alive(*cdnow), rtol=1e-9)


@pytest.mark.parametrize("weeks", [1.0, 12.86, 39.0, 57.0])
def test_expected_purchases_agree_with_lifetimes(lifetimes, fitted, cdnow, weeks):
    theirs = lifetimes.conditional_expected_number_of_purchases_up_to_time(weeks, *cdnow)
    np.testing.assert_allclose(fitted.expected(*cdnow, weeks), theirs, rtol=1e-9)


# The definition, by integration over rate and dropout probability


def by_integration(model: BgNbd, repeats: int, last: float, age: float, weeks: float) -> tuple[float, float]:
    """P(alive) and P(no purchase in `weeks`) from the joint likelihood of the model's story."""

    def buys(until: float) -> float:
        """Integral over ln(rate) of the gamma density times rate^x exp(-rate t)."""
        power, speed = model.r + repeats, model.alpha + until
        peak = np.log(power / speed)
        top = power * peak - power
        integrand = lambda u: np.exp(power * u - speed * np.exp(u) - top)  # noqa: E731
        return integrate.quad(integrand, peak - 60, peak + 4, points=[peak], limit=500)[0] * np.exp(top)

    def drops(function: Callable[[float], float]) -> float:
        """Integral over the dropout probability of its beta density times `function`."""
        return integrate.quad(function, 0, 1, weight="alg", wvar=(model.a - 1, model.b - 1))[0]

    stays = drops(lambda p: (1 - p) ** repeats)
    leaves = drops(lambda p: p * (1 - p) ** (repeats - 1)) if repeats else 0.0
    living, gone = stays * buys(age), leaves * buys(last)
    return living / (living + gone), (gone + stays * buys(age + weeks)) / (living + gone)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("model", [PUBLISHED, BgNbd(2.0, 8.0, 0.3, 5.0)], ids=str)
@pytest.mark.parametrize("weeks", [1.0, 13.0, 57.0])
def test_alive_and_silent_equal_the_integral_of_their_definition(model, case, weeks):
    alive, silent = by_integration(model, *case, weeks)
    assert model.alive(*columns([case])) == pytest.approx(alive, rel=1e-5)
    assert model.silent(*columns([case]), weeks) == pytest.approx(silent, rel=1e-5)


def silent_after(model: BgNbd, repeats: int, last: float, age: float, weeks: float, gap: float) -> float:
    """P(no purchase in the `weeks` after the gap), integrated over the rate and the dropout probability themselves."""
    power = model.r + repeats
    buys = lambda until: (model.alpha + until) ** -power  # noqa: E731 - but for a constant
    drops = lambda function: integrate.quad(function, 0, 1, weight="alg", wvar=(model.a - 1, model.b - 1))[0]  # noqa: E731
    gone = drops(lambda p: p * (1 - p) ** (repeats - 1)) * buys(last) if repeats else 0.0
    staying = drops(lambda p: (1 - p) ** repeats) * buys(age)
    bought = drops(lambda p: (1 - p) ** repeats * (buys(age + p * gap) - buys(age + p * gap + weeks)))
    return 1 - bought / (gone + staying)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("model", [PUBLISHED, BgNbd(2.0, 8.0, 0.3, 5.0)], ids=str)
@pytest.mark.parametrize("gap", [0.0, 2.0, 30.0])
def test_silent_after_a_gap_equals_the_integral_of_its_definition(model, case, gap):
    expected = silent_after(model, *case, 13.0, gap)
    assert model.silent(*columns([case]), 13.0, gap=gap) == pytest.approx(expected, rel=1e-6)


def test_silent_after_a_gap_is_how_often_the_story_ends_so():
    repeats, last, later = simulate(PUBLISHED, 400_000, 39.0, 13.0, gap=10.0)
    said = PUBLISHED.silent(repeats, last, np.full(repeats.size, 39.0), 13.0, gap=10.0)
    for group in (repeats == 0, repeats == 1, (repeats > 3) & (last > 30)):
        error = 4 * np.sqrt(0.25 / group.sum())
        assert said[group].mean() == pytest.approx((later[group] == 0).mean(), abs=error)


@given(
    st.tuples(*[st.floats(-8, 8)] * 4),
    st.integers(0, 3000),
    st.floats(1, 500),
    st.floats(0, 1),
    st.floats(0.2, 60),
)
def test_silence_after_a_gap_is_a_chance_no_less_than_silence_from_now_on(logs, repeats, age, since, gap):
    """Within the bounds that a fit keeps to: who is silent through gap and horizon is silent in the horizon."""
    model, known = BgNbd(*np.exp(logs)), columns([(repeats, age * since if repeats else 0.0, age)])
    after, throughout = model.silent(*known, 13.0, gap=gap), model.silent(*known, gap + 13.0)
    assert 0 <= after <= 1
    assert after >= throughout - 1e-9


def simulate(model: BgNbd, customers: int, age: float, weeks: float, gap: float = 0.0) -> tuple[np.ndarray, ...]:
    """The story itself: repeats, last before `age`, and the number of purchases in the `weeks` after it and the gap."""
    draw = np.random.default_rng(5)
    rate, drop = draw.gamma(model.r, 1 / model.alpha, customers), draw.beta(model.a, model.b, customers)
    at, alive = np.zeros(customers), np.ones(customers, dtype=bool)
    repeats, last, later = np.zeros((3, customers))
    while alive.any():
        at += draw.exponential(1 / rate)
        alive &= at < age + gap + weeks
        before, after = alive & (at < age), alive & (at >= age + gap)
        repeats[before], last[before] = repeats[before] + 1, at[before]
        later[after] += 1
        alive &= draw.random(customers) >= drop
    return repeats, last, later


def test_silent_and_expected_come_true_in_a_simulated_population():
    model, age, weeks = BgNbd(0.8, 6.0, 0.6, 2.5), 60.0, 13.0
    repeats, last, later = simulate(model, 60_000, age, weeks)
    ages = np.full(repeats.size, age)
    silent, expected = (f(repeats, last, ages, weeks) for f in (model.silent, model.expected))
    for group in np.array_split(np.argsort(silent), 8):
        assert (later[group] == 0).mean() == pytest.approx(silent[group].mean(), abs=0.02)
        assert later[group].mean() == pytest.approx(expected[group].mean(), rel=0.1, abs=0.02)


def test_fit_recovers_the_parameters_of_a_simulated_population():
    truth = BgNbd(0.8, 6.0, 0.6, 2.5)
    repeats, last, _ = simulate(truth, 19_000, 60.0, 0.0)
    found = fit_bg_nbd(repeats, last, np.full(repeats.size, 60.0))
    assert astuple(found) == pytest.approx(astuple(truth), rel=0.15)


@pytest.mark.parametrize(
    ("model", "case", "weeks", "expected"),
    [  # Gauss's series for equation 10 in 80-digit arithmetic
        (BgNbd(2981.0, 149.0, 2.556, 2981.0), (3000, 150.0, 150.0), 57.0, 913.5904989306372),
        (BgNbd(20.1, 0.368, 2981.0, 20.1), (3, 190.0, 190.0), 57.0, 0.007397894669147939),
        (BgNbd(1.65, 1.65, 2981.0, 1.65), (1, 6.59, 6.59), 57.0, 0.0005513850217916896),
        (BgNbd(0.243, 4.414, 0.793, 2.426), (1500, 200.0, 200.0), 57.0, 378.3969736859301),
        (BgNbd(0.243, 4.414, 0.0004, 2981.0), (0, 0.0, 0.2), 57.0, 3.0019475019801125),
    ],
)
@pytest.mark.filterwarnings("error")
def test_expected_purchases_are_exact_at_the_ends_of_the_scale(model, case, weeks, expected):
    assert model.expected(*columns([case]), weeks) == pytest.approx(expected, rel=1e-8)


# Gamma-Poisson


def plain_fit(repeats: np.ndarray, age: np.ndarray) -> tuple[float, float]:
    """Maximum likelihood of the negative binomial, by its textbook mass function and a search without gradient."""

    def loss(logs: np.ndarray) -> float:
        r, alpha = np.exp(logs)
        return -stats.nbinom.logpmf(repeats, r, alpha / (alpha + age)).sum()

    return tuple(np.exp(optimize.minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-8}).x))


def test_gamma_poisson_fit_agrees_with_a_plain_one(cdnow):
    repeats, _, age = cdnow
    assert astuple(fit_gamma_poisson(repeats, age)) == pytest.approx(plain_fit(repeats, age), rel=1e-4)


def test_gamma_poisson_expects_the_posterior_mean_rate():
    r, alpha, repeats, age, weeks = 0.5, 4.0, 3, 20.0, 13.0
    posterior = stats.gamma(r + repeats, scale=1 / (alpha + age))
    assert GammaPoisson(r, alpha).expected(np.array([3.0]), np.array([age]), weeks) == pytest.approx(
        posterior.mean() * weeks
    )


# Odd populations

N = 60
SPREAD = np.linspace(1, 100, N)
POPULATIONS = {
    "everybody identical": (np.full(N, 10.0), np.full(N, 45.0), np.full(N, 50.0)),
    "everybody weekly to the day": (np.full(N, 51.0), np.full(N, 51.9), np.full(N, 52.0)),
    "everybody bought twice at once and left": (np.full(N, 1.0), np.full(N, 1 / 7), np.full(N, 50.0)),
    "a history of two thousand years": (SPREAD, SPREAD * 1000, np.full(N, 1e5)),
    "thousands of orders": (SPREAD * 30, SPREAD * 1.5, SPREAD * 1.5 + 1),
    "one day old": (np.full(N, 1.0), np.full(N, 1 / 7), np.full(N, 2 / 7)),
    "two kinds": (np.tile([1.0, 300.0], N // 2), np.tile([1 / 7, 51.8], N // 2), np.full(N, 52.0)),
    "just enough repeat buyers": (
        np.r_[np.ones(20), np.zeros(N - 20)],
        np.r_[np.ones(20), np.zeros(N - 20)],
        SPREAD + 1,
    ),
}


@pytest.mark.parametrize("population", POPULATIONS)
@pytest.mark.filterwarnings("error")
def test_odd_population_gives_finite_parameters_and_probabilities(population):
    repeats, last, age = POPULATIONS[population]
    model, poisson = fit_bg_nbd(repeats, last, age), fit_gamma_poisson(repeats, age)
    assert np.isfinite([*astuple(model), *astuple(poisson)]).all()
    for weeks in (1 / 7, 13.0, 57.0):
        alive, silent = model.alive(repeats, last, age), model.silent(repeats, last, age, weeks)
        assert ((alive >= 0) & (alive <= 1) & (silent >= 0) & (silent <= 1) & (silent >= 1 - alive - 1e-12)).all()
        for expected in (model.expected(repeats, last, age, weeks), poisson.expected(repeats, age, weeks)):
            assert np.isfinite(expected).all() and (expected >= 0).all()


@pytest.mark.parametrize("repeaters", [0, 1, FEWEST_FITTED - 1])
def test_too_few_repeat_buyers_fit_nothing(repeaters):
    repeats = np.r_[np.ones(repeaters), np.zeros(1000)]
    assert fit_bg_nbd(repeats, repeats, np.full(repeats.size, 9.0)) is None
    assert fit_gamma_poisson(repeats, np.full(repeats.size, 9.0)) is None


def test_nobody_at_all_fits_nothing():
    nobody = np.empty(0)
    assert fit_bg_nbd(nobody, nobody, nobody) is None and fit_gamma_poisson(nobody, nobody) is None


def test_a_large_population_is_thinned_without_moving_the_parameters(monkeypatch, cdnow, fitted):
    monkeypatch.setattr("features.btyd.MOST_FITTED", 1200)
    thinned = fit_bg_nbd(*cdnow)
    assert astuple(thinned) != astuple(fitted) and thinned.r == pytest.approx(fitted.r, rel=0.15)


@pytest.mark.parametrize("silence", [1, 10, 100])
def test_longer_silence_makes_silence_ahead_likelier(silence):
    repeats, last = np.full(2, 5.0), np.full(2, 20.0)
    shorter, longer = PUBLISHED.silent(repeats, last, 20.0 + np.array([silence, silence + 1]), 13.0)
    assert shorter < longer


def test_customer_without_a_repeat_is_alive_in_this_model():
    assert PUBLISHED.alive(*columns([(0, 0.0, 500.0)])) == 1
