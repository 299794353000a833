"""What to say of too few or too many partners, and which table makes them so."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import Config
from pipeline.profile.partners import AHEAD, Partners, Without

TIMES = 2.0
"""How much a table has to change the share of partners to be named, where the share is out of bounds without it too."""


def partner_warnings(found: Partners | None, config: Config) -> Iterator[str]:
    """Whether there are too few or too many partners, which table makes them so, and what to do."""
    low, high = config.partnership.low_base_rate, config.partnership.high_base_rate
    if found is None or low <= found.share <= high:
        return
    many = "cutoff" if len(found.cutoffs) == 1 else "cutoffs"
    told = (
        f"partnership: {found.share:.1%} of {found.labels:,} labels at the latest {many} are partners, outside "
        f"{low:.0%} to {high:.0%}."
    )
    cause = _cause(found, low, high)
    if cause is None:
        yield (
            f"{told} No single table makes it so: the definition may not fit the trade. [partnership] acts_needed, "
            "stays_share and holds_share say what counts."
        )
        return
    named = " and ".join(f"[history.{name}]" for name in cause.tables)
    share = f"{cause.partners / found.labels:.1%}"
    yield (
        f"{told} Without {named}, with rows of {cause.covers:.0%} of the customers, {share} would be.{_why(cause)} "
        f"Where {named} does not hold nearly all there is to tell, leave it out of the configuration; where it does, "
        "so few or so many are partners, and training may refuse the target."
    )


def _why(cause: Without) -> str:
    if not set(cause.tables) <= set(AHEAD):
        return ""
    return (
        " Where contracts or investments are kept, to order regularly is no longer to plan: only who signs, commits to "
        "more or invests looks ahead."
    )


def _cause(found: Partners, low: float, high: float) -> Without | None:
    """What, left out, brings the share within its bounds, the fewest tables; or else changes it most, and twofold."""
    shares = [(each.partners / found.labels, each) for each in found.without]
    within = [(len(each.tables), abs(share - (low + high) / 2), each) for share, each in shares if low <= share <= high]
    if within:
        return min(within, key=lambda each: each[:2])[2]
    few = found.share < low
    times = [
        (share / max(found.share, 1e-9) if few else found.share / max(share, 1e-9), each) for share, each in shares
    ]
    most = max(times, key=lambda each: each[0], default=None)
    return most[1] if most is not None and most[0] >= TIMES else None
