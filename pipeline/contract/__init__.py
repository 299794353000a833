"""The contract of the export: its columns, declared once, and their JSON Schema with a version to rely on."""
