"""What a model is tested by: on later cutoffs, walking forward, beside its rivals, and by what it rests on."""
