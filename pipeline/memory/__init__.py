"""Large arrays within a limit of memory."""
