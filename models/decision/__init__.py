"""What to do with a prediction: states, plays and guards; and what came of doing it."""
