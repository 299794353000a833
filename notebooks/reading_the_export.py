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
# # Reading the export
#
# `moorings score` writes one row per customer known at a date. This tour opens the newest export and reads one row.
# It shows the built-in supplier (`make demo` trains and scores it). For your own, set `MOORINGS_CONFIG` to your
# configuration file before starting Jupyter.

# %%
import os

import pandas as pd
import pyarrow.parquet as pq

from pipeline.config import load_config

config = load_config(os.environ.get("MOORINGS_CONFIG", "demo"))
file = config.runs / "export" / config.name / "predictions.parquet"
customers = pq.read_table(file).to_pandas().set_index("customer_id")
print(f"{len(customers):,} customers at {customers['cutoff'].iloc[0]}, from {file.name}")

# %% [markdown]
# ## Who is in it
#
# Only `eligible` customers carry a probability: they have enough order days to read a rhythm from, and an order within
# the activity window. `new` and `lapsed` customers are listed too, so that nobody is missing without a reason.

# %%
customers["status"].value_counts()

# %% [markdown]
# ## How the risk is spread
#
# Tenths by churn probability, the first being the likeliest to stop. A probability of 0.3 means: of a hundred customers
# like this one, about thirty place no order in the outcome window. Value at risk is the margin expected of the
# customer times that probability.

# %%
scored = customers[customers["churn_probability"].notna()]
scored.groupby("churn_decile").agg(
    customers=("churn_probability", "size"),
    lowest=("churn_probability", "min"),
    highest=("churn_probability", "max"),
    value_at_risk=("value_at_risk", "sum"),
    partnership=("partnership_propensity", "mean"),
).round(3)

# %% [markdown]
# ## One customer
#
# The one with the most margin at risk. The reasons are what the model leaned on, strongest first, with the customer's
# own number beside that of comparable customers. They are associations: a reason says where to look, not what to
# repair.

# %%
first = scored.sort_values(["value_at_risk", "churn_probability"], ascending=False).iloc[0]
print(f"{first.name}: {first['churn_probability']:.0%} likely to place no order in the outcome window")
print("\n".join(f"  {reason}" for reason in first["reasons"]))
chance = first["partnership_propensity"]
print("no partnership model has scored" if pd.isna(chance) else f"propensity to become a partner: {chance:.0%}")
print("\n".join(f"  {reason}" for reason in first["partnership_reasons"]))

# %% [markdown]
# Everything the export says about it. `churn_model` and `churn_run_id` lead to the training run in MLflow, and
# `input_fingerprint` to the very rows it was computed from.

# %%
pd.DataFrame(first.drop(["reasons", "partnership_reasons"]))

# %% [markdown]
# ## Customers who are high on both
#
# Likely to leave, and yet inclined to build on the relationship: the calls that are worth most.

# %%
both = scored[(scored["churn_decile"] <= 3) & (scored["partnership_decile"] <= 3)]
both.sort_values("value_at_risk", ascending=False)[
    ["churn_probability", "partnership_propensity", "value_at_risk"]
].head()
