"""What is predicted and decided. Imports features; holds code only, never a binary."""
