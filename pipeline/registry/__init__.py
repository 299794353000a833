"""Runs and registered models as MLflow keeps them: found, checked, and asked what they were trained to foretell."""
