"""From labelled rows to a candidate that may be promoted: `moorings train` and `moorings retrain`."""
