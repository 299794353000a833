"""Predictions as others read them: the declared columns, the store, files, and databases."""
