"""What a history is too thin for, said before anybody waits for a training run."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from features.history import ORDER_LINES, History
from pipeline.config import Config
from pipeline.profile.days import OrderDays, rhythm
from pipeline.profile.holes import holes
from pipeline.profile.moves import moves
from pipeline.profile.returns import COMES_BACK, LONGEST_HORIZON_MONTHS, ReturnCurve
from pipeline.profile.targets import StatusCounts, TargetSize
from pipeline.profile.turnover import turnovers
from pipeline.sources.never_bought import never_bought
from pipeline.sources.unread import WORDS_FOR_NOTHING

LARGE = 0.25
"""Share of the net amount from which one customer decides what the totals say."""
FEW_CHURNERS = 100
MANY_CHURNED = 0.9
"""Share of the labels beyond which a probability of leaving hardly tells customers apart by its height."""
MOSTLY_BACK = 0.5
"""Share of the silent who come back within a year, beyond which silence is a pause more often than a goodbye."""
SHORT_HISTORY_DAYS = 2 * 365
MANY_MISSING = 0.2
SEVERAL_A_DAY = 1.3
"""Lines on a day with an order, from which some order ought to have two of them."""
SOME_UNPRICED = 0.01
"""Share of the lines. Without an amount a line is no purchase, so a month of them looks like customers leaving."""

LACKING = {
    "net_amount": "spend, order size, price and concentration are null, and an order counts whatever it is worth",
    "product_id": "products and first purchases are null; partnership cannot see expansion",
    "category": "everything about categories is null",
    "quantity": "pieces and price per piece are null",
}


def warnings(
    history: History,
    days: OrderDays,
    curve: ReturnCurve,
    now: StatusCounts,
    targets: list[TargetSize],
    config: Config,
) -> list[str]:
    """One sentence for everything that is too thin or missing."""
    found = [*_customers(days, now, config), *_one_customer(history), *_columns(history), *_time(days, curve, config)]
    return [*found, *(sentence for target in targets for sentence in _target(target, config))]


def _customers(days: OrderDays, now: StatusCounts, config: Config) -> Iterator[str]:
    boosted = config.training.min_eligible
    if now.never_bought:
        yield f"{never_bought(now.never_bought)}."
    if days.customers == 1:
        yield "There is one customer: nothing can be learned by comparing customers."
    elif now.eligible == 0:
        yield "No customer is eligible at the end of the history: all are new or lapsed (setting [population])."
    elif now.eligible < boosted:
        yield (
            f"Only {now.eligible} customers are eligible: differences will be hard to tell from chance, and with fewer "
            f"than {boosted:,} at the test cutoffs the best baseline scores, not boosting (training.min_eligible)."
        )


def numbered_lines(lines: int, orders: int, order_days: int) -> Iterator[str]:
    """Whether what is taken for the number of an order is that of a line: then orders are counted too many."""
    if orders == lines and order_days and lines >= SEVERAL_A_DAY * order_days:
        yield (
            f"Every line is an order of its own, {lines / order_days:.1f} on a day with an order: order_id seems to "
            "number lines. Map the number of the order; without order_id an order is a customer's day."
        )


def _one_customer(history: History) -> Iterator[str]:
    """Whether totals in money are those of one customer."""
    lines = history.order_lines
    if not history.has("net_amount") or not lines.num_rows:
        return
    spent = lines.group_by("customer_id").aggregate([("net_amount", "sum")]).column("net_amount_sum")
    bought = spent.filter(pc.greater(spent, 0))
    if len(bought) > 1 and pc.max(bought).as_py() >= LARGE * pc.sum(bought).as_py():
        share = pc.max(bought).as_py() / pc.sum(bought).as_py()
        yield f"One customer makes {share:.0%} of the net amount: totals of money at risk hang on it."


def _columns(history: History) -> Iterator[str]:
    lines = history.order_lines
    for column in ORDER_LINES.columns:
        if not history.has(column.name):
            if column.name in LACKING:
                yield f"There is no {column.name}: {LACKING[column.name]}."
            continue
        share = lines.column(column.name).null_count / max(lines.num_rows, 1)
        if column.name == "net_amount" and share > SOME_UNPRICED:
            yield f"net_amount is missing in {share:.0%} of the lines: without an amount these are no purchases."
        elif share > MANY_MISSING and not column.required:
            yield f"{column.name} is missing in {share:.0%} of the lines."
        if column.kind in ("key", "text"):
            yield from _words_for_nothing(lines.column(column.name).combine_chunks(), column.name)


def _words_for_nothing(keys: pa.DictionaryArray, name: str) -> Iterator[str]:
    """Whether a value such as "NULL" has been taken for somebody's name."""
    words = pc.is_in(pc.utf8_lower(keys.dictionary), value_set=pa.array(WORDS_FOR_NOTHING))
    rows = pc.sum(words.take(keys.indices)).as_py()
    if rows:
        held = ", ".join(sorted(repr(word) for word in keys.dictionary.filter(words).to_pylist()))
        yield (
            f"{name} holds {held} in {rows:,} lines: where that means nothing, have it delivered empty, or list it in "
            "[history.order_lines.csv] null_values."
        )


def _time(days: OrderDays, curve: ReturnCurve, config: Config) -> Iterator[str]:
    length = days.end - days.first
    if length < SHORT_HISTORY_DAYS:
        yield (
            f"The history is {length} days long: with less than two years, season cannot be told from change. Where "
            "deliveries always hold the last months alone, keep the older ones beside them."
        )
    share = curve.share_after(config.time.horizon_days)
    if share is not None and COMES_BACK < share <= MOSTLY_BACK:
        yield f"Of the customers silent for {config.time.horizon_days} days, {share:.0%} come back within a year."
    yield from pauses(days, curve, config)
    yield from breaks(days, config)
    if curve.proposed_horizon_days is None:
        yield _no_horizon(curve)


def pauses(days: OrderDays, curve: ReturnCurve, config: Config) -> Iterator[str]:
    """Whether silence over the horizon is no goodbye: in a trade with a season, or where customers order seldom."""
    horizon = config.time.horizon_days
    share, least = curve.share_after(horizon), curve.at_least_after(horizon)
    if least is not None and least > MOSTLY_BACK:
        back = f"at least {least:.0%}" if share is None else f"{share:.0%}"
        yield (
            f"Of the customers silent for {horizon} days, {back} come back within a year: silence over this horizon is "
            "a pause more often than a goodbye."
        )
    yield from _rhythm(days, config)


def breaks(days: OrderDays, config: Config) -> Iterator[str]:
    """Whether something happened to the whole history that looks like customers leaving, and is not."""
    yield from (hole.text(config.time.horizon_days) for hole in holes(days))
    moved = [move.text() for move in moves(days)]
    yield from moved or (turnover.text() for turnover in turnovers(days))


def _rhythm(days: OrderDays, config: Config) -> Iterator[str]:
    """Whether customers usually pause for longer than the horizon: then silence over it is their rhythm."""
    usual, horizon = rhythm(days).customer_median_gap_days, config.time.horizon_days
    if usual is not None and usual["p50"] > horizon:
        yield (
            f"Half of the customers usually let {usual['p50']:.0f} days or more pass between orders, more than the "
            f"horizon of {horizon}: silence over it is their rhythm, not their goodbye."
        )


def _no_horizon(curve: ReturnCurve) -> str:
    """Why the return curve proposes none: nobody pauses, nobody could be watched for long enough, or all come back."""
    if not any(point["silences"] for point in curve.points):
        return f"No horizon can be proposed: no customer was ever silent for a month. {CHOOSE}"
    known = [(share, point["days"]) for point in curve.points if (share := point["share"]) is not None]
    if not known:
        why = "too few silences could be watched for a year longer, to see who comes back"
        return f"No horizon can be proposed: {why}. {CHOOSE}"
    share, days = min(known, key=lambda each: each[0])
    return (
        f"No horizon up to {LONGEST_HORIZON_MONTHS} months brings the share who come back to {COMES_BACK:.0%}, as far "
        f"as the history can show: after {days} days it is {share:.0%}, and nowhere lower. {CHOOSE}"
    )


CHOOSE = (
    "Choose [time] horizon_days by how long a silence costs too much to wait for, and read churn as that: a pause that "
    "may end."
)


def _target(size: TargetSize, config: Config) -> Iterator[str]:
    needed = config.training.test_cutoffs + -(-(size.gap_days + size.horizon_days) // (config.time.cutoff_months * 30))
    if size.cutoffs == 0:
        yield (
            f"{size.target}: no cutoff is mature: the history is shorter than gap and horizon "
            f"({size.gap_days + size.horizon_days} days)."
        )
    elif size.cutoffs < needed:
        many = "s" if size.cutoffs > 1 else ""
        yield f"{size.target}: {size.cutoffs} mature cutoff{many}; to train and to test apart needs about {needed}."
    if size.cutoffs and size.labels < config.training.min_rows:
        yield f"{size.target}: {size.labels} labels; training needs {config.training.min_rows} (training.min_rows)."
    if size.churners is not None and size.labels:
        stayed = size.labels - size.churners
        if not size.churners or not stayed:
            yield f"{size.target}: " + ("nobody ever left." if not size.churners else "everybody left: nobody stayed.")
        elif min(size.churners, stayed) < FEW_CHURNERS:
            which = f"{size.churners} left" if size.churners < stayed else f"{stayed} stayed"
            yield f"{size.target}: only {which} among {size.labels:,} labels."
        elif size.churners > MANY_CHURNED * size.labels:
            yield (
                f"{size.target}: in {size.churners / size.labels:.0%} of the labels the customer left: whoever stays "
                "is the exception, and nearly everybody scores high."
            )
