"""Simulated suppliers, for the demo and for tests on data with a known origin."""
