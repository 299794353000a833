"""The contract of the export: its columns as a JSON Schema, with a version that says what a reader may rely on."""
