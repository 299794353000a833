"""History and cutoffs to matrices and labels, within a memory limit, and kept to be used again."""
