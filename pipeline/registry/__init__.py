"""Runs and registered models: kept, promoted, rolled back, and each decision logged."""
