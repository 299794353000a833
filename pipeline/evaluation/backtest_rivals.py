"""A rival of partnership that another model gives: that the customer does not leave."""

from __future__ import annotations

import pandas as pd

STAYING = "baseline_not_leaving"
WHO = ["customer_id", "cutoff"]


def with_staying(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a backtest with 1 less the predicted chance of leaving beside partnership; null for other targets.

    A partnership that ranks no better is churn upside down. Where churn is not predicted the table stays as it is.
    """
    churn = table[table["target"] == "churn"].set_index(WHO)["probability"]
    rows = table["target"] == "partnership"
    if churn.empty or not rows.any():
        return table
    asked = pd.MultiIndex.from_frame(table.loc[rows, WHO])
    leaves = pd.Series(churn.reindex(asked).to_numpy(), index=table.index[rows])
    return table.assign(**{STAYING: 1 - leaves.reindex(table.index)})
