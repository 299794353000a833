"""Pictures of how well a model predicts and what it looks at: the only file that imports matplotlib."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from models.evaluation.age import Age
from models.evaluation.metrics import calibration_curve, gain_curve
from models.evaluation.tally import Array, Tally

mpl.use("Agg")

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


INK, MODEL, RIVAL, FAINT = "#333333", "#1F5A94", "#C46A28", "#B9C4CF"
MOST_FEATURES = 15
ROOM_FOR_LEGEND = 0.4
LEAST_SHARE = 0.02
"""Of customers; the lift of fewer is a matter of single ones."""


def calibration_chart(rows: Tally, band: float, error: float, title: str) -> bytes:
    """Predicted against observed share in ten equal-count bins, with how many customers each holds, as PNG.

    Args:
        rows: the test rows.
        band: the calibration error that a perfectly calibrated model stays below 95 times in 100.
        error: the calibration error found.
        title: population and window.
    """
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    predicted, observed, weight = calibration_curve(rows)
    noise = 1.96 * np.sqrt(np.clip(observed * (1 - observed), 0, None) / np.maximum(weight, 1))
    above.plot([0, 1], [0, 1], color=FAINT, linestyle="--", label="perfectly calibrated")
    above.errorbar(
        predicted, observed, yerr=noise, color=MODEL, marker="o", capsize=3, label="model, tenths of the rows"
    )
    above.set(ylim=(0, 1), ylabel="observed share", title=title)
    above.text(0.97, 0.05, f"calibration error {error:.3f}\nby chance alone up to {band:.3f}", ha="right", color=INK,
               transform=above.transAxes)  # fmt: skip
    above.legend(loc="upper left", frameon=False)
    edges = np.linspace(0, 1, 21)
    below.hist(rows.score, bins=list(edges), weights=rows.weight, color=MODEL, alpha=0.7)
    below.set(xlim=(0, 1), xlabel="predicted probability", ylabel="rows")
    return _png(figure, above, below)


def gain_chart(models: Mapping[str, Tally], title: str) -> bytes:
    """Share of those who left (or became partners) in the top share of the ranking, and lift, side by side, as PNG.

    Args:
        models: test rows by what ranks them, the model first, then its best rival.
        title: population and window.
    """
    figure = Figure(figsize=(11, 5.2), layout="constrained")
    axes, lifted = figure.subplots(1, 2)
    for (name, rows), colour in zip(models.items(), (MODEL, RIVAL, INK), strict=False):
        share, found = gain_curve(rows)
        axes.plot(share, found, color=colour, label=f"{name}: {np.interp(0.1, share, found):.0%} in the top tenth")
        shown = np.linspace(LEAST_SHARE, 1, 200)
        lifted.plot(shown, np.interp(shown, share, found) / shown, color=colour, label=name)
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", label="picked blindly: 10% in the top tenth")
    axes.axvline(0.1, color=FAINT, linewidth=0.8)
    axes.set(
        xlim=(0, 1), ylim=(0, 1), xlabel="share of customers, highest score first", ylabel="share found", title=title
    )
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.legend(loc="lower right", frameon=False)
    lifted.axhline(1, color=FAINT, linestyle="--")
    lifted.set(xlim=(0, 1), xlabel="share of customers, highest score first", ylabel="times as many as picked blindly")
    lifted.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    lifted.legend(loc="upper right", frameon=False)
    return _png(figure, axes, lifted)


def profit_chart(share: Array, earned: Array, contacted: float, title: str) -> bytes:
    """Profit a customer in hindsight, when offers go to more and more, from the highest expected profit down, as PNG.

    Args:
        share: of customers contacted (n + 1,).
        earned: profit a customer of all, in the currency of the amounts (n + 1,).
        contacted: the share that the rule of expected profit stops at.
        title: population and window.
    """
    figure = Figure(figsize=(6.4, 5.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(share, earned, color=MODEL)
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.axvline(contacted, color=RIVAL, linestyle="--", label=f"where an offer is expected to pay: {contacted:.0%}")
    axes.set(xlim=(0, 1), xlabel="share of customers made an offer", ylabel="profit a customer", title=title)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.legend(loc="lower left", frameon=False)
    return _png(figure, axes)


def ageing_chart(ages: Sequence[Age], title: str) -> bytes:
    """A model trained once, at later and later cutoffs: AUC beside the best baseline, calibration error, as PNG.

    Args:
        ages: the cutoffs, oldest first.
        title: population and window.
    """
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    months = [age.months for age in ages]
    above.plot(months, [age.auc for age in ages], color=MODEL, marker="o", label="model trained at month 0")
    above.plot(
        months, [age.rival for age in ages], color=RIVAL, marker="o", label="best baseline, which learns nothing"
    )
    above.set(ylabel="AUC", title=title)
    above.margins(y=ROOM_FOR_LEGEND)
    above.legend(loc="upper left", frameon=False)
    below.plot(months, [age.error for age in ages], color=MODEL, marker="o", label="calibration error")
    below.plot(months, [age.band for age in ages], color=FAINT, linestyle="--", label="by chance up to")
    below.margins(y=ROOM_FOR_LEGEND)
    below.set(ylim=(0, None), xlabel="months since it was trained", ylabel="calibration error")
    below.legend(loc="upper left", frameon=False)
    return _png(figure, above, below)


def importance_chart(gain: Mapping[str, float], size: Mapping[str, float], title: str) -> bytes:
    """What the model looks at, by two measures side by side, as PNG.

    Args:
        gain: share of the loss that splits on a feature took away.
        size: mean absolute contribution of a feature, in log-odds; its largest are shown.
        title: population and window.
    """
    shown = sorted(size, key=lambda name: -size[name])[:MOST_FEATURES][::-1]
    figure = Figure(figsize=(9, 0.34 * max(len(shown), 4) + 1.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    labels = [name.replace("_", " ") for name in shown]
    left.barh(labels, [size[name] for name in shown], color=MODEL)
    left.set(xlabel="mean move of a customer's log-odds")
    right.barh(labels, [gain.get(name, 0.0) for name in shown], color=RIVAL)
    right.set(xlabel="share of the loss taken away by its splits")
    right.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    figure.suptitle(title, fontsize=11, color=INK)
    return _png(figure, left, right)


def qini_chart(curves: Mapping[str, tuple[Array, Array]], title: str) -> bytes:
    """What treating the best share of each ranking would have saved, beside picking blindly, as PNG.

    Args:
        curves: by ranking, the share treated (n,) and customers saved per customer of all (n,), the model's first.
        title: the play, and how many customers were randomised.
    """
    figure = Figure(figsize=(6.4, 5.2), layout="constrained")
    axes = figure.subplots()
    for (name, (share, saved)), colour in zip(curves.items(), (MODEL, RIVAL, INK), strict=False):
        axes.plot(share, 1_000 * saved, color=colour, label=f"ranked by {name}")
    ends = [1_000 * saved[-1] for _, saved in curves.values()]
    axes.plot([0, 1], [0, ends[0]], color=FAINT, linestyle="--", label="picked blindly")
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.set(xlim=(0, 1), xlabel="share of customers treated", ylabel="saved of 1,000 customers", title=title)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.legend(loc="best", frameon=False)
    return _png(figure, axes)


def _png(figure: Figure, *plots: Axes) -> bytes:
    """The figure as PNG bytes, the same for the same figure: without the date and version of its making."""
    for plot in plots:
        plot.spines[["top", "right"]].set_visible(False)
        plot.title.set(fontsize=11, color=INK)
        plot.tick_params(colors=INK, labelsize=9)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=120, metadata={"Software": None})
    return stream.getvalue()
