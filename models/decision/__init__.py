"""What to do: the state of a relationship, and the play that suits it."""
