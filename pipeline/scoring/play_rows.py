"""The columns of an export that say what state a relationship is in and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.plan import Matrix
from features.engine.store import LineStore
from models.decision.accounts import Accounts, accounts, levers
from models.decision.advice import told
from models.decision.buying_nowhere import SINCE, buys_nowhere
from models.decision.course import Relationship
from models.decision.incentive import Incentive
from models.decision.plays import PLAYS
from models.decision.recommend import PUBLISHED, Advice, Candidates, Rules, recommend
from models.decision.standing import Standing
from models.decision.states import FLAGS, STATES, UNKNOWN
from models.decision.worth import Assumption
from models.explanation.language import Language
from pipeline.config import Config
from pipeline.scoring.measured_gains import to_avoid
from pipeline.scoring.tries import tries_since_order
from pipeline.standing.placing import placed, rounded
from pipeline.standing.standing_rows import column
from pipeline.standing.values import margin_of

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SHARE_DECIMALS = 6
"""Places kept of shares of the margin."""
SINCE_ACTION = "days_since_last_treatment"
"""The feature that counts days since the last action that was not withheld."""


def state_columns(found: Relationship, eligible: npt.NDArray[np.bool_]) -> dict[str, list[Any]]:
    """State, previous state and flags, one value a row of the spine; null where not eligible."""
    columns: dict[str, list[Any]] = {
        "state": [STATES[code] for code in found.state],
        "previous_state": [None if code == UNKNOWN else STATES[code] for code in found.before],
        **{flag: getattr(found, flag).tolist() for flag in FLAGS},
    }
    return {name: placed(values, eligible, None) for name, values in columns.items()}


def advice_for(
    store: LineStore,
    matrix: Matrix,
    found: Relationship,
    now: Standing,
    complains: Flags,
    config: Config,
    renamed: Mapping[str, str],
    first_ids: Mapping[str, str],
) -> Advice:
    """A play for each eligible customer (n,) of a matrix at one cutoff.

    `complains` is who has a complaint open, `renamed` the id by now for each older one, `first_ids` the one that
    its lots are drawn by for each by now.
    """
    rows = matrix.customer
    customer_id = store.customer_ids[rows].astype(str)
    return recommend(
        Candidates(
            customer_id=customer_id,
            relationship=found,
            churn=now.churn,
            propensity=now.propensity,
            value=margin_of(store, matrix, config.scoring),
            days_since_action=column(matrix, SINCE_ACTION),
            tries=tries_since_order(store, matrix),
            complains=complains,
            closed=buys_nowhere(column(matrix, SINCE)),
            avoid=to_avoid(customer_id, matrix.cutoffs[0], config, renamed),
            lots=np.array([first_ids.get(name, name) for name in customer_id.tolist()], dtype=str),
        ),
        rules_of(config),
    )


def accounts_of(store: LineStore, matrix: Matrix, config: Config) -> Accounts:
    """What each eligible customer of a matrix carries, and who is a key account."""
    return accounts(margin_of(store, matrix, config.scoring), config.plays.key_account_share)


def rules_of(config: Config) -> Rules:
    """What the configuration assumes of plays."""
    chosen = config.plays
    assumed = {code: Assumption(**getattr(chosen.play, code).model_dump()) for code in PLAYS}
    return Rules(assumed, f"{config.name} {chosen.campaign}", chosen.holdout_share, frozenset(chosen.never_contact))


def play_columns(
    advice: Advice,
    weighed: Accounts,
    seen: Sequence[Sequence[str]],
    rules: Rules,
    currency: str,
    eligible: npt.NDArray[np.bool_],
    language: Language,
) -> dict[str, list[Any]]:
    """The play of each eligible customer with its numbers and texts, one value a row of the spine.

    Args:
        advice: n eligible customers.
        weighed: the same customers, what they carry and who is a key account.
        seen: sentences that each play rests on, (n,).
        rules: what plays are assumed to do, and the name of the campaign.
        currency: of the amounts, "" where none is stated.
        eligible: which rows of the spine they are.
        language: of the texts.
    """
    columns: dict[str, list[Any]] = {
        "share_of_margin": rounded(weighed.share, SHARE_DECIMALS),
        "key_account": weighed.key.tolist(),
        "play": [play or None for play in advice.play],
        "act_now": advice.at_once.tolist(),
        "meant_now": [now if play else None for now, play in zip(advice.meant_now.tolist(), advice.play, strict=True)],
        "play_status": [PUBLISHED.get(each, each) for each in advice.status.tolist()],
        "play_levers": [
            ", ".join(levers(play, key=key, repair=repair)) if play else None
            for play, key, repair in zip(advice.play, weighed.key.tolist(), advice.repair, strict=True)
        ],
        "play_rank": [int(rank) or None for rank in advice.rank],
        "play_cost": rounded(advice.cost),
        "play_profit": rounded(advice.profit),
        "play_profit_low": rounded(advice.low),
        "play_profit_high": rounded(advice.high),
        "play_cooldown_days": [rules.assumed[play].cooldown_days if play else None for play in advice.play],
        "play_campaign": [rules.campaign if play else None for play in advice.play],
        **_texts(advice, weighed, seen, currency, language),
    }
    return {name: placed(values, eligible, None) for name, values in columns.items()}


def _texts(
    advice: Advice, weighed: Accounts, seen: Sequence[Sequence[str]], currency: str, language: Language
) -> dict[str, list[str | None]]:
    """The four texts of each play, one value an eligible customer; null where there is nothing to say."""
    rows = enumerate(zip(advice.play, advice.status, advice.situations, seen, strict=True))
    given = [Incentive(*each, currency) for each in zip(advice.incentive_share, advice.incentive, strict=True)]
    texts = [told(*each, language, weighed.weight(row), given[row], advice.repair[row]) for row, each in rows]
    named = {"what_we_see": "see", "why_it_matters": "why", "what_to_do": "do", "what_not_to_do": "do_not"}
    return {column: [getattr(each, part) or None for each in texts] for column, part in named.items()}
