"""In what order things happen, and where they are kept. Imports features and models."""
