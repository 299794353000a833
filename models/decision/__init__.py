"""What is to be done with a prediction, and what came of doing it."""
