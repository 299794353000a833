"""Predictions as others read them: in the store, as files, and in databases."""
