"""What a model is tested by, and how two are compared: on later cutoffs, walking forward, beside its rivals."""
