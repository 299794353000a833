"""The process itself: its log, locks, files and name, and how it ends."""
