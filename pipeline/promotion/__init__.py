"""Two models compared, one promoted or taken back, and every decision logged."""
