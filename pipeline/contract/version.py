"""The version of the exported table. Readers of 1.x may rely on every column of 1.0."""

EXPORT_VERSION = "1.8"
"""Major.minor. Columns added: minor. A column gone, or with other types or bounds, or null where it was not: major.
After a change: `python -m pipeline.contract.generate`, which refuses one that the version does not allow for."""
