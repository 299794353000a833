"""What is known of a customer at a cutoff. Imports nothing of ours."""
