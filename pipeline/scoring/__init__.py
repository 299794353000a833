"""What each customer known at a date will probably do, why, and what to do about it: `moorings score`."""
