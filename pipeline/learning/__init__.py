"""The one recipe by which labelled rows become a model, shared by training, backtests and checks."""
