"""How well a model predicts: metrics with intervals, baselines beside it."""
