# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A history
#
# What do order lines say before any model is trained? This tour profiles a history and then looks at one customer.
# It shows the built-in supplier (`make demo` makes its history). For your own, set `MOORINGS_CONFIG` to your
# configuration file before starting Jupyter.

# %%
import os
from datetime import timedelta

import pandas as pd

from features.catalogue import FEATURES
from features.engine.store import EPOCH, LineStore
from pipeline.config import load_config
from pipeline.matrices.dataset import snapshot
from pipeline.matrices.tasks import churn_task
from pipeline.profile.profile import profile
from pipeline.sources.history import read_history

config = load_config(os.environ.get("MOORINGS_CONFIG", "demo"))

# %% [markdown]
# ## What is there
#
# Rows, customers, days, gaps, and the return curve: how often a silence of so many months ended after all. A horizon
# is long enough if that share is small. `moorings profile` prints the same text.

# %%
print(profile(config).text())

# %% [markdown]
# ## One customer
#
# A typical regular: among the active customers (those who ordered within the activity window), take the half with the
# most order days, and of these the one in the middle by spend. Money is held in whole cents; a history without amounts
# has none.

# %%
history = read_history(config).history
lines = history.order_lines.to_pandas(strings_to_categorical=False)
lines["ordered_on"] = pd.to_datetime(lines["ordered_on"])
lines["spend"] = lines["net_amount"] / 100 if "net_amount" in lines else 0.0
known = lines.groupby("customer_id", observed=True).agg(
    order_days=("ordered_on", "nunique"), last_order=("ordered_on", "max"), spend=("spend", "sum")
)
begun = known["last_order"].max() - timedelta(days=config.population.activity_days)
active = known[known["last_order"] > begun]
regulars = active[active["order_days"] >= active["order_days"].median()].sort_values("spend", kind="stable")
customer = regulars.index[len(regulars) // 2]
regulars.loc[customer]

# %% [markdown]
# Its latest order lines:

# %%
own = lines[lines["customer_id"] == customer].sort_values(["ordered_on", "order_id"])
own.drop(columns="net_amount", errors="ignore").tail(12)

# %% [markdown]
# Its rhythm: the days between neighbouring order days, and how long it has been silent at the end of the history.
# Silence says little by itself; silence measured in the customer's own gaps says a lot.

# %%
days = own["ordered_on"].drop_duplicates()
silence = (lines["ordered_on"].max() - days.max()).days
gaps = days.diff().dt.days.dropna()
print(
    f"silent for {silence} days; its median gap is {gaps.median():.0f} days, one in ten is longer than "
    f"{gaps.quantile(0.9):.0f}"
)
gaps.describe().round(1)

# %% [markdown]
# ## The same customer as the model sees it
#
# Every feature on the day after the history ends, beside the median of all eligible customers. A feature is one
# function in `features/`; `moorings features` lists them all, and `--json` adds the idea behind each.

# %%
store = LineStore.from_history(history)
cutoff = EPOCH + timedelta(days=store.end)
matrix = snapshot(store, [cutoff], churn_task(config), config)
built = [feature for feature in FEATURES if feature.name in matrix.names]
eligible = matrix.spine.customer[matrix.spine.status == 0]
seen = pd.DataFrame(matrix.values, index=store.customer_ids[eligible], columns=matrix.names)
pd.DataFrame(
    {
        "this customer": seen.loc[customer] if customer in seen.index else float("nan"),
        "median": seen.median(),
        "unit": [feature.unit for feature in built],
        "meaning": [feature.description for feature in built],
    }
).round(2)
