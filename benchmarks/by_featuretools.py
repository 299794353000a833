"""Featuretools on the lines of one CSV file: run by `rivals.py` in an environment of its own, where it is installed."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path

import pandas as pd

ft = importlib.import_module("featuretools")  # no dependency of this project
YEAR = "365 days"


def cpu_seconds() -> float:
    """User and system seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Compute five features over 365 days at every cutoff, and print the seconds as JSON.

    Arguments: the folder, by how many days at most the cutoffs of customers are apart, and the first cutoffs.
    """
    folder, apart, *days = sys.argv[1:]
    lines = pd.read_csv(Path(folder) / "lines.csv", parse_dates=["at"]).reset_index(names="line")
    lines = lines.astype({"product": "category", "category": "category", "order": "category"})
    entities = ft.EntitySet("supplier")
    entities.add_dataframe(dataframe_name="lines", dataframe=lines, index="line", time_index="at")
    entities.normalize_dataframe(base_dataframe_name="lines", new_dataframe_name="customers", index="customer")
    later = {customer: pd.Timedelta(days=customer % int(apart)) for customer in lines["customer"].unique()}
    pairs = [(customer, pd.Timestamp(day) + shift) for day in days for customer, shift in later.items()]
    asked = pd.DataFrame(pairs, columns=["customer", "time"])
    kinds = {"line": "Count", "spend": "Sum", "product": "NumUnique", "category": "NumUnique", "order": "NumUnique"}
    features = [
        ft.Feature(
            entities["lines"].ww[name], parent_dataframe_name="customers", primitive=getattr(ft.primitives, kind)
        )
        for name, kind in kinds.items()
    ]
    begun = cpu_seconds()
    matrix = ft.calculate_feature_matrix(
        features, entities, cutoff_time=asked, training_window=YEAR, include_cutoff_time=False, n_jobs=1
    )
    seconds = cpu_seconds() - begun
    print(json.dumps({"version": ft.__version__, "rows": len(matrix), "featuretools_cpu": seconds}))


if __name__ == "__main__":
    main()
